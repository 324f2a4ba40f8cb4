package store

import (
	"database/sql/driver"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ensemble/models"
)

// A query is SQL cut at its parameters: ? in their order, or @name out of a map. A
// parameter that is a slice stands after IN, with or without parentheses.
type query struct {
	pieces []piece
	tail   string
	names  bool
	whole  string // as the database is sent it, where no parameter is a slice
}

// A piece is text, and the parameter that follows it.
type piece struct {
	text string
	name string
}

// parsed keeps queries, of which a program has so many and no more. The bound is for
// a caller who would build them of what strangers say.
var (
	parsed      sync.Map // of queryKey to *query
	parsedCount atomic.Int64
)

const maxParsed = 4096

type queryKey struct {
	text            string
	names, postgres bool
}

func parse(text string, names, postgres bool) *query {
	key := queryKey{text, names, postgres}
	if q, ok := parsed.Load(key); ok {
		return q.(*query)
	}
	q := cutAtParameters(text, names)
	var b strings.Builder
	for i, p := range q.pieces {
		b.WriteString(p.text)
		mark(&b, postgres, i+1)
	}
	b.WriteString(q.tail)
	q.whole = b.String()
	if parsedCount.Add(1) < maxParsed {
		parsed.Store(key, q)
	}
	return q
}

func cutAtParameters(text string, names bool) *query {
	q := &query{names: names}
	from := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\'' || c == '"':
			if end := strings.IndexByte(text[i+1:], c); end >= 0 {
				i += end + 1
			}
		case c == '-' && strings.HasPrefix(text[i:], "--"):
			if end := strings.IndexByte(text[i:], '\n'); end >= 0 {
				i += end
			}
		case c == '?' && !names:
			q.pieces = append(q.pieces, piece{text: text[from:i]})
			from = i + 1
		case c == '@' && names:
			end := i + 1
			for end < len(text) && isName(text[end]) {
				end++
			}
			q.pieces = append(q.pieces, piece{text: text[from:i], name: text[i+1 : end]})
			from, i = end, end-1
		}
	}
	q.tail = text[from:]
	return q
}

