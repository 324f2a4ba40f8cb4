package store

// Abandon lets the lock go that says this process lives.
func (db *DB) Abandon() { db.unclaim() }

// Analyze lets the planner know what is in the tables.
func Analyze(tx *Tx) error { _, err := tx.exec("ANALYZE"); return err }
