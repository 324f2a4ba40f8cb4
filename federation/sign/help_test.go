package sign

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/superseriousbusiness/httpsig"

	"ensemble/models"
)

const keyID models.IRI = "https://a.example/users/alice#main-key"

const (
	inbox = "https://b.example/users/bob/inbox"
	hello = `{"type":"Create"}`
)

var (
	noon   = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	both   = []Scheme{Cavage, RFC9421}
	rsaKey = sync.OnceValue(func() Key {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		return Key{ID: keyID, Private: k}
	})
	edKey = Key{ID: keyID, Private: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))}
)

// request is what a client is about to send.
func request(t testing.TB, method, address, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// signed is a request signed by us at noon.
func signed(t testing.TB, method, address, body string, key Key, s Scheme, opts ...Option) *http.Request {
	t.Helper()
	r := request(t, method, address, body)
	if err := Sign(r, []byte(body), key, s, noon, opts...); err != nil {
		t.Fatal(err)
	}
	return r
}

// arrive carries a request over a wire, to what a server sees of it.
func arrive(t testing.TB, r *http.Request) *http.Request {
	t.Helper()
	var wire bytes.Buffer
	if r.GetBody != nil { // as often as a test likes
		r.Body, _ = r.GetBody()
	}
	if err := r.Write(&wire); err != nil {
		t.Fatal(err)
	}
	got, err := http.ReadRequest(bufio.NewReader(&wire))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// check parses and verifies a request that arrived at b.example at noon.
func check(t testing.TB, r *http.Request, pub crypto.PublicKey) error {
	t.Helper()
	got := arrive(t, r)
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(got, body, "https", "b.example", noon)
	if err != nil {
		return err
	}
	if s.KeyID != keyID {
		t.Errorf("KeyID: got %s, want %s", s.KeyID, keyID)
	}
	return s.Verify(pub)
}

// wantRefused fails the test unless err is Unauthed and says so in these words.
func wantRefused(t testing.TB, name string, err error, words string) {
	t.Helper()
	if models.KindOf(err) != models.Unauthed || !strings.Contains(err.Error(), words) {
		t.Errorf("%s: got %v, want an Unauthed error about %q", name, err, words)
	}
}

// peerSigns signs as a server on the same library does that knows no pitfalls.
func peerSigns(t testing.TB, r *http.Request, body string, headers ...string) {
	t.Helper()
	r.Header.Set("Host", r.URL.Host)
	if r.Header.Get("Date") == "" {
		r.Header.Set("Date", noon.Format(http.TimeFormat))
	}
	s, _, err := httpsig.NewSigner([]httpsig.Algorithm{httpsig.RSA_SHA256}, httpsig.DigestSha256, headers, httpsig.Signature, 0)
	if err != nil {
		t.Fatal(err)
	}
	var bytes []byte
	if body != "" {
		bytes = []byte(body)
	}
	if err := s.SignRequest(rsaKey().Private, string(keyID), r, bytes); err != nil {
		t.Fatal(err)
	}
}

func public(k Key) crypto.PublicKey { return k.Private.Public() }
