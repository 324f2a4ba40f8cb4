package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"ensemble/models"
)

// A Task is work that must follow a commit. It is written as JSON, with IDs as
// strings: River's database/sql driver rounds integers beyond 2^53.
type Task interface{ Kind() string }

type worker interface {
	Start(context.Context) error
	Stop(context.Context) error
	StopAndCancel(context.Context) error
	Subscribe(...river.EventKind) (<-chan *river.Event, func())
}

// A Traveller is a task that waits for one other server. There may be many at work:
// those that wait for a server that does not answer hold up nobody.
type Traveller interface{ Travels() }

// travels is the queue of Travellers.
const travels = "travels"

// A Toiler is a task that keeps a processor busy for long. They are worked one by one,
// so that nothing else waits for them.
type Toiler interface {
	// Toils returns how long it may take.
	Toils() time.Duration
}

// toils is the queue of Toilers.
const toils = "toils"

func queueOf(t Task) string {
	switch t.(type) {
	case Traveller:
		return travels
	case Toiler:
		return toils
	}
	return river.QueueDefault
}

// awake are the states in which a unique task is still to be met.
var awake = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
	rivertype.JobStateRetryable, rivertype.JobStateScheduled,
}

// Enqueue has t worked after tx commits, and never if it does not.
func Enqueue(tx *Tx, t Task) error { return insert(tx, t, &river.InsertOpts{}) }

// EnqueueAt has t worked at that time, within some seconds. A sweep over due rows
// must stand beside it: the queue is not the only keeper of time.
func EnqueueAt(tx *Tx, t Task, at time.Time) error {
	return insert(tx, t, &river.InsertOpts{ScheduledAt: at})
}

// Wake has t worked after tx commits, unless the very same t waits already or is
// at work: for tasks that drain what they find.
func Wake(tx *Tx, t Task) error { return WakeAll(tx, []Task{t}) }

// WakeAll is Wake for many.
func WakeAll[T Task](tx *Tx, all []T) error {
	if len(all) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(all))
	for i, t := range all {
		params[i] = river.InsertManyParams{Args: t, InsertOpts: &river.InsertOpts{
			Queue: queueOf(t), UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: awake},
		}}
	}
	return tx.link.enqueue(tx.ctx, params)
}

func insert(tx *Tx, t Task, opts *river.InsertOpts) error {
	opts.Queue = queueOf(t)
	return tx.link.enqueue(tx.ctx, []river.InsertManyParams{{Args: t, InsertOpts: opts}})
}

func (db *DB) openQueue() (err error) {
	// River tells the workers of a task at most once in a cooldown, and whoever came
	// within it waits for them to look by themselves.
	cfg := &river.Config{Logger: slog.New(slog.DiscardHandler), FetchCooldown: time.Millisecond}
	if db.postgres {
		db.pgJobs, err = river.NewClient(riverpgxv5.New(db.pool), cfg)
	} else {
		db.liteJobs, err = river.NewClient(riversqlite.New(db.sql), cfg)
	}
	return err
}

// Workers is who does which task.
type Workers struct {
	db    *DB
	river *river.Workers
}

// NewWorkers returns nobody yet: see Work and Drain.
func NewWorkers(db *DB) *Workers { return &Workers{db: db, river: river.NewWorkers()} }

// Work has fn do every T. An error makes the queue try again, each time later; an
// error of kind Invalid, Forbidden, Conflict, NotFound or Gone ends it.
func Work[T Task](w *Workers, fn func(ctx context.Context, t T) error) {
	river.AddWorker(w.river, doing[T]{fn: func(ctx context.Context, j *river.Job[T]) error {
		defer w.db.work.begin(j.ID)()
		return w.verdict(j.Kind, string(j.EncodedArgs), fn(ctx, j.Args))
	}})
}

// doing is river's worker of a T.
type doing[T Task] struct {
	river.WorkerDefaults[T]
	fn func(ctx context.Context, j *river.Job[T]) error
}

func (d doing[T]) Work(ctx context.Context, j *river.Job[T]) error { return d.fn(ctx, j) }

// Timeout is 0 for the usual one. River asks for that of no job in particular as well.
func (d doing[T]) Timeout(*river.Job[T]) time.Duration {
	var t T
	if long, ok := any(t).(Toiler); ok {
		return long.Toils()
	}
	return 0
}

