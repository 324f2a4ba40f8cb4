package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ensemble/activities/collab"
	"ensemble/federation/sign"
	"ensemble/models"
	"ensemble/models/store"
)

// atOnce lets all begin at the same moment, and waits for them.
func atOnce(fns ...func()) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for _, fn := range fns {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			fn()
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
}

// times repeats fn in a list for atOnce.
func times(n int, fn func(i int)) (out []func()) {
	for i := range n {
		out = append(out, func() { fn(i) })
	}
	return out
}

// late is how long the one of two that go at once stays behind in race i: nobody at
// first, then now the one and now the other, by more and more.
func late(i, who int) time.Duration {
	if i%2 != who {
		return 0
	}
	return time.Duration(i) * 4 * time.Millisecond
}

// collabOf returns a collab as its row on s has it, with its invites; nil if it never came.
func (s *server) collabOf(uri string) (c *models.Collab, invites []*models.Invite) {
	s.net.t.Helper()
	s.read(func(tx *store.Tx) (err error) {
		if c, err = store.Maybe[models.Collab](tx, "uri = ?", uri); err != nil || c == nil {
			return err
		}
		invites, err = store.Find[models.Invite](tx, "collab_id = ? ORDER BY position", c.ID)
		return err
	})
	return c, invites
}

func (s *server) read(fn func(*store.Tx) error) {
	s.net.t.Helper()
	if err := s.db.Read(context.Background(), fn); err != nil {
		s.net.t.Fatal(err)
	}
}

func rowsOf[M any](s *server, where string, args ...any) (out []*M) {
	s.net.t.Helper()
	s.read(func(tx *store.Tx) (err error) {
		out, err = store.Find[M](tx, where, args...)
		return err
	})
	return out
}

// unbroken sees that the trail of a collab holds wherever it is known, and that
// nobody was told anything twice of it.
func (n *network) unbroken(uri string) {
	n.t.Helper()
	for _, s := range n.all() {
		c, _ := s.collabOf(uri)
		if c == nil {
			continue
		}
		s.read(func(tx *store.Tx) error {
			if link, err := collab.Audit(tx, c); err != nil || link != 0 {
				n.t.Errorf("%s: the trail of %s breaks at %d (%v)", s.host, uri, link, err)
			}
			return nil
		})
		told := map[string]int{}
		for _, note := range rowsOf[models.Notification](s, "collab_id = ? AND type <> ?", c.ID, models.NoteCollabRequest) {
			key := fmt.Sprint(note.AccountID, " of ", note.FromID, ": ", note.Type, " ", note.Text)
			if told[key]++; told[key] == 2 {
				n.t.Errorf("%s: told twice: %s", s.host, key)
			}
		}
	}
}

// trail is what happened to a collab on s, for a test that failed.
func (s *server) trail(uri string) string {
	c, _ := s.collabOf(uri)
	for _, p := range rowsOf[models.Post](s, "collab = ?", uri) {
		for _, a := range rowsOf[models.Author](s, "post_id = ?", p.ID) {
			s.net.t.Logf("%s: %s is %s: %s", s.host, a.URI, a.State, a.Reason)
		}
	}
	if c == nil {
		return s.host + " never heard of it"
	}
	said := []string{s.host, string(c.State)}
	for _, e := range rowsOf[models.Event](s, "collab_id = ? ORDER BY seq", c.ID) {
		said = append(said, e.What)
	}
	for _, note := range rowsOf[models.Notification](s, "collab_id = ?", c.ID) {
		said = append(said, fmt.Sprintf("[%s: %s]", note.Type, note.Text))
	}
	return strings.Join(said, " ")
}

// outcome is how a collab stands on s: its state, and that of its only invite.
func (s *server) outcome(uri string) (models.CollabState, models.InviteState) {
	s.net.t.Helper()
	c, invites := s.collabOf(uri)
	if c == nil || len(invites) != 1 {
		s.net.t.Fatalf("%s has no such collab with one guest: %s", s.host, uri)
	}
	return c.State, invites[0].State
}

