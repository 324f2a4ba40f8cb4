package delivery

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// How many letters are read at once, and for how long what was read holds: then what
// was brought is written down, and the rest read anew. A server that is killed before
// that brings those again, and peers know an activity by its id.
const (
	round = 20
	stale = time.Second
)

// A letter is what a delivery brings, as far as it never changes.
type letter struct {
	uri  models.IRI
	verb models.Verb
	ends time.Time // of an offer
	body []byte
	to   []models.IRI // if followers hear it
}

// rounds is what a drain has in its bag.
type rounds struct {
	peer    *models.Peer
	rows    []*models.Delivery
	letters map[models.ID]*letter // by delivery
	from    map[models.ID]*models.Account
	headers map[models.ID]http.Header // that go along, by delivery
	brought []models.ID               // and not noted yet
	read    time.Time
}

// load reads what is due for a host.
func (o *Office) load(ctx context.Context, host string) (*rounds, error) {
	r := &rounds{letters: map[models.ID]*letter{}, from: map[models.ID]*models.Account{}, headers: map[models.ID]http.Header{}, read: o.DB.Now()}
	err := o.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if r.peer, err = store.Maybe[models.Peer](tx, "host = ?", host); err != nil {
			return err
		}
		if why, err := store.Shut(tx, host); err != nil {
			return err
		} else if r.peer != nil {
			r.peer.Blocked = why != ""
		}
		r.rows, err = store.Find[models.Delivery](tx, dueFor+" ORDER BY id LIMIT ?", host, tx.Now, round)
		for _, d := range r.rows {
			if err == nil {
				r.letters[d.ID], err = o.written.read(tx, d)
			}
			if err == nil && r.from[d.AccountID] == nil {
				r.from[d.AccountID], err = store.Get[models.Account](tx, d.AccountID)
			}
			if err == nil {
				r.headers[d.ID], err = o.circles.synchronization(tx, r.letters[d.ID], r.from[d.AccountID], d.Inbox)
			}
		}
		return err
	})
	return r, err
}

// note writes down what was brought so far.
func (o *Office) note(ctx context.Context, r *rounds) error {
	if len(r.brought) == 0 {
		return nil
	}
	return o.DB.Tx(context.WithoutCancel(ctx), r.finish)
}

// finish writes down that what was brought is done.
func (r *rounds) finish(tx *store.Tx) error {
	if len(r.brought) == 0 {
		return nil
	}
	_, err := store.Set[models.Delivery](tx, map[string]any{
		"state": models.DeliveryDone, "done_at": tx.Now, "last_error": "", "attempts": store.Expr("attempts + 1"),
	}, "id IN ? AND state = ?", r.brought, models.DeliveryQueued)
	return err
}

// letters keeps the last letters that were read: a post to 500 servers is one.
type letters struct {
	mu   sync.Mutex
	kept map[letterKey]*letter
}

type letterKey struct {
	out  models.ID
	form models.Form
}

const maxLetters = 64

// read returns the letter that d brings.
func (c *letters) read(tx *store.Tx, d *models.Delivery) (*letter, error) {
	key := letterKey{d.OutboundID, d.Form}
	c.mu.Lock()
	l := c.kept[key]
	c.mu.Unlock()
	if l != nil {
		return l, nil
	}
	out, err := store.Get[models.Outbound](tx, d.OutboundID)
	if err != nil {
		return nil, err
	}
	row, err := store.One[models.Letter](tx, "outbound_id = ? AND form = ?", d.OutboundID, d.Form)
	if err != nil {
		return nil, err
	}
	l = &letter{uri: out.URI, verb: out.Verb, body: row.Body}
	if out.Activity != nil {
		l.ends = out.Activity.Ends
		if out.Followers {
			l.to = slices.Concat(out.Activity.To, out.Activity.Cc)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil || len(c.kept) >= maxLetters {
		c.kept = map[letterKey]*letter{}
	}
	c.kept[key] = l
	return l, nil
}
