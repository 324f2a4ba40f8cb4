package web_test

import (
	"bufio"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
	"ensemble/web"
	"ensemble/web/api"
	"ensemble/web/stream"
)

// A page listens to streams as whoever is signed in, for as long as they are: no longer
// than five seconds after.
func TestStreamsOfABrowser(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		a := &api.API{Finder: nobody{}, Hub: stream.New()}
		s := newServer(t, dialect, func(c *web.Config) {
			a.Files = c.Files.(*files.Disk)
			c.API, c.Limit = a.Routes(), -1
		})
		bob, carol := s.account("bob", ""), s.account("carol", "")
		site := httptest.NewServer(s)
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() { defer close(ended); a.Stream(ctx, s.db, slog.New(slog.DiscardHandler)) }()
		t.Cleanup(func() { a.Hub.Close(); site.Close(); cancel(); <-ended })
		listen := func(cookie string, head ...string) (int, chan string) {
			t.Helper()
			q, err := http.NewRequest("GET", site.URL+"/session/api/v1/streaming/user", nil)
			if err != nil {
				t.Fatal(err)
			}
			q.Header.Set("Cookie", cookie)
			for i := 0; i+1 < len(head); i += 2 {
				q.Header.Set(head[i], head[i+1])
			}
			r, err := http.DefaultClient.Do(q)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { r.Body.Close() })
			lines := make(chan string, 100)
			go func() {
				defer close(lines)
				for in := bufio.NewScanner(r.Body); in.Scan(); {
					if event, ok := strings.CutPrefix(in.Text(), "event: "); ok {
						lines <- event
					}
				}
			}()
			return r.StatusCode, lines
		}
		mine, his, hers := s.signIn("alice"), s.signIn("bob"), s.signIn("carol")
		other := s.signIn("alice")
		for _, c := range []struct {
			name, cookie string
			head         []string
			want         int
		}{
			{"nobody", "", nil, 401},
			{"another site", mine, []string{"Sec-Fetch-Site", "cross-site"}, 403},
			{"a site beside ours", mine, []string{"Origin", "https://evil.one.example"}, 403},
			{"a page of ours", mine, []string{"Sec-Fetch-Site", "same-origin", "Origin", here.Origin}, 200},
		} {
			if got, _ := listen(c.cookie, c.head...); got != c.want {
				t.Errorf("%s: got %d, want %d", c.name, got, c.want)
			}
		}
		_, alices := listen(mine)
		_, again := listen(other)
		_, bobs := listen(his)
		_, carols := listen(hers)
		say := func(cookie string) {
			t.Helper()
			q := httptest.NewRequest("POST", "/session/api/v1/statuses", strings.NewReader(url.Values{"status": {"hello"}, "visibility": {"public"}}.Encode()))
			q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			q.Header.Set("Cookie", cookie)
			w := httptest.NewRecorder()
			if s.ServeHTTP(w, q); w.Code != 200 {
				t.Fatalf("said: %d %s", w.Code, w.Body)
			}
		}
		hears := func(name string, lines chan string, want string) {
			t.Helper()
			for begun := time.Now(); ; {
				select {
				case got, open := <-lines:
					if got == want && open == (want != "") {
						return
					} else if !open || want != "" {
						t.Fatalf("%s heard %q, open %t, want %q", name, got, open, want)
					}
				case <-time.After(5*time.Second - time.Since(begun)):
					t.Fatalf("%s heard nothing for five seconds, want %q", name, want)
				}
			}
		}
		for range 50 { // until this process hears itself
			if say(mine); len(alices) > 0 {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		hears("alice", alices, "update")
		s.send("POST", "/auth/sign_out", mine)
		hears("alice, who signed out", alices, "")
		bob.State = models.AccountSuspended
		s.put(bob)
		hears("bob, who is suspended", bobs, "")
		err := s.db.Tx(context.Background(), func(tx *store.Tx) error {
			_, err := store.Set[models.Session](tx, map[string]any{"expires_at": tx.Now}, "account_id = ?", carol.ID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		hears("carol, whose session ran out", carols, "")
		for len(again) > 0 {
			<-again
		}
		say(other)
		hears("alice, with another browser", again, "update")
	})
}

// send sends an empty form of a page.
func (s *server) send(method, path, cookie string) {
	s.Helper()
	if w := s.ask(method, path, "Cookie", cookie); w.Code >= 400 {
		s.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
}
