package fetch

import (
	"context"

	"ensemble/federation/wire"
	"ensemble/models"
)

// Approval reads the consent to an interaction at uri, which is to be by's, from the
// server of by alone, as Stamp does. What it allows is for Approval.Holds to say.
func (c *Client) Approval(ctx context.Context, uri models.IRI, by *models.Account) (*models.Approval, error) {
	raw, err := c.consent(ctx, uri, by)
	if err != nil {
		return nil, err
	}
	a, err := wire.DecodeApproval(raw)
	if err != nil {
		return nil, err
	}
	if err := owned(uri, by, a.URI, a.Account); err != nil {
		return nil, err
	}
	return a, c.proved(ctx, raw, by)
}

// consent reads what is to be a stamp of by's, from the server of by alone.
func (c *Client) consent(ctx context.Context, uri models.IRI, by *models.Account) ([]byte, error) {
	if !sameOrigin(uri, by.URI) {
		return nil, models.Refuse(models.Forbidden, "stamp_origin", "the stamp %s is not on the server of %s", clip(string(uri)), by.URI)
	}
	return c.document(ctx, uri, true) // whoever asks again has waited
}

// owned returns nil if the stamp that was at uri says that it is that, and by's.
func owned(uri models.IRI, by *models.Account, id, account models.IRI) error {
	switch {
	case !same(id, uri):
		return models.Refuse(models.Forbidden, "stamp_origin", "the stamp at %s says that it is %s", uri, id)
	case account != by.URI:
		return models.Refuse(models.Forbidden, "stamp_actor", "the stamp %s is by %s, not by %s", uri, account, by.URI)
	}
	return nil
}
