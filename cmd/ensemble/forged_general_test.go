package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"ensemble/activities/collab"
	"ensemble/federation/sign"
	"ensemble/models"
	"ensemble/models/store"
)

func TestForged26SameActivityAnotherBody(t *testing.T) {
	forgery(t, func(c *cast) {
		first, second := c.mallory.writes("The first.", nil), c.mallory.writes("The second.", nil)
		a := c.mallory.does("Create", first, nil)
		expect(t, "the first", c.mallory.sends(c.cy.server, a), "applied")
		a["object"] = second
		expect(t, "the second", c.mallory.posts(c.cy.server, marshal(t, a)), 202)
		c.settle()
		expect(t, "the second post is there", c.cy.seen(second["id"]) != nil, false)
		rows := rowsOf[models.Inbound](c.cy.server, "uri = ?", a["id"])
		if len(rows) != 1 || !strings.Contains(string(rows[0].Body), "The first.") {
			t.Errorf("what is kept: %d", len(rows))
		}
		// Eve cannot take an id of Mallory's away before she uses it: another server's never.
		b := c.mallory.does("Create", second, nil)
		squat := c.eve.does("Create", c.eve.writes("Squat.", nil), object{"id": b["id"]})
		c.eve.sends(c.cy.server, squat)
		expect(t, "after the squatter", c.mallory.posts(c.cy.server, marshal(t, b)), 202)
		c.settle()
		expect(t, "the second post is there", c.cy.seen(second["id"]) != nil, true)
	})
}

func TestForged50DeletedActorAndRotatedKey(t *testing.T) {
	t.Run("deleted", func(t *testing.T) {
		forgery(t, func(c *cast) {
			note := c.mallory.writes("Before.", nil)
			c.publish("Create", note)
			gone := c.mallory.does("Delete", c.mallory.uri, nil)
			expect(t, "a Delete of who is still there", c.mallory.sends(c.cy.server, gone), "not_gone")
			expect(t, "the post", c.cy.seen(note["id"]) != nil, true)

			c.mallory.on(c.mallory.uri, nothing(410))
			c.pass(10 * time.Minute)
			gone["id"] = c.mallory.fresh("activities")
			expect(t, "the Delete", c.mallory.sends(c.cy.server, gone), "applied")
			expect(t, "the post", c.cy.seen(note["id"]) == nil, true)
			later := c.mallory.writes("After.", nil)
			for _, verb := range []string{"Create", "Delete"} {
				expect(t, verb+" by the deleted", c.mallory.posts(c.cy.server, marshal(t, c.mallory.does(verb, later, nil))), 410)
			}
			c.mallory.appears(nil) // back from the dead: not here
			c.pass(25 * time.Hour)
			expect(t, "Create by the undead", c.mallory.posts(c.cy.server, marshal(t, c.mallory.does("Create", later, nil))), 410)

			// Of one who was never known here.
			trudy := c.mallory.rogue.born("trudy")
			c.mallory.on(trudy.uri, nothing(410))
			expect(t, "her Delete", trudy.posts(c.cy.server, marshal(t, trudy.does("Delete", trudy.uri, nil))), 410)
			expect(t, "her Create", trudy.posts(c.cy.server, marshal(t, trudy.does("Create", trudy.writes("x", nil), nil))), 401)
			expect(t, "is trudy known", len(rowsOf[models.Account](c.cy.server, "uri = ?", trudy.uri)), 0)
		})
	})
	t.Run("rotated", func(t *testing.T) {
		forgery(t, func(c *cast) {
			c.pass(10 * time.Minute)
			c.mallory.rekey("another rsa")
			before := c.mallory.count(c.mallory.uri)
			note := c.mallory.writes("By the new key.", nil)
			body := marshal(t, c.mallory.does("Create", note, nil))
			expect(t, "while the actor has the old key", c.mallory.posts(c.cy.server, body), 401)
			expect(t, "fetches of the actor", c.mallory.count(c.mallory.uri)-before, 1)
			for range 5 {
				expect(t, "again", c.mallory.posts(c.cy.server, body), 401)
			}
			expect(t, "fetches of the actor, once for all", c.mallory.count(c.mallory.uri)-before, 1)

			c.mallory.appears(nil)
			c.pass(10 * time.Minute)
			before = c.mallory.count(c.mallory.uri)
			for range 3 {
				expect(t, "with the new key", c.mallory.posts(c.cy.server, body), 202)
			}
			c.settle()
			expect(t, "fetches of the actor", c.mallory.count(c.mallory.uri)-before, 1)
			expectNames(t, "three", c.cy.seen(note["id"]), "mallory@evil.test")

			old := *c.mallory
			old.rekey("rsa of mallory")
			c.pass(10 * time.Minute)
			expect(t, "with the old key", old.posts(c.cy.server, marshal(t, old.does("Create", note, nil))), 401)
		})
	})
}

