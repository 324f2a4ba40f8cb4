package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// A liteReader is a connection to SQLite for reading. It speaks to the library itself:
// the driver asks for the names and types of all columns at each query, and takes a lock
// at each of their values, which cost more than most of our queries do. One goroutine at
// a time has it.
type liteReader struct {
	tls  *libc.TLS
	db   uintptr
	kept map[string]*compiled
}

// A compiled statement, and what its rows look like.
type compiled struct {
	stmt   uintptr
	text   uintptr // its SQL
	names  []string
	times  []bool
	values []driver.Value
}

// A liteError is what SQLite says.
type liteError struct {
	code int32
	text string
}

func (e *liteError) Error() string { return fmt.Sprintf("sqlite: %s (%d)", e.text, e.code) }

// Code returns SQLite's extended result code.
func (e *liteError) Code() int { return int(e.code) }

const liteFlags = sqlite3.SQLITE_OPEN_READWRITE | sqlite3.SQLITE_OPEN_NOMUTEX

func openReader(path string) (*liteReader, error) {
	r := &liteReader{tls: libc.NewTLS(), kept: map[string]*compiled{}}
	name, err := libc.CString(path)
	if err != nil {
		r.tls.Close()
		return nil, err
	}
	defer libc.Xfree(r.tls, name)
	at, err := r.pointer(func(p uintptr) int32 { return sqlite3.Xsqlite3_open_v2(r.tls, name, p, liteFlags, 0) })
	r.db = at
	if err == nil {
		sqlite3.Xsqlite3_extended_result_codes(r.tls, r.db, 1)
		sqlite3.Xsqlite3_busy_timeout(r.tls, r.db, 10_000)
		for _, pragma := range []string{"temp_store(2)", "cache_size(-16000)", "query_only(1)"} {
			if err == nil {
				_, err = r.exec("PRAGMA "+pragma, nil)
			}
		}
	}
	if err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// pointer returns what fn writes where it is told to.
func (r *liteReader) pointer(fn func(uintptr) int32) (uintptr, error) {
	p := libc.Xcalloc(r.tls, 1, 8)
	if p == 0 {
		return 0, errors.New("sqlite: no memory")
	}
	defer libc.Xfree(r.tls, p)
	code := fn(p)
	at := libc.AtomicLoadPUintptr(p)
	if code != sqlite3.SQLITE_OK {
		return at, r.failure(code)
	}
	return at, nil
}

func (r *liteReader) failure(code int32) error {
	text := "it could not be opened"
	if r.db != 0 {
		text = libc.GoString(sqlite3.Xsqlite3_errmsg(r.tls, r.db))
	}
	return &liteError{code, text}
}

func (r *liteReader) close() {
	for _, c := range r.kept {
		r.drop(c)
	}
	r.kept = nil
	if r.db != 0 {
		sqlite3.Xsqlite3_close_v2(r.tls, r.db)
	}
	r.tls.Close()
}

func (r *liteReader) drop(c *compiled) {
	sqlite3.Xsqlite3_finalize(r.tls, c.stmt)
	libc.Xfree(r.tls, c.text)
}

// compile returns a statement that is ready to run.
func (r *liteReader) compile(text string) (*compiled, error) {
	if c := r.kept[text]; c != nil {
		return c, nil
	}
	sql, err := libc.CString(text)
	if err != nil {
		return nil, err
	}
	stmt, err := r.pointer(func(p uintptr) int32 {
		return sqlite3.Xsqlite3_prepare_v3(r.tls, r.db, sql, -1, sqlite3.SQLITE_PREPARE_PERSISTENT, p, 0)
	})
	if err == nil && stmt == 0 {
		err = errors.New("sqlite: an empty statement")
	}
	if err != nil {
		libc.Xfree(r.tls, sql)
		return nil, err
	}
	if len(r.kept) >= keepStatements {
		for old, c := range r.kept {
			r.drop(c)
			delete(r.kept, old)
			break
		}
	}
	c := &compiled{stmt: stmt, text: sql}
	r.kept[text] = c
	return c, nil
}

// describe reads what the rows look like, which a change of the schema may change.
func (r *liteReader) describe(c *compiled) {
	n := int(sqlite3.Xsqlite3_column_count(r.tls, c.stmt))
	if c.names != nil && n == len(c.names) {
		return
	}
	c.names, c.times, c.values = make([]string, n), make([]bool, n), make([]driver.Value, n)
	for i := range n {
		c.names[i] = libc.GoString(sqlite3.Xsqlite3_column_name(r.tls, c.stmt, int32(i)))
		kind := libc.GoString(sqlite3.Xsqlite3_column_decltype(r.tls, c.stmt, int32(i)))
		c.times[i] = strings.EqualFold(kind, "timestamp")
	}
}

// bind puts args in their places, and returns the memory that they are in until the
// statement has run.
func (r *liteReader) bind(c *compiled, args []any) (memory []uintptr, err error) {
	if n := int(sqlite3.Xsqlite3_bind_parameter_count(r.tls, c.stmt)); n != len(args) {
		return nil, fmt.Errorf("sqlite: %d parameters for %d places", len(args), n)
	}
	for i, v := range args {
		at := int32(i + 1)
		code := int32(sqlite3.SQLITE_OK)
		switch v := v.(type) {
		case nil:
			code = sqlite3.Xsqlite3_bind_null(r.tls, c.stmt, at)
		case int64:
			code = sqlite3.Xsqlite3_bind_int64(r.tls, c.stmt, at, v)
		case bool:
			n := int64(0)
			if v {
				n = 1
			}
			code = sqlite3.Xsqlite3_bind_int64(r.tls, c.stmt, at, n)
		case float64:
			code = sqlite3.Xsqlite3_bind_double(r.tls, c.stmt, at, v)
		case time.Time:
			memory, code, err = r.bindText(c, at, v.UTC().Format(timeForms[0]), memory)
		case string:
			memory, code, err = r.bindText(c, at, v, memory)
		default:
			err = fmt.Errorf("sqlite: a %T is no parameter of a query", v)
		}
		if err == nil && code != sqlite3.SQLITE_OK {
			err = r.failure(code)
		}
		if err != nil {
			return memory, err
		}
	}
	return memory, nil
}

func (r *liteReader) bindText(c *compiled, at int32, text string, memory []uintptr) ([]uintptr, int32, error) {
	p, err := libc.CString(text)
	if err != nil {
		return memory, 0, err
	}
	return append(memory, p), sqlite3.Xsqlite3_bind_text(r.tls, c.stmt, at, p, int32(len(text)), 0), nil
}

// run runs a statement and hands its rows to to, which may be nil.
func (r *liteReader) run(text string, args []any, to receiver) error {
	c, err := r.compile(text)
	if err != nil {
		return err
	}
	memory, err := r.bind(c, args)
	defer func() {
		sqlite3.Xsqlite3_reset(r.tls, c.stmt)
		for i, v := range args { // no place may point to memory that is free
			switch v.(type) {
			case string, time.Time:
				sqlite3.Xsqlite3_bind_null(r.tls, c.stmt, int32(i+1))
			}
		}
		for _, p := range memory {
			libc.Xfree(r.tls, p)
		}
	}()
	if err != nil {
		return err
	}
	for first := true; ; first = false {
		switch code := sqlite3.Xsqlite3_step(r.tls, c.stmt); {
		case code == sqlite3.SQLITE_DONE:
			return nil
		case code != sqlite3.SQLITE_ROW:
			return r.failure(code)
		case to == nil:
			continue
		}
		if first {
			r.describe(c)
			to.columns(c.names)
		}
		for i := range c.values {
			c.values[i] = r.column(c, i)
		}
		if err := to.row(c.values); err != nil {
			return err
		}
	}
}

func (r *liteReader) column(c *compiled, i int) driver.Value {
	at := int32(i)
	switch sqlite3.Xsqlite3_column_type(r.tls, c.stmt, at) {
	case sqlite3.SQLITE_INTEGER:
		return sqlite3.Xsqlite3_column_int64(r.tls, c.stmt, at)
	case sqlite3.SQLITE_FLOAT:
		return sqlite3.Xsqlite3_column_double(r.tls, c.stmt, at)
	case sqlite3.SQLITE_TEXT:
		p := sqlite3.Xsqlite3_column_text(r.tls, c.stmt, at)
		text := string(libc.GoBytes(p, int(sqlite3.Xsqlite3_column_bytes(r.tls, c.stmt, at)))) // a copy
		if c.times[i] {
			if t, ok := liteTime(text); ok {
				return t
			}
		}
		return text
	case sqlite3.SQLITE_BLOB:
		p := sqlite3.Xsqlite3_column_blob(r.tls, c.stmt, at)
		return slices.Clone(libc.GoBytes(p, int(sqlite3.Xsqlite3_column_bytes(r.tls, c.stmt, at))))
	}
	return nil
}

// liteTime reads a time in one of timeForms.
func liteTime(text string) (time.Time, bool) {
	for _, form := range timeForms {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

func (r *liteReader) exec(text string, args []any) (int64, error) { return 0, r.run(text, args, nil) }

// A readLink is a liteReader within a transaction.
type readLink struct{ conn *liteReader }

func (l readLink) query(ctx context.Context, text string, args []any, to receiver) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return l.conn.run(text, args, to)
}

func (l readLink) exec(ctx context.Context, text string, args []any) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	return l.conn.exec(text, args)
}

func (l readLink) enqueue(context.Context, []river.InsertManyParams) error { return errReading }
