package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ensemble/activities/backup"
	"ensemble/models"
	"ensemble/models/store"
)

// A keeper makes the backups that are asked for on a page or by the plan, and tries them
// out.
type keeper struct {
	db     *store.DB
	config config
	log    *slog.Logger
}

func newKeeper(db *store.DB, c nodeConfig) *keeper {
	return &keeper{db, config{Site: c.Site, Database: c.Database, Data: c.Data, Bucket: c.Bucket}, c.Log}
}

// work takes the tasks on.
func (k *keeper) work(w *store.Workers) {
	store.Work(w, k.make)
	store.Work(w, k.check)
	store.Work(w, func(_ context.Context, t backup.Drop) error { return k.drop(t.File) })
}

// folder is where the backups are.
func (k *keeper) folder() string { return filepath.Join(k.config.Data, "backups") }

// at is the path of a backup. Its name never leads elsewhere.
func (k *keeper) at(file string) string { return filepath.Join(k.folder(), filepath.Base(file)) }

func (k *keeper) drop(file string) error {
	if err := os.Remove(k.at(file)); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// make writes a backup, unless it is no longer to be made: a task that was cut off comes
// back, and its backup is called interrupted by then.
func (k *keeper) make(ctx context.Context, t backup.Make) error {
	var b *models.Backup
	err := k.db.Tx(ctx, func(tx *store.Tx) (err error) {
		b, err = backup.Begin(tx, t.Backup)
		return err
	})
	if err != nil || b == nil {
		return err
	}
	defer k.alive(ctx, b.ID)()
	if err := k.write(ctx, b); err != nil {
		return k.end(ctx, func(tx *store.Tx) error {
			if ctx.Err() != nil {
				return backup.Interrupted(tx, b)
			}
			k.log.Error("a backup failed", "backup", b.ID, "err", err)
			return backup.Failed(tx, b, models.BackupFailed, reasonOf(err), sentence(err))
		})
	}
	if err := k.end(ctx, func(tx *store.Tx) error { return backup.Written(tx, b) }); err != nil {
		return err
	}
	return k.prove(ctx, b)
}

// check tries a backup out once more.
func (k *keeper) check(ctx context.Context, t backup.Check) error {
	var b *models.Backup
	err := k.db.Read(ctx, func(tx *store.Tx) (err error) {
		b, err = store.Maybe[models.Backup](tx, "id = ? AND busy AND state = ?", t.Backup, models.BackupChecking)
		return err
	})
	if err != nil || b == nil {
		return err
	}
	defer k.alive(ctx, b.ID)()
	return k.prove(ctx, b)
}

// end notes how it went, also if the server is being stopped.
func (k *keeper) end(ctx context.Context, fn func(tx *store.Tx) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return k.db.Tx(ctx, fn)
}

// alive says every few seconds that somebody works on it, until it is told to stop.
func (k *keeper) alive(ctx context.Context, id models.ID) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { // ends with the task
		defer close(ended)
		every(ctx, models.BackupSilence/6, k.log, "backup", func(ctx context.Context) error {
			return k.db.Tx(ctx, func(tx *store.Tx) error { return backup.Beat(tx, id) })
		})
	}()
	return func() { cancel(); <-ended }
}

func (k *keeper) write(ctx context.Context, b *models.Backup) error {
	if err := os.MkdirAll(k.folder(), 0o700); err != nil {
		return err
	}
	k.tidy()
	name := b.CreatedAt.UTC().Format("20060102-150405") + "-" + b.ID.String() + ".tar"
	part := k.at(name) + partEnd
	defer os.Remove(part) //nolint:errcheck // it has its name by then, or is of no use
	if err := writeBackup(ctx, k.db, k.config, part); err != nil {
		return err
	}
	m, err := verifyBackup(part)
	if err != nil {
		return err
	}
	info, err := os.Stat(part)
	if err != nil {
		return err
	}
	b.File, b.Size, b.Program, b.Dialect, b.Version, b.Files = name, info.Size(), m.Program, m.Dialect, m.Schema, int64(len(m.Files)-1)
	return os.Rename(part, k.at(name))
}

const partEnd = ".part"

