package app

import (
	"html"
	"html/template"
	"net/http"
	"net/url"
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
	on := func(path string, show func(*call.Call, openapi.Reading) (any, error)) call.Route {
		return call.Route{Method: "GET", Path: path, Who: call.Anyone, Page: true, Handler: func(c *call.Call) (any, error) {
			r, err := read()
			if err != nil {
				return nil, err
			}
			return show(c, r)
		}}
	}
	return []call.Route{on(openapi.PagePath, referencePage), on(openapi.PagePath+"/:part", referencePart)}
}

type referenceView struct {
	openapi.Reading
	JSON    string // where the document is
	Chapter *openapi.Chapter
	Noun    *openapi.Noun
}

// At is where a chapter has a page of its own.
func (referenceView) At(c openapi.Chapter) string {
	return openapi.PagePath + "/" + strings.ReplaceAll(strings.ToLower(c.Name), " ", "-")
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

func referencePage(c *call.Call, r openapi.Reading) (any, error) {
	return set.Show(c, http.StatusOK, "reference.html", page.Page{
		Title: set.Say(c, "reference.title"), Tell: set.Say(c, "reference.tell"), Self: c.Site.IRI(openapi.PagePath), Index: true, Shape: "wide",
		View: referenceView{Reading: r, JSON: openapi.Prefix + "/openapi.json"},
	})
}

// referencePart is a chapter, or what is answered.
func referencePart(c *call.Call, r openapi.Reading) (any, error) {
	v, at, title := referenceView{Reading: r}, c.Request.URL.Path, ""
	for i, g := range r.Groups {
		if v.At(g) == at {
			v.Chapter, title = &r.Groups[i], g.Name
		}
	}
	for i, n := range r.Nouns {
		if "noun-"+n.Name == c.Param("part") {
			v.Noun, title = &r.Nouns[i], n.Name
		}
	}
	if v.Chapter == nil && v.Noun == nil {
		return nil, noPage
	}
	return set.Show(c, http.StatusOK, "reference_part.html", page.Page{
		Title: title, Self: c.Site.IRI((&url.URL{Path: at}).EscapedPath()), Index: true, Shape: "wide", View: v,
	})
}
