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
	scheme  sign.Scheme
	ed25519 bool // by the key of assertionMethod (FEP-521a), and not by that of publicKey
	opts    []sign.Option
}

// knocks returns the ways to sign q, the likeliest first: RFC 9421 with Ed25519 for
// who wants it, else draft-cavage, which everybody speaks, or what worked lately. Old
// servers verify a GET without its query string.
func knocks(q request, peer *models.Peer, now time.Time) []knock {
	if q.as == nil {
		return []knock{{}}
	}
	first := sign.Cavage
	if recent(peer, now) && peer.Scheme == string(sign.RFC9421) {
		first = sign.RFC9421
	}
	var all []knock
	if len(q.as.Assertions) > 0 && modern(peer, now) {
		all = append(all, knock{scheme: sign.RFC9421, ed25519: true})
	}
	for _, scheme := range []sign.Scheme{first, first.Other()} {
		all = append(all, knock{scheme: scheme})
		if scheme == sign.Cavage && q.method == http.MethodGet && q.at.RawQuery != "" {
			all = append(all, knock{scheme: scheme, opts: []sign.Option{sign.WithoutQuery}})
		}
	}
	return all
}

// recent reports whether it is known in what dialect peer is spoken to.
func recent(peer *models.Peer, now time.Time) bool {
	return peer != nil && peer.SchemeAt != nil && now.Sub(*peer.SchemeAt) < probeAfter
}

// modern reports whether peer is to be asked to verify Ed25519: it says that it
// verifies RFC 9421, or was seen to and has such keys itself; and it did not refuse
// that lately.
func modern(peer *models.Peer, now time.Time) bool {
	if peer == nil || peer.MultikeyRefusedAt != nil && now.Sub(*peer.MultikeyRefusedAt) < probeAfter {
		return false
	}
	return peer.Verifies || peer.Multikeys && recent(peer, now) && peer.Scheme == string(sign.RFC9421)
}

// send makes the request, and makes it again in another dialect if the server did
// not accept the signature ("double-knocking"). The caller closes the answer,
// whatever its status; an error means that there was none.
func (c *Client) send(ctx context.Context, q request) (*http.Response, error) {
	peer, keys, err := c.prepare(ctx, q)
	if err != nil {
		return nil, err
	}
	var best *http.Response
	all := knocks(q, peer, c.db.Now())
	for _, k := range all {
		resp, err := c.once(ctx, q, keys, k)
		if err != nil {
			closeBody(best)
			return nil, err
		}
		if !unaccepted(resp.StatusCode) {
			closeBody(best)
			c.remember(ctx, q, k, peer, all[0].ed25519 && !k.ed25519, resp.StatusCode)
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
// traffic with that server, how it likes to be spoken to, and the keys of who
// asks. It is read each time, because other processes change it; keys are for a moment
// what they were.
func (c *Client) prepare(ctx context.Context, q request) (peer *models.Peer, keys secret, err error) {
	if q.as != nil {
		keys = c.secrets.get(q.as.ID, c.db.Now())
	}
	if peer = q.peer; peer == nil || peer.Host != q.at.Host || q.as != nil && keys.rsa == "" {
		peer, keys, err = c.look(ctx, q)
	}
	switch {
	case err != nil:
		return nil, keys, fmt.Errorf("before a request: %w", err)
	case peer != nil && peer.Blocked:
		return nil, keys, models.Refuse(models.Forbidden, codeBlocked, "this server does not talk to %s", q.at.Host)
	case q.as != nil && keys.rsa == "":
		return nil, keys, fmt.Errorf("before a request: %s has no private key here", q.as.URI)
	}
	return peer, keys, nil
}

// keyFor returns the key of who signs that k is made with.
func (c *Client) keyFor(as *models.Account, keys secret, k knock) (sign.Key, error) {
	if k.ed25519 {
		return c.keys.Key(as.Assertions[0].ID, keys.ed25519)
	}
	id := as.KeyID
	if id == "" {
		id = as.URI + "#main-key"
	}
	return c.keys.Key(id, keys.rsa)
}

// look reads what is known of the server that q is for, and the keys of who signs it.
func (c *Client) look(ctx context.Context, q request) (peer *models.Peer, keys secret, err error) {
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
			keys = secret{rsa: k.RSA, ed25519: k.Ed25519}
			c.secrets.put(q.as.ID, keys, tx.Now)
		}
		return err
	})
	return peer, keys, err
}

// once makes one HTTP request.
func (c *Client) once(ctx context.Context, q request, keys secret, k knock) (*http.Response, error) {
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
		key, err := c.keyFor(q.as, keys, k)
		if err != nil {
			return nil, err
		}
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

// remember notes the dialect that a server took, and that it did not take Ed25519.
// Only a success tells: what is not there is not there for any signature.
func (c *Client) remember(ctx context.Context, q request, k knock, peer *models.Peer, refused bool, status int) {
	known := recent(peer, c.db.Now()) && peer.Scheme == string(k.scheme)
	if q.as == nil || known && !refused || status < 200 || status > 299 {
		return
	}
	err := c.db.Tx(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		return store.Spoke(tx, q.at.Host, string(k.scheme), refused)
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
