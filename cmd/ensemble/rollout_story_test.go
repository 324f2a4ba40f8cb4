package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ensemble/activities/rollout"
	"ensemble/models"
	"ensemble/models/store"
)

// rules says who may start a post together on s.
func (s *server) rules(text string) {
	s.net.t.Helper()
	s.do(func(tx *store.Tx) error {
		_, err := rollout.Change(tx, "operator test", text)
		return err
	})
}

func (p *person) mayStart() (bool, string) {
	p.t.Helper()
	v := p.get("/api/ensemble/v1/capabilities")["collabs"].(object)
	return v["may_start"].(bool), v["reason_code"].(string)
}

// C23: only some start, everybody receives; a change needs no restart, and is logged.
func TestOnlySomeMayStart(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, _ := trio(n)
		ada.follows(bo)
		dee := ada.server.born("dee")
		start := object{"status": "together", "coauthor_ids": []string{bo.knows(ada)}}
		bo.server.rules("roles=pilot countries=FR")
		text := bo.refused("POST", "/api/ensemble/v1/collabs", start, 403)
		if !strings.Contains(text, "tried out") {
			t.Errorf("the refusal does not say why: %q", text)
		}
		bo.refused("POST", "/api/v1/statuses", start, 403)
		if may, code := bo.mayStart(); may || code != models.RolloutNotInGroup {
			t.Errorf("bo: may start %v, code %q", may, code)
		}
		uri := published(ada, bo, nil) // bo accepts all the same
		expectNames(t, "two", bo.status(uri), "ada@one.test", "bo")
		bo.server.do(func(tx *store.Tx) error {
			_, err := store.Set[models.User](tx, map[string]any{"role": models.RolePilot}, "account_id = ?", bo.id)
			return err
		})
		bo.refused("POST", "/api/ensemble/v1/collabs", start, 403) // a pilot, of no country
		bo.refused("PUT", "/api/ensemble/v1/me/country", object{"country": "France"}, 422)
		got := bo.one("PUT", "/api/ensemble/v1/me/country", object{"country": "fr"}, 200)
		expect(t, "bo's country", got["country"], any("FR"))
		c := bo.post("/api/ensemble/v1/collabs", start)
		expect(t, "the collab of a pilot in France", c["state"], any("offered"))
		bo.server.rules("nobody")
		bo.refused("POST", "/api/ensemble/v1/collabs", start, 403)
		bo.server.rules("accounts=BO to=2020-01-02")
		if _, code := bo.mayStart(); code != models.RolloutOver {
			t.Errorf("after the end: code %q", code)
		}
		public := bo.call(nil, "GET", "/api/ensemble/v1/rollout", nil, 200)
		if !strings.Contains(string(public), "2020-01-02") || strings.Contains(strings.ToLower(string(public)), `"bo"`) {
			t.Errorf("the public notice: %s", public)
		}
		page := string(bo.call(nil, "GET", "/about/rollout", nil, 200))
		if !strings.Contains(page, "1 accounts were named") || !strings.Contains(page, "2020-01-02") {
			t.Errorf("the public page: %s", page)
		}
		config := bo.get("/api/v2/instance")["configuration"].(object)["ensemble"].(object)["collabs"].(object)
		expect(t, "the instance's word", config["start"], any("over"))
		var log []*models.RolloutChange
		bo.server.do(func(tx *store.Tx) (err error) {
			log, err = rollout.Log(tx, 10)
			return err
		})
		if len(log) != 3 || log[0].Before != "nobody" || log[0].Actor != "operator test" || log[2].Before != "everyone" || log[2].At.IsZero() {
			t.Errorf("the log: %+v", log)
		}
		if may, _ := dee.mayStart(); !may { // another server's test is another server's
			t.Error("dee may not start at one")
		}
	})
}

