// Package sign proves who says a thing between servers: HTTP signatures in both
// dialects (draft-cavage and RFC 9421), and object integrity proofs (FEP-8b32).
// It keeps to itself every detail of their syntax; it fetches no keys, reads no
// clock, and does not judge whether the owner of a key may say what is said.
package sign

import (
	"crypto"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"ensemble/models"
)

// A Scheme is a dialect of HTTP signatures.
type Scheme string

// The two dialects that we speak. Which one a peer understands is found out by
// trying, and remembered for each host.
const (
	Cavage  Scheme = "cavage"  // draft-cavage-http-signatures-12
	RFC9421 Scheme = "rfc9421" // HTTP Message Signatures
)

// Other returns the dialect to try when s was refused.
func (s Scheme) Other() Scheme {
	if s == Cavage {
		return RFC9421
	}
	return Cavage
}

// Key is a private key and the name under which peers find its public half.
type Key struct {
	ID      models.IRI
	Private crypto.Signer // *rsa.PrivateKey or ed25519.PrivateKey
}

// An Option changes how one request is signed.
type Option string

// WithoutQuery leaves the query string out of a cavage signature, as old Mastodon
// expects it; RFC 9421 always signs it.
const WithoutQuery Option = "without query"

// Sign adds to r a signature by key, with a Date of now, and the digest of the
// body if r is of a method that has one. r must be fresh: a request is signed
// once, and a second attempt needs another request. Whoever sends r must leave
// its address, method, host and body as they are.
func Sign(r *http.Request, body []byte, key Key, scheme Scheme, now time.Time, opts ...Option) error {
	for _, h := range []string{"Signature", "Signature-Input", "Digest", "Content-Digest"} {
		if r.Header.Get(h) != "" {
			return fmt.Errorf("sign: the request has a %s already; sign a fresh one", h)
		}
	}
	if err := checkKey(key); err != nil {
		return err
	}
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set("Date", now.UTC().Format(http.TimeFormat))
	switch scheme {
	case Cavage:
		return signCavage(r, body, key, opts)
	case RFC9421:
		return signRFC9421(r, body, key, now)
	default:
		return fmt.Errorf("sign: %q is no scheme", scheme)
	}
}

// checkKey refuses a key that peers would, before they do. Many of them split the
// Signature header at commas and quotes, wherever these are (pitfall 10).
func checkKey(k Key) error {
	if k.ID == "" || strings.ContainsAny(string(k.ID), "\",\\ \r\n") {
		return fmt.Errorf("sign: %q cannot be the id of a key", k.ID)
	}
	if k.Private == nil {
		return errors.New("sign: the key has no private half")
	}
	if err := CheckPublic(k.Private.Public()); err != nil {
		return fmt.Errorf("sign: %s: %w", k.ID, err)
	}
	return nil
}

// needsDigest reports whether the signature of a request must cover its body
// (SECURITY rule 8).
func needsDigest(method string, body []byte) bool {
	return len(body) > 0 || (method != http.MethodGet && method != http.MethodHead)
}

// hostOf returns the host that the client of net/http will send.
func hostOf(r *http.Request) string {
	if r.Host != "" {
		return r.Host
	}
	return r.URL.Host
}
