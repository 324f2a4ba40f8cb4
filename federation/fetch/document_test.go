package fetch_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ensemble/federation/fetch"
	"ensemble/federation/sign"
	"ensemble/models"
	"ensemble/models/store"
)

func TestDocument(t *testing.T) {
	two, three := newTheir(t, "two"), newTheir(t, "three")
	at := two.iri
	for path, to := range map[string]models.IRI{
		"/moved": at("/notes/1"), "/@bob/1": at("/notes/1"), "/loop": at("/loop"),
		"/hop1": at("/hop2"), "/hop2": at("/hop3"), "/hop3": at("/notes/1"),
		"/far1": at("/far2"), "/far2": at("/hop1"), "/offsite": three.iri("/notes/1"),
	} {
		two.on(path, redirect(to))
	}
	three.serve("/notes/1", activityJSON, note(three.iri("/notes/1")))
	two.serve("/notes/1", activityJSON, note(at("/notes/1")))
	two.serve("/alias", activityJSON, note(at("/notes/1")))
	two.serve("/alias2", activityJSON, note(at("/alias")))
	two.serve("/foreign", activityJSON, note(three.iri("/notes/1")))
	two.serve("/ld", `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`, note(at("/ld")))
	two.serve("/profileless", `application/ld+json`, note(at("/profileless")))
	two.serve("/json", `application/json`, note(at("/json")))
	two.serve("/html", `text/html`, note(at("/html")))
	two.serve("/upload", `text/plain; x="application/activity+json"`, note(at("/upload")))
	two.serve("/charset", activityJSON+"; charset=utf-8", note(at("/charset")))
	two.serve("/broken", activityJSON, "{")
	two.serve("/idless", activityJSON, `{"type":"Note"}`)
	two.serve("/twice", activityJSON, fmt.Sprintf(`{"id":"https://evil.example/","id":%q,"type":"Note"}`, at("/twice")))
	two.serve("/deep", activityJSON, fmt.Sprintf(`{"id":%q,"x":%s}`, at("/deep"), strings.Repeat("[", 5000)+strings.Repeat("]", 5000)))
	two.serve("/huge", activityJSON, `{"x":"`+strings.Repeat("x", 1<<20)+`"}`)
	two.serve("/tombstone", activityJSON, fmt.Sprintf(`{"id":%q,"type":"Tombstone","formerType":"Note"}`, at("/tombstone")))
	two.on("/bomb", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", activityJSON)
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		for range 64 {
			_, _ = io.WriteString(z, strings.Repeat(" ", 1<<20))
		}
		_ = z.Close()
	})
	for status, path := range map[int]string{
		410: "/gone", 403: "/forbidden", 401: "/unauthorized", 500: "/error", 503: "/busy", 429: "/slower", 406: "/not-acceptable", 204: "/empty",
	} {
		two.on(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	}
	o := newOur(t, "sqlite")
	for _, c := range []struct {
		name, path string
		want       models.Kind
		code       string
	}{
		{"a note at its id", "/notes/1", "", ""},
		{"a fragment names a part", "/notes/1#part", "", ""},
		{"a redirect to its id", "/moved", "", ""},
		{"three redirects", "/hop1", "", ""},
		{"five redirects", "/far1", models.Invalid, "redirect"},
		{"redirects without end", "/loop", models.Invalid, "redirect"},
		{"a redirect to another server", "/offsite", models.Forbidden, "redirect"},
		{"another address of it", "/alias", "", ""},
		{"another address of another address", "/alias2", models.Invalid, "id_mismatch"},
		{"the id of another server", "/foreign", models.Invalid, "id_mismatch"},
		{"ld+json with the profile", "/ld", "", ""},
		{"ld+json without", "/profileless", models.Invalid, "content_type"},
		{"plain JSON", "/json", models.Invalid, "content_type"},
		{"a page", "/html", models.Invalid, "content_type"},
		{"an upload", "/upload", models.Invalid, "content_type"},
		{"with a charset", "/charset", "", ""},
		{"broken JSON", "/broken", models.Invalid, ""},
		{"no id", "/idless", models.Invalid, "id_mismatch"},
		{"two ids", "/twice", models.Invalid, ""},
		{"deep JSON", "/deep", models.Invalid, ""},
		{"a huge body", "/huge", models.Invalid, "too_long"},
		{"a gzip bomb", "/bomb", models.Invalid, "too_long"},
		{"a tombstone", "/tombstone", models.Gone, "tombstone"},
		{"404", "/nowhere", models.NotFound, ""},
		{"410", "/gone", models.Gone, ""},
		{"403", "/forbidden", models.Forbidden, ""},
		{"401", "/unauthorized", models.Forbidden, ""},
		{"500", "/error", models.Unreachable, ""},
		{"503", "/busy", models.Unreachable, ""},
		{"429", "/slower", models.Unreachable, ""},
		{"406", "/not-acceptable", models.Invalid, ""},
		{"204", "/empty", models.Invalid, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw, err := o.Document(t.Context(), at(c.path))
			if kind(err) != c.want || c.code != "" && code(err) != c.code {
				t.Errorf("got %q: %v (%s), want %q %s", kind(err), err, code(err), c.want, c.code)
			}
			if c.want == "" && !strings.Contains(string(raw), two.base) {
				t.Errorf("got %s", raw)
			}
		})
	}
	if n := three.total(); n != 0 {
		t.Errorf("the other server was asked %d times", n)
	}
}

