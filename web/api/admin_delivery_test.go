package api_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
)

// queue has letters wait for a host, as delivery leaves them.
func (s *server) queue(host string, from *models.Account, verb models.Verb, about models.IRI, states ...models.DeliveryState) *models.Outbound {
	s.Helper()
	o := &models.Outbound{
		ID: models.NewID(s.now), URI: about + "#" + models.IRI(verb), AccountID: from.ID, Verb: verb, ObjectURI: about,
		Activity: &models.Activity{Verb: verb, Object: models.Object{URI: about, Type: "Note"}}, ExpandedAt: &s.now, CreatedAt: s.now,
	}
	s.do(func(tx *store.Tx) error {
		if err := store.Put(tx, o); err != nil {
			return err
		}
		if known, err := store.Any[models.Peer](tx, "host = ?", host); err != nil || !known {
			if err == nil {
				err = store.Put(tx, &models.Peer{Host: host, CreatedAt: tx.Now})
			}
			if err != nil {
				return err
			}
		}
		for i, state := range states {
			d := &models.Delivery{
				// Another test may have moved the clock of the IDs ahead.
				ID: models.IDAt(tx.Now.Add(time.Duration(i) * time.Millisecond)), OutboundID: o.ID, AccountID: from.ID, Form: models.FormDual, Host: host,
				Inbox: models.IRI("https://" + host + "/inbox/" + string(rune('a'+i))), State: state, DueAt: tx.Now, CreatedAt: tx.Now,
			}
			if state != models.DeliveryQueued {
				d.DoneAt = &tx.Now
			}
			if err := store.Put(tx, d); err != nil {
				return err
			}
		}
		return nil
	})
	s.now = s.now.Add(time.Minute)
	return o
}

// rests has a host not have taken what was brought.
func (s *server) rests(host, why string, wait time.Duration) {
	s.Helper()
	s.do(func(tx *store.Tx) error {
		_, err := store.Set[models.Peer](tx, map[string]any{"failures": 3, "last_error": why, "next_try": tx.Now.Add(wait)}, "host = ?", host)
		return err
	})
}

func TestDeliveryQueueOfAdmins(t *testing.T) {
	t.Parallel()
	const v1, queued = "/api/ensemble/v1/admin/destinations", models.DeliveryQueued
	each(t, func(s *server) {
		s.role("ruth", models.RoleAdmin)
		s.role("mo", models.RoleModerator)
		root, ada := "ruth/admin:read admin:write", s.people["ada"]
		s.get(root, v1).has("0", nil)
		s.queue("two.example", ada, models.Create, "https://one.example/users/ada/notes/1", queued)
		s.queue("two.example", ada, models.Update, "https://one.example/users/ada/notes/1", queued)
		s.queue("three.example", ada, models.Create, "https://one.example/users/ada/notes/2", queued, models.DeliveryDone)
		s.queue("far.example", ada, models.Create, "https://one.example/users/ada/notes/3", models.DeliveryDone)
		s.rests("two.example", "two.example refused the connection", 2*time.Hour)

		s.get(root, v1).has("0.host", "two.example").has("0.waiting", 2).has("0.state", "rests").has("0.failures", 3).
			has("0.reason", "two.example refused the connection").has("0.since", "2026-01-02T03:04:09.678Z").
			has("1.host", "three.example").has("1.state", "soon").has("1.waiting", 1).has("2", nil)
		r := httptest.NewRequest("GET", v1+"/two.example", nil)
		r.Header.Set("Authorization", "Bearer "+root)
		r.Header.Set("Accept-Language", "fr")
		s.send(r).is(200).has("reason", "two.example a refusé la connexion").has("letters.0.verb", "Create").
			has("letters.0.account", "ada").has("letters.1.verb", "Update").has("letters.2", nil)

		s.post(root, v1+"/two.example/pause", nil).has("state", "paused").has("next_try", nil).has("waiting", 2)
		s.ask(root, "POST", v1+"/two.example/retry", nil).is(409)
		s.post(root, v1+"/two.example/pause", nil) // a second time changes nothing
		s.post(root, v1+"/two.example/resume", nil).has("state", "rests")
		s.rests("two.example", "two.example refused the connection", 2*time.Hour)
		next, err := time.Parse(time.RFC3339, s.post(root, v1+"/two.example/retry", nil).str("next_try"))
		if err != nil || next.After(s.now) {
			t.Errorf("it is to be tried at %s, and now it is %s", next, s.now)
		}
		s.do(func(tx *store.Tx) error {
			if hosts, err := store.HostsDue(tx, 10); err != nil || len(hosts) != 2 {
				t.Errorf("due: %v %v", hosts, err)
			}
			acts, err := moderation.Log(tx, "two.example", 10)
			var what []string
			for _, a := range acts {
				what = append(what, a.What+" by "+a.Who)
			}
			if got := strings.Join(what, ", "); got != "delivery_retried by ruth, delivery_resumed by ruth, delivery_paused by ruth" {
				t.Errorf("the log says %s", got)
			}
			return err
		})
		s.post(root, v1+"/two.example/drop", nil).has("state", "clear").has("waiting", 0)
		s.get(root, v1).has("0.host", "three.example").has("1", nil)

		for _, who := range []string{"ada/admin:read admin:write", "mo/admin:read admin:write"} {
			s.ask(who, "GET", v1, nil).is(403)
			s.ask(who, "POST", v1+"/three.example/drop", nil).is(403)
		}
		s.ask("ruth/read", "GET", v1, nil).is(403)
		s.ask("ruth/admin:read", "POST", v1+"/three.example/pause", nil).is(403)
		s.ask(root, "GET", v1+"/nowhere.example", nil).is(404)
		s.ask(root, "POST", v1+"/nowhere.example/drop", nil).is(404)
		s.ask(root, "POST", v1+"/%00/drop", nil).is(404)
		s.get(root, v1).has("0.waiting", 1)
	}, "ada", "ruth", "mo")
}

func TestTraceOfAPost(t *testing.T) {
	t.Parallel()
	const trace = "/api/ensemble/v1/admin/trace?of="
	each(t, func(s *server) {
		s.role("ruth", models.RoleOwner)
		root, ada := "ruth/admin:read", s.people["ada"]
		id := s.say("ada", "status=hello")
		uri := s.get("ada", "/api/v1/statuses/"+id).str("uri")
		s.queue("two.example", ada, models.Create, models.IRI(uri), models.DeliveryDone)
		s.queue("three.example", ada, models.Delete, models.IRI(uri), models.DeliveryQueued)
		for _, of := range []string{id, uri, "https://one.example/@ada/" + id} {
			s.get(root, trace+of).has("0.verb", "Delete").has("0.waiting", 1).has("0.servers.0.host", "three.example").
				has("1.verb", "Create").has("1.confirmed", 1).has("1.account", "ada").has("2.told", false).has("3", nil)
		}
		s.ask("ada", "DELETE", "/api/v1/statuses/"+id, nil).is(200)
		s.get(root, trace+"https://one.example/@ada/"+id).has("0.verb", "Delete")
		s.get(root, trace+"https://one.example/nothing").has("0", nil)
		s.ask(root, "GET", trace, nil).is(422)
		s.ask(root, "GET", trace+"12345", nil).is(404)
		s.ask(root, "GET", trace+"https:%2F%2F%25zz", nil).is(422)
		s.ask("ada/admin:read", "GET", trace+id, nil).is(403)
	}, "ada", "ruth")
}
