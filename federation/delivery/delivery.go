// Package delivery turns what was said here into letters, and brings them. An
// activity is written out once a form; its audience is found by a task; and each
// destination has one drain of its own, so that a host that is dead, slow or
// hostile holds nobody else up.
package delivery

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"ensemble/activities"
	"ensemble/activities/collab"
	"ensemble/federation/fetch"
	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/store"
)

// Deliver is the task that brings everything that waits for a host.
type Deliver struct {
	Host string `json:"host"`
}

// Kind names the task in the queue.
func (Deliver) Kind() string { return "deliver" }

// Travels says that the task waits for a server: see store.Traveller.
func (Deliver) Travels() {}

// An Office writes letters and brings them.
type Office struct {
	DB    *store.DB
	Peers *fetch.Client
	Log   *slog.Logger
	// Gone is told of an inbox whose server says that it is gone for good; nil tells nobody.
	Gone func(ctx context.Context, inbox models.IRI) error

	written letters
	circles circles
}

// Work has the office's tasks done by w.
func (o *Office) Work(w *store.Workers) {
	store.Drain(w, o.expandAll, func(tx *store.Tx, t activities.Expand) (bool, error) {
		return store.Any[models.Outbound](tx, "account_id = ? AND expanded_at IS NULL", t.Account)
	})
	store.Drain(w, o.drain, func(tx *store.Tx, t Deliver) (bool, error) {
		return store.Any[models.Delivery](tx, dueFor, t.Host, tx.Now)
	})
}

// dueFor is true of deliveries to a host that are due. The state is literal, as in their
// index: a database that plans for any state reads all deliveries there ever were.
const dueFor = "host = ? AND state = 'queued' AND due_at <= ?"

// expandAll expands what an account said, oldest first.
func (o *Office) expandAll(ctx context.Context, t activities.Expand) error {
	for {
		var waiting []*models.Outbound
		err := o.DB.Read(ctx, func(tx *store.Tx) (err error) {
			waiting, err = store.Find[models.Outbound](tx, "account_id = ? AND expanded_at IS NULL ORDER BY id LIMIT 20", t.Account)
			return err
		})
		if err != nil || len(waiting) == 0 {
			return err
		}
		for _, out := range waiting {
			if err := o.DB.Tx(ctx, func(tx *store.Tx) error { return expand(tx, out.ID) }); err != nil {
				return err
			}
		}
	}
}

// expand finds out who is to hear an activity, writes it out in the forms they
// understand, and leaves a delivery for each inbox.
func expand(tx *store.Tx, id models.ID) error {
	out, err := store.Hold[models.Outbound](tx, id)
	if err != nil || out.ExpandedAt != nil {
		return err
	}
	inboxes, err := audience(tx, out)
	if err != nil {
		return err
	}
	slices.Sort(inboxes)
	written := map[models.Form]bool{}
	peers, err := peersOf(tx, inboxes)
	if err != nil {
		return err
	}
	var rows []*models.Delivery
	for _, inbox := range inboxes {
		host := inbox.Host()
		peer := peers[host]
		if peer.Blocked {
			continue
		}
		form := formFor(out, peer)
		if !written[form] {
			if err := write(tx, out, form); err != nil {
				return err
			}
			written[form] = true
		}
		rows = append(rows, &models.Delivery{
			ID: models.NewID(tx.Now), OutboundID: out.ID, AccountID: out.AccountID, Form: form, Host: host, Inbox: inbox,
			State: models.DeliveryQueued, DueAt: tx.Now, CreatedAt: tx.Now,
		})
	}
	if err := store.AddAll(tx, rows); err != nil {
		return err
	}
	var woken []Deliver
	for _, host := range slices.Sorted(maps.Keys(peers)) { // all in one order, or two would wait for each other
		if !peers[host].Blocked {
			woken = append(woken, Deliver{host})
		}
	}
	if err := store.WakeAll(tx, woken); err != nil {
		return err
	}
	_, err = store.Set[models.Outbound](tx, map[string]any{"expanded_at": tx.Now}, "id = ?", out.ID)
	return err
}

