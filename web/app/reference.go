package app

import (
	"html"
	"html/template"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/openapi"
	"ensemble/web/page"
)

// ReferenceRoutes returns the page about our own API, which is a part of the routes in
// api.
func ReferenceRoutes(site models.Site, api []call.Route) []call.Route {
	read := sync.OnceValues(func() (openapi.Reading, error) {
		d, err := openapi.Compose(site, api)
		if err != nil {
			return openapi.Reading{}, err
		}
		return d.Reading(), nil
	})
	return []call.Route{{
		Method: "GET", Path: openapi.PagePath, Who: call.Anyone, Page: true,
		Handler: func(c *call.Call) (any, error) { return referencePage(c, read) },
	}}
}

type referenceView struct {
	openapi.Reading
	JSON string // where the document is
}

// Rich is words with `code` and **stress**, as HTML.
func (referenceView) Rich(s string) template.HTML {
	var b strings.Builder
	for _, p := range strings.Split(s, "\n\n") {
		p = html.EscapeString(p)
		p = code.ReplaceAllString(p, "<code>$1</code>")
		b.WriteString("<p>" + stress.ReplaceAllString(p, "<b>$1</b>") + "</p>")
	}
	return template.HTML(b.String()) //nolint:gosec // escaped above, and our own words
}

var code, stress = regexp.MustCompile("`([^`]*)`"), regexp.MustCompile(`\*\*([^*]*)\*\*`)

func referencePage(c *call.Call, read func() (openapi.Reading, error)) (any, error) {
	r, err := read()
	if err != nil {
		return nil, err
	}
	return set.Show(c, http.StatusOK, "reference.html", page.Page{
		Title: set.Say(c, "reference.title"), Tell: set.Say(c, "reference.tell"), Self: c.Site.IRI(openapi.PagePath), Index: true, Shape: "wide",
		View: referenceView{r, openapi.Prefix + "/openapi.json"},
	})
}
