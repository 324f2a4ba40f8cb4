package call_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"ensemble/models/store/storetest"
	"ensemble/web/call"
)

// FuzzBodies sends bodies of every kind through the one way in, and looks for one that
// is answered as a fault of ours, or from which a handler gets what it cannot store.
func FuzzBodies(f *testing.F) {
	for _, s := range [][3]string{
		{"a=1&b[]=2&c[x]=3", formBody, "id=7"}, {`{"a":[1,{"b":null}],"c":{"d":[true]}}`, jsonBody, ""},
		{"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../x\"\r\n\r\n2\r\n--b--\r\n", "multipart/form-data; boundary=b", ""},
		{"\xff\x00=%zz", formBody, "%00"}, {`{"a":"\ud800"}`, "", "a=\xff"}, {"--b\r\n\r\n--b--", "multipart/form-data; boundary=b", "&&&"},
	} {
		f.Add(s[0], s[1], s[2])
	}
	h := handler(&call.Server{DB: storetest.New(f, "sqlite", site, nil)}, call.Route{Method: "POST", Path: "/", Who: call.Nobody, Mode: call.Free, Handler: func(c *call.Call) (any, error) {
		for _, name := range []string{"a", "b", "c", "id", "file"} {
			if s := c.Str(name); !utf8.ValidString(s) {
				panic("text that is none: " + s)
			}
			_, _, _ = c.Strs(name), c.Bool(name), c.Int(name, 1)
			_, _ = c.Objects(name), c.ID(name)
			if f := c.File(name); f != nil {
				_ = f.Filename
			}
		}
		return nil, nil
	}})
	f.Fuzz(func(t *testing.T, body, kind, query string) {
		if !printable(kind) || !printable(query) || strings.Contains(query, " ") {
			return
		}
		if status, answer, _ := ask(h, "POST", "/?"+query, body, "Content-Type", kind); status >= 500 {
			t.Errorf("%q, %q, %q: %d %s", body, kind, query, status, answer)
		}
	})
}

// printable reports whether s can be part of a request's head at all.
func printable(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' && c != ' ' || c >= 0x7f || c == '#' {
			return false
		}
	}
	return true
}
