// Package openapi is our own API, /api/ensemble/v1, as a document that programs and
// people can read (OpenAPI 3.1), and every schema that an answer here has. What people
// have to write is in a file per feature; paths, scopes and schemas are composed of the
// table of routes and of entities.json, which the tests hold every answer against.
package openapi

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"ensemble/models"
	"ensemble/web/call"
)

// Prefix is how the path of every call begins that the document is about.
const Prefix = "/api/ensemble/v1"

// Version is what this server says that it is: as good as that Mastodon, and us.
const Version = "4.5.0+ensemble-0.1.0"

// A Document is the API in words.
type Document struct {
	JSON   []byte
	ETag   string
	Groups []Group
	nouns  schemas
	shown  map[string]any // examples of them
}

// A Group is a part of the API.
type Group struct {
	Name, About string
	Calls       []Call
}

// A Call is a route, and what is to be said of it.
type Call struct {
	op
	Route   call.Route
	Group   string
	Path    string // {id} in place of :id, after Prefix
	Entity  string // what it answers with
	Params  []param
	Answers []answer
}

// Compose writes the document of those of routes that are of our API. A route of it that
// nobody wrote about, and words about a route that there is not, are errors.
func Compose(site models.Site, routes []call.Route) (*Document, error) {
	names, err := readEntities()
	if err != nil {
		return nil, err
	}
	d, err := gather(routes)
	if err != nil {
		return nil, err
	}
	d.nouns = names
	if d.shown, err = readExamples(); err != nil {
		return nil, err
	}
	if d.JSON, err = json.Marshal(d.object(site)); err != nil {
		return nil, fmt.Errorf("write the document of the API: %w", err)
	}
	sum := sha256.Sum256(d.JSON)
	d.ETag = `"` + hex.EncodeToString(sum[:12]) + `"`
	return d, nil
}

// gather finds for every route what was written about it.
func gather(routes []call.Route) (*Document, error) {
	of := map[string]call.Route{}
	for _, r := range routes {
		if path, ours := strings.CutPrefix(r.Path, Prefix); ours {
			of[r.Method+" "+path] = r
		}
	}
	d, errs := &Document{}, []error{}
	for _, g := range groups() {
		out := Group{Name: g.name, About: g.about}
		for _, o := range g.ops {
			r, is := of[o.call]
			if !is {
				errs = append(errs, fmt.Errorf("%s is written about, and no route", o.call))
				continue
			}
			delete(of, o.call)
			out.Calls = append(out.Calls, about(o, r, g.name))
		}
		d.Groups = append(d.Groups, out)
	}
	for name := range of {
		errs = append(errs, fmt.Errorf("nothing is written about %s: see web/openapi", name))
	}
	return d, errors.Join(errs...)
}

func about(o op, r call.Route, group string) Call {
	c := Call{op: o, Route: r, Group: group}
	c.Entity, _ = Entity(r.Method, r.Path)
	var path []string
	for _, step := range strings.Split(strings.TrimPrefix(r.Path, Prefix), "/") {
		if name, is := strings.CutPrefix(step, ":"); is {
			c.Params = append(c.Params, named(name))
			step = "{" + name + "}"
		}
		path = append(path, step)
	}
	c.Path = strings.Join(path, "/")
	for _, p := range o.in {
		if p.where == "" && (o.inURL || r.Method == http.MethodGet) {
			p.where = "query"
		}
		c.Params = append(c.Params, p)
	}
	if r.Method == http.MethodPost && r.Who == call.Person && r.Mode != call.Free {
		c.Params = append(c.Params, idempotent)
	}
	c.Answers = c.answers()
	return c
}

// named is a parameter of a path.
func named(name string) param {
	p := id(name, "")
	if what := things[name]; what != "" {
		p.about = what
	}
	p.where, p.must = "path", true
	return p
}

// things are what the IDs in paths name; id is said by the path itself.
var things = map[string]string{
	"status_id":       "The reply.",
	"derivative_id":   "The quote or duet, as the list of derivatives has it.",
	"confirmation_id": "The confirmation.",
}

var idempotent = str("Idempotency-Key",
	"Any text. The same request with the same key, within 24 hours, is answered as it was the first time and does nothing. Another request with it is refused (422, `idempotency_key`).").
	in("header").eg("0f6ad4a2-8c1e-4d5b-9e5c-1f2d3a4b5c6d")

// Who is who may call it, in English.
func (c Call) Who() string {
	switch c.Route.Who {
	case call.Nobody:
		return "anybody"
	case call.Anyone:
		return "anybody, or a person"
	case call.App:
		return "an app"
	}
	return "a person"
}

// body returns the parameters that are in the body.
func (c Call) body() []param {
	return slices.DeleteFunc(slices.Clone(c.Params), func(p param) bool { return p.where != "" })
}

// Find returns what is said of the call that a request is, nil if it is none of the
// document's.
func (d *Document) Find(method, path string) *Call {
	var found *Call
	for _, g := range d.Groups {
		for i, c := range g.Calls {
			pattern := strings.Split(c.Route.Path, "/")
			for i, step := range pattern {
				if strings.HasPrefix(step, ":") {
					pattern[i] = ":"
				}
			}
			if c.Route.Method != method || !fits(strings.Join(pattern, "/"), path) {
				continue
			}
			if found == nil || strings.Contains(found.Path, "{") && !strings.Contains(c.Path, "{") {
				found = &g.Calls[i]
			}
		}
	}
	return found
}

// Says reports whether the document has an answer of that status.
func (c *Call) Says(status int) bool {
	return slices.ContainsFunc(c.Answers, func(a answer) bool { return a.Status == status })
}

// Takes reports whether a parameter of that name is spoken of. A field of an object is
// called as a form has it: poll[expires_in].
func (c *Call) Takes(name string) bool {
	outer, field, nested := strings.Cut(strings.TrimSuffix(name, "]"), "[")
	return slices.ContainsFunc(c.Params, func(p param) bool {
		all, _ := p.schema["properties"].(schema)
		return p.where != "header" && p.name == outer && (!nested || all[field] != nil)
	})
}