// audience returns every inbox that is to get the activity, each once.
func audience(tx *store.Tx, out *models.Outbound) ([]models.IRI, error) {
	of := slices.Clone(out.FollowersOf)
	if out.Followers {
		of = append(of, out.AccountID)
	}
	var inboxes []models.IRI
	if len(of) > 0 {
		var err error
		if inboxes, err = store.FollowerInboxes(tx, of); err != nil {
			return nil, err
		}
	}
	for _, inbox := range out.Inboxes {
		if out.Followers { // a crowd hears it anyway: one letter a server is enough
			a, err := store.Find[models.Account](tx, "inbox = ? LIMIT 1", inbox)
			if err != nil {
				return nil, err
			}
			if len(a) > 0 {
				inbox = a[0].BestInbox()
			}
		}
		if !slices.Contains(inboxes, inbox) {
			inboxes = append(inboxes, inbox)
		}
	}
	return relayed(tx, out, slices.DeleteFunc(inboxes, func(i models.IRI) bool { return i.Host() == "" || tx.Site.Owns(i) }))
}

// formFor returns how the authors of a post are to be written for a peer: the
// literal array for those who declared that they understand it, the dual form for
// everybody else, or what an admin chose. Where there is one author there is one
// form.
func formFor(out *models.Outbound, p *models.Peer) models.Form {
	if out.Activity == nil || out.Activity.Object.Note == nil || len(out.Activity.Object.Note.Claims) == 0 {
		return models.FormDual
	}
	switch {
	case p.Form != "":
		return p.Form
	case p.Ensemble:
		return models.FormArray
	default:
		return models.FormDual
	}
}

func write(tx *store.Tx, out *models.Outbound, form models.Form) error {
	body := out.Body
	if body == nil {
		var err error
		if body, err = wire.Encode(out.Activity, form); err != nil {
			return err
		}
	}
	_, err := store.Add(tx, &models.Letter{OutboundID: out.ID, Form: form, Body: body})
	return err
}

// drain brings what waits for a host, in order, until nothing is due or the host
// does not answer: then the host rests, and so do its letters.
func (o *Office) drain(ctx context.Context, t Deliver) error {
	for {
		r, err := o.load(ctx, t.Host)
		if err != nil || len(r.rows) == 0 {
			return err
		}
		if r.peer != nil && r.peer.Paused {
			return store.Later(time.Minute)
		}
		over := 0
		for _, d := range r.rows {
			if err := o.bring(ctx, d, r); err != nil {
				return errors.Join(o.note(ctx, r), err)
			}
			if over++; o.DB.Now().Sub(r.read) > stale {
				break
			}
		}
		if over == len(r.rows) && over < round {
			store.Last(ctx, r.finish)
			return nil
		}
		if err := o.note(ctx, r); err != nil {
			return err
		}
	}
}

// bring posts one letter. Its error stops the drain: the host does not answer, or we
// are stopping.
func (o *Office) bring(ctx context.Context, d *models.Delivery, r *rounds) error {
	l := r.letters[d.ID]
	if from := r.from[d.AccountID]; !from.Active() && l.verb != models.Delete && l.verb != models.Undo && l.verb != models.Leave && l.verb != models.Reject {
		return o.finish(ctx, d, l, models.DeliveryDropped, "its sender is suspended")
	}
	err := o.Peers.PostTo(ctx, r.peer, d.Inbox, r.from[d.AccountID], l.body, r.headers[d.ID])
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch models.KindOf(err) {
	case "":
		if l.verb == models.OfferVerb {
			if err := o.finish(ctx, d, l, models.DeliveryDone, ""); err != nil {
				return err
			}
		} else {
			r.brought = append(r.brought, d.ID)
		}
		return o.healthy(ctx, d.Host, r.peer)
	case models.Unreachable, models.Internal, models.TooMany:
		return o.rest(ctx, d, r.peer, err)
	case models.Forbidden:
		if models.CodeOf(err) == "peer_blocked" { // since it was written
			return o.finish(ctx, d, l, models.DeliveryDropped, err.Error())
		}
		if d.Attempts < 4 { // they may not have been able to look us up
			return o.again(ctx, d, err)
		}
	}
	if e := o.finish(ctx, d, l, models.DeliveryRefused, err.Error()); e != nil || models.KindOf(err) != models.Gone || o.Gone == nil {
		return e
	}
	return o.Gone(ctx, d.Inbox)
}

