package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"ensemble/models"
)

const articleHead = `<!doctype html><html lang="en"><head><meta charset="utf-8">
	<meta property="og:title" content="How to &lt;script&gt; a hat"><meta property="og:description" content="Two hands and&#10;some wool.">
	<meta property="og:site_name" content="The Hat"><meta property="og:image" content="/hat.png"><meta property="og:image:alt" content="A hat">
	<meta property="og:image:width" content="20"><meta property="og:image:height" content="20">
	<meta property="article:published_time" content="2026-01-02T03:04:05Z">
	<link rel="alternate" type="application/json+oembed" href="/oembed.json"></head><body><meta property="og:title" content="No"></body></html>`

func page(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(body))
	}
}

// links publishes a post of v's whose text is this HTML, and returns its address.
func (v *villain) links(p *person, html string, fields object) any {
	v.n.t.Helper()
	note := v.writes("", fields)
	note["content"] = html
	v.serve(note)
	if made := v.sends(p.server, v.does("Create", note, nil)); made != "applied" {
		v.n.t.Fatal(made)
	}
	return note["id"]
}

func to(at string) string { return fmt.Sprintf(`<p>Read <a href="%s">this</a></p>`, at) }

// A page that is linked is asked once, some time after, and shown as it describes
// itself.
func TestALinkedPageIsShown(t *testing.T) {
	story(t, func(n *network) {
		two := n.join("two.test")
		bo := two.born("bo")
		mallory, _ := n.evil()
		_, far := n.rogue("far.test", "far")
		mallory.followedBy(bo)
		article := far[0].on("https://far.test/hat", page(articleHead))
		far[0].serveAs("https://far.test/hat.png", "image/png", drawing(t, 20))
		far[0].serveAs("https://far.test/oembed.json", "application/json", []byte(`{"author_name":"Ann <b>","author_url":"https://far.test/ann",
			"provider_url":"javascript:alert(1)","provider_name":"Hats","title":"Other","html":"<script>alert(1)</script>"}`))

		first := mallory.links(bo, to(article), nil)
		expect(n.t, "fetches at once", far[0].count(article), 0)
		expect(n.t, "a card at once", bo.seen(first)["card"], nil)
		n.pass(2 * time.Minute)
		n.pass(2 * time.Minute)
		expect(n.t, "fetches", far[0].count(article), 1)
		card, _ := bo.seen(first)["card"].(object)
		for key, want := range map[string]any{
			"url": article, "title": "How to <script> a hat", "description": "Two hands and some wool.", "type": "link", "language": "en",
			"author_name": "Ann <b>", "author_url": "https://far.test/ann", "provider_name": "Hats", "provider_url": "https://far.test",
			"html": "", "embed_url": "", "image_description": "A hat", "width": 20.0, "height": 20.0, "published_at": "2026-01-02T03:04:05.000Z",
		} {
			if card[key] != want {
				n.t.Errorf("%s: got %v, want %v", key, card[key], want)
			}
		}
		image, _ := card["image"].(string)
		if w := two.fetchFile(image); w.Code != 200 || !bytes.Equal(w.Body.Bytes(), drawing(t, 20)) {
			n.t.Errorf("the image: %d", w.Code)
		}

		// The same page under other posts is not asked again within a week.
		second := mallory.links(bo, to(article), nil)
		if c, _ := bo.seen(second)["card"].(object); c["title"] != card["title"] {
			n.t.Errorf("the second post: %v", c)
		}
		third := bo.post("/api/v1/statuses", object{"status": "See " + article})
		n.pass(2 * time.Minute)
		if c, _ := bo.get("/api/v1/statuses/" + third["id"].(string))["card"].(object); c["title"] != card["title"] {
			n.t.Errorf("a post from here: %v", c)
		}
		expect(n.t, "fetches", far[0].count(article), 1)
		n.pass(8 * 24 * time.Hour)
		expect(n.t, "fetches, with nobody linking it", far[0].count(article), 1)
		mallory.links(bo, to(article), nil)
		n.pass(2 * time.Minute)
		expect(n.t, "fetches, a week later", far[0].count(article), 2)

		// An edit that takes the link away takes the card away.
		note := mallory.writes("No link.", object{"id": second, "updated": n.at()})
		expect(n.t, "the edit", mallory.sends(two, mallory.does("Update", note, nil)), "applied")
		expect(n.t, "the card", bo.seen(second)["card"], nil)
	})
}

