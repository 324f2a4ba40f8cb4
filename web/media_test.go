package web_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/files/filestest"
	"ensemble/web"
	"ensemble/web/call"
)

// from is ask from some address.
func (s *server) from(remote, target string, head ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", target, nil)
	r.RemoteAddr = remote
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func (s *server) upload(kind, secret string, collab models.ID) *models.Media {
	s.Helper()
	m := &models.Media{
		ID: models.NewID(s.db.Now()), AccountID: s.alice.ID, CollabID: collab, Kind: "image", ContentType: kind, Secret: secret,
		State: models.MediaReady, CreatedAt: s.db.Now(),
	}
	m.Key, m.ThumbKey = "media/"+m.ID.String()+"/original.jpg", "media/"+m.ID.String()+"/small.png"
	for key, body := range map[string]string{m.Key: "0123456789", m.ThumbKey: "thumb"} {
		if _, err := s.disk.Put(context.Background(), key, strings.NewReader(body)); err != nil {
			s.Fatal(err)
		}
	}
	s.put(m)
	return m
}

func TestMedia(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", nil)
	m := s.upload("image/jpeg", "s3cret", 0)
	at := "/media/" + m.ID.String() + "/s3cret/"
	w := s.ask("GET", at+"original.jpg")
	for name, want := range map[string]string{
		"Content-Type": "image/jpeg", "Content-Disposition": "inline", "X-Content-Type-Options": "nosniff",
		"Cache-Control": "public, max-age=31536000, immutable", "Access-Control-Allow-Origin": "*",
	} {
		if w.Header().Get(name) != want {
			t.Errorf("%s: got %q, want %q", name, w.Header().Get(name), want)
		}
	}
	if w.Code != 200 || w.Body.String() != "0123456789" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("got %d %s %v", w.Code, w.Body, w.Header())
	}
	if w := s.ask("GET", at+"small.png"); w.Body.String() != "thumb" || w.Header().Get("Content-Type") != "image/png" {
		t.Errorf("small: %d %s %v", w.Code, w.Body, w.Header())
	}
	if w := s.ask("GET", at+"original.jpg", "Range", "bytes=2-4"); w.Code != 206 || w.Body.String() != "234" {
		t.Errorf("a range: %d %s", w.Code, w.Body)
	}
	if w := s.ask("GET", at+"original.jpg", "If-None-Match", w.Header().Get("ETag")); w.Code != 304 {
		t.Errorf("again: %d", w.Code)
	}
	if w := s.ask("HEAD", at+"original.jpg"); w.Code != 200 || w.Header().Get("Content-Length") != "10" {
		t.Errorf("HEAD: %d %v", w.Code, w.Header())
	}
	for _, path := range []string{
		"/media/" + m.ID.String() + "/wrong/original.jpg", "/media/" + m.ID.String() + "//original.jpg",
		"/media/999/s3cret/original.jpg", "/media/x/s3cret/original.jpg", at + "other.jpg", at + "..%2f..%2fkey",
	} {
		if w := s.ask("GET", path); w.Code != 404 {
			t.Errorf("%s: got %d", path, w.Code)
		}
	}
}

// Nothing that was uploaded can pass for a page or a document of this server.
func TestMediaIsNeverADocument(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", nil)
	for _, kind := range []string{"text/html", "image/svg+xml", "application/activity+json", "application/ld+json", "text/javascript", ""} {
		m := s.upload(kind, "s3cret", 0)
		w := s.ask("GET", "/media/"+m.ID.String()+"/s3cret/original.html", "Accept", "application/activity+json")
		if w.Header().Get("Content-Type") != "application/octet-stream" || w.Header().Get("Content-Disposition") != "attachment" {
			t.Errorf("%q: %v", kind, w.Header())
		}
	}
}

