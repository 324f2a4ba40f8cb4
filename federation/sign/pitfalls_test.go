package sign

import (
	"crypto"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/superseriousbusiness/httpsig"
)

// The tests of this file are named by the table of pitfalls of the cavage library
// (DEPENDENCIES.md); where a pitfall is one of RFC 9421 too, both are tested.

func TestPitfall1ATamperedBodyIsRefused(t *testing.T) {
	for _, s := range both {
		r := signed(t, "POST", inbox, hello, rsaKey(), s)
		_, err := Parse(arrive(t, r), []byte(`{"type":"Delete"}`), "https", "b.example", noon)
		wantRefused(t, string(s), err, "not that of the body")
		for _, bad := range []string{"", "MD5=xxxx", "SHA-256=", "SHA-256=====", "sha-256=:AAAA:", "sha-256=?1", "sha-512=:AAAA:, sha-256=:AAAA:"} {
			r.Header.Set("Digest", bad)
			r.Header.Set("Content-Digest", bad)
			wantRefused(t, string(s)+" "+bad, check(t, r, public(rsaKey())), "")
		}
	}
}

func TestPitfall2ASignatureOfTooLittleIsRefused(t *testing.T) {
	for _, c := range []struct{ headers, words string }{
		{"date", "(request-target)"},
		{"(request-target) date digest", "host"},
		{"(request-target) host digest", "date"},
		{"(request-target) host date", "digest"},
		{"(request-target) host date digest date", "twice"},
	} {
		r := request(t, "POST", inbox, hello)
		peerSigns(t, r, hello, strings.Fields(c.headers)...)
		wantRefused(t, c.headers, check(t, r, public(rsaKey())), c.words)
	}
	r := signed(t, "POST", inbox, hello, rsaKey(), Cavage)
	r.Header.Set("Signature", strings.Replace(r.Header.Get("Signature"), "headers=", "heads=", 1))
	wantRefused(t, "no headers", check(t, r, public(rsaKey())), "(request-target)")
}

func TestPitfall3AnOldOrFutureRequestIsRefused(t *testing.T) {
	for _, c := range []struct {
		name  string
		at    time.Time
		words string // "" if it is good
	}{
		{"of 2018", time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC), "too old"},
		{"12 h and a bit old", noon.Add(-maxAge - time.Second), "too old"},
		{"12 h old", noon.Add(-maxAge), ""},
		{"5 min ahead", noon.Add(maxAhead), ""},
		{"more than 5 min ahead", noon.Add(maxAhead + time.Second), "future"},
	} {
		for _, s := range both {
			r := request(t, "POST", inbox, hello)
			if err := Sign(r, []byte(hello), edKey, s, c.at); err != nil {
				t.Fatal(err)
			}
			err := check(t, r, public(edKey))
			if c.words == "" && err != nil {
				t.Errorf("%s, %s: got %v, want none", s, c.name, err)
			} else if c.words != "" {
				wantRefused(t, string(s)+" "+c.name, err, c.words)
			}
		}
	}
}

func TestPitfall4TheHostIsSignedAndNoHeaderMapIsChanged(t *testing.T) {
	r := signed(t, "POST", inbox, hello, rsaKey(), Cavage)
	if _, polluted := r.Header["Host"]; polluted {
		t.Error("Sign left a Host in the header map")
	}
	got := arrive(t, r)
	before := len(got.Header)
	s, err := Parse(got, []byte(hello), "https", "", noon)
	if err != nil || len(got.Header) != before {
		t.Fatalf("got %v, and %d headers of %d", err, len(got.Header), before)
	}
	if !strings.Contains(s.bases[0], "\nhost: b.example\n") {
		t.Errorf("got %q, want the host in it", s.bases[0])
	}
}

func TestPitfall5AnEscapedPathIsSignedAsItIsSent(t *testing.T) {
	for _, path := range []string{"/users/%40alice", "/users/a%2Fb", "/caf%C3%A9", "/plain", ""} {
		for _, s := range both {
			r := signed(t, "POST", "https://b.example"+path, hello, rsaKey(), s)
			if err := check(t, r, public(rsaKey())); err != nil {
				t.Errorf("%s %q: got %v, want none", s, path, err)
			}
			r.URL.Path, r.URL.RawPath = "/users/eve", ""
			wantRefused(t, string(s)+" re-aimed", check(t, r, public(rsaKey())), "not made with the key")
		}
		decoded := request(t, "POST", "https://b.example"+path, hello) // as GoToSocial signs
		if path == "" {
			continue // where the library signs no path at all
		}
		peerSigns(t, decoded, hello, "(request-target)", "host", "date", "digest")
		if err := check(t, decoded, public(rsaKey())); err != nil {
			t.Errorf("decoded %q: got %v, want none", path, err)
		}
	}
	raw := signed(t, "POST", "https://b.example/users/a%2Fb", hello, rsaKey(), Cavage)
	if s, err := Parse(arrive(t, raw), []byte(hello), "https", "", noon); err != nil || !strings.HasPrefix(s.bases[0], "(request-target): post /users/a%2Fb\n") {
		t.Errorf("got %v, %v, want the raw path first", s, err)
	}
}

