package main

import (
	"context"
	"errors"

	"ensemble/activities/transfer"
	"ensemble/models/store"
)

// transfers works what people bring along.
func (n *node) transfers(w *store.Workers) {
	store.Work(w, (&transfer.Runner{DB: n.db, Finder: &finder{n.db, n.fed.Peers}, Posts: n.fed.BringPosts}).Run)
}

// bring wakes imports and archives that nobody works on, and takes archives away whose
// time is over.
func (n *node) bring(ctx context.Context) error {
	return errors.Join(n.db.Tx(ctx, transfer.Due), n.db.Tx(ctx, transfer.ArchivesDue))
}
