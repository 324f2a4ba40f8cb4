package page

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"ensemble/web/call"
)

// A Pager leads to the pages around one; "" for none. The template "pages" shows it.
type Pager struct{ Newer, Older string }

// List asks the API for the part of a list that the page's own address names, and for
// the pages around it.
func List[T any](c *call.Call, path string, q url.Values) (items []T, around Pager, err error) {
	for _, bound := range []string{"max_id", "min_id"} {
		if v := c.Query(bound); v != "" {
			q.Set(bound, v)
		}
	}
	r, err := c.Ask(http.MethodGet, path, q)
	if err != nil {
		return nil, around, err
	}
	if err := json.Unmarshal(r.Body, &items); err != nil {
		return nil, around, fmt.Errorf("read the answer of %s: %w", path, err)
	}
	return items, Around(c, r), nil
}

// Around finds the pages around one in the header of r that names those of the API
// (RFC 8288). The first page has none before it.
func Around(c *call.Call, r *call.Reply) (p Pager) {
	for _, link := range strings.Split(r.Header.Get("Link"), ", ") {
		to, rel, _ := strings.Cut(link, ">; rel=")
		u, err := url.Parse(strings.TrimPrefix(to, "<"))
		if err != nil {
			continue
		}
		switch strings.Trim(rel, `"`) {
		case "next":
			p.Older = Here(c, "max_id", u.Query().Get("max_id"))
		case "prev":
			if c.Query("max_id") != "" || c.Query("min_id") != "" {
				p.Newer = Here(c, "min_id", u.Query().Get("min_id"))
			}
		}
	}
	return p
}

// Here is the page that was asked for, from another place in its list: bound is max_id or
// min_id.
func Here(c *call.Call, bound, id string) string {
	q := c.Request.URL.Query()
	for _, name := range []string{"max_id", "min_id", "since_id", "part", "done"} {
		q.Del(name)
	}
	q.Set(bound, id)
	return (&url.URL{Path: c.Request.URL.Path}).EscapedPath() + "?" + q.Encode()
}
