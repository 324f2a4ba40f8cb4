package app

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

func findRoutes() []call.Route {
	return []call.Route{{Method: "GET", Path: "/search", Page: true, Mode: call.Free, Handler: searchPage}}
}

type searchView struct {
	Query    string
	Kind     string // "", accounts, hashtags or statuses
	Accounts []anAccount
	Tags     []aTag
	Statuses []aStatus
	page.Pager
}

// Tabs are the kinds of things that can be found.
func (searchView) Tabs() []string { return []string{"", "accounts", "hashtags", "statuses"} }

// None reports whether nothing was found.
func (v searchView) None() bool { return len(v.Accounts)+len(v.Tags)+len(v.Statuses) == 0 }

// foundAtOnce is how many things of each kind are on a page.
const foundAtOnce = 20

// searchPage is GET /search. A handle or an address that is found exactly is asked for
// where it is from.
func searchPage(c *call.Call) (any, error) {
	v := searchView{Query: strings.TrimSpace(c.Query("q")), Kind: c.Query("type")}
	wrong, code := "", http.StatusOK
	if v.Query != "" {
		err := v.ask(c)
		switch code = call.StatusOf(err); {
		case err != nil && code >= http.StatusInternalServerError:
			return nil, err
		case err != nil:
			wrong = set.Refusal(c, err)
		}
	}
	return set.Show(c, code, "search.html", page.Page{
		Title: set.Say(c, "search.title"), Section: "search", Scripts: []string{"reading.js"}, Wrong: wrong, View: v,
	})
}

func (v *searchView) ask(c *call.Call) error {
	offset, _ := strconv.Atoi(c.Query("offset"))
	offset = min(max(offset, 0), 10_000)
	q := url.Values{"q": {v.Query}, "resolve": {"true"}, "limit": {strconv.Itoa(foundAtOnce)}, "byline": {"0"}}
	if v.Kind != "" {
		q.Set("type", v.Kind)
		q.Set("offset", strconv.Itoa(offset))
	}
	got, err := call.Fetch[struct {
		Accounts []anAccount `json:"accounts"`
		Statuses []aStatus   `json:"statuses"`
		Hashtags []aTag      `json:"hashtags"`
	}](c, http.MethodGet, "/api/v2/search", q)
	if err != nil {
		return err
	}
	v.Accounts, v.Tags = got.Accounts, got.Hashtags
	v.Statuses = veiled(c.MyID(), models.FilterThread, got.Statuses)
	if v.Kind != "" {
		if offset > 0 {
			v.Newer = v.at(max(offset-foundAtOnce, 0))
		}
		if max(len(got.Accounts), len(got.Hashtags), len(got.Statuses)) == foundAtOnce {
			v.Older = v.at(offset + foundAtOnce)
		}
	}
	return nil
}

// at is a further page of what was found.
func (v *searchView) at(offset int) string {
	return "/search?" + url.Values{"q": {v.Query}, "type": {v.Kind}, "offset": {strconv.Itoa(offset)}}.Encode()
}