func TestForgedSignatures(t *testing.T) {
	forgery(t, func(c *cast) {
		note := c.mallory.writes("Words.", nil)
		body := func() []byte { return marshal(t, c.mallory.does("Create", note, nil)) }
		as := func(id string, key sign.Key) *villain {
			v := *c.mallory
			v.key = sign.Key{ID: models.IRI(id), Private: key.Private}
			return &v
		}
		at := func(d time.Duration) func(*http.Request) {
			return func(r *http.Request) {
				raw, _ := io.ReadAll(r.Body)
				fresh, _ := http.NewRequest("POST", r.URL.String(), bytes.NewReader(raw))
				fresh.Header.Set("Content-Type", activityKind)
				if err := sign.Sign(fresh, raw, c.mallory.key, sign.Cavage, c.now().Add(d)); err != nil {
					t.Error(err)
				}
				*r = *fresh
			}
		}
		c.eve.appears(object{"publicKey": object{"id": c.eve.uri + "#main-key", "owner": string(c.bo.uri), "publicKeyPem": "x"}})
		for why, s := range map[string]struct {
			by    *villain
			body  []byte
			tweak func(*http.Request)
			want  int
		}{
			"control":           {c.mallory, body(), func(*http.Request) {}, 202},
			"control, 11 h old": {c.mallory, body(), at(-11 * time.Hour), 202},
			"13 h old":          {c.mallory, body(), at(-13 * time.Hour), 401},
			"from the future":   {c.mallory, body(), at(10 * time.Minute), 401},
			"no signature":      {c.mallory, body(), func(r *http.Request) { r.Header.Del("Signature") }, 401},
			"no digest":         {c.mallory, body(), func(r *http.Request) { r.Header.Del("Digest") }, 401},
			"no date":           {c.mallory, body(), func(r *http.Request) { r.Header.Del("Date") }, 401},
			"digest of another": {c.mallory, body(), func(r *http.Request) { r.Header.Set("Digest", "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=") }, 401},
			"body changed":      {c.mallory, body(), func(r *http.Request) { r.Body = io.NopCloser(bytes.NewReader(body())) }, 401},
			"digest not covered": {c.mallory, body(), func(r *http.Request) {
				r.Header.Set("Signature", strings.Replace(r.Header.Get("Signature"), " digest", "", 1))
			}, 401},
			"another address":    {c.mallory, body(), func(r *http.Request) { r.URL.Path = "/users/cy/inbox" }, 401},
			"another host":       {c.mallory, body(), func(r *http.Request) { r.URL.Host = "two.test" }, 401},
			"bo's key id":        {as(string(c.bo.uri)+"#main-key", c.mallory.key), body(), func(*http.Request) {}, 401},
			"no key id":          {as("key", c.mallory.key), body(), func(*http.Request) {}, 401},
			"eve's, of bo's":     {as(c.eve.uri+"#main-key", c.eve.key), marshal(t, c.eve.does("Create", note, object{"actor": string(c.bo.uri)})), func(*http.Request) {}, 401},
			"in bo's name":       {c.mallory, marshal(t, c.mallory.does("Create", note, object{"actor": string(c.bo.uri)})), func(*http.Request) {}, 401},
			"id of another":      {c.mallory, marshal(t, c.mallory.does("Create", note, object{"id": "https://two.test/activities/1"})), func(*http.Request) {}, 401},
			"id on another port": {c.mallory, marshal(t, c.mallory.does("Create", note, object{"id": "https://evil.test:8443/activities/1"})), func(*http.Request) {}, 401},
		} {
			before := len(rowsOf[models.Inbound](c.cy.server, "1 = 1"))
			expect(t, why, s.by.posts(c.cy.server, s.body, s.tweak), s.want)
			c.settle()
			expect(t, why+": what is kept", len(rowsOf[models.Inbound](c.cy.server, "1 = 1"))-before, map[int]int{202: 1}[s.want])
		}
		expect(t, "the grid of bo at three", len(c.cy.grid(c.bo.uri)), 0)
	})
}

