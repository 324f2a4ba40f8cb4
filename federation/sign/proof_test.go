package sign

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/mr-tron/base58"

	"ensemble/models"
)

// The vector of fep-8b32.feature, in the version whose proof has a context.
const (
	fepSecret = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
	fepPublic = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
	fepValue  = "zLaewdp4H9kqtwyrLatK4cjY5oRHwVcw4gibPSUDYDMhi4M49v8pcYk3ZB6D69dNpAPbUmY8ocuJ3m9KhKJEEg7z"
	fepMethod = "https://server.example/users/alice#ed25519-key"
	fepDoc    = `{
  "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v1"],
  "id": "https://server.example/activities/1",
  "type": "Create",
  "actor": "https://server.example/users/alice",
  "object": {
    "id": "https://server.example/objects/1",
    "type": "Note",
    "attributedTo": "https://server.example/users/alice",
    "content": "Hello world",
    "location": {"type": "Place", "longitude": -71.184902, "latitude": 25.273962}
  }
}`
)

var fepTime = time.Date(2023, 2, 24, 23, 36, 38, 0, time.UTC)

func fepKey(t testing.TB) ed25519.PrivateKey {
	t.Helper()
	b, err := base58.Decode(fepSecret[1:])
	if err != nil {
		t.Fatal(err)
	}
	return ed25519.NewKeyFromSeed(b[2:])
}