// boosters returns the handles of who boosted p's post uri.
func (p *person) boosters(uri string) []string {
	p.t.Helper()
	var out []string
	for _, a := range p.list("/api/v1/statuses/" + p.status(uri)["id"].(string) + "/reblogged_by") {
		out = append(out, a["acct"].(string))
	}
	slices.Sort(out)
	return out
}

func (s *server) turn(off bool) {
	s.net.t.Helper()
	s.flick(off)
	s.net.settle()
}

// flick turns the switch without waiting for others to hear of it.
func (s *server) flick(off bool) {
	s.net.t.Helper()
	s.do(func(tx *store.Tx) error {
		if off {
			_, err := rollout.SwitchOff(tx, "operator test")
			return err
		}
		_, err := rollout.SwitchOn(tx, "operator test")
		return err
	})
	s.sweep()
}

// C24: off makes of each collab an ordinary post with boosts, on brings it back with
// the same stamps, also at servers that only read.
func TestCollabsAreSwitchedOffAndOn(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		dee := cy.server.born("dee") // hears bo alone
		dee.follows(bo)
		eve := ada.server.born("eve") // a co-author on ada's own server
		eve.follows(ada)
		c := ada.offer(object{"status": "Two mugs.", "language": "en"}, bo, eve)
		bo.answers("accept", nil)
		eve.answers("accept", nil)
		uri := c["post_uri"].(string)
		everybody := []*person{ada, bo, cy, dee}
		stamp := cy.status(uri)["coauthors"].([]any)[0].(object)["stamp"].(string)
		pending := ada.offer(object{"status": "Later."}, bo)

		ada.server.turn(true)
		for _, p := range everybody {
			s := p.status(uri)
			expectNames(t, p.host+", off", s, strings.TrimSuffix("ada@one.test", "@"+p.host))
			if strings.Contains(s["content"].(string), "With ") {
				t.Errorf("%s: the byline is still there: %v", p.host, s["content"])
			}
			if got := p.boosters(uri); len(got) != 2 || strings.TrimSuffix(got[0], "@two.test") != "bo" {
				t.Errorf("%s: boosted by %v, want bo and eve", p.host, got)
			}
		}
		home := dee.list("/api/v1/timelines/home")
		if len(home) != 1 || home[0]["reblog"] == nil {
			t.Errorf("who hears bo alone sees %v, want a boost", home)
		}
		_, doc := n.document(uri)
		if doc["collaborators"] != nil || doc["collaborationStatus"] != "suspended" || strings.Contains(doc["content"].(string), "bo") {
			t.Errorf("the document, off: %v", doc)
		}
		if status, _ := n.document(stamp); status != 404 {
			t.Errorf("bo's stamp, off: got %d, want 404", status)
		}
		expect(t, "an unpublished one", ada.collab(pending["uri"].(string))["state"], any("draft"))
		ada.refused("POST", "/api/ensemble/v1/collabs", object{"status": "x", "coauthor_ids": []string{ada.knows(bo)}}, 403)

		ada.server.turn(false)
		for _, p := range everybody {
			expectNames(t, p.host+", on again", p.status(uri), strings.TrimSuffix("ada@one.test", "@"+p.host),
				strings.TrimSuffix("bo@two.test", "@"+p.host), strings.TrimSuffix("eve@one.test", "@"+p.host))
			expect(t, "boosts at "+p.host, len(p.boosters(uri)), 0)
			expect(t, "the stamp at "+p.host, p.status(uri)["coauthors"].([]any)[0].(object)["stamp"].(string), stamp)
		}
		home = dee.list("/api/v1/timelines/home")
		if len(home) != 1 || home[0]["reblog"] != nil {
			t.Errorf("who hears bo alone sees %v, want the post", home)
		}
		if status, _ := n.document(stamp); status != 200 {
			t.Errorf("bo's stamp, on again: got %d, want 200", status)
		}

		ada.server.turn(true)
		n.pass(31 * 24 * time.Hour)
		ada.server.turn(false)
		for _, p := range everybody {
			expectNames(t, p.host+", after 31 days", p.status(uri), strings.TrimSuffix("ada@one.test", "@"+p.host))
			expect(t, "boosts at "+p.host+" after 31 days", len(p.boosters(uri)), 2)
		}
		if status, _ := n.document(stamp); status != 410 {
			t.Errorf("bo's stamp, after 31 days: got %d, want 410", status)
		}
		edited := ada.one("PUT", "/api/v1/statuses/"+ada.status(uri)["id"].(string), object{"status": "Mine alone."}, 200)
		if !strings.Contains(edited["content"].(string), "Mine alone.") {
			t.Errorf("it is not an ordinary post: %v", edited["content"])
		}
		for _, p := range []*person{ada, bo} {
			what := p.one("GET", "/api/ensemble/v1/collabs/"+p.collab(c["uri"].(string))["id"].(string), nil, 200)
			expect(t, "how it ended for "+p.name, what["outcome"], any(rollout.CodeOff))
		}
	})
}

