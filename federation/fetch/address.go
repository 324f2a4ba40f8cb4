package fetch

import (
	"net/url"
	"strings"

	"golang.org/x/net/idna"

	"ensemble/federation/wire"
	"ensemble/models"
)

// address reads uri as the address of a request to another server: without a
// fragment, its host in ASCII. Over http we call only where the site is loose, and
// ourselves we never call: what is here is in the database.
func (c *Client) address(uri models.IRI) (*url.URL, error) {
	u, ok := parse(uri)
	switch {
	case !ok:
		return nil, models.Refuse(models.Invalid, codeAddress, "%q is not the address of anything on the web", clip(string(uri)))
	case u.Scheme != "https" && !c.site.Loose:
		return nil, models.Refuse(models.Forbidden, codeAddress, "%s is not to be reached over https", u.Host)
	case c.site.Owns(models.IRI(u.String())):
		return nil, models.Refuse(models.Invalid, codeOwn, "%s is on this server itself", u)
	}
	return u, nil
}

// parse takes an address apart. Two ways to write one host are the same host
// (SECURITY rule 5).
func parse(uri models.IRI) (*url.URL, bool) {
	if len(uri) > wire.MaxIRI || uri.Origin() == "" {
		return nil, false
	}
	u, err := url.Parse(string(uri))
	if err != nil {
		return nil, false
	}
	u.Fragment, u.RawFragment = "", ""
	host, ok := asciiHost(u.Host)
	if !ok {
		return nil, false
	}
	u.Host = strings.TrimSuffix(host, map[string]string{"https": ":443", "http": ":80"}[u.Scheme])
	if u.Path == "" {
		u.Path = "/"
	}
	return u, true
}

// asciiHost returns a host as DNS knows it, in lower case and without the dot at
// its end; a port stays.
func asciiHost(host string) (string, bool) {
	host = strings.ToLower(host)
	if strings.HasPrefix(host, "[") {
		return host, true // an IPv6 address
	}
	name, port, hasPort := strings.Cut(host, ":")
	name = strings.TrimSuffix(name, ".")
	if strings.ContainsFunc(name, func(r rune) bool { return r >= 0x80 }) {
		var err error
		if name, err = idna.Lookup.ToASCII(name); err != nil {
			return "", false
		}
	}
	if hasPort {
		return name + ":" + port, name != ""
	}
	return name, name != ""
}

// plain returns the address of the document that uri names: fragments name parts.
func plain(uri models.IRI) models.IRI {
	document, _, _ := strings.Cut(string(uri), "#")
	return models.IRI(document)
}

// same reports whether two names are one: they are compared as strings, but for
// how the host is written (ensemble/1 §7 G1).
func same(a, b models.IRI) bool {
	if strings.Contains(string(a), "#") || strings.Contains(string(b), "#") {
		return a == b
	}
	u, ok := parse(a)
	v, also := parse(b)
	return ok && also && u.String() == v.String()
}

// clip bounds what of a stranger's text gets into a sentence of ours.
func clip(s string) string {
	const most = 200
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
