package store

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/glebarez/sqlite"
	"github.com/jackc/pgx/v5/pgxpool"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver called pgx
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

// pragmas make SQLite durable against a killed process (WAL with synchronous
// NORMAL can lose the last commits to a power cut, so a server says FULL), and
// let one writer and many readers live together.
const pragmas = "?_pragma=journal_mode(WAL)&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)" +
	"&_pragma=temp_store(2)&_pragma=cache_size(-16000)&_time_format=sqlite"

func (db *DB) openSQLite(ctx context.Context, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	// One writer, whose transactions take the lock when they begin: they never
	// fail half way because somebody else wrote in between.
	w, err := sql.Open("sqlite", path+pragmas+"&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		return err
	}
	w.SetMaxOpenConns(1)
	if err := w.PingContext(ctx); err != nil {
		return err
	}
	r, err := sql.Open("sqlite", path+pragmas+"&_pragma=query_only(1)")
	if err != nil {
		return err
	}
	r.SetMaxOpenConns(max(4, runtime.NumCPU()))
	r.SetMaxIdleConns(max(4, runtime.NumCPU()))
	db.sql = w
	if db.write, err = gorm.Open(sqlite.Dialector{Conn: w}, db.gormConfig()); err != nil {
		return err
	}
	db.read, err = gorm.Open(sqlite.Dialector{Conn: r}, db.gormConfig())
	return err
}

func (db *DB) openPostgres(ctx context.Context, url string) error {
	// gorm has a pool of its own: sharing the queue's through stdlib would keep
	// no idle connections, and prepare every statement anew.
	s, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	s.SetMaxOpenConns(16)
	s.SetMaxIdleConns(16)
	s.SetConnMaxIdleTime(5 * time.Minute)
	if err := s.PingContext(ctx); err != nil {
		return err
	}
	db.sql = s
	if db.write, err = gorm.Open(postgres.New(postgres.Config{Conn: s}), db.gormConfig()); err != nil {
		return err
	}
	db.read = db.write
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return err
	}
	cfg.MaxConns = 8
	db.pool, err = pgxpool.NewWithConfig(ctx, cfg)
	return err
}
