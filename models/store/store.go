// Package store keeps models in SQLite or PostgreSQL. It is the only package that
// knows gorm and the job queue: no *gorm.DB, hook or association leaves it, and
// gorm's errors become models.Error at its wall.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ensemble/models"
	"ensemble/models/memo"
)

// Config says where the database is and whose it is.
type Config struct {
	// URL is postgres://… or the path of an SQLite file.
	URL  string
	Site models.Site
	// Now tells the time; nil means the clock of the machine.
	Now func() time.Time
	Log *slog.Logger
	// Calls makes each call of the database, or has it fail: the beginning of a
	// transaction, a statement, or the commit. It is for tests alone; nil, as in the
	// program, makes all. The job queue's own calls do not pass it.
	Calls func(ctx context.Context, what string, call func() error) error
}

// A DB is the database.
type DB struct {
	Site models.Site

	gorm     *gorm.DB      // writes statements down, and runs none
	sql      *sql.DB       // on SQLite the one connection that writes
	readers  *litePool     // SQLite's connections for reading
	conns    *pgxpool.Pool // PostgreSQL's, for all our transactions
	pool     *pgxpool.Pool // the job queue's connections; nil on SQLite
	postgres bool
	now      func() time.Time
	log      *slog.Logger
	liteJobs inserter[*sql.Tx]
	pgJobs   inserter[pgx.Tx]
	client   worker // nil until Start
	owner    string
	calls    func(ctx context.Context, what string, call func() error) error
	work     atWork
	ears     ears   // on SQLite
	letGo    func() // lets the lock go that says we live
	rescued  func() // ends the rescues that follow a start
	memory   memory
}

// Open connects to the database without touching its schema: see Migrate.
func Open(ctx context.Context, c Config) (*DB, error) {
	db := &DB{Site: c.Site, now: c.Now, log: c.Log, calls: c.Calls}
	db.memory = memory{memo: memo.New(memoryBytes), known: map[int64]struct{}{}}
	if db.now == nil {
		db.now = time.Now
	}
	if db.log == nil {
		db.log = slog.Default()
	}
	var err error
	if IsPostgres(c.URL) {
		db.postgres = true
		err = db.openPostgres(ctx, c.URL)
	} else {
		err = db.openSQLite(ctx, c.URL)
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := db.openQueue(); err != nil {
		return nil, fmt.Errorf("open job queue: %w", err)
	}
	return db, nil
}

// Close lets go of every connection. Stop the queue first.
func (db *DB) Close() error {
	if db.postgres {
		db.pool.Close()
		db.conns.Close()
	} else {
		db.readers.close()
	}
	return db.sql.Close()
}

// Dialect returns "sqlite" or "postgres".
func (db *DB) Dialect() string {
	if db.postgres {
		return "postgres"
	}
	return "sqlite"
}

// Now returns the time by the database's clock: UTC, to the millisecond.
func (db *DB) Now() time.Time { return db.now().UTC().Truncate(time.Millisecond) }

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.sql.PingContext(ctx) }

// A Tx is a transaction, the moment at which it happens, and the site it is of.
type Tx struct {
	Now  time.Time
	Site models.Site

	link    link
	db      *DB
	ctx     context.Context
	events  []models.StreamEvent // to be told when it commits
	writes  bool
	changed map[memo.Ref]struct{}
	xid     int64 // under which changed was written down
	seq     int64 // what changed up to here is known: see Recall; 0 if nobody has asked
}

// Clock returns the time at this very moment, where Now is that of the transaction's
// beginning: for what has to be in the order in which a lock was had.
func (tx *Tx) Clock() time.Time { return tx.db.Now() }

// Tx runs fn in a transaction, which commits if fn returns nil. There is no
// network within: whatever fn needs from a peer was fetched before. fn may be run
// again from its beginning, where another transaction stood in its way.
func (db *DB) Tx(ctx context.Context, fn func(*Tx) error) error {
	return db.tx(ctx, true, fn)
}

// Read runs fn in a transaction that is for reading alone.
func (db *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	return db.tx(ctx, false, fn)
}

func (db *DB) tx(ctx context.Context, write bool, fn func(*Tx) error) error {
	for try := 1; ; try++ {
		err := db.once(ctx, write, fn)
		if try == tries || !crossed(err) {
			return translate(err)
		}
	}
}

func (db *DB) once(ctx context.Context, write bool, fn func(*Tx) error) (err error) {
	l, end, err := db.begin(ctx, write)
	if err != nil {
		return err
	}
	ended := false
	defer func() {
		if !ended { // fn panicked
			_ = end(errPanic)
		}
	}()
	tx := &Tx{Now: db.Now(), Site: db.Site, link: l, db: db, ctx: ctx, writes: write}
	if err = fn(tx); err == nil {
		err = tx.tell()
	}
	if err == nil {
		err = tx.notify()
	}
	ended = true
	err = end(err)
	db.memory.told(tx.xid, tx.changed) // even if the answer got lost, it may have been committed
	if err == nil && !db.postgres && len(tx.events) > 0 {
		db.ears.tell(tx.events)
	}
	return err
}

var errPanic = errors.New("store: the transaction was broken off")

// tries is how often a transaction is begun anew that PostgreSQL ended because two of
// them waited for each other. fn leaves nothing behind that a second run would trip on.
const tries = 5

func crossed(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40P01" || e.Code == "40001")
}

// translate turns what gorm says into what edges understand. Errors of our own
// pass through.
func translate(err error) error {
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return models.Errorf(models.NotFound, "there is no such thing here")
	case duplicated(err):
		return &models.Error{Kind: models.Conflict, Code: "duplicate", Text: "that exists already"}
	case full(err):
		return fmt.Errorf("%w (%w)", models.ErrFull, err)
	default:
		return err
	}
}

func duplicated(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	return errors.Is(sqliteDialect{}.Translate(err), gorm.ErrDuplicatedKey)
}

func (db *DB) gormConfig() *gorm.Config {
	return &gorm.Config{
		NowFunc:                db.Now,
		Logger:                 logger.Discard,
		DryRun:                 true,
		SkipDefaultTransaction: true,
	}
}