// What is no page, is private, or does not want to be shown has no card, and is asked
// no more often than others.
func TestWhatHasNoCard(t *testing.T) {
	story(t, func(n *network) {
		two := n.join("two.test")
		bo := two.born("bo")
		mallory, _ := n.evil()
		_, far := n.rogue("far.test", "far")
		mallory.followedBy(bo)
		article := far[0].on("https://far.test/hat", page(articleHead))
		boPage := string(rowsOf[models.Account](two, "id = ?", bo.id)[0].URL)
		for why, post := range map[string]struct {
			html   string
			fields object
		}{
			"a mention":              {`<p><a href="` + article + `" class="u-url mention">@<span>far</span></a></p>`, nil},
			"a mention without mark": {`<p><a href="` + article + `">@far</a></p>`, nil},
			"a hashtag":              {`<p><a href="` + article + `" rel="tag">#hats</a></p>`, nil},
			"a hashtag within":       {`<p><a href="` + article + `"><span>#hats</span></a></p>`, nil},
			"who is named":           {to(article), object{"tag": []any{object{"type": "Mention", "href": article, "name": "@far@far.test"}}}},
			"a page of ours":         {to(boPage), nil},
			"with a password":        {to("https://me:secret@far.test/hat"), nil},
			"in private": {to(article), object{"to": []any{string(bo.uri)}, "cc": []any{},
				"tag": []any{object{"type": "Mention", "href": string(bo.uri), "name": "@bo@two.test"}}}},
			"with a picture": {to(article), object{"attachment": []any{object{"type": "Image", "mediaType": "image/png", "url": "https://far.test/x.png"}}}},
			"no link at all": {"<p>https://far.test/hat</p>", nil},
		} {
			at := mallory.links(bo, post.html, post.fields)
			n.pass(2 * time.Minute)
			if s := bo.seen(at); s == nil || s["card"] != nil {
				n.t.Errorf("%s: %v", why, s["card"])
			}
			expect(n.t, why+": cards", len(rowsOf[models.Card](two, "1 = 1")), 0)
		}
		expect(n.t, "fetches", far[0].count(article), 0)

		huge := `<html><head><title>` + strings.Repeat("x", 3<<20)
		for name, h := range map[string]http.HandlerFunc{
			"no-page": func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(articleHead))
			},
			"robots":     page(`<meta name="robots" content="NoSnippet">` + articleHead),
			"inside":     redirects("https://127.0.0.1/hat"),
			"loop":       redirects("https://far.test/loop"),
			"ours":       redirects("https://two.test/users/bo"),
			"gone":       nothing(410),
			"title-less": page(`<html><head><meta property="og:image" content="https://far.test/x.png">`),
			"header": func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Robots-Tag", "ensemble: none")
				page(articleHead)(w, r)
			},
		} {
			uri := far[0].on("https://far.test/"+name, h)
			at := mallory.links(bo, to(uri), nil)
			n.pass(2 * time.Minute)
			again := mallory.links(bo, to(uri), nil)
			n.pass(2 * time.Minute)
			if bo.seen(at)["card"] != nil || bo.seen(again)["card"] != nil {
				n.t.Errorf("%s: %v", name, bo.seen(at)["card"])
			}
			if got := far[0].count(uri); got > 1 && name != "loop" || got > 4 {
				n.t.Errorf("%s was asked %d times", name, got)
			}
		}
		for name, body := range map[string]string{
			"huge": huge, "deep": "<title>Deep</title>" + strings.Repeat("<div>", 100_000), "odd": "\xff\xfe<title>\x00Odd\xff</title>",
			"many": strings.Repeat(`<meta property="og:title" content="x">`, 10_000),
		} {
			at := mallory.links(bo, to(far[0].on("https://far.test/"+name, page(body))), nil)
			n.pass(2 * time.Minute)
			card, _ := bo.seen(at)["card"].(object)
			if title, _ := card["title"].(string); len(title) > 300 {
				n.t.Errorf("%s: a title of %d letters", name, len(title))
			}
		}
		// A page that does not answer is asked a few times, and then let be.
		down := far[0].on("https://far.test/down", nothing(503))
		mallory.links(bo, to(down), nil)
		for range 8 {
			n.pass(time.Hour)
		}
		expect(n.t, "fetches of what is down", far[0].count(down), 3)
	})
}

// The address of a card's image is no way to have other things fetched.
func TestCardsAreNoOpenProxy(t *testing.T) {
	story(t, func(n *network) {
		two := n.join("two.test")
		for _, path := range []string{
			"/media/proxy/card/1/image/AAAAAAAAAAAAAAAAAAAAAA", "/media/proxy/card/1/" + url.PathEscape("https://far.test/x") + "/x",
			"/media/proxy/" + url.PathEscape("https://far.test/x"), "/media/proxy?url=https://far.test/x",
		} {
			w := httptest.NewRecorder()
			two.handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
			expect(n.t, path, w.Code, 404)
		}
	})
}
