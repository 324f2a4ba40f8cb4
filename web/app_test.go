package web_test

import (
	"net/url"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/store/storetest"
)

const activityJSON = "application/activity+json"

func TestPostPage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect, nil)
		bob, carol, dave := s.account("bob", "two.example"), s.account("carol", ""), s.account("dave", "")
		p := s.post(s.alice, `<p>Hello <a href="https://x.example">x</a></p>`, models.VisPublic)
		author := func(a *models.Account, state models.AuthorState, role models.CollabRole, position int) *models.Author {
			return &models.Author{PostID: p.ID, URI: a.URI, AccountID: a.ID, Position: position, Role: role, State: state, NextCheck: s.db.Now()}
		}
		s.put(author(bob, models.AuthorVerified, models.RoleCoauthor, 0), author(carol, models.AuthorClaimed, models.RoleCoauthor, 1),
			author(dave, models.AuthorVerified, models.RoleCredit, 2))
		path := strings.TrimPrefix(string(p.URL), here.Origin)
		w := s.ask("GET", path, "Accept", "text/html")
		for _, want := range []string{
			`<p>Hello <a href="https://x.example">x</a></p>`, "Alice", "@bob@two.example stands by this post", "Thanks to",
			`<link rel="alternate" type="application/activity+json" href="` + string(p.URI) + `">`,
			`property="og:title" content="Alice, Bob: the source"`,
			`<link rel="alternate" type="application/json+oembed" href="https://one.example/api/oembed?url=` + url.QueryEscape(string(p.URL)) + `"`,
		} {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("the page lacks %s", want)
			}
		}
		if w.Code != 200 || strings.Contains(w.Body.String(), "@carol") || strings.Contains(w.Body.String(), "<script") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "script-src") {
			t.Errorf("policy: %s", csp)
		}
		if w := s.ask("GET", path, "Accept-Language", "fr"); !strings.Contains(w.Body.String(), "signe ce message") {
			t.Errorf("in French: %s", w.Body)
		}
		if w := s.ask("GET", path, "Accept", activityJSON); w.Code != 302 || w.Header().Get("Location") != string(p.URI) {
			t.Errorf("a peer: %d %v", w.Code, w.Header())
		}
		if w := s.ask("GET", "/@bob@two.example/"+p.ID.String()); w.Header().Get("Location") != string(p.URL) {
			t.Errorf("under a co-author's name: %d %v", w.Code, w.Header())
		}
		if w := s.ask("GET", "/@carol/"+p.ID.String()); w.Code != 404 {
			t.Errorf("under the name of one who never agreed: %d", w.Code)
		}
		if w := s.ask("GET", "/@dave/"+p.ID.String(), "Accept", "*/*"); w.Code != 302 {
			t.Errorf("under the name of one who is thanked: %d", w.Code)
		}
	})
}

func TestPagesKeepSecrets(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", nil)
	for _, v := range []models.Visibility{models.VisFollowers, models.VisDirect} {
		p := s.post(s.alice, "<p>a secret</p>", v)
		for _, accept := range []string{"text/html", activityJSON} {
			w := s.ask("GET", "/@alice/"+p.ID.String(), "Accept", accept)
			if w.Code != 404 || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("%s: %d %s", v, w.Code, w.Body)
			}
		}
	}
	if w := s.ask("GET", "/@alice"); w.Code != 200 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("the profile: %d %s", w.Code, w.Body)
	}
	for path, want := range map[string]int{"/@nobody": 404, "/@alice/1": 404, "/@alice/x": 404, "/@al%00ice": 404, "/@%ff": 404} {
		w := s.ask("GET", path)
		if w.Code != want || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			t.Errorf("%s: got %d %s", path, w.Code, w.Body)
		}
	}
	s.alice.State = models.AccountSuspended
	s.put(s.alice)
	if w := s.ask("GET", "/@alice"); w.Code != 410 {
		t.Errorf("a suspended account: %d", w.Code)
	}
}

func TestProfilePage(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", nil)
	s.alice.Note, s.alice.DisplayName = "<p>I sing</p>", `A<lice>`
	s.put(s.alice)
	s.post(s.alice, "<p>one</p>", models.VisPublic)
	s.post(s.alice, "<p>two</p>", models.VisUnlisted)
	w := s.ask("GET", "/@Alice")
	for _, want := range []string{"<p>I sing</p>", "A&lt;lice&gt;", "@alice@one.example", "<p>one</p>", "<p>two</p>", "missing.png"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page lacks %s:\n%s", want, w.Body)
		}
	}
	if w := s.ask("GET", "/@alice@one.example", "Accept", activityJSON+", text/html"); w.Header().Get("Location") != string(s.alice.URI) {
		t.Errorf("a peer: %d %v", w.Code, w.Header())
	}
	bob := s.account("bob", "two.example")
	if w := s.ask("GET", "/@bob@two.example"); w.Header().Get("Location") != string(bob.URL) {
		t.Errorf("one who lives elsewhere: %d %v", w.Code, w.Header())
	}
	if w := s.ask("GET", "/"); w.Code != 200 || !strings.Contains(w.Body.String(), "One") {
		t.Errorf("home: %d %s", w.Code, w.Body)
	}
}
