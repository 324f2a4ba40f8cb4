package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
)

// sets changes a setting of s, as 'ensemble setting set' does.
func (s *server) sets(name, value string) {
	s.net.t.Helper()
	s.do(func(tx *store.Tx) error { return store.Put(tx, &models.Setting{Name: name, Value: value}) })
}

// rules makes or changes the rule of p's server for a domain.
func (p *person) rules(domain, severity string, more object) object {
	p.t.Helper()
	fields := object{"domain": domain, "severity": severity, "public_comment": "Spam"}
	for k, v := range more {
		fields[k] = v
	}
	return p.post("/api/v1/admin/domain_blocks", fields)
}

// The block of a server takes hold of everything at once; undoing it brings back what
// can be brought back.
func TestABlockedServer(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		root, dee := ada.keeper("ruth", models.RoleAdmin), ada.born("dee")
		ada.follows(bo)
		dee.follows(ada)
		joint := ada.offer(object{"status": "Three of us"}, bo, dee)
		bo.acts(joint["uri"].(string), "accept", nil, 200)
		dee.acts(joint["uri"].(string), "accept", nil, 200)
		uri := joint["post_uri"].(string)
		expectNames(t, "before, three", cy.status(uri), "ada@one.test", "bo@two.test", "dee@one.test")
		his := published(bo, ada, object{"status": "Bo and Ada"})
		mine := ada.offer(object{"status": "Never answered"}, bo)
		theirs := bo.offer(object{"status": "Never answered either"}, ada)
		own := bo.post("/api/v1/statuses", object{"status": "Bo alone"})
		n.settle()
		if ada.status(own["uri"].(string)) == nil {
			t.Fatal("one never had bo's post")
		}
		n.cut("two.test", true)
		ada.post("/api/v1/statuses", object{"status": "On its way"})
		n.settle()
		n.cut("two.test", false)

		began := time.Now()
		rule := root.rules("TWO.test.", "suspend", nil)
		n.settle()
		if took := time.Since(began); took > 5*time.Second {
			t.Logf("the block took %v", took)
		}
		expect(t, "domain", rule["domain"], any("two.test"))
		for _, d := range rowsOf[models.Delivery](ada.server, "host = 'two.test' AND state = 'queued'") {
			t.Errorf("a letter still waits: %+v", d)
		}
		if gone := rowsOf[models.Delivery](ada.server, "host = 'two.test' AND state = 'dropped'"); len(gone) == 0 || !strings.Contains(gone[0].LastError, "does not talk") {
			t.Errorf("what waited is %+v", gone)
		}
		// Remaining authors stay; names of the blocked are gone, here and at third servers.
		expectNames(t, "one", ada.status(uri), "ada", "dee")
		expectNames(t, "three", cy.status(uri), "ada@one.test", "dee@one.test")
		for _, gone := range []string{his, own["uri"].(string)} {
			if s := ada.status(gone); s != nil {
				t.Errorf("one still shows %v", s["content"])
			}
		}
		// ada's name under bo's post is taken back, whoever asks.
		expectNames(t, "bo's post at three", cy.status(his), "bo@two.test")
		c := ada.collab(mine["uri"].(string))
		expect(t, "my invitation", c["state"], any("discarded"))
		c = ada.collab(theirs["uri"].(string))
		expect(t, "theirs", c["state"], any("discarded"))
		if why := c["outcome_text"]; why != nil && !strings.Contains(why.(string), "blocked by an admin") {
			t.Errorf("the reason is %v", why)
		}
		for _, inv := range rowsOf[models.Invite](ada.server, "state = 'cancelled'") {
			if inv.ReasonCode != "server_blocked" || !strings.Contains(inv.Reason, "blocked by an admin") {
				t.Errorf("an invitation ended so: %s, %s", inv.ReasonCode, inv.Reason)
			}
		}
		if told := ada.notices("collab_ended"); len(told) < 3 {
			t.Errorf("ada is told %v", told)
		}
		if told := ada.notices("severed_relationships"); len(told) != 1 || !strings.Contains(told[0]["text"].(string), "two.test") {
			t.Errorf("ada is told %v", told)
		}
		expect(t, "follows left", len(rowsOf[models.Follow](ada.server, "account_id = ? OR target_id = ?", bo.lives(ada.server), bo.lives(ada.server))), 0)
		expect(t, "severed", len(rowsOf[models.Severed](ada.server, "restored_at IS NULL")), 2)
		// No traffic, either way.
		bo.post("/api/v1/statuses", object{"status": "@ada@one.test can you hear me?"})
		n.settle()
		expect(t, "mentions that came through", len(ada.notices("mention")), 0)
		if d := rowsOf[models.Delivery](bo.server, "host = 'one.test' AND last_error LIKE '%403%'"); len(d) == 0 {
			t.Error("two was not answered 403")
		}
		if _, err := ada.fed.Peers.Document(context.Background(), bo.uri+"/outbox"); models.CodeOf(err) != "peer_blocked" {
			t.Errorf("one asks two: %v", err)
		}
		for host, shut := range map[string]bool{"two.test": true, "a.b.two.test": true, "two.test:8443": true, "xtwo.test": false, "three.test": false} {
			ada.do(func(tx *store.Tx) error {
				why, err := store.Shut(tx, host)
				expect(t, "shut: "+host, why != "", shut)
				return err
			})
		}

		if out := root.one("DELETE", "/api/v1/admin/domain_blocks/"+rule["id"].(string), nil, 200); len(out) > 0 {
			t.Errorf("undoing says %v", out)
		}
		n.settle()
		n.hurry()
		if ada.status(own["uri"].(string)) == nil {
			t.Error("bo's post did not come back")
		}
		rel := ada.list("/api/v1/accounts/relationships?id[]=" + ada.knows(bo))[0]
		expect(t, "ada follows bo again", rel["following"], any(true))
		expect(t, "bo follows ada again", rel["followed_by"], any(true))
		ada.post("/api/v1/statuses", object{"status": "Good to see you"})
		n.settle()
		home := fmt.Sprint(bo.list("/api/v1/timelines/home")) // a time of another server is in whole seconds
		if !strings.Contains(home, "Good to see you") {
			t.Errorf("bo's home: %v", home)
		}
		var acts []string
		for _, a := range rowsOf[models.ModerationAct](ada.server, "about = 'two.test' ORDER BY id") {
			acts = append(acts, a.Who+" "+a.What)
		}
		expect(t, "the log", strings.Join(acts, ", "), "ruth domain_ruled, ruth domain_rule_lifted")
	})
}

