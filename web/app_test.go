package web_test

import (
	"context"
	"encoding/xml"
	"image/png"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/store/storetest"
	"ensemble/web"
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
			`<p>Hello <a href="https://x.example">x</a></p>`, "Alice", "stands by this post", `@bob@two.example`, "Thanks to",
			`<link rel="alternate" type="application/activity+json" href="` + string(p.URI) + `">`,
			`property="og:title" content="Alice, Bob: Hello x"`,
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
}

func TestFrontDoor(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", withAPI)
	s.post(s.alice, "<p>lately</p>", models.VisPublic)
	s.post(s.alice, "<p>a secret</p>", models.VisFollowers)
	for path, wants := range map[string][]string{
		"/":      {"One", "Some things are made together", "lately", "/auth/sign_in"},
		"/about": {"About One", "New accounts are by invitation", "0 people were active"},
	} {
		w := s.ask("GET", path)
		for _, want := range wants {
			if w.Code != 200 || !strings.Contains(w.Body.String(), want) || strings.Contains(w.Body.String(), "secret") || strings.Contains(w.Body.String(), "<script") {
				t.Errorf("%s lacks %q: %d %s", path, want, w.Code, w.Body)
			}
		}
	}
	if w := s.ask("GET", "/", "Accept-Language", "fr-CH"); !strings.Contains(w.Body.String(), "Certaines choses se font ensemble") {
		t.Errorf("in French: %s", w.Body)
	}
	if w := s.ask("GET", "/", "Cookie", s.signIn("alice")); w.Header().Get("Location") != "/home" {
		t.Errorf("who is signed in: %d %v", w.Code, w.Header())
	}
	if w := s.ask("GET", "/home"); w.Header().Get("Location") != "/auth/sign_in?return_to=%2Fhome" {
		t.Errorf("who has to sign in: %d %v", w.Code, w.Header())
	}
}

// A door to wherever the handle says.
type doors struct{}

func (doors) Door(_ context.Context, acct string, uri models.IRI) (models.IRI, error) {
	if !strings.HasPrefix(acct, "@mia@") {
		return "", models.Refuse(models.NotFound, "handle", "%q is not a handle", acct)
	}
	return models.IRI("https://masto.example/authorize_interaction?uri=" + url.QueryEscape(string(uri))), nil
}

func TestOnToOnesOwnServer(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", func(c *web.Config) { withAPI(c); c.Door = doors{} })
	send := func(handle, uri string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/interact", strings.NewReader(url.Values{"handle": {handle}, "uri": {uri}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	const to = "https://masto.example/authorize_interaction?uri=https%3A%2F%2Fone.example%2F%40alice"
	if w := send("@mia@masto.example", "https://one.example/@alice"); w.Code != 200 || w.Header().Get("Refresh") != "0; url="+to || !strings.Contains(w.Body.String(), `href="`+strings.ReplaceAll(to, "&", "&amp;")) {
		t.Errorf("got %d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := send("mia", "https://one.example/@alice"); w.Code != 422 || !strings.Contains(w.Body.String(), "does not look like a handle") {
		t.Errorf("no handle: %d %s", w.Code, w.Body)
	}
	if w := send("@mia@masto.example", "https://evil.example/"); w.Code != 404 || w.Header().Get("Refresh") != "" {
		t.Errorf("an address that is not ours: %d %v", w.Code, w.Header())
	}
	cookie := s.signIn("alice")
	bob := s.account("bob", "two.example")
	p := s.post(bob, "<p>hello</p>", models.VisPublic)
	for uri, want := range map[models.IRI]string{bob.URI: "/@bob@two.example", p.URI: "/@bob@two.example/" + p.ID.String()} {
		if w := s.ask("GET", "/authorize_interaction?uri="+url.QueryEscape(string(uri)), "Cookie", cookie); w.Header().Get("Location") != want {
			t.Errorf("%s: %d %v", uri, w.Code, w.Header())
		}
	}
	if w := s.ask("GET", "/authorize_interaction?uri=nothing", "Cookie", cookie); w.Code != 404 {
		t.Errorf("nothing: %d", w.Code)
	}
	if w := s.ask("GET", "/authorize_interaction?uri=x"); !strings.HasPrefix(w.Header().Get("Location"), "/auth/sign_in?return_to=%2Fauthorize_interaction%3Furi%3Dx") {
		t.Errorf("a stranger: %d %v", w.Code, w.Header())
	}
}

func TestFeeds(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", nil)
	s.post(s.alice, `<p>one &amp; only</p>`, models.VisPublic)
	s.post(s.alice, "<p>a secret</p>", models.VisFollowers)
	for ending, want := range map[string]struct{ kind, root string }{
		".rss": {"application/rss+xml; charset=utf-8", "rss"}, ".atom": {"application/atom+xml; charset=utf-8", "feed"},
	} {
		w := s.ask("GET", "/@alice"+ending)
		var got struct{ XMLName xml.Name }
		if err := xml.Unmarshal(w.Body.Bytes(), &got); err != nil || got.XMLName.Local != want.root || w.Header().Get("Content-Type") != want.kind {
			t.Errorf("%s: %v %v %s", ending, err, got, w.Body)
		}
		if !strings.Contains(w.Body.String(), "Alice: one &amp; only") || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: %s", ending, w.Body)
		}
	}
	if w := s.ask("GET", "/@alice"); !strings.Contains(w.Body.String(), `type="application/atom+xml" href="https://one.example/@alice.atom"`) {
		t.Errorf("the page names no feed: %s", w.Body)
	}
}

// A post without a picture is shown beside links to it by one with all names.
func TestSharePicture(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", nil)
	p := s.post(s.alice, "<p>"+strings.Repeat("A long line of words, in which nothing can be broken but between them. 漢字 🙂 ", 8)+strings.Repeat("x", 400)+"</p>", models.VisPublic)
	path := strings.TrimPrefix(string(p.URL), here.Origin)
	w := s.ask("GET", path+"/share.png")
	img, err := png.Decode(w.Body)
	if w.Code != 200 || err != nil || img.Bounds().Dx() != 1200 || img.Bounds().Dy() != 630 {
		t.Fatalf("got %d %v", w.Code, err)
	}
	if w := s.ask("GET", path); !strings.Contains(w.Body.String(), `property="og:image" content="`+string(p.URL)+`/share.png"`) {
		t.Errorf("the page does not name it: %s", w.Body)
	}
	hidden := s.post(s.alice, "<p>a secret</p>", models.VisFollowers)
	if w := s.ask("GET", strings.TrimPrefix(string(hidden.URL), here.Origin)+"/share.png"); w.Code != 404 {
		t.Errorf("of a post that is not for everybody: %d", w.Code)
	}
}
