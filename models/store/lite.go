package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	zombie "zombiezen.com/go/sqlite"
)

// A liteReader is a connection to SQLite for reading. It goes round database/sql, whose
// driver asks for the names and types of all columns at each query, and takes a lock at
// each of their values, which cost more than most of our queries do. One goroutine at a
// time has it.
type liteReader struct {
	conn *zombie.Conn
	kept map[string]*compiled
}

// A compiled statement, and what its rows look like.
type compiled struct {
	stmt   *zombie.Stmt
	names  []string
	values []driver.Value
}

// A liteError is what SQLite says.
type liteError struct{ error }

// Code returns SQLite's extended result code.
func (e liteError) Code() int { return int(zombie.ErrCode(e.error)) }

func openReader(path string) (*liteReader, error) {
	conn, err := zombie.OpenConn(path, zombie.OpenReadWrite)
	if err != nil {
		return nil, liteError{err}
	}
	conn.SetBusyTimeout(10 * time.Second)
	r := &liteReader{conn: conn, kept: map[string]*compiled{}}
	for _, pragma := range []string{"temp_store(2)", "cache_size(-16000)", "query_only(1)"} {
		if _, err := r.exec("PRAGMA "+pragma, nil); err != nil {
			r.close()
			return nil, err
		}
	}
	return r, nil
}

func (r *liteReader) close() {
	for _, c := range r.kept {
		_ = c.stmt.Finalize() // says again how its last run ended
	}
	r.kept = nil
	_ = r.conn.Close() // nothing was written
}

// compile returns a statement that is ready to run.
func (r *liteReader) compile(text string) (*compiled, error) {
	if c := r.kept[text]; c != nil {
		return c, nil
	}
	stmt, rest, err := r.conn.PrepareTransient(text)
	if err != nil {
		return nil, liteError{err}
	}
	if rest > 0 {
		_ = stmt.Finalize() // it never ran
		return nil, fmt.Errorf("sqlite: more than one statement: %s", text)
	}
	if len(r.kept) >= keepStatements {
		for old, c := range r.kept {
			_ = c.stmt.Finalize() // says again how its last run ended
			delete(r.kept, old)
			break
		}
	}
	c := &compiled{stmt: stmt}
	r.kept[text] = c
	return c, nil
}

// describe reads what the rows look like, which a change of the schema may change.
func (c *compiled) describe() {
	n := c.stmt.ColumnCount()
	if c.names != nil && n == len(c.names) {
		return
	}
	c.names, c.values = make([]string, n), make([]driver.Value, n)
	for i := range n {
		c.names[i] = c.stmt.ColumnName(i)
	}
}

func (c *compiled) bind(args []any) error {
	if n := c.stmt.BindParamCount(); n != len(args) {
		return fmt.Errorf("sqlite: %d parameters for %d places", len(args), n)
	}
	for i, v := range args {
		at := i + 1
		switch v := v.(type) {
		case nil:
			c.stmt.BindNull(at)
		case int64:
			c.stmt.BindInt64(at, v)
		case bool:
			c.stmt.BindBool(at, v)
		case float64:
			c.stmt.BindFloat(at, v)
		case time.Time:
			c.stmt.BindText(at, v.UTC().Format(timeForms[0]))
		case string:
			c.stmt.BindText(at, v)
		default:
			return fmt.Errorf("sqlite: a %T is no parameter of a query", v)
		}
	}
	return nil
}

// run runs a statement and hands its rows to to, which may be nil.
func (r *liteReader) run(text string, args []any, to receiver) error {
	c, err := r.compile(text)
	if err != nil {
		return err
	}
	defer c.stmt.Reset() //nolint:errcheck // says again how the run ended
	if err := c.bind(args); err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := c.stmt.Step()
		switch {
		case err != nil:
			return liteError{err}
		case !more:
			return nil
		case to == nil:
			continue
		}
		if first {
			c.describe()
			to.columns(c.names)
		}
		for i := range c.values {
			c.values[i] = c.column(i)
		}
		if err := to.row(c.values); err != nil {
			return err
		}
	}
}

func (c *compiled) column(i int) driver.Value {
	switch c.stmt.ColumnType(i) {
	case zombie.TypeInteger:
		return c.stmt.ColumnInt64(i)
	case zombie.TypeFloat:
		return c.stmt.ColumnFloat(i)
	case zombie.TypeText:
		return c.stmt.ColumnText(i) // a time too: the field that takes it knows
	case zombie.TypeBlob:
		b := make([]byte, c.stmt.ColumnLen(i))
		c.stmt.ColumnBytes(i, b)
		return b
	}
	return nil
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
