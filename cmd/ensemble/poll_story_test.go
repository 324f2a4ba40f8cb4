package main

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// poll is what p's server shows of the poll of the post uri.
func (p *person) poll(uri string) object {
	p.t.Helper()
	s := p.seen(uri)
	if s == nil || s["poll"] == nil {
		p.t.Fatalf("%s@%s sees no poll: %v", p.name, p.host, s)
	}
	return s["poll"].(object)
}

// votes has p choose, and returns the poll.
func (p *person) votes(uri string, choices ...int) object {
	p.t.Helper()
	v := p.post("/api/v1/polls/"+p.poll(uri)["id"].(string)+"/votes", object{"choices": choices})
	p.net.settle()
	return v
}

// tally is a poll in a line: voters, then the votes for each option.
func tally(poll object) string {
	out := fmt.Sprint(poll["voters_count"])
	for _, o := range poll["options"].([]any) {
		out += fmt.Sprintf(" %s=%v", o.(object)["title"], o.(object)["votes_count"])
	}
	return out
}

// polls has p ask something for an hour; fields overwrite.
func (p *person) polls(fields object, options ...string) object {
	p.t.Helper()
	poll := object{"options": options, "expires_in": 3600}
	for k, v := range fields {
		poll[k] = v
	}
	s := p.post("/api/v1/statuses", object{"status": "Which glaze?", "poll": poll})
	p.net.settle()
	return s
}

// A poll is asked, answered from three servers, told, and over; once for everybody.
func TestPoll(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		deb := bo.server.born("deb")
		uri := ada.polls(nil, "Celadon", " Tenmoku ")["uri"].(string)
		_, doc := n.document(uri)
		if doc["type"] != "Question" || len(doc["oneOf"].([]any)) != 2 || doc["votersCount"] != 0.0 || doc["endTime"] == nil || doc["closed"] != nil {
			t.Fatalf("the document: %v", doc)
		}
		expect(t, "at two, before", tally(bo.poll(uri)), "0 Celadon=0 Tenmoku=0")
		expect(t, "voted", bo.poll(uri)["voted"], any(false))
		if v := bo.votes(uri, 1); v["voted"] != true || fmt.Sprint(v["own_votes"]) != "[1]" {
			t.Errorf("bo's vote: %v", v)
		}
		expect(t, "at two, at once", tally(bo.poll(uri)), "1 Celadon=0 Tenmoku=1")
		expect(t, "at one", tally(ada.poll(uri)), "1 Celadon=0 Tenmoku=1")
		expect(t, "at three, too early", tally(cy.poll(uri)), "0 Celadon=0 Tenmoku=0")
		cy.votes(uri, 0)
		deb.votes(uri, 1)
		for range 3 {
			n.pass(4 * time.Minute)
		}
		for _, p := range []*person{ada, bo, cy, deb} {
			expect(t, "told to "+p.name, tally(p.poll(uri)), "3 Celadon=1 Tenmoku=2")
			expect(t, "edited at "+p.host, p.seen(uri)["edited_at"], nil)
			expect(t, "versions at "+p.host, len(p.list("/api/v1/statuses/"+p.seen(uri)["id"].(string)+"/history")), 1)
		}
		updates := rowsOf[models.Outbound](ada.server, "verb = ?", models.Update)
		expect(t, "updates for three votes at about the same time", len(updates), 1)
		for _, p := range []*person{ada, bo, cy} {
			expect(t, p.name+"'s posts", len(rowsOf[models.Post](p.server, "1 = 1")), 1)
		}
		for _, at := range []time.Duration{time.Hour, time.Minute, time.Hour} {
			n.pass(at)
		}
		for _, p := range []*person{ada, bo, cy, deb} {
			poll := p.poll(uri)
			expect(t, "over at "+p.host, poll["expired"], any(true))
			got := p.list("/api/v1/notifications?types[]=poll")
			if len(got) != 1 || got[0]["status"].(object)["uri"] != uri || got[0]["account"].(object)["username"] != "ada" {
				t.Errorf("%s is told %d times: %v", p.name, len(got), got)
			}
		}
		expect(t, "updates in the end", len(rowsOf[models.Outbound](ada.server, "verb = ?", models.Update)), 2)
		if _, doc = n.document(uri); doc["closed"] == nil {
			t.Errorf("the document is not closed: %v", doc)
		}
		ada.one("DELETE", "/api/v1/statuses/"+ada.seen(uri)["id"].(string), nil, 200)
		n.settle()
		for _, p := range []*person{ada, bo, cy} {
			expect(t, "polls left at "+p.host, len(rowsOf[models.Poll](p.server, "1 = 1"))+len(rowsOf[models.PollVote](p.server, "1 = 1")), 0)
		}
	})
}

