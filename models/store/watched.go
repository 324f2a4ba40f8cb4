package store

import (
	"context"

	"github.com/riverqueue/river"
)

// A watchedLink makes its calls through Config.Calls.
type watchedLink struct {
	link
	calls func(ctx context.Context, what string, call func() error) error
}

// What Config.Calls is told of calls that are no statements.
const (
	CallBegin   = "BEGIN"
	CallEnqueue = "ENQUEUE"
	CallCommit  = "COMMIT"
)

func (w *watchedLink) query(ctx context.Context, text string, args []any, r receiver) error {
	return w.calls(ctx, text, func() error { return w.link.query(ctx, text, args, r) })
}

func (w *watchedLink) exec(ctx context.Context, text string, args []any) (n int64, err error) {
	err = w.calls(ctx, text, func() (err error) {
		n, err = w.link.exec(ctx, text, args)
		return err
	})
	return n, err
}

func (w *watchedLink) enqueue(ctx context.Context, tasks []river.InsertManyParams) error {
	return w.calls(ctx, CallEnqueue, func() error { return w.link.enqueue(ctx, tasks) })
}

// beginWatched is begin by Config.Calls. A commit that is not made is a rollback.
func (db *DB) beginWatched(ctx context.Context, write bool) (link, func(error) error, error) {
	var plain link
	var end func(error) error
	err := db.calls(ctx, CallBegin, func() (err error) {
		plain, end, err = db.beginPlain(ctx, write)
		return err
	})
	if err != nil {
		if end != nil { // it was begun, and the answer got lost
			_ = end(err)
		}
		return nil, nil, err
	}
	return &watchedLink{plain, db.calls}, func(err error) error {
		if err != nil || !write {
			return end(err)
		}
		made := false
		err = db.calls(ctx, CallCommit, func() error {
			made = true
			return end(nil)
		})
		if !made {
			return end(err)
		}
		return err
	}, nil
}
