package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/riverqueue/river"
)

// Rescue makes the tasks available again of processes that are dead, and those of this
// one that it lost.
func (db *DB) Rescue(ctx context.Context) error {
	return db.Tx(ctx, func(tx *Tx) error {
		if err := tx.forgetChanges(); err != nil {
			return err
		}
		all, err := runningTasks(tx)
		if err != nil || len(all) == 0 {
			return err
		}
		if err := rescueLost(tx, all); err != nil {
			return err
		}
		return rescueDead(tx, all)
	})
}

func runningTasks(tx *Tx) ([]running, error) {
	if tx.db.postgres {
		return scan[running](tx, `SELECT id, attempt, attempted_at, coalesce(attempted_by[array_upper(attempted_by, 1)], '') AS owner
			FROM river_job WHERE state = 'running' ORDER BY id`)
	}
	return scan[running](tx, `SELECT id, attempt, attempted_at, coalesce(json_extract(CAST(attempted_by AS text), '$[#-1]'), '') AS owner
		FROM river_job WHERE state = 'running' ORDER BY id`)
}

// newborn is how long after PostgreSQL's own start nobody is taken for dead: those who
// live have to come back and take their locks.
const newborn = "10 seconds"

func rescueDead(tx *Tx, all []running) error {
	dead := map[string]bool{tx.db.owner: false}
	if tx.db.postgres {
		young, err := scan[bool](tx, "SELECT clock_timestamp() - pg_postmaster_start_time() < interval '"+newborn+"'")
		if err != nil || young[0] {
			return err
		}
	}
	for _, r := range all {
		gone, asked := dead[r.Owner]
		if !asked {
			var err error
			if gone, err = isDead(tx, r.Owner); err != nil {
				return err
			}
			dead[r.Owner] = gone
		}
		if !gone {
			continue
		}
		if err := again(tx, r); err != nil {
			return err
		}
	}
	return nil
}

// isDead reports whether another process than this one is no more.
func isDead(tx *Tx, owner string) (bool, error) {
	if !tx.db.postgres {
		return true, nil
	}
	free, err := scan[bool](tx, "SELECT pg_try_advisory_xact_lock(?)", lockOf(owner))
	return err == nil && free[0], err
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

// Busy returns how many tasks are at work, or ready to be.
func (db *DB) Busy(ctx context.Context) (n int, err error) {
	err = db.sql.QueryRowContext(ctx, `SELECT count(*) FROM river_job
		WHERE state IN ('available', 'running', 'pending')`).Scan(&n)
	return n, err
}

// QueueAge returns how long the oldest task that could be worked has waited.
func (db *DB) QueueAge(ctx context.Context) (age time.Duration, err error) {
	err = db.Read(ctx, func(tx *Tx) error {
		age, err = QueueAge(tx)
		return err
	})
	return age, err
}

// QueueAge returns how long the oldest task that could be worked has waited.
func QueueAge(tx *Tx) (time.Duration, error) {
	oldest, err := scan[time.Time](tx, `SELECT scheduled_at FROM river_job WHERE state = 'available'
		ORDER BY scheduled_at LIMIT 1`)
	if err != nil || len(oldest) == 0 {
		return 0, err
	}
	return max(0, time.Since(oldest[0])), nil
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
