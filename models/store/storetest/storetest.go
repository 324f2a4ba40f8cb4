// Package storetest gives each test a database of its own, on either dialect: a
// copy of a migrated SQLite file, or a clone of a migrated template in the PostgreSQL
// that ENSEMBLE_TEST_POSTGRES names (see .ci/with-postgres).
package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// Dialects are what every story is told on.
var Dialects = []string{"sqlite", "postgres"}

// Each runs fn once a dialect.
func Each(t *testing.T, fn func(t *testing.T, dialect string)) {
	for _, d := range Dialects {
		t.Run(d, func(t *testing.T) {
			t.Parallel()
			fn(t, d)
		})
	}
}

// New returns an empty, migrated store that is gone when the test ends. now is
// the clock; nil means the machine's.
func New(t testing.TB, dialect string, site models.Site, now func() time.Time) *store.DB {
	t.Helper()
	at := URL(t, dialect)
	db, err := store.Open(context.Background(), store.Config{URL: at, Site: site, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	addresses.Store(db, at)
	t.Cleanup(func() {
		addresses.Delete(db)
		db.Close()
	})
	return db
}

// URL returns the address of an empty, migrated database of the test's own.
func URL(t testing.TB, dialect string) string {
	t.Helper()
	if dialect == "sqlite" {
		file, err := sqlite()
		if err != nil {
			t.Fatal(err)
		}
		at := filepath.Join(t.TempDir(), "ensemble.db")
		if err := os.WriteFile(at, file, 0o600); err != nil {
			t.Fatal(err)
		}
		return at
	}
	u, err := clone(t)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

var (
	clones   atomic.Int64
	template = sync.OnceValues(makeTemplate)
	sqlite   = sync.OnceValues(makeSQLite)
)

// makeSQLite returns the file of an empty, migrated SQLite database.
func makeSQLite() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "ensemble-template")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	at := filepath.Join(dir, "ensemble.db")
	db, err := store.Open(context.Background(), store.Config{URL: at})
	if err != nil {
		return nil, err
	}
	err = db.Migrate(context.Background())
	if err := errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	if left, err := os.Stat(at + "-wal"); err == nil && left.Size() > 0 {
		return nil, errors.New("the log of the template was not written back")
	}
	return os.ReadFile(at)
}

// server returns the address of one database on the tests' PostgreSQL.
func server(name string) (string, error) {
	at := os.Getenv("ENSEMBLE_TEST_POSTGRES")
	if at == "" {
		return "", fmt.Errorf("this test needs a PostgreSQL: run it by `make test`, or by `.ci/with-postgres go test …`")
	}
	u, err := url.Parse(at)
	if err != nil {
		return "", err
	}
	if name != "" {
		u.Path = "/" + name
	}
	return u.String(), nil
}

func makeTemplate() (string, error) {
	name := fmt.Sprintf("template_%d", os.Getpid())
	if err := admin("CREATE DATABASE " + name); err != nil {
		return "", err
	}
	at, err := server(name)
	if err != nil {
		return "", err
	}
	db, err := store.Open(context.Background(), store.Config{URL: at})
	if err != nil {
		return "", err
	}
	defer db.Close()
	return name, db.Migrate(context.Background())
}

var cloning sync.Mutex // a template can be copied by one at a time

func clone(t testing.TB) (string, error) {
	from, err := template()
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), clones.Add(1))
	cloning.Lock()
	err = admin(fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s", name, from))
	cloning.Unlock()
	if err != nil {
		return "", err
	}
	t.Cleanup(func() {
		if err := admin("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err != nil {
			t.Log(err)
		}
	})
	return server(name)
}

func admin(statement string) error {
	at, err := server("")
	if err != nil {
		return err
	}
	db, err := sql.Open("pgx", at)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(statement)
	return err
}
