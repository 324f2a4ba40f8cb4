package app

import (
	"net/http"

	"ensemble/activities/rollout"
	"ensemble/web/call"
	"ensemble/web/page"
)

// rolloutPage is GET /about/rollout: that a feature is tried out, on whom, and what
// happens at the end.
func rolloutPage(c *call.Call) (any, error) {
	lang := c.Language(page.Languages...)
	n, err := rollout.Tell(c.Tx, lang)
	if err != nil {
		return nil, err
	}
	return set.Show(c, http.StatusOK, "rollout.html", page.Page{
		Title: set.Say(c, "public.rollout"), Tell: n.Start, Self: c.Site.IRI("/about/rollout"), Index: true, View: n,
	})
}