func TestASlowServerIsGivenUp(t *testing.T) {
	o := newOur(t, "sqlite")
	o.SetPatience(100 * time.Millisecond)
	s := newTheir(t, "slow")
	s.on("/body", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", activityJSON)
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, " ")
			w.(http.Flusher).Flush()
			select {
			case <-r.Context().Done():
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	s.on("/header", func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then is it seen that the client left
		<-r.Context().Done()
	})
	for _, path := range []string{"/body", "/header"} {
		if _, err := o.Document(t.Context(), s.iri(path)); kind(err) != models.Unreachable || !strings.Contains(err.Error(), "did not answer within") {
			t.Errorf("%s: got %v", path, err)
		}
	}
	if err := o.Post(t.Context(), s.iri("/header"), o.alice, []byte("{}")); kind(err) != models.Unreachable {
		t.Errorf("post: got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := o.Document(ctx, s.iri("/other")); err == nil || o.Fill(0, nil, nil) != 2 {
		t.Errorf("a caller who left: got %v, and %d failures are remembered", err, o.Fill(0, nil, nil))
	}
}

func TestWordsForAnAdmin(t *testing.T) {
	o := newOur(t, "sqlite")
	s := newTheir(t, "two")
	s.Close()
	_, err := o.Document(t.Context(), s.iri("/x"))
	if want := s.host + " refused the connection"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestFailuresAreRemembered(t *testing.T) {
	o, s := newOur(t, "sqlite"), newTheir(t, "two")
	for range 5 {
		if _, err := o.Document(t.Context(), s.iri("/n")); kind(err) != models.NotFound {
			t.Fatalf("got %v", err)
		}
	}
	if n := s.count("/n"); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
	s.serve("/n", activityJSON, note(s.iri("/n")))
	o.clock.pass(61 * time.Second)
	if _, err := o.Document(t.Context(), s.iri("/n")); err != nil {
		t.Errorf("a minute later: %v", err)
	}
	n := o.Fill(fetch.MaxFailures+100, func(i int) string { return fmt.Sprint(i) }, models.Errorf(models.Gone, "gone"))
	if n != fetch.MaxFailures {
		t.Errorf("%d failures are remembered, want %d", n, fetch.MaxFailures)
	}
}

func TestOneFetchAtATime(t *testing.T) {
	o, s := newOur(t, "sqlite"), newTheir(t, "two")
	arrived, release := make(chan bool, 50), make(chan bool)
	s.on("/n", func(w http.ResponseWriter, _ *http.Request) {
		arrived <- true
		<-release
		w.Header().Set("Content-Type", activityJSON)
		fmt.Fprint(w, note(s.iri("/n")))
	})
	var wg, started sync.WaitGroup
	for range 20 {
		started.Add(1)
		wg.Go(func() {
			started.Done()
			if _, err := o.Document(context.Background(), s.iri("/n")); err != nil {
				t.Error(err)
			}
		})
	}
	started.Wait()
	<-arrived
	// Those who come later than this wait for the same answer or, at worst, ask on
	// their own: the count below is what the rule bounds.
	time.Sleep(50 * time.Millisecond)
	close(release)
	wg.Wait()
	if n := s.count("/n"); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
}

func TestABudgetBoundsRequests(t *testing.T) {
	o, s := newOur(t, "sqlite"), newTheir(t, "two")
	for i := range 5 {
		path := fmt.Sprintf("/n%d", i)
		s.serve(path, activityJSON, note(s.iri(path)))
	}
	ctx := fetch.WithBudget(t.Context(), 3)
	for i := range 5 {
		_, err := o.Document(ctx, s.iri(fmt.Sprintf("/n%d", i)))
		if want := map[bool]models.Kind{true: "", false: models.TooMany}[i < 3]; kind(err) != want {
			t.Errorf("request %d: got %v", i, err)
		}
	}
	if n := s.total(); n != 3 {
		t.Errorf("%d requests, want 3", n)
	}
	if _, err := o.Document(t.Context(), s.iri("/n4")); err != nil {
		t.Errorf("somebody else's budget: %v", err)
	}
	s.on("/loop", redirect(s.iri("/loop")))
	if _, err := o.Document(fetch.WithBudget(t.Context(), 2), s.iri("/loop")); kind(err) != models.TooMany || s.count("/loop") != 2 {
		t.Errorf("redirects: got %v after %d requests", err, s.count("/loop"))
	}
}

// speaks answers as a server that verifies one dialect alone.
func speaks(scheme sign.Scheme, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		rfc := r.Header.Get("Signature-Input") != ""
		if rfc != (scheme == sign.RFC9421) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next(w, r)
	}
}

func TestTheDialectIsFoundAndRemembered(t *testing.T) {
	for _, scheme := range []sign.Scheme{sign.Cavage, sign.RFC9421} {
		o, s := newOur(t, "sqlite"), newTheir(t, "two")
		s.on("/inbox", speaks(scheme, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(202) }))
		s.on("/n", speaks(scheme, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", activityJSON)
			fmt.Fprint(w, note(s.iri("/n")))
		}))
		first := map[sign.Scheme]int{sign.Cavage: 1, sign.RFC9421: 2}[scheme]
		for i, want := range []int{first, first + 1, first + 2} {
			if err := o.Post(t.Context(), s.iri("/inbox"), o.alice, []byte("{}")); err != nil {
				t.Fatal(err)
			}
			if n := s.count("/inbox"); n != want {
				t.Errorf("%s: after post %d: %d requests, want %d", scheme, i+1, n, want)
			}
		}
		if p := o.peer(t, s.host); p == nil || p.Scheme != string(scheme) || p.SchemeAt == nil {
			t.Errorf("%s: remembered %+v", scheme, p)
		}
		if _, err := o.Document(t.Context(), s.iri("/n")); err != nil || s.count("/n") != 1 {
			t.Errorf("%s: a GET: %v after %d requests, want 1", scheme, err, s.count("/n"))
		}
		o.clock.pass(31 * 24 * time.Hour)
		if err := o.Post(t.Context(), s.iri("/inbox"), o.alice, []byte("{}")); err != nil || s.count("/inbox") != 2*first+2 {
			t.Errorf("%s: a month later: %v after %d requests, want %d", scheme, err, s.count("/inbox"), 2*first+2)
		}
	}
}