func fepProof(t testing.TB) []byte {
	t.Helper()
	b, err := Prove([]byte(fepDoc), fepMethod, fepKey(t), fepTime)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// fepKeys finds the key of the vector, and no other.
func fepKeys(method models.IRI) (ed25519.PublicKey, error) {
	if method != fepMethod {
		return nil, models.Errorf(models.NotFound, "there is no key %s", method)
	}
	return ParseMultikey(fepPublic)
}

func TestTheVectorOfFEP8b32IsReproducedByteForByte(t *testing.T) {
	if got := Multikey(fepKey(t).Public().(ed25519.PublicKey)); got != fepPublic {
		t.Fatalf("key: got %s, want %s", got, fepPublic)
	}
	var got struct{ Proof map[string]any }
	if err := json.Unmarshal(fepProof(t), &got); err != nil {
		t.Fatal(err)
	}
	if got.Proof["proofValue"] != fepValue || got.Proof["created"] != "2023-02-24T23:36:38Z" {
		t.Errorf("got %v, want %s", got.Proof, fepValue)
	}
	if found, err := VerifyProof(fepProof(t), noon, fepKeys); !found || err != nil {
		t.Errorf("got %v, %v, want a proof that holds", found, err)
	}
}

func TestAProofDoesNotMindHowTheJSONIsWritten(t *testing.T) {
	var v any
	if err := json.Unmarshal(fepProof(t), &v); err != nil {
		t.Fatal(err)
	}
	pretty, _ := json.MarshalIndent(v, "", "\t")
	if found, err := VerifyProof(pretty, noon, fepKeys); !found || err != nil {
		t.Errorf("got %v, %v, want a proof that holds", found, err)
	}
}

func TestATamperedDocumentIsUnproved(t *testing.T) {
	for _, change := range [][2]string{
		{"Hello world", "Hello word"},
		{`"latitude":25.273962`, `"latitude":25.273963`},
		{`"type":"Create"`, `"type":"Create","to":"x"`},
		{`"created":"2023-02-24T23:36:38Z"`, `"created":"2023-02-24T23:36:39Z"`},
		{`"https://w3id.org/security/data-integrity/v1"],"actor"`, `"https://evil.example/v1"],"actor"`},
		{fepValue, "zLaewdp4H9kqtwyrLatK4cjY5oRHwVcw4gibPSUDYDMhi4M49v8pcYk3ZB6D69dNpAPbUmY8ocuJ3m9KhKJEEg7y"},
	} {
		bad := strings.Replace(string(fepProof(t)), change[0], change[1], 1)
		if bad == string(fepProof(t)) {
			t.Fatalf("%s: nothing changed", change)
		}
		found, err := VerifyProof([]byte(bad), noon, fepKeys)
		wantRefused(t, change[1], err, "not made with the key")
		if !found {
			t.Errorf("%s: the proof was not found", change[1])
		}
	}
	_, other, _ := ed25519.GenerateKey(nil)
	_, err := VerifyProof(fepProof(t), noon, func(models.IRI) (ed25519.PublicKey, error) { return other.Public().(ed25519.PublicKey), nil })
	wantRefused(t, "another key", err, "not made with the key")
}

func TestNoProofIsNotABadProof(t *testing.T) {
	found, err := VerifyProof([]byte(fepDoc), noon, fepKeys)
	if found || err != nil {
		t.Errorf("got %v, %v, want no proof and no error", found, err)
	}
	for _, doc := range []string{"", "null", "[]", "7", "{", `{"a":1,"a":2}`, `{"proof":{},"proof":{}}`} {
		_, err := VerifyProof([]byte(doc), noon, fepKeys)
		wantRefused(t, doc, err, "not JSON")
	}
}

func TestAMalformedProofIsAnErrorAndFound(t *testing.T) {
	good := string(fepProof(t))
	raw := func(proof string) string { return `{"proof":` + proof + `}` }
	for _, doc := range []string{
		raw(`null`), raw(`[]`), raw(`{}`), raw(`7`), raw(`"x"`), raw(`[null]`), raw(`[[]]`), raw("[" + strings.Repeat("{},", maxProofs) + "{}]"),
		strings.Replace(good, `"DataIntegrityProof"`, `"Ed25519Signature2020"`, 1),
		strings.Replace(good, `"DataIntegrityProof"`, `["DataIntegrityProof"]`, 1),
		strings.Replace(good, `eddsa-jcs-2022`, `eddsa-rdfc-2022`, 1),
		strings.Replace(good, `"assertionMethod"`, `"authentication"`, 1),
		strings.Replace(good, `"`+fepMethod+`"`, `""`, 1),
		strings.Replace(good, `"`+fepMethod+`"`, `{"id":"x"}`, 1),
		strings.Replace(good, `"2023-02-24T23:36:38Z"`, `"yesterday"`, 1),
		strings.Replace(good, `"created":`, `"expires":7,"created":`, 1),
		strings.Replace(good, fepValue, "z"+strings.Repeat("1", 10_000), 1),
		strings.Replace(good, fepValue, "z1111", 1),
		strings.Replace(good, fepValue, fepValue[1:], 1),
		strings.Replace(good, `"proofValue"`, `"value"`, 1),
	} {
		found, err := VerifyProof([]byte(doc), noon, fepKeys)
		wantRefused(t, doc, err, "")
		if !found {
			t.Errorf("%s: the proof was not found", doc)
		}
	}
}

// proveAs makes a proof of doc as a server does that hashes these options.
func proveAs(t *testing.T, doc, hashed, sent string) []byte {
	t.Helper()
	d, err := parseObject([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	o, err := parseObject([]byte(hashed))
	if err != nil {
		t.Fatal(err)
	}
	docHash, err := hashObject(d)
	if err != nil {
		t.Fatal(err)
	}
	hash, err := proofHash(o, docHash)
	if err != nil {
		t.Fatal(err)
	}
	value := "z" + base58.Encode(ed25519.Sign(fepKey(t), hash))
	return []byte(strings.TrimSuffix(doc, "}") + `,"proof":` + strings.TrimSuffix(sent, "}") + `,"proofValue":"` + value + `"}}`)
}

func TestEveryVariantInTheWildIsVerified(t *testing.T) {
	const (
		doc     = `{"@context":["https://a.example/1",{"b":"https://b.example/#"}],"type":"Note"}`
		context = `"@context":["https://a.example/1",{"b":"https://b.example/#"}]`
		common  = `"type":"DataIntegrityProof","cryptosuite":"eddsa-jcs-2022","proofPurpose":"assertionMethod","verificationMethod":"` + fepMethod + `",`
		bare    = `{` + common + `"created":"2023-02-24T23:36:38Z"}`
		full    = `{` + context + `,` + common + `"created":"2023-02-24T23:36:38Z"}`
		short   = `{"@context":["https://a.example/1"],` + common + `"created":"2023-02-24T23:36:38Z"}`
		millis  = `{` + common + `"created":"2023-02-24T23:36:38.000Z","id":"https://a.example/p"}`
	)
	for name, c := range map[string]struct {
		hashed, sent string
		good         bool
	}{
		"no context":                             {bare, bare, true},
		"the context copied":                     {full, full, true},
		"the context hashed and not sent":        {full, bare, true},
		"Fedify's rewriting":                     {full, millis, true},
		"another context than the document's":    {short, short, false}, // the document was hashed with its own
		"a context sent that was not hashed":     {bare, full, false},
		"a member that was hashed and not sent":  {millis, bare, false},
		"no context in the hash, rewritten time": {bare, millis, false},
	} {
		_, err := VerifyProof(proveAs(t, doc, c.hashed, c.sent), noon, fepKeys)
		if (err == nil) != c.good {
			t.Errorf("%s: got %v, want good %v", name, err, c.good)
		}
	}
}

func TestTheContextOfAProofMayBeTheBeginningOfTheDocuments(t *testing.T) {
	longer := strings.Replace(string(fepProof(t)), `data-integrity/v1"],"actor"`, `data-integrity/v1","https://more.example"],"actor"`, 1)
	if found, err := VerifyProof([]byte(longer), noon, fepKeys); !found || err != nil {
		t.Errorf("got %v, %v, want a proof that holds", found, err)
	}
	swapped := strings.Replace(longer, `"@context":["https://www.w3.org/ns/activitystreams",`, `"@context":["https://more.example",`, 1)
	_, err := VerifyProof([]byte(swapped), noon, fepKeys)
	wantRefused(t, "another beginning", err, "not made with the key")
}

func TestAnObjectTakenOutOfAnotherIsProvedByItself(t *testing.T) {
	var members object
	if err := json.Unmarshal(fepProof(t), &members); err != nil {
		t.Fatal(err)
	}
	delete(members, "@context")
	inner, err := writeJSON(members)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := VerifyProof(inner, noon, fepKeys); !found || err != nil {
		t.Errorf("got %v, %v, want a proof that holds", found, err)
	}
}

func TestEveryAuthorAddsAProofToOneDocument(t *testing.T) {
	bob := ed25519.NewKeyFromSeed(make([]byte, 32))
	const draft = `{"@context":"https://www.w3.org/ns/activitystreams","type":"Note","content":"<p>a & b</p>","size":9007199254740993}`
	travels, err := NewProof([]byte(draft), "https://b.example/users/bob#ed", bob, noon)
	if err != nil {
		t.Fatal(err)
	}
	one, err := Prove([]byte(draft), fepMethod, fepKey(t), noon)
	if err != nil {
		t.Fatal(err)
	}
	two, err := Attach(one, travels)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"content":"<p>a & b</p>"`, `"size":9007199254740993`, `"@context":["https://www.w3.org/ns/activitystreams"]`} {
		if !strings.Contains(string(two), part) {
			t.Errorf("got %s, want %s in it", two, part)
		}
	}
	proofs, found, err := Proofs(two)
	if err != nil || !found || len(proofs) != 2 || !proofs[0].Created.Equal(noon) {
		t.Fatalf("got %v, %v, %v, want two proofs", proofs, found, err)
	}
	if err := proofs[1].Verify(bob.Public().(ed25519.PublicKey), noon); err != nil {
		t.Errorf("bob's: got %v", err)
	}
	_, err = VerifyProof(two, noon, fepKeys)
	if models.KindOf(err) != models.NotFound {
		t.Errorf("bob's key unknown: got %v, want the error of the finder", err)
	}
	_, err = VerifyProof([]byte(strings.Replace(string(two), "a & b", "a", 1)), noon, func(m models.IRI) (ed25519.PublicKey, error) {
		if m == fepMethod {
			return fepKeys(m)
		}
		return bob.Public().(ed25519.PublicKey), nil
	})
	wantRefused(t, "tampered", err, "not made with the key")
}

func TestAProofHasItsTime(t *testing.T) {
	_, err := VerifyProof(fepProof(t), fepTime.Add(-maxAhead-time.Second), fepKeys)
	wantRefused(t, "in the future", err, "future")
	const options = `{"type":"DataIntegrityProof","cryptosuite":"eddsa-jcs-2022","proofPurpose":"assertionMethod","verificationMethod":"` + fepMethod + `","created":"2023-02-24T23:36:38Z","expires":"2026-09-01T12:00:00Z"}`
	doc := proveAs(t, `{"type":"Note"}`, options, options)
	if _, err := VerifyProof(doc, noon, fepKeys); err != nil {
		t.Errorf("at its end: got %v, want none", err)
	}
	_, err = VerifyProof(doc, noon.Add(time.Second), fepKeys)
	wantRefused(t, "expired", err, "expired")
}

func TestWhatCannotBeProvedIsRefused(t *testing.T) {
	for _, doc := range []string{"", "[]", "null", `{"a":1,"a":2}`} {
		if got, err := Prove([]byte(doc), fepMethod, fepKey(t), noon); err == nil {
			t.Errorf("%s: got %s", doc, got)
		}
		if got, err := Attach([]byte(doc), json.RawMessage("{}")); err == nil {
			t.Errorf("%s: got %s", doc, got)
		}
	}
	if _, err := Prove([]byte("{}"), fepMethod, nil, noon); err == nil {
		t.Error("without a key: got no error")
	}
	_, err := VerifyProof(fepProof(t), noon, func(models.IRI) (ed25519.PublicKey, error) { return nil, nil })
	wantRefused(t, "an empty key", err, "Ed25519")
	boom := errors.New("boom")
	if _, err := VerifyProof(fepProof(t), noon, func(models.IRI) (ed25519.PublicKey, error) { return nil, boom }); !errors.Is(err, boom) {
		t.Errorf("got %v, want the error of the finder", err)
	}
}
