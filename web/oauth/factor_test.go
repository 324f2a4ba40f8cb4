package oauth_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

// guarded gives alice a real password and codes, and returns what makes those.
func (s *server) guarded() (secret string, recovery []string) {
	s.Helper()
	hash, err := account.Hash(password)
	if err != nil {
		s.Fatal(err)
	}
	s.tx(func(tx *store.Tx) (err error) {
		if err = account.SetPassword(tx, s.alice, hash); err == nil {
			secret, _, err = account.BeginTOTP(tx, s.alice)
		}
		return err
	})
	s.tx(func(tx *store.Tx) (err error) {
		recovery, err = account.ConfirmTOTP(tx, s.alice, code(s.T, secret, tx.Now))
		return err
	})
	s.clock.add(time.Minute)
	return secret, recovery
}

func (s *server) signIn(b *http.Client, form ...string) answer {
	s.Helper()
	v := url.Values{"login": {"alice"}, "password": {password}, "decision": {"sign_in"}}
	return s.send(b, "POST", "/auth/sign_in", with(v, form...))
}

func (s *server) step(b *http.Client, code string) answer {
	s.Helper()
	return s.send(b, "POST", "/auth/sign_in", url.Values{"code": {code}, "decision": {"second"}})
}

func (s *server) isIn(b *http.Client) bool {
	s.Helper()
	return s.send(b, "GET", "/settings/security", nil).status == 200
}

// A password alone opens nothing where codes are asked for; a code is taken once, and
// so is one to recover with.
func TestSecondStep(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect)
		secret, recovery := s.guarded()
		b := s.browser()
		if got := s.signIn(b); got.status != 200 || !strings.Contains(got.body, `name="code"`) || s.isIn(b) {
			t.Fatalf("the password alone: %d %s", got.status, got.body)
		}
		if got := s.step(s.browser(), code(t, secret, s.clock.now())); got.status != 401 {
			t.Errorf("a code without the password: %d", got.status)
		}
		if got := s.step(b, "000000"); got.status != 401 || s.isIn(b) {
			t.Errorf("a wrong code: %d", got.status)
		}
		now := code(t, secret, s.clock.now())
		if got := s.step(b, now[:3]+" "+now[3:]); got.status != 303 || !s.isIn(b) {
			t.Fatalf("a right code: %d %s", got.status, got.body)
		}
		other := s.browser()
		s.signIn(other)
		if got := s.step(other, now); got.status != 401 {
			t.Errorf("the code again: %d", got.status)
		}
		if got := s.step(other, strings.ToUpper(recovery[3])); got.status != 303 || !s.isIn(other) {
			t.Errorf("a recovery code: %d %s", got.status, got.body)
		}
		s.signIn(other)
		if got := s.step(other, recovery[3]); got.status != 401 {
			t.Errorf("the recovery code again: %d", got.status)
		}
		m := s.mails("alice@one.example")
		if last := m[len(m)-1]; last.Kind != "signed_in" && last.Kind != "factor_changed" {
			t.Errorf("told: %s", last.Kind)
		}
		var in atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			b := s.browser()
			s.signIn(b)
			wg.Go(func() {
				if s.step(b, recovery[5]).status == 303 {
					in.Add(1)
				}
			})
		}
		wg.Wait()
		if in.Load() > 1 {
			t.Errorf("one recovery code let %d in at once", in.Load())
		}
		s.tx(func(tx *store.Tx) error {
			n, err := store.Count[models.RecoveryCode](tx, "hash IN ?", recovery)
			if n != 0 {
				t.Error("recovery codes are kept as they are")
			}
			return err
		})
	})
}

func TestCodesAreNotGuessed(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	secret, _ := s.guarded()
	b := s.browser()
	s.signIn(b)
	for range 5 {
		if got := s.step(b, "000000"); got.status != 401 || got.header.Get("X-RateLimit-Remaining") == "" {
			t.Fatalf("a wrong code: %d %v", got.status, got.header)
		}
	}
	if got := s.step(b, code(t, secret, s.clock.now())); got.status != 429 || got.header.Get("Retry-After") == "" {
		t.Errorf("the right one after five wrong ones: %d", got.status)
	}
	s.clock.add(16 * time.Minute)
	if got := s.step(b, code(t, secret, s.clock.now())); got.status != 401 {
		t.Errorf("after the ten minutes of a half sign-in: %d", got.status)
	}
	s.signIn(b)
	if got := s.step(b, code(t, secret, s.clock.now())); got.status != 303 {
		t.Errorf("anew: %d %s", got.status, got.body)
	}
}

