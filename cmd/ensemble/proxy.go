package main

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"

	"ensemble/models/files"
	"ensemble/models/store"
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
	return files.NewCache(filepath.Join(c.Data, "cache"), cmp.Or(c.Cache, usualCache), files.Of(c.Site.Limits), db.Now)
}
