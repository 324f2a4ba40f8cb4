package fetch

import (
	"context"
	"slices"
	"strings"

	"ensemble/activities"
	"ensemble/activities/post"
	"ensemble/activities/text"
	"ensemble/federation/sign"
	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/store"
)

// Limits on a profile, in letters.
const (
	maxDisplayName = 255
	maxFieldName   = 255
)

// judge reads the actor that has to be at uri, and takes from it nothing that is
// another's: no key of another owner, no collection of another server. key is the
// one of its keys that is asked for, if any.
func judge(raw []byte, uri models.IRI, key wire.Key) (*models.Account, error) {
	a, err := wire.DecodeActor(raw)
	switch {
	case err != nil:
		return nil, err
	case !same(a.URI, uri):
		return nil, models.Refuse(models.Invalid, codeID, "the actor at %s says that it is %s", uri, a.URI)
	case a.Inbox == "":
		return nil, models.Refuse(models.Invalid, "no_inbox", "%s has no inbox", uri)
	}
	if key.ID != "" {
		a.KeyID, a.PublicKey = key.ID, key.PEM
	}
	if a.KeyID != "" && !a.KeyID.SameOrigin(a.URI) {
		return nil, models.Refuse(models.Forbidden, codeKeyOwner, "%s claims the key %s of another server", a.URI, a.KeyID)
	}
	clean(a)
	return a, nil
}

// clean leaves of a profile what may be shown and believed.
func clean(a *models.Account) {
	for _, i := range []*models.IRI{&a.Outbox, &a.Followers, &a.Following, &a.Featured, &a.FeaturedTags} {
		if !i.SameOrigin(a.URI) {
			*i = ""
		}
	}
	if !a.SharedInbox.SameOrigin(a.Inbox) {
		a.SharedInbox = ""
	}
	var proofs []models.Assertion
	for _, k := range a.Assertions {
		if k.ID.SameOrigin(a.URI) {
			proofs = append(proofs, k)
		}
	}
	a.Assertions = proofs
	a.DisplayName = text.Line(a.DisplayName, maxDisplayName)
	a.AvatarAlt, a.HeaderAlt = text.Line(a.AvatarAlt, maxDisplayName), text.Line(a.HeaderAlt, maxDisplayName)
	a.Note = text.Sanitize(a.Note)
	for i, f := range a.Fields { // that a link was verified is not for its owner to say
		a.Fields[i] = models.Field{Name: text.Line(f.Name, maxFieldName), Value: text.Sanitize(f.Value)}
	}
}

// keep writes an account that was just read from its server, and returns it as it
// is in the database. If another process wrote it at the same time, once more.
func (c *Client) keep(ctx context.Context, a *models.Account) (kept *models.Account, err error) {
	for range 3 {
		err = c.db.Tx(ctx, func(tx *store.Tx) error {
			kept, err = put(tx, *a)
			return err
		})
		if models.KindOf(err) != models.Conflict {
			break
		}
	}
	return kept, err
}

func put(tx *store.Tx, a models.Account) (*models.Account, error) {
	old, err := store.Maybe[models.Account](tx, "uri = ?", a.URI)
	if err == nil && old != nil {
		old, err = store.Hold[models.Account](tx, old.ID)
	}
	switch {
	case err != nil:
		return nil, err
	case old != nil && (old.Local() || old.State == models.AccountDeleted):
		return old, nil
	}
	now := tx.Now
	a.FetchedAt, a.UpdatedAt = &now, now
	inherit(tx, &a, old)
	slim(tx, &a, old)
	if err := ruled(tx, &a); err != nil {
		return nil, err
	}
	if err := release(tx, &a); err != nil {
		return nil, err
	}
	if err := store.Put(tx, &a); err != nil {
		return nil, err
	}
	if err := activities.Learn(tx, a.URI, a.Emojis); err != nil {
		return nil, err
	}
	if err := findable(tx, &a, old); err != nil {
		return nil, err
	}
	return &a, meet(tx, &a)
}

// findable has search know what an account is called now, and who may find its posts.
func findable(tx *store.Tx, a, old *models.Account) error {
	if old == nil || a.Username != old.Username || a.DisplayName != old.DisplayName {
		if err := post.Named(tx, a); err != nil {
			return err
		}
	}
	if old == nil || a.Indexable == old.Indexable {
		return nil
	}
	return post.Searchable(tx, a)
}

