package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"time"

	"github.com/go-fed/activity/streams"
	"github.com/go-fed/activity/streams/vocab"

	"ensemble/models"
)

// A noun is a thing of ours on the wire, written by go-fed under the name that
// go-fed does not know. What goes in extra is written as it is: our own terms,
// and what go-fed would spoil (it flattens lists of one, and cuts milliseconds).
type noun struct {
	vocab.ActivityStreamsObject
	name  string
	extra map[string]any
}

func newNoun(name string, id models.IRI) noun {
	n := noun{streams.NewActivityStreamsObject(), name, map[string]any{}}
	if id != "" {
		n.SetJSONLDId(jsonID(id))
	}
	return n
}

// GetTypeName returns the name we gave it.
func (n noun) GetTypeName() string { return n.name }

// Serialize returns what go-fed writes, with our name and our extras.
func (n noun) Serialize() (map[string]any, error) {
	m, err := n.ActivityStreamsObject.Serialize()
	return seal(m, n.name, n.extra), err
}

// seal puts our type name and extras into what go-fed wrote.
func seal(m map[string]any, name string, extra map[string]any) map[string]any {
	if m == nil {
		return nil
	}
	maps.Copy(m, extra)
	m["type"] = name
	return m
}

// document writes v as a whole document under the given context; nil is for a
// part of one.
func document(v vocab.Type, context any) ([]byte, error) {
	m, err := v.Serialize()
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", v.GetTypeName(), err)
	}
	if context == inlined {
		context = inlineContext(m)
	}
	if context != nil {
		m["@context"] = context
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(m); err != nil {
		return nil, fmt.Errorf("write %s: %w", v.GetTypeName(), err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// href makes a URL that prints exactly as i: parsing would respell what a peer
// called its own.
func href(i models.IRI) *url.URL {
	scheme, rest, ok := strings.Cut(string(i), ":")
	if !ok {
		return &url.URL{Opaque: string(i)}
	}
	return &url.URL{Scheme: scheme, Opaque: rest}
}

func jsonID(i models.IRI) vocab.JSONLDIdProperty {
	p := streams.NewJSONLDIdProperty()
	p.Set(href(i))
	return p
}

func attributedTo(i models.IRI) vocab.ActivityStreamsAttributedToProperty {
	p := streams.NewActivityStreamsAttributedToProperty()
	p.AppendIRI(href(i))
	return p
}

func content(s string) vocab.ActivityStreamsContentProperty {
	p := streams.NewActivityStreamsContentProperty()
	p.AppendXMLSchemaString(s)
	return p
}

func webPage(i models.IRI) vocab.ActivityStreamsUrlProperty {
	p := streams.NewActivityStreamsUrlProperty()
	p.AppendIRI(href(i))
	return p
}

// put adds a property that is said only if there is something to say.
func put[T comparable](m map[string]any, key string, v T) {
	var zero T
	if v != zero {
		m[key] = v
	}
}

// putTime adds a moment, with milliseconds only if it has them.
func putTime(m map[string]any, key string, t time.Time) {
	if !t.IsZero() {
		m[key] = stamp(t)
	}
}

func stamp(t time.Time) string {
	t = t.UTC().Truncate(time.Millisecond)
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05Z")
	}
	return t.Format("2006-01-02T15:04:05.000Z")
}

// putList adds a list, which stays one when it is short.
func putList[T any](m map[string]any, key string, list []T) {
	if len(list) > 0 {
		m[key] = list
	}
}
