package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ensemble/models"
)

// counting counts what the rogue is asked from now on.
func (c *cast) counting() (count func() int) {
	var mu sync.Mutex
	made := 0
	c.after(func(r *http.Request, _ *http.Response) error {
		if r.Method == http.MethodGet && r.URL.Host == "evil.test" { // whom nobody else asks meanwhile
			mu.Lock()
			made++
			mu.Unlock()
		}
		return nil
	})
	return func() int {
		mu.Lock()
		defer mu.Unlock()
		return made
	}
}

// What one activity makes a server do is bounded, however much it speaks of.
func TestBombsCauseFewRequests(t *testing.T) {
	forgery(t, func(c *cast) {
		var mentions, files, authors, listed, invited []any
		for i := range 300 {
			v := fmt.Sprintf("https://evil.test/users/b%03d", i)
			mentions = append(mentions, object{"type": "Mention", "href": v, "name": fmt.Sprintf("@b%03d@evil.test", i)})
			files = append(files, object{"type": "Image", "mediaType": "image/png", "url": v + ".png", "icon": object{"type": "Image", "url": v + ".small.png"}})
			authors = append(authors, v)
			listed = append(listed, object{"type": "Collaborator", "collaborator": v, "role": "coauthor", "authorization": v + "/stamp"})
		}
		for i := range 20 {
			invited = append(invited, listed[i])
		}
		for i := range 60 { // each answers the next, and boosts are of boosts
			c.mallory.serve(object{
				"@context": activityNS, "id": fmt.Sprint("https://evil.test/chain/", i), "type": "Note", "attributedTo": c.mallory.uri,
				"content": "x", "to": []any{string(models.Public)}, "inReplyTo": fmt.Sprint("https://evil.test/chain/", i+1),
				"context": fmt.Sprint("https://evil.test/contexts/", i), "replies": fmt.Sprint("https://evil.test/chain/", i, "/replies"),
			})
		}
		c.mallory.on("https://evil.test/loop", redirects("https://evil.test/loop"))
		c.pass(11 * time.Minute)
		count := c.counting()
		for why, a := range map[string]object{
			"mentions":    c.mallory.does("Create", c.mallory.writes("Many.", object{"tag": mentions}), nil),
			"attachments": c.mallory.does("Create", c.mallory.writes("Many.", object{"attachment": files}), nil),
			"authors": c.mallory.does("Create", c.mallory.writes("Many.", object{
				"coAttributedTo": authors, "collaborators": listed, "collaboration": "https://evil.test/collaborations/bomb"}), nil),
			"a thread":     c.mallory.does("Create", c.mallory.writes("Deep.", object{"inReplyTo": "https://evil.test/chain/0"}), nil),
			"a boost":      c.mallory.does("Announce", "https://evil.test/chain/0", nil),
			"a loop":       c.mallory.does("Announce", "https://evil.test/loop", nil),
			"an offer":     c.mallory.does("Offer", object{"id": "https://evil.test/collaborations/b2", "type": "Collaboration", "invitations": invited}, object{"target": string(c.cy.uri)}),
			"an audience":  c.mallory.does("Create", c.mallory.writes("To many.", nil), object{"to": authors, "cc": authors}),
			"a collection": c.mallory.does("Add", "https://evil.test/chain/1", object{"target": "https://evil.test/collections/endless"}),
		} {
			before := count()
			c.mallory.posts(c.cy.server, marshal(t, a))
			c.settle()
			if got := count() - before; got > 30 {
				t.Errorf("%s cause %d requests", why, got)
			} else {
				t.Logf("%s cause %d requests", why, got)
			}
		}
	})
}

// An embedded object of another server, or of another author, is not what is believed:
// its own server is asked.
func TestForgedEmbeddedObjectOfAnother(t *testing.T) {
	forgery(t, func(c *cast) {
		_, abroad := c.rogue("other.test", "honest")
		honest := abroad[0]
		honest.followedBy(c.cy)
		real := honest.writes("The real words.", nil)
		forged := honest.writes("", nil)
		for k, v := range real {
			forged[k] = v
		}
		forged["content"] = "<p>Words in the mouth.</p>"
		honest.serve(real)
		c.mallory.sends(c.cy.server, c.mallory.does("Create", forged, nil))
		if s := c.cy.seen(real["id"]); s != nil && !strings.Contains(s["content"].(string), "real words") {
			t.Errorf("shown: %v", s["content"])
		}
		none := honest.writes("", nil)
		none["content"] = "<p>Never said.</p>"
		honest.on(none["id"].(string), nothing(404))
		c.mallory.sends(c.cy.server, c.mallory.does("Create", none, nil))
		expect(t, "what was never said", c.cy.seen(none["id"]) == nil, true)
		mine := c.mallory.writes("As Eve.", object{"attributedTo": c.eve.uri})
		c.mallory.on(mine["id"].(string), nothing(404))
		c.mallory.sends(c.cy.server, c.mallory.does("Create", mine, nil))
		expect(t, "of another of the server, which denies it", c.cy.seen(mine["id"]) == nil, true)
	})
}

