package openapi

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Reading is the document as a page shows it. Words may hold `code` and **stress**,
// and an empty line between paragraphs.
type Reading struct {
	Intro  string
	Groups []Chapter
	Nouns  []Noun
}

// A Chapter is a part of the API.
type Chapter struct {
	Name, About string
	Calls       []Line
}

// A Line is one call.
type Line struct {
	ID, Method, Path, Title, About, Who, Scope string
	Asked                                      []Asked
	Example                                    string // of a body, in JSON
	Answers                                    []Answered
}

// Asked is a parameter. Of a field of an object the name is poll[expires_in].
type Asked struct {
	Name, Where, About string
	Must               bool
	Kind               Kind
}

// Answered is a status.
type Answered struct {
	Status int
	When   string
	Kind   Kind
}

// A Noun is what is answered.
type Noun struct {
	Name    string
	Fields  []Asked
	Kind    Kind   // of what has no fields
	Example string // in JSON
}

// A Kind says in words what a value is, and which Noun that is about.
type Kind struct{ Text, Noun string }

// Reading returns the page.
func (d *Document) Reading() Reading {
	r := Reading{Intro: introduction}
	for _, g := range d.Groups {
		c := Chapter{Name: g.Name, About: g.About}
		for _, one := range g.Calls {
			c.Calls = append(c.Calls, one.line())
		}
		r.Groups = append(r.Groups, c)
	}
	for _, name := range d.mentioned() {
		s, _ := d.nouns[name].(map[string]any)
		n := Noun{Name: component(name), Fields: fields("", s)}
		if len(n.Fields) == 0 {
			n.Kind = kindOf(s)
		}
		if d.shown[name] != nil {
			n.Example = pretty(d.shown[name])
		}
		r.Nouns = append(r.Nouns, n)
	}
	return r
}

func (c Call) line() Line {
	l := Line{
		ID: c.ID(), Method: c.Route.Method, Path: Prefix + c.Path, Title: c.title, About: c.about, Who: c.Who(), Scope: c.Route.Scope,
	}
	example := schema{}
	for _, p := range c.Params {
		l.Asked = append(l.Asked, p.asked())
		if obj, _ := plain(p.schema).(map[string]any); p.where == "" && obj != nil {
			l.Asked = append(l.Asked, fields(p.name, inner(obj))...)
		}
		if p.where == "" && p.example != nil {
			example[p.name] = p.example
		}
	}
	if len(example) > 0 {
		l.Example = pretty(example)
	}
	for _, a := range c.Answers {
		answer := Answered{Status: a.Status, When: a.When}
		if one, many := strings.CutSuffix(a.Entity, "[]"); one != "" && one != "File" {
			answer.Kind = Kind{Noun: component(one)}
			if many {
				answer.Kind.Text = "list of"
			}
		}
		l.Answers = append(l.Answers, answer)
	}
	return l
}

func (p param) asked() Asked {
	s, _ := plain(p.schema).(map[string]any)
	where := p.where
	if where == "" {
		where = "body"
	}
	return Asked{Name: p.name, Where: where, About: p.about, Must: p.must, Kind: kindOf(s)}
}

// inner is the schema of the fields of an object, or of a list of objects.
func inner(s map[string]any) map[string]any {
	for s != nil {
		if s["properties"] != nil {
			return s
		}
		items, _ := s["items"].(map[string]any)
		if either, _ := items["anyOf"].([]any); len(either) > 0 {
			items, _ = either[len(either)-1].(map[string]any)
		}
		s = items
	}
	return nil
}

// fields lists those of an object's schema.
func fields(of string, s map[string]any) []Asked {
	all, _ := s["properties"].(map[string]any)
	must, _ := s["required"].([]any)
	var out []Asked
	for _, name := range slices.Sorted(maps.Keys(all)) {
		f, _ := all[name].(map[string]any)
		a := Asked{Name: name, Where: "body", Must: slices.Contains(must, any(name)), Kind: kindOf(f)}
		a.About, _ = f["description"].(string)
		if of != "" {
			a.Name = of + "[" + name + "]"
		}
		out = append(out, a)
	}
	return out
}

// kindOf says in words what s allows.
func kindOf(s map[string]any) Kind {
	if ref, _ := s["$ref"].(string); ref != "" {
		return Kind{Noun: component(ref[strings.LastIndex(ref, "/")+1:])}
	}
	if words, _ := s["enum"].([]any); words != nil {
		return Kind{Text: "one of " + listed(words) + otherwise(s)}
	}
	if either, _ := s["anyOf"].([]any); either != nil {
		return anyOf(either)
	}
	if items, _ := s["items"].(map[string]any); items != nil {
		k := kindOf(items)
		k.Text = strings.TrimSpace("list of " + k.Text)
		return k
	}
	text := fmt.Sprint(s["type"])
	if s["type"] == nil {
		text = "anything"
	}
	if s["format"] == "date-time" {
		text = "moment"
	}
	if s["contentMediaType"] != nil {
		text = "file"
	}
	return Kind{Text: text + span(s) + otherwise(s)}
}

// anyOf is one of several: mostly a thing, or null.
func anyOf(either []any) Kind {
	var out Kind
	var texts []string
	for _, e := range either {
		s, _ := e.(map[string]any)
		k := kindOf(s)
		if k.Noun != "" {
			out.Noun = k.Noun
			continue
		}
		texts = append(texts, k.Text)
	}
	out.Text = strings.Join(texts, " or ")
	if out.Noun != "" && out.Text != "" {
		out.Text += " or"
	}
	return out
}

// span says how much of something there may be.
func span(s map[string]any) string {
	least, most := s["minimum"], s["maximum"]
	switch {
	case least != nil && most != nil:
		return fmt.Sprintf(", %s to %s", number(least), number(most))
	case s["maxLength"] != nil:
		return fmt.Sprintf(", at most %s characters", number(s["maxLength"]))
	case s["maxItems"] != nil:
		return fmt.Sprintf(", at most %s", number(s["maxItems"]))
	}
	return ""
}

func otherwise(s map[string]any) string {
	if d := s["default"]; d != nil {
		return "; without it " + number(d)
	}
	return ""
}

func listed(words []any) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = number(w)
	}
	return strings.Join(out, ", ")
}

// number writes a value without an exponent.
func number(v any) string {
	if f, is := v.(float64); is {
		return fmt.Sprintf("%.0f", f)
	}
	return fmt.Sprint(v)
}
