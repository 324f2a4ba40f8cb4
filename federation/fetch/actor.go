package fetch

import (
	"context"
	"time"

	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/store"
)

const (
	freshFor     = 24 * time.Hour
	refreshEvery = 5 * time.Minute
)

// Account returns the account whose actor is at exactly uri, from the database if it
// was read there within a day, and else from its server, by which it is kept. One
// that lives here is in the database or NotFound. Of an account whose server cannot
// be reached, or will not speak to us, what was known before is returned. The
// caller looks at State: the suspended and the deleted stay what they are.
func (c *Client) Account(ctx context.Context, uri models.IRI) (*models.Account, error) {
	known, err := c.known(ctx, uri)
	switch {
	case err != nil:
		return nil, err
	case known != nil && (known.Local() || !known.Active() || c.isFresh(known, fresh(known))):
		return known, nil
	}
	a, err := c.learn(ctx, uri, learning{})
	if known != nil && passing(err) {
		return known, nil
	}
	return a, err
}

// Settled returns those of the accounts that Account would answer without asking
// anybody.
func (c *Client) Settled(ctx context.Context, uris []models.IRI) (map[models.IRI]*models.Account, error) {
	out := map[models.IRI]*models.Account{}
	return out, c.db.Read(ctx, func(tx *store.Tx) error {
		all, err := store.Find[models.Account](tx, "uri IN ?", uris)
		for _, a := range all {
			if a.Local() || !a.Active() || c.isFresh(a, fresh(a)) {
				out[a.URI] = a
			}
		}
		return err
	})
}

// passing reports whether an error says nothing about the account itself.
func passing(err error) bool {
	switch models.KindOf(err) {
	case models.Unreachable, models.TooMany:
		return true
	case models.Forbidden:
		code := models.CodeOf(err)
		return code == codeRefused || code == codeBlocked
	}
	return false
}

// Refresh is Account, and asks the server however fresh the account is; where it
// cannot, that is an error. Callers bound how often a stranger can cause it.
func (c *Client) Refresh(ctx context.Context, uri models.IRI) (*models.Account, error) {
	known, err := c.known(ctx, uri)
	if err != nil || known != nil && (known.Local() || known.State == models.AccountDeleted) {
		return known, err
	}
	return c.learn(ctx, uri, learning{fresh: true})
}

// RefreshKey reads an actor anew because a signature did not fit what is known of
// its keys: at most once in five minutes, and TooMany before that.
func (c *Client) RefreshKey(ctx context.Context, a *models.Account) (*models.Account, error) {
	if a.Local() {
		return a, nil
	}
	known, err := c.known(ctx, a.URI)
	if err != nil {
		return nil, err
	}
	tooSoon := models.Refuse(models.TooMany, codeFresh, "the keys of %s were read just now", a.URI)
	if known != nil && c.isFresh(known, refreshEvery) {
		return nil, tooSoon
	}
	key := "refresh " + string(a.URI)
	if err := c.failed.get(key, c.db.Now()); err != nil {
		return nil, err
	}
	c.failed.put(key, tooSoon, c.db.Now())
	return c.Refresh(ctx, a.URI)
}

// fresh is how long what was read of an account holds: of one of whom we were told
// keys alone, not long.
func fresh(a *models.Account) time.Duration {
	if a.Outbox == "" && a.Followers == "" {
		return time.Hour
	}
	return freshFor
}

func (c *Client) isFresh(a *models.Account, within time.Duration) bool {
	return a.FetchedAt != nil && c.db.Now().Sub(*a.FetchedAt) < within
}

// known returns the account as the database has it, nil if it does not. An account
// of this server that it does not have is NotFound.
func (c *Client) known(ctx context.Context, uri models.IRI) (a *models.Account, err error) {
	err = c.db.Read(ctx, func(tx *store.Tx) error {
		a, err = store.Maybe[models.Account](tx, "uri = ?", uri)
		return err
	})
	if err == nil && a == nil && c.site.Owns(uri) {
		err = models.Refuse(models.NotFound, codeNoAccount, "nobody called %s lives here", uri)
	}
	return a, err
}

// A learning is how an account is to be learned.
type learning struct {
	fresh bool     // whatever failed before
	raw   []byte   // the actor, where it was fetched already
	hint  *finger  // what WebFinger said already
	key   wire.Key // which of the actor's keys is asked for
}

// learn reads an actor from its server, judges it, and keeps it.
func (c *Client) learn(ctx context.Context, uri models.IRI, l learning) (*models.Account, error) {
	a, err := flight(ctx, c, "account "+string(uri)+" "+string(l.key.ID), func() (*models.Account, error) {
		raw, err := l.raw, error(nil)
		if raw == nil {
			if raw, err = c.document(ctx, uri, l.fresh); err != nil {
				return nil, err
			}
		}
		a, err := judge(raw, uri, l.key)
		if err != nil {
			return nil, err
		}
		if err := c.name(ctx, a, l.hint); err != nil {
			return nil, err
		}
		return c.keep(ctx, a)
	})
	if err != nil {
		return nil, err
	}
	own := *a // those who waited get their own
	return &own, nil
}

// name sets the handle of an actor. While WebFinger cannot be asked, a handle that
// it confirmed before holds.
func (c *Client) name(ctx context.Context, a *models.Account, hint *finger) error {
	h, err := c.confirm(ctx, a, hint)
	if passing(err) {
		known, e := c.known(ctx, a.URI)
		if e == nil && known != nil && known.Username == a.Username {
			h, err = handle{known.Username, known.Domain}, nil
		}
	}
	a.Username, a.Domain = h.name, h.domain
	return err
}

// Lookup returns the account of a handle, name@domain, with or without an @ before
// it; without a domain, or with that of this server, it is one that lives here. What
// is known is asked again after a day. The account may go by the handle of another
// domain, if both agree on that.
func (c *Client) Lookup(ctx context.Context, acct string) (*models.Account, error) {
	h, ok := parseHandle(acct)
	if !ok {
		if h, ok = parseHandle(acct + "@" + c.site.Domain); !ok {
			return nil, models.Refuse(models.NotFound, codeHandle, "%q is not a handle", clip(acct))
		}
	}
	known, err := c.byHandle(ctx, h)
	switch {
	case err != nil:
		return nil, err
	case known != nil && (known.Local() || !known.Active() || c.isFresh(known, fresh(known))):
		return known, nil
	}
	a, err := c.lookup(ctx, h)
	if known != nil && passing(err) {
		return known, nil
	}
	return a, err
}

func (c *Client) lookup(ctx context.Context, h handle) (*models.Account, error) {
	f, err := c.finger(ctx, c.scheme(), h)
	if err != nil {
		return nil, err
	}
	return c.learn(ctx, f.self, learning{hint: &f})
}

// byHandle returns the account that is known by a handle, nil if there is none. One
// of this server that is not known is NotFound.
func (c *Client) byHandle(ctx context.Context, h handle) (a *models.Account, err error) {
	here := h.domain == c.site.Domain || h.domain == models.IRI(c.site.Origin).Host()
	if here {
		h.domain = ""
	}
	err = c.db.Read(ctx, func(tx *store.Tx) error {
		a, err = store.Maybe[models.Account](tx, "lower(username) = lower(?) AND domain = ?", h.name, h.domain)
		return err
	})
	if err == nil && a == nil && here {
		err = models.Refuse(models.NotFound, codeNoAccount, "nobody called %s lives here", h.name)
	}
	return a, err
}
