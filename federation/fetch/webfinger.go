package fetch

import (
	"context"
	"encoding/json"
	"mime"
	"net/url"
	"strings"

	"ensemble/models"
)

// A handle is a name and the domain that gave it, as WebFinger writes them.
type handle struct {
	name   string
	domain string // in ASCII, with a port if it needs one
}

func (h handle) String() string { return h.name + "@" + h.domain }

// is reports whether two handles are one: case does not matter.
func (h handle) is(other handle) bool {
	return strings.EqualFold(h.name, other.name) && h.domain == other.domain
}

// parseHandle reads name@domain, with or without acct: or an @ before it.
func parseHandle(s string) (handle, bool) {
	s = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(s), "acct:"), "@")
	name, domain, _ := strings.Cut(s, "@")
	domain, ok := asciiHost(domain)
	h := handle{name, domain}
	return h, ok && isName(name) && isDomain(domain)
}

// isName reports whether a handle may begin with s. Names in other scripts are left
// out: nobody can tell two of them apart by eye.
func isName(s string) bool {
	return s != "" && len(s) <= 255 && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '.' || r == '-')
	})
}

// isDomain reports whether s is nothing but a host, perhaps with a port.
func isDomain(s string) bool {
	u, err := url.Parse("https://" + s)
	return err == nil && len(s) <= 255 && u.Host == s && u.User == nil && u.Hostname() != "" &&
		!strings.ContainsAny(s, "/?#@[]%")
}

// A finger is what WebFinger says of a handle (RFC 7033 §4.4): the handle that it
// goes by, and the actor it belongs to.
type finger struct {
	subject handle
	self    models.IRI
	door    string // where people there act on what they saw elsewhere, with {uri} in it; "" if it does not say
}

// finger asks the server of h whose handle that is.
func (c *Client) finger(ctx context.Context, scheme string, h handle) (finger, error) {
	at, err := c.address(models.IRI(scheme + "://" + h.domain + "/.well-known/webfinger?resource=" + url.QueryEscape("acct:"+h.String())))
	if err != nil {
		return finger{}, err
	}
	key := "webfinger " + at.String()
	if err := c.failed.get(key, c.db.Now()); err != nil {
		return finger{}, err
	}
	return flight(ctx, c, key, func() (finger, error) {
		f, err := c.askFinger(ctx, at)
		c.failed.put(key, err, c.db.Now())
		return f, err
	})
}

// askFinger asks without a signature, for WebFinger is public; it may send us on to
// another server (RFC 7033 §7).
func (c *Client) askFinger(ctx context.Context, at *url.URL) (finger, error) {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	resp, err := c.get(ctx, request{at: at, accept: "application/jrd+json, application/json"}, true)
	if err != nil {
		return finger{}, err
	}
	defer closeBody(resp)
	switch kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind {
	case "application/jrd+json", "application/json":
	default:
		return finger{}, models.Refuse(models.Invalid, codeType, "the WebFinger of %s answers with %q", at.Host, clip(kind))
	}
	raw, err := c.body(ctx, resp, maxFinger)
	if err != nil {
		return finger{}, err
	}
	f, ok := parseFinger(raw)
	if !ok {
		return finger{}, models.Refuse(models.Invalid, codeHandle, "the WebFinger of %s names no account", at.Host)
	}
	return f, nil
}

// subscribe is the rel of a template that leads people back home (OStatus 1.0 §3.1; every
// big server has it).
const subscribe = "http://ostatus.org/schema/1.0/subscribe"

// Door returns the address at which who goes by acct can act on uri, at their own server.
// Its error is NotFound for what is no handle, or has no such address.
func (c *Client) Door(ctx context.Context, acct string, uri models.IRI) (models.IRI, error) {
	h, ok := parseHandle(acct)
	if !ok {
		return "", models.Refuse(models.NotFound, codeHandle, "%q is not a handle", clip(acct))
	}
	scheme := c.scheme()
	f, err := c.finger(ctx, scheme, h)
	if err != nil {
		return "", err
	}
	to := models.IRI(strings.Replace(f.door, "{uri}", url.QueryEscape(string(uri)), 1))
	if _, ok := parse(to); !ok || !strings.Contains(f.door, "{uri}") || !strings.HasPrefix(f.door, scheme+"://") {
		return "", models.Refuse(models.NotFound, "no_door", "%s does not say how its people follow from elsewhere", h.domain)
	}
	return to, nil
}