// finish notes how a delivery ended. An offer's end is its collab's concern too.
func (o *Office) finish(ctx context.Context, d *models.Delivery, l *letter, state models.DeliveryState, why string) error {
	return o.DB.Tx(ctx, func(tx *store.Tx) error {
		n, err := store.Set[models.Delivery](tx, map[string]any{
			"state": state, "done_at": tx.Now, "last_error": why, "attempts": d.Attempts + 1,
		}, "id = ? AND state = ?", d.ID, models.DeliveryQueued)
		if err != nil || n == 0 || l.verb != models.OfferVerb {
			return err
		}
		if state == models.DeliveryDone {
			return collab.Delivered(tx, l.uri)
		}
		return collab.Undelivered(tx, l.uri, why)
	})
}

// again puts one letter off, and no other.
func (o *Office) again(ctx context.Context, d *models.Delivery, why error) error {
	return o.DB.Tx(ctx, func(tx *store.Tx) error {
		_, err := store.Set[models.Delivery](tx, map[string]any{
			"attempts": d.Attempts + 1, "last_error": why.Error(), "due_at": tx.Now.Add(backoff[min(d.Attempts, len(backoff)-1)]),
		}, "id = ?", d.ID)
		return err
	})
}

func (o *Office) healthy(ctx context.Context, host string, peer *models.Peer) error {
	if peer != nil && peer.Failures == 0 && peer.LastOK != nil && o.DB.Now().Sub(*peer.LastOK) < time.Hour {
		return nil // no need to write that down for every letter
	}
	now := o.DB.Now()
	if peer != nil {
		peer.Failures, peer.LastOK = 0, &now
	}
	return o.DB.Tx(ctx, func(tx *store.Tx) error {
		_, err := store.Set[models.Peer](tx, map[string]any{"failures": 0, "last_error": "", "next_try": nil, "last_ok": tx.Now}, "host = ?", host)
		return err
	})
}

// Sweep wakes the drains of hosts for which something is due and nobody was told:
// letters that were put off, or a queue that lost a task.
func (o *Office) Sweep(ctx context.Context) error {
	return o.DB.Tx(ctx, func(tx *store.Tx) error {
		hosts, err := store.HostsDue(tx, 500)
		if err != nil {
			return err
		}
		slices.Sort(hosts)
		woken := make([]Deliver, len(hosts))
		for i, h := range hosts {
			woken[i] = Deliver{h}
		}
		if err := store.WakeAll(tx, woken); err != nil {
			return err
		}
		for _, h := range hosts { // they may rest for longer than they have to
			if err := store.Hurry(tx, Deliver{h}); err != nil {
				return err
			}
		}
		waiting, err := store.Find[models.Outbound](tx, "expanded_at IS NULL AND created_at < ? ORDER BY id LIMIT 100", tx.Now.Add(-time.Minute))
		if err != nil {
			return err
		}
		for _, out := range waiting {
			if err := store.Wake(tx, activities.Expand{Account: out.AccountID}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Clean forgets letters that everybody has, after a week. What took something away
// is kept for 30 days: its author may ask who confirmed it.
func (o *Office) Clean(ctx context.Context) error {
	return o.DB.Tx(ctx, func(tx *store.Tx) error {
		week, month := tx.Now.Add(-7*24*time.Hour), tx.Now.Add(-30*24*time.Hour)
		const taking = "(SELECT id FROM outbounds WHERE verb IN ('Delete', 'Undo'))"
		if _, err := store.Delete[models.Delivery](tx, "done_at < ? OR (done_at < ? AND outbound_id NOT IN "+taking+")", month, week); err != nil {
			return err
		}
		const waiting = "id NOT IN (SELECT outbound_id FROM deliveries)"
		if _, err := store.Delete[models.Outbound](tx, "expanded_at < ? AND "+waiting, week); err != nil {
			return err
		}
		_, err := store.Delete[models.Letter](tx, "outbound_id NOT IN (SELECT id FROM outbounds)")
		return err
	})
}
