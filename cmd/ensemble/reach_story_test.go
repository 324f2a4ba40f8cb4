package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ensemble/activities/collab"
	"ensemble/models"
)

// reach is what p is told of their own followers and the collab uri, in a line.
func (p *person) reach(uri string) string {
	p.t.Helper()
	v := p.get("/api/ensemble/v1/collabs/" + p.collab(uri)["id"].(string) + "/reach")
	var out []string
	for _, m := range v["measures"].([]any) {
		n := m.(object)["at_least"]
		if n == nil {
			n = "-"
			if m.(object)["text"] != fmt.Sprintf("Fewer than %v, or none.", v["threshold"]) {
				p.t.Errorf("withheld without a word: %v", m)
			}
		}
		out = append(out, fmt.Sprintf("%s=%v", m.(object)["code"], n))
	}
	return strings.Join(out, " ")
}

// likes has people like the post uri.
func likes(uri string, people ...*person) {
	for _, p := range people {
		p.t.Helper()
		p.post("/api/v1/statuses/"+p.status(uri)["id"].(string)+"/favourite", nil)
	}
	people[0].net.settle()
}

// N3: each author is told of their own followers alone, in numbers that show nobody.
func TestReachIsOnesOwn(t *testing.T) {
	story(t, func(n *network) {
		n.offset = time.Until(time.Now().UTC().Truncate(24 * time.Hour).Add(30 * time.Hour)) // no day ends meanwhile
		ada, bo, cy := trio(n)
		for _, s := range []*server{ada.server, bo.server} {
			s.sets(collab.ReachSetting, "3")
		}
		var adas, bos []*person
		for i := range 4 {
			a, b := ada.server.born(fmt.Sprint("anna", i)), bo.server.born(fmt.Sprint("ben", i))
			a.follows(ada)
			b.follows(bo)
			adas, bos = append(adas, a), append(bos, b)
		}
		c := ada.offer(object{"status": "Ours."}, bo)
		uri, post := c["uri"].(string), c["post_uri"].(string)
		bo.refused("GET", "/api/ensemble/v1/collabs/"+bo.collab(uri)["id"].(string)+"/reach", nil, 409)
		bo.answers("accept", nil)
		cy.refused("GET", "/api/ensemble/v1/collabs/"+c["id"].(string)+"/reach", nil, 404)
		adas[0].refused("GET", "/api/ensemble/v1/collabs/"+c["id"].(string)+"/reach", nil, 404)

		likes(post, adas[:2]...)
		const none = "servers=- people=- likes=- boosts=- replies=-"
		expect(t, "ada, day one", ada.reach(uri), "reached=3 "+none)
		expect(t, "bo, day one", bo.reach(uri), "reached=3 "+none)
		likes(post, adas[2])
		expect(t, "ada, later that day", ada.reach(uri), "reached=3 "+none)
		n.pass(24 * time.Hour)
		expect(t, "ada, day two", ada.reach(uri), "reached=3 servers=- people=3 likes=3 boosts=- replies=-")
		expect(t, "bo, of whom none are followers", bo.reach(uri), "reached=3 "+none)

		// One more shows nowhere, not even by its absence; nor does who follows another author.
		likes(post, adas[3])
		likes(post, bos[:3]...)
		n.pass(24 * time.Hour)
		expect(t, "ada, day three", ada.reach(uri), "reached=3 servers=- people=3 likes=3 boosts=- replies=-")
		expect(t, "bo, day three", bo.reach(uri), "reached=3 servers=- people=3 likes=3 boosts=- replies=-")
		adas[3].post("/api/v1/statuses/"+adas[3].status(post)["id"].(string)+"/unfavourite", nil)
		n.pass(24 * time.Hour)
		expect(t, "ada, day four", ada.reach(uri), "reached=3 servers=- people=3 likes=3 boosts=- replies=-")

		// Ada's people follow bo too: his server is told of their likes, and they are his.
		for _, a := range adas[:3] {
			a.follows(bo)
		}
		n.pass(24 * time.Hour)
		likes(post, bos[3])
		bo.reach(uri)
		for _, a := range adas[:3] {
			s := a.status(post)["id"].(string)
			a.post("/api/v1/statuses/"+s+"/unfavourite", nil)
			n.settle()
			a.post("/api/v1/statuses/"+s+"/favourite", nil)
		}
		n.pass(24 * time.Hour)
		got := bo.reach(uri)
		if !strings.Contains(got, "likes=6") {
			t.Errorf("bo, of followers on two servers: %s", got)
		}
		ada.server.sets(collab.ReachSetting, "5")
		expect(t, "ada, under another threshold", ada.reach(uri), "reached=- "+none)

		ada.one("DELETE", "/api/v1/statuses/"+ada.seen(post)["id"].(string), nil, 200)
		n.settle()
		for _, p := range []*person{ada, bo} {
			expect(t, "numbers left at "+p.host, len(rowsOf[models.Reach](p.server, "1 = 1")), 0)
		}
	})
}

// Who is asked, or credited, is no author and is told nothing.
func TestReachIsForAuthors(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, _ := trio(n)
		uri, id := ada.posted("A poster.")
		c := ada.asksCredit(bo, id, "illustration", 200)["uri"].(string)
		for range 2 {
			bo.refused("GET", "/api/ensemble/v1/collabs/"+bo.collab(c)["id"].(string)+"/reach", nil, map[bool]int{true: 403, false: 409}[bo.status(uri) != nil])
			if bo.invitation()["my_state"] != "active" {
				bo.answers("accept", nil)
			}
		}
		expect(t, "ada", ada.reach(c), "reached=- servers=- people=- likes=- boosts=- replies=-")
	})
}
