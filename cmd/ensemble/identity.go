package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"

	"ensemble/models"
	"ensemble/models/store"
)

// secretSetting names the setting that holds what the addresses of pending media
// are signed with, so that all processes of a server have the same.
const secretSetting = "secret.preview"

// previewSecret returns that secret, and makes it if there is none.
func previewSecret(ctx context.Context, db *store.DB) (secret []byte, err error) {
	fresh := make([]byte, 32)
	rand.Read(fresh) //nolint:errcheck // crypto/rand.Read never fails since Go 1.24
	err = db.Tx(ctx, func(tx *store.Tx) error {
		if _, err := store.Add(tx, &models.Setting{Name: secretSetting, Value: hex.EncodeToString(fresh)}); err != nil {
			return err
		}
		s, err := store.One[models.Setting](tx, "name = ?", secretSetting)
		if err != nil {
			return err
		}
		secret, err = hex.DecodeString(s.Value)
		return err
	})
	return secret, err
}

// sameSite refuses a database that belongs to another name: every address in it,
// which peers remember, would be wrong.
func sameSite(ctx context.Context, db *store.DB) error {
	var a *models.Account
	err := db.Read(ctx, func(tx *store.Tx) (err error) {
		a, err = store.Maybe[models.Account](tx, "system AND domain = ''")
		return err
	})
	switch {
	case err != nil || a == nil:
		return err
	case a.Username != strings.ReplaceAll(db.Site.Domain, ":", "-"): // see account.System
		return fmt.Errorf("this database belongs to %s, and the server is to be %s: the domain of a server can never change", a.Username, db.Site.Domain)
	case !db.Site.Owns(a.URI):
		return fmt.Errorf("the accounts of this database are at %s, and the server is to be at %s: that can never change", a.URI.Origin(), db.Site.Origin)
	}
	return nil
}

// openDB opens the database of a server, which may be running, for a command.
func openDB(w *world, c config) (*store.DB, error) {
	db, err := store.Open(w, store.Config{URL: c.Database, Site: c.Site, Log: c.log(w)})
	if err != nil {
		return nil, err
	}
	if err = db.Current(w); err == nil {
		err = sameSite(w, db)
	}
	if err != nil {
		_ = db.Close() // the error that brought us here matters more
		return nil, err
	}
	return db, nil
}

// withDB does fn with the database of the server that the configuration is about.
func withDB(w *world, fn func(*store.DB) error) error {
	c, err := w.config()
	if err != nil {
		return err
	}
	db, err := openDB(w, c)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // what was done is committed
	return fn(db)
}
