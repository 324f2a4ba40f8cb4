package wire

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ensemble/models"
)

// served is the context document that we serve.
func served(t *testing.T) map[string]any {
	t.Helper()
	var doc struct {
		Context map[string]any `json:"@context"`
	}
	if err := json.Unmarshal(ContextDocument(), &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Context
}

// spelled returns a definition with its prefixes written out.
func spelled(context map[string]any, means any) any {
	switch v := means.(type) {
	case string:
		before, after, ok := strings.Cut(v, ":")
		if p, known := context[before].(string); ok && known {
			return p + after
		}
		return v
	case map[string]any:
		out := map[string]any{}
		for k, inner := range v {
			out[k] = spelled(context, inner)
		}
		return out
	}
	return means
}

// inlineTerms are the names that some function of context.go or interaction.go
// defines in a context of its own.
func inlineTerms(t *testing.T) []string {
	t.Helper()
	names := []string{typeCollaborator, typeCollaboration, typeStamp, typeEmoji} // by constants
	for _, file := range []string{"context.go", "interaction.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !slices.Contains([]string{"lookup", "interactionTerm", "securityTerm"}, fn.Name.Name) {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				c, ok := n.(*ast.CaseClause)
				if !ok {
					return true
				}
				for _, e := range c.List {
					if l, ok := e.(*ast.BasicLit); ok {
						name, _ := strconv.Unquote(l.Value)
						names = append(names, name)
					}
				}
				return true
			})
		}
	}
	return names
}

// A term means the same whether it is defined where it is used or in the document
// that we serve.
func TestTermsMeanOneThing(t *testing.T) {
	context, names := served(t), inlineTerms(t)
	if len(names) < 50 {
		t.Fatalf("these are too few: %v", names)
	}
	for _, name := range names {
		inline, ok := lookup(name)
		if !ok {
			t.Errorf("%s has no definition", name)
			continue
		}
		prefixes := map[string]any{"as": "https://www.w3.org/ns/activitystreams#"}
		for _, p := range inline.prefixes {
			prefixes[p] = prefix(p)
		}
		if got, want := spelled(context, context[name]), spelled(prefixes, inline.means); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the document says %v, and we say %v", name, got, want)
		}
	}
}

// activityStreamsTerms are those that we write and ActivityStreams, or the security
// context beside it, defines.
var activityStreamsTerms = strings.Fields(`@context id type Accept Add Announce Block Collection CollectionPage Create Delete Document Flag Follow
	Image Join Leave Like Link Mention Move Note Offer OrderedCollection OrderedCollectionPage Person Question Reject Remove TentativeAccept
	Tombstone Undo Update Video Application Service Group Organization actor anyOf attachment attributedTo cc closed content contentMap
	context duration endTime first followers following formerType deleted height href icon image inReplyTo inbox endpoints sharedInbox instrument
	items likes mediaType name object oneOf orderedItems outbox preferredUsername generator published rel replies result shares startTime summary summaryMap tag
	target to totalItems updated url width publicKey publicKeyPem owner proof`)

// undefined returns the terms of v that neither ActivityStreams nor defined knows.
func undefined(v any, defined map[string]any) (out []string) {
	look := func(name string) {
		if defined[name] == nil && !slices.Contains(activityStreamsTerms, name) {
			out = append(out, name)
		}
	}
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			look(key)
			if name, ok := inner.(string); ok && (key == "type" || key == "formerType") {
				look(name)
			}
			if key != "contentMap" && key != "summaryMap" && key != "@context" && key != "proof" {
				out = append(out, undefined(inner, defined)...)
			}
		}
	case []any:
		for _, inner := range v {
			out = append(out, undefined(inner, defined)...)
		}
	}
	return out
}

// Whatever we write, each of its terms is defined: in its own context, or in the
// document that its context names.
func TestEveryTermIsDefined(t *testing.T) {
	everything := fullNote()
	everything.Type, everything.Suspended = "Question", true
	everything.Poll = &models.Question{Options: []models.PollOption{{Title: "a", Votes: 1}}, Voters: 1, Ends: at(0), Closed: at(0), Lasts: time.Hour}
	everything.Emojis = []models.EmojiTag{{URI: "https://a.example/emojis/1", Shortcode: "mug", URL: "https://a.example/mug.png", MediaType: "image/png", Updated: at(0)}}
	everything.Claims[0].Label = models.CreditPhoto
	offer := collaborationOf(everything)
	var docs [][]byte
	keep := func(body []byte, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, body)
	}
	for _, form := range []models.Form{models.FormArray, models.FormDual} {
		keep(EncodeNote(everything, form, true))
		keep(Encode(&models.Activity{URI: "https://a.example/1", Verb: models.Create, Actor: alice, Object: models.Object{URI: everything.URI, Type: "Note", Note: everything}}, form))
		keep(Encode(&models.Activity{
			URI: "https://a.example/2", Verb: models.OfferVerb, Actor: alice, Ends: at(0), Published: at(0),
			Object: models.Object{URI: offer.URI, Type: typeCollaboration, Collaboration: offer}, Target: models.Ref(bob),
		}, form))
	}
	for i, body := range docs {
		var doc map[string]any
		if err := json.Unmarshal(body, &doc); err != nil {
			t.Fatal(err)
		}
		defined := map[string]any{}
		all, _ := doc["@context"].([]any)
		for _, c := range all {
			inline, _ := c.(map[string]any)
			if c == ContextURL {
				inline = served(t)
			}
			for name, means := range inline {
				defined[name] = means
			}
		}
		if missing := undefined(doc, defined); len(missing) > 0 {
			t.Errorf("document %d (%v) uses what nobody defines: %v", i, doc["type"], missing)
		}
	}
}