// named reports whether the post is at s, and whether it names guest as an author there.
func (s *server) named(post string, guest models.IRI) (here, named bool) {
	s.net.t.Helper()
	s.read(func(tx *store.Tx) error {
		p, err := store.Maybe[models.Post](tx, "uri = ?", post)
		if err != nil || p == nil {
			return err
		}
		here = true
		named, err = store.Any[models.Author](tx, "post_id = ? AND uri = ? AND state = ?", p.ID, guest, models.AuthorVerified)
		return err
	})
	return here, named
}

// send is ask with a header, for requests that go out at once.
func (p *person) send(method, path string, body any, header ...string) (int, object) {
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(raw))
	r.Host = p.host
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+p.token)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r)
	var out object
	_ = json.Unmarshal(w.Body.Bytes(), &out)
	return w.Code, out
}

// asks has p offer many posts to guests in turn, each of whom takes ten open invitations
// a day, and returns each collab's URI, its post's, and what p's server calls it.
type asking struct{ uri, post, id, guestID string }

func (p *person) asks(many int, guests ...*person) (out []asking) {
	p.t.Helper()
	for i := range many {
		g := guests[i%len(guests)]
		c := p.post("/api/ensemble/v1/collabs", object{"status": fmt.Sprint("Post number ", i), "coauthor_ids": []string{p.knows(g)}})
		out = append(out, asking{uri: c["uri"].(string), post: c["post_uri"].(string), id: c["id"].(string)})
	}
	p.net.settle()
	for i := range out {
		c, _ := guests[i%len(guests)].collabOf(out[i].uri)
		if c == nil {
			p.t.Fatalf("the offer %d never came", i)
		}
		out[i].guestID = c.ID.String()
	}
	return out
}

// together is Ada at one, guests at two who follow her, and Cy at three who follows all.
func together(n *network, guests int) (ada *person, all []*person, cy *person) {
	n.t.Helper()
	ada, cy = n.join("one.test").born("ada"), n.join("three.test").born("cy")
	two := n.join("two.test")
	for i := range guests {
		g := two.born(fmt.Sprint("bo", i))
		g.follows(ada)
		all = append(all, g)
	}
	cy.follows(append([]*person{ada}, all...)...)
	return ada, all, cy
}

const collabsPath = "/api/ensemble/v1/collabs/"

func TestTwentyAcceptsAtOnceAreOne(t *testing.T) {
	story(t, func(n *network) {
		ada, guests, cy := together(n, 1)
		bo := guests[0]
		a := ada.asks(1, bo)[0]
		codes := make([]int, 20)
		atOnce(times(20, func(i int) { codes[i], _ = bo.send("POST", collabsPath+a.guestID+"/accept", object{}) })...)
		for i, code := range codes {
			if code != 200 {
				n.t.Errorf("accept %d: got %d", i, code)
			}
		}
		n.rest()
		if got := rowsOf[models.Stamp](bo.server, "collab = ?", a.uri); len(got) != 1 || got[0].RevokedAt != nil {
			n.t.Errorf("stamps: got %d, want one that stands", len(got))
		}
		if got := rowsOf[models.Consent](ada.server, "1 = 1"); len(got) != 1 {
			n.t.Errorf("consents: got %d, want 1", len(got))
		}
		for _, s := range n.all() {
			if got := rowsOf[models.Post](s, "1 = 1"); len(got) != 1 || string(got[0].URI) != a.post {
				n.t.Errorf("%s has %d posts, want 1", s.host, len(got))
			}
			for _, who := range rowsOf[models.Account](s, "uri = ?", ada.uri) {
				if who.PostsCount != 1 {
					n.t.Errorf("%s counts %d posts of ada, want 1", s.host, who.PostsCount)
				}
			}
		}
		for _, s := range []*server{ada.server, bo.server} {
			if c, i := s.outcome(a.uri); c != models.CollabPublished || i != models.InviteActive {
				n.t.Errorf("%s: got %s, %s", s.host, c, i)
			}
		}
		if home := cy.list("/api/v1/timelines/home"); len(home) != 1 || !slices.Equal(names(home[0]), []string{"ada@one.test", "bo0@two.test"}) {
			n.t.Errorf("cy sees %d posts: %v", len(home), home)
		}
		n.unbroken(a.uri)
	})
}

