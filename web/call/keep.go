package call

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"ensemble/models"
	"ensemble/models/store"
)

// Keep returns what is left of a call whose answer goes on long after it: a stream. It
// holds no more of what was sent than these headers and parameters, and of who asks no
// more than an ID. At makes calls of it.
func (c *Call) Keep(headers, params []string) *Call {
	r := &http.Request{Method: c.Request.Method, URL: &url.URL{}, Header: http.Header{}}
	for _, name := range headers {
		if v := c.GetHeader(name); v != "" {
			r.Header.Set(name, v)
		}
	}
	kept := &Call{Context: &gin.Context{Request: r}, Site: c.Site, server: c.server, route: c.route}
	for _, name := range params {
		for _, n := range []string{name, name + "[]"} {
			if v := c.asked.values[n]; len(v) > 0 {
				if kept.asked.values == nil {
					kept.asked.values = url.Values{}
				}
				kept.asked.values[n] = v
			}
		}
	}
	return kept
}

// At returns the kept call as its client would make it now, in tx: for views alone. me
// and u are nil for a stranger.
func (c *Call) At(tx *store.Tx, me *models.Account, u *models.User) *Call {
	now := *c
	now.Tx, now.Me, now.User = tx, me, u
	return &now
}

// Reading runs fn in a transaction for reading, whatever became of the request.
func (c *Call) Reading(ctx context.Context, fn func(tx *store.Tx) error) error {
	return c.server.DB.Read(ctx, fn)
}

// Bearer returns the token that was sent, "" for none: for what has to send it on.
func (c *Call) Bearer() string { return c.bearer() }
