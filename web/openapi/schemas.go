package openapi

import (
	_ "embed" // entities.json and examples.json
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Entities is a JSON Schema whose $defs are what strict clients demand of every entity
// that is answered here: Mastodon's, and ours.
//
//go:embed entities.json
var Entities []byte

// examples are answers, by entity: a test of web/api writes them down.
//
//go:embed examples.json
var examples []byte

// schemas are those of Entities, by name.
type schemas map[string]any

func readEntities() (schemas, error) {
	var doc struct {
		Defs schemas `json:"$defs"`
	}
	if err := json.Unmarshal(Entities, &doc); err != nil {
		return nil, fmt.Errorf("entities.json: %w", err)
	}
	return doc.Defs, nil
}

func readExamples() (map[string]any, error) {
	var all map[string]any
	if err := json.Unmarshal(examples, &all); err != nil {
		return nil, fmt.Errorf("examples.json: %w", err)
	}
	return all, nil
}

const inEntities, inDocument = "#/$defs/", "#/components/schemas/"

// component is what a schema is called in the document: OpenAPI has no colons in names.
func component(entity string) string { return strings.ReplaceAll(entity, "::", ".") }

// reference is the schema of an entity, or of a list of it.
func reference(entity string) schema {
	one, many := strings.CutSuffix(entity, "[]")
	s := schema{"$ref": inDocument + component(one)}
	if many {
		s = schema{"type": "array", "items": s}
	}
	return s
}

// moved returns a schema with its references as the document has them.
func moved(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, sub := range v {
			out[k] = moved(sub)
			if s, is := sub.(string); is && k == "$ref" {
				out[k] = inDocument + component(strings.TrimPrefix(s, inEntities))
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, sub := range v {
			out[i] = moved(sub)
		}
		return out
	}
	return v
}

// reach adds to seen the entities that v refers to, and those that they refer to.
func (all schemas) reach(v any, seen map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, sub := range v {
			if s, is := sub.(string); is && k == "$ref" {
				all.add(strings.TrimPrefix(s, inEntities), seen)
				continue
			}
			all.reach(sub, seen)
		}
	case []any:
		for _, sub := range v {
			all.reach(sub, seen)
		}
	}
}

func (all schemas) add(entity string, seen map[string]bool) {
	entity = strings.TrimSuffix(entity, "[]")
	if seen[entity] || all[entity] == nil {
		return
	}
	seen[entity] = true
	all.reach(all[entity], seen)
}

// mentioned are the entities that the document speaks of, in order.
func (d *Document) mentioned() []string {
	all := d.nouns
	seen := map[string]bool{}
	all.add("ID", seen)
	for _, g := range d.Groups {
		for _, c := range g.Calls {
			for _, a := range c.Answers {
				if a.Entity != "File" {
					all.add(a.Entity, seen)
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// plain is v as JSON has it: maps, lists and words.
func plain(v any) any {
	var out any
	raw, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		return nil // none of ours cannot be written
	}
	return out
}

func pretty(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return "" // none of ours cannot be written
	}
	return strings.TrimSpace(b.String())
}
