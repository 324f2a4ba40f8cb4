package store

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm/schema"
)

// A plan is how a noun lies in its table. gorm reads it off the noun's fields and
// tags, once; what is read and written after that goes by it.
type plan struct {
	table   string
	columns []*column
	byName  map[string]*column
	from    string // SELECT …columns… FROM table WHERE
	into    string // INSERT INTO table (columns) VALUES
	places  string // (?,?,…)
	replace string // ON CONFLICT (…) DO UPDATE SET …
	stamps  int    // how many places of replace are the time

	about     []subject // what is remembered of its rows
	telling   []string  // the columns that say which
	returning string    // RETURNING those
}

type column struct {
	name             string
	index            []int
	key              bool
	created, updated bool // written by itself
	json             bool
	set              setter
}

// A setter puts what a database gave where it belongs.
type setter func(to reflect.Value, v driver.Value) error

var (
	plans   sync.Map // of reflect.Type to *plan
	schemas sync.Map // gorm's own
)

// planOf returns the plan of a struct type.
func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	s, err := schema.Parse(reflect.New(t).Interface(), &schemas, schema.NamingStrategy{})
	if err != nil {
		panic(err) // it is no row: a broken program
	}
	p := &plan{table: s.Table, byName: map[string]*column{}}
	for _, f := range s.Fields {
		if f.DBName == "" {
			continue
		}
		c := &column{name: f.DBName, index: f.StructField.Index, key: f.PrimaryKey, created: f.AutoCreateTime != 0, updated: f.AutoUpdateTime != 0}
		_, c.json = f.Serializer.(schema.JSONSerializer)
		if c.json {
			c.set = setJSON
		} else {
			c.set = setterOf(f.FieldType)
		}
		p.columns = append(p.columns, c)
		p.byName[c.name] = c
	}
	p.write()
	p.watch()
	plans.Store(t, p)
	return p
}

func planFor[M any]() *plan { return planOf(reflect.TypeFor[M]()) }

// write writes the statements of a plan.
func (p *plan) write() {
	var names, keys, sets []string
	for _, c := range p.columns {
		quoted := `"` + c.name + `"`
		names = append(names, quoted)
		switch {
		case c.key:
			keys = append(keys, quoted)
		case c.updated:
			sets = append(sets, quoted+" = ?")
			p.stamps++
		case !c.created:
			sets = append(sets, quoted+" = excluded."+quoted)
		}
	}
	list := strings.Join(names, ", ")
	p.from = "SELECT " + list + " FROM " + p.table + " WHERE "
	p.into = "INSERT INTO " + p.table + " (" + list + ") VALUES "
	p.places = "(?" + strings.Repeat(",?", max(0, len(names)-1)) + ")"
	p.replace = " ON CONFLICT (" + strings.Join(keys, ", ") + ") DO UPDATE SET " + strings.Join(sets, ", ")
	if len(sets) == 0 {
		p.replace = " ON CONFLICT DO NOTHING"
	}
}

// values appends what row holds, in the order of columns, and lets the times that are
// written by themselves be now where they are not set.
func (p *plan) values(to []any, row reflect.Value, now time.Time) ([]any, error) {
	for _, c := range p.columns {
		f := row.FieldByIndex(c.index)
		if c.created || c.updated {
			if t, ok := f.Interface().(time.Time); ok && t.IsZero() {
				f.Set(reflect.ValueOf(now))
			}
		}
		v, err := c.value(f)
		if err != nil {
			return nil, err
		}
		to = append(to, v)
	}
	return to, nil
}

func (c *column) value(f reflect.Value) (any, error) {
	if !c.json {
		switch f.Kind() {
		case reflect.String:
			return f.String(), nil
		case reflect.Int64, reflect.Int:
			if !f.Type().Implements(valuer) {
				return f.Int(), nil
			}
		}
		return plain(f.Interface())
	}
	return asJSON(f.Interface())
}

var valuer = reflect.TypeFor[driver.Valuer]()

