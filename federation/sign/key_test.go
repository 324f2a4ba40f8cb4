package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
)

func TestANewRSAKeyIsReadAgain(t *testing.T) {
	pub, private, err := NewRSA()
	if err != nil {
		t.Fatal(err)
	}
	k, err := ParsePublic(pub)
	if err != nil {
		t.Fatal(err)
	}
	var ring Keyring
	a, err := ring.Key(keyID, private)
	if err != nil {
		t.Fatal(err)
	}
	b, err := ring.Key("https://a.example/other", private)
	if err != nil || a.Private != b.Private || a.ID != keyID || b.ID == keyID {
		t.Errorf("got %v and %v (%v), want one key under two names", a.ID, b.ID, err)
	}
	if !a.Private.Public().(*rsa.PublicKey).Equal(k) {
		t.Error("the two halves do not match")
	}
}

func TestANewEd25519KeyIsReadAgain(t *testing.T) {
	multikey, private, err := NewEd25519()
	if err != nil || !strings.HasPrefix(multikey, "z6Mk") {
		t.Fatalf("got %s, %v", multikey, err)
	}
	pub, err := ParseMultikey(multikey)
	if err != nil {
		t.Fatal(err)
	}
	k, err := ParsePrivate(private)
	if err != nil || !pub.Equal(k.Public()) || Multikey(pub) != multikey {
		t.Errorf("the two halves do not match (%v)", err)
	}
}

func TestPublicKeysArePKIXOrPKCS1(t *testing.T) {
	k := public(rsaKey()).(*rsa.PublicKey)
	pkix, err := PublicPEM(k)
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(k)}))
	for _, text := range []string{pkix, pkcs1, "\n" + pkix} {
		if got, err := ParsePublic(text); err != nil || !k.Equal(got) {
			t.Errorf("got %v, %v", got, err)
		}
	}
	private := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaKey().Private.(*rsa.PrivateKey))}))
	if got, err := ParsePrivate(private); err != nil || !k.Equal(got.Public()) {
		t.Errorf("PKCS #1: got %v, %v", got, err)
	}
}

func TestWeakAndStrangeKeysAreRefused(t *testing.T) {
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, k := range map[string]crypto.PublicKey{
		"RSA of 2047 bits": &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 2046), E: 65537},
		"RSA of 8193 bits": &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 8192), E: 65537},
		"RSA of nothing":   &rsa.PublicKey{},
		"ECDSA":            &curve.PublicKey,
		"a short Ed25519":  ed25519.PublicKey{1},
		"nothing":          nil,
	} {
		wantRefused(t, name, CheckPublic(k), "key")
		wantRefused(t, name, (&Signature{bases: []string{"x"}}).Verify(k), "key")
	}
	weak, err := PublicPEM(&rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 1023, 1), E: 65537})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{weak, "", "x", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"} {
		_, err := ParsePublic(text)
		wantRefused(t, text, err, "key")
	}
	for _, text := range []string{"", "z", "x6Mk", "z0", Multikey([]byte("short")), "z" + strings.Repeat("6", 10_000)} {
		_, err := ParseMultikey(text)
		wantRefused(t, "Multikey", err, "Multikey")
	}
	for _, text := range []string{"", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if _, err := ParsePrivate(text); err == nil {
			t.Errorf("%q: got no error", text)
		}
	}
}

func TestAKeyringStaysSmall(t *testing.T) {
	var ring Keyring
	for i := range keyringSize + 10 {
		ring.remember([32]byte{byte(i), byte(i >> 8)}, edKey.Private)
	}
	if got := len(ring.keys); got != keyringSize {
		t.Errorf("got %d keys, want %d", got, keyringSize)
	}
}

func TestABadKeyIsNotSignedWith(t *testing.T) {
	for _, k := range []Key{{}, {ID: keyID}, {Private: edKey.Private}, {ID: "https://a.example/\"", Private: edKey.Private}} {
		if err := Sign(request(t, "GET", inbox, ""), nil, k, Cavage, noon); err == nil {
			t.Errorf("%+v: got no error", k)
		}
	}
	if err := Sign(request(t, "GET", inbox, ""), nil, edKey, "pgp", noon); err == nil || Cavage.Other().Other() != Cavage {
		t.Errorf("pgp: got %v", err)
	}
}