// TestDeclineRacesAccept has guests say yes and no at the same moment, fifty times.
// Whichever comes first, both servers come to the same end.
func TestDeclineRacesAccept(t *testing.T) {
	story(t, func(n *network) {
		ada, guests, _ := together(n, 5)
		all := ada.asks(50, guests...)
		yes := func(i int) {
			time.Sleep(late(i, 1))
			guests[i%5].send("POST", collabsPath+all[i].guestID+"/accept", object{})
		}
		no := func(i int) {
			time.Sleep(late(i, 0))
			guests[i%5].send("POST", collabsPath+all[i].guestID+"/decline", object{"confirm": true})
		}
		var race []func()
		for i := range all {
			race = append(race, func() { yes(i) }, func() { no(i) })
		}
		for part := range slices.Chunk(race, 10) {
			atOnce(part...)
		}
		n.rest()
		count := map[string]int{}
		for i, a := range all {
			count[n.sameEnd(a, ada, guests[i%5])]++
		}
		n.t.Logf("ends: %v", count)
	})
}

// sameEnd checks that a collab of two came to one of its ends, and to the same on both
// servers, and says to which.
func (n *network) sameEnd(a asking, from, guest *person) string {
	n.t.Helper()
	c1, i1 := from.outcome(a.uri)
	c2, i2 := guest.outcome(a.uri)
	got := fmt.Sprintf("%s/%s %s/%s", c1, i1, c2, i2)
	bad := func(why string) {
		n.t.Helper()
		n.t.Errorf("%s: %s", got, why)
		for _, s := range n.all() {
			n.t.Log(s.trail(a.uri))
		}
	}
	for _, s := range n.all() {
		here, named := s.named(a.post, guest.uri)
		switch {
		case c1 == models.CollabPublished && i1 == models.InviteActive:
			if s != guest.server && (!here || !named) {
				bad(s.host + " does not show it under both names")
			}
		case named:
			bad(s.host + " names the guest")
		case c1 == models.CollabDiscarded && here:
			bad(s.host + " shows what was given up")
		}
	}
	standing := 0
	for _, s := range rowsOf[models.Stamp](guest.server, "collab = ?", a.uri) {
		if s.RevokedAt == nil {
			standing++
		}
	}
	switch {
	case c1 == models.CollabPublished && c2 == models.CollabPublished && i1 == models.InviteActive && i2 == models.InviteActive:
		if standing != 1 {
			bad(fmt.Sprint("stamps that stand: ", standing))
		}
	case c1 == models.CollabDiscarded && c2 == models.CollabDiscarded, // nobody ever saw it
		c1 == models.CollabPublished && !slices.Contains([]models.InviteState{models.InviteActive, models.InviteAccepted}, i1) &&
			i2 != models.InviteActive && i2 != models.InviteAccepted: // out of it, on both
		if standing != 0 {
			bad("a stamp stands")
		}
	default:
		bad("the two servers disagree")
	}
	n.unbroken(a.uri)
	return got
}

