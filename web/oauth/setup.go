package oauth

import (
	"errors"
	"net/http"

	"ensemble/activities/account"
	"ensemble/activities/setup"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
	"ensemble/web/page"
)

// setupRoutes are how a server without an owner gets one.
func (s *Server) setupRoutes() []call.Route {
	return []call.Route{
		{Method: "GET", Path: "/setup", Who: call.Anyone, Page: true, Handler: askSetup},
		{Method: "POST", Path: "/setup", Who: call.Anyone, Page: true, Mode: call.Free, Handler: s.setUp},
	}
}

// afterSetup is the first of the steps that follow, which the owner takes signed in.
const afterSetup = "/admin/setup/server"

type setupView struct {
	Show   string // form or no_token
	Token  string
	Other  string // the other language, in itself
	Link   string
	Domain string
	Wrong  []string
	P      account.Application
}

func setupPage(c *call.Call, status int, v setupView) (any, error) {
	v.Token, v.Domain, v.P.Password = c.Str("token"), c.Site.Domain, ""
	lang := "fr"
	v.Other = "Français"
	if language(c) == "fr" {
		lang, v.Other = "en", "English"
	}
	v.Link = "/setup?token=" + escape(v.Token) + "&lang=" + lang
	return plainPage(c, status, "setup.html", "", page.Page{Title: say(c, "setup_title"), Bare: true, View: v})
}

// askSetup is GET /setup {token}, to which 'ensemble serve' leads.
func askSetup(c *call.Call) (any, error) {
	err := setup.Admits(c.Tx, c.Str("token"))
	switch {
	case models.CodeOf(err) == "setup_token":
		return setupPage(c, http.StatusForbidden, setupView{Show: "no_token"})
	case err != nil:
		return nil, err
	}
	return setupPage(c, http.StatusOK, setupView{Show: "form"})
}

// setUp is POST /setup {token, username, email, password}: the owner is there, and signed
// in.
func (s *Server) setUp(c *call.Call) (any, error) {
	p := account.Application{Username: c.Str("username"), Email: c.Str("email"), Password: c.Str("password")}
	err := s.found(c, &p)
	var no account.Problems
	switch {
	case err == nil:
		return call.Redirect(afterSetup), nil
	case models.CodeOf(err) == "setup_token":
		return setupPage(c, http.StatusForbidden, setupView{Show: "no_token"})
	case errors.As(err, &no):
		v := setupView{Show: "form", P: p}
		for _, one := range no {
			v.Wrong = append(v.Wrong, problemIn(c, one))
		}
		return setupPage(c, http.StatusUnprocessableEntity, v)
	case models.KindOf(err) == models.Conflict:
		return setupPage(c, http.StatusConflict, setupView{Show: "form", P: p, Wrong: []string{say(c, "setup_taken")}})
	}
	return nil, err
}

// found makes the owner of p and signs them in. What takes long is done between two
// transactions.
func (s *Server) found(c *call.Call, p *account.Application) error {
	err := c.InRead(func(tx *store.Tx) error {
		if err := setup.Admits(tx, c.Str("token")); err != nil {
			return err
		}
		return p.CheckFounder(tx)
	})
	if err != nil {
		return err
	}
	hash, keys, err := s.secrets(c, p.Password)
	if err != nil {
		return err
	}
	return c.InTx(func(tx *store.Tx) error {
		a, err := setup.Found(tx, c.Str("token"), account.Spec{Username: p.Username, Email: p.Email, Locale: language(c)}, hash, keys)
		if err != nil {
			return err
		}
		return begin(c, tx, a)
	})
}
