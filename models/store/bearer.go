package store

import (
	"database/sql/driver"
	"reflect"
	"strings"
	"sync"

	"ensemble/models"
)

// A bearer is a token and both sides of the account it acts for, in one row.
type bearer struct {
	token   *models.Token
	account *models.Account
	user    *models.User
}

func (b *bearer) columns([]string) {}

func (b *bearer) row(values []driver.Value) (err error) {
	if b.token, values, err = part[models.Token](values); err != nil {
		return err
	}
	if b.account, values, err = part[models.Account](values); err != nil {
		return err
	}
	b.user, _, err = part[models.User](values)
	return err
}

// part reads an M off the front of values; nil where the row has none.
func part[M any](values []driver.Value) (*M, []driver.Value, error) {
	m, found := new(M), false
	to := reflect.ValueOf(m).Elem()
	cols := planFor[M]().columns
	for i, c := range cols {
		if values[i] == nil {
			continue
		}
		found = true
		if err := c.set(to.FieldByIndex(c.index), values[i]); err != nil {
			return nil, nil, err
		}
	}
	if !found {
		m = nil
	}
	return m, values[len(cols):], nil
}

// listed are the columns of an M in the order of its plan, of the table called as.
func listed[M any](as string) string {
	var names []string
	for _, c := range planFor[M]().columns {
		names = append(names, as+`."`+c.name+`"`)
	}
	return strings.Join(names, ", ")
}

// Bearer returns the token that has the hash, and both sides of the account it acts for.
// What is not there is nil.
func Bearer(tx *Tx, hash string) (*models.Token, *models.Account, *models.User, error) {
	text, args, err := tx.prepare(bearerQuery(), []any{hash})
	if err != nil {
		return nil, nil, nil, err
	}
	var b bearer
	err = tx.link.query(tx.ctx, text, args, &b)
	return b.token, b.account, b.user, err
}

// SQLite would plan a join by the parameter anew at each call, and keeps the plan of a look
// for one row.
var bearerQuery = sync.OnceValue(func() string {
	return "SELECT " + listed[models.Token]("t") + ", " + listed[models.Account]("a") + ", " + listed[models.User]("u") + `
FROM tokens t LEFT JOIN accounts a ON a.id = t.account_id LEFT JOIN users u ON u.account_id = t.account_id
WHERE t.id = (SELECT id FROM tokens WHERE hash = ?)`
})
