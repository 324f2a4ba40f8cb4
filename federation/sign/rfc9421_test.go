package sign

import (
	"crypto/ed25519"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dunglas/httpsfv"
)

// RFC 9421 B.1.4 and B.2.6.
const (
	rfcPrivate   = "n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU"
	rfcPublic    = "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"
	rfcInput     = `sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`
	rfcSignature = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
	rfcBase      = `"date": Tue, 20 Apr 2021 02:07:55 GMT
"@method": POST
"@path": /foo
"@authority": example.com
"content-type": application/json
"content-length": 18
"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`
)

func TestTheVectorB26OfTheRFCIsReproducedByteForByte(t *testing.T) {
	seed, _ := base64.RawURLEncoding.DecodeString(rfcPrivate)
	private := ed25519.NewKeyFromSeed(seed)
	if got := base64.RawURLEncoding.EncodeToString(private[32:]); got != rfcPublic {
		t.Fatalf("public key: got %s, want %s", got, rfcPublic)
	}
	r := request(t, "POST", "https://example.com/foo?param=Value&Pet=dog", "")
	r.Header = http.Header{"Date": {"Tue, 20 Apr 2021 02:07:55 GMT"}, "Content-Type": {"application/json"}, "Content-Length": {"18"}}
	in := incoming{r: r, scheme: "https", host: "example.com"}
	if err := in.setTarget(r.URL.RequestURI()); err != nil {
		t.Fatal(err)
	}
	d, err := httpsfv.UnmarshalDictionary([]string{rfcInput})
	if err != nil {
		t.Fatal(err)
	}
	member, _ := d.Get("sig-b26")
	base, err := signatureBase(in, member.(httpsfv.InnerList))
	if err != nil || base != rfcBase {
		t.Fatalf("base: got %s, %v\nwant %s", base, err, rfcBase)
	}
	signature, err := signBase(private, base)
	if got := base64.StdEncoding.EncodeToString(signature); err != nil || got != rfcSignature {
		t.Errorf("signature: got %s, %v, want %s", got, err, rfcSignature)
	}
	if !verifyBase(private.Public(), base, signature) {
		t.Error("the signature does not verify")
	}
}

func TestTheContentDigestIsThatOfRFC9530(t *testing.T) {
	want := "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:" // RFC 9530 B.1
	if got, err := contentDigest([]byte("{\"hello\": \"world\"}\n")); err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestWhatWeSignIsVerifiedOverASocket(t *testing.T) {
	var err error
	var key Key
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var s *Signature
		if s, err = Parse(r, body, "http", "", noon); err == nil {
			err = s.Verify(public(key))
		}
	}))
	defer server.Close()
	for _, key = range []Key{rsaKey(), edKey} {
		for _, scheme := range both {
			for _, method := range []string{"GET", "POST", "DELETE"} {
				for _, path := range []string{"", "/", "/users/%40alice", "/a%2Fb?x=%20&y", "/é?é"} {
					body := map[string]string{"POST": hello}[method]
					r := signed(t, method, server.URL+path, body, key, scheme)
					response, e := http.DefaultClient.Do(r)
					if e != nil {
						t.Fatal(e)
					}
					response.Body.Close()
					if err != nil {
						t.Errorf("%T %s %s %s: got %v, want none", key.Private, scheme, method, path, err)
					}
				}
			}
		}
	}
}

func TestSchemeAndHostAreThoseOfThisServer(t *testing.T) {
	for _, s := range both {
		r := arrive(t, signed(t, "POST", inbox, hello, edKey, s))
		for _, c := range []struct {
			scheme, sent, ours string
			good               bool
		}{
			{"https", "b.example", "b.example", true},
			{"https", "b.example", "", true},
			{"https", "127.0.0.1:8080", "b.example", true}, // a proxy wrote its own
			{"https", "b.example", "c.example", false},     // replayed to another server
			{"http", "b.example", "b.example", s == Cavage},
		} {
			r.Host = c.sent
			got, err := Parse(r, []byte(hello), c.scheme, c.ours, noon)
			if err != nil {
				t.Fatal(err)
			}
			if err = got.Verify(public(edKey)); (err == nil) != c.good {
				t.Errorf("%s %+v: got %v", s, c, err)
			}
		}
	}
}

// signedAs makes an RFC 9421 signature of these components, with these parameters.
func signedAs(t *testing.T, method, address, body, components, params string) *http.Request {
	t.Helper()
	r := signed(t, method, address, body, edKey, RFC9421)
	if method == "GET" {
		r.Header.Del("Content-Digest")
	}
	d, err := httpsfv.UnmarshalDictionary([]string{"x=(" + components + ")" + params})
	if err != nil {
		t.Fatal(err)
	}
	member, _ := d.Get("x")
	in := incoming{r: r, scheme: "https", host: "b.example"}
	if err := in.setTarget(r.URL.RequestURI()); err != nil {
		t.Fatal(err)
	}
	base, err := signatureBase(in, member.(httpsfv.InnerList))
	if err != nil {
		base = "cannot be signed"
	}
	signature, err := signBase(edKey.Private, base)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Signature-Input", "x=("+components+")"+params)
	r.Header.Set("Signature", "x=:"+base64.StdEncoding.EncodeToString(signature)+":")
	return r
}

