package store

import (
	"database/sql/driver"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"gorm.io/gorm"

	"ensemble/models"
)

// Get returns the M that has the ID.
func Get[M any](tx *Tx, id models.ID) (*M, error) { return One[M](tx, "id = ?", id) }

// Hold returns the M that has the ID, and keeps others from changing it until tx
// ends. Whatever moves a noun from one state to another holds it first.
func Hold[M any](tx *Tx, id models.ID) (*M, error) {
	lock := ""
	if tx.db.postgres { // an SQLite transaction is alone from its beginning
		lock = " FOR UPDATE"
	}
	return one[M](tx, planFor[M]().from+"id = ?"+lock, id)
}

// HoldAll is Hold of every M that meets the condition, by age.
func HoldAll[M any](tx *Tx, where string, args ...any) ([]*M, error) {
	lock := ""
	if tx.db.postgres {
		lock = " FOR UPDATE"
	}
	return scan[*M](tx, planFor[M]().from+where+" ORDER BY id"+lock, args...)
}

// ByURI returns the M that the network knows by uri.
func ByURI[M any](tx *Tx, uri models.IRI) (*M, error) { return One[M](tx, "uri = ?", uri) }

// One returns the M that meets the condition, which is SQL over M's own table.
func One[M any](tx *Tx, where string, args ...any) (*M, error) {
	return one[M](tx, planFor[M]().from+where+" LIMIT 1", args...)
}

func one[M any](tx *Tx, query string, args ...any) (*M, error) {
	rows, err := scan[*M](tx, query, args...)
	if err != nil {
		return new(M), named[M](err)
	}
	if len(rows) == 0 {
		return new(M), named[M](gorm.ErrRecordNotFound)
	}
	return rows[0], nil
}

