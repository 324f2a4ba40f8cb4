package store

import (
	"context"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// begin opens a transaction, and returns what ends it: with what became of the work.
// One for reading on PostgreSQL is a connection and no more: each statement sees what
// is committed by then either way, and two round trips are saved.
func (db *DB) begin(ctx context.Context, write bool) (link, func(error) error, error) {
	if db.calls != nil {
		return db.beginWatched(ctx, write)
	}
	return db.beginPlain(ctx, write)
}

func (db *DB) beginPlain(ctx context.Context, write bool) (link, func(error) error, error) {
	switch {
	case db.postgres:
		return db.beginPostgres(ctx, write)
	case write:
		return db.beginWrite(ctx)
	}
	return db.beginRead(ctx)
}

func (db *DB) beginPostgres(ctx context.Context, write bool) (link, func(error) error, error) {
	c, err := db.conns.Acquire(ctx)
	if err != nil {
		return nil, nil, err
	}
	l := &pgLink{conn: c.Conn(), jobs: db.pgJobs}
	if !write {
		return l, func(err error) error { c.Release(); return err }, nil
	}
	if l.tx, err = c.Conn().Begin(ctx); err != nil {
		c.Release()
		return nil, nil, err
	}
	return l, func(err error) error {
		defer c.Release()
		if err != nil {
			late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			_ = l.tx.Rollback(late) // a connection that cannot is thrown away by its pool
			return err
		}
		return l.tx.Commit(ctx)
	}, nil
}

// beginWrite takes the one connection that writes. The queue needs database/sql's own
// transaction on it; everything else goes straight to the driver.
func (db *DB) beginWrite(ctx context.Context) (link, func(error) error, error) {
	c, err := db.sql.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	l := &liteLink{jobs: db.liteJobs}
	if l.tx, err = c.BeginTx(context.WithoutCancel(ctx), nil); err == nil {
		err = c.Raw(func(raw any) error {
			l.conn = raw.(*keepingConn)
			return nil
		})
	}
	if err != nil {
		_ = c.Close() // it goes back as it was
		return nil, nil, err
	}
	return l, func(err error) error {
		defer c.Close()
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			_ = l.tx.Rollback() // what failed is err
			return err
		}
		return l.tx.Commit()
	}, nil
}

func (db *DB) beginRead(ctx context.Context) (link, func(error) error, error) {
	c, err := db.readers.take(ctx)
	if err != nil {
		return nil, nil, err
	}
	if _, err := c.exec("BEGIN", nil); err != nil {
		db.readers.drop(c)
		return nil, nil, err
	}
	return readLink{c}, func(err error) error {
		if _, ended := c.exec("COMMIT", nil); ended != nil {
			db.readers.drop(c)
			return err
		}
		db.readers.free <- c
		return err
	}, nil
}

// litePool holds SQLite connections for reading.
type litePool struct {
	path string
	free chan *liteReader
	open chan struct{} // as many as there are connections
}

func newLitePool(path string) *litePool {
	n := max(4, runtime.NumCPU())
	return &litePool{path: path, free: make(chan *liteReader, n), open: make(chan struct{}, n)}
}

func (p *litePool) take(ctx context.Context) (*liteReader, error) {
	select {
	case c := <-p.free:
		return c, nil
	default:
	}
	select {
	case c := <-p.free:
		return c, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case p.open <- struct{}{}:
	}
	c, err := openReader(p.path)
	if err != nil {
		<-p.open
	}
	return c, err
}

// drop closes a connection that is in no state to go on.
func (p *litePool) drop(c *liteReader) {
	c.close()
	<-p.open
}

// close closes what is not in use.
func (p *litePool) close() {
	for {
		select {
		case c := <-p.free:
			p.drop(c)
		default:
			return
		}
	}
}

// newConns opens connections. plans is when a statement is planned anew: see PostgreSQL's
// plan_cache_mode.
func newConns(ctx context.Context, url string, most int32, plans string) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	cfg.MaxConns = most
	// To compile a plan to machine code takes longer than to follow any of ours.
	cfg.ConnConfig.RuntimeParams["jit"] = "off"
	// What is asked for often is in memory, where one row out of many costs little.
	cfg.ConnConfig.RuntimeParams["random_page_cost"] = "1.1"
	cfg.ConnConfig.RuntimeParams["plan_cache_mode"] = plans
	return pgxpool.NewWithConfig(ctx, cfg)
}
