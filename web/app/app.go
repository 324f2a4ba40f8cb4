// Package app is what people see who come with a browser. Public pages are plain HTML
// without scripts, made from the nouns. What is for who is signed in is a client of the
// API, as any app is: a page asks it (call.Fetch) for what it shows, and a form that is
// sent becomes a call. How pages look is this package's own affair.
package app

import (
	"embed"
	"net/http"
	"net/url"
	"slices"

	"ensemble/web/call"
	"ensemble/web/page"
)

//go:embed pages/*.html words/*.json
var files embed.FS

var set = page.New(files)

// Routes returns the pages.
func Routes() []call.Route {
	return slices.Concat(publicRoutes(), readRoutes(), threadRoutes(), personRoutes(), noticeRoutes(), listRoutes(), findRoutes(),
		requestRoutes(), collabRoutes(), creditRoutes(), composeRoutes(), moderationRoutes(), settingsRoutes(), legalRoutes())
}

func publicRoutes() []call.Route {
	return []call.Route{
		{Method: "GET", Path: "/", Who: call.Anyone, Page: true, Mode: call.Free, Handler: home},
		{Method: "GET", Path: "/share.png", Who: call.Nobody, Mode: call.Free, Handler: shareSite},
		{Method: "GET", Path: "/about", Who: call.Anyone, Page: true, Mode: call.Free, Handler: about},
		{Method: "GET", Path: "/about/rollout", Who: call.Anyone, Page: true, Handler: rolloutPage},
		{Method: "GET", Path: "/@:name", Who: call.Anyone, Page: true, Mode: call.Free, Handler: signedIn(person, profile)},
		{Method: "GET", Path: "/@:name/:id", Who: call.Anyone, Page: true, Mode: call.Free, Handler: signedIn(thread, post)},
	}
}

// Words says what a code of an error means: see page.Set.
func Words(c *call.Call, code string) string { return set.Words(c, code) }

// Error is the page that tells of an error; who has to sign in first is sent to do so.
func Error(c *call.Call, status int, code, sentence string) call.Answer {
	if status == http.StatusUnauthorized && c.Me == nil && c.Request.Method == http.MethodGet {
		return call.Redirect("/auth/sign_in?return_to=" + url.QueryEscape(c.Request.URL.RequestURI()))
	}
	p := page.Page{Title: set.Status(c, status), View: set.Sentence(c, status, code, sentence), Shape: "narrow"}
	a, err := set.Show(c, status, "error.html", p)
	if err != nil {
		return call.Answer{Status: status, Type: "text/plain; charset=utf-8", Body: []byte(sentence + "\n")}
	}
	return a
}
