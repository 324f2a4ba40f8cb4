package wire

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"ensemble/models"
)

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func tree(t *testing.T, b []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, b)
	}
	return m
}

// same reports where two JSON documents differ.
func same(t *testing.T, got, want map[string]any) {
	t.Helper()
	if reflect.DeepEqual(got, want) {
		return
	}
	g, _ := json.MarshalIndent(got, "", "  ")
	w, _ := json.MarshalIndent(want, "", "  ")
	gl, wl := strings.Split(string(g), "\n"), strings.Split(string(w), "\n")
	for i := range min(len(gl), len(wl)) {
		if gl[i] != wl[i] {
			t.Errorf("differs at line %d:\n got  %s\n want %s\nwhole:\n%s", i, gl[i], wl[i], g)
			return
		}
	}
	t.Errorf("one is longer: got\n%s\nwant\n%s", g, w)
}

// The messages of the specification are read, and written again, word for word.
func TestProtocolMessages(t *testing.T) {
	names, _ := filepath.Glob("testdata/protocol/C*.json")
	if len(names) != 17 {
		t.Fatalf("got %d messages, want 17", len(names))
	}
	for _, name := range names {
		name = filepath.Base(name)
		t.Run(name, func(t *testing.T) {
			raw := readFile(t, "protocol/"+name)
			want := tree(t, raw)
			var got []byte
			var err error
			if name == "C4.json" {
				a, err := DecodeStamp(raw)
				if err != nil {
					t.Fatal(err)
				}
				delete(want, "proof")
				got, err = EncodeStamp(a)
				if err != nil {
					t.Fatal(err)
				}
			} else {
				a, err2 := Decode(raw)
				if err2 != nil {
					t.Fatal(err2)
				}
				form := models.FormDual
				if name == "C8F1.json" {
					form = models.FormArray
				}
				got, err = Encode(a, form)
			}
			if err != nil {
				t.Fatal(err)
			}
			out := tree(t, got)
			if o, ok := out["object"].(map[string]any); ok {
				delete(o, "onDecline") // said outright where the examples leave the default
				delete(o, "replyModeration")
			}
			same(t, out, want)
		})
	}
}

func TestProtocolActor(t *testing.T) {
	raw := readFile(t, "protocol/actor.json")
	a, err := DecodeActor(raw)
	if err != nil {
		t.Fatal(err)
	}
	if a.Collaborates != models.CollabEveryone || a.PublicKey == "" || !a.Locked || a.SharedInbox != "https://b.example/inbox" {
		t.Errorf("got %+v", a)
	}
}

// F1, F2 and the scalar form with collaborators are one and the same Note.
func TestFormsAreOneNote(t *testing.T) {
	dual, err := Decode(readFile(t, "protocol/C8.json"))
	if err != nil {
		t.Fatal(err)
	}
	array, err := Decode(readFile(t, "protocol/C8F1.json"))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(dual, array) {
		t.Errorf("F2 reads %+v, F1 reads %+v", dual.Object.Note, array.Object.Note)
	}
	body, err := Encode(dual, models.FormScalar)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(body), "coAttributedTo") {
		t.Error("the scalar form says coAttributedTo")
	}
	scalar, err := Decode(body)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(dual, scalar) {
		t.Errorf("F2 reads %+v, scalar reads %+v", dual.Object.Note, scalar.Object.Note)
	}
	want := []models.Claim{{Account: "https://b.example/users/bob", Role: models.RoleCoauthor, Authorization: "https://b.example/users/bob/stamps/01K4F2"}}
	if got := dual.Object.Note.Claims; !reflect.DeepEqual(got, want) {
		t.Errorf("claims: got %v, want %v", got, want)
	}
}