// What a client sends that makes no poll and no vote is refused in words.
func TestPollRefusals(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, _ := trio(n)
		bad := func(poll object) {
			t.Helper()
			ada.refused("POST", "/api/v1/statuses", object{"status": "Well?", "poll": poll}, 422)
		}
		bad(object{"options": []string{"a"}, "expires_in": 3600})
		bad(object{"options": []string{"a", "a"}, "expires_in": 3600})
		bad(object{"options": []string{"a", ""}, "expires_in": 3600})
		bad(object{"options": []string{"a", "b"}})
		bad(object{"options": []string{"a", "b"}, "expires_in": 10})
		bad(object{"options": []string{"a", "b"}, "expires_in": "soon"})
		bad(object{"options": []string{"a", "b"}, "expires_in": 99999999999})
		bad(object{"options": []string{"a", "b", "c", "d", "e"}, "expires_in": 3600})
		bad(object{"options": []string{"a", strings.Repeat("b", 900<<10)}, "expires_in": 3600})
		ada.refused("POST", "/api/v1/statuses", object{
			"status": "Both", "media_ids": []string{ada.picture("x")}, "poll": object{"options": []string{"a", "b"}, "expires_in": 3600},
		}, 422)
		expect(t, "posts", len(rowsOf[models.Post](ada.server, "1 = 1")), 0)

		form := url.Values{"status": {"By form"}, "poll[options][]": {"Yes", "No", "Perhaps"}, "poll[expires_in]": {"3600"},
			"poll[multiple]": {"true"}, "poll[hide_totals]": {"true"}}
		s := ada.post("/api/v1/statuses", form)
		n.settle()
		uri, id := s["uri"].(string), s["id"].(string)
		expect(t, "multiple", s["poll"].(object)["multiple"], any(true))
		votes := "/api/v1/polls/" + id + "/votes"
		ada.refused("POST", votes, object{"choices": []int{0}}, 422) // her own
		there := "/api/v1/polls/" + bo.poll(uri)["id"].(string)
		for _, choices := range []any{nil, []int{}, []int{3}, []int{-1}, []int{0, 0}, []string{"Yes"}, slices.Repeat([]int{1}, 900)} {
			bo.refused("POST", there+"/votes", object{"choices": choices}, 422)
		}
		bo.votes(uri, 0, 2)
		bo.refused("POST", there+"/votes", object{"choices": []int{1}}, 422)
		expect(t, "hidden", tally(ada.poll(uri)), "1 Yes=<nil> No=<nil> Perhaps=<nil>")
		if _, doc := n.document(uri); strings.Contains(fmt.Sprint(doc["anyOf"]), "totalItems") {
			t.Errorf("the totals are not hidden: %v", doc["anyOf"])
		}
		raw := bo.call(nil, "GET", there, nil, 200)
		if strings.Contains(string(raw), "own_votes") {
			t.Errorf("a stranger voted: %s", raw)
		}
		n.pass(2 * time.Hour)
		expect(t, "at last", tally(bo.poll(uri)), "1 Yes=1 No=0 Perhaps=1")
		bo.refused("POST", there+"/votes", object{"choices": []int{1}}, 422)
		bo.refused("GET", "/api/v1/polls/77", nil, 404)
		plain := bo.post("/api/v1/statuses", object{"status": "No question"})
		bo.refused("GET", "/api/v1/polls/"+plain["id"].(string), nil, 404)
		bo.refused("POST", "/api/v1/polls/"+plain["id"].(string)+"/votes", object{"choices": []int{1}}, 404)
	})
}

