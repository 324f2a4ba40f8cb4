package main

import (
	"slices"
	"testing"
)

// trio is Ada at one, Bo at two, who follows her, and Cy at three, who follows both.
func trio(n *network) (ada, bo, cy *person) {
	n.t.Helper()
	ada, bo, cy = n.join("one.test").born("ada"), n.join("two.test").born("bo"), n.join("three.test").born("cy")
	bo.follows(ada)
	cy.follows(ada, bo)
	return ada, bo, cy
}

// offer has ada ask people to write with her, and returns her collab.
func (p *person) offer(fields object, guests ...*person) object {
	p.t.Helper()
	var ids []string
	for _, g := range guests {
		ids = append(ids, p.knows(g))
	}
	fields["coauthor_ids"] = ids
	c := p.post("/api/ensemble/v1/collabs", fields)
	p.net.settle()
	return c
}

// invitation returns the newest collab that p is asked about.
func (p *person) invitation() object {
	p.t.Helper()
	all := p.list("/api/ensemble/v1/collabs")
	if len(all) == 0 {
		p.t.Fatalf("%s@%s is asked nothing", p.name, p.host)
	}
	return p.get("/api/ensemble/v1/collabs/" + all[0]["id"].(string))
}

func (p *person) answers(verb string, fields object) object {
	p.t.Helper()
	c := p.post("/api/ensemble/v1/collabs/"+p.invitation()["id"].(string)+"/"+verb, fields)
	p.net.settle()
	return c
}

func TestTwoServersPublishOnePost(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		pic := ada.picture("Two mugs on a windowsill")
		c := ada.offer(object{"status": "Our first ceramics drop.", "media_ids": []string{pic}}, bo)
		if c["state"] != "offered" {
			t.Fatalf("collab: %v", c)
		}
		// Nothing is public.
		if home := cy.list("/api/v1/timelines/home"); len(home) != 0 {
			t.Errorf("cy sees %v", home)
		}
		asked := bo.invitation()
		t.Logf("bo is asked: %v", asked)
		bo.answers("accept", nil)

		home := cy.list("/api/v1/timelines/home")
		if len(home) != 1 {
			t.Fatalf("cy's home: got %d posts, want 1: %v", len(home), home)
		}
		if got := names(home[0]); !slices.Equal(got, []string{"ada@one.test", "bo@two.test"}) {
			t.Errorf("the authors at three: got %v", got)
		}
		uri := home[0]["uri"].(string)
		status, doc := n.document(uri)
		t.Logf("%d %v", status, doc)
	})
}
