package main

import (
	"context"

	"ensemble/activities/transfer"
	"ensemble/models/store"
)

// transfers works what people bring along.
func (n *node) transfers(w *store.Workers) {
	store.Work(w, (&transfer.Runner{DB: n.db, Finder: &finder{n.db, n.fed.Peers}}).Run)
}

// bring wakes imports that nobody works on.
func (n *node) bring(ctx context.Context) error { return n.db.Tx(ctx, transfer.Due) }
