package storetest

import (
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"

	"ensemble/models/store"
)

// addresses are those of the databases that New opened.
var addresses sync.Map // *store.DB → string

// A Reader reads all of a database, past the store.
type Reader struct {
	db  *sql.DB
	all string // one query for every table
}

// NewReader returns a Reader of a database that New opened.
func NewReader(t testing.TB, db *store.DB) *Reader {
	t.Helper()
	at, ok := addresses.Load(db)
	if !ok {
		t.Fatal("this database was not opened by storetest.New")
	}
	driver := map[string]string{"sqlite": "sqlite", "postgres": "pgx"}[db.Dialect()]
	conn, err := sql.Open(driver, at.(string))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	r := &Reader{db: conn}
	if r.all, err = r.query(db.Dialect()); err != nil {
		t.Fatal(err)
	}
	return r
}

// Contents returns, by table, what says whether anything in it changed.
func (r *Reader) Contents(t testing.TB) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := r.each(r.all, func(table, rows string) { out[table] = rows })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Changed names the tables in which two Contents differ.
func Changed(before, after map[string]string) (tables []string) {
	for name, rows := range after {
		if before[name] != rows {
			tables = append(tables, name)
		}
	}
	return tables
}

func (r *Reader) each(query string, fn func(a, b string)) error {
	rows, err := r.db.Query(query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var a, b string
		if err := rows.Scan(&a, &b); err != nil {
			return err
		}
		fn(a, b)
	}
	return rows.Err()
}

// query asks for a line a table: its name, and a fingerprint of its rows.
func (r *Reader) query(dialect string) (string, error) {
	var parts []string
	if dialect == "postgres" {
		err := r.each("SELECT tablename, '' FROM pg_tables WHERE schemaname = 'public'", func(table, _ string) {
			parts = append(parts, fmt.Sprintf("SELECT '%[1]s', count(*) || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM %[1]q t", table))
		})
		return strings.Join(parts, " UNION ALL "), err
	}
	columns := map[string][]string{}
	err := r.each(`SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.sql NOT LIKE 'CREATE VIRTUAL%'`, func(table, column string) {
		columns[table] = append(columns[table], fmt.Sprintf("quote(%q)", column))
	})
	for table, all := range columns {
		parts = append(parts, fmt.Sprintf("SELECT '%[1]s', coalesce((SELECT group_concat(row, '|') FROM (SELECT %[2]s AS row FROM %[1]q ORDER BY 1)), '')",
			table, strings.Join(all, "||','||")))
	}
	return strings.Join(parts, " UNION ALL "), err
}