// The second step leads on to what an app asked.
func TestSecondStepForAnApp(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	secret, _ := s.guarded()
	a, b := s.register("read write"), s.browser()
	page := s.send(b, "POST", "/oauth/authorize", with(a.request(), "login", "alice", "password", password, "decision", "sign_in"))
	if page.status != 200 || !strings.Contains(page.body, `action="/oauth/authorize"`) {
		t.Fatalf("the second step: %d %s", page.status, page.body)
	}
	if got := s.send(b, "POST", "/oauth/authorize", with(hidden(page.body), "decision", "allow")); got.header.Get("Location") != "" {
		t.Error("half a sign-in allows")
	}
	got := s.send(b, "POST", "/oauth/authorize", with(hidden(page.body), "decision", "second", "code", code(t, secret, s.clock.now())))
	if got.status != 303 || !strings.HasPrefix(got.header.Get("Location"), "/oauth/authorize?") {
		t.Fatalf("on: %d %s", got.status, got.body)
	}
	if got := s.exchange(a, s.code(b, a)); got.status != 200 {
		t.Errorf("the token: %d %s", got.status, got.body)
	}
}

// A forgotten password: the answer tells nobody who is here, the link works once and
// for an hour, and everything else is signed out.
func TestPasswordIsReset(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect)
		a, old := s.register("read write"), s.browser()
		token := s.exchange(a, s.code(old, a)).field("access_token")
		ask := func(email string) answer {
			return s.send(s.browser(), "POST", "/auth/password", url.Values{"email": {email}})
		}
		here, gone := ask(" Alice@one.example"), ask("nobody@one.example")
		if here.status != 200 || here.body != gone.body || gone.status != 200 {
			t.Errorf("told apart: %d %d", here.status, gone.status)
		}
		if n := len(s.mails("nobody@one.example")); n != 0 {
			t.Errorf("%d mails to nobody", n)
		}
		first := s.link("alice@one.example", "/auth/password/edit")
		ask("alice@one.example")
		link := s.link("alice@one.example", "/auth/password/edit")
		edit := func(link, pass string) answer {
			page := s.send(s.browser(), "GET", link, nil)
			return s.send(s.browser(), "POST", "/auth/password/edit", with(hidden(page.body), "password", pass))
		}
		if got := edit(first, "another password"); got.status != 410 {
			t.Errorf("an older link: %d", got.status)
		}
		if got := edit(link, "short"); got.status != 422 {
			t.Errorf("a short password: %d", got.status)
		}
		if got := edit(link, "another password"); got.status != 200 || !strings.Contains(got.body, "new password") {
			t.Errorf("reset: %d %s", got.status, got.body)
		}
		if got := edit(link, "a third password"); got.status != 410 {
			t.Errorf("the link again: %d", got.status)
		}
		if s.isIn(old) || s.mine(token) != 401 {
			t.Error("a browser or an app outlives the reset")
		}
		if m := s.mails("alice@one.example"); m[len(m)-1].Kind != "password_changed" {
			t.Errorf("told: %s", m[len(m)-1].Kind)
		}
		if got := s.signIn(s.browser(), "password", "another password"); got.status != 303 {
			t.Errorf("with the new password: %d %s", got.status, got.body)
		}
		ask("alice@one.example")
		link = s.link("alice@one.example", "/auth/password/edit")
		s.clock.add(61 * time.Minute)
		if got := edit(link, "a third password"); got.status != 410 {
			t.Errorf("after an hour: %d", got.status)
		}
	})
}

func TestResetsAreLimited(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	for range 15 {
		s.send(s.browser(), "POST", "/auth/password", url.Values{"email": {"alice@one.example"}})
	}
	if got := s.send(s.browser(), "POST", "/auth/password", url.Values{"email": {"bob@one.example"}}); got.status != 429 {
		t.Errorf("from one address: %d", got.status)
	}
	if n := len(s.mails("alice@one.example")); n > 5 {
		t.Errorf("%d mails to one who is asked for often", n)
	}
}
