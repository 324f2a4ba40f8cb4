package main

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// published has ada and bo publish a post together, and returns its address.
func published(ada, bo *person, fields object) string {
	ada.t.Helper()
	if fields == nil {
		fields = object{"status": "Our first ceramics drop."}
	}
	c := ada.offer(fields, bo)
	bo.answers("accept", nil)
	return c["post_uri"].(string)
}

// status returns what p's server shows of the post uri, or nil.
func (p *person) status(uri string) object {
	p.t.Helper()
	found := p.get("/api/v2/search?resolve=true&type=statuses&q=" + url.QueryEscape(uri))
	all, _ := found["statuses"].([]any)
	if len(all) == 0 {
		return nil
	}
	return p.get("/api/v1/statuses/" + all[0].(object)["id"].(string))
}

// collab returns p's view of the collab uri.
func (p *person) collab(uri string) object {
	p.t.Helper()
	for _, c := range p.list("/api/ensemble/v1/collabs") {
		if c["uri"] == uri {
			return p.get("/api/ensemble/v1/collabs/" + c["id"].(string))
		}
	}
	p.t.Fatalf("%s@%s knows nothing of %s", p.name, p.host, uri)
	return nil
}

func (p *person) acts(uri, verb string, fields object, want int) object {
	p.t.Helper()
	c := p.one("POST", "/api/ensemble/v1/collabs/"+p.collab(uri)["id"].(string)+"/"+verb, fields, want)
	p.net.settle()
	return c
}

func (p *person) notices(kind string) []object {
	p.t.Helper()
	return p.list("/api/v1/notifications?types[]=" + kind)
}

func expect[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func expectNames(t *testing.T, where string, status object, want ...string) {
	t.Helper()
	if status == nil {
		t.Errorf("%s: there is no post", where)
		return
	}
	if got := names(status); !slices.Equal(got, want) {
		t.Errorf("%s: the authors are %v, want %v", where, got, want)
	}
}

// C1, C12, C13: one object, one header everywhere, once in each home, on both grids.
func TestOnePostUnderTwoNames(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		dee := n.servers["three.test"].born("dee")
		dee.follows(bo) // bo alone
		uri := published(ada, bo, nil)
		for _, p := range []*person{ada, bo, cy, dee} {
			home := p.list("/api/v1/timelines/home")
			if len(home) != 1 {
				t.Errorf("%s's home: got %d posts, want 1", p.name, len(home))
				continue
			}
			expect(t, "the object at "+p.host, home[0]["uri"].(string), uri)
			if home[0]["reblog"] != nil {
				t.Errorf("%s sees it as a boost", p.name)
			}
			a, b := "ada@one.test", "bo@two.test"
			expectNames(t, p.host, home[0], strings.TrimSuffix(a, "@"+p.host), strings.TrimSuffix(b, "@"+p.host))
		}
		grid := cy.list("/api/v1/accounts/" + cy.knows(bo) + "/statuses")
		expect(t, "posts on bo's grid at three", len(grid), 1)
		expect(t, "posts that bo is said to have", bo.get("/api/v1/accounts/" + bo.id.String())["statuses_count"], any(1.0))
		expect(t, "posts on bo's grid at two", len(bo.list("/api/v1/accounts/"+bo.id.String()+"/statuses")), 1)
		c := bo.collab(ada.list("/api/ensemble/v1/collabs")[0]["uri"].(string))
		bo.acts(c["uri"].(string), "hide", nil, 200)
		expect(t, "posts on bo's grid, hidden", len(bo.list("/api/v1/accounts/"+bo.id.String()+"/statuses")), 0)
		expectNames(t, "two, hidden from the grid", bo.status(uri), "ada@one.test", "bo")
		_, outbox := n.document("https://two.test/users/bo/outbox")
		expect(t, "bo's outbox, hidden", outbox["totalItems"], any(0.0))
		bo.acts(c["uri"].(string), "unhide", nil, 200)
		_, outbox = n.document("https://two.test/users/bo/outbox")
		expect(t, "bo's outbox", outbox["totalItems"], any(1.0))
	})
}