func TestForgedShapes(t *testing.T) {
	forgery(t, func(c *cast) {
		id := func() string { return c.mallory.fresh("activities") }
		head := func() string { return fmt.Sprintf(`"id":%q,"actor":%q`, id(), c.mallory.uri) }
		note := func(more string) string {
			n := c.mallory.uri + "/notes/" + fmt.Sprint(c.now().UnixNano())
			return fmt.Sprintf(`{"id":%q,"type":"Note","attributedTo":%q,"content":"x","to":["%s"]%s}`, n, c.mallory.uri, models.Public, more)
		}
		deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
		for why, s := range map[string]struct {
			body string
			want int
		}{
			"control":                {`{` + head() + `,"type":"Create","object":` + note("") + `}`, 202},
			"a key twice":            {`{` + head() + `,"type":"Create","type":"Delete","object":` + note("") + `}`, 400},
			"an escaped key twice":   {`{` + head() + `,"type":"Create","t\u0079pe":"Delete","object":` + note("") + `}`, 400},
			"an actor twice":         {`{` + head() + fmt.Sprintf(`,"actor":%q,"type":"Create","object":`, c.bo.uri) + note("") + `}`, 400},
			"a key twice within":     {`{` + head() + `,"type":"Create","object":` + note(`,"content":"y"`) + `}`, 400},
			"@graph":                 {`{` + head() + `,"type":"Create","@graph":[` + note("") + `],"object":` + note("") + `}`, 400},
			"@graph within":          {`{` + head() + `,"type":"Create","object":` + note(`,"@graph":[]`) + `}`, 400},
			"@reverse":               {`{` + head() + `,"type":"Create","object":` + note(`,"@reverse":{}`) + `}`, 400},
			"@included":              {`{` + head() + `,"type":"Create","@included":[],"object":` + note("") + `}`, 400},
			"a context of its own":   {`{"@context":["` + activityNS + `",{"content":"https://evil.test/ns#c"}],` + head() + `,"type":"Create","object":` + note("") + `}`, 400},
			"another name for actor": {`{"@context":["` + activityNS + `",{"x":"as:actor"}],` + head() + `,"x":"` + string(c.bo.uri) + `","type":"Create","object":` + note("") + `}`, 400},
			"an http id":             {`{"id":"http://evil.test/activities/1","actor":"` + c.mallory.uri + `","type":"Create","object":` + note("") + `}`, 400},
			"an http actor":          {`{"id":"https://evil.test/activities/1","actor":"http://evil.test/users/mallory","type":"Create","object":` + note("") + `}`, 400},
			"no id":                  {`{"actor":"` + c.mallory.uri + `","type":"Create","object":` + note("") + `}`, 400},
			"two actors":             {`{"id":"https://evil.test/activities/2","actor":["` + c.mallory.uri + `","` + string(c.bo.uri) + `"],"type":"Create","object":` + note("") + `}`, 400},
			"no JSON":                {`{`, 400},
			"too deep":               {`{` + head() + `,"type":"Create","x":` + deep + `,"object":` + note("") + `}`, 400},
			"more than 1 MiB":        {`{` + head() + `,"type":"Create","x":"` + strings.Repeat("x", 1<<20) + `","object":` + note("") + `}`, 413},
			"an unknown verb":        {`{` + head() + `,"type":"Frobnicate","object":` + note("") + `}`, 202},
			"no object":              {`{` + head() + `,"type":"Create"}`, 202},
			"an object that is none": {`{` + head() + `,"type":"Create","object":12}`, 202},
			"a note without author":  {`{` + head() + `,"type":"Create","object":{"id":"https://evil.test/n/1","type":"Note"}}`, 202},
			"an Offer of nothing":    {`{` + head() + `,"type":"Offer","object":{"type":"Collaboration"}}`, 202},
			"an Accept of nothing":   {`{` + head() + `,"type":"Accept","object":{}}`, 202},
			"an Update of nothing":   {`{` + head() + `,"type":"Update","object":{"type":"Note"}}`, 202},
		} {
			posts := len(rowsOf[models.Post](c.cy.server, "1 = 1"))
			expect(t, why, c.mallory.posts(c.cy.server, []byte(s.body)), s.want)
			c.settle()
			expect(t, why+": posts", len(rowsOf[models.Post](c.cy.server, "1 = 1"))-posts, map[string]int{"control": 1}[why])
		}
		expect(t, "what waits to be tried again", len(rowsOf[models.Inbound](c.cy.server, "done_at IS NULL")), 0)
	})
}

