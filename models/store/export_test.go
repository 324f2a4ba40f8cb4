package store

import "context"

// Orphan leaves every task as a process leaves them that was killed at work on them.
func (db *DB) Orphan(ctx context.Context) error {
	return db.Tx(ctx, func(tx *Tx) error {
		by := `'["somebody dead"]'`
		if db.postgres {
			by = `ARRAY['somebody dead']`
		}
		_, err := tx.exec(`UPDATE river_job SET state = 'running', attempt = 1, attempted_at = ` + tx.nowSQL() + `, attempted_by = ` + by)
		return err
	})
}

// Analyze lets the planner know what is in the tables.
func Analyze(tx *Tx) error { _, err := tx.exec("ANALYZE"); return err }