func isName(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

func mark(b *strings.Builder, postgres bool, n int) {
	if !postgres {
		b.WriteByte('?')
		return
	}
	b.WriteByte('$')
	b.WriteString(strconv.Itoa(n))
}

// with returns the SQL and its parameters as the database takes them.
func (q *query) with(args []any, postgres bool) (string, []any, error) {
	named, _ := first(args).(map[string]any)
	if !q.names && len(args) != len(q.pieces) {
		return "", nil, fmt.Errorf("store: %d parameters for %d places in %s", len(args), len(q.pieces), q.whole)
	}
	out := make([]any, 0, len(q.pieces))
	lists := false
	for i, p := range q.pieces {
		v, ok := any(nil), true
		if q.names {
			v, ok = named[p.name]
		} else {
			v = args[i]
		}
		if !ok {
			return "", nil, fmt.Errorf("store: no parameter @%s for %s", p.name, q.whole)
		}
		v, err := plain(v)
		if err != nil {
			return "", nil, err
		}
		lists = lists || isList(v)
		out = append(out, v)
	}
	switch {
	case !lists:
		return q.whole, out, nil
	case postgres:
		return q.arrays(out), out, nil
	}
	text, flat := q.spread(out)
	return text, flat, nil
}

func first(args []any) any {
	if len(args) == 0 {
		return nil
	}
	return args[0]
}

// arrays writes x IN ? as x = ANY($1), which is one statement however many there are.
func (q *query) arrays(args []any) string {
	var b strings.Builder
	open := false // a parenthesis of the query's own is still to be left out
	for i, p := range q.pieces {
		text := p.text
		if open {
			text = strings.TrimPrefix(strings.TrimLeft(text, " "), ")")
		}
		open = false
		if isList(args[i]) {
			text, open = arrayOperator(text)
		}
		b.WriteString(text)
		mark(&b, true, i+1)
		if isList(args[i]) {
			b.WriteByte(')')
		}
	}
	if open {
		return b.String() + strings.TrimPrefix(strings.TrimLeft(q.tail, " "), ")")
	}
	return b.String() + q.tail
}

func arrayOperator(text string) (_ string, parenthesis bool) {
	text = strings.TrimRight(text, " \n\t")
	text, parenthesis = strings.CutSuffix(text, "(")
	text = strings.TrimRight(text, " \n\t")
	text = text[:max(0, len(text)-len("IN"))]
	bare := strings.TrimRight(text, " \n\t")
	if before, not := strings.CutSuffix(bare, "NOT"); not {
		return before + "<> ALL(", parenthesis
	}
	return text + "= ANY(", parenthesis
}

// spread writes a list out. Its length is rounded up, by saying the last again, so
// that there are few statements of each query.
func (q *query) spread(args []any) (string, []any) {
	var b strings.Builder
	var flat []any
	for i, p := range q.pieces {
		b.WriteString(p.text)
		if !isList(args[i]) {
			b.WriteByte('?')
			flat = append(flat, args[i])
			continue
		}
		own := strings.HasSuffix(strings.TrimRight(p.text, " "), "(")
		if !own {
			b.WriteByte('(')
		}
		at := len(flat)
		switch l := args[i].(type) {
		case []int64:
			for _, v := range l {
				flat = append(flat, v)
			}
		case []string:
			for _, v := range l {
				flat = append(flat, v)
			}
		}
		n := roundUp(len(flat) - at)
		for len(flat) == at || len(flat)-at < n {
			if len(flat) == at {
				flat = append(flat, nil)
			} else {
				flat = append(flat, flat[len(flat)-1])
			}
		}
		b.WriteByte('?')
		b.WriteString(strings.Repeat(",?", len(flat)-at-1))
		if !own {
			b.WriteByte(')')
		}
	}
	b.WriteString(q.tail)
	return b.String(), flat
}

func roundUp(n int) int {
	up := 1
	for up < n {
		up *= 2
	}
	if n > 256 { // so long a list is rare, and has only so many places
		return n
	}
	return up
}

func isList(v any) bool {
	switch v.(type) {
	case []int64, []string:
		return true
	}
	return false
}

// plain returns v as drivers take it: int64, float64, bool, string, []byte, time.Time,
// nil, or a list of int64 or string.
func plain(v any) (any, error) {
	switch v := v.(type) {
	case nil, int64, float64, bool, string, []byte, time.Time:
		return v, nil
	case int:
		return int64(v), nil
	case models.ID:
		return int64(v), nil
	case models.IRI:
		return string(v), nil
	case *time.Time:
		if v == nil {
			return nil, nil
		}
		return *v, nil
	case driver.Valuer:
		return v.Value()
	}
	return plainKind(reflect.ValueOf(v))
}

func plainKind(v reflect.Value) (any, error) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil, nil
		}
		return plain(v.Elem().Interface())
	case reflect.String:
		return v.String(), nil
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(v.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return v.Float(), nil
	case reflect.Slice:
		return plainList(v)
	}
	return nil, fmt.Errorf("store: a %s is no parameter", v.Type())
}

func plainList(v reflect.Value) (any, error) {
	switch v.Type().Elem().Kind() {
	case reflect.Uint8:
		return v.Bytes(), nil
	case reflect.String:
		out := make([]string, v.Len())
		for i := range out {
			out[i] = v.Index(i).String()
		}
		return out, nil
	case reflect.Int, reflect.Int64, reflect.Int32:
		out := make([]int64, v.Len())
		for i := range out {
			out[i] = v.Index(i).Int()
		}
		return out, nil
	}
	return nil, fmt.Errorf("store: a %s is no parameter", v.Type())
}