func TestForgedByWhomWeDoNotHear(t *testing.T) {
	forgery(t, func(c *cast) {
		create := func(v *villain) []byte { return marshal(t, v.does("Create", v.writes("Hear me.", nil), nil)) }
		posts := func() int { return len(rowsOf[models.Post](c.cy.server, "1 = 1")) }
		remember[models.Account](c.cy.server, map[string]any{"state": models.AccountSuspended}, "uri = ?", c.mallory.uri)
		expect(t, "the suspended", c.mallory.posts(c.cy.server, create(c.mallory)), 403)
		remember[models.Account](c.cy.server, map[string]any{"state": models.AccountActive}, "uri = ?", c.mallory.uri)
		remember[models.Peer](c.cy.server, map[string]any{"blocked": true}, "host = 'evil.test'")
		expect(t, "of a blocked server", c.mallory.posts(c.cy.server, create(c.mallory)), 403)
		fetched := c.eve.count(c.eve.uri)
		expect(t, "of a blocked server, unknown", c.eve.posts(c.cy.server, create(c.eve)), 403)
		expect(t, "fetches from the blocked", c.eve.count(c.eve.uri)-fetched, 0)
		c.settle()
		expect(t, "posts", posts(), 0)
		remember[models.Peer](c.cy.server, map[string]any{"blocked": false}, "host = 'evil.test'")
		expect(t, "the control", c.mallory.posts(c.cy.server, create(c.mallory)), 202)
		c.settle()
		expect(t, "posts", posts(), 1)

		// A stamp of the suspended does not count.
		c.pass(10 * time.Minute) // that evil is blocked is remembered for some minutes
		draft := c.mallory.writes("With Eve.", nil)
		stamp := c.eve.stamps(under(draft, credit{c.eve.uri, "coauthor", ""}), nil)
		note := under(draft, credit{c.eve.uri, "coauthor", stamp})
		c.publish("Create", note)
		c.together(note, "eve@evil.test")
		remember[models.Account](c.cy.server, map[string]any{"state": models.AccountSuspended}, "uri = ?", c.eve.uri)
		c.publish("Update", note)
		c.together(note)
	})
}