// scheme is how servers are reached of whom nothing but a name is known.
func (c *Client) scheme() string {
	if c.site.Loose && !c.site.Secure() {
		return "http"
	}
	return "https"
}

// parseFinger reads a JRD. Its subject must be a handle, and its first self link of
// an ActivityPub type an address.
func parseFinger(raw []byte) (finger, bool) {
	var jrd struct {
		Subject string `json:"subject"`
		Links   []struct {
			Rel      string `json:"rel"`
			Type     string `json:"type"`
			Href     string `json:"href"`
			Template string `json:"template"`
		} `json:"links"`
	}
	if json.Unmarshal(raw, &jrd) != nil || !strings.HasPrefix(jrd.Subject, "acct:") {
		return finger{}, false
	}
	h, ok := parseHandle(jrd.Subject)
	if !ok {
		return finger{}, false
	}
	f := finger{subject: h}
	for _, l := range jrd.Links {
		if l.Rel == subscribe && f.door == "" {
			f.door = l.Template
		}
	}
	for _, l := range jrd.Links {
		if l.Rel != "self" || !isDocument(map[string][]string{"Content-Type": {l.Type}}) {
			continue
		}
		if _, ok := parse(models.IRI(l.Href)); ok {
			f.self = models.IRI(l.Href)
			return f, true
		}
	}
	return finger{}, false
}

// confirm returns the handle of an actor, to which the WebFinger of that handle's
// server points back (SECURITY rule 5). hint is what WebFinger has said already,
// if anything, so that it is not asked twice.
//
// The server of the actor is asked first: nobody else may give its people names.
// It may say that they go by those of another domain, which then must agree.
func (c *Client) confirm(ctx context.Context, a *models.Account, hint *finger) (handle, error) {
	u, ok := parse(a.URI)
	if !ok || !isName(a.Username) {
		return handle{}, models.Refuse(models.Invalid, codeHandle, "the name %q of %s cannot be part of a handle", clip(a.Username), a.URI)
	}
	own := handle{a.Username, u.Host}
	if u.Host == c.site.Domain {
		return handle{}, models.Refuse(models.Forbidden, codeHandle, "%s would have the handle of somebody who lives here", a.URI)
	}
	f, err := c.fingerOr(ctx, u.Scheme, own, hint)
	switch k := models.KindOf(err); {
	case k == models.NotFound, k == models.Gone: // the handle is, not the actor
		return handle{}, models.Refuse(models.Invalid, codeHandle, "%s knows nobody called @%s", u.Host, own)
	case err != nil:
		return handle{}, err
	case !same(f.self, a.URI) || !strings.EqualFold(f.subject.name, a.Username):
		return handle{}, models.Refuse(models.Invalid, codeHandle, "%s does not say that @%s is %s", u.Host, own, a.URI)
	case f.subject.is(own) || f.subject.domain == c.site.Domain:
		return own, nil
	}
	there, err := c.fingerOr(ctx, u.Scheme, f.subject, hint)
	switch {
	case err == nil && there.subject.is(f.subject) && same(there.self, a.URI):
		return handle{a.Username, f.subject.domain}, nil
	case models.KindOf(err) == models.Unreachable || models.KindOf(err) == models.TooMany:
		return handle{}, err
	}
	return own, nil
}

// fingerOr is finger, unless hint is its answer.
func (c *Client) fingerOr(ctx context.Context, scheme string, h handle, hint *finger) (finger, error) {
	if hint != nil && hint.subject.is(h) {
		return *hint, nil
	}
	return c.finger(ctx, scheme, h)
}
