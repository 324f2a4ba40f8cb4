package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"

	"ensemble/federation/wire"
	"ensemble/models"
)

const (
	readPatience = 15 * time.Second
	maxHops      = 4 // from a page to its document, and from there to where it lives
	maxRedirects = 3

	asContext  = "https://www.w3.org/ns/activitystreams"
	asDocument = `application/activity+json, application/ld+json; profile="` + asContext + `"`
)

// A reader reads what servers say to strangers. Unlike federation/fetch it has no
// database, signs nothing and remembers nothing but the accounts of one run.
type reader struct {
	ctx       context.Context
	loose     bool
	transport http.RoundTripper
	actors    map[models.IRI]*models.Account
}

// A reading is what came with a 200.
type reading struct {
	at     models.IRI // after redirects
	header http.Header
	body   []byte
}

// document reads the ActivityStreams document that uri names, whose id is the
// address that it came from (SECURITY rule 4). If it may roam, uri may be a page,
// here or elsewhere, that leads to it; if not, all stays on one server.
func (r *reader) document(uri models.IRI, roam bool) ([]byte, error) {
	accept := asDocument
	if roam {
		accept += ", text/html;q=0.1"
	}
	for range maxHops {
		a, err := r.get(uri, accept, roam)
		if err != nil {
			return nil, err
		}
		if !a.isDocument() {
			next := a.alternate()
			if !roam || next == "" {
				return nil, models.Errorf(models.Invalid, "what is at %s is no ActivityStreams document, and does not say where there is one", a.at)
			}
			uri = next
			continue
		}
		if _, gone := wire.DecodeTombstone(a.body); gone {
			return nil, models.Errorf(models.Gone, "%s was deleted", a.at)
		}
		id, _, err := wire.DecodeType(a.body)
		switch {
		case err != nil:
			return nil, err
		case id == a.at:
			return a.body, nil
		case id == "" || !roam && !id.SameOrigin(a.at):
			return nil, models.Errorf(models.Invalid, "the document at %s says that it is %q", a.at, id)
		}
		uri = id
	}
	return nil, models.Errorf(models.Invalid, "%s leads on and on", uri)
}

// get reads what is at uri.
func (r *reader) get(uri models.IRI, accept string, roam bool) (*reading, error) {
	u, err := url.Parse(string(uri))
	if err != nil || uri.Origin() == "" {
		return nil, models.Errorf(models.Invalid, "%q is not an address on the web", uri)
	}
	if u.Scheme != "https" && !r.loose {
		return nil, models.Errorf(models.Invalid, "%s is not reached over https; --loose allows that", uri)
	}
	u.Fragment = ""
	ctx, cancel := context.WithTimeout(r.ctx, readPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", accept)
	req.Header.Set("User-Agent", "Ensemble/"+version+" (verify)")
	client := &http.Client{Transport: r.transport, CheckRedirect: r.mayFollow(roam)}
	resp, err := client.Do(req)
	if err != nil {
		return nil, unread(u.Host, err)
	}
	defer resp.Body.Close() //nolint:errcheck // nothing was written
	if err := judge(resp); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, wire.MaxBody+1))
	switch {
	case err != nil:
		return nil, unread(u.Host, err)
	case len(body) > wire.MaxBody:
		return nil, models.Errorf(models.Invalid, "%s sends more than is read", u.Host)
	}
	return &reading{at: models.IRI(resp.Request.URL.String()), header: resp.Header, body: body}, nil
}

// mayFollow lets redirects lead elsewhere only where a person's address is looked up.
func (r *reader) mayFollow(roam bool) func(*http.Request, []*http.Request) error {
	return func(next *http.Request, via []*http.Request) error {
		from, to := models.IRI(via[0].URL.String()), models.IRI(next.URL.String())
		switch {
		case len(via) > maxRedirects:
			return models.Errorf(models.Invalid, "%s sends us on and on", via[0].URL.Host)
		case !roam && !from.SameOrigin(to):
			return models.Errorf(models.Invalid, "%s sends us to another server, %s", via[0].URL.Host, next.URL.Host)
		case next.URL.Scheme != "https" && !r.loose:
			return models.Errorf(models.Invalid, "%s sends us to where there is no https", via[0].URL.Host)
		}
		return nil
	}
}