// inherit gives an account what its server has no say in.
func inherit(tx *store.Tx, a, old *models.Account) {
	a.System = false
	if old == nil {
		a.ID, a.State = models.NewID(tx.Now), models.AccountActive
		if a.CreatedAt.IsZero() || a.CreatedAt.After(tx.Now) {
			a.CreatedAt = tx.Now
		}
		return
	}
	for i, f := range a.Fields {
		for _, was := range old.Fields {
			if was.Name == f.Name && was.Value == f.Value {
				a.Fields[i].VerifiedAt = was.VerifiedAt // we looked ourselves
			}
		}
	}
	a.ID, a.State, a.CreatedAt = old.ID, old.State, old.CreatedAt
	a.FollowersCount, a.FollowingCount = old.FollowersCount, old.FollowingCount
	a.FeaturedAt, a.FeaturedDue, a.SyncedAt = old.FeaturedAt, old.FeaturedDue, old.SyncedAt
	a.PostsCount, a.LastPostAt = old.PostsCount, old.LastPostAt
	a.Limited, a.Sensitized, a.ByDomain, a.NoMedia = old.Limited, old.Sensitized, old.ByDomain, old.NoMedia
}

// slim keeps the profile that is known of an account whose server, this time, told us
// no more than keys: it could not verify who asked.
func slim(tx *store.Tx, a, old *models.Account) {
	if a.Outbox != "" || a.Followers != "" { // every whole actor has one (ActivityPub §4.1)
		return
	}
	if old != nil && old.Outbox != "" {
		read, inbox, key, public, proofs := a.FetchedAt, a.Inbox, a.KeyID, a.PublicKey, a.Assertions
		*a = *old
		a.FetchedAt, a.Inbox, a.KeyID, a.PublicKey, a.Assertions, a.UpdatedAt = read, inbox, key, public, proofs, tx.Now
	}
}

// ruled has an account follow the rule for its server. A block came before: nothing
// of that server is fetched.
func ruled(tx *store.Tx, a *models.Account) error {
	if a.ByDomain == models.SeveritySuspend {
		return nil
	}
	rule, err := store.RuleOf(tx, a.URI.Host())
	if err == nil && rule == nil && a.Domain != a.URI.Host() {
		rule, err = store.RuleOf(tx, a.Domain)
	}
	if err != nil {
		return err
	}
	a.ByDomain, a.NoMedia = "", rule != nil && rule.RejectMedia
	switch {
	case rule == nil:
	case rule.Severity == models.SeveritySilence:
		a.ByDomain = rule.Severity
	case rule.Severity == models.SeveritySuspend && a.Active(): // by its handle alone
		a.State, a.ByDomain = models.AccountSuspended, rule.Severity
	}
	return nil
}

// release takes the handle from an account that had it before. WebFinger says whose
// it is now: a server that is set up anew gives its people new addresses.
func release(tx *store.Tx, a *models.Account) error {
	before, err := store.Find[models.Account](tx, "lower(username) = ? AND domain = ? AND uri <> ?",
		strings.ToLower(a.Username), a.Domain, a.URI)
	for _, b := range before {
		if _, err := store.Set[models.Account](tx, map[string]any{"username": b.Username + "~" + b.ID.String()}, "id = ?", b.ID); err != nil {
			return err
		}
	}
	return err
}

// meet notes the server of an account, and what its actors tell of it: whether it
// speaks ensemble/1 (§2), verifies RFC 9421, and has Ed25519 keys.
func meet(tx *store.Tx, a *models.Account) error {
	u, _ := parse(a.URI) // judge compared it
	p := &models.Peer{
		Host:     u.Host,
		Ensemble: a.Collaborates != models.CollabUnknown, Verifies: a.Verifies, Multikeys: hasEd25519(a),
	}
	return store.Met(tx, p)
}

func hasEd25519(a *models.Account) bool {
	return slices.ContainsFunc(a.Assertions, func(k models.Assertion) bool {
		_, err := sign.ParseMultikey(k.Multibase)
		return err == nil
	})
}
