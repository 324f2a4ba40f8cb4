package wire

import (
	"bytes"
	"unicode/utf8"

	"ensemble/models"
)

// A kind is what sort of JSON value a node is.
type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	list
	dict
)

// A node is one JSON value, as offsets into the bytes it was read from. Node 0
// is the document itself, so 0 also means "none" in first and next.
type node struct {
	kind        kind
	esc         bool  // the string has backslashes
	keyEsc      bool  // so has its key
	key, keyEnd int32 // within the quotes
	at, end     int32 // of the value; of a string, within the quotes
	first, next int32 // child and sibling
}

// A doc is a whole JSON document, read strictly: valid UTF-8, no key twice in
// one object, limited in size, depth and number of values. encoding/json will
// not do here: it takes the last of two equal keys, and "Actor" for "actor".
type doc struct {
	src      []byte
	pos      int
	nodes    []node
	contexts []int32 // nodes called @context
	colons   []int32 // nodes outside of contexts whose key has a colon, or an @ first
	inside   int     // how many contexts we are within
	deepest  int     // how deep objects and lists are nested
}

// manyKeys is from where on an object's keys are compared by a map.
const manyKeys = 16

// parse reads raw, or says why it refuses (ensemble/1 §7 G1, SECURITY rule 6).
func parse(raw []byte) (value, error) {
	if len(raw) > MaxBody {
		return value{}, models.Refuse(models.Invalid, "too_large", "The document is larger than %d bytes.", MaxBody)
	}
	if !utf8.Valid(raw) {
		return value{}, malformed("it is not UTF-8")
	}
	d := &doc{src: raw, nodes: make([]node, 0, len(raw)/24+8)}
	d.space()
	if d.peek() != '{' {
		return value{}, malformed("it is not an object")
	}
	if _, err := d.value(1); err != nil {
		return value{}, err
	}
	if d.space(); d.pos != len(raw) {
		return value{}, malformed("something follows its end")
	}
	if err := d.checkContexts(); err != nil {
		return value{}, err
	}
	return value{d, 0}, nil
}

func malformed(why string) error {
	return models.Refuse(models.Invalid, "malformed", "The document cannot be read: %s.", why)
}

func (d *doc) space() {
	src, i := d.src, d.pos
	for i < len(src) && src[i] <= ' ' && (src[i] == ' ' || src[i] == '\n' || src[i] == '\r' || src[i] == '\t') {
		i++
	}
	d.pos = i
}

// peek returns the next byte, 0 at the end.
func (d *doc) peek() byte {
	if d.pos < len(d.src) {
		return d.src[d.pos]
	}
	return 0
}

// value reads the value at pos into a new node.
func (d *doc) value(depth int) (int32, error) {
	if len(d.nodes) >= MaxValues {
		return 0, models.Refuse(models.Invalid, "too_large", "The document has more than %d values.", MaxValues)
	}
	i := int32(len(d.nodes))
	d.nodes = append(d.nodes, node{at: int32(d.pos)})
	var err error
	switch c := d.peek(); {
	case c == '{' || c == '[':
		d.deepest = max(d.deepest, depth)
		if depth > MaxDepth {
			return 0, models.Refuse(models.Invalid, "too_deep", "The document is nested more than %d deep.", MaxDepth)
		}
		if c == '{' {
			err = d.dict(i, depth)
		} else {
			err = d.list(i, depth)
		}
		d.nodes[i].end = int32(d.pos)
	case c == '"':
		n := &d.nodes[i]
		n.kind = text
		n.at, n.end, n.esc, err = d.text()
	case c == '-' || c >= '0' && c <= '9':
		d.nodes[i].kind = number
		err = d.number()
		d.nodes[i].end = int32(d.pos)
	default:
		err = d.literal(i)
	}
	return i, err
}

func (d *doc) literal(i int32) error {
	for _, word := range [...]string{"true", "false", "null"} {
		if bytes.HasPrefix(d.src[d.pos:], []byte(word)) {
			if word != "null" {
				d.nodes[i].kind = boolean
			}
			d.pos += len(word)
			d.nodes[i].end = int32(d.pos)
			return nil
		}
	}
	return malformed("a value is missing or misspelt")
}

func (d *doc) number() error {
	if d.peek() == '-' {
		d.pos++
	}
	if d.peek() == '0' {
		d.pos++
	} else if !d.digits() {
		return malformed("a number has no digits")
	}
	if d.peek() == '.' {
		if d.pos++; !d.digits() {
			return malformed("a number ends in a point")
		}
	}
	if c := d.peek(); c == 'e' || c == 'E' {
		d.pos++
		if c = d.peek(); c == '+' || c == '-' {
			d.pos++
		}
		if !d.digits() {
			return malformed("a number has an empty exponent")
		}
	}
	return nil
}

func (d *doc) digits() bool {
	start := d.pos
	for c := d.peek(); c >= '0' && c <= '9'; c = d.peek() {
		d.pos++
	}
	return d.pos > start
}

// text reads a string and returns where it is, within its quotes.
func (d *doc) text() (at, end int32, esc bool, err error) {
	src, i := d.src, d.pos+1
	at = int32(i)
	for i < len(src) {
		c := src[i]
		if c > '\\' || c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		switch {
		case c == '"':
			d.pos = i + 1
			return at, int32(i), esc, nil
		case c < ' ':
			return 0, 0, false, malformed("a string has a control character")
		}
		esc = true
		if d.pos = i + 1; !d.escape() {
			return 0, 0, false, malformed("a string has a broken escape")
		}
		i = d.pos + 1
	}
	return 0, 0, false, malformed("a string has no end")
}

