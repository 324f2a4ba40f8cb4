package fetch

import (
	"context"
	"crypto/ed25519"

	"ensemble/federation/sign"
	"ensemble/federation/wire"
	"ensemble/models"
)

// Stamp reads the stamp at uri, which is to be by's, from the server of by alone
// (ensemble/1 §7 V3). Whether it holds for anything is for CheckStamp to say. A
// stamp without a proof is one; a proof that does not hold makes it none (G3). It
// fails as Forbidden if it is no stamp of by's, and otherwise as Document does.
func (c *Client) Stamp(ctx context.Context, uri models.IRI, by *models.Account) (*models.Authorization, error) {
	raw, err := c.consent(ctx, uri, by)
	if err != nil {
		return nil, err
	}
	a, err := wire.DecodeStamp(raw)
	if err != nil {
		return nil, err
	}
	if err := owned(uri, by, a.URI, a.Account); err != nil {
		return nil, err
	}
	if err := c.proved(ctx, raw, by); err != nil {
		return nil, err
	}
	return a, nil
}

// proved checks the proofs of a document, if it has any, with the keys that by's
// actor lists (FEP-8b32, FEP-521a). For a key that is not known the actor is read
// once more.
func (c *Client) proved(ctx context.Context, raw []byte, by *models.Account) error {
	var passed error
	_, err := sign.VerifyProof(raw, c.db.Now(), func(method models.IRI) (ed25519.PublicKey, error) {
		if k, ok := assertion(by, method); ok {
			return sign.ParseMultikey(k)
		}
		again, err := c.RefreshKey(ctx, by)
		if models.KindOf(err) == models.Unreachable || models.CodeOf(err) == codeBudget {
			passed = err // it may be the right key
		}
		if err == nil {
			by = again
		}
		if k, ok := assertion(by, method); ok {
			return sign.ParseMultikey(k)
		}
		return nil, models.Errorf(models.Unauthed, "%s does not list the key %s for proofs", by.URI, method)
	})
	switch {
	case passed != nil:
		return passed
	case err != nil:
		return models.Refuse(models.Forbidden, "stamp_proof", "the proof of the stamp does not hold: %v", err)
	}
	return nil
}

func assertion(a *models.Account, method models.IRI) (string, bool) {
	for _, k := range a.Assertions {
		if k.ID == method {
			return k.Multibase, true
		}
	}
	return "", false
}