// Maybe is One that returns nil where there is none.
func Maybe[M any](tx *Tx, where string, args ...any) (*M, error) {
	rows, err := scan[*M](tx, planFor[M]().from+where+" LIMIT 1", args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// Find returns every M that meets the condition. The condition may go on with
// ORDER BY and LIMIT.
func Find[M any](tx *Tx, where string, args ...any) ([]*M, error) {
	return scan[*M](tx, planFor[M]().from+where, args...)
}

// Count returns how many M meet the condition.
func Count[M any](tx *Tx, where string, args ...any) (int, error) {
	rows, err := scan[int](tx, "SELECT count(*) FROM "+planFor[M]().table+" WHERE "+where, args...)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0], nil
}

// Any reports whether some M meets the condition.
func Any[M any](tx *Tx, where string, args ...any) (bool, error) {
	rows, err := scan[int](tx, "SELECT 1 FROM "+planFor[M]().table+" WHERE "+where+" LIMIT 1", args...)
	return len(rows) > 0, err
}

// Put writes m, whether new or changed.
func Put(tx *Tx, m any) error {
	_, err := tx.insert(reflect.ValueOf(m), true)
	return err
}

// Add writes m, and reports false where the network knows it already.
func Add(tx *Tx, m any) (bool, error) {
	n, err := tx.insert(reflect.ValueOf(m), false)
	return n > 0, err
}

// AddAll writes a batch of new rows, leaving out those that exist.
func AddAll[M any](tx *Tx, rows []M) error {
	for some := range slices.Chunk(rows, 100) {
		values := make([]reflect.Value, len(some))
		for i := range some {
			values[i] = reflect.ValueOf(&some[i]).Elem()
		}
		if _, err := tx.insertAll(values, false); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) insert(m reflect.Value, replace bool) (int64, error) {
	return tx.insertAll([]reflect.Value{m}, replace)
}

func (tx *Tx) insertAll(rows []reflect.Value, replace bool) (int64, error) {
	p := planOf(reflect.Indirect(rows[0]).Type())
	now := tx.db.Now()
	args := make([]any, 0, len(p.columns)*len(rows)+p.stamps)
	for _, row := range rows {
		var err error
		if args, err = p.values(args, reflect.Indirect(row), now); err != nil {
			return 0, err
		}
		tx.noteRow(p, reflect.Indirect(row))
	}
	query := p.into + p.places + strings.Repeat(","+p.places, len(rows)-1)
	if replace {
		query += p.replace
		for range p.stamps {
			args = append(args, now)
		}
	} else {
		query += " ON CONFLICT DO NOTHING"
	}
	return tx.exec(query, args...)
}

// Set changes columns of every M that meets the condition, and returns how many
// there were. With the old state in the condition it is a state transition that
// only one of many can win. A value of type Expr is SQL.
func Set[M any](tx *Tx, columns map[string]any, where string, args ...any) (int, error) {
	p := planFor[M]()
	var b strings.Builder
	b.WriteString("UPDATE " + p.table + " SET ")
	values := make([]any, 0, len(columns)+len(args))
	for i, name := range slices.Sorted(maps.Keys(columns)) {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(`"` + name + `" = `)
		if e, ok := columns[name].(Expr); ok {
			b.WriteString(string(e))
			continue
		}
		b.WriteByte('?')
		v, err := p.written(name, columns[name])
		if err != nil {
			return 0, err
		}
		values = append(values, v)
	}
	b.WriteString(" WHERE " + where)
	n, err := tx.execOn(p, b.String(), append(values, args...)...)
	return int(n), err
}

// written returns v as the column holds it.
func (p *plan) written(name string, v any) (any, error) {
	c := p.byName[name]
	if c == nil {
		return nil, fmt.Errorf("store: %s has no column %s", p.table, name)
	}
	switch v.(type) {
	case nil, string, []byte:
		return v, nil
	}
	if c.json {
		return asJSON(v)
	}
	return v, nil
}

// Change writes just the named columns of m, which exists.
func Change(tx *Tx, m any, columns ...string) (int, error) {
	row := reflect.Indirect(reflect.ValueOf(m))
	tx.noteRow(planOf(row.Type()), row)
	return tx.built(tx.db.gorm.Model(m).Select(columns).UpdateColumns(m))
}

// An Expr is SQL that gives a column its new value.
type Expr string

// Delete removes every M that meets the condition, and returns how many.
func Delete[M any](tx *Tx, where string, args ...any) (int, error) {
	n, err := tx.execOn(planFor[M](), "DELETE FROM "+planFor[M]().table+" WHERE "+where, args...)
	return int(n), err
}

// built runs what gorm has written down, and not run.
func (tx *Tx) built(g *gorm.DB) (int, error) {
	if g.Error != nil {
		return 0, g.Error
	}
	args := g.Statement.Vars
	for i := range args {
		v, err := plain(args[i])
		if err != nil {
			return 0, err
		}
		args[i] = v
	}
	n, err := tx.link.exec(tx.ctx, g.Statement.SQL.String(), args)
	return int(n), err
}

// exec runs a statement that returns no rows, and returns how many it concerned.
func (tx *Tx) exec(statement string, args ...any) (int64, error) {
	text, plain, err := tx.prepare(statement, args)
	if err != nil {
		return 0, err
	}
	return tx.link.exec(tx.ctx, text, plain)
}

// scan runs a named query of this package. A T is a row, a pointer to one, or the only
// column of one.
func scan[T any](tx *Tx, query string, args ...any) ([]T, error) {
	text, plain, err := tx.prepare(query, args)
	if err != nil {
		return nil, err
	}
	s := &sink[T]{}
	err = tx.link.query(tx.ctx, text, plain, s)
	return s.rows, err
}

func (tx *Tx) prepare(text string, args []any) (string, []any, error) {
	_, names := first(args).(map[string]any)
	return parse(text, names, tx.db.postgres).with(args, tx.db.postgres)
}

// A receiver takes rows as they come. What it is given is its own, but for the slice.
type receiver interface {
	columns(names []string)
	row(values []driver.Value) error
}

type sink[T any] struct {
	rows    []T
	pointer bool
	into    []*column // nil where the row has no such field
	only    setter    // of a T that is a column
}

func (s *sink[T]) columns(names []string) {
	t := reflect.TypeFor[T]()
	if s.pointer = t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct && !isColumn(t.Elem()); s.pointer {
		t = t.Elem()
	}
	if !s.pointer && (t.Kind() != reflect.Struct || isColumn(t)) {
		s.only = setterOf(t)
		return
	}
	p := planOf(t)
	s.into = make([]*column, len(names))
	for i, name := range names {
		s.into[i] = p.byName[name]
	}
}

// isColumn reports whether a struct is one value: a time.
func isColumn(t reflect.Type) bool {
	return t.PkgPath() == "time" || reflect.PointerTo(t).Implements(scanner)
}

func (s *sink[T]) row(values []driver.Value) error {
	s.rows = append(s.rows, *new(T))
	to := reflect.ValueOf(&s.rows[len(s.rows)-1]).Elem()
	if s.only != nil {
		return s.only(to, values[0])
	}
	if s.pointer {
		to.Set(reflect.New(to.Type().Elem()))
		to = to.Elem()
	}
	for i, c := range s.into {
		if c == nil || values[i] == nil {
			continue // a new row is empty
		}
		if err := c.set(to.FieldByIndex(c.index), values[i]); err != nil {
			return fmt.Errorf("%w (column %s)", err, c.name)
		}
	}
	return nil
}

func named[M any](err error) error {
	err = translate(err)
	if models.KindOf(err) == models.NotFound {
		name := strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", *new(M)), "models."))
		return models.Errorf(models.NotFound, "there is no such %s here", name)
	}
	return err
}
