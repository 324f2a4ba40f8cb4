package openapi_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"ensemble/models"
	"ensemble/web/api"
	"ensemble/web/call"
	"ensemble/web/openapi"
)

// published is the document as a reader gets it.
type published struct {
	Paths      map[string]map[string]operation
	Components struct {
		Schemas         map[string]any
		SecuritySchemes struct {
			Oauth struct {
				Flows struct {
					AuthorizationCode struct{ Scopes map[string]string }
				}
			}
		}
	}
}

type operation struct {
	OperationID string
	Who         string `json:"x-who"`
	Security    []map[string][]string
	Parameters  []struct {
		Name, In string
		Schema   map[string]any
	}
	RequestBody struct {
		Content map[string]struct {
			Schema  map[string]any
			Example any
		}
	}
	Responses map[string]struct {
		Content map[string]struct{ Schema any }
	}
}

func compose(t *testing.T, routes []call.Route) (*openapi.Document, published) {
	t.Helper()
	d, err := openapi.Compose(models.Site{Domain: "one.example", Origin: "https://one.example"}, routes)
	if err != nil {
		t.Fatal(err)
	}
	var p published
	if err := json.Unmarshal(d.JSON, &p); err != nil {
		t.Fatal(err)
	}
	return d, p
}

// ours are the routes of our own API.
func ours() []call.Route {
	return slices.DeleteFunc((&api.API{}).Routes(), func(r call.Route) bool { return !strings.HasPrefix(r.Path, openapi.Prefix+"/") })
}

// wrong says what the schema of OpenAPI, as its authors publish it, refuses of a
// document, and what JSON Schema refuses of the schemas within. testdata/oas-3.1.json is
// https://spec.openapis.org/oas/3.1/schema/2022-10-07 (Apache 2.0).
func wrong(t *testing.T, raw []byte) error {
	t.Helper()
	meta, err := os.ReadFile(filepath.Join("testdata", "oas-3.1.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	for name, raw := range map[string][]byte{"oas.json": meta, "openapi.json": raw} {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			return err
		}
		if err := c.AddResource(name, doc); err != nil {
			return err
		}
	}
	oas, err := c.Compile("oas.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	if err := oas.Validate(doc); err != nil {
		return err
	}
	for _, at := range schemasIn(doc, "") {
		if _, err := c.Compile("openapi.json#" + at); err != nil {
			return err
		}
	}
	return nil
}

// schemasIn finds where the schemas of a document are, as JSON pointers in an address.
func schemasIn(v any, at string) []string {
	var out []string
	switch v := v.(type) {
	case map[string]any:
		for k, sub := range v {
			here := at + "/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(k)
			if k == "schema" || strings.HasSuffix(at, "/components/schemas") {
				out = append(out, here)
				continue
			}
			out = append(out, schemasIn(sub, here)...)
		}
	case []any:
		for i, sub := range v {
			out = append(out, schemasIn(sub, at+"/"+strconv.Itoa(i))...)
		}
	}
	return out
}

func TestDocumentIsOpenAPI(t *testing.T) {
	d, p := compose(t, ours())
	if err := wrong(t, d.JSON); err != nil {
		t.Error(err)
	}
	seen := map[string]bool{}
	for path, item := range p.Paths {
		for method, o := range item {
			if seen[o.OperationID] || o.OperationID == "" {
				t.Errorf("%s %s has the name %q, which is no name of its own", method, path, o.OperationID)
			}
			seen[o.OperationID] = true
		}
	}
	if len(seen) < 90 {
		t.Errorf("only %d calls are documented", len(seen))
	}
}

// TestBrokenDocumentsAreRefused tests the test.
func TestBrokenDocumentsAreRefused(t *testing.T) {
	d, _ := compose(t, ours())
	for _, c := range [][2]string{
		{`"openapi":"3.1.1"`, `"openapi":"3.0.1"`},
		{`"in":"path"`, `"in":"road"`},
		{`"responses":{`, `"answers":{`},
		{`"description":"A fault`, `"about":"A fault`},
		{`"type":"integer"`, `"type":"number of sorts"`},
		{`"$ref":"#/components/schemas/Status"`, `"$ref":"#/components/schemas/Nothing"`},
		{`"flows":{`, `"flow":{`},
	} {
		broken := strings.Replace(string(d.JSON), c[0], c[1], 1)
		if broken == string(d.JSON) {
			t.Errorf("%s is not in the document", c[0])
		}
		if wrong(t, []byte(broken)) == nil {
			t.Errorf("%s in place of %s passes", c[1], c[0])
		}
	}
}

// TestEveryRouteIsDocumented compares the table of routes with the document, both ways.
func TestEveryRouteIsDocumented(t *testing.T) {
	_, p := compose(t, ours())
	left := map[string]bool{}
	for path, item := range p.Paths {
		for method := range item {
			left[strings.ToUpper(method)+" "+path] = true
		}
	}
	for _, r := range ours() {
		path := documented(r.Path)
		o, is := p.Paths[path][strings.ToLower(r.Method)]
		delete(left, r.Method+" "+path)
		if !is {
			t.Errorf("%s %s is not in the document", r.Method, r.Path)
			continue
		}
		scopes := []map[string][]string{}
		if r.Who == call.Anyone {
			scopes = append(scopes, map[string][]string{})
		}
		for _, s := range strings.Fields(r.Scope) {
			scopes = append(scopes, map[string][]string{"oauth": {s}})
			if p.Components.SecuritySchemes.Oauth.Flows.AuthorizationCode.Scopes[s] == "" {
				t.Errorf("the scope %s is not among those to be asked for", s)
			}
		}
		who := map[call.Who]string{call.Person: "a person", call.Anyone: "anybody, or a person", call.Nobody: "anybody"}[r.Who]
		if !reflect.DeepEqual(o.Security, scopes) || o.Who != who {
			t.Errorf("%s %s is for %s with %v, and documented for %s with %v", r.Method, r.Path, who, scopes, o.Who, o.Security)
		}
	}
	for call := range left {
		t.Errorf("%s is documented, and no route", call)
	}
}

