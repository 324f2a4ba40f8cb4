package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// CopyTo writes all of the SQLite database at a path, as it is at this moment, into a new
// file, while others go on writing. It is refused if the file exists.
func CopyTo(ctx context.Context, from, file string) error {
	db, err := sql.Open("sqlite", from+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // what it wrote is another file
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", file); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	return nil
}

// Snapshot has dump copy a PostgreSQL database as it is at one moment, which it can see by
// the name of the snapshot, and returns how many rows each table has at that moment.
func (db *DB) Snapshot(ctx context.Context, dump func(snapshot string) error) (map[string]int64, error) {
	tx, err := db.sql.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	name := ""
	if err := tx.QueryRowContext(ctx, "SELECT pg_export_snapshot()").Scan(&name); err != nil {
		return nil, fmt.Errorf("export a snapshot: %w", err)
	}
	if err := dump(name); err != nil {
		return nil, err
	}
	return countAll(ctx, tx, tablesPostgres)
}

// The tables that have rows of their own.
const (
	tablesLite = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%'`
	// One of River's holds who leads at this moment, and is not logged.
	tablesPostgres = `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relpersistence = 'p'`
)

// CountRows looks into a database that nobody uses, at a path or a URL of PostgreSQL's,
// and returns how many rows each of its tables has. One that is damaged is an error.
func CountRows(ctx context.Context, at string) (map[string]int64, error) {
	driver, from, tables := "sqlite", at+"?_pragma=busy_timeout(10000)", tablesLite
	if IsPostgres(at) {
		driver, from, tables = "pgx", at, tablesPostgres
	}
	db, err := sql.Open(driver, from)
	if err != nil {
		return nil, err
	}
	defer db.Close() //nolint:errcheck // nothing was written
	if driver == "sqlite" {
		said := ""
		if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&said); err != nil || said != "ok" {
			return nil, errors.Join(errors.New("the database is damaged: "+said), err)
		}
	}
	return countAll(ctx, db, tables)
}

type asker interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func countAll(ctx context.Context, db asker, tables string) (map[string]int64, error) {
	rows, err := db.QueryContext(ctx, tables)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // what it says is in rows.Err
	var names []string
	for rows.Next() {
		name := ""
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	out := map[string]int64{}
	for _, name := range names {
		n := int64(0)
		quoted := `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+quoted).Scan(&n); err != nil { //nolint:gosec // it is quoted
			return nil, fmt.Errorf("count the rows of %s: %w", name, err)
		}
		out[name] = n
	}
	return out, nil
}

// Scratch has fn use a new, empty PostgreSQL database of that name, and removes it. The
// error is ErrNoScratch if the role of this server may not make one.
func (db *DB) Scratch(ctx context.Context, name string, fn func() error) error {
	quoted := `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	drop := func(ctx context.Context) error {
		_, err := db.sql.ExecContext(ctx, "DROP DATABASE IF EXISTS "+quoted)
		return err
	}
	if err := drop(ctx); err != nil { // one that was left behind
		return scratched(err)
	}
	if _, err := db.sql.ExecContext(ctx, "CREATE DATABASE "+quoted); err != nil {
		return scratched(err)
	}
	err := fn()
	return errors.Join(err, drop(context.WithoutCancel(ctx)))
}

// ErrNoScratch says that no database can be made to try something out in.
var ErrNoScratch = errors.New("the role of this server may not make a database")

func scratched(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "42501" {
		return ErrNoScratch
	}
	return err
}

// IsPostgres reports whether the address of a database is one of PostgreSQL's, and not the
// path of a file.
func IsPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// Empty reports whether nothing was ever put into the database.
func (db *DB) Empty(ctx context.Context) (bool, error) {
	query := `SELECT count(*) FROM sqlite_schema WHERE type = 'table'`
	if db.postgres {
		query = `SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()`
	}
	n := 0
	err := db.sql.QueryRowContext(ctx, query).Scan(&n)
	return n == 0, err
}
