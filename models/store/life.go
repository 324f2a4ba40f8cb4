package store

import (
	"context"
	"errors"
	"hash/fnv"
	"time"

	"github.com/jackc/pgx/v5"
)

// A process that works tasks holds an advisory lock named after itself. When it
// is killed PostgreSQL lets the lock go, and others can tell that what it was
// running is nobody's any more. When PostgreSQL itself went away, the process takes
// the lock again as soon as it is back. On SQLite one process works at a time.

const (
	lockPatience = 5 * time.Second        // for one try to take the lock
	lockAgain    = 200 * time.Millisecond // between two
	lockLook     = 10 * time.Second       // how often its connection is tried
)

// claim takes the lock, and holds it until unclaim.
func (db *DB) claim(ctx context.Context) error {
	if !db.postgres {
		return nil
	}
	conn, err := db.takeLock(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	db.letGo = func() { cancel(); <-ended }
	go func() {
		defer close(ended)
		db.holdLock(ctx, conn)
	}()
	return nil
}

func (db *DB) unclaim() {
	if db.letGo != nil {
		db.letGo()
		db.letGo = nil
	}
}

// takeLock returns a connection of its own that has the lock.
func (db *DB) takeLock(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, db.pool.Config().ConnConfig)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", lockOf(db.owner)); err != nil {
		return nil, errors.Join(err, hangUp(conn))
	}
	return conn, nil
}

// holdLock keeps the lock until ctx ends: when the connection is lost, it is taken
// by another.
func (db *DB) holdLock(ctx context.Context, conn *pgx.Conn) {
	for {
		err := watch(ctx, conn)
		_ = hangUp(conn) // the lock goes with the connection either way
		if ctx.Err() != nil {
			return
		}
		db.log.Warn("the database went away, and is waited for", "err", err)
		for conn = nil; conn == nil; {
			select {
			case <-ctx.Done():
				return
			case <-time.After(lockAgain):
			}
			if conn, err = db.takeLock(ctx); err != nil {
				conn = nil
			}
		}
		db.log.Info("the database is back")
	}
}

// watch returns when the connection is lost, or ctx ends. Nothing ever comes by it.
func watch(ctx context.Context, conn *pgx.Conn) error {
	for {
		wait, cancel := context.WithTimeout(ctx, lockLook)
		_, err := conn.WaitForNotification(wait)
		late := wait.Err() != nil
		cancel()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && !late || conn.IsClosed() {
			return err
		}
		ping, cancel := context.WithTimeout(ctx, lockPatience)
		err = conn.Ping(ping)
		cancel()
		if err != nil {
			return err
		}
	}
}

func hangUp(conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return conn.Close(ctx)
}

func lockOf(owner string) int64 {
	h := fnv.New64a()
	h.Write([]byte(owner))
	return int64(h.Sum64())
}