// unread says in a sentence why a server could not be read.
func unread(host string, err error) error {
	var ours *models.Error
	if errors.As(err, &ours) {
		return ours
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return models.Errorf(models.Unreachable, "%s could not be reached: %v", host, err)
}

func judge(resp *http.Response) error {
	at := resp.Request.URL
	switch code := resp.StatusCode; {
	case code == http.StatusOK:
		return nil
	case code == http.StatusNotFound:
		return models.Errorf(models.NotFound, "there is nothing at %s (404)", at)
	case code == http.StatusGone:
		return models.Errorf(models.Gone, "%s is gone for good (410)", at)
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return models.Errorf(models.Unreachable, "%s does not show that to strangers (%d)", at.Host, code)
	default:
		return models.Errorf(models.Unreachable, "%s answers %s", at.Host, resp.Status)
	}
}

// isDocument reports whether the content type is one of the two of ActivityPub §3.2.
func (a *reading) isDocument() bool {
	kind, params, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	return err == nil && (kind == "application/activity+json" ||
		kind == "application/ld+json" && slices.Contains(strings.Fields(params["profile"]), asContext))
}

// alternate returns where a page says that its document is, in a Link header or in
// its head; "" if it does not.
func (a *reading) alternate() models.IRI {
	for _, link := range a.header.Values("Link") {
		address, params, ok := strings.Cut(strings.TrimPrefix(link, "<"), ">")
		if ok && strings.Contains(params, `rel="alternate"`) && strings.Contains(params, "application/activity+json") {
			return a.absolute(address)
		}
	}
	for t := html.NewTokenizer(bytes.NewReader(a.body)); ; {
		switch t.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			attr := map[string]string{}
			tag := t.Token()
			for _, at := range tag.Attr {
				attr[at.Key] = at.Val
			}
			if tag.Data == "link" && attr["rel"] == "alternate" && strings.HasPrefix(attr["type"], "application/activity+json") {
				return a.absolute(attr["href"])
			}
		}
	}
}

func (a *reading) absolute(address string) models.IRI {
	base, err := url.Parse(string(a.at))
	if err != nil {
		return ""
	}
	u, err := base.Parse(address)
	if err != nil {
		return ""
	}
	return models.IRI(u.String())
}

// actor reads an account, once.
func (r *reader) actor(uri models.IRI) (*models.Account, error) {
	if a := r.actors[uri]; a != nil {
		return a, nil
	}
	raw, err := r.document(uri, false)
	if err != nil {
		return nil, err
	}
	a, err := wire.DecodeActor(raw)
	if err == nil && a.URI != uri {
		err = models.Errorf(models.Invalid, "the account at %s says that it is %s", uri, a.URI)
	}
	if err == nil {
		r.actors[uri] = a
	}
	return a, err
}

// handle returns the handle of an account if WebFinger confirms it (SECURITY rule
// 5), and its address if not.
func (r *reader) handle(a *models.Account) string {
	domain := a.URI.Host()
	for range 2 {
		name := a.Username + "@" + domain
		subject, self := r.finger(a.URI, name, domain)
		if self != a.URI || !strings.HasPrefix(strings.ToLower(subject), strings.ToLower("acct:"+a.Username+"@")) {
			break
		}
		if strings.EqualFold(subject, "acct:"+name) {
			return "@" + name
		}
		_, domain, _ = strings.Cut(subject, "@") // which has to agree
	}
	return string(a.URI)
}

// finger asks the server of a domain who goes by a name.
func (r *reader) finger(actor models.IRI, name, domain string) (subject string, self models.IRI) {
	scheme, _, _ := strings.Cut(string(actor), ":")
	at := fmt.Sprintf("%s://%s/.well-known/webfinger?resource=%s", scheme, domain, url.QueryEscape("acct:"+name))
	a, err := r.get(models.IRI(at), "application/jrd+json, application/json", true)
	if err != nil {
		return "", ""
	}
	var jrd struct {
		Subject string `json:"subject"`
		Links   []struct {
			Rel  string     `json:"rel"`
			Type string     `json:"type"`
			Href models.IRI `json:"href"`
		} `json:"links"`
	}
	if json.Unmarshal(a.body, &jrd) != nil {
		return "", ""
	}
	for _, l := range jrd.Links {
		if l.Rel == "self" && (&reading{header: http.Header{"Content-Type": {l.Type}}}).isDocument() {
			return jrd.Subject, l.Href
		}
	}
	return "", ""
}
