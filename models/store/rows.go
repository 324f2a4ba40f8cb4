package store

import (
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ensemble/models"
)

// Get returns the M that has the ID.
func Get[M any](tx *Tx, id models.ID) (*M, error) { return One[M](tx, "id = ?", id) }

// Hold returns the M that has the ID, and keeps others from changing it until tx
// ends. Whatever moves a noun from one state to another holds it first.
func Hold[M any](tx *Tx, id models.ID) (*M, error) {
	m := new(M)
	q := tx.gorm
	if tx.db.postgres { // an SQLite transaction is alone from its beginning
		q = q.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	return m, named[M](q.Where("id = ?", id).Take(m).Error)
}

// ByURI returns the M that the network knows by uri.
func ByURI[M any](tx *Tx, uri models.IRI) (*M, error) { return One[M](tx, "uri = ?", uri) }

// One returns the M that meets the condition, which is SQL over M's own table.
func One[M any](tx *Tx, where string, args ...any) (*M, error) {
	m := new(M)
	return m, named[M](tx.gorm.Where(where, args...).Take(m).Error)
}

// Maybe is One that returns nil where there is none.
func Maybe[M any](tx *Tx, where string, args ...any) (*M, error) {
	m, err := One[M](tx, where, args...)
	if models.KindOf(err) == models.NotFound {
		return nil, nil
	}
	return m, err
}

// Find returns every M that meets the condition. The condition may go on with
// ORDER BY and LIMIT.
func Find[M any](tx *Tx, where string, args ...any) ([]*M, error) {
	var out []*M
	err := tx.gorm.Raw("SELECT * FROM "+table[M](tx)+" WHERE "+where, args...).Scan(&out).Error
	return out, err
}

// Count returns how many M meet the condition.
func Count[M any](tx *Tx, where string, args ...any) (int, error) {
	var n int64
	err := tx.gorm.Model(new(M)).Where(where, args...).Count(&n).Error
	return int(n), err
}

// Any reports whether some M meets the condition.
func Any[M any](tx *Tx, where string, args ...any) (bool, error) {
	var n int
	err := tx.gorm.Raw("SELECT 1 FROM "+table[M](tx)+" WHERE "+where+" LIMIT 1", args...).Scan(&n).Error
	return n == 1, err
}

// Put writes m, whether new or changed.
func Put(tx *Tx, m any) error {
	return tx.gorm.Clauses(clause.OnConflict{UpdateAll: true}).Create(m).Error
}

// Add writes m, and reports false where the network knows it already.
func Add(tx *Tx, m any) (bool, error) {
	r := tx.gorm.Clauses(clause.OnConflict{DoNothing: true}).Create(m)
	return r.RowsAffected > 0, r.Error
}

// AddAll writes a batch of new rows, leaving out those that exist.
func AddAll[M any](tx *Tx, rows []M) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.gorm.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(rows, 100).Error
}

// Set changes columns of every M that meets the condition, and returns how many
// there were. With the old state in the condition it is a state transition that
// only one of many can win. A value of type Expr is SQL.
func Set[M any](tx *Tx, columns map[string]any, where string, args ...any) (int, error) {
	for k, v := range columns {
		if e, ok := v.(Expr); ok {
			columns[k] = gorm.Expr(string(e))
		}
	}
	r := tx.gorm.Model(new(M)).Where(where, args...).UpdateColumns(columns)
	return int(r.RowsAffected), r.Error
}

// Change writes just the named columns of m, which exists.
func Change(tx *Tx, m any, columns ...string) (int, error) {
	r := tx.gorm.Model(m).Select(columns).UpdateColumns(m)
	return int(r.RowsAffected), r.Error
}

// An Expr is SQL that gives a column its new value.
type Expr string

// Delete removes every M that meets the condition, and returns how many.
func Delete[M any](tx *Tx, where string, args ...any) (int, error) {
	r := tx.gorm.Where(where, args...).Delete(new(M))
	return int(r.RowsAffected), r.Error
}

// scan runs a named query of this package.
func scan[T any](tx *Tx, query string, args ...any) ([]T, error) {
	var out []T
	err := tx.gorm.Raw(query, args...).Scan(&out).Error
	return out, err
}

func named[M any](err error) error {
	err = translate(err)
	if models.KindOf(err) == models.NotFound {
		name := strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", *new(M)), "models."))
		return models.Errorf(models.NotFound, "there is no such %s here", name)
	}
	return err
}

func table[M any](tx *Tx) string {
	s := &gorm.Statement{DB: tx.gorm}
	if err := s.Parse(new(M)); err != nil {
		panic(err) // M is no row: a broken program
	}
	return s.Schema.Table
}
