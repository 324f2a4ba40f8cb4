package store

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver called pgx
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

// pragmas make SQLite durable against a killed process (WAL with synchronous
// NORMAL can lose the last commits to a power cut, so a server says FULL), and
// let one writer and many readers live together.
const pragmas = "?_pragma=journal_mode(WAL)&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)" +
	"&_pragma=temp_store(2)&_pragma=cache_size(-16000)&_time_format=sqlite&_timezone=UTC"

func (db *DB) openSQLite(ctx context.Context, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	// One writer, whose transactions take the lock when they begin: they never
	// fail half way because somebody else wrote in between.
	w, err := keeping(path + pragmas + "&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		return err
	}
	db.sql = sql.OpenDB(w)
	db.sql.SetMaxOpenConns(1)
	if err := db.sql.PingContext(ctx); err != nil {
		return err
	}
	db.readers = newLitePool(path)
	db.gorm, err = gorm.Open(sqliteDialect{db.sql}, db.gormConfig())
	return err
}

func (db *DB) openPostgres(ctx context.Context, url string) error {
	s, err := sql.Open("pgx", url) // for migrations, and to ask how it is
	if err != nil {
		return err
	}
	s.SetMaxOpenConns(4)
	s.SetConnMaxIdleTime(5 * time.Minute)
	if err := s.PingContext(ctx); err != nil {
		return err
	}
	db.sql = s
	if db.gorm, err = gorm.Open(postgres.New(postgres.Config{Conn: s}), db.gormConfig()); err != nil {
		return err
	}
	// What is particular about a statement of ours is in its text: one plan is good for
	// all parameters, and to make it costs more than most of them do.
	if db.conns, err = newConns(ctx, url, 16, "force_generic_plan"); err != nil {
		return err
	}
	db.pool, err = newConns(ctx, url, 8, "auto")
	return err
}