// escape checks what follows a backslash, and stands on its last byte after.
func (d *doc) escape() bool {
	switch d.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		if d.pos+4 >= len(d.src) {
			return false
		}
		for _, c := range d.src[d.pos+1 : d.pos+5] {
			if !(c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f') {
				return false
			}
		}
		d.pos += 4
		return true
	}
	return false
}

func (d *doc) list(i int32, depth int) error {
	d.nodes[i].kind = list
	d.pos++
	if d.space(); d.peek() == ']' {
		d.pos++
		return nil
	}
	for last := int32(0); ; {
		d.space()
		c, err := d.value(depth + 1)
		if err != nil {
			return err
		}
		d.link(i, last, c)
		last = c
		if done, err := d.next(']'); done || err != nil {
			return err
		}
	}
}

// link hangs child c under i, after last.
func (d *doc) link(i, last, c int32) {
	if last == 0 {
		d.nodes[i].first = c
	} else {
		d.nodes[last].next = c
	}
}

// next reads the comma between members, or the end.
func (d *doc) next(end byte) (done bool, err error) {
	d.space()
	c := d.peek()
	if c != ',' && c != end {
		return false, malformed("a comma or a bracket is missing")
	}
	d.pos++
	return c == end, nil
}

func (d *doc) dict(i int32, depth int) error {
	d.nodes[i].kind = dict
	d.pos++
	if d.space(); d.peek() == '}' {
		d.pos++
		return nil
	}
	var seen map[string]bool
	for last, count := int32(0), 0; ; count++ {
		c, err := d.member(depth)
		if err != nil {
			return err
		}
		d.link(i, last, c)
		last = c
		if count == manyKeys {
			seen = d.keysOf(i, c)
		}
		if d.twice(i, c, seen) {
			return models.Refuse(models.Invalid, "duplicate_key", "The document says %q twice in one object.", clip(d.keyOf(c), 64))
		}
		if done, err := d.next('}'); done || err != nil {
			return err
		}
	}
}

// member reads a key, its colon and its value.
func (d *doc) member(depth int) (int32, error) {
	if d.space(); d.peek() != '"' {
		return 0, malformed("a key is missing")
	}
	at, end, esc, err := d.text()
	if err != nil {
		return 0, err
	}
	if d.space(); d.peek() != ':' {
		return 0, malformed("a colon is missing")
	}
	d.pos++
	d.space()
	key := d.src[at:end]
	if esc {
		key = []byte(unescape(key))
	}
	context := string(key) == "@context"
	if forbidden(key) {
		return 0, models.Refuse(models.Invalid, "json_ld", "The document uses %s, which is not read here.", key)
	}
	if context {
		d.inside++
	}
	c, err := d.value(depth + 1)
	if err != nil {
		return 0, err
	}
	n := &d.nodes[c]
	n.key, n.keyEnd, n.keyEsc = at, end, esc
	switch {
	case context:
		d.inside--
		d.contexts = append(d.contexts, c)
	case d.inside == 0 && (bytes.IndexByte(key, ':') >= 0 || len(key) > 0 && key[0] == '@'):
		d.colons = append(d.colons, c)
	}
	return c, nil
}

// forbidden reports whether key makes JSON-LD of a document in a way that plain
// JSON cannot follow (SECURITY rule 6).
func forbidden(key []byte) bool {
	switch string(key) {
	case "@graph", "@reverse", "@included", "@nest":
		return true
	}
	return false
}

func (d *doc) keyOf(c int32) string {
	n := &d.nodes[c]
	if n.keyEsc {
		return unescape(d.src[n.key:n.keyEnd])
	}
	return string(d.src[n.key:n.keyEnd])
}

// hasKey reports whether c is called key.
func (d *doc) hasKey(c int32, key string) bool {
	n := &d.nodes[c]
	if n.keyEsc {
		return unescape(d.src[n.key:n.keyEnd]) == key
	}
	return string(d.src[n.key:n.keyEnd]) == key
}

// keysOf returns the keys of i but for that of its last child.
func (d *doc) keysOf(i, last int32) map[string]bool {
	seen := make(map[string]bool, 2*manyKeys)
	for c := d.nodes[i].first; c != last; c = d.nodes[c].next {
		seen[d.keyOf(c)] = true
	}
	return seen
}

// twice reports whether an earlier child of i is called as its last one, c. With
// few keys seen is nil, and comparing is faster.
func (d *doc) twice(i, c int32, seen map[string]bool) bool {
	if seen != nil {
		key := d.keyOf(c)
		if seen[key] {
			return true
		}
		seen[key] = true
		return false
	}
	n := &d.nodes[c]
	if n.keyEsc {
		key := d.keyOf(c)
		for e := d.nodes[i].first; e != c; e = d.nodes[e].next {
			if d.hasKey(e, key) {
				return true
			}
		}
		return false
	}
	key := d.src[n.key:n.keyEnd]
	for e := d.nodes[i].first; e != c; e = d.nodes[e].next {
		o := &d.nodes[e]
		if o.keyEsc && d.keyOf(e) == string(key) || !o.keyEsc && bytes.Equal(d.src[o.key:o.keyEnd], key) {
			return true
		}
	}
	return false
}