func TestOldServersVerifyWithoutTheQuery(t *testing.T) {
	o, s := newOur(t, "sqlite"), newTheir(t, "two")
	id := s.iri("/n?page=1")
	s.on("/n", func(w http.ResponseWriter, r *http.Request) {
		bare := r.Clone(r.Context())
		bare.RequestURI, bare.URL.RawQuery = "/n", ""
		sig, err := sign.Parse(bare, nil, "http", s.host, o.now())
		if err == nil {
			var pub any
			if pub, err = sign.ParsePublic(ourKeys()[0]); err == nil {
				err = sig.Verify(pub)
			}
		}
		if err != nil {
			w.WriteHeader(401)
			return
		}
		w.Header().Set("Content-Type", activityJSON)
		fmt.Fprint(w, note(id))
	})
	if _, err := o.Document(t.Context(), id); err != nil || s.count("/n") != 2 {
		t.Errorf("got %v after %d requests, want 2", err, s.count("/n"))
	}
}

func TestABlockedServerIsNotCalled(t *testing.T) {
	o, s := newOur(t, "sqlite"), newTheir(t, "two")
	o.tx(t, func(tx *store.Tx) error {
		return store.Put(tx, &models.Peer{Host: s.host, Blocked: true, CreatedAt: tx.Now})
	})
	if _, err := o.Document(t.Context(), s.iri("/n")); code(err) != "peer_blocked" {
		t.Errorf("got %v", err)
	}
	if err := o.Post(t.Context(), s.iri("/inbox"), o.alice, nil); code(err) != "peer_blocked" || s.total() != 0 {
		t.Errorf("got %v after %d requests", err, s.total())
	}
}