// tidy removes what was left by whoever was cut off. Only one works at a time in the
// folder of backups; beside it a command may be at work.
func (k *keeper) tidy() {
	for left, age := range map[string]time.Duration{
		filepath.Join(k.folder(), "*"+partEnd): 0, filepath.Join(k.config.Data, "backup-*"): 12 * time.Hour, filepath.Join(k.config.Data, "check-*"): 12 * time.Hour,
	} {
		found, _ := filepath.Glob(left) // the pattern is good
		for _, name := range found {
			if info, err := os.Stat(name); err != nil || k.db.Now().Sub(info.ModTime()) < age {
				continue
			}
			if err := os.RemoveAll(name); err != nil {
				k.log.Warn("what was left of a backup cannot be removed", "err", err)
			}
		}
	}
}

func (k *keeper) prove(ctx context.Context, b *models.Backup) error {
	proof, note, err := k.tryOut(ctx, k.at(b.File))
	return k.end(ctx, func(tx *store.Tx) error {
		switch {
		case err == nil:
			return backup.Proved(tx, b, proof, note)
		case ctx.Err() != nil:
			return backup.Interrupted(tx, b)
		}
		k.log.Error("a backup is not good", "backup", b.ID, "err", err)
		return backup.Proved(tx, b, models.ProofBad, sentence(err))
	})
}

// tryOut reads all of a backup, brings its database back where nobody looks, and compares
// how many rows there are. Where no database can be made for that, it is only read, and
// note says so.
func (k *keeper) tryOut(ctx context.Context, file string) (proof models.BackupProof, note string, err error) {
	m, err := verifyBackup(file)
	if err != nil {
		return "", "", err
	}
	folder, err := os.MkdirTemp(k.config.Data, "check-")
	if err != nil {
		return "", "", err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // what is left is found by name
	copied := filepath.Join(folder, m.Database)
	if err := eachEntry(file, func(name string, r io.Reader) error {
		if name != m.Database {
			return nil
		}
		return place(copied, r)
	}); err != nil {
		return "", "", err
	}
	if m.Database == liteEntry {
		return models.ProofRestored, "", compareRows(ctx, m, copied)
	}
	return k.restoreAside(ctx, m, copied)
}

func (k *keeper) restoreAside(ctx context.Context, m *manifest, dump string) (models.BackupProof, string, error) {
	at, err := url.Parse(k.config.Database)
	if err != nil {
		return "", "", errors.New("the address of the database cannot be read")
	}
	aside := "ensemble_check_" + strings.TrimPrefix(at.Path, "/")
	at.Path = "/" + aside
	err = k.db.Scratch(ctx, aside, func() error {
		if err := program(ctx, "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--dbname="+at.String(), dump); err != nil {
			return err
		}
		return compareRows(ctx, m, at.String())
	})
	if errors.Is(err, store.ErrNoScratch) {
		if err := program(ctx, "pg_restore", "--no-owner", "--file="+os.DevNull, dump); err != nil {
			return "", "", err
		}
		return models.ProofRead, sentence(err), nil
	}
	return models.ProofRestored, "", err
}

// compareRows looks whether what was brought back has the rows that were there.
func compareRows(ctx context.Context, m *manifest, at string) error {
	got, err := store.CountRows(ctx, at)
	if err != nil {
		return err
	}
	if m.Rows == nil { // it is of an earlier version, which counted nothing
		if len(got) == 0 {
			return errors.New("there is nothing in the database")
		}
		return nil
	}
	for _, table := range slices.Sorted(maps.Keys(m.Rows)) {
		if n, there := got[table]; !there || n != m.Rows[table] {
			return fmt.Errorf("the table %s has %d rows and not %d", table, n, m.Rows[table])
		}
	}
	return nil
}

// reasonOf is the code of why a backup failed, "" if none is known.
func reasonOf(err error) string {
	switch text := err.Error(); {
	case errors.Is(err, models.ErrFull), strings.Contains(text, "no space left"), strings.Contains(text, "disk is full"):
		return "disk_full"
	case errors.Is(err, errNoProgram):
		return "no_program"
	case errors.Is(err, os.ErrPermission):
		return "no_permission"
	}
	return ""
}
