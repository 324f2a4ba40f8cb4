package fetch

import (
	"context"

	"ensemble/models"
)

// List reads a list that is for everybody, such as one of rules: without a signature,
// wherever it moved to. It is at most max bytes; the errors are those of Document.
func (c *Client) List(ctx context.Context, uri models.IRI, max int64) ([]byte, error) {
	at, err := c.address(uri)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	resp, err := c.get(ctx, request{at: at, accept: "text/csv, application/json, text/plain"}, true)
	if err != nil {
		return nil, err
	}
	defer closeBody(resp)
	return c.body(ctx, resp, max)
}