// ballot is a vote of v's as Mastodon sends it.
func (v *villain) ballot(poll, option string) object {
	id := v.uri + "#votes/" + option + v.fresh("v")
	return v.does("Create", object{
		"id": id, "type": "Note", "name": option, "attributedTo": v.uri, "inReplyTo": poll, "to": []any{"https://one.test/users/ada"},
	}, object{"to": []any{"https://one.test/users/ada"}})
}

// One person has one vote, however and how often they send it; and no vote is a post.
func TestVotesFromElsewhere(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, _ := trio(n)
		mallory, eve := n.evil()
		uri := ada.polls(nil, "Celadon", "Tenmoku")["uri"].(string)
		var wait sync.WaitGroup
		first, second := mallory.ballot(uri, "Celadon"), mallory.ballot(uri, "Tenmoku")
		for _, b := range []object{first, second, first, second} {
			wait.Go(func() { mallory.posts(ada.server, marshal(t, b)) })
		}
		wait.Wait()
		n.settle()
		got := []string{ada.made(first), ada.made(second)}
		slices.Sort(got)
		expect(t, "two votes at once", strings.Join(got, " "), "already_voted applied")
		expect(t, "voters", ada.poll(uri)["voters_count"], any(1.0))
		expect(t, "votes", ada.poll(uri)["votes_count"], any(1.0))

		mallory.followedBy(bo)
		theirs := mallory.writes("Whose?", object{"type": "Question", "oneOf": []any{object{"type": "Note", "name": "x"}}})
		expect(t, "bo's server takes it", mallory.sends(bo.server, mallory.does("Create", theirs, nil)), "applied")
		expect(t, "another's poll", eve.sends(bo.server, eve.ballot(theirs["id"].(string), "x")), "no_poll")
		expect(t, "no option", eve.sends(ada.server, eve.ballot(uri, "Raku")), "no_option")
		plain := ada.post("/api/v1/statuses", object{"status": "No question"})["uri"].(string)
		expect(t, "no question", eve.sends(ada.server, eve.ballot(plain, "x")), "no_poll")
		expect(t, "no post", eve.sends(ada.server, eve.ballot("https://one.test/users/ada/notes/1", "x")), "no_poll")
		long := eve.ballot(uri, "x")
		long["object"].(object)["name"] = strings.Repeat("x", 1<<19)
		expect(t, "a long name", eve.sends(ada.server, long), "no_option")
		forged := eve.ballot(uri, "Celadon")
		forged["object"].(object)["attributedTo"] = mallory.uri
		if made := eve.sends(ada.server, forged); made == "applied" {
			t.Error("eve votes as mallory")
		}
		ada.post("/api/v1/accounts/"+ada.knows(eve.person())+"/block", nil)
		n.settle()
		expect(t, "whom ada blocks", eve.sends(ada.server, eve.ballot(uri, "Celadon")), "not_for_you")
		private := ada.post("/api/v1/statuses", object{"status": "Us?", "visibility": "private", "poll": object{"options": []string{"a", "b"}, "expires_in": 300}})
		n.settle()
		expect(t, "who may not read it", mallory.sends(ada.server, mallory.ballot(private["uri"].(string), "a")), "not_for_you")
		n.pass(2 * time.Hour)
		expect(t, "too late", mallory.sends(ada.server, mallory.ballot(uri, "Tenmoku")), "poll_over")
		expect(t, "votes in the end", ada.poll(uri)["votes_count"], any(1.0))
		for _, p := range rowsOf[models.Post](ada.server, "NOT local") {
			t.Errorf("there is a post: %v", p)
		}
		expect(t, "mentions", len(ada.notices("mention")), 0)
		expect(t, "replies", ada.seen(uri)["replies_count"], any(0.0))
	})
}