// lives returns the ID that s has for p.
func (p *person) lives(s *server) models.ID {
	p.t.Helper()
	return rowsOf[models.Account](s, "uri = ?", p.uri)[0].ID
}

// A limited server's people are seen by those who follow them, and by nobody else.
func TestALimitedServer(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		root := bo.keeper("ruth", models.RoleOwner) // at two, where bo follows ada
		other := bo.born("dee")
		pic := ada.picture("A mug")
		for _, code := range []string{"mug", "kiln"} {
			if err := addEmoji(context.Background(), ada.db, ada.files, code, "", dot(t, 16)); err != nil {
				t.Fatal(err)
			}
		}
		ada.one("PATCH", "/api/v1/accounts/update_credentials", object{"display_name": "Ada :kiln:"}, 200)
		ada.post("/api/v1/statuses", object{"status": "Seen :mug:", "media_ids": []string{pic}})
		n.settle()
		before := bo.list("/api/v1/timelines/home")[0]
		hasEmoji(t, "before", before, "mug")
		hasEmoji(t, "the name before", before["account"].(object), "kiln")
		_, urls := shortcodes(before)
		files := []string{urls["mug"], before["media_attachments"].([]any)[0].(object)["url"].(string)}
		for _, at := range files {
			if w := bo.server.fetchFile(at); w.Code != 200 || !strings.HasPrefix(at, "https://two.test/media/proxy/") {
				t.Errorf("%s before: %d", at, w.Code)
			}
		}
		expect(t, "public posts before", len(other.list("/api/v1/timelines/public")), 1)
		rule := root.rules("one.test", "silence", object{"reject_media": true, "reject_reports": true})
		expect(t, "public posts", len(other.list("/api/v1/timelines/public")), 0)
		home := bo.list("/api/v1/timelines/home")
		expect(t, "posts in bo's home", len(home), 1)
		expect(t, "pictures", len(home[0]["media_attachments"].([]any)), 0)
		hasEmoji(t, "the post", home[0])
		hasEmoji(t, "the name", home[0]["account"].(object))
		hasEmoji(t, "the profile", bo.get("/api/v1/accounts/"+bo.knows(ada)))
		for _, at := range files {
			if w := bo.server.fetchFile(at); w.Code != 404 {
				t.Errorf("%s is still served: %d", at, w.Code)
			}
		}
		if a := home[0]["account"].(object); !strings.Contains(a["avatar"].(string), "/missing.png?of=") || a["limited"] != true {
			t.Errorf("ada is shown with %v, limited %v", a["avatar"], a["limited"])
		}
		ada.post("/api/v1/statuses", object{"status": "@bo@two.test @dee@two.test hello"})
		ada.post("/api/v1/accounts/"+ada.knows(other)+"/follow", nil)
		n.settle()
		expect(t, "who follows her is told", len(bo.notices("mention")), 1)
		expect(t, "who does not is not", len(other.notices("mention")), 0)
		asked := other.list("/api/v1/follow_requests")
		if len(asked) != 1 {
			t.Fatalf("dee is asked by %v", asked)
		}
		other.post("/api/v1/follow_requests/"+asked[0]["id"].(string)+"/authorize", nil)
		n.settle()
		expect(t, "it holds then", ada.list("/api/v1/accounts/relationships?id[]=" + ada.knows(other))[0]["following"], any(true))
		ada.post("/api/v1/reports", object{"account_id": ada.knows(other), "forward": true})
		n.settle()
		expect(t, "reports from there", len(root.reports()), 0)
		root.one("PUT", "/api/v1/admin/domain_blocks/"+rule["id"].(string), object{"severity": "noop", "reject_media": false}, 200)
		expect(t, "public posts after", len(other.list("/api/v1/timelines/public")), 2)
		after := bo.list("/api/v1/timelines/home")[1]
		expect(t, "pictures after", len(after["media_attachments"].([]any)), 1)
		hasEmoji(t, "after", after, "mug")
		_ = cy
	})
}