func TestNoteIsByItsServer(t *testing.T) {
	o, s := newOur(t, "sqlite"), newTheir(t, "two")
	s.serve("/n", activityJSON, note(s.iri("/n")))
	n, err := o.Note(t.Context(), s.iri("/n"))
	if err != nil || n.Author != s.iri("/users/bob") {
		t.Errorf("got %+v, %v", n, err)
	}
	s.serve("/forged", activityJSON, strings.ReplaceAll(note(s.iri("/forged")), s.base+"/users/bob", "https://victim.example/users/v"))
	if _, err := o.Note(t.Context(), s.iri("/forged")); kind(err) != models.Forbidden {
		t.Errorf("a note in another's name: got %v", err)
	}
}

func TestMedia(t *testing.T) {
	o, s, other := newOur(t, "sqlite"), newTheir(t, "two"), newTheir(t, "three")
	s.on("/draft", func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Signature"), string(o.alice.KeyID)) {
			w.WriteHeader(404)
			return
		}
		w.Header().Set("Content-Type", "image/png")
		w.(http.Flusher).Flush() // so that nobody is told the length
		fmt.Fprint(w, "0123456789")
	})
	other.serve("/draft", "image/png", "x")
	s.on("/away", redirect(other.iri("/draft")))
	for max, want := range map[int64]models.Kind{10: "", 9: models.Invalid} {
		body, kindOf, err := o.Media(t.Context(), s.iri("/draft"), o.alice, max)
		if err != nil || kindOf != "image/png" {
			t.Fatalf("got %q, %v", kindOf, err)
		}
		got, err := io.ReadAll(body)
		if kind(err) != want || int64(len(got)) != max {
			t.Errorf("at most %d: got %d bytes, %v", max, len(got), err)
		}
		if err := body.Close(); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	if _, _, err := o.Media(t.Context(), s.iri("/draft"), nil, 10); kind(err) != models.NotFound {
		t.Errorf("by the instance actor: got %v", err)
	}
	if _, _, err := o.Media(t.Context(), s.iri("/away"), o.alice, 10); kind(err) != models.Forbidden || other.total() != 0 {
		t.Errorf("to another server: got %v", err)
	}
}
