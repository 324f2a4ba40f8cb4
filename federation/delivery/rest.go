package delivery

import (
	"context"
	"time"

	"ensemble/federation/fetch"
	"ensemble/models"
	"ensemble/models/store"
)

// backoff is how long a host is left alone after so many failures in a row.
var backoff = []time.Duration{
	5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute,
	time.Hour, 2 * time.Hour, 8 * time.Hour, 24 * time.Hour,
}

// The shortest that a letter is tried, and how many that are older are looked at
// together.
const (
	shortLife = 8 * 24 * time.Hour
	longLife  = 14 * 24 * time.Hour
	oldBatch  = 200
)

// lifetime is how long a letter is tried: what takes a thing away the longest.
func lifetime(v models.Verb) time.Duration {
	if v == models.Delete || v == models.Undo || v == models.Leave || v == models.Remove {
		return longLife
	}
	return shortLife
}

// tooOld reports whether a letter has been tried for long enough. An offer that has
// ended is no use to anybody.
func tooOld(d *models.Delivery, l *letter, now time.Time) bool {
	ended := l.verb == models.OfferVerb && !l.ends.IsZero() && now.After(l.ends)
	return ended || now.Sub(d.CreatedAt) > lifetime(l.verb)
}

// rest leaves a host alone for a while. Letters that have grown too old are given up.
func (o *Office) rest(ctx context.Context, d *models.Delivery, peer *models.Peer, why error) error {
	failures := 0
	if peer != nil {
		failures = peer.Failures
	}
	wait := max(backoff[min(failures, len(backoff)-1)], min(fetch.RetryAfter(why), 24*time.Hour))
	err := o.DB.Tx(ctx, func(tx *store.Tx) error {
		if _, err := store.Set[models.Delivery](tx, map[string]any{"attempts": d.Attempts + 1, "last_error": why.Error()}, "id = ?", d.ID); err != nil {
			return err
		}
		_, err := store.Set[models.Peer](tx, map[string]any{
			"failures": failures + 1, "last_error": why.Error(), "next_try": tx.Now.Add(wait),
		}, "host = ?", d.Host)
		return err
	})
	if err != nil {
		return err
	}
	if err := o.giveUp(ctx, d.Host, why); err != nil {
		return err
	}
	o.Log.Info("delivery: host rests", "host", d.Host, "failures", failures+1, "for", wait, "err", why)
	return store.Later(wait)
}

// giveUp ends every letter to a host that has grown too old, not the one alone that
// was tried: a host that is away is tried once a day.
func (o *Office) giveUp(ctx context.Context, host string, why error) error {
	now, last := o.DB.Now(), models.ID(0)
	for {
		var rows []*models.Delivery
		read := map[models.ID]*letter{}
		err := o.DB.Read(ctx, func(tx *store.Tx) (err error) {
			rows, err = store.Find[models.Delivery](tx, `host = ? AND state = 'queued' AND id > ? AND (created_at < ? OR outbound_id IN
				(SELECT id FROM outbounds WHERE verb = ?)) ORDER BY id LIMIT ?`,
				host, last, now.Add(-shortLife), models.OfferVerb, oldBatch)
			for _, d := range rows {
				if err == nil {
					read[d.ID], err = o.written.read(tx, d)
				}
			}
			return err
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, d := range rows {
			last = d.ID
			if !tooOld(d, read[d.ID], now) {
				continue
			}
			if err := o.finish(ctx, d, read[d.ID], models.DeliveryDropped, "given up: "+why.Error()); err != nil {
				return err
			}
		}
	}
}
