package wire

import (
	"iter"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ensemble/models"
)

// A value is one JSON value of a doc, read with all the tolerance that peers
// need: a scalar is a list of one, an object stands for its id. The zero value
// is an absent one.
type value struct {
	d *doc
	i int32
}

func (v value) node() *node { return &v.d.nodes[v.i] }

func (v value) kind() kind {
	if v.d == nil {
		return null
	}
	return v.node().kind
}

// get returns the member called key of a dict.
func (v value) get(key string) value {
	if v.kind() != dict {
		return value{}
	}
	for c := v.node().first; c != 0; c = v.d.nodes[c].next {
		if v.d.hasKey(c, key) {
			return value{v.d, c}
		}
	}
	return value{}
}

// members ranges over the keys and values of a dict.
func (v value) members() iter.Seq2[string, value] {
	return func(yield func(string, value) bool) {
		if v.kind() != dict {
			return
		}
		for c := v.node().first; c != 0; c = v.d.nodes[c].next {
			if !yield(v.d.keyOf(c), value{v.d, c}) {
				return
			}
		}
	}
}

// all ranges over the elements of a list, or over the one value that stands in
// its place.
func (v value) all() iter.Seq[value] {
	return func(yield func(value) bool) {
		switch v.kind() {
		case null:
		case list:
			for c := v.node().first; c != 0; c = v.d.nodes[c].next {
				if !yield(value{v.d, c}) {
					return
				}
			}
		default:
			yield(v)
		}
	}
}

// one returns the first element of a list, or the value itself.
func (v value) one() value {
	for e := range v.all() {
		return e
	}
	return value{}
}

// raw returns the bytes of the value.
func (v value) raw() []byte {
	n := v.node()
	if n.kind == text {
		return v.d.src[n.at-1 : n.end+1]
	}
	return v.d.src[n.at:n.end]
}

// str returns a string without NUL, which PostgreSQL cannot keep; "" for
// anything else.
func (v value) str() string {
	if v.kind() != text {
		return ""
	}
	n := v.node()
	if !n.esc {
		return string(v.d.src[n.at:n.end]) // control characters are refused by parse
	}
	return strings.ReplaceAll(unescape(v.d.src[n.at:n.end]), "\x00", "")
}

// short returns a string cut off at max bytes.
func (v value) short(max int) string { return clip(v.one().str(), max) }

// clip cuts s off at max bytes, between two runes.
func clip(s string, max int) string {
	if len(s) <= max {
		return s
	}
	for max > 0 && !utf8.RuneStart(s[max]) {
		max--
	}
	return s[:max]
}

// is reports whether the value is the JSON true.
func (v value) is() bool { return v.kind() == boolean && v.node().end-v.node().at == 4 }

// whole returns a number that fits 31 bits and is not negative, or else.
func (v value) whole(otherwise int) int {
	f := v.float()
	if v.kind() != number || f < 0 || f > math.MaxInt32 || f != math.Trunc(f) {
		return otherwise
	}
	return int(f)
}

// float returns a number, 0 for anything else.
func (v value) float() float64 {
	if v.kind() != number {
		return 0
	}
	f, err := strconv.ParseFloat(string(v.raw()), 64)
	if err != nil {
		return 0 // out of range
	}
	return f
}

// time returns a moment in UTC, to the millisecond; the zero time if there is
// none that makes sense. Some peers leave the zone out and mean UTC.
func (v value) time() time.Time {
	s := v.one().str()
	if len(s) > 40 {
		return time.Time{}
	}
	for _, layout := range [...]string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 0 {
			return t.UTC().Truncate(time.Millisecond)
		}
	}
	return time.Time{}
}

// iri returns the address that the value is, or the id of the object it is; ""
// if that is no absolute http or https address.
func (v value) iri() models.IRI {
	v = v.one()
	if v.kind() == dict {
		v = v.get("id")
	}
	return address(v.str())
}

// link returns the address that the value is, or that the Link it is points to.
func (v value) link() models.IRI {
	v = v.one()
	if v.kind() != dict {
		return address(v.str())
	}
	if href := address(v.get("href").one().str()); href != "" {
		return href
	}
	return address(v.get("url").one().str())
}

// iris returns the addresses of a list, each once, up to max.
func (v value) iris(max int) []models.IRI {
	var out []models.IRI
	seen := map[models.IRI]bool{}
	for e := range v.all() {
		if i := e.iri(); i != "" && !seen[i] && len(out) < max {
			seen[i] = true
			out = append(out, i)
		}
	}
	return out
}

// audience returns the addressees of a to or cc, with Public in its long form
// (ActivityPub §5.6).
func (v value) audience() []models.IRI {
	var out []models.IRI
	seen := map[models.IRI]bool{}
	for e := range v.all() {
		i := e.addressee()
		if i != "" && !seen[i] && len(out) < MaxAudience {
			seen[i] = true
			out = append(out, i)
		}
	}
	return out
}

func (v value) addressee() models.IRI {
	switch v.str() {
	case "as:Public", "Public":
		return models.Public
	}
	return v.iri()
}

// typ returns the type, and of several the first that known knows.
func (v value) typ(known func(string) bool) string {
	t := v.get("type")
	for e := range t.all() {
		if s := e.str(); known(s) {
			return s
		}
	}
	return t.short(64)
}

// address returns s if it may be the address of something on the web. What a
// peer means by any other scheme is of no use to us.
func address(s string) models.IRI {
	if len(s) < 8 || len(s) > MaxIRI || !strings.HasPrefix(s, "http") {
		return ""
	}
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c == '"' || c == '<' || c == '>' || c == '\\' || c == 0x7f {
			return ""
		}
	}
	if i := models.IRI(s); i.Origin() != "" {
		return i
	}
	return ""
}