func TestASignatureByRFC9421CoversWhatItMust(t *testing.T) {
	const at = `;created=1788264000;keyid="https://a.example/users/alice#main-key"`
	for _, c := range []struct{ method, query, components, params, words string }{
		{"POST", "", `"@method" "@target-uri" "content-digest"`, at, ""},
		{"POST", "", `"@method" "@authority" "@path" "content-digest"`, at, ""},
		{"POST", "", `"@method" "host" "@request-target" "content-digest"`, at + `;alg="none";nonce="x";tag="y"`, ""},
		{"POST", "?a=b", `"@method" "@authority" "@path" "@query" "content-digest"`, at, ""},
		{"POST", "?a=b", `"@method" "@authority" "@path" "content-digest"`, at, "@target-uri"},
		{"GET", "", `"@method" "@target-uri" "@scheme"`, at, ""},
		{"GET", "", `"@method" "@target-uri" "date"`, at + ";expires=1788264300", ""},
		{"GET", "", `"@method" "@target-uri"`, at + ";expires=1788263000", "expired"},
		{"GET", "", `"@method" "@target-uri"`, at + `;expires="soon"`, "expires"},
		{"GET", "", `"@method" "@target-uri"`, `;keyid="https://a.example/users/alice#main-key"`, "created"},
		{"GET", "", `"@method" "@target-uri"`, `;created=1788264000.5;keyid="https://a.example/users/alice#main-key"`, "created"},
		{"GET", "", `"@method" "@target-uri"`, `;created=1514764800;keyid="https://a.example/users/alice#main-key"`, "too old"},
		{"GET", "", `"@method" "@target-uri"`, `;created=1788264000`, "no key"},
		{"GET", "", `"@method" "@target-uri"`, `;created=1788264000;keyid=:AAAA:`, "no key"},
		{"POST", "", `"@method" "@target-uri"`, at, "content-digest"},
		{"POST", "", `"@target-uri" "content-digest"`, at, "@method"},
		{"POST", "", `"@method" "@path" "content-digest"`, at, "@target-uri"},
		{"POST", "", `"@method" "@authority" "content-digest"`, at, "@target-uri"},
		{"POST", "", `"@method" "@method" "@target-uri" "content-digest"`, at, "wrongly"},
		{"POST", "", `"@method" "@target-uri" "Content-Digest"`, at, "wrongly"},
		{"POST", "", `"@method" "@target-uri" 7`, at, "wrongly"},
		{"POST", "", `"@method" "@target-uri" "content-digest";req`, at, "parameters"},
		{"POST", "", `"@method" "@target-uri" "content-digest" "@status"`, at, "do not know"},
		{"POST", "", `"@method" "@target-uri" "content-digest" "x-none"`, at, "has not"},
	} {
		r := signedAs(t, c.method, inbox+c.query, map[string]string{"POST": hello}[c.method], c.components, c.params)
		err := check(t, r, public(edKey))
		if c.words == "" && err != nil {
			t.Errorf("%+v: got %v, want none", c, err)
		} else if c.words != "" {
			wantRefused(t, c.components+c.params, err, c.words)
		}
	}
}

func TestTheFirstAcceptableOfSeveralSignaturesCounts(t *testing.T) {
	r := signed(t, "POST", inbox, hello, edKey, RFC9421)
	input, signature := r.Header.Get("Signature-Input"), r.Header.Get("Signature")
	r.Header.Set("Signature-Input", `proxy=("@method");created=1;keyid="x", `+input)
	r.Header.Set("Signature", `proxy=:AAAA:, `+signature)
	if err := check(t, r, public(edKey)); err != nil {
		t.Errorf("got %v, want none", err)
	}
	r.Header.Set("Signature-Input", strings.Repeat(`p=1, `, 2)+`a=1, b=1, c=1, d=1, `+input)
	wantRefused(t, "too many", check(t, r, public(edKey)), "no components")
}

func TestBrokenHeadersOfRFC9421AreRefused(t *testing.T) {
	good := signed(t, "POST", inbox, hello, edKey, RFC9421)
	for _, c := range [][2]string{
		{"a=@", "a=:AAAA:"}, {good.Header.Get("Signature-Input"), "a=@"}, // httpsfv 1.1.0 panics
		{"(", "sig1=:AAAA:"}, {"sig1", "sig1=:AAAA:"}, {"sig1=()", "sig1=:AAAA:"}, {"sig1=1", "sig1=:AAAA:"},
		{good.Header.Get("Signature-Input"), "sig1=1"}, {good.Header.Get("Signature-Input"), "sig1=("},
		{good.Header.Get("Signature-Input"), "sig1=()"},
		{good.Header.Get("Signature-Input"), "sig2=:AAAA:"}, {good.Header.Get("Signature-Input"), "sig1=::"},
		{good.Header.Get("Signature-Input"), "sig1=:AAAA:"}, {good.Header.Get("Signature-Input"), ""},
	} {
		r := signed(t, "POST", inbox, hello, edKey, RFC9421)
		r.Header.Set("Signature-Input", c[0])
		r.Header.Set("Signature", c[1])
		wantRefused(t, c[0]+" / "+c[1], check(t, r, public(edKey)), "")
	}
}

func TestAnUnsignedRequestIsUnauthed(t *testing.T) {
	r := request(t, "GET", inbox, "")
	wantRefused(t, "unsigned", check(t, r, public(edKey)), "not signed")
	if Signed(r) || !Signed(signed(t, "GET", inbox, "", edKey, Cavage)) {
		t.Error("Signed cannot tell")
	}
}

func TestTheTargetIsTakenFromAnyFormOfAddress(t *testing.T) {
	for uri, want := range map[string]string{
		"/": "/", "/a?": "/a?", "/a?b?c": "/a?b?c", "http://x": "/", "https://x/a?b": "/a?b", "http://x?b": "/?b",
		"//a": "//a", "*": "", "x:443": "", "": "", "/a\nb": "",
	} {
		var in incoming
		if err := in.setTarget(uri); (err == nil) != (want != "") || (err == nil && in.target() != want) {
			t.Errorf("%q: got %q, %v, want %q", uri, in.target(), err, want)
		}
	}
}
