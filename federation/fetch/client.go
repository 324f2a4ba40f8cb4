// Package fetch is the only client of the program that calls other servers: it
// reads actors, keys, documents, stamps and pictures, asks WebFinger, and posts to
// inboxes. It keeps to itself which addresses may be called, how much is read, in
// what dialect a server wants its requests signed, and what is not asked twice.
// What it returns was said by the server it is of; whether that is true, and what
// follows from it, is for others to say.
package fetch

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"ensemble/federation/sign"
	"ensemble/models"
	"ensemble/models/store"
)

// Limits on one request (SECURITY rules 9 and 10).
const (
	patience      = 10 * time.Second // for all of a document, redirects and second knocks too
	mediaPatience = time.Minute
	maxRedirects  = 3
	maxDocument   = 1 << 20 // bytes, after decompression
	maxFinger     = 64 << 10
	maxExcuse     = 4 << 10 // of the body of a refusal
)

// Config says on whose behalf a Client calls, and through what.
type Config struct {
	DB *store.DB
	// Transport carries the requests; nil means the guarded one of this package.
	// Another one, such as a network in memory, must do its own guarding.
	Transport http.RoundTripper
	UserAgent string
	Log       *slog.Logger
}

// A Client calls other servers. It may be shared, and there should be one a
// process, because it reuses connections and remembers what failed.
type Client struct {
	db       *store.DB
	site     models.Site
	http     *http.Client
	agent    string
	log      *slog.Logger
	patience time.Duration
	keys     sign.Keyring
	secrets  secrets
	system   atomic.Pointer[models.Account] // the instance actor, once it was needed
	flights  singleflight.Group
	failed   failures
}

// New returns a Client. It calls nobody yet, and reads nothing from the database.
func New(c Config) *Client {
	transport := c.Transport
	if transport == nil {
		transport = newTransport(guardian(c.DB.Site.Loose), c.DB.Site.Loose)
	}
	return &Client{
		db:   c.DB,
		site: c.DB.Site,
		http: &http.Client{
			Transport: transport,
			// Redirects are followed by get, which signs every request anew.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		agent:    cmp.Or(c.UserAgent, "Ensemble (+"+c.DB.Site.Origin+"/)"),
		log:      cmp.Or(c.Log, slog.Default()),
		patience: patience,
	}
}

type budgetKey struct{}

// WithBudget returns a context under which at most n requests leave this server,
// redirects and second knocks included; what would need one more fails as TooMany.
// It bounds what one received activity can make us do (SECURITY rule 9).
func WithBudget(ctx context.Context, n int) context.Context {
	b := new(atomic.Int64)
	b.Store(int64(n))
	return context.WithValue(ctx, budgetKey{}, b)
}

// spend takes one request off the budget of ctx, if it has one.
func spend(ctx context.Context) error {
	if b, ok := ctx.Value(budgetKey{}).(*atomic.Int64); ok && b.Add(-1) < 0 {
		return models.Refuse(models.TooMany, codeBudget, "this takes more requests to other servers than one activity may cause")
	}
	return nil
}
