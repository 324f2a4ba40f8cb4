package main

import (
	"bytes"
	"context"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ensemble/activities/account"
	"ensemble/activities/backup"
	"ensemble/activities/mail"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
	"ensemble/web/api"
)

// A kept is a server whose backups are made by a keeper.
type kept struct {
	*testing.T
	*node
	ruth   *models.Account
	offset time.Duration
}

func newKept(t *testing.T, database string) *kept {
	t.Helper()
	k := &kept{T: t}
	var err error
	k.node, err = open(t.Context(), nodeConfig{
		Site:     models.Site{Domain: "one.test", Origin: "https://one.test", Title: "One", MailFrom: "no-reply@one.test"},
		Database: database, Data: t.TempDir(), Secret: []byte("secret"), Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Now().Add(k.offset) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	k.do(func(tx *store.Tx) (err error) {
		k.ruth, err = account.Create(tx, account.Spec{Username: "ruth", Email: "ruth@one.test.example", Role: models.RoleOwner}, "-", models.KeyPair{RSA: "k", RSAPublic: "k"})
		return err
	})
	return k
}

func (k *kept) do(fn func(tx *store.Tx) error) {
	k.Helper()
	if err := k.db.Tx(k.Context(), fn); err != nil {
		k.Fatal(err)
	}
}

// order has a backup made, and returns what became of it.
func (k *kept) order() *models.Backup {
	k.Helper()
	var b *models.Backup
	k.do(func(tx *store.Tx) (err error) { b, err = backup.Order(tx, k.ruth); return err })
	if err := k.backups.make(k.Context(), backup.Make{Backup: b.ID}); err != nil {
		k.Fatal(err)
	}
	return k.see(b.ID)
}

func (k *kept) see(id models.ID) (b *models.Backup) {
	k.Helper()
	k.do(func(tx *store.Tx) (err error) { b, err = store.Get[models.Backup](tx, id); return err })
	return b
}

func (k *kept) problem() (word string) {
	k.Helper()
	k.do(func(tx *store.Tx) error {
		all, err := backup.List(tx)
		if err != nil {
			return err
		}
		p, err := backup.Plan(tx)
		word = backup.Problem(all, p, tx.Now)
		return err
	})
	return word
}

func (k *kept) doctor() finding {
	d := &doctor{world: &world{Context: k.Context()}, db: k.db}
	return d.backups()[0]
}

func (k *kept) letters() (n int) {
	k.Helper()
	k.do(func(tx *store.Tx) (err error) {
		n, err = store.Count[models.Mail](tx, "kind = ?", string(mail.BackupFailed))
		return err
	})
	return n
}

// A backup is made and tried out by bringing it back; one that was damaged since is found,
// and its owner is told; one whose maker ended is called interrupted.
func TestBackupsAreTriedOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		k := newKept(t, storetest.URL(t, dialect))
		if got := k.doctor(); got.mark != "warn" || k.problem() != "none" {
			t.Errorf("without a backup: %v, %s", got, k.problem())
		}
		b := k.order()
		if b.State != models.BackupDone || b.Proof != models.ProofRestored || b.Busy || b.Size == 0 || b.Version == 0 || b.Dialect != dialect || b.Program != version {
			t.Fatalf("a backup: %+v", b)
		}
		if got := k.doctor(); got.mark != "ok" || k.problem() != "" {
			t.Errorf("with a backup: %v, %s", got, k.problem())
		}
		file := k.backups.at(b.File)
		m, err := verifyBackup(file)
		if err != nil || m.Rows["users"] != 1 {
			t.Fatalf("what is in it: %+v, %v", m, err)
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		info, _ := os.Stat(file)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("everybody on the machine may read it: %v", info.Mode())
		}
		check := func(content []byte) *models.Backup {
			t.Helper()
			if err := os.WriteFile(file, content, 0o600); err != nil {
				t.Fatal(err)
			}
			k.do(func(tx *store.Tx) error { return backup.TryOut(tx, b.ID) })
			if err := k.backups.check(t.Context(), backup.Check{Backup: b.ID}); err != nil {
				t.Fatal(err)
			}
			return k.see(b.ID)
		}
		damaged := bytes.Clone(raw)
		damaged[len(damaged)/3] ^= 1
		if got := check(damaged); got.Proof != models.ProofBad || !strings.Contains(got.ProofError, "damaged") || k.problem() != "bad" || k.letters() != 1 || k.doctor().mark != "fail" {
			t.Errorf("a damaged one: %+v, %s, %d letters", got, k.problem(), k.letters())
		}
		lies := bytes.Replace(raw, []byte(`"users": 1`), []byte(`"users": 2`), 1)
		if got := check(lies); got.Proof != models.ProofBad || !strings.Contains(got.ProofError, "users has 1 rows and not 2") {
			t.Errorf("one that lacks a row: %+v", got)
		}
		if got := check(raw); got.Proof != models.ProofRestored || k.problem() != "" {
			t.Errorf("the good one again: %+v", got)
		}
		k.interrupted(t)
		k.planned(t)
		left, _ := filepath.Glob(filepath.Join(filepath.Dir(k.backups.folder()), "check-*"))
		if len(left) != 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

// interrupted has the maker of a backup end in the middle of it.
func (k *kept) interrupted(t *testing.T) {
	t.Helper()
	var b *models.Backup
	k.do(func(tx *store.Tx) (err error) { b, err = backup.Order(tx, k.ruth); return err })
	err := k.db.Tx(t.Context(), func(tx *store.Tx) error { _, err := backup.Order(tx, nil); return err })
	if models.CodeOf(err) != "backup_busy" {
		t.Errorf("two at once: %v", err)
	}
	k.do(func(tx *store.Tx) error { _, err := backup.Begin(tx, b.ID); return err })
	k.do(backup.Due)
	if got := k.see(b.ID); got.State != models.BackupRunning {
		t.Errorf("one that is at work: %+v", got)
	}
	k.offset += 2 * models.BackupSilence
	k.do(backup.Due)
	if got := k.see(b.ID); got.State != models.BackupInterrupted || got.Busy || k.problem() != "failed" {
		t.Errorf("one whose maker ended: %+v", got)
	}
	if err := k.backups.make(t.Context(), backup.Make{Backup: b.ID}); err != nil || k.see(b.ID).State != models.BackupInterrupted {
		t.Errorf("its task came back: %v %+v", err, k.see(b.ID))
	}
	stopped, stop := context.WithCancel(t.Context())
	k.do(func(tx *store.Tx) (err error) { b, err = backup.Order(tx, k.ruth); return err })
	k.do(func(tx *store.Tx) error { _, err := backup.Begin(tx, b.ID); return err })
	stop()
	if err := k.backups.write(stopped, b); err == nil {
		t.Error("a backup was written by a server that stops")
	}
	k.do(func(tx *store.Tx) error { return backup.Interrupted(tx, b) })
	if left, _ := filepath.Glob(k.backups.at("*") + partEnd); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// planned has backups made by the plan, and old ones removed.
func (k *kept) planned(t *testing.T) {
	t.Helper()
	k.do(func(tx *store.Tx) error { return backup.SetPlan(tx, models.BackupPlan{Hour: 3, Keep: 2}) })
	for day := range 4 {
		if day > 0 {
			k.offset += 24 * time.Hour
		}
		k.do(backup.Due)
		k.do(backup.Due)
		var b *models.Backup
		k.do(func(tx *store.Tx) (err error) { b, err = store.Maybe[models.Backup](tx, "busy AND auto"); return err })
		if b == nil {
			t.Fatalf("day %d: no backup was ordered", day)
		}
		if err := k.backups.make(t.Context(), backup.Make{Backup: b.ID}); err != nil {
			t.Fatal(err)
		}
		k.do(backup.Due)
	}
	k.do(func(tx *store.Tx) error {
		auto, err := store.Count[models.Backup](tx, "auto AND state = 'done'")
		all, err2 := store.Count[models.Backup](tx, "state = 'done'")
		if err != nil || err2 != nil || auto != 2 || all != 3 {
			t.Errorf("%d backups of the plan are kept, of %d (%v %v)", auto, all, err, err2)
		}
		return nil
	})
	k.offset += 3 * 24 * time.Hour
	if k.problem() != "late" {
		t.Errorf("after three days without one: %s", k.problem())
	}
}

// Where the server's role may make no database, a backup is read to its end, and says so.
func TestBackupsAreReadWhereNothingCanBeMade(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		if dialect == "sqlite" {
			return
		}
		at := storetest.URL(t, dialect)
		c, err := pgx.Connect(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		u, _ := url.Parse(at)
		name := strings.TrimPrefix(u.Path, "/")
		role := "weak_" + name
		for _, statement := range []string{
			`CREATE ROLE "` + role + `" LOGIN PASSWORD 'weak' NOCREATEDB`, `ALTER DATABASE "` + name + `" OWNER TO "` + role + `"`,
			`GRANT ALL ON SCHEMA public TO "` + role + `"`, `GRANT ALL ON ALL TABLES IN SCHEMA public TO "` + role + `"`, `GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO "` + role + `"`,
		} {
			if _, err := c.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		t.Cleanup(func() {
			_, _ = c.Exec(context.Background(), `REASSIGN OWNED BY "`+role+`" TO CURRENT_USER`)
			_, _ = c.Exec(context.Background(), `DROP OWNED BY "`+role+`"`)
			_, _ = c.Exec(context.Background(), `DROP ROLE "`+role+`"`)
			c.Close(context.Background())
		})
		u.User = url.UserPassword(role, "weak")
		k := newKept(t, u.String())
		if b := k.order(); b.State != models.BackupDone || b.Proof != models.ProofRead || !strings.Contains(b.ProofError, "may not make a database") {
			t.Errorf("got %+v", b)
		}
	})
}

// How much room copies may take is what an admin chose, in every process and without a new
// start.
func TestRoomForCopiesHoldsEverywhere(t *testing.T) {
	k := newKept(t, storetest.URL(t, "sqlite"))
	if got := k.cache.Most(); got != usualCache {
		t.Fatalf("at first: %d", got)
	}
	k.do(func(tx *store.Tx) error {
		return store.Put(tx, &models.Setting{Name: api.SettingCache, Value: "2000000"})
	})
	if err := k.fit(t.Context()); err != nil || k.cache.Most() != 2000000 {
		t.Errorf("after an admin chose: %d (%v)", k.cache.Most(), err)
	}
	k.do(func(tx *store.Tx) error {
		_, err := store.Delete[models.Setting](tx, "name = ?", api.SettingCache)
		return err
	})
	if err := k.fit(t.Context()); err != nil || k.cache.Most() != usualCache {
		t.Errorf("as configured: %d (%v)", k.cache.Most(), err)
	}
}