// An edit takes the votes along unless it asks something else.
func TestPollEdits(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		s := ada.polls(nil, "Celadon", "Tenmoku")
		uri, path := s["uri"].(string), "/api/v1/statuses/"+s["id"].(string)
		bo.votes(uri, 0)
		ada.one("PUT", path, object{"status": "Which glaze now?", "poll": object{"options": []string{"Celadon", "Tenmoku"}, "expires_in": 3600}}, 200)
		n.settle()
		expect(t, "another text", tally(cy.poll(uri)), "1 Celadon=1 Tenmoku=0")
		ada.one("PUT", path, object{"status": "Which glaze now?", "poll": object{"options": []string{"Celadon", "Tenmoku"}, "expires_in": 7200}}, 200)
		n.settle()
		expect(t, "another end", tally(cy.poll(uri)), "1 Celadon=1 Tenmoku=0")
		if end, _ := time.Parse(time.RFC3339, cy.poll(uri)["expires_at"].(string)); end.Before(n.now().Add(100 * time.Minute)) {
			t.Errorf("it ends at %v", end)
		}
		ada.one("PUT", path, object{"status": "Which glaze now?", "poll": object{"options": []string{"Celadon", "Raku"}, "expires_in": 7200}}, 200)
		n.settle()
		for _, p := range []*person{ada, bo, cy} {
			expect(t, "another question at "+p.host, tally(p.poll(uri)), "0 Celadon=0 Raku=0")
			if p.seen(uri)["edited_at"] == nil {
				t.Errorf("%s does not say that it was edited", p.host)
			}
		}
		expect(t, "bo may vote anew", bo.poll(uri)["voted"], any(false))
		bo.votes(uri, 1)
		expect(t, "anew", tally(ada.poll(uri)), "1 Celadon=0 Raku=1")
		versions := ada.list(path + "/history")
		defer func() { // as Mastodon has it, what is edited without its poll has none
			ada.one("PUT", path, object{"status": "No question any more"}, 200)
			n.settle()
			for _, p := range []*person{ada, bo, cy} {
				expect(t, "the poll at "+p.host+", in the end", p.seen(uri)["poll"], nil)
			}
		}()
		if last := versions[len(versions)-1]; !strings.Contains(fmt.Sprint(last["poll"]), "Raku") || !strings.Contains(fmt.Sprint(versions[0]["poll"]), "Tenmoku") {
			t.Errorf("the history: %v", versions)
		}
	})
}

// What a poll asks is part of what co-authors agree to; how it stands is not.
func TestPollTogether(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		c := ada.offer(object{"status": "Which of ours?", "poll": object{"options": []string{"Mug", "Bowl"}, "expires_in": 3600}}, bo)
		work := bo.invitation()["work"].(object)
		if got := fmt.Sprint(work["poll"]); !strings.Contains(got, "Bowl") || !strings.Contains(got, "3600") {
			t.Errorf("bo is asked %v", work)
		}
		n.pass(2 * time.Hour) // the poll runs from its publication
		bo.answers("accept", nil)
		uri := c["post_uri"].(string)
		expectNames(t, "two", bo.seen(uri), "ada@one.test", "bo")
		expectNames(t, "three", cy.seen(uri), "ada@one.test", "bo@two.test")
		expect(t, "open", cy.poll(uri)["expired"], any(false))
		bo.refused("POST", "/api/v1/polls/"+bo.poll(uri)["id"].(string)+"/votes", object{"choices": []int{0}}, 422) // he asks too
		cy.votes(uri, 1)
		n.pass(4 * time.Minute)
		expect(t, "at two", tally(bo.poll(uri)), "1 Mug=0 Bowl=1")
		expectNames(t, "three, after the vote", cy.seen(uri), "ada@one.test", "bo@two.test")

		ada.acts(c["uri"].(string), "revise", object{"status": "Which of ours?", "poll": object{"options": []string{"Mug", "Vase"}, "expires_in": 3600}}, 200)
		expect(t, "until bo agrees", tally(cy.poll(uri)), "1 Mug=0 Bowl=1")
		bo.answers("accept", nil)
		for _, p := range []*person{ada, bo, cy} {
			expect(t, "then at "+p.host, tally(p.poll(uri)), "0 Mug=0 Vase=0")
		}
		expectNames(t, "three, in the end", cy.seen(uri), "ada@one.test", "bo@two.test")
		n.pass(2 * time.Hour)
		expect(t, "bo is told of the end", len(bo.notices("poll")), 1)
		expect(t, "ada is told of the end", len(ada.notices("poll")), 1)
	})
}

