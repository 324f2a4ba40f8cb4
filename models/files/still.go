package files

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/kovidgoyal/imaging"

	"ensemble/models"
)

// Still returns the first frame of f, the copy of the file at an address, which it
// closes: f itself if that does not move. What it makes is kept like a copy.
func (c *Cache) Still(ctx context.Context, at models.IRI, f *Copy) (*Copy, error) {
	if f.Type != typeGIF {
		return f, nil
	}
	name := at + "#still"
	if made, err := c.Open(name); made != nil || err != nil {
		return made, errors.Join(err, f.Close())
	}
	b, err := io.ReadAll(io.LimitReader(f, c.limits.ImageBytes))
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	p, err := look(typeGIF, b, c.limits)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if p.anatomy.frames < 2 {
		_, err := f.Seek(0, io.SeekStart)
		return f, err
	}
	if err := errors.Join(c.freeze(ctx, name, p), f.Close()); err != nil {
		return nil, err
	}
	made, err := c.Open(name)
	if made == nil && err == nil {
		err = models.Errorf(models.NotFound, "there is no room for the picture") // less than it takes
	}
	return made, err
}

// freeze keeps the first frame of p.
func (c *Cache) freeze(ctx context.Context, name models.IRI, p *picture) error {
	leave, err := enter(ctx, slots)
	if err != nil {
		return err
	}
	defer leave()
	done, err := p.wait(ctx)
	if err != nil {
		return err
	}
	defer done()
	img, err := p.decode(c.limits.Edge)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := imaging.Encode(&out, img, imaging.PNG); err != nil {
		return err
	}
	return c.write(nameOf(name)+Extension(typePNG), &out, c.limits.ImageBytes)
}