// A document that is not served as one, or that comes from elsewhere, is none.
func TestForgedDocumentsThatAreNone(t *testing.T) {
	forgery(t, func(c *cast) {
		_, abroad := c.rogue("other.test", "honest")
		real := abroad[0].writes("Real.", nil)
		doc := func(path string, fields object) (string, []byte) {
			at := "https://evil.test/" + path
			n := object{"@context": activityNS, "id": at, "type": "Note", "attributedTo": c.mallory.uri, "content": "x", "to": []any{string(models.Public)}}
			for k, v := range fields {
				n[k] = v
			}
			return at, marshal(t, n)
		}
		as := func(kind, path string, fields object) string {
			at, raw := doc(path, fields)
			return c.mallory.serveAs(at, kind, raw)
		}
		for why, at := range map[string]string{
			"a page":                     as("text/html", "page", nil),
			"an upload":                  as("image/png", "media/1.png", nil),
			"plain JSON":                 as("application/json", "json", nil),
			"ld+json without a profile":  as("application/ld+json", "ld", nil),
			"the id of another server":   as(activityKind, "id", object{"id": real["id"]}),
			"an author of another":       as(activityKind, "author", object{"attributedTo": string(c.bo.uri)}),
			"a redirect to another":      c.mallory.on("https://evil.test/off", redirects(real["id"].(string))),
			"a redirect to the inside":   c.mallory.on("https://evil.test/in", redirects("https://127.0.0.1/x")),
			"a private address":          "https://10.0.0.1/x",
			"the metadata of a cloud":    "https://169.254.169.254/latest",
			"an address of this machine": "https://[::ffff:127.0.0.1]/x",
		} {
			posts := len(rowsOf[models.Post](c.cy.server, "1 = 1"))
			made := c.mallory.sends(c.cy.server, c.mallory.does("Announce", at, nil))
			if made == "applied" || len(rowsOf[models.Post](c.cy.server, "1 = 1")) != posts {
				t.Errorf("%s: %s", why, made)
			}
		}
		at := as(activityKind, "good", nil)
		expect(t, "the control", c.mallory.sends(c.cy.server, c.mallory.does("Announce", at, nil)), "applied")
		expect(t, "two boosts of what is not there: fetches", c.mallory.count("https://evil.test/page"), 1)
		c.mallory.sends(c.cy.server, c.mallory.does("Announce", "https://evil.test/page", nil))
		expect(t, "fetches, with one remembered", c.mallory.count("https://evil.test/page"), 1)
	})
}

// However the host of somebody is written, it is one somebody.
func TestHostsAreWrittenInOneWay(t *testing.T) {
	forgery(t, func(c *cast) {
		_, abroad := c.rogue("xn--bcher-kva.test", "zoe")
		find := func(q string) (accts []any) {
			found := c.cy.get("/api/v2/search?resolve=true&type=accounts&q=" + strings.ReplaceAll(q, "@", "%40"))
			for _, a := range found["accounts"].([]any) {
				accts = append(accts, a.(object)["acct"])
			}
			return accts
		}
		for q, want := range map[string]string{
			"@mallory@EVIL.test": "mallory@evil.test", "@mallory@evil.test.": "mallory@evil.test", "https://EVIL.test./users/mallory": "mallory@evil.test",
			"https://evil.test:443/users/mallory": "mallory@evil.test", "@zoe@b%C3%BCcher.test": "zoe@xn--bcher-kva.test", "@zoe@B%C3%9CCHER.test": "zoe@xn--bcher-kva.test",
		} {
			if got := find(q); len(got) != 1 || got[0] != want {
				t.Errorf("%s: found %v, want %s", q, got, want)
			}
		}
		expect(t, "mallories", len(rowsOf[models.Account](c.cy.server, "username = 'mallory'")), 1)
		expect(t, "zoes", len(rowsOf[models.Account](c.cy.server, "username = 'zoe'")), 1)
		if abroad[0].uri == "" {
			t.Error("there is no zoe")
		}
		// An actor who is written otherwise than in its own document is nobody: at most
		// it is a hint to look at the post where it lives, and whose it is.
		for _, actor := range []string{"https://EVIL.test/users/mallory", "https://evil.test./users/mallory", "https://evil.test/users/../users/mallory"} {
			c.mallory.posts(c.cy.server, marshal(t, c.mallory.does("Create", c.mallory.writes("x", nil), object{"actor": actor})))
			c.settle()
			expect(t, "as "+actor, len(rowsOf[models.Account](c.cy.server, "uri = ?", actor)), 0)
		}
		expect(t, "mallories, after", len(rowsOf[models.Account](c.cy.server, "username = 'mallory'")), 1)
		expect(t, "posts of nobody", len(rowsOf[models.Post](c.cy.server, "uri LIKE '%evil.test%' AND account_id NOT IN (SELECT id FROM accounts WHERE uri = ?)", c.mallory.uri)), 0)
		// A handle that WebFinger gives to somebody else is not shown.
		thief := c.mallory.rogue.born("thief")
		thief.appears(object{"preferredUsername": "mallory"})
		c.mallory.posts(c.cy.server, marshal(t, thief.does("Create", thief.writes("x", nil), nil)))
		c.settle()
		expect(t, "thieves", len(rowsOf[models.Account](c.cy.server, "uri = ?", thief.uri)), 0)
		expect(t, "whose handle it is", rowsOf[models.Account](c.cy.server, "username = 'mallory'")[0].URI, models.IRI(c.mallory.uri))
	})
}

