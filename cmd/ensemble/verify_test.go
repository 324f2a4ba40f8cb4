package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ensemble/activities/collab"
	"ensemble/federation/sign"
	"ensemble/federation/wire"
	"ensemble/models"
)

// A shelf is a server that has nothing but documents, by path.
type shelf struct {
	*httptest.Server
	documents map[string][]byte
	status    map[string]int
	kind      map[string]string
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{documents: map[string][]byte{}, status: map[string]int{}, kind: map[string]string{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, ok := s.documents[r.URL.Path]
	w.Header().Set("Content-Type", first(s.kind[r.URL.Path], "application/activity+json"))
	switch {
	case s.status[r.URL.Path] != 0:
		w.WriteHeader(s.status[r.URL.Path])
	case !ok:
		w.WriteHeader(http.StatusNotFound)
	}
	_, _ = w.Write(body) // the client may have gone
}

func (s *shelf) at(path string) models.IRI { return models.IRI(s.URL + path) }

// A joint is a post of two servers, before it is put on them.
type joint struct {
	t        *testing.T
	one, two *shelf
	note     models.Note
	stamp    models.Authorization
	key      string // PEM, of the proof
	listed   string // the key that Bo's actor lists
}

const notePath, boPath, stampPath = "/users/ada/notes/1", "/users/bo", "/users/bo/stamps/1"

func newJoint(t *testing.T) *joint {
	t.Helper()
	j := &joint{t: t, one: newShelf(t), two: newShelf(t)}
	var err error
	if j.listed, j.key, err = sign.NewEd25519(); err != nil {
		t.Fatal(err)
	}
	ada, bo := j.one.at("/users/ada"), j.two.at(boPath)
	j.note = models.Note{
		URI: j.one.at(notePath), URL: j.one.at("/@ada/1"), Author: ada, To: []models.IRI{models.Public}, Cc: []models.IRI{bo},
		Content: "<p>Together</p>", Published: time.Now().UTC().Truncate(time.Second),
		Claims: []models.Claim{{Account: bo, Role: models.RoleCoauthor, Authorization: j.two.at(stampPath)}},
	}
	digest, err := collab.Digest(&j.note)
	if err != nil {
		t.Fatal(err)
	}
	j.stamp = models.Authorization{
		URI: j.two.at(stampPath), Account: bo, Target: bo, Object: j.note.URI, Role: models.RoleCoauthor, Revision: 1, Digest: digest,
		Published: j.note.Published,
	}
	return j
}

func (j *joint) encoded(b []byte, err error) []byte {
	j.t.Helper()
	if err != nil {
		j.t.Fatal(err)
	}
	return b
}

func (j *joint) actor(s *shelf, name, listed string) {
	j.t.Helper()
	uri := s.at("/users/" + name)
	a := &models.Account{
		URI: uri, Username: name, Type: "Person", Inbox: uri + "/inbox", Outbox: uri + "/outbox", Followers: uri + "/followers",
		Assertions: []models.Assertion{{ID: uri + "#ed25519-key", Multibase: listed}},
	}
	s.documents["/users/"+name] = j.encoded(wire.EncodeActor(a, models.Site{Domain: uri.Host(), Origin: uri.Origin(), Loose: true}))
}

// publish puts everything on its server.
func (j *joint) publish() {
	j.t.Helper()
	j.actor(j.one, "ada", j.listed)
	j.actor(j.two, "bo", j.listed)
	j.one.documents[notePath] = j.encoded(wire.EncodeNote(&j.note, models.FormArray, true))
	k, err := sign.ParsePrivate(j.key)
	if err != nil {
		j.t.Fatal(err)
	}
	plain := j.encoded(wire.EncodeStamp(&j.stamp))
	j.two.documents[stampPath] = j.encoded(sign.Prove(plain, j.two.at(boPath)+"#ed25519-key", k.(ed25519.PrivateKey), time.Now()))
	j.two.kind["/.well-known/webfinger"] = "application/jrd+json"
	j.two.documents["/.well-known/webfinger"] = fmt.Appendf(nil,
		`{"subject":"acct:bo@%s","links":[{"rel":"self","type":"application/activity+json","href":%q}]}`, j.two.at("").Host(), j.two.at(boPath))
	j.one.documents["/@ada/1"] = fmt.Appendf(nil, `<html><head><link rel="alternate" type="application/activity+json" href="%s"></head></html>`, notePath)
	j.one.kind["/@ada/1"] = "text/html; charset=utf-8"
}

// testWorld is a machine with this environment, whose output is the buffer's.
func testWorld(env map[string]string) (*world, *bytes.Buffer) {
	out := &bytes.Buffer{}
	return &world{
		Context: context.Background(), in: strings.NewReader(""), out: out, err: io.Discard,
		getenv: func(name string) string { return env[name] },
	}, out
}

func TestVerify(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		ask   string // path on one; notePath if ""
		prep  func(j *joint)
		spoil func(j *joint) // after publication
		code  int
		state string // of Bo
		says  string
	}{
		{name: "an accepted post is valid", state: isValid, says: "stand by it"},
		{name: "a page leads to its post", ask: "/@ada/1", state: isValid, says: "stand by it"},
		{name: "a stamp that is gone was taken back", spoil: func(j *joint) { j.two.status[stampPath] = 410 }, code: 1, state: isRevoked, says: "taken back"},
		{name: "a tombstone is as good as gone", spoil: func(j *joint) {
			j.two.documents[stampPath] = j.encoded(wire.EncodeTombstone(models.Tombstone{URI: j.two.at(stampPath)}))
		}, code: 1, state: isRevoked, says: "taken back"},
		{name: "another text is not what was agreed to", prep: func(j *joint) { j.note.Content = "<p>Apart</p>" }, code: 1, state: isInvalid, says: "not the one that was agreed to"},
		{name: "a stamp that covers edits covers them", prep: func(j *joint) { j.note.Content, j.stamp.CoversEdits = "<p>Apart</p>", true }, state: isValid, says: "covers edits"},
		{name: "a proof with another key does not hold", prep: func(j *joint) { _, j.key, _ = sign.NewEd25519() }, code: 1, state: isInvalid, says: "proof"},
		{name: "a stamp changed after its proof does not hold", spoil: func(j *joint) {
			j.two.documents[stampPath] = bytes.Replace(j.two.documents[stampPath], []byte(`"revision":1`), []byte(`"revision":2`), 1)
		}, code: 1, state: isInvalid, says: "proof"},
		{name: "a stamp for another post counts for nothing", prep: func(j *joint) { j.stamp.Object += "0" }, code: 1, state: isInvalid, says: "another post"},
		{name: "a stamp of one's own server is no stamp", prep: func(j *joint) { j.note.Claims[0].Authorization = j.one.at(stampPath) }, code: 1, state: isInvalid, says: "not on the server"},
		{name: "a name without a stamp counts for nothing", prep: func(j *joint) { j.note.Claims[0].Authorization = "" }, code: 1, state: isInvalid, says: "no stamp"},
		{name: "a server that is down says nothing", spoil: func(j *joint) { j.two.Close() }, code: 2, state: isUnverified, says: "could not be"},
		{name: "a server in trouble says nothing", spoil: func(j *joint) { j.two.status[stampPath] = 503 }, code: 2, state: isUnverified, says: "503"},
		{name: "an account that is gone takes its consent along", spoil: func(j *joint) { j.two.status[boPath] = 410 }, code: 1, state: isRevoked, says: "account is gone"},
		{name: "an ordinary post has one author", prep: func(j *joint) { j.note.Claims = nil }, says: "ordinary post"},
		{name: "a post that is not there cannot be read", ask: "/users/ada/notes/2", code: 2, says: "could not be read"},
		{name: "a post by somebody elsewhere is forged", prep: func(j *joint) { j.note.Author = j.two.at(boPath); j.note.Claims = nil }, code: 1, says: "on another server"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			j := newJoint(t)
			if c.prep != nil {
				c.prep(j)
			}
			j.publish()
			if c.spoil != nil {
				c.spoil(j)
			}
			w, out := testWorld(nil)
			code := run(w, []string{"verify", "--loose", string(j.one.at(first(c.ask, notePath)))})
			if code != c.code || !strings.Contains(out.String(), c.says) {
				t.Errorf("got exit %d and\n%s\nwant exit %d and %q in it", code, out, c.code, c.says)
			}
			if c.state != "" && !strings.Contains(out.String(), "coauthor   "+c.state) {
				t.Errorf("want the co-author to be %s, got\n%s", c.state, out)
			}
		})
	}
}