func TestForgedFloodOfOffers(t *testing.T) {
	forgery(t, func(c *cast) {
		crowd := []*villain{c.mallory, c.eve, c.mallory.rogue.born("third")}
		for _, v := range crowd[1:] {
			v.followedBy(c.bo)
		}
		ask := func(i int, v *villain, fields object) {
			note := under(v.writes(fmt.Sprint("Number ", i), nil), credit{string(c.bo.uri), "coauthor", ""})
			v.posts(c.bo.server, marshal(t, v.offers(c.bo, note, fields, nil)))
		}
		open := func() int {
			return len(rowsOf[models.Invite](c.bo.server, "account_id = ? AND state IN ('sent', 'delivered', 'seen')", c.bo.id))
		}
		for i := range 200 {
			ask(i, crowd[i%3], nil)
		}
		c.settle()
		expect(t, "open invitations", open(), 10)
		expect(t, "notices", len(c.bo.notices("collab_invite")), 10)
		_, abroad := c.rogue("other.test", "honest")
		abroad[0].followedBy(c.bo)
		ask(0, abroad[0], nil)
		c.settle()
		expect(t, "with one of another server", open(), 11) // the control

		// The same one again and again, in new versions, is one notice.
		draft := c.mallory.writes("Again and again.", nil)
		uri := rowsOf[models.Collab](c.bo.server, "initiator_id IN (SELECT id FROM accounts WHERE uri = ?)", c.mallory.uri)[0]
		for i := range 50 {
			note := under(draft, credit{string(c.bo.uri), "coauthor", ""})
			note["id"], note["content"] = uri.PostURI, fmt.Sprint("<p>Version ", i, "</p>")
			c.mallory.posts(c.bo.server, marshal(t, c.mallory.offers(c.bo, note, object{"id": uri.URI, "revision": i + 2}, nil)))
		}
		c.settle()
		expect(t, "the newest version", rowsOf[models.Collab](c.bo.server, "id = ?", uri.ID)[0].Revision, 51)
		expect(t, "notices", len(c.bo.notices("collab_invite")), 11)

		c.bo.post("/api/v1/accounts/"+c.bo.knows(c.mallory.person())+"/block", nil)
		c.settle()
		before := open()
		c.pass(25 * time.Hour)
		ask(999, c.mallory, nil)
		c.settle()
		expect(t, "after a block", open(), before)
	})
}

func TestForgedCelebrityWithoutConsent(t *testing.T) {
	forgery(t, func(c *cast) {
		c.cy.follows(c.bo) // Bo is the celebrity: Dee and Cy hear him, Cy hears Mallory too
		fan := c.cy.server.born("fan")
		fan.follows(c.bo)
		note := c.mallory.writes("Bo and I, together at last!", nil)
		note["attributedTo"] = []any{c.mallory.uri, string(c.bo.uri)}
		c.publish("Create", note)
		c.mallory.sends(c.cy.server, c.mallory.does("Announce", note["id"], nil))
		c.alone(note, 1)
		expect(t, "home of a fan", len(fan.list("/api/v1/timelines/home")), 0)
		expect(t, "notices to a fan", len(rowsOf[models.Notification](c.cy.server, "account_id = ?", fan.id)), 0)
		bo := fan.get("/api/v1/accounts/" + fan.knows(c.bo))
		expect(t, "bo's posts, as counted", bo["statuses_count"], any(0.0))
		expect(t, "cy's home, who follows mallory", len(c.cy.list("/api/v1/timelines/home")), 1)
	})
}

func TestForgedTwentyOneCoauthors(t *testing.T) {
	forgery(t, func(c *cast) {
		c.cy.server.do(func(tx *store.Tx) error {
			return store.Put(tx, &models.Setting{Name: collab.MaxCoauthorsSetting, Value: "20"})
		})
		draft := c.mallory.writes("By many.", nil)
		var names []credit
		var people []*villain
		for i := range 21 {
			v := c.mallory.rogue.born(fmt.Sprintf("v%02d", i))
			people = append(people, v)
			names = append(names, credit{v.uri, "coauthor", ""})
		}
		all := under(draft, names...)
		for i, v := range people {
			names[i].stamp = v.stamps(all, nil)
		}
		note := under(draft, names...)
		note["collaboration"] = "https://evil.test/collaborations/many"
		c.publish("Create", note)
		c.pass(2 * time.Minute)
		s := c.cy.seen(note["id"])
		if s == nil {
			t.Fatal("there is no post")
		}
		got, _ := s["coauthors"].([]any)
		expect(t, "how many are shown", len(got), 20)
		for i, a := range got {
			expect(t, "who is shown", a.(object)["account"].(object)["acct"], any(people[i].name+"@evil.test"))
		}
		joint, _ := s["collab"].(object)
		expect(t, "truncated", joint["truncated"], any(true))
		expect(t, "verified", joint["verified"], any(false))
		expect(t, "stamps that were asked for", c.mallory.count(names[20].stamp), 0)
	})
}
