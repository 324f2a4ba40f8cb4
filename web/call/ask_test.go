package call_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/web/call"
)

// echo tells what it understood.
func echo(c *call.Call) (any, error) {
	return map[string]any{
		"status": c.Str("status"), "sensitive": c.Bool("sensitive"), "n": c.Int("n", 7),
		"media_ids": fmt.Sprint(c.IDs("media_ids")), "options": c.Strs("poll[options]"), "expires": c.Int("poll[expires_in]", 0),
		"fields": c.Objects("fields_attributes"), "reply": c.ID("in_reply_to_id").String(), "f": c.Float("f", 0),
	}, nil
}

// The same is understood, however it was written.
func TestFormsAndJSON(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	h := handler(s, call.Route{Method: "POST", Path: "/", Who: call.Anyone, Handler: echo})
	parts, kind := multipartForm(t, [][2]string{
		{"status", "hé & <b>"}, {"sensitive", "true"}, {"n", "3"}, {"media_ids[]", "12"}, {"media_ids[]", "11"},
		{"poll[options][]", "a"}, {"poll[options][]", "b"}, {"poll[expires_in]", "60"}, {"in_reply_to_id", "5"}, {"f", "0.5"},
		{"fields_attributes[0][name]", "x"}, {"fields_attributes[0][value]", "y"},
		{"fields_attributes[1][name]", "z"}, {"fields_attributes[1][value]", ""},
	}, "")
	for _, c := range []struct{ name, target, kind, body string }{
		{"multipart", "/", kind, parts},
		{"urlencoded", "/", formBody, "status=h%C3%A9+%26+%3Cb%3E&sensitive=1&n=3&media_ids[]=12&media_ids[]=11&poll[options][]=a&poll[options][]=b" +
			"&poll%5Bexpires_in%5D=60&in_reply_to_id=5&f=0.5&fields_attributes[0][name]=x&fields_attributes[0][value]=y" +
			"&fields_attributes[1][name]=z&fields_attributes[1][value]="},
		{"fields without numbers", "/", formBody, "status=h%C3%A9+%26+%3Cb%3E&sensitive=on&n=3&media_ids[]=12&media_ids[]=11&poll[options][]=a&poll[options][]=b" +
			"&poll[expires_in]=60&in_reply_to_id=5&f=0.5&fields_attributes[][name]=x&fields_attributes[][value]=y" +
			"&fields_attributes[][name]=z&fields_attributes[][value]="},
		{"query", "/?status=h%C3%A9+%26+%3Cb%3E&sensitive=true&n=3&media_ids=12&media_ids=11&poll[options][]=a&poll[options][]=b" +
			"&poll[expires_in]=60&in_reply_to_id=5&f=0.5&fields_attributes[0][name]=x&fields_attributes[0][value]=y" +
			"&fields_attributes[1][name]=z&fields_attributes[1][value]=", "", ""},
		{"JSON", "/?n=99", jsonBody + "; charset=utf-8", `{"status":"hé & <b>","sensitive":true,"n":3,"media_ids":["12",11],"spoiler_text":null,
			"poll":{"options":["a","b"],"expires_in":60},"in_reply_to_id":"5","f":0.5,
			"fields_attributes":[{"name":"x","value":"y"},{"name":"z","value":""}]}`},
	} {
		_, body, _ := ask(h, "POST", c.target, c.body, "Content-Type", c.kind)
		want := `{"expires":60,"f":0.5,"fields":[{"name":"x","value":"y"},{"name":"z","value":""}],"media_ids":"[12 11]","n":3,` +
			`"options":["a","b"],"reply":"5","sensitive":true,"status":"hé & <b>"}`
		if body != want {
			t.Errorf("%s: got\n%s, want\n%s", c.name, body, want)
		}
	}
}

