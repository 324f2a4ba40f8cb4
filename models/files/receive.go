package files

import (
	"context"
	"errors"
	"io"
	"os"
)

// An Upload is a file that was received and looked at, and is still as it came.
// Whoever holds it calls Close, or Process, which takes it over if it succeeds.
type Upload struct {
	Type string // content type, by its bytes
	Size int64  // in bytes
	Kind Kind   // what it will be
	Slow bool   // converting it takes ffmpeg, and perhaps minutes
	job  *job
}

// Receive reads an upload to disk and refuses, as Process does, what its first bytes
// and its headers show not to be welcome. What only a decoder finds out is for
// Process.
func Receive(ctx context.Context, r io.Reader, declaredType, filename string, limits Limits) (*Upload, error) {
	j, err := spooled(ctx, r, declaredType, filename, limits)
	if err != nil {
		return nil, err
	}
	u := &Upload{Type: j.source.Type, Size: j.source.Size, Kind: Image, job: j}
	if err := u.peek(ctx); err != nil {
		return nil, errors.Join(err, u.Close())
	}
	return u, nil
}

// Open returns the file as it came.
func (u *Upload) Open() (*os.File, error) { return os.Open(u.job.source.Path) }

// Close removes the file.
func (u *Upload) Close() error { return os.RemoveAll(u.job.folder) }

// Process makes of the upload what will be stored.
func (u *Upload) Process(ctx context.Context) (*Processed, error) {
	return u.job.work(ctx, u.job.convert)
}

// peek finds out what kind of file it is.
func (u *Upload) peek(ctx context.Context) (err error) {
	switch {
	case u.Type == typeGIF:
		p, err := u.job.look()
		if err == nil && p.moves() {
			u.Kind, u.Slow = Gifv, true
		}
		return err
	case isPicture(u.Type):
		return nil
	}
	done, err := enter(ctx, peeks)
	if err != nil {
		return err
	}
	defer done()
	if u.job.clip, err = u.job.probe(ctx, u.job.source); err != nil {
		return err
	}
	u.Kind, u.Slow = Video, true
	if u.job.clip.film == nil {
		u.Kind = Audio
	}
	return nil
}

// moves reports whether p is a GIF that becomes a film.
func (p *picture) moves() bool {
	return p.contentType == typeGIF && p.anatomy.frames > 1 && HasFFmpeg()
}
