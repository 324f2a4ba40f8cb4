package sign

import (
	"bytes"
	"net/http"
	"testing"

	"ensemble/models"
)

// fuzzed runs a request through both steps. None of it may panic, and what holds must
// be the signature that we made, of the text that we made it of.
func fuzzed(t *testing.T, r *http.Request, made *Signature) {
	s, err := Parse(arrive(t, r), []byte(hello), "https", "b.example", noon)
	if err != nil {
		if models.KindOf(err) != models.Unauthed {
			t.Errorf("got %v, want an Unauthed error", err)
		}
		return
	}
	if s.Verify(public(edKey)) != nil {
		return
	}
	if !bytes.Equal(s.signature, made.signature) || s.bases[0] != made.bases[0] {
		t.Errorf("%+v verifies, and we signed %+v", s, made)
	}
}

// parsed is the signature of a request of ours.
func parsed(t testing.TB, r *http.Request) *Signature {
	t.Helper()
	s, err := Parse(arrive(t, r), []byte(hello), "https", "b.example", noon)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func FuzzParseCavage(f *testing.F) {
	r := signed(f, "POST", inbox, hello, edKey, Cavage)
	made := parsed(f, r)
	f.Add(r.Header.Get("Signature"), r.Header.Get("Digest"), r.Header.Get("Date"))
	f.Add(`keyId="https://a.example/",headers="(request-target) host (created) (expires) digest",created=1,expires=2,signature="AAAA"`, "SHA-256=,SHA-512=", "")
	f.Add(`keyId="https://a.example/" , headers="date" , signature=""`, "", "Mon")
	f.Fuzz(func(t *testing.T, signature, digest, date string) {
		r := request(t, "POST", inbox, "")
		r.Header.Set("Signature", signature)
		r.Header.Set("Digest", digest)
		r.Header.Set("Date", date)
		if !writable(r) {
			return
		}
		fuzzed(t, r, made)
	})
}

func FuzzParseRFC9421(f *testing.F) {
	r := signed(f, "POST", inbox, hello, edKey, RFC9421)
	made := parsed(f, r)
	f.Add(r.Header.Get("Signature-Input"), r.Header.Get("Signature"), r.Header.Get("Content-Digest"))
	f.Add(rfcInput, "sig-b26=:"+rfcSignature+":", "sha-256=?1, sha-512=()")
	f.Add(`a=("@method";req "@query-param";name="x" :AAAA: 1.5 ?0 tok);created=@1;expires=-1;keyid=tok, b`, "a=1, b=()", "")
	f.Fuzz(func(t *testing.T, input, signature, digest string) {
		r := request(t, "POST", inbox, "")
		r.Header.Set("Date", noon.Format(http.TimeFormat))
		r.Header.Set("Signature-Input", input)
		r.Header.Set("Signature", signature)
		r.Header.Set("Content-Digest", digest)
		if !writable(r) {
			return
		}
		fuzzed(t, r, made)
	})
}

// writable reports whether net/http would let these headers through.
func writable(r *http.Request) bool {
	for _, values := range r.Header {
		for _, v := range values {
			for _, c := range []byte(v) {
				if c < ' ' && c != '\t' || c == 0x7f {
					return false
				}
			}
		}
	}
	return true
}

func FuzzVerifyProof(f *testing.F) {
	good := fepProof(f)
	f.Add(good)
	f.Add([]byte(`{"proof":[{"@context":[],"type":"DataIntegrityProof","cryptosuite":"eddsa-jcs-2022","proofPurpose":"assertionMethod","verificationMethod":"` + fepMethod + `","created":"2023-02-24T23:36:38Z","proofValue":"` + fepValue + `"}],"@context":"x"}`))
	f.Add([]byte(`{"proof":null}`))
	want, err := parseObject(good)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		found, err := VerifyProof(doc, noon, fepKeys)
		if !found || err != nil {
			return
		}
		got, err := parseObject(doc)
		if err != nil {
			t.Fatal(err)
		}
		delete(got, "proof")
		for name, value := range got { // the context may have grown
			if name != "@context" && string(value) != string(want[name]) {
				t.Errorf("%s is proved", doc)
			}
		}
	})
}
