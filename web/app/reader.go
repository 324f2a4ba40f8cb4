package app

import (
	"net/http"
	"net/url"
	"strings"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
	"ensemble/web/page"
)

// signedIn answers people with ours, and everybody else, and programs, with open, which
// runs in a transaction.
func signedIn(ours, open call.Handler) call.Handler {
	return func(c *call.Call) (any, error) {
		if c.Me != nil && !c.WantsActivity() {
			return ours(c)
		}
		return inRead(c, open)
	}
}

// inRead answers with h, which runs in a transaction.
func inRead(c *call.Call, h call.Handler) (view any, err error) {
	err = c.InRead(func(*store.Tx) error {
		view, err = h(c)
		return err
	})
	return view, err
}

// list asks the API for a page of a list, and for the pages around it.
func list[T any](c *call.Call, path string, q url.Values) ([]T, page.Pager, error) {
	for _, name := range []string{"since_id", "offset", "limit"} {
		if v := c.Query(name); v != "" {
			q.Set(name, v)
		}
	}
	q.Set("byline", "0")
	return page.List[T](c, path, q)
}

// part reports whether a script asks for the list alone, to put it on the page that it
// is on.
func part(c *call.Call) bool { return c.Query("part") != "" }

// statuses are posts of a list of that kind, as the reader wants to see them.
func statuses(c *call.Call, path string, q url.Values, in models.FilterContext) ([]aStatus, page.Pager, error) {
	all, around, err := list[aStatus](c, path, q)
	return veiled(c.MyID(), in, all), around, err
}

// status is one post.
func status(c *call.Call, id models.ID) (aStatus, error) {
	s, err := call.Fetch[aStatus](c, http.MethodGet, "/api/v1/statuses/"+id.String(), url.Values{"byline": {"0"}})
	s.cover(c.MyID(), models.FilterThread)
	return s, err
}

// refused shows what the API refused, in words, and the way back.
func refused(c *call.Call, err error) (any, error) {
	return set.ShowRefused(c, err, "refused.html", page.Page{Title: set.Say(c, "read.refused"), Shape: "narrow", View: whence(c)})
}

// whence is the page of ours that a form was on.
func whence(c *call.Call) string {
	u, err := url.Parse(c.Str("back"))
	if err != nil || u.Scheme != "" || u.Host != "" || len(u.Path) == 0 || u.Path[0] != '/' || len(u.Path) > 1 && (u.Path[1] == '/' || u.Path[1] == '\\') {
		return "/home"
	}
	q := u.Query()
	if q.Has("part") { // it was put on the first page
		q.Del("part")
		q.Del("min_id")
		u.RawQuery = q.Encode()
	}
	return u.String()
}

// back leads to the page of ours that a form was on, at the element called at.
func back(c *call.Call, at string) call.Answer {
	to, _, _ := strings.Cut(whence(c), "#")
	if at != "" {
		to += "#" + at
	}
	return call.Redirect(to)
}
