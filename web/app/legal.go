package app

import (
	"errors"
	"html/template"
	"net/http"
	"strings"
	"time"

	"ensemble/web/call"
	"ensemble/web/page"
)

// legalRoutes are what a server says of itself by law.
func legalRoutes() []call.Route {
	privacy, terms := legal("privacy_policy", "privacy"), legal("terms_of_service", "terms")
	return []call.Route{
		{Method: "GET", Path: "/privacy-policy", Who: call.Anyone, Page: true, Mode: call.Free, Handler: privacy},
		{Method: "GET", Path: "/privacy", Who: call.Anyone, Page: true, Mode: call.Free, Handler: privacy},
		{Method: "GET", Path: "/terms-of-service", Who: call.Anyone, Page: true, Mode: call.Free, Handler: terms},
		{Method: "GET", Path: "/terms", Who: call.Anyone, Page: true, Mode: call.Free, Handler: terms},
	}
}

type legalView struct {
	Text    template.HTML // "" if nobody wrote one
	Changed *time.Time
	Holds   *time.Time // from when on, if that is not since it was changed
	Coming  bool       // it does not hold yet
}

var lower = strings.NewReplacer("<h1>", "<h2>", "</h1>", "</h2>", "<h2>", "<h3>", "</h2>", "</h3>", "<h3>", "<h4>", "</h3>", "</h4>")

// beneath is a text with headings as it stands beneath that of a page. It was written by
// who runs the server, and cleaned.
func beneath(text string) template.HTML {
	if strings.Contains(text, "<h1>") {
		text = lower.Replace(text)
	}
	return template.HTML(text) //nolint:gosec // see above
}

func legal(name, key string) call.Handler {
	return func(c *call.Call) (any, error) {
		said, err := call.Fetch[struct {
			Content   string
			Updated   *time.Time `json:"updated_at"`
			Day       string     `json:"effective_date"`
			Effective bool
		}](c, http.MethodGet, "/api/v1/instance/"+name, nil)
		var none *call.Failure
		if err != nil && !(errors.As(err, &none) && none.Status == http.StatusNotFound) {
			return nil, err
		}
		v := legalView{Text: beneath(said.Content), Changed: said.Updated}
		if day, err := time.Parse(time.DateOnly, said.Day); err == nil && (said.Updated == nil || said.Updated.UTC().Format(time.DateOnly) != said.Day) {
			v.Holds, v.Coming = &day, !said.Effective
		}
		return set.Show(c, http.StatusOK, "legal.html", page.Page{
			Title: set.Say(c, "legal."+key), Self: c.Site.IRI(map[string]string{"privacy": "/privacy-policy", "terms": "/terms-of-service"}[key]), Index: v.Text != "", View: v,
		})
	}
}
