package app

import (
	"net/http"

	"ensemble/activities/rollout"
	"ensemble/web/call"
)

// rolloutPage is GET /about/rollout: that a feature is tried out, on whom, and what
// happens at the end.
func rolloutPage(c *call.Call) (any, error) {
	lang := c.Language("en", "fr")
	n, err := rollout.Tell(c.Tx, lang)
	if err != nil {
		return nil, err
	}
	return show(c, http.StatusOK, "rollout.html", page{
		Title: catalogues[lang]["rollout"], Tell: n.Start, Self: c.Site.IRI("/about/rollout"), Index: true, View: n,
	})
}