// Other options than those agreed to take the name away, whoever changes them.
func TestPollChangedWithoutConsent(t *testing.T) {
	forgery(t, func(c *cast) {
		option := func(s string) object { return object{"type": "Note", "name": s} }
		draft := under(c.mallory.writes("Which?", object{"type": "Question", "oneOf": []any{option("Mug"), option("Bowl")}}),
			credit{string(c.bo.uri), "coauthor", ""})
		uri, stamp := c.mallory.wins(c.bo, draft, nil)
		note := under(draft, credit{string(c.bo.uri), "coauthor", stamp})
		note["collaboration"] = uri
		c.publish("Create", note)
		c.together(note, "bo@two.test")
		changed := under(note, credit{string(c.bo.uri), "coauthor", stamp})
		changed["oneOf"], changed["updated"] = []any{option("Mug"), option("Sword")}, c.at()
		c.publish("Update", changed)
		expectNames(t, "three", c.cy.seen(note["id"]), "mallory@evil.test")
	})
}

// Of a poll elsewhere we show what its origin says, and no edit that it did not make.
func TestPollElsewhere(t *testing.T) {
	story(t, func(n *network) {
		bo := n.join("two.test").born("bo")
		mallory, _ := n.evil()
		mallory.followedBy(bo)
		option := func(s string, votes any) object {
			return object{"type": "Note", "name": s, "replies": object{"type": "Collection", "totalItems": votes}}
		}
		q := mallory.writes("Which?", object{
			"type": "Question", "anyOf": []any{option("a", 3), option("b", 1)}, "votersCount": 4,
			"endTime": n.now().Add(time.Hour).UTC().Format(time.RFC3339),
		})
		uri := q["id"].(string)
		expect(t, "the question", mallory.sends(bo.server, mallory.does("Create", q, nil)), "applied")
		expect(t, "as claimed", tally(bo.poll(uri)), "4 a=3 b=1")
		bo.votes(uri, 0, 1)
		heard := mallory.told("Create")
		if len(heard) != 2 {
			t.Fatalf("mallory is told %v", heard)
		}
		vote := heard[0]["object"].(object)
		if vote["name"] != "a" || vote["inReplyTo"] != uri || vote["content"] != nil || fmt.Sprint(vote["to"]) != "["+mallory.uri+"]" {
			t.Errorf("the vote: %v", vote)
		}
		expect(t, "as claimed, and one more", tally(bo.poll(uri)), "5 a=4 b=2")
		counts := func(a, b, voters any) {
			t.Helper()
			q["anyOf"], q["votersCount"] = []any{option("a", a), option("b", b)}, voters
			q["content"] = "<p>Not an edit</p>"
			mallory.serve(q)
			expect(t, "an update", mallory.sends(bo.server, mallory.does("Update", q, nil)), "applied")
		}
		counts(5, 2, 6)
		expect(t, "as claimed later", tally(bo.poll(uri)), "6 a=5 b=2")
		expect(t, "no edit", bo.seen(uri)["edited_at"], nil)
		expect(t, "the text", bo.seen(uri)["content"], any("<p>Which?</p>"))
		counts(-5, 1e40, -1)
		expect(t, "nonsense is no number", tally(bo.poll(uri)), "<nil> a=<nil> b=<nil>")
		q["anyOf"] = []any{option("a", 5), option("c", 2)}
		mallory.sends(bo.server, mallory.does("Update", q, nil))
		if got := tally(bo.poll(uri)); !strings.Contains(got, "b=") {
			t.Errorf("other options without an edit: %s", got)
		}
		q["closed"], q["anyOf"] = n.at(), []any{option("a", 9), option("b", 9)}
		mallory.sends(bo.server, mallory.does("Update", q, nil))
		n.pass(time.Second)
		expect(t, "closed early", bo.poll(uri)["expired"], any(true))
		expect(t, "bo is told", len(bo.notices("poll")), 1)
		n.pass(2 * time.Hour)
		expect(t, "bo is told once", len(bo.notices("poll")), 1)

		for name, options := range map[string][]any{
			"ten thousand options": slices.Repeat([]any{option("x", 0)}, 4000),
			"a long option":        {option("a", 0), option(strings.Repeat("b", 900<<10), 0)},
			"an empty option":      {option("a", 0), option("", 0)},
		} {
			bad := mallory.writes(name, object{"type": "Question", "oneOf": options})
			if made := mallory.sends(bo.server, mallory.does("Create", bad, nil)); made == "applied" || bo.seen(bad["id"]) != nil {
				t.Errorf("%s: %s", name, made)
			}
		}
	})
}

