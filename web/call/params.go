package call

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"ensemble/models"
)

// Limits on what may be asked.
const (
	maxBody   = 1 << 20 // bytes, unless the route allows more
	maxParams = 500
	maxDepth  = 8       // of JSON
	inMemory  = 1 << 20 // bytes of a multipart form; what is above goes to a temporary file
)

// params is what was asked.
type params struct {
	values url.Values
	files  map[string][]*multipart.FileHeader
	raw    []byte
}

// parse reads the query and the body.
func (c *Call) parse() error {
	for _, p := range c.Params {
		if !text(p.Value) {
			return models.Errorf(models.NotFound, "there is no such thing here")
		}
	}
	values, err := parseForm(c.Request.URL.RawQuery)
	if err != nil {
		return err
	}
	c.asked.values = values
	if c.Request.Body != nil && c.Request.Body != http.NoBody {
		body, err := c.readBody()
		if err != nil {
			return err
		}
		for name, v := range body {
			c.asked.values[name] = v
		}
	}
	return c.asked.check()
}

func (c *Call) readBody() (url.Values, error) {
	limit := c.route.MaxBody
	if limit == 0 {
		limit = maxBody
	}
	r := c.Request
	r.Body = http.MaxBytesReader(c.Writer, r.Body, limit)
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && kind == "multipart/form-data" {
		return c.multipart()
	}
	if c.asked.raw, err = io.ReadAll(r.Body); err != nil {
		return nil, tooLarge(err)
	}
	switch {
	case len(c.asked.raw) == 0:
		return nil, nil
	case kind == "application/x-www-form-urlencoded":
		return parseForm(string(c.asked.raw))
	case kind == "application/json" || kind == "":
		return parseJSON(c.asked.raw)
	}
	return nil, nil // some handlers want c.Raw alone
}

func (c *Call) multipart() (url.Values, error) {
	if err := c.Request.ParseMultipartForm(inMemory); err != nil {
		return nil, tooLarge(err)
	}
	c.asked.files = c.Request.MultipartForm.File
	return c.Request.MultipartForm.Value, nil
}

// forget removes temporary files.
func (c *Call) forget() {
	if f := c.Request.MultipartForm; f != nil {
		_ = f.RemoveAll() // the system sweeps what is left of its temporary folder
	}
}

func tooLarge(err error) error {
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return Fail(http.StatusRequestEntityTooLarge, "too_large", "that is too large: no more than %d bytes are taken here", tooBig.Limit)
	}
	return Fail(http.StatusBadRequest, "malformed", "the body of the request cannot be read")
}

func parseForm(s string) (url.Values, error) {
	if strings.Count(s, "&") >= maxParams {
		return nil, tooMany()
	}
	v, err := url.ParseQuery(s)
	if err != nil {
		return nil, Fail(http.StatusBadRequest, "malformed", "the parameters of the request cannot be read")
	}
	return v, nil
}

// parseJSON names what is in a JSON object as a form would name it.
func parseJSON(raw []byte) (url.Values, error) {
	malformed := Fail(http.StatusBadRequest, "malformed", "the body of the request is no JSON object")
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var top map[string]any
	if err := d.Decode(&top); err != nil || top == nil {
		return nil, malformed
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, malformed
	}
	f := flat{url.Values{}, 0}
	for name, v := range top {
		if err := f.add(name, v, 1); err != nil {
			return nil, err
		}
	}
	return f.values, nil
}

type flat struct {
	values url.Values
	count  int
}

func (f *flat) add(name string, v any, depth int) error {
	if f.count++; f.count > maxParams {
		return tooMany()
	}
	if depth > maxDepth {
		return models.Errorf(models.Invalid, "the body of the request is nested too deep")
	}
	switch v := v.(type) {
	case nil: // as if it were not there
	case map[string]any:
		for key, sub := range v {
			if err := f.add(name+"["+key+"]", sub, depth+1); err != nil {
				return err
			}
		}
	case []any:
		return f.list(name, v, depth)
	default:
		f.values.Add(name, fmt.Sprint(v))
	}
	return nil
}

func (f *flat) list(name string, list []any, depth int) error {
	if len(list) == 0 {
		f.values[name+"[]"] = []string{} // sent, and empty
	}
	for i, sub := range list {
		key := name + "[]"
		if _, ok := sub.(map[string]any); ok {
			key = name + "[" + strconv.Itoa(i) + "]"
		}
		if err := f.add(key, sub, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// check refuses what no handler can use: too many parameters, and bytes that are
// no text, at which PostgreSQL would choke.
func (p *params) check() error {
	n := 0
	for name, values := range p.values {
		n += max(1, len(values))
		for _, v := range append(values[:len(values):len(values)], name) {
			if !text(v) {
				return models.Errorf(models.Invalid, "%s holds bytes that are no text", short(strings.ToValidUTF8(name, "?")))
			}
		}
	}
	for name, files := range p.files {
		n += len(files)
		if !text(name) {
			return models.Errorf(models.Invalid, "a file has a name that is no text")
		}
	}
	if n > maxParams {
		return tooMany()
	}
	return nil
}

func tooMany() error {
	return models.Errorf(models.Invalid, "more than %d parameters are more than anybody needs", maxParams)
}

func text(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

// objects gathers name[i][key] and name[][key].
func (p *params) objects(name string) []map[string]string {
	byIndex := map[string]map[string]string{}
	put := func(index, key, value string) {
		if byIndex[index] == nil {
			byIndex[index] = map[string]string{}
		}
		byIndex[index][key] = value
	}
	for full, values := range p.values {
		rest, ok := strings.CutPrefix(full, name+"[")
		index, key, ok2 := strings.Cut(rest, "][")
		if key, ok3 := strings.CutSuffix(key, "]"); ok && ok2 && ok3 {
			for i, v := range values {
				if index != "" {
					put(index, key, v)
				} else {
					put(strconv.Itoa(i), key, v)
				}
			}
		}
	}
	return inOrder(byIndex)
}

func inOrder(byIndex map[string]map[string]string) []map[string]string {
	var order []string
	for index := range byIndex {
		order = append(order, index)
	}
	slices.SortFunc(order, func(a, b string) int {
		if d := len(a) - len(b); d != 0 { // 9 before 10
			return d
		}
		return strings.Compare(a, b)
	})
	var out []map[string]string
	for _, index := range order {
		out = append(out, byIndex[index])
	}
	return out
}
