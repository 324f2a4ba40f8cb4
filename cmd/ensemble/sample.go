package main

import (
	"context"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/api"
)

// sample keeps how the server does, once in five minutes, whichever process comes first.
func (n *node) sample(ctx context.Context) error {
	due := false
	err := n.db.Read(ctx, func(tx *store.Tx) (err error) {
		due, err = store.SampleDue(tx)
		return err
	})
	if err != nil || !due {
		return err
	}
	s := models.Sample{Memory: api.MemoryInUse()}
	if m := n.api.Machine; m != nil {
		state := m.State(ctx)
		s.CacheSize, s.DiskFree = state.CacheSize, state.DiskFree
	}
	return n.db.Tx(ctx, func(tx *store.Tx) error { return store.TakeSample(tx, &s) })
}
