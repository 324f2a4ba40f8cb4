package call

import (
	"mime/multipart"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ensemble/models"
)

// The methods of this file read what was asked, wherever it stood: in the path,
// the body (a form, urlencoded or multipart, or JSON) or the query; the earlier
// of these wins. Nested JSON has the names that a form would give it:
// poll[options][], fields_attributes[0][name].
//
// A value that makes no sense is remembered: the handler goes on with the zero
// value, and whatever it does the caller gets the sentence that says what was
// wrong, and nothing is kept. So there is no error to check.

// Has reports whether the parameter was sent, even if it is empty.
func (c *Call) Has(name string) bool {
	c.heard(name)
	if c.Param(name) != "" {
		return true
	}
	_, ok := c.asked.values[name]
	_, list := c.asked.values[name+"[]"]
	return ok || list
}

// Str returns the parameter, "" if it was not sent.
func (c *Call) Str(name string) string {
	c.heard(name)
	if p := c.Param(name); p != "" {
		return p
	}
	return c.asked.values.Get(name)
}

// Strs returns every value of a list: name[]=a&name[]=b, name=a&name=b, or a
// JSON array.
func (c *Call) Strs(name string) []string {
	c.heard(name)
	return slices.Concat(c.asked.values[name+"[]"], c.asked.values[name])
}

// Objects returns a list of objects: name[0][key]=value, name[][key]=value, or a
// JSON array or object of objects.
func (c *Call) Objects(name string) []map[string]string {
	c.heard(name)
	return c.asked.objects(name)
}

// Bool returns whether the parameter is true: like Mastodon's, everything but
// false, f, off, no, 0 and "".
func (c *Call) Bool(name string) bool { return c.BoolOr(name, false) }

// BoolOr is Bool with def for a parameter that was not sent, or is empty.
func (c *Call) BoolOr(name string, def bool) bool { return Truth(c.Str(name), def) }

// Truth is BoolOr of a value that is a part of a parameter.
func Truth(s string, def bool) bool {
	switch strings.ToLower(s) {
	case "":
		return def
	case "false", "f", "off", "no", "0":
		return false
	}
	return true
}

// Int returns the parameter as a number, def if it was not sent or is empty.
func (c *Call) Int(name string, def int) int {
	s := c.Str(name)
	if s == "" {
		return def
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		c.Refuse(models.Errorf(models.Invalid, "%s has to be a whole number, not %q", name, short(s)))
		return def
	}
	return n
}

// Float returns the parameter as a number, def if it was not sent or is empty.
func (c *Call) Float(name string, def float64) float64 {
	s := c.Str(name)
	if s == "" {
		return def
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n != n || n > 1e15 || n < -1e15 {
		c.Refuse(models.Errorf(models.Invalid, "%s has to be a number, not %q", name, short(s)))
		return def
	}
	return n
}

// ID returns the parameter as an ID, 0 if it was not sent or is empty. What is no
// ID names nothing here: 404.
func (c *Call) ID(name string) models.ID { return c.id(c.Str(name)) }

// IDs returns a list of IDs.
func (c *Call) IDs(name string) []models.ID {
	var ids []models.ID
	for _, s := range c.Strs(name) {
		if id := c.id(s); id != 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

func (c *Call) id(s string) models.ID {
	if s == "" {
		return 0
	}
	id, err := models.ParseID(s)
	if err != nil {
		c.Refuse(models.Errorf(models.NotFound, "there is nothing called %q here", short(s)))
	}
	return id
}

// Time returns the parameter as a moment (ISO 8601), zero if it was not sent or is
// empty.
func (c *Call) Time(name string) time.Time {
	s := c.Str(name)
	if s == "" {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC().Truncate(time.Millisecond)
		}
	}
	c.Refuse(models.Errorf(models.Invalid, "%s has to be a date like 2026-01-02T03:04:05Z, not %q", name, short(s)))
	return time.Time{}
}

// File returns an uploaded file, nil if there is none.
func (c *Call) File(name string) *multipart.FileHeader {
	c.heard(name)
	if fs := c.asked.files[name]; len(fs) > 0 {
		return fs[0]
	}
	return nil
}

func (c *Call) heard(name string) {
	if c.server != nil && c.server.Heard != nil {
		c.server.Heard(c.route, name)
	}
}

// Raw returns the body as it came, nil for a multipart form.
func (c *Call) Raw() []byte { return c.asked.raw }

// Refuse remembers why the call cannot be answered, unless something was wrong
// before: see above.
func (c *Call) Refuse(err error) {
	if c.bad == nil {
		c.bad = err
	}
}

// short returns the beginning of what somebody sent, to tell them.
func short(s string) string {
	if len(s) <= 40 {
		return s
	}
	s = s[:40]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s + "…"
}
