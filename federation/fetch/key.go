package fetch

import (
	"context"
	"slices"
	"strings"

	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/store"
)

// ByKey returns the account that signs under keyID. Of a known key that costs one
// query; otherwise the key is fetched, and counts only if it names its owner and
// the owner's actor lists it (SECURITY rule 1). The caller looks at State.
func (c *Client) ByKey(ctx context.Context, keyID models.IRI) (*models.Account, error) {
	known, err := c.keyHolder(ctx, keyID)
	if err != nil || known != nil {
		return known, err
	}
	document := plain(keyID)
	if owner, err := c.known(ctx, document); err != nil {
		return nil, err
	} else if owner != nil && c.isFresh(owner, refreshEvery) {
		return nil, notListed(owner.URI, keyID)
	}
	key := "key " + string(document)
	if err := c.failed.get(key, c.db.Now()); err != nil {
		return nil, err
	}
	a, err := c.learnKey(ctx, document, keyID)
	if !passing(err) { // document remembers the others
		c.failed.put(key, err, c.db.Now())
	}
	return a, err
}

func (c *Client) keyHolder(ctx context.Context, keyID models.IRI) (a *models.Account, err error) {
	err = c.db.Read(ctx, func(tx *store.Tx) (err error) {
		a, err = Holder(tx, keyID)
		return err
	})
	return a, err
}

// Holder returns the account that is known here to sign under keyID, nil if nobody is:
// a key with a fragment is a part of its owner's actor, and of no other.
func Holder(tx *store.Tx, keyID models.IRI) (*models.Account, error) {
	all, err := store.Find[models.Account](tx, "key_id = ? ORDER BY id LIMIT 2", keyID)
	if err == nil && len(all) == 0 && strings.Contains(string(keyID), "#") {
		return methodHolder(tx, keyID)
	}
	if err != nil || len(all) != 1 {
		return nil, err
	}
	if a := all[0]; !strings.Contains(string(keyID), "#") || same(plain(keyID), a.URI) {
		return a, nil
	}
	return nil, nil
}

// methodHolder returns the account that is known to have a Multikey of that name in
// its actor (FEP-521a), nil for nobody.
func methodHolder(tx *store.Tx, keyID models.IRI) (*models.Account, error) {
	a, err := store.Maybe[models.Account](tx, "uri = ?", plain(keyID))
	if err != nil || a == nil || !lists(a, keyID) {
		return nil, err
	}
	return a, nil
}

func lists(a *models.Account, keyID models.IRI) bool {
	return slices.ContainsFunc(a.Assertions, func(k models.Assertion) bool { return k.ID == keyID })
}

// learnKey fetches the document that holds a key: the owner's actor, or the key
// alone, as GoToSocial has it.
func (c *Client) learnKey(ctx context.Context, document, keyID models.IRI) (*models.Account, error) {
	raw, err := c.Document(ctx, document)
	if err != nil {
		return nil, err
	}
	if a, err := wire.DecodeActor(raw); err == nil && same(a.URI, document) && lists(a, keyID) {
		return c.learn(ctx, a.URI, learning{raw: raw})
	}
	key, err := wire.DecodeKey(raw, keyID)
	switch {
	case err != nil:
		return nil, err
	case !sameOrigin(key.Owner, keyID):
		return nil, models.Refuse(models.Forbidden, codeKeyOwner, "the key %s says that it is of %s of another server", keyID, key.Owner)
	}
	if id, _, err := wire.DecodeType(raw); err == nil && same(id, key.Owner) {
		return c.learn(ctx, key.Owner, learning{raw: raw, key: key})
	}
	return c.learnOwner(ctx, key)
}

// learnOwner returns the owner of a key, if its actor lists the key.
func (c *Client) learnOwner(ctx context.Context, key wire.Key) (*models.Account, error) {
	raw, err := c.Document(ctx, key.Owner)
	if err != nil {
		return nil, err
	}
	listed, err := wire.DecodeKey(raw, key.ID)
	if err != nil || !same(listed.Owner, key.Owner) {
		return nil, notListed(key.Owner, key.ID)
	}
	return c.learn(ctx, key.Owner, learning{raw: raw, key: listed})
}

func notListed(owner, keyID models.IRI) error {
	return models.Refuse(models.Forbidden, codeKeyOwner, "%s does not list the key %s", owner, keyID)
}