// TestWithdrawCrossesAccept has an initiator take an offer back while the guest agrees.
func TestWithdrawCrossesAccept(t *testing.T) {
	story(t, func(n *network) {
		ada, guests, _ := together(n, 2)
		all := ada.asks(20, guests...)
		var race []func()
		for i, a := range all {
			race = append(race, func() {
				time.Sleep(late(i, 1))
				guests[i%2].send("POST", collabsPath+a.guestID+"/accept", object{})
			}, func() {
				time.Sleep(late(i, 0))
				ada.send("POST", collabsPath+a.id+"/withdraw", object{})
			})
		}
		for part := range slices.Chunk(race, 4) {
			atOnce(part...)
		}
		n.rest()
		count := map[string]int{}
		for i, a := range all {
			count[n.sameEnd(a, ada, guests[i%2])]++
		}
		n.t.Logf("ends: %v", count)
	})
}

// TestOfferCrossesWithdraw takes offers back at the moment they are made, while they are
// on their way.
func TestOfferCrossesWithdraw(t *testing.T) {
	story(t, func(n *network) {
		ada, guests, _ := together(n, 2)
		ids := []string{ada.knows(guests[0]), ada.knows(guests[1])}
		uris := make([]string, 10)
		atOnce(times(10, func(i int) {
			code, c := ada.send("POST", "/api/ensemble/v1/collabs", object{"status": "A post", "coauthor_ids": []string{ids[i%2]}})
			if code != 200 {
				n.t.Errorf("offer: %d %v", code, c)
				return
			}
			uris[i] = c["uri"].(string)
			if code, c := ada.send("POST", collabsPath+c["id"].(string)+"/withdraw", object{}); code != 200 {
				n.t.Errorf("withdraw: %d %v", code, c)
			}
		})...)
		n.settle()
		for _, uri := range uris {
			for _, s := range n.all() {
				if c, invites := s.collabOf(uri); c != nil && (c.State != models.CollabDiscarded || len(invites) == 1 && !invites[0].Ended()) {
					n.t.Errorf("%s", s.trail(uri))
				}
			}
			n.unbroken(uri)
		}
	})
}

// TestRemoveRacesLeave has an initiator take a name off while its owner leaves.
func TestRemoveRacesLeave(t *testing.T) {
	story(t, func(n *network) {
		ada, guests, cy := together(n, 1)
		bo := guests[0]
		boHere := ada.knows(bo)
		all := ada.asks(10, bo)
		for _, a := range all {
			bo.post(collabsPath+a.guestID+"/accept", object{})
		}
		n.rest()
		for i, a := range all {
			if end := n.sameEnd(a, ada, bo); end != "published/active published/active" {
				n.t.Fatalf("collab %d is %s", i, end)
			}
		}
		for i, a := range all {
			pair := []func(){
				func() {
					if code, out := bo.send("POST", collabsPath+a.guestID+"/leave", object{}); code >= 500 {
						n.t.Errorf("leave: %d %v", code, out)
					}
				},
				func() {
					if code, out := ada.send("POST", collabsPath+a.id+"/remove", object{"account_id": boHere}); code >= 500 {
						n.t.Errorf("remove: %d %v", code, out)
					}
				},
			}
			if i%2 == 1 {
				slices.Reverse(pair)
			}
			atOnce(pair...)
		}
		n.rest()
		count := map[string]int{}
		for _, a := range all {
			count[n.sameEnd(a, ada, bo)]++
			for _, s := range n.all() {
				if here, named := s.named(a.post, bo.uri); !here || named {
					n.t.Errorf("%s: the post is there %v, and names bo %v", s.host, here, named)
				}
			}
		}
		for _, p := range cy.list("/api/v1/timelines/home") {
			if got := names(p); !slices.Equal(got, []string{"ada@one.test"}) || strings.Contains(p["content"].(string), "bo0") {
				n.t.Errorf("cy sees %v: %s", got, p["content"])
			}
		}
		n.t.Logf("ends: %v", count)
	})
}

