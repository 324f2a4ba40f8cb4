package store

import (
	"database/sql/driver"
	"maps"
	"slices"
	"sync"
	"time"

	"ensemble/models"
	"ensemble/models/memo"
)

// What was read and written down once serves again, as long as nothing that it was made
// of changes. Every process remembers by itself; each transaction that changes something
// leaves a row in the table of changes, and a read asks for the new ones before it trusts
// what is remembered: so nobody is told what is no more, whichever process it was that
// changed it.

// memoryBytes is how much a process remembers.
const memoryBytes = 12 << 20

// lazily is how late a process may hear of what others changed, where whoever is told
// keeps it for longer anyway.
const lazily = time.Second

// gone is after what time a process starts over that has not asked for changes; they are
// kept for longer.
const (
	gone        = 5 * time.Minute
	keepChanges = 15 * time.Minute
)

// memory is what a process remembers, and up to where it knows the changes.
type memory struct {
	memo *memo.Memo

	mu    sync.Mutex
	heard time.Time          // when changes were asked for last, by the database's clock
	asked time.Time          // the same by the machine's
	swept time.Time          // when old ones were removed
	began bool               // upTo is known
	upTo  int64              // on PostgreSQL every transaction below is over and known; on SQLite this one is, too
	known map[int64]struct{} // those above
}

// A Thing is what something that is remembered was made of.
type Thing = memo.Ref

// Post is a post, or boost, with all that is written about it but its author.
func Post(id models.ID) Thing { return Thing{What: aPost, ID: int64(id)} }

// Person is an account.
func Person(id models.ID) Thing { return Thing{What: aPerson, ID: int64(id)} }

// Reader is what an account did, whom it hears and blocks, and how it signs in.
func Reader(id models.ID) Thing { return Thing{What: aReader, ID: int64(id)} }

// Card is what a web page says of itself.
func Card(id models.ID) Thing { return Thing{What: aCard, ID: int64(id)} }

// What is remembered of all emoji, and all settings.
var (
	Emojis   = Thing{What: anEmoji}
	Settings = Thing{What: aSetting}
)

// Recall returns what is remembered by key; false where nothing is, or something
// changed that it was made of. A transaction that writes remembers nothing: it may
// see what never comes to be.
func Recall[V any](tx *Tx, key any) (v V, ok bool) {
	if tx.writes || tx.listen() != nil {
		return v, false
	}
	found, ok := tx.db.memory.memo.Get(key)
	if ok {
		v, ok = found.(V)
	}
	return v, ok
}

// Remember keeps v, of so many bytes, which was made in tx of these things. Recall
// goes before: what changes between the two is noticed.
func Remember(tx *Tx, key, v any, size int, of ...Thing) {
	if tx.seq > 0 {
		tx.db.memory.memo.Put(key, v, size, tx.seq, of...)
	}
}

// Lately is Recall without a transaction, for what whoever is told keeps for a while
// anyway: what another process changed may be unknown here for a second. On SQLite, where
// asking costs next to nothing, it never knows anything.
func Lately[V any](db *DB, key any) (v V, ok bool) {
	if !db.postgres || !db.memory.listened(lazily) {
		return v, false
	}
	found, ok := db.memory.memo.Get(key)
	if ok {
		v, ok = found.(V)
	}
	return v, ok
}

// listen forgets what was made of things that changed since it was last asked.
func (tx *Tx) listen() error {
	if tx.seq > 0 {
		return nil
	}
	m := &tx.db.memory
	n := m.ask(tx.db.Now())
	before := m.memo.Seq()
	if err := tx.hear(n); err != nil {
		return err
	}
	if others, now := m.learn(n, tx.db.Now()); tx.db.postgres || others == before {
		tx.seq = now
	} else { // others know of changes that are newer than what an SQLite transaction sees
		tx.seq = before
	}
	return nil
}

// A transaction of PostgreSQL's that began before another may commit after it. What is
// below the oldest that still runs is all over.
const (
	newsLite     = `SELECT xid, xid, refs FROM changes WHERE xid > ?`
	lastLite     = `SELECT coalesce(max(xid), 0), NULL, NULL FROM changes`
	newsPostgres = `SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint), c.xid, c.refs
FROM (SELECT 1) o LEFT JOIN changes c ON c.xid >= ?`
)

// hear asks the database for n.
func (tx *Tx) hear(n *news) error {
	query, args := newsLite, []any{n.from}
	switch {
	case tx.db.postgres:
		query = newsPostgres
	case n.begin:
		query, args = lastLite, nil
	}
	text, plain, err := tx.prepare(query, args)
	if err != nil {
		return err
	}
	return tx.link.query(tx.ctx, text, plain, n)
}

// news are changes from one on, and up to where there are no others; at the beginning
// no more than that.
type news struct {
	begin bool
	asked time.Time
	from  int64
	upTo  int64
	rows  []change
}

type change struct {
	xid  int64
	refs string
}

func (n *news) columns([]string) {}

func (n *news) row(values []driver.Value) error {
	if upTo, ok := values[0].(int64); ok {
		n.upTo = max(n.upTo, upTo)
	}
	if xid, ok := values[1].(int64); ok {
		refs, _ := values[2].(string)
		n.rows = append(n.rows, change{xid, refs})
	}
	return nil
}

// listened reports whether changes were asked for within the last d.
func (m *memory) listened(d time.Duration) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return time.Since(m.asked) < d
}

// ask returns what is to be asked. Whoever has not asked for long forgets all.
func (m *memory) ask(now time.Time) *news {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now.Sub(m.heard).Abs() > gone {
		m.began = false
		clear(m.known)
		m.memo.Forget(memo.All)
	}
	if !m.began {
		return &news{begin: true, from: 1<<63 - 1, asked: time.Now()}
	}
	return &news{from: m.upTo, asked: time.Now()}
}

// learn forgets what was made of what changed. It returns the number of the last change
// that was known before, and after.
func (m *memory) learn(n *news, now time.Time) (before, after int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before = m.memo.Seq()
	if n.begin && m.began {
		return before, before // another began earlier, and knows of fewer
	}
	for _, c := range n.rows {
		if _, old := m.known[c.xid]; !old {
			m.known[c.xid] = struct{}{}
			m.memo.Forget(refsOf(c.refs)...)
		}
	}
	if m.began {
		n.upTo = max(m.upTo, n.upTo)
	}
	m.began, m.upTo, m.heard, m.asked = true, n.upTo, now, n.asked
	for xid := range m.known {
		if xid < m.upTo {
			delete(m.known, xid)
		}
	}
	return before, m.memo.Seq()
}

// told forgets what this process has changed itself, before anybody hears that it did.
func (m *memory) told(xid int64, changed map[memo.Ref]struct{}) {
	if len(changed) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if xid >= m.upTo {
		m.known[xid] = struct{}{}
	}
	m.memo.Forget(slices.Collect(maps.Keys(changed))...)
}

// forgetChanges removes, once a minute, what every process has asked for or has to start
// over for.
func (tx *Tx) forgetChanges() error {
	m := &tx.db.memory
	m.mu.Lock()
	due := tx.Now.Sub(m.swept).Abs() > time.Minute
	if due {
		m.swept = tx.Now
	}
	m.mu.Unlock()
	if !due {
		return nil
	}
	_, err := tx.exec("DELETE FROM changes WHERE at < ? AND xid < (SELECT max(xid) FROM changes)", tx.Now.Add(-keepChanges))
	return err
}