func TestPendingMediaIsForThoseWhoAreAsked(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", nil)
	bob, carol, now := s.account("bob", ""), s.account("carol", ""), s.db.Now()
	collab := &models.Collab{
		ID: models.NewID(now), URI: here.IRI("/collaborations/1"), InitiatorID: s.alice.ID, State: models.CollabOffered,
		CreatedAt: now, UpdatedAt: now,
	}
	invite := &models.Invite{
		ID: models.NewID(now), CollabID: collab.ID, AccountID: bob.ID, Role: models.RoleCoauthor, State: models.InviteSent, CreatedAt: now,
	}
	s.put(collab, invite)
	m := s.upload("image/jpeg", "", collab.ID)
	path := func(viewer models.ID, size string, until time.Time) string {
		return call.PreviewPath([]byte("secret"), m.ID, size, viewer, until)
	}
	soon := s.db.Now().Add(5 * time.Minute)
	want := func(name string, status int, path string) {
		t.Helper()
		w := s.ask("GET", path)
		if w.Code != status {
			t.Errorf("%s: got %d %s, want %d", name, w.Code, w.Body, status)
		}
		if status == 200 && w.Header().Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s: may be kept: %v", name, w.Header())
		}
	}
	want("by a plain address without a secret", 404, "/media/"+m.ID.String()+"//original.jpg")
	want("by a plain address with any secret", 404, "/media/"+m.ID.String()+"/x/original.jpg")
	want("who started it", 200, path(s.alice.ID, call.Original, soon))
	want("who was asked", 200, path(bob.ID, call.Small, soon))
	want("somebody else, though it is signed", 404, path(carol.ID, call.Small, soon))
	want("when it is over", 404, path(bob.ID, call.Small, s.db.Now().Add(-time.Second)))
	want("for longer than allowed", 404, path(bob.ID, call.Small, s.db.Now().Add(time.Hour)))
	want("for somebody else's eyes", 404, strings.Replace(path(carol.ID, call.Small, soon), "v="+carol.ID.String(), "v="+bob.ID.String(), 1))
	want("without a signature", 404, "/media/preview/"+m.ID.String()+"/small")
	invite.State = models.InviteDeclined
	s.put(invite)
	want("who declined", 404, path(bob.ID, call.Small, soon))
	s.alice.State = models.AccountSuspended
	s.put(s.alice)
	want("who was suspended", 404, path(s.alice.ID, call.Original, soon))
}

// What is kept in a bucket is passed on by us, unless everybody can read the bucket:
// then browsers are sent there, but never for what waits for consent.
func TestMediaFromABucket(t *testing.T) {
	t.Parallel()
	fake := filestest.NewBucket(t)
	for _, public := range []string{"", fake.Public()} {
		conf := fake.Config()
		conf.PublicURL = public
		b, err := files.NewBucket(conf)
		if err != nil {
			t.Fatal(err)
		}
		s := newServer(t, "sqlite", func(c *web.Config) { c.Files = b })
		s.disk = b
		m, waits := s.upload("image/jpeg", "s3cret", 0), s.upload("image/jpeg", "", 0)
		at := "/media/" + m.ID.String() + "/s3cret/original.jpg"
		w := s.ask("GET", at)
		if public == "" {
			if w.Code != 200 || w.Body.String() != "0123456789" || w.Header().Get("Content-Type") != "image/jpeg" {
				t.Errorf("got %d %s %v", w.Code, w.Body, w.Header())
			}
			if w := s.ask("GET", at, "Range", "bytes=2-4"); w.Code != 206 || w.Body.String() != "234" || w.Header().Get("Content-Range") != "bytes 2-4/10" {
				t.Errorf("a range: %d %s", w.Code, w.Body)
			}
			if again := s.ask("GET", at, "If-None-Match", w.Header().Get("ETag")); again.Code != 304 {
				t.Errorf("again: %d", again.Code)
			}
		} else {
			want := public + "/" + m.Key
			if w.Code != 302 || w.Header().Get("Location") != want || strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
				t.Errorf("got %d %v", w.Code, w.Header())
			}
			if w := s.ask("GET", strings.Replace(at, "s3cret", "wrong", 1)); w.Code != 404 || w.Header().Get("Location") != "" {
				t.Errorf("got %d %v", w.Code, w.Header())
			}
			page := s.upload("text/html", "s3cret", 0)
			if w := s.ask("GET", "/media/"+page.ID.String()+"/s3cret/original.html"); w.Code != 200 || w.Header().Get("Content-Disposition") != "attachment" {
				t.Errorf("a page: %d %v", w.Code, w.Header())
			}
		}
		path := call.PreviewPath([]byte("secret"), waits.ID, call.Original, s.alice.ID, s.db.Now().Add(time.Minute))
		if w := s.ask("GET", path); w.Code != 200 || w.Body.String() != "0123456789" || w.Header().Get("Location") != "" {
			t.Errorf("what waits: %d %v", w.Code, w.Header())
		}
		fake.Down(true)
		if w := s.ask("GET", path); w.Code != 503 || !strings.Contains(w.Body.String(), "try again later") {
			t.Errorf("a bucket that does not answer: %d %s", w.Code, w.Body)
		}
		fake.Down(false)
	}
}
