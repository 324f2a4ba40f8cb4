// Package strict reads answers as the strictest clients of Mastodon's API do, and says
// which entity each route answers with. It is for tests alone; how a schema is checked
// it keeps to itself.
package strict

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

type table []struct{ method, path, entity string }

// A Decoder reads answers.
type Decoder struct{ all map[string]*jsonschema.Schema }

// New returns a Decoder of the entities in file, a JSON Schema whose $defs they are.
func New(file string) (*Decoder, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("entities.json", doc); err != nil {
		return nil, err
	}
	d := &Decoder{map[string]*jsonschema.Schema{}}
	for name := range doc.(map[string]any)["$defs"].(map[string]any) {
		if d.all[name], err = c.Compile("entities.json#/$defs/" + name); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// Answers reports why a strict client could not read an answer: nil if it can. An
// answer to what no entity is written down for is an error too.
func (d *Decoder) Answers(method, path string, status int, raw []byte) error {
	path, _, _ = strings.Cut(path, "?")
	if !strings.HasPrefix(path, "/api/") && path != "/oauth/token" || status >= 300 && status < 400 {
		return nil
	}
	entity := "Error"
	if status < 300 {
		var known bool
		if entity, known = Entity(method, path); !known {
			return fmt.Errorf("%s %s: nothing is written down about what it answers: see web/strict", method, path)
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

// Entity returns what a route, or a path of it, answers with.
func Entity(method, path string) (entity string, known bool) {
	for _, e := range slices.Concat(people, further, entities, ours) {
		if e.method == method && fits(e.path, path) {
			return e.entity, true
		}
	}
	return "", false
}

func fits(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != ":" && want[i] != got[i] {
			return false
		}
	}
	return true
}

func cutoff(raw []byte) string {
	if len(raw) > 300 {
		return string(raw[:300]) + "…"
	}
	return string(raw)
}
