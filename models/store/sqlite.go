package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"gorm.io/gorm"
	"gorm.io/gorm/callbacks"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/schema"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteDialect is how gorm speaks to SQLite: as much of it as this package needs,
// which makes no tables by gorm. It is ours because the driver that gorm's own would
// bring compiles every statement anew each time, a third of what a request costs.
type sqliteDialect struct{ conn *sql.DB }

// Name tells gorm which database it is.
func (sqliteDialect) Name() string { return "sqlite" }

// Initialize gives gorm its connection.
func (d sqliteDialect) Initialize(db *gorm.DB) error {
	db.ConnPool = d.conn
	callbacks.RegisterDefaultCallbacks(db, &callbacks.Config{
		CreateClauses: []string{"INSERT", "VALUES", "ON CONFLICT", "RETURNING"},
		UpdateClauses: []string{"UPDATE", "SET", "FROM", "WHERE", "RETURNING"},
		DeleteClauses: []string{"DELETE", "FROM", "WHERE", "RETURNING"},
	})
	db.ClauseBuilders["LIMIT"] = limit
	return db.ConnPool.(*sql.DB).PingContext(context.Background())
}

// limit writes numbers and not parameters, as long as they are few.
func limit(c clause.Clause, b clause.Builder) {
	l, ok := c.Expression.(clause.Limit)
	if !ok || l.Limit == nil {
		return
	}
	b.WriteString("LIMIT " + strconv.Itoa(*l.Limit)) //nolint:errcheck // it is written to memory
	if l.Offset > 0 {
		b.WriteString(" OFFSET " + strconv.Itoa(l.Offset)) //nolint:errcheck // it is written to memory
	}
}

// Migrator is for who makes tables by gorm.
func (sqliteDialect) Migrator(*gorm.DB) gorm.Migrator { panic("store: gorm makes no tables here") }

// DataTypeOf is for who makes tables by gorm.
func (sqliteDialect) DataTypeOf(f *schema.Field) string { return string(f.DataType) }

// DefaultValueOf returns what stands for a value that is left out.
func (sqliteDialect) DefaultValueOf(*schema.Field) clause.Expression { return clause.Expr{SQL: "NULL"} }

// BindVarTo writes a parameter.
func (sqliteDialect) BindVarTo(w clause.Writer, _ *gorm.Statement, _ any) {
	_ = w.WriteByte('?') // to memory
}

// QuoteTo writes a name, perhaps with that of its table before it.
func (sqliteDialect) QuoteTo(w clause.Writer, name string) {
	_ = w.WriteByte('`') // to memory, all of it
	for i := range len(name) {
		if name[i] == '.' {
			_, _ = w.WriteString("`.`")
			continue
		}
		_ = w.WriteByte(name[i])
	}
	_ = w.WriteByte('`')
}

// Explain shows a statement in a log.
func (sqliteDialect) Explain(statement string, vars ...any) string {
	return logger.ExplainSQL(statement, nil, `"`, vars...)
}

// Translate names the errors that this package tells apart.
func (sqliteDialect) Translate(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return gorm.ErrDuplicatedKey
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return gorm.ErrForeignKeyViolated
	}
	return err
}