func asJSON(v any) (any, error) {
	raw, err := json.Marshal(v)
	if err != nil || string(raw) == "null" {
		return nil, err
	}
	return string(raw), nil
}

func setJSON(to reflect.Value, v driver.Value) error {
	var raw []byte
	switch v := v.(type) {
	case nil:
	case string:
		raw = []byte(v)
	case []byte:
		raw = v
	default:
		return cannot(v, to)
	}
	if len(raw) == 0 {
		to.SetZero()
		return nil
	}
	return json.Unmarshal(raw, to.Addr().Interface())
}

var scanner = reflect.TypeFor[sql.Scanner]()

func setterOf(t reflect.Type) setter {
	if reflect.PointerTo(t).Implements(scanner) {
		return func(to reflect.Value, v driver.Value) error { return to.Addr().Interface().(sql.Scanner).Scan(v) }
	}
	if t == reflect.TypeFor[time.Time]() {
		return setTime
	}
	switch t.Kind() {
	case reflect.String:
		return setString
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return setInt
	case reflect.Bool:
		return setBool
	case reflect.Float32, reflect.Float64:
		return setFloat
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return setBytes
		}
	case reflect.Pointer:
		inner := setterOf(t.Elem())
		return func(to reflect.Value, v driver.Value) error {
			if v == nil {
				to.SetZero()
				return nil
			}
			p := reflect.New(t.Elem())
			to.Set(p)
			return inner(p.Elem(), v)
		}
	}
	return func(to reflect.Value, v driver.Value) error { return cannot(v, to) }
}

func cannot(v driver.Value, to reflect.Value) error {
	return fmt.Errorf("store: a column holds a %T, which is no %s", v, to.Type())
}

func setString(to reflect.Value, v driver.Value) error {
	switch v := v.(type) {
	case string:
		to.SetString(v)
	case []byte:
		to.SetString(string(v))
	case nil:
		to.SetString("")
	default:
		return cannot(v, to)
	}
	return nil
}

func setInt(to reflect.Value, v driver.Value) error {
	switch v := v.(type) {
	case int64:
		to.SetInt(v)
	case bool:
		to.SetInt(0)
		if v {
			to.SetInt(1)
		}
	case float64:
		to.SetInt(int64(v))
	case string: // a sum, on PostgreSQL
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return cannot(v, to)
		}
		to.SetInt(n)
	case nil:
		to.SetInt(0)
	default:
		return cannot(v, to)
	}
	return nil
}

func setBool(to reflect.Value, v driver.Value) error {
	switch v := v.(type) {
	case bool:
		to.SetBool(v)
	case int64:
		to.SetBool(v != 0)
	case nil:
		to.SetBool(false)
	default:
		return cannot(v, to)
	}
	return nil
}

func setFloat(to reflect.Value, v driver.Value) error {
	switch v := v.(type) {
	case float64:
		to.SetFloat(v)
	case int64:
		to.SetFloat(float64(v))
	case nil:
		to.SetFloat(0)
	default:
		return cannot(v, to)
	}
	return nil
}

func setBytes(to reflect.Value, v driver.Value) error {
	switch v := v.(type) {
	case []byte:
		to.SetBytes(v)
	case string:
		to.SetBytes([]byte(v))
	case nil:
		to.SetZero()
	default:
		return cannot(v, to)
	}
	return nil
}

// timeForms are those in which SQLite gives a time of which it does not know that it
// is one: the answer of a function.
var timeForms = []string{"2006-01-02 15:04:05.999999999-07:00", "2006-01-02 15:04:05.999999999", time.RFC3339Nano}

func setTime(to reflect.Value, v driver.Value) error {
	at := to.Addr().Interface().(*time.Time)
	switch v := v.(type) {
	case time.Time:
		*at = v
		return nil
	case nil:
		*at = time.Time{}
		return nil
	case string:
		for _, form := range timeForms {
			if t, err := time.Parse(form, v); err == nil {
				*at = t.UTC()
				return nil
			}
		}
	}
	return cannot(v, to)
}
