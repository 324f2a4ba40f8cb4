package oauth

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"ensemble/web/call"
)

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

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

	Lang   string
	W      map[string]string
	Title  string
	Handle string
	Fields []field
	Scopes []field // each with a sentence
	Other  string  // where to sign in as somebody else
}

type field struct{ Name, Value string }

func page(c *call.Call, status int, v view) (any, error) {
	v.W, v.Lang, v.Title, v.Action = words(c), language(c), title(c.Site), "/auth/sign_in"
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
			v.Scopes = append(v.Scopes, field{s, sentenceFor(v.W, s)})
		}
	}
	v.To, v.Passkey = onward(c, v.Request), v.Show == "sign_in" || v.Show == "second"
	got, err := plainPage(pageTemplate, status, redirect, v)
	if a, ok := got.(call.Answer); ok && v.Passkey { // the one script, which talks to us alone
		a.Header["Content-Security-Policy"][0] += "; script-src 'self'; connect-src 'self'"
	}
	return got, err
}

// plainPage is a page that runs nothing, is kept by nobody, and whose forms lead to
// us, or on to redirect.
func plainPage(t *template.Template, status int, redirect string, view any) (any, error) {
	var b bytes.Buffer
	if err := t.Execute(&b, view); err != nil {
		return nil, fmt.Errorf("page %s: %w", t.Name(), err)
	}
	a := call.HTML(status, b.Bytes())
	a.Header = http.Header{
		"Content-Security-Policy": {policy(redirect)},
		"Referrer-Policy":         {"no-referrer"},
		"X-Frame-Options":         {"DENY"},
		"Vary":                    {"Accept-Language, Cookie"},
	}
	return a, nil
}

// plainHost and plainScheme are what may stand in a policy.
var (
	plainHost   = regexp.MustCompile(`^[A-Za-z0-9.:\[\]-]+$`)
	plainScheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*$`)
)

// policy allows our own style sheet and our own form, and that the answer to the
// form leads on to the app: Chromium holds redirects to form-action as well.
func policy(redirect string) string {
	forms := "'self'"
	if u, err := url.Parse(redirect); err == nil {
		switch {
		case (u.Scheme == "https" || u.Scheme == "http") && plainHost.MatchString(u.Host):
			forms += " " + u.Scheme + "://" + u.Host
		case redirect != oob && u.Scheme != "http" && u.Scheme != "https" && plainScheme.MatchString(u.Scheme):
			forms += " " + u.Scheme + ":"
		}
	}
	return "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action " + forms
}

// sentenceFor says what a scope lets an app do.
func sentenceFor(w map[string]string, scope string) string {
	for s := scope; s != ""; {
		if text, ok := w["scope "+s]; ok {
			return text
		}
		i := strings.LastIndexByte(s, ':')
		s = s[:max(i, 0)]
	}
	return scope
}