func TestBadInputs(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	h := handler(s,
		call.Route{Method: "POST", Path: "/", Who: call.Anyone, Handler: echo},
		call.Route{Method: "GET", Path: "/list", Who: call.Anyone, Handler: func(c *call.Call) (any, error) { return c.Page(20, 40), nil }},
		call.Route{Method: "GET", Path: "/statuses/:id", Who: call.Anyone, Handler: func(c *call.Call) (any, error) { return c.ID("id"), nil }},
		call.Route{Method: "GET", Path: "/tags/:tag", Who: call.Anyone, Handler: func(c *call.Call) (any, error) { return c.Str("tag"), nil }},
	)
	deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	many, kind := multipartForm(t, slices.Repeat([][2]string{{"a", "1"}}, 600), "")
	for _, c := range []struct {
		name, method, target, kind, body string
		want                             int
	}{
		{"no JSON", "POST", "/", jsonBody, `{"status":`, 400},
		{"JSON that is no object", "POST", "/", jsonBody, `["a"]`, 400},
		{"JSON null", "POST", "/", jsonBody, `null`, 400},
		{"two JSON objects", "POST", "/", jsonBody, `{}{}`, 400},
		{"JSON that is nested too deep", "POST", "/", jsonBody, deep, 422},
		{"thousands of values in JSON", "POST", "/", jsonBody, `{"a":[` + strings.Repeat("1,", 5000) + `1]}`, 422},
		{"thousands of parameters", "POST", "/", formBody, strings.Repeat("a=1&", 5000), 422},
		{"thousands of parameters in the query", "GET", "/list?" + strings.Repeat("a=1&", 5000), "", "", 422},
		{"hundreds of parts", "POST", "/", kind, many, 422},
		{"a bad escape", "POST", "/", formBody, "status=%zz", 400},
		{"a NUL", "POST", "/", formBody, "status=a%00b", 422},
		{"a NUL in JSON", "POST", "/", jsonBody, `{"status":"a\u0000b"}`, 422},
		{"bytes that are no text", "POST", "/", formBody, "status=%ff%fe", 422},
		{"a name that is no text", "POST", "/", formBody, "%ff=1", 422},
		{"a NUL in the path", "GET", "/tags/a%00b", "", "", 404},
		{"bytes that are no text in the path", "GET", "/tags/%ff", "", "", 404},
		{"a multipart form without an end", "POST", "/", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb", 400},
		{"a multipart form without a boundary", "POST", "/", "multipart/form-data", "x", 400},
		{"more than a MiB", "POST", "/", formBody, "status=" + strings.Repeat("a", 1<<20), 413},
		{"a word for a number", "POST", "/", formBody, "n=many", 422},
		{"NaN", "POST", "/", formBody, "f=NaN", 422},
		{"an infinite number", "POST", "/", formBody, "f=Inf", 422},
		{"a number that is too large", "POST", "/", formBody, "n=99999999999999999999", 422},
		{"a word for an ID", "POST", "/", formBody, "in_reply_to_id=abc", 404},
		{"an ID below zero", "GET", "/statuses/-1", "", "", 404},
		{"an ID that is too large", "GET", "/statuses/99999999999999999999", "", "", 404},
		{"a word for a bound", "GET", "/list?max_id=abc", "", "", 422},
		{"a word for a limit", "GET", "/list?limit=all", "", "", 422},
		{"an empty body", "POST", "/", jsonBody, "", 200},
		{"a body of some other type", "POST", "/", "text/plain", "hello", 200},
	} {
		status, body, _ := ask(h, c.method, c.target, c.body, "Content-Type", c.kind)
		if status != c.want {
			t.Errorf("%s: got %d %s, want %d", c.name, status, body, c.want)
		}
		var said struct{ Error string }
		if status >= 400 && (json.Unmarshal([]byte(body), &said) != nil || said.Error == "") {
			t.Errorf("%s: no sentence in %s", c.name, body)
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	var got call.Page
	h := handler(s, call.Route{Method: "GET", Path: "/api/:what", Who: call.Anyone, Handler: func(c *call.Call) (any, error) {
		got = c.Page(20, 40)
		if c.Param("what") != "empty" {
			c.Link(300, 200)
		}
		return []int{}, nil
	}})
	for target, want := range map[string]call.Page{
		"/api/x":                                 {Limit: 20},
		"/api/x?limit=5":                         {Limit: 5},
		"/api/x?limit=4000":                      {Limit: 40},
		"/api/x?limit=0":                         {Limit: 20},
		"/api/x?limit=-3":                        {Limit: 20},
		"/api/x?max_id=9":                        {MaxID: 9, Limit: 20},
		"/api/x?since_id=0&min_id=3":             {MinID: 3, Limit: 20},
		"/api/x?since_id=4&max_id=&limit=":       {SinceID: 4, Limit: 20},
		"/api/x?max_id=" + models.ID(1).String(): {MaxID: 1, Limit: 20},
	} {
		if status, body, _ := ask(h, "GET", target, ""); status != 200 || got != want {
			t.Errorf("%s: got %d %s %+v, want %+v", target, status, body, got, want)
		}
	}
	_, _, header := ask(h, "GET", "/api/home?max_id=400&limit=2&types[]=a&types[]=b", "")
	want := `<https://one.example/api/home?limit=2&max_id=200&types%5B%5D=a&types%5B%5D=b>; rel="next", ` +
		`<https://one.example/api/home?limit=2&min_id=300&types%5B%5D=a&types%5B%5D=b>; rel="prev"`
	if header.Get("Link") != want {
		t.Errorf("got %s, want %s", header.Get("Link"), want)
	}
	if _, _, header := ask(h, "GET", "/api/a%3E%3B%20b?x=%3E", ""); strings.Count(header.Get("Link"), ">") != 2 {
		t.Errorf("an address breaks out of its brackets: %s", header.Get("Link"))
	}
	if _, _, header := ask(h, "GET", "/api/empty", ""); header.Get("Link") != "" {
		t.Errorf("an empty page has links: %s", header.Get("Link"))
	}
}

func TestUploads(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	h := handler(s, call.Route{Method: "POST", Path: "/media", Who: call.Anyone, Mode: call.Free, MaxBody: 3 << 20, Handler: func(c *call.Call) (any, error) {
		f := c.File("file")
		if f == nil || c.Tx != nil {
			return nil, models.Errorf(models.Invalid, "there is no file")
		}
		return call.Status(202, map[string]any{"name": f.Filename, "size": f.Size, "alt": c.Str("description")})
	}})
	body, kind := multipartForm(t, [][2]string{{"description", "a cat"}}, strings.Repeat("x", 2<<20))
	status, answer, _ := ask(h, "POST", "/media", body, "Content-Type", kind)
	if status != 202 || answer != `{"alt":"a cat","name":"picture.png","size":2097152}` {
		t.Errorf("got %d %s", status, answer)
	}
	body, kind = multipartForm(t, nil, strings.Repeat("x", 3<<20))
	if status, answer, _ := ask(h, "POST", "/media", body, "Content-Type", kind); status != 413 {
		t.Errorf("too large: got %d %s", status, answer)
	}
	if status, _, _ := ask(h, "POST", "/media", "", "Content-Type", formBody); status != 422 {
		t.Errorf("no file: got %d", status)
	}
}