func TestOneIdempotencyKeyIsOneCollab(t *testing.T) {
	story(t, func(n *network) {
		ada, guests, _ := together(n, 1)
		ask := object{"status": "Only once", "coauthor_ids": []string{ada.knows(guests[0])}}
		ids := make([]any, 20)
		atOnce(times(20, func(i int) {
			code, c := ada.send("POST", "/api/ensemble/v1/collabs", ask, "Idempotency-Key", "the same")
			if code != 200 {
				n.t.Errorf("POST %d: got %d %v", i, code, c)
			}
			ids[i] = c["id"]
		})...)
		n.settle()
		for _, id := range ids {
			if id != ids[0] || id == nil {
				n.t.Errorf("answers differ: %v", ids)
				break
			}
		}
		for _, s := range []*server{ada.server, guests[0].server} {
			if got := rowsOf[models.Collab](s, "1 = 1"); len(got) != 1 {
				n.t.Errorf("%s has %d collabs, want 1", s.host, len(got))
			}
		}
		if got := rowsOf[models.Notification](guests[0].server, "type = ?", models.NoteCollabInvite); len(got) != 1 {
			n.t.Errorf("bo is asked %d times", len(got))
		}
	})
}

// rest is settle, and what is asked again some seconds later: a stamp that somebody
// wanted to see before its own server had the post.
func (n *network) rest() {
	n.t.Helper()
	n.settle()
	n.pass(3 * time.Second)
}

