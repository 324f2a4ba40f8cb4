package mail

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// atOnce is how many mails are handed over at the same time.
const atOnce = 4

// waits are how long a mail waits after each try; the last one goes on.
var waits = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour}

// An Office sends what is queued.
type Office struct {
	DB     *store.DB
	Server *Server // nil: nothing is sent
	Log    *slog.Logger

	busy chan struct{}
}

// Work has the office's task done by w.
func (o *Office) Work(w *store.Workers) {
	o.busy = make(chan struct{}, atOnce)
	store.Work(w, o.post)
}

// post sends one mail. Where that fails for now, it comes again later.
func (o *Office) post(ctx context.Context, t Post) error {
	var m *models.Mail
	err := o.DB.Read(ctx, func(tx *store.Tx) (err error) {
		m, err = store.Get[models.Mail](tx, t.Mail)
		return err
	})
	switch {
	case err != nil:
		return err
	case m.State != models.MailQueued || o.Server == nil:
		return nil
	}
	if wait := m.DueAt.Sub(o.DB.Now()); wait > 0 {
		return store.Later(wait)
	}
	select {
	case o.busy <- struct{}{}:
		defer func() { <-o.busy }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return o.settle(ctx, m.ID, o.Server.Deliver(ctx, o.DB.Site, m))
}

// settle notes what became of a try.
func (o *Office) settle(ctx context.Context, id models.ID, failure error) error {
	var again error
	err := o.DB.Tx(ctx, func(tx *store.Tx) error {
		m, err := store.Hold[models.Mail](tx, id)
		if err != nil || m.State != models.MailQueued {
			return err
		}
		m.Attempts++
		again = judge(m, failure, tx.Now)
		return store.Put(tx, m)
	})
	if err == nil && failure != nil {
		o.Log.Warn("a mail was not taken", "mail", id.String(), "err", failure)
	}
	return errors.Join(err, again)
}

// judge moves m on, and returns when to try again: nil for never.
func judge(m *models.Mail, failure error, now time.Time) error {
	var no refusal
	wait := waits[min(m.Attempts, len(waits))-1]
	switch {
	case failure == nil:
		m.State, m.LastError = models.MailSent, ""
	case errors.As(failure, &no), now.Add(wait).Sub(m.CreatedAt) > models.MailPatience:
		m.State, m.LastError = models.MailFailed, reason(failure)
	default:
		m.DueAt, m.LastError = now.Add(wait), reason(failure)
		return store.Later(wait)
	}
	m.DoneAt, m.Plain, m.HTML, m.Unsubscribe = &now, "", "", ""
	return nil
}

func reason(err error) string {
	s := line(err.Error())
	if r := []rune(s); len(r) > 500 {
		return string(r[:500])
	}
	return s
}

// Sweep wakes what the queue lost.
func (o *Office) Sweep(ctx context.Context) error {
	if o.Server == nil {
		return nil
	}
	return o.DB.Tx(ctx, func(tx *store.Tx) error {
		due, err := store.Find[models.Mail](tx, "state = 'queued' AND due_at < ? ORDER BY due_at LIMIT 100", tx.Now.Add(-5*time.Minute))
		if err != nil {
			return err
		}
		var tasks []Post
		for _, m := range due {
			tasks = append(tasks, Post{m.ID})
		}
		return store.WakeAll(tx, tasks)
	})
}
