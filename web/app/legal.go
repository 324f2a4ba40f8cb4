package app

import (
	"errors"
	"html/template"
	"net/http"
	"time"

	"ensemble/web/call"
	"ensemble/web/page"
)

// legalRoutes are what a server says of itself by law.
func legalRoutes() []call.Route {
	return []call.Route{
		{Method: "GET", Path: "/privacy-policy", Who: call.Anyone, Page: true, Mode: call.Free, Handler: legal("privacy_policy", "privacy")},
		{Method: "GET", Path: "/terms-of-service", Who: call.Anyone, Page: true, Mode: call.Free, Handler: legal("terms_of_service", "terms")},
	}
}

type legalView struct {
	Text  template.HTML // "" if nobody wrote one
	Since *time.Time
}

func legal(name, key string) call.Handler {
	return func(c *call.Call) (any, error) {
		said, err := call.Fetch[struct {
			Content string
			Updated *time.Time `json:"updated_at"`
			Since   *time.Time `json:"effective_date"`
		}](c, http.MethodGet, "/api/v1/instance/"+name, nil)
		var none *call.Failure
		if err != nil && !(errors.As(err, &none) && none.Status == http.StatusNotFound) {
			return nil, err
		}
		v := legalView{Text: template.HTML(said.Content), Since: said.Updated} //nolint:gosec // written by who runs the server, and cleaned
		return set.Show(c, http.StatusOK, "legal.html", page.Page{Title: set.Say(c, "legal."+key), Self: c.Site.IRI(c.Request.URL.Path), Index: true, View: v})
	}
}