func TestVerifyWritesJSON(t *testing.T) {
	t.Parallel()
	j := newJoint(t)
	j.publish()
	w, out := testWorld(nil)
	if code := run(w, []string{"verify", "--loose", "-json", string(j.note.URI)}); code != 0 {
		t.Fatalf("got exit %d: %s", code, out)
	}
	var all []verdict
	if err := json.Unmarshal(out.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	bo := all[0].Authors[1]
	if bo.Handle != "@bo@"+j.two.at("").Host() || bo.Stamp != j.stamp.URI || bo.Signed != all[0].Digest || !strings.HasPrefix(bo.Proof, "made with") {
		t.Errorf("got %+v", bo)
	}
	if ada := all[0].Authors[0]; ada.Handle != string(j.note.Author) {
		t.Errorf("WebFinger of one says nothing, so that a handle would be a guess; got %q", ada.Handle)
	}
}

func TestVerifySavedCopy(t *testing.T) {
	t.Parallel()
	j := newJoint(t)
	j.publish()
	file := filepath.Join(t.TempDir(), "post.json")
	if err := os.WriteFile(file, j.one.documents[notePath], 0o600); err != nil {
		t.Fatal(err)
	}
	delete(j.one.documents, notePath)
	j.two.status[stampPath] = 410
	w, out := testWorld(nil)
	if code := run(w, []string{"verify", "--loose", file}); code != 1 || !strings.Contains(out.String(), isRevoked) {
		t.Errorf("got exit %d: %s", code, out)
	}
}

func TestVerifyIsStrictUnlessLoose(t *testing.T) {
	t.Parallel()
	j := newJoint(t)
	j.publish()
	w, out := testWorld(nil)
	if code := run(w, []string{"verify", string(j.note.URI)}); code != 2 || !strings.Contains(out.String(), "--loose") {
		t.Errorf("got exit %d: %s", code, out)
	}
}
