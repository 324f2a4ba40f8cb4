package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"ensemble/migrations"
)

// ErrNewer says that the database was made by a newer Ensemble.
var ErrNewer = errors.New("the database was written by a newer version of Ensemble: upgrade the program, or restore the backup you made before upgrading")

// ErrOlder says that the schema is behind this program.
var ErrOlder = errors.New("the database is behind this version of Ensemble: run `ensemble migrate`")

// Migrate brings the schema up to date. On PostgreSQL one process at a time does
// it; SQLite lets one writer in at a time anyway. It returns ErrNewer, and
// changes nothing, if the schema is ahead of this program.
func (db *DB) Migrate(ctx context.Context) error {
	p, err := db.goose()
	if err != nil {
		return err
	}
	if err := tooNew(ctx, p); err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if db.postgres {
		if err := migrateQueue(ctx, riverdatabasesql.New(db.sql)); err != nil {
			return err
		}
		return db.dropUnasked(ctx)
	}
	return migrateQueue(ctx, riversqlite.New(db.sql))
}

// dropUnasked drops the job queue's indexes of what is within tasks, by which a person may
// look for one. Nobody here does, and each change of a task costs twice as much with them.
func (db *DB) dropUnasked(ctx context.Context) error {
	if _, err := db.sql.ExecContext(ctx, "DROP INDEX IF EXISTS river_job_args_index, river_job_metadata_index"); err != nil {
		return fmt.Errorf("migrate job queue: %w", err)
	}
	return nil
}

// Current returns nil if the schema is what this program expects, and ErrNewer or
// ErrOlder otherwise.
func (db *DB) Current(ctx context.Context) error {
	p, err := db.goose()
	if err != nil {
		return err
	}
	if err := tooNew(ctx, p); err != nil {
		return err
	}
	pending, err := p.HasPending(ctx)
	if err == nil && pending {
		err = ErrOlder
	}
	return err
}

// SchemaVersion returns the number of the newest migration that was applied.
func (db *DB) SchemaVersion(ctx context.Context) (int64, error) {
	p, err := db.goose()
	if err != nil {
		return 0, err
	}
	return p.GetDBVersion(ctx)
}

func tooNew(ctx context.Context, p *goose.Provider) error {
	has, knows, err := p.GetVersions(ctx)
	if err == nil && has > knows {
		err = ErrNewer
	}
	return err
}

func (db *DB) goose() (*goose.Provider, error) {
	files, err := migrations.FS(db.Dialect())
	if err != nil {
		return nil, err
	}
	opts := []goose.ProviderOption{goose.WithSlog(slog.New(slog.DiscardHandler))}
	dialect := goose.DialectSQLite3
	if db.postgres {
		dialect = goose.DialectPostgres
		l, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		opts = append(opts, goose.WithSessionLocker(l))
	}
	return goose.NewProvider(dialect, db.sql, files, opts...)
}

func migrateQueue(ctx context.Context, d riverdriver.Driver[*sql.Tx]) error {
	m, err := rivermigrate.New(d, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate job queue: %w", err)
	}
	return nil
}