// JSON that two readers could read in two ways is refused; what is merely odd harms
// nobody.
func TestForgedJSONThatIsOdd(t *testing.T) {
	forgery(t, func(c *cast) {
		n := 0
		create := func(fields string) []byte {
			n++
			return []byte(fmt.Sprintf(`{"id":%q,"actor":%q,"type":"Create","object":{"id":"https://evil.test/users/mallory/odd/%d","type":"Note","attributedTo":%q,"to":[%q]%s}}`,
				c.mallory.fresh("activities"), c.mallory.uri, n, c.mallory.uri, models.Public, fields))
		}
		for why, s := range map[string]struct {
			fields string
			want   int
		}{
			"@nest":                     {`,"content":"x","@nest":{"content":"y"}`, 400},
			"@nest, escaped":            {`,"content":"x","\u0040nest":{}`, 400},
			"an alias of @nest":         {`,"content":"x","@context":{"n":"@nest"}`, 400},
			"an alias of @included":     {`,"content":"x","@context":{"n":"@included"}`, 400},
			"bytes that are no UTF-8":   {",\"content\":\"x\xff\xfe\"", 400},
			"an overlong letter":        {",\"content\":\"\xc0\xae\"", 400},
			"a surrogate in UTF-8":      {",\"content\":\"\xed\xa0\x80\"", 400},
			"two keys, lone surrogates": {`,"content":"x","\ud800":1,"\ud801":2`, 400},
			"a lone surrogate":          {`,"content":"x\ud800y"`, 202},
			"a zero byte":               {`,"content":"x\u0000y","summary":"\u0000"`, 202},
			"a huge number":             {`,"content":"x","attachment":[{"type":"Image","url":"https://evil.test/x.png","width":1e999,"height":-1e400}],"replies":{"type":"Collection","id":"https://evil.test/r","totalItems":99999999999999999999999}`, 202},
			"a number of 10,000 digits": {`,"content":"x","likes":{"id":"https://evil.test/l","type":"Collection","totalItems":` + strings.Repeat("9", 10_000) + `}`, 202},
			"a time that is none":       {`,"content":"x","published":"99999-99-99T99:99:99Z","updated":"never"`, 202},
			"a time in the far future":  {`,"content":"x","published":"9999-12-31T23:59:59Z"`, 202},
			"the other direction":       {`,"content":"\u202egnihton\u202c"`, 202},
		} {
			before := len(rowsOf[models.Post](c.cy.server, "1 = 1"))
			expect(t, why, c.mallory.posts(c.cy.server, create(s.fields)), s.want)
			c.settle()
			expect(t, why+": posts", len(rowsOf[models.Post](c.cy.server, "1 = 1"))-before, map[int]int{202: 1}[s.want])
		}
		expect(t, "what waits to be tried again", len(rowsOf[models.Inbound](c.cy.server, "done_at IS NULL")), 0)
		for _, s := range c.cy.list("/api/v1/timelines/home") {
			if strings.ContainsRune(s["content"].(string), 0) {
				t.Errorf("shown: %q", s["content"])
			}
		}
	})
}
