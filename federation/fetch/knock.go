package fetch

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"ensemble/federation/sign"
	"ensemble/models"
	"ensemble/models/store"
)

// probeAfter is how long we go on with the dialect that a server took, before we
// try the usual one again.
const probeAfter = 30 * 24 * time.Hour

// A request is what we want of a server; it may take several HTTP requests.
type request struct {
	method string
	at     *url.URL
	accept string
	kind   string // of body
	body   []byte
	bearer string          // a token that the server gave us, for this request
	as     *models.Account // who signs it; nil for nobody
	peer   *models.Peer    // what is known of the server, if that was read just now
	header http.Header     // what else it says
}

// A knock is one way to sign a request.
type knock struct {
	scheme sign.Scheme
	opts   []sign.Option
}

// knocks returns the ways to sign q, the likeliest first: draft-cavage, which
// everybody speaks, or what worked lately. Old servers verify a GET without its
// query string.
func knocks(q request, peer *models.Peer, now time.Time) []knock {
	if q.as == nil {
		return []knock{{}}
	}
	first := sign.Cavage
	if peer != nil && peer.SchemeAt != nil && now.Sub(*peer.SchemeAt) < probeAfter && peer.Scheme == string(sign.RFC9421) {
		first = sign.RFC9421
	}
	var all []knock
	for _, scheme := range []sign.Scheme{first, first.Other()} {
		all = append(all, knock{scheme: scheme})
		if scheme == sign.Cavage && q.method == http.MethodGet && q.at.RawQuery != "" {
			all = append(all, knock{scheme, []sign.Option{sign.WithoutQuery}})
		}
	}
	return all
}

// send makes the request, and makes it again in another dialect if the server did
// not accept the signature ("double-knocking"). The caller closes the answer,
// whatever its status; an error means that there was none.
func (c *Client) send(ctx context.Context, q request) (*http.Response, error) {
	peer, key, err := c.prepare(ctx, q)
	if err != nil {
		return nil, err
	}
	var best *http.Response
	for _, k := range knocks(q, peer, c.db.Now()) {
		resp, err := c.once(ctx, q, key, k)
		if err != nil {
			closeBody(best)
			return nil, err
		}
		if !unaccepted(resp.StatusCode) {
			closeBody(best)
			c.remember(ctx, q, k, peer, resp.StatusCode)
			return resp, nil
		}
		best = moreTelling(best, resp)
	}
	return best, nil
}

// unaccepted reports whether a status may mean that the signature was not
// understood.
func unaccepted(status int) bool {
	return status == http.StatusBadRequest || status == http.StatusUnauthorized || status == http.StatusForbidden
}

// moreTelling keeps one of two refusals: a 401 only says that the dialect was not
// that of the server.
func moreTelling(a, b *http.Response) *http.Response {
	if a != nil && (a.StatusCode != http.StatusUnauthorized || b.StatusCode == http.StatusUnauthorized) {
		closeBody(b)
		return a
	}
	closeBody(a)
	return b
}

// prepare reads what there is to know before a request: whether an admin wants no
// traffic with that server, how it likes to be spoken to, and the key of who
// asks. It is read each time, because other processes change it; a key is for a moment
// what it was.
func (c *Client) prepare(ctx context.Context, q request) (peer *models.Peer, key sign.Key, err error) {
	secret := ""
	if q.as != nil {
		secret = c.secrets.get(q.as.ID, c.db.Now())
	}
	if peer = q.peer; peer == nil || peer.Host != q.at.Host || q.as != nil && secret == "" {
		peer, secret, err = c.look(ctx, q)
	}
	switch {
	case err != nil:
		return nil, key, fmt.Errorf("before a request: %w", err)
	case peer != nil && peer.Blocked:
		return nil, key, models.Refuse(models.Forbidden, codeBlocked, "this server does not talk to %s", q.at.Host)
	case q.as == nil:
		return peer, key, nil
	case secret == "":
		return nil, key, fmt.Errorf("before a request: %s has no private key here", q.as.URI)
	}
	id := q.as.KeyID
	if id == "" {
		id = q.as.URI + "#main-key"
	}
	key, err = c.keys.Key(id, secret)
	return peer, key, err
}

