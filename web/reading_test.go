package web_test

import (
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/files"
	"ensemble/web"
	"ensemble/web/api"
)

// A reader is somebody with a browser on a server with its API.
type reader struct {
	*server
	cookie, language string
}

func newReader(t *testing.T) *reader {
	t.Helper()
	s := newServer(t, "sqlite", func(c *web.Config) {
		c.API = (&api.API{Files: c.Files.(*files.Disk), Finder: nobody{}}).Routes()
		c.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	})
	return &reader{s, s.signIn("alice"), "en"}
}

// get returns what is at path, which has to be a page.
func (r *reader) get(path string, code int) string {
	r.Helper()
	w := r.ask("GET", path, "Cookie", r.cookie, "Accept", "text/html", "Accept-Language", r.language)
	if w.Code != code {
		r.Fatalf("%s: got %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// send sends a form of a page, and returns where it leads.
func (r *reader) send(path string, form url.Values) *httptest.ResponseRecorder {
	r.Helper()
	q := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.Header.Set("Cookie", r.cookie)
	q.Header.Set("Accept-Language", r.language)
	w := httptest.NewRecorder()
	r.ServeHTTP(w, q)
	return w
}

// speak chooses the language of the pages.
func (r *reader) speak(lang string) {
	r.Helper()
	r.language = lang
	r.put(&models.User{AccountID: r.alice.ID, Email: "alice@one.example", Role: models.RoleUser, Locale: lang, CreatedAt: r.db.Now()})
}

func (r *reader) says(body string, want ...string) {
	r.Helper()
	for _, w := range want {
		if !strings.Contains(body, w) {
			r.Errorf("the page does not say %q:\n%s", w, body)
		}
	}
}

var readingPages = []string{
	"/home", "/local", "/public", "/bookmarks", "/favourites", "/tags/cats", "/lists", "/conversations", "/search", "/search?q=bob",
	"/notifications", "/notifications?kind=collabs", "/notifications/policy", "/notifications/requests", "/follow_requests", "/@alice", "/@alice/with_replies",
	"/@alice/media", "/@alice/collabs", "/@alice/followers", "/@alice/following",
}

var forEverybody = map[string]bool{"/tags/cats": true, "/@alice": true, "/@alice/with_replies": true, "/@alice/media": true, "/@alice/collabs": true}

// Every page is for who is signed in, but for some, says no key in place of words in either language,
// and says something where there is nothing yet.
func TestReadingPages(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	r.post(r.alice, "<p>hello</p>", models.VisPublic)
	for _, lang := range []string{"en", "fr"} {
		r.speak(lang)
		for _, path := range readingPages {
			body := r.get(path, 200)
			if strings.Contains(body, ">[") || !strings.Contains(body, `<html lang="`+lang+`">`) {
				t.Errorf("%s in %s: %s", path, lang, body)
			}
			if !forEverybody[path] {
				if w := r.ask("GET", path, "Accept", "text/html"); w.Code != 303 || !strings.HasPrefix(w.Header().Get("Location"), "/auth/sign_in") {
					t.Errorf("%s for a stranger: %d", path, w.Code)
				}
			}
		}
	}
}

// A post has a page with what one can do with it, and each form of it does that.
func TestPostPageForWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	bob := r.account("bob", "two.example")
	p := r.post(bob, `<p>Hi <a href="https://two.example/@bob">@bob</a></p>`, models.VisPublic)
	p.Mentions = []models.Mention{{AccountID: bob.ID, URI: bob.URI, URL: bob.URL, Acct: "bob@two.example"}}
	r.put(p)
	at, back := "/statuses/"+p.ID.String(), url.Values{"back": {"/home?part=1&min_id=5"}}
	page := r.get("/@bob@two.example/"+p.ID.String(), 200)
	r.says(page, `href="/@bob@two.example"`, `action="`+at+`/favourite"`, "See it on two.example", `href="/report?status=`, `href="/compose?in_reply_to=`, "Public")
	if strings.Contains(page, at+"/delete") || strings.Contains(page, "compose?edit") {
		t.Error("somebody else's post can be deleted or edited")
	}
	for _, does := range []string{"favourite", "reblog", "bookmark", "mute", "unfavourite", "unreblog", "unbookmark", "unmute"} {
		if w := r.send(at+"/"+does, back); w.Code != 303 || w.Header().Get("Location") != "/home#status-"+p.ID.String() {
			t.Errorf("%s: %d %s", does, w.Code, w.Header().Get("Location"))
		}
	}
	r.send(at+"/favourite", back)
	r.says(r.get(at+"/favourites", 200), "@alice")
	r.says(r.get("/favourites", 200), `aria-pressed="true"`)
	for path, want := range map[string]int{at + "/delete": 403, "/statuses/1": 404, "/statuses/x": 404, "/@bob@two.example/1": 404} {
		r.get(path, want)
	}
	if w := r.send(at+"/nothing", back); w.Code != 404 {
		t.Errorf("nothing: %d", w.Code)
	}
	if w := r.ask("GET", at, "Cookie", r.cookie); w.Header().Get("Location") != "/@bob@two.example/"+p.ID.String() {
		t.Errorf("it leads to %s", w.Header().Get("Location"))
	}
	secret := r.post(bob, "<p>a secret</p>", models.VisFollowers)
	if body := r.get("/@bob@two.example/"+secret.ID.String(), 404); strings.Contains(body, "a secret") {
		t.Error("it tells a secret")
	}
	if w := r.send("/statuses/"+secret.ID.String()+"/favourite", back); w.Code != 404 {
		t.Errorf("a like of a secret: %d", w.Code)
	}
	r.says(r.send(at+"/pin", back).Body.String(), "Nothing was changed.", `href="/home"`)
}

// What is one's own can be edited, pinned and, once that is confirmed, deleted.
func TestDeletingAPost(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	p := r.post(r.alice, "<p>mine</p>", models.VisPublic)
	at := "/statuses/" + p.ID.String()
	r.says(r.get("/@alice/"+p.ID.String(), 200), "/compose?edit="+p.ID.String(), at+"/delete")
	r.says(r.get(at+"/delete", 200), "mine", "This cannot be undone", `action="`+at+`/delete"`)
	r.send(at+"/pin", nil)
	r.says(r.get("/@alice", 200), "Pinned")
	if w := r.send(at+"/delete", nil); w.Header().Get("Location") != "/home?done=post_deleted" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	r.says(r.get("/home?done=post_deleted", 200), "The post is deleted.")
	r.get("/@alice/"+p.ID.String(), 404)
}

// What one decides about somebody is asked first where it cuts deep, and then so.
func TestDecidingAboutPeople(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	carol := r.account("carol", "")
	at := "/people/" + carol.ID.String()
	for _, c := range []struct {
		act  string
		form url.Values
		says string
	}{
		{"follow", nil, "you follow them"}, {"notify", nil, "you are told of new posts"}, {"hide_boosts", nil, "boosts hidden"},
		{"note", url.Values{"comment": {"met in Lyon"}}, "met in Lyon"}, {"mute", url.Values{"duration": {"3600"}}, "muted until"},
		{"unmute", nil, "you follow them"}, {"unfollow", nil, "Follow</button>"}, {"block", nil, "you blocked them"}, {"unblock", nil, "Follow</button>"},
	} {
		w := r.send(at+"/"+c.act, c.form)
		if w.Code != 303 || w.Header().Get("Location") != "/@carol?done=person_"+c.act {
			t.Errorf("%s: %d %s", c.act, w.Code, w.Header().Get("Location"))
		}
		r.says(r.get("/@carol?done=person_"+c.act, 200), c.says, `class="notice done"`)
	}
	for _, act := range []string{"mute", "block", "remove"} {
		r.says(r.get(at+"/"+act, 200), "@carol", `action="`+at+"/"+act+`"`)
	}
	r.get(at+"/follow", 404)
	r.get("/people/1/block", 404)
	for path, want := range map[string]int{at + "/nothing": 404, "/people/1/follow": 404, "/people/x/follow": 404} {
		if w := r.send(path, nil); w.Code != want {
			t.Errorf("%s: got %d", path, w.Code)
		}
	}
	if w := r.send(at+"/note", url.Values{"comment": {strings.Repeat("x", 3000)}}); w.Code != 422 || !strings.Contains(w.Body.String(), "Nothing was changed.") {
		t.Errorf("too long a note: %d %s", w.Code, w.Body)
	}
}

// A list is made, changed and deleted, and a refusal keeps what was typed.
func TestListPages(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	carol := r.account("carol", "")
	r.send("/people/"+carol.ID.String()+"/follow", nil)
	w := r.send("/lists", url.Values{"title": {"Friends"}, "replies_policy": {"followed"}, "exclusive": {"true"}})
	edit, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	r.says(r.get(edit, 200), "Friends", `value="followed" selected`, `value="true" checked`, "Nobody is on this list yet")
	r.says(r.get(edit+"?q=carol", 200), `value="`+carol.ID.String()+`"`)
	at := strings.TrimSuffix(edit, "/edit")
	r.send(at+"/add", url.Values{"account": {carol.ID.String()}})
	r.says(r.get(edit, 200), "@carol", at+"/remove")
	r.post(carol, "<p>for the list</p>", models.VisPublic)
	r.says(r.get(at, 200), "for the list")
	long := strings.Repeat("y", 300)
	if w := r.send("/lists", url.Values{"title": {long}, "replies_policy": {"list"}}); w.Code != 422 || !strings.Contains(w.Body.String(), long) || !strings.Contains(w.Body.String(), `role="alert"`) {
		t.Errorf("too long a title: %d %s", w.Code, w.Body)
	}
	r.send(at+"/delete", nil)
	r.get(at, 404)
}

// A filter covers what it matches with its title, and hides where it is to hide.
func TestFiltersOnPages(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	carol := r.account("carol", "")
	r.send("/people/"+carol.ID.String()+"/follow", nil)
	r.post(carol, "<p>about pears and more</p>", models.VisPublic)
	r.post(carol, "<p>about quinces and more</p>", models.VisPublic)
	for word, action := range map[string]string{"pears": "warn", "quinces": "hide"} {
		form := url.Values{"title": {"No " + word}, "context[]": {"home"}, "filter_action": {action}, "keywords_attributes[0][keyword]": {word}}
		if w := r.send("/session/api/v2/filters", form); w.Code != 200 {
			t.Fatalf("a filter: %d %s", w.Code, w.Body)
		}
	}
	body := r.get("/home", 200)
	r.says(body, "Filtered: No pears", "about pears")
	if strings.Contains(body, "quinces and more") {
		t.Error("what is to be hidden is shown")
	}
	if body := r.get("/@carol", 200); strings.Contains(body, "Filtered:") || !strings.Contains(body, "about quinces") {
		t.Error("a filter of home holds on a profile")
	}
}
