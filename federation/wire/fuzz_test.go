package wire

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"

	"ensemble/models"
)

// seed adds all that we have in testdata.
func seed(f *testing.F) {
	f.Helper()
	for _, name := range peerFiles(f) {
		f.Add(readFile(f, "peers/"+name+".json"))
	}
	for _, name := range []string{"C1", "C4", "C8", "C8F1", "C10", "C13", "actor"} {
		f.Add(readFile(f, "protocol/"+name+".json"))
	}
	f.Add([]byte(with(`,"@context":[{"x":"y:a","y":"x:b"},null,{"\ud800":{"@id":"@type"}}],"n":"\ud83d\ude00\u0000"`)))
}

// What Peek takes is good JSON by the standard library's judgement too.
func FuzzPeek(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := Peek(raw)
		if err != nil {
			if models.KindOf(err) != models.Invalid {
				t.Fatalf("an error of kind %s: %v", models.KindOf(err), err)
			}
			return
		}
		if !json.Valid(raw) || !utf8.Valid(raw) {
			t.Fatal("it is not JSON")
		}
		if e.ID.Origin() == "" || e.Actor.Origin() == "" || e.Verb == "" {
			t.Fatalf("an empty envelope: %+v", e)
		}
	})
}

// Decode takes only what Peek takes, and what it reads can be written and read
// again.
func FuzzDecode(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := Decode(raw)
		if err != nil {
			return
		}
		e, err := Peek(raw)
		if err != nil {
			t.Fatalf("Peek refuses it: %v", err)
		}
		if e.ID != a.URI || e.Actor != a.Actor || e.Verb != a.Verb {
			t.Fatalf("Peek reads %+v, Decode %+v", e, a)
		}
		body, err := Encode(a, models.FormDual)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Peek(body); err != nil && len(body) < MaxBody {
			t.Fatalf("Peek refuses what we wrote of it: %v\n%s", err, body)
		}
	})
}

func FuzzDecodeNote(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		n, err := DecodeNote(raw)
		if err != nil {
			return
		}
		for _, c := range n.Claims {
			if c.Account == n.Author || !c.Role.Valid() {
				t.Fatalf("claims: %+v by %s", n.Claims, n.Author)
			}
		}
	})
}

func FuzzDecodeStamp(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if a, err := DecodeStamp(raw); err == nil && (a.Account == "" || !a.Role.Valid()) {
			t.Fatalf("got %+v", a)
		}
	})
}

func FuzzDecodeActor(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if a, err := DecodeActor(raw); err == nil && (a.URI.Origin() == "" || a.Type == "") {
			t.Fatalf("got %+v", a)
		}
	})
}

// posted is a Create as Mastodon posts it, without our indentation.
func posted(b *testing.B) []byte {
	var out bytes.Buffer
	if err := json.Compact(&out, readFile(b, "peers/mastodon_create.json")); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

func BenchmarkPeek(b *testing.B) {
	raw := posted(b)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Peek(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	raw := posted(b)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeNote(b *testing.B) {
	n := fullNote()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := EncodeNote(n, models.FormDual, true); err != nil {
			b.Fatal(err)
		}
	}
}