// C2: nothing of a pending post is anywhere.
func TestNothingOfAPendingPostIsVisible(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		pic := ada.picture("A secret mug")
		before := ada.get("/api/v1/media/" + pic)["url"].(string)
		c := ada.offer(object{"status": "A secret drop", "media_ids": []string{pic}}, bo)
		uri := c["post_uri"].(string)
		for _, at := range []string{uri, c["uri"].(string), uri + "/likes", uri + "/activity"} {
			if status, doc := n.document(at); status != 404 {
				t.Errorf("GET %s: got %d %v, want 404", at, status, doc)
			}
		}
		if status, _ := n.document(before); status != 404 {
			t.Errorf("the picture's old address: got %d, want 404", status)
		}
		work := c["work"].(object)
		for _, p := range []*person{ada, bo} {
			w := p.collab(c["uri"].(string))["work"].(object)
			m := w["media_attachments"].([]any)[0].(object)["url"].(string)
			if status, _ := n.document(m); status != 200 {
				t.Errorf("%s's preview of the picture: got %d, want 200", p.name, status)
			}
			if status, _ := n.document(strings.Split(m, "?")[0]); status != 404 {
				t.Errorf("the same without its signature: got %d, want 404", status)
			}
		}
		_ = work
		n.pass(11 * time.Minute)
		for _, s := range n.all() {
			for _, path := range []string{
				"/api/v1/timelines/public", "/api/v2/search?q=secret", "/@ada", "/users/ada/outbox?page=1", "/@bo", "/users/bo", "/users/bo/outbox?page=1",
			} {
				_, raw := s.ask(nil, "GET", path, nil)
				if strings.Contains(string(raw), "secret") || strings.Contains(string(raw), uri) {
					t.Errorf("%s%s shows it: %s", s.host, path, cutoff(raw))
				}
			}
		}
		expect(t, "posts ada is said to have", ada.get("/api/v1/accounts/" + ada.id.String())["statuses_count"], any(0.0))
		id := ada.collab(c["uri"].(string))["id"].(string)
		cy.refused("GET", "/api/ensemble/v1/collabs/"+id, nil, 404)
		dee := n.servers["one.test"].born("dee")
		dee.refused("GET", "/api/ensemble/v1/collabs/"+id, nil, 404)
		dee.refused("POST", "/api/ensemble/v1/collabs/"+id+"/accept", nil, 404)
		expect(t, "mentions bo is told of", len(bo.notices("mention")), 0)
		expect(t, "invitations bo is told of", len(bo.notices("collab_invite")), 1)
	})
}

// C3: when all accept; when the first accepts; now, and names later.
func TestPublishModes(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		cy.follows(ada)
		all := ada.offer(object{"status": "All of us"}, bo, cy)
		bo.acts(all["uri"].(string), "accept", nil, 200)
		if status, _ := n.document(all["post_uri"].(string)); status != 404 {
			t.Errorf("after one of two: got %d, want 404", status)
		}
		cy.acts(all["uri"].(string), "accept", nil, 200)
		expectNames(t, "after both", ada.status(all["post_uri"].(string)), "ada", "bo@two.test", "cy@three.test")

		any1 := ada.offer(object{"status": "Whoever comes first", "quorum": "any"}, bo, cy)
		cy.acts(any1["uri"].(string), "accept", nil, 200)
		for _, p := range []*person{ada, bo, cy} {
			s := p.status(any1["post_uri"].(string))
			if s == nil || len(names(s)) != 2 || !strings.HasPrefix(names(s)[1], "cy") {
				t.Errorf("first accepts, at %s: %v", p.host, s)
			} else if strings.Contains(s["content"].(string), "bo") {
				t.Errorf("bo is named before consent: %s", s["content"])
			}
		}
		bo.acts(any1["uri"].(string), "accept", nil, 200)
		for _, p := range []*person{ada, bo, cy} {
			if s := p.status(any1["post_uri"].(string)); len(names(s)) != 3 || !strings.HasPrefix(names(s)[1], "bo") {
				t.Errorf("then the other, at %s: %v", p.host, names(s))
			}
		}

		now := ada.offer(object{"status": "Now", "quorum": "now"}, bo)
		s := cy.status(now["post_uri"].(string))
		expectNames(t, "now, before consent", s, "ada@one.test")
		if s != nil && strings.Contains(s["content"].(string), "bo") {
			t.Errorf("bo is named before consent: %s", s["content"])
		}
		bo.acts(now["uri"].(string), "accept", nil, 200)
		expectNames(t, "now, after consent", cy.status(now["post_uri"].(string)), "ada@one.test", "bo@two.test")
	})
}

