package main

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// movesTo has p move to other, which names p first.
func (p *person) movesTo(other *person) {
	p.t.Helper()
	other.post("/api/v1/accounts/alias", object{"also_known_as_uris": []string{"@" + p.name + "@" + p.host}})
	p.post("/api/v1/accounts/move", object{"moved_to_uri": string(other.uri), "confirm": string(other.uri)})
	p.net.settle()
}

func (p *person) hears(other *person) bool {
	p.t.Helper()
	return p.list("/api/v1/accounts/relationships?id[]=" + p.knows(other))[0]["following"] == true
}

// E2: followers go along, by real Follows; the old account says nothing more.
func TestMoveCarriesFollowers(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		four := n.join("four.test")
		next := four.born("ada2")
		local := ada.server.born("neighbour")
		local.follows(ada)
		foe := bo.server.born("foe")
		foe.post("/api/v1/accounts/"+foe.knows(ada)+"/block", nil)
		n.settle()

		ada.refused("POST", "/api/v1/accounts/move", object{"moved_to_uri": string(next.uri), "confirm": string(next.uri)}, 403)
		next.post("/api/v1/accounts/alias", object{"also_known_as_uris": []string{"ada@one.test"}})
		ada.refused("POST", "/api/v1/accounts/move", object{"moved_to_uri": string(next.uri)}, 422)
		ada.refused("POST", "/api/v1/accounts/move", object{"moved_to_uri": string(next.uri), "password": "wrong"}, 401)
		ada.movesTo(next)

		for _, p := range []*person{bo, cy, local} {
			expect(t, p.name+" hears the new account", p.hears(next), true)
			expect(t, p.name+" hears the old account", p.hears(ada), false)
			expect(t, "what "+p.name+" is told", len(p.notices("move")), 1)
		}
		_, followers := n.document(string(next.uri) + "/followers")
		expect(t, "followers of the new account", followers["totalItems"], any(3.0))
		_, old := n.document(string(ada.uri))
		expect(t, "movedTo", old["movedTo"], any(string(next.uri)))
		if rel := foe.list("/api/v1/accounts/relationships?id[]=" + foe.knows(next))[0]; rel["blocking"] != true {
			t.Errorf("foe blocks the new account: %v", rel)
		}
		shown := cy.get("/api/v1/accounts/" + cy.knows(ada))
		if m, _ := shown["moved"].(object); m == nil || m["acct"] != "ada2@four.test" {
			t.Errorf("the old account at three: moved %v", shown["moved"])
		}
		ada.refused("POST", "/api/v1/statuses", object{"status": "Still here"}, 403)
		ada.refused("POST", "/api/ensemble/v1/collabs", object{"status": "Still here", "coauthor_ids": []string{ada.knows(bo)}}, 403)

		// Back and forth is once in 30 days.
		if self := ada.one("DELETE", "/api/v1/accounts/move", nil, 200); self["moved"] != nil {
			t.Errorf("after staying: moved %v", self["moved"])
		}
		ada.refused("POST", "/api/v1/accounts/move", object{"moved_to_uri": string(next.uri), "confirm": string(next.uri)}, 429)
		ada.post("/api/v1/statuses", object{"status": "Here after all"})
	})
}

// E2: the header shows the new handle, with a stamp of its own that links the old
// one, and the old one is history that still can be checked.
func TestMoveRestampsCollabs(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		dee := n.join("five.test").born("dee")
		dee.follows(ada)
		next := n.join("four.test").born("bo2")
		offer := ada.offer(object{"status": "Three of us", "media_ids": []string{ada.picture("Mugs")}}, bo, dee)
		bo.answers("accept", nil)
		dee.answers("accept", nil)
		uri := offer["post_uri"].(string)
		expectNames(t, "before", cy.status(uri), "ada@one.test", "bo@two.test", "dee@five.test")
		old := stampIn(n, uri, string(bo.uri))

		bo.movesTo(next)
		expectNames(t, "at three", cy.status(uri), "ada@one.test", "bo2@four.test", "dee@five.test")
		expectNames(t, "at one", ada.status(uri), "ada", "bo2@four.test", "dee@five.test")
		expectNames(t, "at two", bo.status(uri), "ada@one.test", "bo2@four.test", "dee@five.test")
		expectNames(t, "at four", next.status(uri), "ada@one.test", "bo2", "dee@five.test")
		fresh := stampIn(n, uri, string(next.uri))
		_, doc := n.document(fresh)
		expect(t, "what the new stamp replaces", doc["replaces"], any(old))
		status, was := n.document(old)
		if status != http.StatusOK || was["attributedTo"] != string(bo.uri) || was["proof"] == nil {
			t.Errorf("the old stamp: %d %v", status, was)
		}
		expect(t, "what bo2 is asked", len(next.notices("collab_invite")), 0)
		expect(t, "what bo is told was taken", len(bo.notices("collab_ended")), 0)

		// The new account is as good an author as the old one was: it can leave.
		id := next.collab(offer["uri"].(string))["id"].(string)
		next.post("/api/ensemble/v1/collabs/"+id+"/leave", nil)
		n.settle()
		expectNames(t, "after leaving", cy.status(uri), "ada@one.test", "dee@five.test")
	})
}