// look reads what is known of the server that q is for, and the key of who signs it.
func (c *Client) look(ctx context.Context, q request) (peer *models.Peer, secret string, err error) {
	err = c.db.Read(ctx, func(tx *store.Tx) error {
		var err error
		if peer, err = store.Maybe[models.Peer](tx, "host = ?", q.at.Host); err != nil {
			return err
		}
		if why, err := store.Shut(tx, q.at.Host); err != nil || why != "" {
			peer = &models.Peer{Host: q.at.Host, Blocked: why != ""}
			return err
		}
		if q.as == nil {
			return nil
		}
		k, err := store.Maybe[models.PrivateKey](tx, "account_id = ?", q.as.ID)
		if err == nil && k != nil {
			secret = k.RSA
			c.secrets.put(q.as.ID, secret, tx.Now)
		}
		return err
	})
	return peer, secret, err
}

// once makes one HTTP request.
func (c *Client) once(ctx context.Context, q request, key sign.Key, k knock) (*http.Response, error) {
	if err := spend(ctx); err != nil {
		return nil, err
	}
	var body io.Reader
	if q.body != nil {
		body = bytes.NewReader(q.body)
	}
	r, err := http.NewRequestWithContext(ctx, q.method, q.at.String(), body)
	if err != nil {
		return nil, models.Refuse(models.Invalid, codeAddress, "%q is not the address of anything on the web", clip(q.at.String()))
	}
	if q.header != nil {
		r.Header = q.header.Clone()
	}
	r.Header.Set("User-Agent", c.agent)
	if q.accept != "" {
		r.Header.Set("Accept", q.accept)
	}
	if q.kind != "" {
		r.Header.Set("Content-Type", q.kind)
	}
	if q.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+q.bearer)
	}
	if q.as != nil {
		if err := sign.Sign(r, q.body, key, k.scheme, c.db.Now(), k.opts...); err != nil {
			return nil, err
		}
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, c.explain(ctx, q.at.Host, err)
	}
	resp.Request = r // a network in memory may not say
	return resp, nil
}

// remember notes the dialect that a server took. Only a success tells: what is not
// there is not there for any signature.
func (c *Client) remember(ctx context.Context, q request, k knock, peer *models.Peer, status int) {
	now := c.db.Now()
	known := peer != nil && peer.Scheme == string(k.scheme) && peer.SchemeAt != nil && now.Sub(*peer.SchemeAt) < probeAfter
	if q.as == nil || known || status < 200 || status > 299 {
		return
	}
	err := c.db.Tx(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		if _, err := store.Add(tx, &models.Peer{Host: q.at.Host, CreatedAt: tx.Now}); err != nil {
			return err
		}
		_, err := store.Set[models.Peer](tx, map[string]any{"scheme": string(k.scheme), "scheme_at": tx.Now}, "host = ?", q.at.Host)
		return err
	})
	if err != nil { // the price is a second knock
		c.log.Warn("the signature dialect of a server was not kept", "host", q.at.Host, "err", err)
	}
}

// closeBody lets the connection be used again, if little is left to read.
func closeBody(resp *http.Response) {
	if resp != nil {
		_, _ = io.CopyN(io.Discard, resp.Body, maxExcuse) // only to save a connection
		_ = resp.Body.Close()
	}
}

// instance returns the account that this server signs with on its own behalf.
func (c *Client) instance(ctx context.Context) (*models.Account, error) {
	if a := c.system.Load(); a != nil {
		return a, nil
	}
	var a *models.Account
	err := c.db.Read(ctx, func(tx *store.Tx) error {
		var err error
		a, err = store.One[models.Account](tx, "system = ? AND domain = ''", true)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find the instance actor: %w", err)
	}
	c.system.Store(a)
	return a, nil
}
