package store

import (
	"context"
	"database/sql/driver"
	"reflect"
	"strings"

	"modernc.org/sqlite"
)

// SQLite compiles a statement before it runs it, which takes longer than most of ours
// run. database/sql can keep what was compiled only for whom asks outside a
// transaction, and nobody here does: so each connection keeps its own.

// keepStatements bounds what a connection keeps; an IN has a statement for each length.
const keepStatements = 250

// keeping returns a connector to an SQLite database whose connections keep what they
// compiled.
func keeping(dsn string) (driver.Connector, error) {
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return keepingConnector{c}, nil
}

type keepingConnector struct{ driver.Connector }

// Connect opens a connection.
func (k keepingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &keepingConn{sqliteConn: c.(sqliteConn), kept: map[string]*statement{}}, nil
}

// sqliteConn is all that database/sql wants of a connection.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type keepingConn struct {
	sqliteConn
	kept map[string]*statement
}

// A statement is lent to one query at a time.
type statement struct {
	driver.Stmt
	lent bool
}

// Close closes what is kept too.
func (c *keepingConn) Close() error {
	for _, s := range c.kept {
		_ = s.Close() // it goes with the connection anyway
	}
	c.kept = nil
	return c.sqliteConn.Close()
}

// lend returns query, compiled; nil if it is in use, or not worth keeping.
func (c *keepingConn) lend(ctx context.Context, query string) (*statement, error) {
	if s := c.kept[query]; s != nil {
		if s.lent {
			return nil, nil
		}
		s.lent = true
		return s, nil
	}
	if !repeats(query) {
		return nil, nil
	}
	compiled, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c.makeRoom()
	s := &statement{Stmt: compiled, lent: true}
	c.kept[query] = s
	return s, nil
}

// repeats reports whether a statement may come again: not one that changes the schema.
func repeats(query string) bool {
	rest := strings.TrimSpace(query)
	for strings.HasPrefix(rest, "--") { // the job queue says first what it is about to do
		_, rest, _ = strings.Cut(rest, "\n")
		rest = strings.TrimSpace(rest)
	}
	word, _, _ := strings.Cut(strings.ToUpper(rest[:min(len(rest), 6)]), " ")
	switch strings.TrimSpace(word) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "BEGIN", "COMMIT", "SAVEPO", "RELEAS", "WITH":
		return len(query) < 8<<10 && !strings.Contains(query, ";")
	}
	return false
}

// makeRoom drops any statement that is not in use when there are too many.
func (c *keepingConn) makeRoom() {
	if len(c.kept) < keepStatements {
		return
	}
	for q, s := range c.kept {
		if !s.lent {
			_ = s.Close() // nobody needs it
			delete(c.kept, q)
			return
		}
	}
}

// ExecContext runs a statement that returns nothing.
func (c *keepingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.lend(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	defer func() { s.lent = false }()
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

// QueryContext runs a statement that returns rows, which hold it until they are closed.
func (c *keepingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.lend(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	rows, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		s.lent = false
		return nil, err
	}
	return &lentRows{rows.(sqliteRows), s}, nil
}

// sqliteRows is all that database/sql wants of rows.
type sqliteRows interface {
	driver.Rows
	ColumnTypeDatabaseTypeName(int) string
	ColumnTypeScanType(int) reflect.Type
}

type lentRows struct {
	sqliteRows
	of *statement
}

// Close gives the statement back.
func (r *lentRows) Close() error {
	r.of.lent = false
	return r.sqliteRows.Close()
}
