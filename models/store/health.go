package store

import (
	"context"
	"errors"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// The codes by which SQLite and PostgreSQL say that there is no room on a disk.
const (
	sqliteFull    = 13
	sqliteShmSize = 10 | 19<<8 // the index of the write-ahead log could not grow
	postgresFull  = "53100"
)

// full reports whether err is for want of room.
func full(err error) bool {
	var lite interface{ Code() int }
	var pg *pgconn.PgError
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return true
	case errors.As(err, &lite):
		return lite.Code()&0xff == sqliteFull || lite.Code() == sqliteShmSize
	}
	return errors.As(err, &pg) && pg.Code == postgresFull
}

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

// WorkedBy returns how many of the tasks that are still remembered each process did last.
func (db *DB) WorkedBy(ctx context.Context) (map[string]int, error) {
	out := map[string]int{}
	err := db.Read(ctx, func(tx *Tx) error {
		by := `attempted_by[array_upper(attempted_by, 1)]`
		if !db.postgres {
			by = `json_extract(CAST(attempted_by AS text), '$[#-1]')`
		}
		rows, err := scan[struct {
			Owner string
			Tasks int
		}](tx, `SELECT `+by+` AS owner, count(*) AS tasks FROM river_job WHERE attempted_by IS NOT NULL GROUP BY 1`)
		for _, r := range rows {
			out[r.Owner] = r.Tasks
		}
		return err
	})
	return out, err
}

// Living returns how many processes hold the lock that says that they live: 0 on SQLite.
func (db *DB) Living(ctx context.Context) (n int, err error) {
	if !db.postgres {
		return 0, nil
	}
	return n, db.sql.QueryRowContext(ctx, `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&n)
}