// A name whose account moved to where no stamps are known stays, and says where.
func TestMoveOfTheInitiator(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		uri := published(ada, bo, nil)
		next := n.join("four.test").born("ada2")
		ada.movesTo(next)
		s := cy.status(uri)
		expectNames(t, "three", s, "ada@one.test", "bo@two.test")
		if m, _ := s["account"].(object)["moved"].(object); m == nil || m["acct"] != "ada2@four.test" {
			t.Errorf("the new handle beside the old name: %v", m)
		}
	})
}

// Nobody is carried to an account that did not agree, in chains, in circles, or twice.
func TestForgedMoves(t *testing.T) {
	story(t, func(n *network) {
		bo := n.join("two.test").born("bo")
		mallory, eve := n.evil()
		_, all := n.rogue("far.test", "dan")
		dan := all[0]
		mallory.followedBy(bo)
		move := func(who *villain, to string) string {
			return who.sends(bo.server, who.does("Move", who.uri, object{"target": to}))
		}
		mallory.appears(object{"movedTo": eve.uri})
		expect(t, "to somebody who did not agree", move(mallory, eve.uri), "not_mutual")
		expect(t, "to somebody here who did not agree", move(mallory, string(bo.uri)), "not_mutual")
		expect(t, "somebody else", mallory.sends(bo.server, mallory.does("Move", eve.uri, object{"target": dan.uri})), "not_self")
		eve.appears(object{"alsoKnownAs": []any{mallory.uri}, "movedTo": dan.uri})
		n.pass(25 * time.Hour)
		expect(t, "in a chain", move(mallory, eve.uri), "chain")
		eve.appears(object{"alsoKnownAs": []any{mallory.uri}, "movedTo": mallory.uri})
		mallory.appears(object{"alsoKnownAs": []any{eve.uri}, "movedTo": eve.uri})
		expect(t, "in a circle", move(mallory, eve.uri), "chain")
		expect(t, "follows sent meanwhile", len(eve.told("Follow"))-1, 0)

		eve.appears(object{"alsoKnownAs": []any{mallory.uri}})
		for range 3 {
			expect(t, "at last", move(mallory, eve.uri), "applied")
		}
		follows := slices.DeleteFunc(eve.told("Follow"), func(a object) bool { return a["object"] != eve.uri })
		expect(t, "follows of the new account", len(follows), 1)
		dan.appears(object{"alsoKnownAs": []any{mallory.uri}})
		mallory.appears(object{"movedTo": dan.uri})
		expect(t, "again, to elsewhere", move(mallory, dan.uri), "moved_lately")
	})
}

// A hundred accounts cannot become one to make us follow it without end.
func TestFloodOfMoves(t *testing.T) {
	story(t, func(n *network) {
		bo := n.join("two.test").born("bo")
		mallory, eve := n.evil()
		var names []any
		for i := range models.MaxMovesToOne + 2 {
			names = append(names, fmt.Sprintf("https://evil.test/users/m%d", i))
		}
		eve.appears(object{"alsoKnownAs": names})
		got := map[string]int{}
		for i := range names {
			m := mallory.rogue.born(fmt.Sprintf("m%d", i))
			m.appears(object{"movedTo": eve.uri})
			got[m.sends(bo.server, m.does("Move", m.uri, object{"target": eve.uri}))]++
		}
		expect(t, "taken in", got["applied"], models.MaxMovesToOne)
		expect(t, "refused", got["too_many_moves"], 2)
	})
}

// Followers are carried over in batches.
func TestManyAreCarriedOver(t *testing.T) {
	story(t, func(n *network) {
		one := n.join("one.test")
		ada, next := one.born("ada"), one.born("ada2")
		one.do(func(tx *store.Tx) error {
			for i := range 120 {
				f := &models.Account{ID: models.NewID(tx.Now), URI: models.IRI(fmt.Sprintf("https://one.test/users/f%d", i)), Username: fmt.Sprintf("f%d", i),
					State: models.AccountActive, CreatedAt: tx.Now, UpdatedAt: tx.Now}
				if err := store.Put(tx, f); err != nil {
					return err
				}
				if err := store.Put(tx, &models.User{AccountID: f.ID, Email: f.Username + "@x.example", Role: models.RoleUser, CreatedAt: tx.Now}); err != nil {
					return err
				}
				if err := store.Put(tx, &models.Follow{ID: models.NewID(tx.Now), URI: f.URI + "/follow", AccountID: f.ID, TargetID: ada.id, Accepted: true, CreatedAt: tx.Now}); err != nil {
					return err
				}
			}
			return nil
		})
		ada.movesTo(next)
		for range 3 {
			one.do(func(tx *store.Tx) error { return store.Nudge(tx, "carry") })
			n.settle()
		}
		expect(t, "followers of the new account", len(rowsOf[models.Follow](one, "target_id = ?", next.id)), 120)
		expect(t, "followers of the old account", len(rowsOf[models.Follow](one, "target_id = ?", ada.id)), 0)
	})
}

// stampIn returns where the post at uri says that who's stamp is.
func stampIn(n *network, uri, who string) string {
	n.t.Helper()
	_, doc := n.document(uri)
	for _, c := range doc["collaborators"].([]any) {
		if c := c.(object); c["collaborator"] == who {
			return c["authorization"].(string)
		}
	}
	n.t.Fatalf("%s is not under %s: %v", who, uri, doc["collaborators"])
	return ""
}