// What makes no rule is refused, and nobody shuts themselves in.
func TestRulesThatMakeNoSense(t *testing.T) {
	story(t, func(n *network) {
		one := n.joinAs("social.one.test", "one.test")
		root, mod := one.keeper("ruth", models.RoleAdmin), one.keeper("mona", models.RoleModerator)
		for domain, want := range map[string]int{
			"": 422, "one.test": 422, "ONE.TEST.": 422, "social.one.test": 422, "test": 422, "*.evil.test": 422, "evil.test/x": 422,
			"a b": 422, "https://evil.test": 422, "bücher.test": 200, "evil.test.": 200, "EVIL.test": 422, "xn--bcher-kva.test": 422,
		} {
			if domain == "EVIL.test" || domain == "xn--bcher-kva.test" {
				continue // see below: the order of a map is none
			}
			root.one("POST", "/api/v1/admin/domain_blocks", object{"domain": domain, "severity": "suspend"}, want)
		}
		root.refused("POST", "/api/v1/admin/domain_blocks", object{"domain": "EVIL.test"}, 422)
		root.refused("POST", "/api/v1/admin/domain_blocks", object{"domain": "xn--bcher-kva.test"}, 422)
		root.refused("POST", "/api/v1/admin/domain_blocks", object{"domain": "new.test", "severity": "nuke"}, 422)
		mod.refused("GET", "/api/v1/admin/domain_blocks", nil, 403)
		expect(t, "rules", len(root.list("/api/v1/admin/domain_blocks")), 2)
		one.call(nil, "GET", "/api/v1/instance/domain_blocks", nil, 404)
		one.sets(models.SettingPublicBlocks, "all")
		if raw := string(one.call(nil, "GET", "/api/v1/instance/domain_blocks", nil, 200)); !strings.Contains(raw, `"xn--bcher-kva.test"`) {
			t.Errorf("the public list is %s", raw)
		}
		one.do(func(tx *store.Tx) error {
			for _, host := range []string{"bücher.test", "BÜCHER.test", "xn--bcher-kva.test", "a.bücher.test."} {
				why, err := store.Shut(tx, host)
				if err != nil || why == "" {
					t.Errorf("%s is let in: %v", host, err)
				}
			}
			return nil
		})
		var m moderation.Merge
		rules, err := moderation.ParseList([]byte("#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n" +
			"one.test,suspend,False,False,,False\nevil.test,silence,True,False,Better now,False\nworse.test,suspend,,,\"Bad, \"\"bad\"\"\",True\n"))
		if err != nil {
			t.Fatal(err)
		}
		one.do(func(tx *store.Tx) error { m = moderation.Merge{}; return m.Take(tx, nil, nil, rules) })
		if m.Ourselves != 1 || m.Changed != 1 || m.Added != 1 {
			t.Errorf("the import: %v", m)
		}
		all := rowsOf[models.DomainRule](one, "1 = 1 ORDER BY domain")
		raw, err := moderation.Export(all)
		if err != nil || !strings.HasPrefix(string(raw), "#domain,#severity,") || !strings.Contains(string(raw), `worse.test,suspend,False,False,"Bad, ""bad""",True`) {
			t.Errorf("the export: %s, %v", raw, err)
		}
		again, err := moderation.ParseList(raw)
		if err != nil || len(again) != 3 {
			t.Errorf("it reads back as %d rules, %v", len(again), err)
		}
		for name, list := range map[string]string{
			"an unknown severity": "#domain,#severity\nx.test,nuke\n", "no domain": "#domain,#severity\n,suspend\n", "a page": "<html><body>Not found",
			"nothing": "", "only a header": "#domain,#severity\n", "broken JSON": `[{"domain":`, "a JSON object": `{"domain":"x.test"}`,
			"no truth": "#domain,#reject_media\nx.test,perhaps\n",
		} {
			if got, err := moderation.ParseList([]byte(list)); err == nil {
				t.Errorf("%s is read as %v", name, got)
			}
		}
	})
}

