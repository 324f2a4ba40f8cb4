package store

import (
	"context"
	"time"
)

// Clock returns what time the database's own machine has.
func (db *DB) Clock(ctx context.Context) (time.Time, error) {
	if !db.postgres {
		return time.Now(), nil // it is this machine
	}
	var seconds float64
	err := db.sql.QueryRowContext(ctx, "SELECT extract(epoch FROM clock_timestamp())::float8").Scan(&seconds)
	return time.UnixMicro(int64(seconds * 1e6)), err
}

// A Backlog is what waits to be delivered to one host.
type Backlog struct {
	Host      string
	Letters   int
	Paused    bool
	LastError string // a sentence, "" if the last delivery went well
}

// Backlogs returns the hosts for which most letters wait, the worst first.
func Backlogs(tx *Tx, limit int) ([]Backlog, error) {
	return scan[Backlog](tx, `SELECT d.host, d.letters, coalesce(p.paused, false) AS paused, coalesce(p.last_error, '') AS last_error
		FROM (SELECT host, count(*) AS letters FROM deliveries WHERE state = 'queued' GROUP BY host) d
		LEFT JOIN peers p ON p.host = d.host ORDER BY d.letters DESC, d.host LIMIT ?`, limit)
}
