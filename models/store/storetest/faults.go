package storetest

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"ensemble/models/store"
)

// ErrFault is the error of a call that Faults had fail.
var ErrFault = errors.New("the database failed, as the test wanted")

// Faults has the n-th call of a database fail: the beginning of a transaction,
// a statement, or a commit. Calls are counted that are made for a request, see Mark, and
// those made for a task; the job queue's own are not.
type Faults struct {
	mu      sync.Mutex
	counted int
	at      int
	commits bool
	met     string
	tasks   bool
}

type markKey struct{}

// Mark returns a context whose calls are counted as those of a request.
func Mark(ctx context.Context) context.Context { return context.WithValue(ctx, markKey{}, true) }

// Arm has call number at fail from now on, 0 for none, among those of requests, or, if
// tasks, of tasks. It is not carried out; but of commits alone are counted and carried
// out, and it is the answer that gets lost, if commits.
func (f *Faults) Arm(at int, tasks, commits bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counted, f.at, f.tasks, f.commits, f.met = 0, at, tasks, commits, ""
}

// Met returns which call failed, "" if none did, and how many were counted.
func (f *Faults) Met() (call string, counted int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.met, f.counted
}

// Do is a store.Config's Calls.
func (f *Faults) Do(ctx context.Context, what string, call func() error) error {
	hit, late := f.hit(ctx, what)
	if !hit {
		return call()
	}
	if late {
		if err := call(); err != nil {
			return err
		}
	}
	return ErrFault
}

func (f *Faults) hit(ctx context.Context, what string) (hit, late bool) {
	task := isTask(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	if task != f.tasks || !task && ctx.Value(markKey{}) == nil || f.commits && what != store.CallCommit {
		return false, false
	}
	f.counted++
	if f.counted != f.at {
		return false, false
	}
	f.met = what
	return true, f.commits
}

// isTask reports whether ctx is that of a task at work.
func isTask(ctx context.Context) bool {
	if _, err := river.ClientFromContextSafely[*sql.Tx](ctx); err == nil {
		return true
	}
	_, err := river.ClientFromContextSafely[pgx.Tx](ctx)
	return err == nil
}
