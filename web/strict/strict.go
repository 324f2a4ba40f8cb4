// Package strict reads answers as the strictest clients of Mastodon's API do, and as
// the document of our own API promises them. It is for tests alone; how a schema is checked
// it keeps to itself.
package strict

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"ensemble/web/call"
	"ensemble/web/openapi"
)

// A Decoder reads answers.
type Decoder struct {
	all map[string]*jsonschema.Schema
	doc *document // of our own API
}

// New returns a Decoder of all entities, and of what the document says of those of
// routes that are of our own API.
func New(routes []call.Route) (*Decoder, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(openapi.Entities))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("entities.json", doc); err != nil {
		return nil, err
	}
	d := &Decoder{all: map[string]*jsonschema.Schema{}}
	for name := range doc.(map[string]any)["$defs"].(map[string]any) {
		if d.all[name], err = c.Compile("entities.json#/$defs/" + name); err != nil {
			return nil, err
		}
	}
	d.doc, err = newDocument(routes)
	return d, err
}

// Answers reports why a strict client could not read an answer: nil if it can. An
// answer to what no entity is written down for is an error too.
func (d *Decoder) Answers(method, path string, status int, raw []byte) error {
	path, _, _ = strings.Cut(path, "?")
	if err := d.doc.says(method, path, status, raw); err != nil {
		return fmt.Errorf("%s %s: %w in %s", method, path, err, cutoff(raw))
	}
	if !strings.HasPrefix(path, "/api/") && path != "/oauth/token" || status >= 300 && status < 400 {
		return nil
	}
	entity := "Error"
	if status < 300 {
		var known bool
		if entity, known = openapi.Entity(method, path); !known {
			return fmt.Errorf("%s %s: nothing is written down about what it answers: see web/openapi", method, path)
		}
	}
	if entity == "File" {
		return nil // what is in it is not JSON
	}
	if err := d.reads(entity, raw); err != nil {
		return fmt.Errorf("%s %s is no %s: %w in %s", method, path, entity, err, cutoff(raw))
	}
	return nil
}

func (d *Decoder) reads(entity string, raw []byte) error {
	answer, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	one, many := strings.CutSuffix(entity, "[]")
	schema := d.all[one]
	if schema == nil {
		return fmt.Errorf("there is no entity %s", one)
	}
	if !many {
		return schema.Validate(answer)
	}
	list, ok := answer.([]any)
	if !ok {
		return fmt.Errorf("no list")
	}
	for _, item := range list {
		if err := schema.Validate(item); err != nil {
			return err
		}
	}
	return nil
}

// Names reports whether there is an entity of that name, or "[]" after one.
func (d *Decoder) Names(entity string) bool { return d.all[strings.TrimSuffix(entity, "[]")] != nil }

func cutoff(raw []byte) string {
	if len(raw) > 300 {
		return string(raw[:300]) + "…"
	}
	return string(raw)
}
