package main

import (
	"context"

	"ensemble/activities/collab"
	"ensemble/activities/interaction"
	"ensemble/activities/post"
	"ensemble/federation/fetch"
	"ensemble/models"
	"ensemble/models/store"
)

// A finder looks for accounts and posts on other servers on behalf of the client
// API: web and federation do not know each other, so they meet here.
type finder struct {
	db    *store.DB
	peers *fetch.Client
}

// Lookup returns the account that is called name@domain.
func (f *finder) Lookup(ctx context.Context, acct string) (*models.Account, error) {
	return f.peers.Lookup(ctx, acct)
}

// Resolve returns what uri names, getting it from its server if it is not here: an
// "account" or a "post".
func (f *finder) Resolve(ctx context.Context, uri models.IRI) (kind string, id models.ID, err error) {
	if kind, id, err = f.here(ctx, uri); err != nil || id != 0 {
		return kind, id, err
	}
	if f.db.Site.Owns(uri) {
		return "", 0, models.Errorf(models.NotFound, "there is nothing at %s", uri)
	}
	n, err := f.peers.Note(ctx, uri)
	if err == nil {
		return f.take(ctx, n)
	}
	a, actorErr := f.peers.Account(ctx, uri)
	if actorErr != nil {
		return "", 0, err
	}
	return "account", a.ID, nil
}

func (f *finder) here(ctx context.Context, uri models.IRI) (kind string, id models.ID, err error) {
	err = f.db.Read(ctx, func(tx *store.Tx) error {
		a, err := store.Maybe[models.Account](tx, "(uri = ? OR url = ?) AND state = 'active'", uri, uri)
		if err != nil || a != nil {
			if a != nil {
				kind, id = "account", a.ID
			}
			return err
		}
		p, err := store.Maybe[models.Post](tx, "uri = ? OR url = ?", uri, uri)
		if err == nil && p != nil {
			kind, id = "post", p.ID
		}
		return err
	})
	return kind, id, err
}

// take keeps a post that somebody looked for.
func (f *finder) take(ctx context.Context, n *models.Note) (string, models.ID, error) {
	if kind, id, err := f.here(ctx, n.URI); err != nil || id != 0 {
		return kind, id, err // it was looked for by the address of its page
	}
	author, err := f.peers.Account(ctx, n.Author)
	if err != nil {
		return "", 0, err
	}
	for _, c := range n.Claims {
		if !f.db.Site.Owns(c.Account) {
			_, _ = f.peers.Account(ctx, c.Account) // a name that cannot be had is not shown
		}
	}
	var p *models.Post
	err = f.db.Tx(ctx, func(tx *store.Tx) error {
		if known, err := post.Known(tx, n.URI); err != nil || known {
			return err
		}
		if p, err = post.Take(tx, author, n); err != nil {
			return err
		}
		if err := interaction.Landed(tx, p, n); err != nil {
			return err
		}
		return collab.Landed(tx, p, n)
	})
	if err != nil || p == nil {
		return "", 0, err
	}
	return "post", p.ID, nil
}

// Fresh returns an account, by its address or its handle, as its server tells it now.
func (f *finder) Fresh(ctx context.Context, name string) (*models.Account, error) {
	uri := models.IRI(name)
	if uri.Origin() == "" {
		a, err := f.peers.Lookup(ctx, name)
		if err != nil {
			return nil, err
		}
		uri = a.URI
	}
	return f.peers.Refresh(ctx, uri)
}
