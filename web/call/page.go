package call

import (
	"fmt"
	"net/url"
	"strings"

	"ensemble/models"
)

// A Page is a part of a list that is sorted by ID, as Mastodon's clients ask for
// it. 0 means no bound.
type Page struct {
	MaxID   models.ID // only what is older
	SinceID models.ID // only what is newer; the newest first
	MinID   models.ID // only what is newer; that which follows MinID directly
	Limit   int       // from 1 to the largest allowed
}

// Page returns the page that was asked for. A limit above max means max.
func (c *Call) Page(def, max int) Page {
	p := Page{
		MaxID:   c.bound("max_id"),
		SinceID: c.bound("since_id"),
		MinID:   c.bound("min_id"),
		Limit:   c.Limit(def, max),
	}
	return p
}

// Limit returns how many entries of a list were asked for, from 1 to max.
func (c *Call) Limit(def, max int) int {
	n := c.Int("limit", def)
	if n < 1 {
		n = def
	}
	return min(n, max)
}

// bound reads an ID that need not exist, such as the largest number there is.
func (c *Call) bound(name string) models.ID {
	s := c.Str(name)
	if s == "" || s == "0" {
		return 0
	}
	id, err := models.ParseID(s)
	if err != nil {
		c.Refuse(models.Errorf(models.Invalid, "%s has to be an ID, not %q", name, short(s)))
	}
	return id
}

// Link tells where the pages before and after this one are: first and last are
// the IDs of its first entry, the newest, and of its last. An ID of 0 leaves that
// direction out.
func (c *Call) Link(first, last models.ID) {
	var links []string
	if last != 0 {
		links = append(links, c.link("next", "max_id", last))
	}
	if first != 0 {
		links = append(links, c.link("prev", "min_id", first))
	}
	if links != nil {
		c.Header("Link", strings.Join(links, ", "))
	}
}

func (c *Call) link(rel, bound string, id models.ID) string {
	q := url.Values{}
	for name, values := range c.Request.URL.Query() {
		switch name {
		case "max_id", "since_id", "min_id", "access_token":
		default:
			q[name] = values
		}
	}
	q.Set(bound, id.String())
	// The path is written anew, so that no byte of it can end the <address>.
	path := (&url.URL{Path: c.Request.URL.Path}).EscapedPath()
	return fmt.Sprintf("<%s%s?%s>; rel=%q", c.Site.Origin, path, q.Encode(), rel)
}
