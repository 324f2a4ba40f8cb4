package store

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"ensemble/models"
)

// What one process tells another for their clients' streams goes by PostgreSQL's
// NOTIFY, which sends it when the transaction commits. What is told while a process
// has no connection is read from the table when it has one again. On SQLite there is
// one process, and it tells itself.

const (
	streamChannel = "ensemble_stream"
	streamKept    = 10 * time.Minute
	maxStreams    = 500 // of a transaction; what erases an account has more
	// streamSlack is how long a transaction may take from the time that its events
	// bear to its commit.
	streamSlack = time.Minute
)

// A told is what is kept of a StreamEvent.
type told struct {
	ID        models.ID
	Body      string
	CreatedAt time.Time
}

// TableName is for the plan of its rows.
func (told) TableName() string { return "stream_events" }

// Stream has those who keep clients' streams told of e when tx commits, and never if
// it does not. Said twice in a transaction, it is told once.
func Stream(tx *Tx, e models.StreamEvent) {
	if len(tx.events) == maxStreams {
		return
	}
	if slices.ContainsFunc(tx.events, func(was models.StreamEvent) bool {
		was.ID = 0
		return reflect.DeepEqual(was, e)
	}) {
		return
	}
	e.Accounts = e.Accounts[:min(len(e.Accounts), models.MaxStreamed)]
	e.Named = e.Named[:min(len(e.Named), models.MaxStreamed)]
	e.ID = models.NewID(tx.Now)
	tx.events = append(tx.events, e)
}

// notify writes what was streamed into the transaction, on PostgreSQL.
func (tx *Tx) notify() error {
	if len(tx.events) == 0 || !tx.db.postgres {
		return nil
	}
	var places []string
	var args []any
	for _, e := range tx.events {
		body, err := json.Marshal(e)
		if err != nil {
			return err
		}
		places = append(places, "(?, ?, ?)")
		args = append(args, e.ID, string(body), tx.Now)
	}
	_, err := tx.exec(`WITH told AS (INSERT INTO stream_events (id, body, created_at) VALUES `+
		strings.Join(places, ", ")+` RETURNING body)
SELECT pg_notify('`+streamChannel+`', body) FROM told`, args...)
	return err
}

// ears are those in this process who hear what is streamed.
type ears struct {
	mu   sync.Mutex
	each map[*func(models.StreamEvent)]bool
}

func (e *ears) tell(events []models.StreamEvent) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for fn := range e.each {
		for _, event := range events {
			(*fn)(event)
		}
	}
}

// Hear calls fn with every event that any process streams, until ctx ends: on
// PostgreSQL also with what was streamed while the connection was lost. fn must not
// wait. Each event comes once.
func (db *DB) Hear(ctx context.Context, fn func(models.StreamEvent)) {
	if db.postgres {
		(&listener{db: db, fn: fn, heard: map[models.ID]time.Time{}}).run(ctx)
		return
	}
	db.ears.mu.Lock()
	if db.ears.each == nil {
		db.ears.each = map[*func(models.StreamEvent)]bool{}
	}
	db.ears.each[&fn] = true
	db.ears.mu.Unlock()
	<-ctx.Done()
	db.ears.mu.Lock()
	delete(db.ears.each, &fn)
	db.ears.mu.Unlock()
}

// A listener has one connection to PostgreSQL, and another when that is lost.
type listener struct {
	db    *DB
	fn    func(models.StreamEvent)
	heard map[models.ID]time.Time // lately
	since time.Time               // what was streamed later than that may be unheard; zero at first
	swept time.Time
}

func (l *listener) run(ctx context.Context) {
	for ctx.Err() == nil {
		err := l.listen(ctx)
		if ctx.Err() != nil {
			return
		}
		l.db.log.Warn("what other processes stream is not heard for a while", "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(lockAgain):
		}
	}
}

func (l *listener) listen(ctx context.Context) error {
	dial, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	conn, err := pgx.ConnectConfig(dial, l.db.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer hangUp(conn) //nolint:errcheck // it is over
	if _, err := conn.Exec(dial, "LISTEN "+streamChannel); err != nil {
		return err
	}
	if err := l.catchUp(ctx); err != nil {
		return err
	}
	for {
		if err := l.wait(ctx, conn); err != nil {
			return err
		}
		if now := l.db.Now(); now.Sub(l.swept) > time.Minute {
			l.swept = now
			if err := l.sweep(ctx, now); err != nil {
				return err
			}
		}
	}
}

// wait hears one event, or finds out after a while of silence that the connection lives.
func (l *listener) wait(ctx context.Context, conn *pgx.Conn) error {
	silence, cancel := context.WithTimeout(ctx, lockLook)
	defer cancel()
	n, err := conn.WaitForNotification(silence)
	if err == nil {
		l.hear(n.Payload)
		return nil
	}
	if ctx.Err() != nil || silence.Err() == nil || conn.IsClosed() {
		return errors.Join(ctx.Err(), err)
	}
	ping, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	if err := conn.Ping(ping); err != nil {
		return err
	}
	l.since = l.db.Now()
	return nil
}

func (l *listener) hear(body string) {
	var e models.StreamEvent
	if json.Unmarshal([]byte(body), &e) != nil || e.ID == 0 {
		return // said by another program
	}
	l.since = l.db.Now()
	if _, twice := l.heard[e.ID]; !twice {
		l.heard[e.ID] = l.since
		l.fn(e)
	}
}

// catchUp hears what was streamed since the connection was lost.
func (l *listener) catchUp(ctx context.Context) error {
	if l.since.IsZero() {
		l.since = l.db.Now()
		return nil
	}
	var missed []told
	err := l.db.Read(ctx, func(tx *Tx) (err error) {
		missed, err = scan[told](tx, "SELECT * FROM stream_events WHERE created_at > ? ORDER BY id", l.since.Add(-streamSlack))
		return err
	})
	for _, m := range missed {
		l.hear(m.Body)
	}
	return err
}

// sweep forgets what everybody has heard.
func (l *listener) sweep(ctx context.Context, now time.Time) error {
	for id, at := range l.heard {
		if now.Sub(at) > 3*streamSlack {
			delete(l.heard, id)
		}
	}
	return l.db.Tx(ctx, func(tx *Tx) error {
		_, err := tx.exec("DELETE FROM stream_events WHERE created_at < ?", now.Add(-streamKept))
		return err
	})
}