// Where only listed servers are let in, others are strangers, from the next moment on.
func TestTheAllowList(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		root := ada.keeper("ruth", models.RoleAdmin)
		root.post("/api/v1/admin/domain_allows", object{"domain": "Three.test"})
		ada.sets(models.SettingFederation, models.FederationAllowList)
		ada.post("/api/v1/statuses", object{"status": "Among us"})
		bo.post("/api/v1/statuses", object{"status": "@ada@one.test hello"})
		cy.post("/api/v1/statuses", object{"status": "@ada@one.test hello"})
		n.settle()
		expect(t, "at three", len(cy.list("/api/v1/timelines/home")), 3)
		expect(t, "at two", len(bo.list("/api/v1/timelines/home")), 1)
		expect(t, "heard", len(ada.notices("mention")), 1)
		ada.sets(models.SettingFederation, "open")
		ada.post("/api/v1/statuses", object{"status": "To all"})
		n.settle()
		expect(t, "at two, open again", len(bo.list("/api/v1/timelines/home")), 2)
		allows := root.list("/api/v1/admin/domain_allows")
		expect(t, "listed", allows[0]["domain"], any("three.test"))
		root.one("DELETE", "/api/v1/admin/domain_allows/"+allows[0]["id"].(string), nil, 200)
		expect(t, "listed in the end", len(root.list("/api/v1/admin/domain_allows")), 0)
	})
}

// A list is taken over as far as it is its own; a list that fails or is emptied
// changes nothing.
func TestASubscribedList(t *testing.T) {
	story(t, func(n *network) {
		one := n.join("one.test")
		root := one.keeper("ruth", models.RoleAdmin)
		var list string
		status := http.StatusOK
		n.handlers["lists.test"] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/csv")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(list))
		})
		root.rules("mine.test", "noop", nil)
		list = "#domain,#severity\nbad.test,suspend\nmine.test,suspend\none.test,suspend\n"
		one.do(func(tx *store.Tx) error {
			_, err := moderation.Subscribe(tx, nil, "https://lists.test/a.csv")
			return err
		})
		n.settle()
		severities := func() string {
			var b bytes.Buffer
			for _, r := range rowsOf[models.DomainRule](one, "1 = 1 ORDER BY domain") {
				b.WriteString(r.Domain + "=" + string(r.Severity) + " ")
			}
			return b.String()
		}
		state := func() string { return rowsOf[models.DomainList](one, "1 = 1")[0].State }
		expect(t, "the rules", severities(), "bad.test=suspend mine.test=noop ")
		expect(t, "the list", state(), "good")
		for _, c := range []struct {
			what, list string
			status     int
		}{{"an error", list, 500}, {"nothing", "", 200}, {"a header", "#domain,#severity\n", 200}, {"a page", "<html><body>Parked", 200}, {"too much", "#domain,#severity\nnew.test,nuke\n", 200}} {
			list, status = c.list, c.status
			n.pass(29 * time.Hour)
			expect(t, "the rules after "+c.what, severities(), "bad.test=suspend mine.test=noop ")
			expect(t, "the list after "+c.what, state(), "failed")
		}
		list, status = `[{"domain":"bad.test","severity":"silence","comment":"Better"},{"domain":"worse.test","severity":"suspend"}]`, 200
		n.pass(29 * time.Hour)
		expect(t, "the rules in the end", severities(), "bad.test=silence mine.test=noop worse.test=suspend ")
		rule := rowsOf[models.DomainRule](one, "domain = 'bad.test'")[0]
		root.one("PUT", "/api/v1/admin/domain_blocks/"+rule.ID.String(), object{"severity": "noop"}, 200)
		n.pass(29 * time.Hour)
		expect(t, "an admin's word stays", severities(), "bad.test=noop mine.test=noop worse.test=suspend ")
		one.do(func(tx *store.Tx) error {
			_, err := moderation.Unsubscribe(tx, nil, "https://lists.test/a.csv", true)
			return err
		})
		expect(t, "the rules after that", severities(), "bad.test=noop mine.test=noop ")
	})
}
