package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"ensemble/models/store"
)

type restoreCmd struct {
	File string `arg:"" help:"What 'ensemble backup' wrote."`
}

// Run puts a backup where there is nothing yet, and looks whether it is whole.
func (r restoreCmd) Run(w *world) error {
	c, err := w.config()
	if err != nil {
		return err
	}
	m, err := verifyBackup(r.File)
	if err != nil {
		return err
	}
	switch {
	case m.Domain != c.Site.Domain:
		return fmt.Errorf("this is a backup of %s, and the configuration is of %s: the domain of a server can never change", m.Domain, c.Site.Domain)
	case c.onDisk() != (m.Database == liteEntry):
		return fmt.Errorf("this is a backup of a %s database, and ENSEMBLE_DATABASE_URL is of another kind", m.Dialect)
	}
	unlock, err := lockFolder(c.Data) // nobody serves from it meanwhile
	if err != nil {
		return err
	}
	defer unlock()
	if err := nothingThere(w, c); err != nil {
		return err
	}
	if err := unpack(w, c, r.File); err != nil {
		return err
	}
	w.say("The database (schema %d) and %d uploads of %s are back, as they were on %s.", m.Schema, len(m.Files)-1, m.Domain, m.At.Format("2006-01-02 15:04 UTC"))
	return r.check(w, c)
}

// nothingThere refuses to overwrite anything.
func nothingThere(w *world, c config) error {
	if entries, err := os.ReadDir(filepath.Join(c.Data, "media")); err == nil && len(entries) > 0 {
		return fmt.Errorf("there are uploads in %s: a restore overwrites nothing", filepath.Join(c.Data, "media"))
	}
	if c.onDisk() {
		for _, name := range []string{c.Database, c.Database + "-wal"} {
			if _, err := os.Lstat(name); !errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("there is a database at %s: a restore overwrites nothing", name)
			}
		}
		return nil
	}
	db, err := store.Open(w, store.Config{URL: c.Database, Site: c.Site, Log: c.log(w)})
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // nothing was written
	empty, err := db.Empty(w)
	if err == nil && !empty {
		err = errors.New("there are tables in the database: a restore overwrites nothing")
	}
	return err
}

// unpack puts everything beside its place first, and into it when all of it is there.
func unpack(w *world, c config, file string) error {
	folder, err := os.MkdirTemp(c.Data, "restore-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // what is left is found by name
	if err := eachEntry(file, func(name string, r io.Reader) error { return place(filepath.Join(folder, filepath.FromSlash(name)), r) }); err != nil {
		return err
	}
	if c.onDisk() {
		err = os.Rename(filepath.Join(folder, liteEntry), c.Database)
	} else {
		err = program(w, "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--dbname="+c.Database, filepath.Join(folder, postgresEntry))
	}
	if err != nil {
		return fmt.Errorf("restore the database: %w", err)
	}
	media := filepath.Join(c.Data, "media")
	if err := os.Remove(media); err != nil && !errors.Is(err, os.ErrNotExist) { // it is empty
		return err
	}
	if err := os.Rename(filepath.Join(folder, "media"), media); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil // nothing was ever uploaded
}

func place(name string, r io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Sync(), f.Close())
}

// check looks at what can be seen before the server runs.
func (restoreCmd) check(w *world, c config) error {
	db, err := store.Open(w, store.Config{URL: c.Database, Site: c.Site, Log: c.log(w)})
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // what was done is committed
	if err := db.Migrate(w); err != nil {
		return err
	}
	if err := sameSite(w, db); err != nil {
		return err
	}
	d := &doctor{world: w, config: c, db: db}
	for _, look := range []func() []finding{d.clock, d.keys, d.media, d.space} {
		d.report(look()...)
	}
	if d.failed {
		return exit(1)
	}
	w.say("Start the server, and let 'ensemble doctor' look at the rest.")
	return nil
}