// Drain has fn do every T that Wake woke: fn works until it finds nothing left.
// left reports whether there is still something due, and is asked once more after
// the task has ended: what was added while it ended is not forgotten.
func Drain[T Task](w *Workers, fn func(ctx context.Context, t T) error, left func(*Tx, T) (bool, error)) {
	river.AddWorker(w.river, river.WorkFunc(func(ctx context.Context, j *river.Job[T]) error {
		defer w.db.work.begin(j.ID)()
		var last []func(*Tx) error
		if err := fn(context.WithValue(ctx, lastKey{}, &last), j.Args); err != nil {
			return w.verdict(j.Kind, string(j.EncodedArgs), err)
		}
		return w.db.Tx(ctx, func(tx *Tx) error {
			if err := complete(tx, j.ID); err != nil {
				return err
			}
			for _, fn := range last {
				if err := fn(tx); err != nil {
					return err
				}
			}
			// Whoever added a row before the line above has committed by now: adding
			// takes the lock of the task's row on PostgreSQL, and of the file on SQLite.
			// What they added may be younger than this transaction.
			tx.Now = tx.Clock()
			more, err := left(tx, j.Args)
			if err != nil || !more {
				return err
			}
			return Wake(tx, j.Args)
		})
	}))
}

type lastKey struct{}

// Last has fn run in the transaction that ends the drain whose context ctx is, so that
// what it notes costs no transaction of its own. It is for the drain's last words: if
// the drain ends with an error, fn does not run.
func Last(ctx context.Context, fn func(*Tx) error) {
	last := ctx.Value(lastKey{}).(*[]func(*Tx) error) // nobody else calls it
	*last = append(*last, fn)
}

// complete ends a task when tx commits; River itself would do it some time after, and
// with a connection of its own.
func complete(tx *Tx, id int64) error {
	n, err := tx.exec(`UPDATE river_job SET state = 'completed', finalized_at = `+tx.nowSQL()+`
		WHERE id = ? AND state = 'running'`, id)
	if err == nil && n == 0 {
		return fmt.Errorf("store: task %d is at work no more", id)
	}
	return err
}

// Later is an error that asks for another try after a while: not a failure.
type Later time.Duration

func (l Later) Error() string { return "try again in " + time.Duration(l).String() }

func (w *Workers) verdict(kind, args string, err error) error {
	var later Later
	if errors.As(err, &later) {
		return river.JobSnooze(time.Duration(later))
	}
	switch models.KindOf(err) {
	case models.Invalid, models.Forbidden, models.Conflict, models.NotFound, models.Gone:
		w.db.log.Warn("task ended", "task", kind, "err", err, "args", args)
		return river.JobCancel(err)
	case models.Internal:
		w.db.log.Error("task failed", "task", kind, "args", args, "err", err)
	}
	return err
}

// retry waits 5 s, 10 s, 20 s… and at most an hour between the tries of a task.
type retry struct{ db *DB }

func (r retry) NextRetry(j *rivertype.JobRow) time.Time {
	wait := 5 * time.Second << min(len(j.Errors), 10)
	return time.Now().Add(min(wait, time.Hour))
}

// Start begins to work. It first takes back what a killed process left undone.
func (db *DB) Start(ctx context.Context, w *Workers) error {
	db.owner = fmt.Sprintf("ensemble-%d", models.NewID(time.Now()))
	cfg := &river.Config{
		ID:                          db.owner,
		Logger:                      slog.New(slog.DiscardHandler),
		Workers:                     w.river,
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 64}, travels: {MaxWorkers: 1000}, toils: {MaxWorkers: 1}},
		FetchCooldown:               5 * time.Millisecond,
		FetchPollInterval:           50 * time.Millisecond,
		MaxAttempts:                 25,
		JobTimeout:                  5 * time.Minute,
		RescueStuckJobsAfter:        10 * time.Minute,
		RetryPolicy:                 retry{db},
		CompletedJobRetentionPeriod: time.Hour,
	}
	var err error
	if db.postgres {
		cfg.FetchPollInterval = 250 * time.Millisecond
		db.client, err = river.NewClient(riverpgxv5.New(db.pool), cfg)
	} else {
		db.client, err = river.NewClient(riversqlite.New(db.sql), cfg)
	}
	if err != nil {
		return err
	}
	if err := db.claim(ctx); err != nil {
		return err
	}
	if err := db.Rescue(ctx); err != nil {
		return err
	}
	if db.postgres {
		db.rescueAgain()
	}
	return db.client.Start(ctx)
}

// Stop lets running tasks end for as long as ctx allows, then hands them back.
func (db *DB) Stop(ctx context.Context) error {
	if db.client == nil {
		return nil
	}
	if db.rescued != nil {
		db.rescued()
	}
	err := db.client.Stop(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = db.client.StopAndCancel(hard)
	}
	db.unclaim()
	return err
}
