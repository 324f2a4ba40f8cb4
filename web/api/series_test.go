package api_test

import (
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// How the server did is kept every five minutes, for two weeks, and told in steps.
func TestSeriesOfAdmins(t *testing.T) {
	t.Parallel()
	const at = "/api/ensemble/v1/admin/series"
	each(t, func(s *server) {
		s.role("ruth", models.RoleAdmin)
		s.get("ruth/admin:read", at).has("span", "day").has("points.0", nil)
		s.queue("two.example", s.people["ada"], models.Create, "https://one.example/x", models.DeliveryQueued)
		take := func(memory int64) {
			s.do(func(tx *store.Tx) error {
				return store.TakeSample(tx, &models.Sample{Memory: memory, DiskFree: 1000 - memory})
			})
		}
		s.now = s.now.Truncate(time.Hour).Add(time.Hour)
		take(5)
		take(50) // a process that came later
		s.now = s.now.Add(models.SampleEvery)
		take(7)
		s.get("ruth/admin:read", at+"?span=day").has("points.0.memory", 7).has("points.0.disk_free", 993).has("points.0.deliveries", 1).has("points.1", nil)
		s.do(func(tx *store.Tx) error {
			if due, err := store.SampleDue(tx); err != nil || due {
				t.Errorf("a sample is due: %v %v", due, err)
			}
			return nil
		})
		s.now = s.now.Add(models.SampleEvery)
		take(6)
		s.get("ruth/admin:read", at).has("points.0.memory", 7).has("points.1.memory", 6).has("points.2", nil)
		s.do(func(tx *store.Tx) error {
			all, err := store.Samples(tx, tx.Now.Add(-time.Hour), time.Minute)
			if err != nil || len(all) != 3 || all[2].DeliveryAge < 3600 || all[2].DeliveryAge < all[0].DeliveryAge+600 {
				t.Errorf("ages: %+v (%v)", all, err)
			}
			return nil
		})
		s.get("ruth/admin:read", at+"?span=fortnight").has("step_seconds", 7200).has("points.0.memory", 7)
		s.ask("ruth/admin:read", "GET", at+"?span=year", nil).is(422)
		s.ask("ada/admin:read", "GET", at, nil).is(403)
		s.ask("ruth/read", "GET", at, nil).is(403)
		s.now = s.now.Add(models.KeepSamples)
		take(8)
		s.do(func(tx *store.Tx) error {
			if n, err := store.Count[models.Sample](tx, "true"); err != nil || n != 2 {
				t.Errorf("%d samples are kept (%v)", n, err)
			}
			return nil
		})
	}, "ada", "ruth")
}
