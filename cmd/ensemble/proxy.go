package main

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"

	"ensemble/models/files"
	"ensemble/models/store"
	"ensemble/web/api"
)

// usualCache is how much of others' files is kept, in bytes.
const usualCache = 1 << 30

// proxyCache has db's site serve the files of others, unless that is switched off,
// and opens the folder of their copies.
func proxyCache(db *store.DB, c nodeConfig) (*files.Cache, error) {
	if c.Direct {
		return nil, nil
	}
	m := hmac.New(sha256.New, c.Secret)
	m.Write([]byte("addresses of files of others"))
	db.Site.FileKey = hex.EncodeToString(m.Sum(nil))
	most, err := cacheRoom(context.Background(), db, c.Cache)
	if err != nil {
		return nil, err
	}
	return files.NewCache(filepath.Join(c.Data, "cache"), most, files.Of(c.Site.Limits), db.Now)
}

// cacheRoom is how many bytes of others' files are kept: what an admin said on a page, or
// what is configured.
func cacheRoom(ctx context.Context, db *store.DB, configured int64) (most int64, err error) {
	err = db.Read(ctx, func(tx *store.Tx) error {
		most, err = api.CacheRoom(tx)
		return err
	})
	return cmp.Or(most, configured, usualCache), err
}

// fit has the copies of others' files take no more room than they may: another process may
// have been told.
func (n *node) fit(ctx context.Context) error {
	if n.cache == nil {
		return nil
	}
	most, err := cacheRoom(ctx, n.db, n.room)
	if err == nil && most != n.cache.Most() {
		n.cache.SetMost(most)
	}
	return err
}
