package sign

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/mr-tron/base58"

	"ensemble/models"
)

// Weaker RSA keys prove nothing; larger ones let a stranger spend our time.
const (
	minRSABits = 2048
	maxRSABits = 8192
)

// NewRSA makes the key that every peer understands: 2048 bits, the public half as
// PKIX and the private one as PKCS #8, both in PEM.
func NewRSA() (public, private string, err error) {
	k, err := rsa.GenerateKey(rand.Reader, minRSABits)
	if err != nil {
		return "", "", fmt.Errorf("sign: make an RSA key: %w", err)
	}
	pub, err := PublicPEM(&k.PublicKey)
	if err != nil {
		return "", "", err
	}
	private, err = privatePEM(k)
	return pub, private, err
}

// NewEd25519 makes the key for proofs: the public half as a Multikey (FEP-521a),
// the private one as PKCS #8 in PEM.
func NewEd25519() (multikey, private string, err error) {
	pub, k, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", "", fmt.Errorf("sign: make an Ed25519 key: %w", err)
	}
	private, err = privatePEM(k)
	return Multikey(pub), private, err
}

func privatePEM(k crypto.Signer) (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		return "", fmt.Errorf("sign: write a private key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), nil
}

// PublicPEM writes a public key as publicKeyPem carries it.
func PublicPEM(k crypto.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(k)
	if err != nil {
		return "", fmt.Errorf("sign: write a public key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}

// ParsePrivate reads a private key of ours, as NewRSA and NewEd25519 wrote it, or
// in PKCS #1 as other servers export it.
func ParsePrivate(text string) (crypto.Signer, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("sign: a private key is not in PEM")
	}
	if k, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return checkedSigner(k)
	}
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("sign: a private key is neither PKCS #8 nor PKCS #1") // err might quote the key
	}
	return checkedSigner(k)
}

func checkedSigner(k any) (crypto.Signer, error) {
	s, ok := k.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("sign: %T is no key for signing", k)
	}
	return s, CheckPublic(s.Public())
}

// ParsePublic reads the publicKeyPem of an actor, PKIX or PKCS #1. It is Unauthed
// unless the key is RSA of 2048 bits or more, or Ed25519.
func ParsePublic(text string) (crypto.PublicKey, error) {
	if k, ok := publics.get(text); ok {
		return k, nil
	}
	k, err := parsePublic(text)
	if err == nil {
		publics.put(text, k)
	}
	return k, err
}

func parsePublic(text string) (crypto.PublicKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, models.Errorf(models.Unauthed, "the public key is not in PEM")
	}
	k, err := parsePublicDER(block.Bytes)
	if err != nil {
		return nil, models.Errorf(models.Unauthed, "the public key cannot be read")
	}
	return k, CheckPublic(k)
}

func parsePublicDER(der []byte) (crypto.PublicKey, error) {
	if k, err := x509.ParsePKIXPublicKey(der); err == nil {
		return k, nil
	}
	return x509.ParsePKCS1PublicKey(der)
}

// CheckPublic returns an Unauthed error for a key that we do not trust to prove
// anything (SECURITY rule 8).
func CheckPublic(k crypto.PublicKey) error {
	switch k := k.(type) {
	case ed25519.PublicKey:
		if len(k) == ed25519.PublicKeySize {
			return nil
		}
		return models.Errorf(models.Unauthed, "an Ed25519 key has %d bytes, not %d", ed25519.PublicKeySize, len(k))
	case *rsa.PublicKey:
		if n := rsaBits(k); n < minRSABits || n > maxRSABits {
			return models.Errorf(models.Unauthed, "an RSA key needs %d to %d bits, and this one has %d", minRSABits, maxRSABits, n)
		}
		return nil
	default:
		return models.Errorf(models.Unauthed, "a key must be RSA or Ed25519, not %T", k)
	}
}

func rsaBits(k *rsa.PublicKey) int {
	if k == nil || k.N == nil {
		return 0
	}
	return k.N.BitLen()
}

// A Multikey is 'z', for base58btc, before the multicodec of the key's kind and
// the key (FEP-521a, Controlled Identifiers 1.0 §2.2.2).
const (
	multikeyEd25519 = "\xed\x01"
	multikeyMax     = 64 // characters; a real one has 48
)

// Multikey writes a public key as publicKeyMultibase carries it.
func Multikey(k ed25519.PublicKey) string {
	return "z" + base58.Encode(append([]byte(multikeyEd25519), k...))
}

// ParseMultikey reads a publicKeyMultibase; it is Unauthed unless it holds an
// Ed25519 key.
func ParseMultikey(s string) (ed25519.PublicKey, error) {
	b, err := decode58(s, multikeyMax)
	if err != nil {
		return nil, models.Errorf(models.Unauthed, "the Multikey cannot be read")
	}
	k, ok := strings.CutPrefix(string(b), multikeyEd25519)
	if !ok || len(k) != ed25519.PublicKeySize {
		return nil, models.Errorf(models.Unauthed, "the Multikey is not an Ed25519 key")
	}
	return ed25519.PublicKey(k), nil
}

// decode58 reads base58btc multibase. The limit is there because decoding takes
// time in the square of the length.
func decode58(s string, limit int) ([]byte, error) {
	rest, ok := strings.CutPrefix(s, "z")
	if !ok || rest == "" || len(s) > limit {
		return nil, errors.New("sign: not base58btc multibase")
	}
	return base58.Decode(rest)
}

// NewPair makes what a new account signs with. It takes a while, so it is done before
// a transaction.
func NewPair() (k models.KeyPair, err error) {
	if k.RSAPublic, k.RSA, err = NewRSA(); err != nil {
		return k, err
	}
	k.Ed25519Multibase, k.Ed25519, err = NewEd25519()
	return k, err
}
