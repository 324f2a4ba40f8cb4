package fetch

import (
	"context"
	"io"
	"net/http"

	"ensemble/models"
)

const acceptMedia = "image/*, video/*, audio/*"

// Media opens a file of another server, such as a picture of a draft, signed by as,
// or by the instance actor if that is nil. It returns the file, which is to be
// closed, and the type that its server says it is of: nobody has looked. Reading
// fails as Invalid after max bytes. A redirect to another server is not followed.
func (c *Client) Media(ctx context.Context, uri models.IRI, as *models.Account, max int64) (io.ReadCloser, string, error) {
	at, err := c.address(uri)
	if err != nil {
		return nil, "", err
	}
	if as == nil {
		if as, err = c.instance(ctx); err != nil {
			return nil, "", err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, mediaPatience)
	resp, err := c.get(ctx, request{at: at, accept: acceptMedia, as: as}, false)
	if err != nil {
		cancel()
		return nil, "", err
	}
	f := &file{c: c, ctx: ctx, cancel: cancel, resp: resp, left: max}
	if resp.ContentLength > max {
		_ = f.Close() // nothing was read
		return nil, "", f.tooLong()
	}
	return f, resp.Header.Get("Content-Type"), nil
}

// A file is the body of an answer, up to a limit.
type file struct {
	c      *Client
	ctx    context.Context
	cancel context.CancelFunc
	resp   *http.Response
	left   int64
}

func (f *file) Read(p []byte) (int, error) {
	if int64(len(p)) > f.left+1 {
		p = p[:f.left+1]
	}
	n, err := f.resp.Body.Read(p)
	if f.left -= int64(n); f.left < 0 {
		return n + int(f.left), f.tooLong()
	}
	if err != nil && err != io.EOF {
		err = f.c.explain(f.ctx, f.resp.Request.URL.Host, err)
	}
	return n, err
}

func (f *file) tooLong() error {
	return models.Refuse(models.Invalid, codeTooLong, "the file at %s is larger than this server takes", f.resp.Request.URL)
}

// Close ends the request, read to its end or not.
func (f *file) Close() error {
	err := f.resp.Body.Close()
	f.cancel()
	return err
}
