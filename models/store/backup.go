package store

import (
	"context"
	"errors"
	"fmt"
)

// CopyTo writes all of an SQLite database, as it is at this moment, into a new file,
// while others go on writing. It is refused if the file exists.
func (db *DB) CopyTo(ctx context.Context, file string) error {
	if db.postgres {
		return errors.New("store: PostgreSQL copies itself by pg_dump")
	}
	if _, err := db.sql.ExecContext(ctx, "VACUUM INTO ?", file); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	return nil
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
