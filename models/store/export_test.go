package store

// Abandon lets the lock go that says this process lives.
func (db *DB) Abandon() { db.unclaim() }
