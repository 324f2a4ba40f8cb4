package fetch

import (
	"context"
	"io"

	"ensemble/models"
)

// File opens a file that anybody may see, such as a picture of a post, asking as
// nobody in particular and following redirects to any server. It returns the file,
// to be closed; what it is nobody has looked. Reading fails as Invalid after max
// bytes. What could not be had is not asked for again for some minutes.
func (c *Client) File(ctx context.Context, uri models.IRI, max int64) (io.ReadCloser, error) {
	at, err := c.address(uri)
	if err != nil {
		return nil, err
	}
	key := "file " + at.String()
	if err := c.failed.get(key, c.db.Now()); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, mediaPatience)
	resp, err := c.get(ctx, request{at: at, accept: acceptMedia}, true)
	c.failed.put(key, err, c.db.Now())
	if err != nil {
		cancel()
		return nil, err
	}
	f := &file{c: c, ctx: ctx, cancel: cancel, resp: resp, left: max}
	if resp.ContentLength > max {
		_ = f.Close() // nothing was read
		c.failed.put(key, f.tooLong(), c.db.Now())
		return nil, f.tooLong()
	}
	return f, nil
}

// Fails notes that what was at uri is of no use, so that File does not fetch it again
// for some minutes.
func (c *Client) Fails(uri models.IRI, why error) {
	if at, err := c.address(uri); err == nil {
		c.failed.put("file "+at.String(), why, c.db.Now())
	}
}
