package main

import (
	"context"
	"testing"
	"time"

	"ensemble/models/store"
)

// E6: a post that was scheduled appears once at its time, though its server was stopped
// just before, and started just after.
func TestScheduledPostAppearsOnceAcrossARestart(t *testing.T) {
	story(t, func(n *network) {
		var kept nodeConfig
		one := n.join("one.test", func(c *nodeConfig) { kept = *c })
		ada, bo := one.born("ada"), n.join("two.test").born("bo")
		bo.follows(ada)
		plan := func(text string, in time.Duration) object {
			return ada.post("/api/v1/statuses", object{"status": text, "scheduled_at": n.now().Add(in).UTC().Format(time.RFC3339)})
		}
		plan("At nine", 10*time.Minute)
		plan("At ten", 70*time.Minute)
		n.pass(9*time.Minute + 50*time.Second)
		expect(t, "before its time", len(bo.list("/api/v1/timelines/home")), 0)
		if err := one.stop(context.Background()); err != nil {
			t.Fatal(err)
		}
		n.mu.Lock()
		n.offset += time.Minute
		n.mu.Unlock()
		again := n.join("one.test", func(c *nodeConfig) { *c = kept })
		ada.server = again
		for range 2 {
			n.pass(time.Second)
		}
		home := bo.list("/api/v1/timelines/home")
		expect(t, "at bo's home", len(home), 1)
		expect(t, "what it says", home[0]["content"], any("<p>At nine</p>"))
		expect(t, "what still waits", len(ada.list("/api/v1/scheduled_statuses")), 1)
		again.do(func(tx *store.Tx) error { return store.Nudge(tx, "scheduled_post") })
		n.settle()
		expect(t, "too early", len(bo.list("/api/v1/timelines/home")), 1)
		n.pass(time.Hour)
		expect(t, "at bo's home then", len(bo.list("/api/v1/timelines/home")), 2)
		expect(t, "nothing waits", len(ada.list("/api/v1/scheduled_statuses")), 0)
	})
}

// A post by people on two servers can have a time too: agreed to before, public at that
// time on both.
func TestScheduledPostOfTwoServers(t *testing.T) {
	story(t, func(n *network) {
		ada, bo := n.join("one.test").born("ada"), n.join("two.test").born("bo")
		bo.follows(ada)
		at := n.now().Add(2 * time.Hour).UTC().Truncate(time.Second)
		c := ada.offer(object{"status": "At nine, together", "scheduled_at": at.Format(time.RFC3339)}, bo)
		uri := c["uri"].(string)
		expect(t, "when, as bo is told", bo.collab(uri)["scheduled_at"], any(at.Format("2006-01-02T15:04:05.000Z")))
		bo.answers("accept", nil)
		n.pass(time.Hour)
		expect(t, "an hour before", ada.collab(uri)["state"], any("offered"))
		expect(t, "nothing at bo's home", len(bo.list("/api/v1/timelines/home")), 0)
		n.pass(time.Hour + time.Minute)
		expect(t, "at its time", ada.collab(uri)["state"], any("published"))
		home := bo.list("/api/v1/timelines/home")
		expect(t, "at bo's home", len(home), 1)
		expect(t, "names", len(home[0]["coauthors"].([]any)), 1)
	})
}