// C4: a no deletes for good; or keeps a draft; or publishes with who accepts.
func TestDecline(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		cy.follows(ada)
		pic := ada.picture("A mug")
		c := ada.offer(object{"status": "Delete me", "media_ids": []string{pic}}, bo, cy)
		uri := c["uri"].(string)
		cy.acts(uri, "accept", nil, 200)
		terms := bo.collab(uri)["terms"].(object)["on_decline"].(object)["text"].(string)
		if !strings.Contains(terms, "deleted for good") {
			t.Errorf("bo is not told what a no does: %s", terms)
		}
		said := bo.refused("POST", "/api/ensemble/v1/collabs/"+bo.collab(uri)["id"].(string)+"/decline", object{}, 409)
		if !strings.Contains(said, "deletes") {
			t.Errorf("asked twice, without saying what will happen: %q", said)
		}
		stamp := ""
		cy.do(func(tx *store.Tx) error {
			s, err := store.One[models.Stamp](tx, "collab = ?", uri)
			stamp = string(s.URI)
			return err
		})
		bo.acts(uri, "decline", object{"confirm": true, "reason": "Not my style"}, 200)
		for _, at := range []string{uri, c["post_uri"].(string), stamp} {
			if status, _ := n.document(at); status != 410 && (at != stamp || status != 404) {
				t.Errorf("GET %s: got %d, want 410", at, status)
			}
		}
		for _, p := range []*person{ada, bo, cy} {
			got := p.collab(uri)
			expect(t, "state at "+p.host, got["state"], any("discarded"))
			if got["work"] != nil {
				t.Errorf("%s still has the work: %v", p.host, got["work"])
			}
			p.do(func(tx *store.Tx) error {
				kept, err := store.Count[models.Revision](tx, "note IS NOT NULL AND note <> 'null'")
				expect(t, "revisions kept at "+p.host, kept, 0)
				if err != nil {
					return err
				}
				media, err := store.Count[models.Media](tx, "1 = 1")
				expect(t, "files kept at "+p.host, media, 0)
				return err
			})
		}
		if told := ada.notices("collab_declined"); len(told) != 1 {
			t.Errorf("ada is told %v", told)
		}
		cy.refused("POST", "/api/ensemble/v1/collabs/"+cy.collab(uri)["id"].(string)+"/accept", nil, 410)

		draft := ada.offer(object{"status": "Keep me", "on_decline": "draft"}, bo)
		bo.acts(draft["uri"].(string), "decline", object{"confirm": true}, 200)
		kept := ada.collab(draft["uri"].(string))
		expect(t, "the draft", kept["state"], any("draft"))
		expect(t, "bo's copy", bo.collab(draft["uri"].(string))["state"], any("discarded"))
		id := kept["id"].(string)
		ada.post("/api/ensemble/v1/collabs/"+id+"/invite", object{"coauthor_ids": []string{ada.knows(cy)}})
		n.settle()
		again := cy.invitation()
		if again["uri"] == draft["uri"] || again["post_uri"] == draft["post_uri"] {
			t.Errorf("an old name is used again: %v", again["uri"])
		}
		cy.answers("accept", nil)
		expectNames(t, "the draft, published with another", bo.status(again["post_uri"].(string)), "ada@one.test", "cy@three.test")

		rest := ada.offer(object{"status": "Whoever wants", "on_decline": "publish"}, bo, cy)
		cy.acts(rest["uri"].(string), "accept", nil, 200)
		bo.acts(rest["uri"].(string), "decline", object{"confirm": true, "never_again": true}, 200)
		expectNames(t, "with who accepted", bo.status(rest["post_uri"].(string)), "ada@one.test", "cy@three.test")

	})
}
