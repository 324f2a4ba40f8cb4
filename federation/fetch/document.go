package fetch

import (
	"context"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ensemble/federation/wire"
	"ensemble/models"
)

const (
	activityStreams = "https://www.w3.org/ns/activitystreams"
	activityJSON    = "application/activity+json"
	acceptDocument  = activityJSON + `, application/ld+json; profile="` + activityStreams + `"`
)

// Document reads the ActivityStreams document that uri names, signed by the
// instance actor. It is what its server says under its id: the id of the document
// is the address it came from, in the end (SECURITY rule 4). Where uri is another
// address of it, such as a web page, the id says so, and is what to go by.
//
// It is NotFound or Gone (Tombstones too) if its server says so, Unreachable if it
// may be had later, and Invalid or Forbidden if it is not what it should be. A
// failure is remembered for some minutes, and one fetch at a time is made of a
// document.
func (c *Client) Document(ctx context.Context, uri models.IRI) ([]byte, error) {
	return c.document(ctx, uri, false)
}

// document is Document, and asks again after a failure if it has to be fresh.
func (c *Client) document(ctx context.Context, uri models.IRI, fresh bool) ([]byte, error) {
	at, err := c.address(uri)
	if err != nil {
		return nil, err
	}
	key := "document " + at.String()
	if !fresh {
		if err := c.failed.get(key, c.db.Now()); err != nil {
			return nil, err
		}
	}
	return flight(ctx, c, key, func() ([]byte, error) {
		as, err := c.instance(ctx)
		if err != nil {
			return nil, err
		}
		raw, err := c.read(ctx, at, as)
		c.failed.put(key, err, c.db.Now())
		return raw, err
	})
}

// DocumentAs is Document, signed by an account that lives here, and with nothing
// remembered: what one account is refused another may be given.
func (c *Client) DocumentAs(ctx context.Context, uri models.IRI, as *models.Account) ([]byte, error) {
	at, err := c.address(uri)
	if err != nil {
		return nil, err
	}
	return flight(ctx, c, "as "+string(as.URI)+" document "+at.String(), func() ([]byte, error) {
		return c.read(ctx, at, as)
	})
}

// read gets the document at u. If its id is another address of its server, that
// one is asked in its place, once.
func (c *Client) read(ctx context.Context, u *url.URL, as *models.Account) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	raw, id, final, err := c.readOnce(ctx, u, as)
	if err != nil {
		return nil, err
	}
	if !same(id, final) {
		if !sameOrigin(id, final) {
			return nil, models.Refuse(models.Invalid, codeID, "the document at %s says that it is %q of another server", final, clip(string(id)))
		}
		if u, err = c.address(id); err != nil {
			return nil, err
		}
		if raw, id, final, err = c.readOnce(ctx, u, as); err != nil {
			return nil, err
		}
		if !same(id, final) {
			return nil, models.Refuse(models.Invalid, codeID, "the document at %s says that it is %q", final, clip(string(id)))
		}
	}
	if _, gone := wire.DecodeTombstone(raw); gone {
		return nil, models.Refuse(models.Gone, "tombstone", "%s was deleted", final)
	}
	return raw, nil
}

// readOnce gets what is at u after redirects, and finds out what it calls itself.
func (c *Client) readOnce(ctx context.Context, u *url.URL, as *models.Account) (raw []byte, id, final models.IRI, err error) {
	resp, err := c.get(ctx, request{at: u, accept: acceptDocument, as: as}, false)
	if err != nil {
		return nil, "", "", err
	}
	defer closeBody(resp)
	at := resp.Request.URL
	if !isDocument(resp.Header) {
		return nil, "", "", models.Refuse(models.Invalid, codeType, "what is at %s is no ActivityStreams document, but %q",
			at, clip(resp.Header.Get("Content-Type")))
	}
	if raw, err = c.body(ctx, resp, maxDocument); err != nil {
		return nil, "", "", err
	}
	id, _, err = wire.DecodeType(raw)
	return raw, id, models.IRI(at.String()), err
}

// isDocument reports whether the content type is one of the two of ActivityPub
// §3.2, and nothing that a browser or an upload could pass for.
func isDocument(h http.Header) bool {
	values := h.Values("Content-Type")
	if len(values) != 1 {
		return false
	}
	kind, params, err := mime.ParseMediaType(values[0])
	switch {
	case err != nil:
		return false
	case kind == "application/ld+json":
		return slices.Contains(strings.Fields(params["profile"]), activityStreams)
	}
	return kind == activityJSON
}

// get makes a GET and follows redirects, signing anew each time: within the server,
// or, if it may roam, to any. What it returns is a 200, to be closed.
func (c *Client) get(ctx context.Context, q request, roam bool) (*http.Response, error) {
	q.method = http.MethodGet
	for range maxRedirects + 1 {
		resp, err := c.send(ctx, q)
		switch {
		case err != nil:
			return nil, err
		case resp.StatusCode == http.StatusOK:
			return resp, nil
		}
		if !isRedirect(resp.StatusCode) {
			defer closeBody(resp)
			return nil, outcome(resp, c.db.Now())
		}
		closeBody(resp)
		if q.at, err = c.follow(resp, roam); err != nil {
			return nil, err
		}
	}
	return nil, models.Refuse(models.Invalid, codeRedirect, "%s sends us on and on", q.at.Host)
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// follow returns where an answer sends us.
func (c *Client) follow(resp *http.Response, roam bool) (*url.URL, error) {
	from := resp.Request.URL
	to, err := resp.Location()
	if err != nil {
		return nil, models.Refuse(models.Invalid, codeRedirect, "%s sends us somewhere else, but not where", from.Host)
	}
	u, err := c.address(models.IRI(to.String()))
	switch {
	case err != nil:
		return nil, err
	case !roam && (u.Scheme != from.Scheme || u.Host != from.Host):
		return nil, models.Refuse(models.Forbidden, codeRedirect, "%s sends us to another server, %s", from.Host, clip(u.Host))
	}
	return u, nil
}

// body reads an answer of at most max bytes, after decompression.
func (c *Client) body(ctx context.Context, resp *http.Response, max int64) ([]byte, error) {
	host := resp.Request.URL.Host
	b, err := io.ReadAll(io.LimitReader(resp.Body, max+1))
	switch {
	case err != nil:
		return nil, c.explain(ctx, host, err)
	case int64(len(b)) > max:
		return nil, models.Refuse(models.Invalid, codeTooLong, "%s sends more than the %d kB that are read", host, max>>10)
	}
	return b, nil
}

// sameOrigin is SameOrigin for addresses whose hosts may be written in two ways.
func sameOrigin(a, b models.IRI) bool {
	u, ok := parse(a)
	v, also := parse(b)
	return ok && also && u.Scheme == v.Scheme && u.Host == v.Host
}

// Note reads the post that uri names. Its author is of the server that it is of;
// its id may be another address there, as for Document.
func (c *Client) Note(ctx context.Context, uri models.IRI) (*models.Note, error) {
	raw, err := c.Document(ctx, uri)
	if err != nil {
		return nil, err
	}
	n, err := wire.DecodeNote(raw)
	switch {
	case err != nil:
		return nil, err
	case !n.Author.SameOrigin(n.URI):
		return nil, models.Refuse(models.Forbidden, codeOrigin, "%s is said to be by %s of another server", n.URI, n.Author)
	}
	return n, nil
}