// Who leaves while collabs are off is not brought back; and a server that was away
// when they came on again learns it later.
func TestLeavingWhileCollabsAreOff(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		uri := published(ada, bo, nil)
		c := ada.list("/api/ensemble/v1/collabs")[0]["uri"].(string)
		dee := cy.server.born("dee")
		dee.follows(ada)
		second := ada.offer(object{"status": "Another."}, dee)["post_uri"].(string)
		dee.answers("accept", nil)
		ada.server.turn(true)
		bo.acts(c, "leave", nil, 200)
		n.cut("three.test", true)
		ada.server.flick(false)
		n.cut("three.test", false)
		n.hurry()
		for _, p := range []*person{ada, bo, cy} {
			expectNames(t, p.host, p.status(uri), strings.TrimSuffix("ada@one.test", "@"+p.host))
			expectNames(t, p.host+", the other", p.status(second), strings.TrimSuffix("ada@one.test", "@"+p.host), strings.TrimSuffix("dee@three.test", "@"+p.host))
		}
	})
}

// The command line changes the rule of a server that runs, and says who did.
func TestRolloutCommand(t *testing.T) {
	var out strings.Builder
	env := map[string]string{"ENSEMBLE_DATA": t.TempDir(), "USER": "grace"}
	do := func(want int, args ...string) string {
		t.Helper()
		out.Reset()
		w := &world{Context: t.Context(), out: &out, err: &out, getenv: func(k string) string { return env[k] }}
		if got := run(w, args); got != want {
			t.Fatalf("%v: exit %d, want %d: %s", args, got, want, out.String())
		}
		return out.String()
	}
	do(0, "migrate")
	do(1, "rollout", "set")
	do(1, "rollout", "set", "--percent", "200")
	do(0, "rollout", "set", "--roles", "pilot,admin", "--countries", "fr", "--to", "2030-01-02")
	if got := do(0, "setting", "get", rollout.StartSetting); got != "roles=pilot,admin countries=FR to=2030-01-02T00:00:00Z end=close\n" {
		t.Errorf("the setting: %q", got)
	}
	do(1, "setting", "set", rollout.StartSetting, "kings")
	do(0, "setting", "set", rollout.StartSetting, "everyone")
	do(1, "rollout", "off")
	do(0, "rollout", "off", "--yes")
	do(1, "rollout", "off", "--yes")
	if got := do(0, "rollout", "show"); !strings.Contains(got, "state: off") {
		t.Errorf("show: %s", got)
	}
	do(0, "rollout", "on")
	log := do(0, "rollout", "log")
	if lines := strings.Count(log, "operator grace"); lines != 4 || !strings.Contains(log, `"roles=pilot,admin countries=FR to=2030-01-02T00:00:00Z end=close" -> "everyone"`) {
		t.Errorf("the log: %s", log)
	}
}