// Who votes from GoToSocial says everything in one list: all of it counts, or none.
func TestVotesInOneList(t *testing.T) {
	story(t, func(n *network) {
		ada, _, _ := trio(n)
		mallory, eve := n.evil()
		many, one := ada.polls(object{"multiple": true}, "Celadon", "Tenmoku", "Raku")["uri"].(string), ada.polls(nil, "Yes", "No")["uri"].(string)
		votes := func(v *villain, poll string, options ...string) object {
			a, all := v.ballot(poll, options[0]), []any{}
			for _, o := range options {
				all = append(all, v.ballot(poll, o)["object"])
			}
			a["object"] = all
			return a
		}
		expect(t, "two of three", mallory.sends(ada.server, votes(mallory, many, "Celadon", "Raku")), "applied")
		expect(t, "counted", tally(ada.poll(many)), "1 Celadon=1 Tenmoku=0 Raku=1")
		if made := eve.sends(ada.server, votes(eve, many, "Celadon", "Clay")); made != "no_option" {
			t.Errorf("one option that there is not: %s", made)
		}
		if made := eve.sends(ada.server, votes(eve, one, "Yes", "No")); made == "applied" {
			t.Error("both of one")
		}
		expect(t, "none of what was wrong", tally(ada.poll(many))+"; "+tally(ada.poll(one)), "1 Celadon=1 Tenmoku=0 Raku=1; 0 Yes=0 No=0")
	})
}

// The page of a post shows what it asks, how that stands, and emoji, without a script.
func TestPollOnThePage(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, _ := trio(n)
		ada.server.do(func(tx *store.Tx) error {
			return store.Put(tx, &models.Emoji{ID: models.NewID(tx.Now), Shortcode: "mug", URL: "https://one.test/mug.png", ChangedAt: tx.Now, CreatedAt: tx.Now})
		})
		s := ada.polls(nil, "Celadon :mug:", "<b>Raku</b>")
		uri := s["uri"].(string)
		bo.votes(uri, 0)
		page := func(language string) string {
			r := httptest.NewRequest("GET", s["url"].(string), nil)
			r.Header.Set("Accept", "text/html")
			r.Header.Set("Accept-Language", language)
			w := httptest.NewRecorder()
			ada.handler.ServeHTTP(w, r)
			return w.Body.String()
		}
		for language, words := range map[string][]string{
			"en": {`<li>Celadon <img class="emoji" src="https://one.test/mug.png" alt=":mug:"`, "· 1 vote</li>", "&lt;b&gt;Raku&lt;/b&gt; · 0 votes", "Open until", "1 person voted"},
			"fr": {"· 1 voix</li>", "Ouvert jusqu’au", "1 personne a voté"},
		} {
			for _, w := range words {
				if got := page(language); !strings.Contains(got, w) {
					t.Errorf("%s: the page lacks %s: %s", language, w, got)
				}
			}
		}
		n.pass(2 * time.Hour)
		if got := page("fr"); !strings.Contains(got, "Terminé") || strings.Contains(got, "<script") {
			t.Errorf("once it is over: %s", got)
		}
	})
}
