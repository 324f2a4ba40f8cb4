package store

import (
	"sync"
	"time"
)

// lostAfter is how long a task may be called running that nobody here runs: River
// notes the end of a task some time after it, and tries that a few times.
const lostAfter = 10 * time.Second

// atWork is what this process runs, and what it ran just now.
type atWork struct {
	mu    sync.Mutex
	ended map[int64]time.Time // by the task's number; zero while it runs
}

// begin notes that a task runs, until the function it returns is called.
func (w *atWork) begin(id int64) (end func()) {
	w.set(id, time.Time{})
	return func() { w.set(id, time.Now()) }
}

func (w *atWork) set(id int64, ended time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended == nil {
		w.ended = map[int64]time.Time{}
	}
	w.ended[id] = ended
}

// knows reports whether a task runs here, or ended so lately that this may still
// have to be written down.
func (w *atWork) knows(id int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := w.ended[id]
	return ok
}

// forget forgets what ended long enough ago.
func (w *atWork) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, at := range w.ended {
		if !at.IsZero() && time.Since(at) > lostAfter {
			delete(w.ended, id)
		}
	}
}

// running is a task that is called running.
type running struct {
	ID          int64
	Attempt     int
	AttemptedAt time.Time
	Owner       string
}

// rescueLost makes the tasks available again that are called running by this process
// and that it does not run: the database took them out, or was to note their end, and
// went away before the answer had come.
func rescueLost(tx *Tx, all []running) error {
	tx.db.work.forget()
	for _, r := range all {
		if r.Owner != tx.db.owner || time.Since(r.AttemptedAt) < lostAfter || tx.db.work.knows(r.ID) {
			continue
		}
		tx.db.log.Warn("a task was lost on its way and is done again", "task", r.ID)
		if err := again(tx, r); err != nil {
			return err
		}
	}
	return nil
}

// again makes a task available that is still the same try of the same owner.
func again(tx *Tx, r running) error {
	_, err := tx.exec(`UPDATE river_job SET state = 'available', scheduled_at = `+tx.nowSQL()+`
		WHERE id = ? AND state = 'running' AND attempt = ?`, r.ID, r.Attempt)
	return err
}