func TestPitfall5ADecodedLineBreakIsNotTried(t *testing.T) {
	r := signed(t, "POST", "https://b.example/inbox%0Ahost:%20a", hello, rsaKey(), Cavage)
	s, err := Parse(arrive(t, r), []byte(hello), "https", "b.example", noon)
	if err != nil || len(s.bases) != 1 {
		t.Errorf("got %v, %v, want one reading only", s, err)
	}
}

func TestPitfall6AQueryMayBeLeftOutOfAGetOnly(t *testing.T) {
	const address = "https://b.example/users/bob/outbox?page=true&min=%C3%A9"
	for _, opts := range [][]Option{nil, {WithoutQuery}} {
		r := signed(t, "GET", address, "", rsaKey(), Cavage, opts...)
		if err := check(t, r, public(rsaKey())); err != nil {
			t.Errorf("%v: got %v, want none", opts, err)
		}
		if with := r.Clone(t.Context()); opts == nil {
			with.URL.RawQuery = "page=false"
			wantRefused(t, "another query", check(t, with, public(rsaKey())), "not made with the key")
		}
	}
	r := signed(t, "POST", address, hello, rsaKey(), Cavage, WithoutQuery)
	wantRefused(t, "a POST", check(t, r, public(rsaKey())), "not made with the key")
}

func TestPitfall7OneKeySignsManyRequestsAtOnce(t *testing.T) {
	requests := make([]*http.Request, 64)
	errs := make([]error, len(requests))
	var group sync.WaitGroup
	for i := range requests {
		requests[i] = request(t, "POST", inbox, hello)
		group.Go(func() { errs[i] = Sign(requests[i], []byte(hello), rsaKey(), both[i%2], noon) })
	}
	group.Wait()
	for i, r := range requests {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		if err := check(t, r, public(rsaKey())); err != nil {
			t.Errorf("request %d: got %v, want none", i, err)
		}
	}
}

