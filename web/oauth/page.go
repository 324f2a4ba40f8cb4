package oauth

import (
	"net/url"
	"regexp"
	"strings"

	"ensemble/web/call"
	"ensemble/web/page"
)

// A view is what the one page of this package shows.
type view struct {
	Show    string   // sign_in, consent, code or refused
	Request *request // nil: nobody asks but the person
	Action  string
	To      string // where a passkey leads
	Passkey bool   // one is offered
	Login   string
	Wrong   string
	Code    string

	Handle string
	Fields []field
	Scopes []field // each with a sentence
	Other  string  // where to sign in as somebody else
}

type field struct{ Name, Value string }

func show(c *call.Call, status int, v view) (any, error) {
	v.Action = "/auth/sign_in"
	if c.Me != nil {
		v.Handle = c.Me.Handle(c.Site)
	}
	other := url.Values{"force_login": {"true"}}
	for _, f := range fields {
		if s := c.Str(f); s != "" {
			v.Fields = append(v.Fields, field{f, s})
			other.Set(f, s)
		}
	}
	redirect := ""
	if v.Request != nil {
		v.Action, v.Other, redirect = "/oauth/authorize", "/oauth/authorize?"+other.Encode(), v.Request.Redirect
		for _, s := range strings.Fields(v.Request.Scopes) {
			v.Scopes = append(v.Scopes, field{s, sentenceFor(set.For(c), s)})
		}
	}
	v.To, v.Passkey = onward(c, v.Request), v.Show == "sign_in" || v.Show == "second"
	p := page.Page{Title: say(c, titles[v.Show]), Wrong: v.Wrong, Bare: v.Request != nil, View: v}
	if v.Passkey {
		p.Scripts = []string{"passkey.js"}
	}
	return plainPage(c, status, "sign_in.html", redirect, p)
}

var titles = map[string]string{"sign_in": "title", "second": "second", "consent": "consent", "code": "code_title"}

// plainPage is a page that is kept by nobody, and whose forms lead to us, or on to
// redirect.
func plainPage(c *call.Call, status int, name, redirect string, p page.Page) (any, error) {
	if p.Shape == "" {
		p.Shape = "narrow"
	}
	a, err := set.Show(c, status, name, p)
	if err != nil {
		return nil, err
	}
	if to := onTo(redirect); to != "" {
		page.LeadOn(a, to)
	}
	a.Header.Set("Referrer-Policy", "no-referrer")
	a.Header.Set("Cache-Control", "private, no-store")
	return a, nil
}

// plainHost and plainScheme are what may stand in a policy.
var (
	plainHost   = regexp.MustCompile(`^[A-Za-z0-9.:\[\]-]+$`)
	plainScheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*$`)
)

// onTo returns what a policy has to name so that the answer to a form may lead on to an
// app at redirect: Chromium holds redirects to form-action as well. "" is for nothing.
func onTo(redirect string) string {
	u, err := url.Parse(redirect)
	switch {
	case err != nil || redirect == oob:
		return ""
	case (u.Scheme == "https" || u.Scheme == "http") && plainHost.MatchString(u.Host):
		return u.Scheme + "://" + u.Host
	case u.Scheme != "http" && u.Scheme != "https" && plainScheme.MatchString(u.Scheme):
		return u.Scheme + ":"
	}
	return ""
}

// sentenceFor says what a scope lets an app do.
func sentenceFor(w *page.Page, scope string) string {
	for s := scope; s != ""; {
		if key := "auth.scope." + s; w.Can(key) {
			return w.T(key)
		}
		i := strings.LastIndexByte(s, ':')
		s = s[:max(i, 0)]
	}
	return scope
}
