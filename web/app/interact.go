package app

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

// A Door knows where people of other servers act on what they see here.
type Door interface {
	// Door returns the address at which who goes by acct can act on uri, at their own
	// server.
	Door(ctx context.Context, acct string, uri models.IRI) (models.IRI, error)
}

// DoorRoutes lead from here to people's own servers, and from others to here; none
// without a Door.
func DoorRoutes(d Door) []call.Route {
	if d == nil {
		return nil
	}
	w := doorway{d}
	return []call.Route{
		{Method: "GET", Path: "/interact", Who: call.Anyone, Page: true, Mode: call.Free, Handler: askHandle},
		{Method: "POST", Path: "/interact", Who: call.Anyone, Page: true, Mode: call.Free, Handler: w.leave},
		{Method: "GET", Path: "/authorize_interaction", Page: true, Mode: call.Free, Handler: arrive},
	}
}

type doorway struct{ Door }

type interactView struct {
	URI    models.IRI
	Here   string // the page about it
	To     models.IRI
	Server string
}

func askHandle(c *call.Call) (any, error) { return showInteract(c, http.StatusOK, "") }

func showInteract(c *call.Call, status int, wrong string) (any, error) {
	return set.Show(c, status, "interact.html", page.Page{
		Title: set.Say(c, "interact.title"), Shape: "narrow", Wrong: wrong,
		View: interactView{URI: models.IRI(c.Str("uri")), Here: "/authorize_interaction?uri=" + url.QueryEscape(c.Str("uri"))},
	})
}

// leave is POST /interact: on to the person's own server. It is a page that leads on,
// since a browser holds redirects after a form to where the form may go.
func (d doorway) leave(c *call.Call) (any, error) {
	uri := models.IRI(c.Str("uri"))
	if !c.Site.Owns(uri) {
		return nil, models.Errorf(models.NotFound, "there is no such page here")
	}
	to, err := d.Door.Door(c.Ctx(), c.Str("handle"), uri)
	if err != nil {
		return showInteract(c, http.StatusUnprocessableEntity, doorRefusal(c, err))
	}
	a, err := set.Show(c, http.StatusOK, "interact.html", page.Page{
		Title: set.Say(c, "interact.title"), Shape: "narrow", View: interactView{To: to, Server: to.Host()},
	})
	if err == nil {
		a.Header.Set("Refresh", "0; url="+page.Escape(to))
		a.Header.Set("Referrer-Policy", "no-referrer")
	}
	return a, err
}

func doorRefusal(c *call.Call, err error) string {
	if code := call.CodeOf(err); code == "no_door" || code == "handle" {
		return set.Refusal(c, err)
	}
	return set.Say(c, "interact.unreachable")
}

// arrive is GET /authorize_interaction?uri=: somebody of ours saw uri elsewhere, and
// wants to act on it here (the template of WebFinger leads to it).
func arrive(c *call.Call) (any, error) {
	found, err := call.Fetch[struct {
		Accounts []anAccount `json:"accounts"`
		Statuses []aStatus   `json:"statuses"`
	}](c, http.MethodGet, "/api/v2/search", url.Values{"q": {c.Str("uri")}, "resolve": {"true"}, "limit": {"1"}})
	var f *call.Failure
	switch {
	case errors.As(err, &f) || err == nil && len(found.Statuses)+len(found.Accounts) == 0:
		return nil, models.Errorf(models.NotFound, "nothing was found at that address")
	case err != nil:
		return nil, err
	case len(found.Statuses) > 0:
		return call.Redirect(found.Statuses[0].Page()), nil
	}
	return call.Redirect(found.Accounts[0].Page()), nil
}
