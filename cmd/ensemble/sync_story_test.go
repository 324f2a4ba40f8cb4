package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/digest"
	"ensemble/models/store"
)

// FEP-8fcf: a Follow that one of two servers lost is found, and both agree again.
func TestFollowersAreSynchronised(t *testing.T) {
	story(t, func(n *network) {
		ada := n.join("one.test").born("ada")
		two := n.join("two.test")
		bo, dee := two.born("bo"), two.born("dee")
		bo.follows(ada)
		dee.follows(ada)
		n.pass(2 * time.Minute)
		drop := func(s *server) {
			s.do(func(tx *store.Tx) error {
				_, err := store.Delete[models.Follow](tx, "account_id IN (SELECT id FROM accounts WHERE uri = ?)", bo.uri)
				return err
			})
		}
		rows := func(s *server) int {
			return len(rowsOf[models.Follow](s, "account_id IN (SELECT id FROM accounts WHERE uri = ?) AND accepted", bo.uri))
		}
		drop(ada.server)
		expect(t, "bo's follow at two, before", rows(two), 1)
		ada.post("/api/v1/statuses", object{"status": "Who hears me?"})
		n.settle()
		expect(t, "bo's follow at two, which one does not know", rows(two), 0)
		expect(t, "what bo sees of ada", bo.hears(ada), false)

		bo.follows(ada)
		expect(t, "bo's follow at one", rows(ada.server), 1)
		drop(two)
		n.pass(11 * time.Minute)
		ada.post("/api/v1/statuses", object{"status": "And now?"})
		n.settle()
		expect(t, "bo's follow at one, which two does not know", rows(ada.server), 0)
		if status, _ := n.document(string(ada.uri) + "/followers_synchronization"); status != http.StatusUnauthorized {
			t.Errorf("the partial collection without a signature: %d, want 401", status)
		}
	})
}

// A header that is rubbish, or about others, makes nobody ask anything.
func TestForgedSynchronisation(t *testing.T) {
	story(t, func(n *network) {
		bo := n.join("two.test").born("bo")
		mallory, eve := n.evil()
		_, all := n.rogue("far.test", "dan")
		dan := all[0]
		mallory.followedBy(bo)
		eve.followedBy(bo)
		n.pass(2 * time.Minute)
		other := digest.Followers([]models.IRI{"https://two.test/users/nobody"})
		at := func(v *villain) string { return v.uri + "/sync" }
		for _, v := range []*villain{mallory, dan} {
			v.serve(object{"@context": activityNS, "id": at(v), "type": "OrderedCollection", "orderedItems": []any{}})
		}
		send := func(header string) {
			n.pass(11 * time.Minute)
			body := marshal(t, mallory.does("Like", "https://two.test/nothing", nil))
			mallory.posts(bo.server, body, func(r *http.Request) { r.Header.Set("Collection-Synchronization", header) })
			n.settle()
		}
		header := func(who, url, digest string) string {
			return fmt.Sprintf(`collectionId="%s/followers", url="%s", digest="%s"`, who, url, digest)
		}
		for what, h := range map[string]string{
			"rubbish": `}{"`, "a digest of rubbish": header(mallory.uri, at(mallory), "rubbish"), "no digest": `collectionId="` + mallory.uri + `/followers"`,
			"on another server": header(mallory.uri, at(dan), other), "of somebody else": header(eve.uri, at(mallory), other),
			"the same digest": header(mallory.uri, at(mallory), digest.Followers([]models.IRI{bo.uri})),
			"twice":           header(mallory.uri, at(mallory), other) + `, url="` + at(dan) + `"`,
			"too long":        header(mallory.uri, at(mallory), other) + string(make([]byte, 5000)),
		} {
			send(h)
			if k := mallory.count(at(mallory)) + dan.count(at(dan)); k != 0 {
				t.Errorf("%s: asked %d times", what, k)
			}
		}
		send(header(mallory.uri, at(mallory), other))
		expect(t, "a true difference: asked", mallory.count(at(mallory)), 1)
		expect(t, "bo's follow of mallory", len(rowsOf[models.Follow](bo.server, "target_id IN (SELECT id FROM accounts WHERE uri = ?)", mallory.uri)), 0)
		expect(t, "bo's follow of eve", len(rowsOf[models.Follow](bo.server, "target_id IN (SELECT id FROM accounts WHERE uri = ?)", eve.uri)), 1)
	})
}
