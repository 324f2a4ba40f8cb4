package store

import "context"

// Analyze has SQLite learn how its tables are filled, where they grew much since the
// last time: without it, it guesses which index is the better one. It looks at a part
// of each index, which is quick, and takes no samples of single values, for which it
// would plan a statement anew with every parameter. PostgreSQL does this by itself.
func (db *DB) Analyze(ctx context.Context) error {
	if db.Dialect() != "sqlite" {
		return nil
	}
	for _, pragma := range []string{"PRAGMA analysis_limit = 1000", "PRAGMA optimize = 0x10002"} {
		if _, err := db.sql.ExecContext(ctx, pragma); err != nil {
			return err
		}
	}
	db.readers.close() // those that are opened next know it
	return nil
}