func documented(path string) string {
	var out []string
	for _, step := range strings.Split(strings.TrimPrefix(path, openapi.Prefix), "/") {
		if name, is := strings.CutPrefix(step, ":"); is {
			step = "{" + name + "}"
		}
		out = append(out, step)
	}
	return strings.Join(out, "/")
}

// TestWordsAndRoutesMeet takes a route away, and adds one.
func TestWordsAndRoutesMeet(t *testing.T) {
	site := models.Site{Origin: "https://one.example"}
	if _, err := openapi.Compose(site, ours()[1:]); err == nil || !strings.Contains(err.Error(), "is written about, and no route") {
		t.Errorf("without a route: %v", err)
	}
	more := append(ours(), call.Route{Method: "GET", Path: openapi.Prefix + "/new"})
	if _, err := openapi.Compose(site, more); err == nil || !strings.Contains(err.Error(), "nothing is written about GET /new") {
		t.Errorf("with one more: %v", err)
	}
}

// TestAnswersAreTheEntities: what the document promises is what every answer of every
// test is read as.
func TestAnswersAreTheEntities(t *testing.T) {
	_, p := compose(t, ours())
	var known struct {
		Defs map[string]any `json:"$defs"`
	}
	if err := json.Unmarshal(openapi.Entities, &known); err != nil {
		t.Fatal(err)
	}
	for name, s := range p.Components.Schemas {
		delete(s.(map[string]any), "examples")
		raw, err := json.Marshal(known.Defs[strings.ReplaceAll(name, ".", "::")])
		if err != nil {
			t.Fatal(err)
		}
		var want any
		if err := json.Unmarshal([]byte(reference.Replace(string(raw))), &want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(s, want) {
			t.Errorf("%s is\n%v, and not\n%v", name, s, want)
		}
	}
	for _, r := range ours() {
		entity, _ := openapi.Entity(r.Method, r.Path)
		content := p.Paths[documented(r.Path)][strings.ToLower(r.Method)].Responses["200"].Content
		if entity == "File" {
			if len(content) != 1 || content["application/json"].Schema != nil {
				t.Errorf("%s %s: a file is %v", r.Method, r.Path, content)
			}
			continue
		}
		var want any = map[string]any{"$ref": "#/components/schemas/" + strings.TrimSuffix(strings.ReplaceAll(entity, "::", "."), "[]")}
		if strings.HasSuffix(entity, "[]") {
			want = map[string]any{"type": "array", "items": want}
		}
		if got := content["application/json"].Schema; !reflect.DeepEqual(got, want) {
			t.Errorf("%s %s answers %v, and is documented to answer %v", r.Method, r.Path, want, got)
		}
	}
}

var reference = strings.NewReplacer("#/$defs/", "#/components/schemas/", "Ensemble::", "Ensemble.", "Admin::", "Admin.", "V1::", "V1.", "Trends::", "Trends.")

// TestExamplesAreWhatTheySay reads each example as a strict client would.
func TestExamplesAreWhatTheySay(t *testing.T) {
	d, p := compose(t, ours())
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(d.JSON))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	shown := 0
	for name, s := range p.Components.Schemas {
		schema, err := c.Compile("openapi.json#/components/schemas/" + name)
		if err != nil {
			t.Fatal(err)
		}
		all, _ := s.(map[string]any)["examples"].([]any)
		for _, example := range all {
			shown++
			if err := schema.Validate(example); err != nil {
				t.Errorf("the example of %s: %v", name, err)
			}
		}
	}
	for path, item := range p.Paths {
		for method, o := range item {
			for kind, content := range o.RequestBody.Content {
				schema, err := c.Compile("openapi.json#/paths/" + strings.NewReplacer("/", "~1", "{", "%7B", "}", "%7D").Replace(path) + "/" + method +
					"/requestBody/content/" + strings.ReplaceAll(kind, "/", "~1") + "/schema")
				if err != nil {
					t.Fatal(err)
				}
				if content.Example == nil {
					continue
				}
				shown++
				if err := schema.Validate(content.Example); err != nil {
					t.Errorf("the example of %s %s: %v", method, path, err)
				}
			}
		}
	}
	if shown < 60 {
		t.Errorf("there are only %d examples", shown)
	}
}

// TestEveryEntityIsThere looks up each name of the tables.
func TestEveryEntityIsThere(t *testing.T) {
	var known struct {
		Defs map[string]any `json:"$defs"`
	}
	if err := json.Unmarshal(openapi.Entities, &known); err != nil {
		t.Fatal(err)
	}
	for _, name := range openapi.EntityNames() {
		if known.Defs[strings.TrimSuffix(name, "[]")] == nil {
			t.Errorf("entities.json does not know %s", name)
		}
	}
}
