package store

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"time"

	"github.com/riverqueue/river"
)

// A process that works tasks holds an advisory lock named after itself. When it
// is killed PostgreSQL lets the lock go, and others can tell that what it was
// running is nobody's any more. On SQLite one process works at a time.

func (db *DB) claim(ctx context.Context) error {
	if !db.postgres {
		return nil
	}
	c, err := db.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	conn := c.Hijack() // ours until the process ends, or Stop
	db.held = conn
	_, err = conn.Exec(ctx, "SELECT pg_advisory_lock($1)", lockOf(db.owner))
	return err
}

func (db *DB) unclaim() {
	if db.held != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = db.held.Close(ctx) // the lock goes with the connection either way
		db.held = nil
	}
}

func lockOf(owner string) int64 {
	h := fnv.New64a()
	h.Write([]byte(owner))
	return int64(h.Sum64())
}

// Rescue makes the tasks of dead processes available again.
func (db *DB) Rescue(ctx context.Context) error {
	return db.Tx(ctx, func(tx *Tx) error {
		if !db.postgres {
			return rescueSQLite(tx, db.owner)
		}
		owners, err := scan[string](tx, `SELECT DISTINCT attempted_by[array_upper(attempted_by, 1)]
			FROM river_job WHERE state = 'running'`)
		if err != nil {
			return err
		}
		for _, o := range owners {
			free := o != db.owner
			if free {
				got, err := scan[bool](tx, "SELECT pg_try_advisory_xact_lock(?)", lockOf(o))
				if err != nil {
					return err
				}
				free = got[0]
			}
			if !free {
				continue
			}
			if _, err := tx.exec(`UPDATE river_job SET state = 'available', scheduled_at = now()
				WHERE state = 'running' AND attempted_by[array_upper(attempted_by, 1)] = ?`, o); err != nil {
				return err
			}
		}
		return nil
	})
}

// rescueAgain rescues some more times in the first seconds: PostgreSQL takes a while to
// notice that a process is dead that was killed just before this one began.
func (db *DB) rescueAgain() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	db.rescued = func() { cancel(); <-ended }
	go func() {
		defer close(ended)
		for _, wait := range []time.Duration{100 * time.Millisecond, 400 * time.Millisecond, time.Second, 2 * time.Second} {
			select {
			case <-ctx.Done():
				return
			case <-time.After(wait):
			}
			if err := db.Rescue(ctx); err != nil && ctx.Err() == nil {
				db.log.Error("the tasks of dead processes could not be taken back", "err", err)
			}
		}
	}()
}

func rescueSQLite(tx *Tx, owner string) error {
	rows, err := scan[struct {
		ID          int64
		AttemptedBy []byte
	}](tx, `SELECT id, attempted_by FROM river_job WHERE state = 'running'`)
	if err != nil {
		return err
	}
	for _, r := range rows {
		var by []string
		if err := json.Unmarshal(r.AttemptedBy, &by); err == nil && len(by) > 0 && by[len(by)-1] == owner {
			continue
		}
		if _, err := tx.exec(`UPDATE river_job SET state = 'available' WHERE id = ?`, r.ID); err != nil {
			return err
		}
	}
	return nil
}

// Busy returns how many tasks are at work, or ready to be.
func (db *DB) Busy(ctx context.Context) (n int, err error) {
	err = db.sql.QueryRowContext(ctx, `SELECT count(*) FROM river_job
		WHERE state IN ('available', 'running', 'pending')`).Scan(&n)
	return n, err
}

// QueueAge returns how long the oldest task that could be worked has waited.
func (db *DB) QueueAge(ctx context.Context) (time.Duration, error) {
	var age time.Duration
	err := db.Read(ctx, func(tx *Tx) error {
		oldest, err := scan[time.Time](tx, `SELECT scheduled_at FROM river_job WHERE state = 'available'
			ORDER BY scheduled_at LIMIT 1`)
		if err == nil && len(oldest) > 0 {
			age = max(0, time.Since(oldest[0]))
		}
		return err
	})
	return age, err
}

// putOff are the tasks that wait for a time to come. River calls those available
// already that wait for some seconds.
const putOff = `state IN ('retryable', 'scheduled', 'available')`

// Nudge makes every waiting task of that kind that is put off available at once;
// "" means every kind.
func Nudge(tx *Tx, kind string) error {
	_, err := tx.exec(`UPDATE river_job SET state = 'available', scheduled_at = `+tx.nowSQL()+`
		WHERE `+putOff+` AND (kind = ? OR ? = '')`, kind, kind)
	return err
}

func (tx *Tx) nowSQL() string {
	if tx.db.postgres {
		return "now()"
	}
	return "datetime('now', 'subsec')"
}

// Done returns a channel that gets a value when tasks have ended, for better or
// worse, and a function that ends the watch.
func (db *DB) Done() (<-chan struct{}, func()) {
	events, stop := db.client.Subscribe(river.EventKindJobCompleted, river.EventKindJobFailed,
		river.EventKindJobCancelled, river.EventKindJobSnoozed)
	out := make(chan struct{}, 1)
	go func() {
		for range events { // closed by stop
			select {
			case out <- struct{}{}:
			default:
			}
		}
	}()
	return out, stop
}

// Hurry makes a task that Wake woke, and that is put off, available at once.
func Hurry(tx *Tx, t Task) error {
	args, err := json.Marshal(t)
	if err != nil {
		return err
	}
	same := "CAST(args AS text) = ?"
	if tx.db.postgres {
		same = "args = CAST(? AS jsonb)"
	}
	_, err = tx.exec(`UPDATE river_job SET state = 'available', scheduled_at = `+tx.nowSQL()+`
		WHERE `+putOff+` AND kind = ? AND `+same, t.Kind(), string(args))
	return err
}