func TestPitfall8EachRequestIsDatedAnew(t *testing.T) {
	for _, s := range both {
		first := signed(t, "GET", inbox, "", edKey, s)
		later := request(t, "GET", inbox, "")
		if err := Sign(later, nil, edKey, s, noon.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if a, b := first.Header.Get("Date"), later.Header.Get("Date"); a == b {
			t.Errorf("%s: both are dated %s", s, a)
		}
		if a, b := first.Header.Get("Signature"), later.Header.Get("Signature"); a == b {
			t.Errorf("%s: both signatures are %s", s, a)
		}
	}
	r := request(t, "POST", inbox, hello) // (created) in place of a date
	r.Header.Del("Date")
	signer, _, err := httpsig.NewSigner([]httpsig.Algorithm{httpsig.ED25519}, httpsig.DigestSha256, []string{"(request-target)", "host", "(created)", "(expires)", "digest"}, httpsig.Signature, 60)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Host", r.URL.Host)
	if err := signer.SignRequest(edKey.Private, string(keyID), r, []byte(hello)); err != nil {
		t.Fatal(err)
	}
	s, err := Parse(arrive(t, r), []byte(hello), "https", "", time.Now()) // the library reads that clock
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(public(edKey)); err != nil {
		t.Errorf("(created): got %v, want none", err)
	}
	_, err = Parse(arrive(t, r), []byte(hello), "https", "", time.Now().Add(7*time.Minute))
	wantRefused(t, "(expires)", err, "expired")
}

func TestPitfall9ARequestIsSignedOnce(t *testing.T) {
	for _, s := range both {
		r := signed(t, "POST", inbox, hello, edKey, s)
		for _, again := range both {
			if err := Sign(r, []byte(hello), edKey, again, noon); err == nil {
				t.Errorf("%s after %s: got none, want an error", again, s)
			}
		}
	}
}

func TestPitfall10ASignatureHeaderIsReadWithAllItsFreedoms(t *testing.T) {
	const address = "https://a.example/users/alice#main-key"
	for name, change := range map[string]func(h http.Header, sig string){
		"a space after the comma":  func(h http.Header, s string) { h.Set("Signature", strings.ReplaceAll(s, `",`, `" , `)) },
		"a tab, and more unquoted": func(h http.Header, s string) { h.Set("Signature", s+",\tcreated=1788264000, foo=bar") },
		"a token of a stranger":    func(h http.Header, s string) { h.Set("Authorization", `Bearer keyId="x",signature="y"`) },
	} {
		r := signed(t, "POST", inbox, hello, rsaKey(), Cavage)
		change(r.Header, r.Header.Get("Signature"))
		if err := check(t, r, public(rsaKey())); err != nil {
			t.Errorf("%s: got %v, want none", name, err)
		}
	}
	r := signed(t, "POST", inbox, hello, rsaKey(), Cavage)
	r.Header.Set("Signature", strings.Replace(r.Header.Get("Signature"), address, "https://a.example/users?a,b#k", 1))
	if s, err := Parse(arrive(t, r), []byte(hello), "https", "", noon); err != nil || s.KeyID != "https://a.example/users?a,b#k" {
		t.Errorf("a comma in the keyId: got %v, %v", s, err)
	}
	if err := Sign(request(t, "POST", inbox, hello), []byte(hello), Key{ID: "https://a.example/a,b", Private: edKey.Private}, Cavage, noon); err == nil {
		t.Error("we sign with a comma in the keyId")
	}
}

func TestPitfall10AnAmbiguousSignatureHeaderIsRefused(t *testing.T) {
	good := signed(t, "POST", inbox, hello, rsaKey(), Cavage).Header.Get("Signature")
	for _, bad := range []string{
		good + `,headers="date"`, good + "," + good, `keyId="x`, `keyId`, `=x`, `keyId="a" signature="b"`, `keyId=a"b`,
		strings.Replace(good, `keyId="https`, `keyId="acct`, 1), strings.Replace(good, `signature="`, `signature="!`, 1),
		good + `,created=soon`, good + `,created="1"`, good + `,expires=1`,
	} {
		r := signed(t, "POST", inbox, hello, rsaKey(), Cavage)
		r.Header.Set("Signature", bad)
		wantRefused(t, bad, check(t, r, public(rsaKey())), "")
	}
	r := signed(t, "POST", inbox, hello, rsaKey(), Cavage)
	r.Header.Add("Signature", good)
	wantRefused(t, "two headers", check(t, r, public(rsaKey())), "one Signature header")
}

func TestPitfall11TheAlgorithmHasTheNameThatOldPeersKnow(t *testing.T) {
	for want, key := range map[string]Key{`algorithm="rsa-sha256"`: rsaKey(), `algorithm="hs2019"`: edKey} {
		got := signed(t, "POST", inbox, hello, key, Cavage).Header.Get("Signature")
		if strings.Count(got, want) != 1 || strings.Count(got, "algorithm=") != 1 {
			t.Errorf("got %s, want %s in it", got, want)
		}
	}
}

func TestPitfall12TheKeyDecidesTheAlgorithm(t *testing.T) {
	for _, key := range []Key{rsaKey(), edKey} {
		r := signed(t, "POST", inbox, hello, key, Cavage)
		good := r.Header.Get("Signature")
		for _, claim := range []string{"none", "hmac-sha256", "rsa-sha1", "ed25519", ""} {
			lied := strings.NewReplacer(`"rsa-sha256"`, `"`+claim+`"`, `"hs2019"`, `"`+claim+`"`).Replace(good)
			r.Header.Set("Signature", lied)
			if err := check(t, r, public(key)); err != nil {
				t.Errorf("%T says it is %q: got %v, want none", key.Private, claim, err)
			}
		}
		for name, other := range map[string]crypto.PublicKey{"ours": public(edKey), "theirs": public(rsaKey()), "none": nil, "bytes": []byte("secret")} {
			if r.Header.Set("Signature", good); other != nil && public(key).(interface{ Equal(crypto.PublicKey) bool }).Equal(other) {
				continue
			}
			wantRefused(t, name, check(t, r, other), "key")
		}
	}
	s, err := Parse(arrive(t, signed(t, "POST", inbox, hello, rsaKey(), Cavage)), []byte(hello), "https", "", noon)
	if err != nil || len(s.bases) != 1 {
		t.Errorf("an ordinary POST costs %d verifications (%v), want 1", len(s.bases), err)
	}
}
