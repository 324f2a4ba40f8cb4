package inbox

import (
	"context"
	"errors"
	"time"

	"ensemble/activities/pin"
	"ensemble/activities/post"
	"ensemble/federation/fetch"
	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/store"
)

// refeature is how often what an account features is read at most.
const refeature = time.Minute

// features reports whether an Add or Remove is of what its actor features. Which
// collections those are the actor's own profile says.
func (m *message) features() bool {
	t := m.Target.URI
	return t != "" && (t == m.actor.Featured || t == m.actor.FeaturedTags)
}

// othersFeatured reports whether an Add or Remove is of what somebody else features.
func othersFeatured(tx *store.Tx, m *message) (bool, error) {
	return store.Any[models.Account](tx, "(featured = ? OR featured_tags = ?) AND featured <> ''", m.Target.URI, m.Target.URI)
}

// featured takes in that something was added to what the actor features, or taken
// from it: what that is now is read from the collection, which alone is believed.
func (m *message) featured(tx *store.Tx) error {
	wanted, err := store.Any[models.Follow](tx, "target_id = ?", m.actor.ID)
	if err != nil || !wanted && m.actor.FeaturedAt == nil {
		return err
	}
	return pin.Look(tx, m.actor.ID)
}

func featuredDue(tx *store.Tx, t pin.Refresh) (bool, error) {
	return store.Any[models.Account](tx, "id = ? AND featured_due IS NOT NULL", t.Account)
}

// refeatured reads what an account features, and the posts among it that are not
// here.
func (in *Inbox) refeatured(ctx context.Context, t pin.Refresh) error {
	ctx = fetch.WithBudget(ctx, in.DB.Site.Most().Requests)
	var who *models.Account
	err := in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		who, err = store.Get[models.Account](tx, t.Account)
		return err
	})
	if err != nil || who.FeaturedDue == nil {
		return err
	}
	if who.FeaturedAt != nil {
		if rest := refeature - in.DB.Now().Sub(*who.FeaturedAt); rest > 0 {
			return store.Later(rest)
		}
	}
	done := func(tx *store.Tx) error {
		_, err := store.Set[models.Account](tx, map[string]any{"featured_due": nil}, "id = ? AND featured_due = ?", who.ID, *who.FeaturedDue)
		return err
	}
	if who.Local() || !who.Active() {
		return in.DB.Tx(ctx, done)
	}
	items, err := in.items(ctx, who.Featured, who, models.MaxPinsRead)
	if err != nil {
		return err
	}
	var posts []models.IRI
	for _, i := range items {
		if err := in.have(ctx, i.URI); err != nil {
			return err
		}
		posts = append(posts, i.URI)
	}
	items, err = in.items(ctx, who.FeaturedTags, who, models.MaxFeaturedTags)
	if err != nil {
		return err
	}
	var tags []string
	for _, i := range items {
		if name := wire.DecodeHashtag(i.Raw); name != "" {
			tags = append(tags, name)
		}
	}
	return in.DB.Tx(ctx, func(tx *store.Tx) error {
		if err := pin.Featured(tx, who, posts, tags); err != nil {
			return err
		}
		return done(tx)
	})
}

// items reads the first of a collection that is of's own, from its server: up to max,
// over three pages at most. A collection that is not there is empty.
func (in *Inbox) items(ctx context.Context, uri models.IRI, of *models.Account, max int) ([]wire.Item, error) {
	if uri == "" || !uri.SameOrigin(of.URI) {
		return nil, nil
	}
	items, _, err := in.pages(ctx, uri, max, 3)
	return items, err
}

// pages reads a collection, which all is of one server, up to max items and pages.
// whole reports whether that was all of it.
func (in *Inbox) pages(ctx context.Context, uri models.IRI, max, pages int) (items []wire.Item, whole bool, err error) {
	seen := map[models.IRI]bool{}
	for next := uri; next != ""; {
		if seen[next] || len(seen) > pages || len(items) >= max || !next.SameOrigin(uri) {
			return items[:min(len(items), max)], false, nil
		}
		seen[next] = true
		raw, err := in.Peers.Document(ctx, next)
		switch k := models.KindOf(err); {
		case k == models.Unreachable || k == models.Internal:
			return nil, false, err
		case err != nil:
			return items[:min(len(items), max)], false, nil
		}
		c, err := wire.DecodeCollection(raw)
		if err != nil {
			return items[:min(len(items), max)], false, nil
		}
		items = append(items, c.Items...)
		if next = c.Next; next == "" && c.First != "" && len(c.Items) == 0 {
			next = c.First
		}
	}
	return items[:min(len(items), max)], len(items) <= max, nil
}

// have sees that a post is here, reading it from its own server. One that cannot be
// had is left.
func (in *Inbox) have(ctx context.Context, uri models.IRI) error {
	if uri == "" || in.DB.Site.Owns(uri) {
		return nil
	}
	known := false
	if err := in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		known, err = post.Known(tx, uri)
		return err
	}); err != nil || known {
		return err
	}
	m := &message{Activity: &models.Activity{}}
	if err := in.read(ctx, m, uri); err != nil {
		return onlyOurs(err)
	}
	return in.DB.Tx(ctx, func(tx *store.Tx) error {
		if known, err := post.Known(tx, m.note.URI); err != nil || known {
			return err
		}
		p, err := post.Fetched(tx, m.author, m.note)
		if err != nil || p == nil {
			return onlyOurs(err)
		}
		return landed(tx, p, m.note)
	})
}

// onlyOurs lets pass what is wrong with others: the rest goes on without them.
func onlyOurs(err error) error {
	if models.KindOf(err) == models.Internal && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
