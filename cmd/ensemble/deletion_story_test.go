package main

import (
	"net/http"
	"strings"
	"testing"
)

// serversOf returns what each server said to the deletion of uri.
func (p *person) serversOf(uri string) (deletion object, states map[string]string) {
	p.t.Helper()
	for _, d := range p.list("/api/ensemble/v1/deletions") {
		if d["uri"] != uri {
			continue
		}
		states = map[string]string{}
		for _, s := range d["servers"].([]any) {
			states[s.(object)["host"].(string)] = s.(object)["state"].(string)
		}
		return d, states
	}
	p.t.Fatalf("%s@%s is told nothing of the deletion of %s", p.name, p.host, uri)
	return nil, nil
}

// N10: the author sees which servers confirmed a deletion, which did not answer since
// when and why, and which refuse it; of a consent taken back just as of a post.
func TestAuthorSeesWhoConfirmedADeletion(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		eve := n.join("four.test").born("eve")
		eve.follows(ada)
		uri := published(ada, bo, nil)
		c := ada.list("/api/ensemble/v1/collabs")[0]["uri"].(string)
		stamp := cy.status(uri)["coauthors"].([]any)[0].(object)["stamp"].(string)

		bo.acts(c, "leave", nil, 200)
		d, states := bo.serversOf(stamp)
		expect(t, "what bo took back", d["what"], any("CollaborationAuthorization"))
		for _, host := range []string{"one.test", "three.test"} {
			expect(t, "bo's consent at "+host, states[host], "confirmed")
		}

		n.cut("three.test", true)
		n.after(func(r *http.Request, resp *http.Response) error {
			if r.URL.Host == "four.test" && r.Method == "POST" {
				resp.StatusCode = http.StatusNotFound
			}
			return nil
		})
		ada.call(ada, "DELETE", "/api/v1/statuses/"+ada.status(uri)["id"].(string), nil, 200)
		n.settle()
		d, states = ada.serversOf(uri)
		expect(t, "what ada deleted", d["what"], any("Note"))
		expect(t, "it is known who is to hear it", d["told"], any(true))
		for host, want := range map[string]string{"two.test": "confirmed", "three.test": "waiting", "four.test": "refused"} {
			expect(t, "the post at "+host, states[host], want)
		}
		expect(t, "how many wait", d["waiting"], any(1.0))
		for _, s := range d["servers"].([]any) {
			s := s.(object)
			if s["at"] == nil || s["state"] != "confirmed" && len(s["reason"].(string)) < 8 {
				t.Errorf("%s: no time or reason: %v", s["host"], s)
			}
			if s["state"] == "waiting" && (s["next_try"] == nil || !strings.Contains(s["reason"].(string), "three.test")) {
				t.Errorf("three.test: %v", s)
			}
		}
		if got := bo.list("/api/ensemble/v1/deletions"); len(got) != 1 {
			t.Errorf("bo is told of what ada deleted: %v", got)
		}
		n.after(nil)
		n.cut("three.test", false)
		n.hurry()
		if _, states = ada.serversOf(uri); states["three.test"] != "confirmed" {
			t.Errorf("three.test, back again: %v", states)
		}
	})
}
