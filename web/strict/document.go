package strict

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/openapi"
)

// A document holds answers against what is published about them.
type document struct {
	doc     *openapi.Document
	schemas map[string]*jsonschema.Schema // by method, path and status
}

func newDocument(routes []call.Route) (*document, error) {
	doc, err := openapi.Compose(models.Site{Domain: "one.example", Origin: "https://one.example"}, routes)
	if err != nil {
		return nil, err
	}
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc.JSON))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("openapi.json", raw); err != nil {
		return nil, err
	}
	d := &document{doc, map[string]*jsonschema.Schema{}}
	return d, d.compile(c)
}

// compile reads the schema of every answer.
func (d *document) compile(c *jsonschema.Compiler) error {
	var read struct {
		Paths map[string]map[string]struct {
			Responses map[string]struct {
				Ref     string `json:"$ref"`
				Content map[string]struct{ Schema json.RawMessage }
			}
		}
	}
	if err := json.Unmarshal(d.doc.JSON, &read); err != nil {
		return err
	}
	escape := strings.NewReplacer("/", "~1", "{", "%7B", "}", "%7D")
	for path, item := range read.Paths {
		for method, o := range item {
			for status, r := range o.Responses {
				at := "#/paths/" + escape.Replace(path) + "/" + method + "/responses/" + status
				if r.Ref != "" {
					at = r.Ref
				} else if len(r.Content["application/json"].Schema) == 0 {
					continue
				}
				s, err := c.Compile("openapi.json" + at + "/content/application~1json/schema")
				if err != nil {
					return err
				}
				d.schemas[strings.ToUpper(method)+" "+path+" "+status] = s
			}
		}
	}
	return nil
}

// says reports whether the document tells of an answer. What no route is for, it need
// not.
func (d *document) says(method, path string, status int, raw []byte) error {
	if method == http.MethodHead || !strings.HasPrefix(path, openapi.Prefix+"/") {
		return nil
	}
	c := d.doc.Find(method, path)
	switch {
	case c == nil && (status == http.StatusNotFound || status == http.StatusMethodNotAllowed):
		return nil
	case c == nil:
		return fmt.Errorf("the document of the API does not know this call")
	case !c.Says(status):
		return fmt.Errorf("the document of the API does not say that it answers %d", status)
	}
	s := d.schemas[method+" "+c.Path+" "+strconv.Itoa(status)]
	if s == nil {
		return nil
	}
	answer, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	if err := s.Validate(answer); err != nil {
		return fmt.Errorf("not as the document of the API has it: %w", err)
	}
	return nil
}

// Asks reports whether a route may look for a parameter of that name: nil if it is
// documented, or the route is none of our own API.
func (d *Decoder) Asks(method, path, name string) error {
	if c := d.doc.doc.Find(method, path); c != nil && !c.Takes(name) {
		return fmt.Errorf("%s %s looks for %s, of which the document of the API says nothing", method, path, name)
	}
	return nil
}