// signed returns a request by p to an inbox of another server, as p's server would send
// it.
func (p *person) signed(inbox string, activity object) *http.Request {
	p.t.Helper()
	body, err := json.Marshal(activity)
	if err != nil {
		p.t.Fatal(err)
	}
	keys := rowsOf[models.PrivateKey](p.server, "account_id = ?", p.id)
	var ring sign.Keyring
	key, err := ring.Key(p.uri+"#main-key", keys[0].RSA)
	if err != nil {
		p.t.Fatal(err)
	}
	r, err := http.NewRequest("POST", inbox, bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/activity+json")
	if err := sign.Sign(r, body, key, sign.Cavage, p.net.now()); err != nil {
		p.t.Fatal(err)
	}
	return r
}

// said is a note of p's, as an activity by hand.
func (p *person) said(number int, text string) object {
	note := fmt.Sprintf("%s/notes/%d", p.uri, number)
	at := p.net.now().UTC().Format(time.RFC3339)
	to := []string{string(models.Public)}
	cc := []string{string(p.uri) + "/followers"}
	return object{
		"@context": "https://www.w3.org/ns/activitystreams", "id": note + "/activity", "type": "Create", "actor": p.uri,
		"published": at, "to": to, "cc": cc,
		"object": object{"id": note, "type": "Note", "attributedTo": p.uri, "content": "<p>" + text + "</p>", "published": at, "to": to, "cc": cc},
	}
}

func TestOneActivityTenTimesIsAppliedOnce(t *testing.T) {
	story(t, func(n *network) {
		ada, guests, _ := together(n, 1)
		bo := guests[0]
		hi := ada.said(1, "Hi <a href='"+string(bo.uri)+"'>@bo0</a>")
		hi["object"].(object)["tag"] = []object{{"type": "Mention", "href": bo.uri, "name": "@bo0@two.test"}}
		codes := make([]int, 10)
		requests := make([]*http.Request, 10)
		for i := range requests {
			requests[i] = ada.signed("https://two.test/inbox", hi)
		}
		atOnce(times(10, func(i int) {
			resp, err := n.RoundTrip(requests[i])
			if err != nil {
				n.t.Error(err)
				return
			}
			codes[i] = resp.StatusCode
			resp.Body.Close()
		})...)
		n.settle()
		for _, code := range codes {
			if code != 202 {
				n.t.Errorf("got %v, want 202 of all", codes)
				break
			}
		}
		n.appliedOnce(bo, ada, 1)
	})
}

// appliedOnce sees that bo has so many posts of ada's, heard of each once, and counts
// them right.
func (n *network) appliedOnce(bo, ada *person, posts int) {
	n.t.Helper()
	if got := len(rowsOf[models.Inbound](bo.server, "actor = ? AND outcome = 'applied' AND uri LIKE '%/activity'", ada.uri)); got != posts {
		n.t.Errorf("applied %d, want %d", got, posts)
	}
	if got := len(bo.list("/api/v1/timelines/home")); got != posts {
		n.t.Errorf("home: %d posts, want %d", got, posts)
	}
	if got := rowsOf[models.Notification](bo.server, "type = ?", models.NoteMention); len(got) != posts {
		n.t.Errorf("mentions: %d, want %d", len(got), posts)
	}
	if got := rowsOf[models.Account](bo.server, "uri = ?", ada.uri); got[0].PostsCount != posts {
		n.t.Errorf("ada has %d posts at two, want %d", got[0].PostsCount, posts)
	}
}

// TestALostAnswerAppliesNothingTwice takes every second answer away after the server
// that gave it has done what it says.
func TestALostAnswerAppliesNothingTwice(t *testing.T) {
	story(t, func(n *network) {
		ada, guests, cy := together(n, 1)
		bo := guests[0]
		var mu sync.Mutex
		lost := map[string]int{}
		n.after(func(r *http.Request, resp *http.Response) error {
			if r.Method != "POST" {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			key := r.URL.Host + " " + r.Header.Get("Digest") + r.Header.Get("Content-Digest")
			if lost[key]++; lost[key] == 1 {
				return fmt.Errorf("read %s: connection reset by peer", r.URL.Host)
			}
			return nil
		})
		ada.post("/api/v1/statuses", object{"status": "Hi @bo0@two.test"})
		n.patiently()
		c := ada.post("/api/ensemble/v1/collabs", object{"status": "Together", "coauthor_ids": []string{ada.knows(bo)}})
		n.patiently()
		bo.post(collabsPath+bo.invitation()["id"].(string)+"/accept", nil)
		n.patiently()
		n.after(nil)
		n.patiently()
		n.rest()
		uri, post := c["uri"].(string), c["post_uri"].(string)
		if end := n.sameEnd(asking{uri: uri, post: post}, ada, bo); end != "published/active published/active" {
			n.t.Errorf("the collab is %s\n%s\n%s", end, ada.trail(uri), bo.trail(uri))
		}
		if len(lost) < 5 {
			n.t.Errorf("only %d answers were lost", len(lost))
		}
		if got := rowsOf[models.Notification](bo.server, "type = ?", models.NoteMention); len(got) != 1 {
			n.t.Errorf("mentions: %d, want 1", len(got))
		}
		if home := cy.list("/api/v1/timelines/home"); len(home) != 2 {
			n.t.Errorf("cy sees %d posts, want 2", len(home))
		}
		for _, s := range n.all() {
			if got := rowsOf[models.Account](s, "uri = ?", ada.uri); got[0].PostsCount != 2 {
				n.t.Errorf("%s counts %d posts of ada, want 2", s.host, got[0].PostsCount)
			}
		}
	})
}

// patiently has what was put off tried again, without waiting, until all is delivered.
func (n *network) patiently() {
	n.t.Helper()
	for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit); time.Sleep(20 * time.Millisecond) {
		waiting := 0
		for _, s := range n.all() {
			s.do(func(tx *store.Tx) error {
				if _, err := store.Set[models.Delivery](tx, map[string]any{"due_at": tx.Now}, "state = 'queued'"); err != nil {
					return err
				}
				return store.Nudge(tx, "")
			})
			s.sweep() // as a server does every five seconds
			waiting += len(rowsOf[models.Delivery](s, "state = 'queued'")) + len(rowsOf[models.Inbound](s, "done_at IS NULL")) +
				len(rowsOf[models.Outbound](s, "expanded_at IS NULL"))
		}
		if waiting == 0 {
			n.settle()
			return
		}
	}
	n.t.Fatal("something was never delivered")
}
