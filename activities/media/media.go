// Package media takes in what people here upload: a picture at once, a film or a
// sound by a task, so that nobody waits for a converter. How bytes become a file
// that may be shown is the affair of files; what becomes of it in a post is post's.
package media

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
)

// A Shelf keeps the bytes.
type Shelf interface {
	Put(ctx context.Context, key string, r io.Reader) (int64, error)
	Open(key string) (io.ReadSeekCloser, files.Info, error)
	Delete(key string) error
}

// A Desk is where uploads are handed in. What it does to the shelf is outside any
// transaction.
type Desk struct {
	DB     *store.DB
	Files  Shelf
	Limits files.Limits
	Log    *slog.Logger // nil means the default one
}

// New returns an upload of owner's that has no bytes and no row yet.
func New(owner models.ID, now time.Time) *models.Media {
	return &models.Media{
		ID: models.NewID(now), AccountID: owner, Secret: strings.ToLower(rand.Text()), State: models.MediaReady, CreatedAt: now,
	}
}

// Take puts an upload on the shelf and notes in m what it is. One that is slow is put
// there as it came, and is MediaProcessing, unless now: then Take waits until it is
// ready. If there is an error nothing is left on the shelf.
func (d *Desk) Take(ctx context.Context, m *models.Media, u *files.Upload, now bool) (err error) {
	defer func() {
		if err != nil {
			d.Discard(m)
		}
	}()
	m.Kind, m.ContentType, m.Size = string(u.Kind), u.Type, u.Size
	if u.Slow && !now {
		m.State = models.MediaProcessing
		f, err := u.Open()
		if err != nil {
			return fmt.Errorf("open upload: %w", err)
		}
		defer f.Close() //nolint:errcheck // nothing was written
		m.SourceKey = keyOf(m, "source", u.Type)
		_, err = d.Files.Put(ctx, m.SourceKey, f)
		return err
	}
	done, err := u.Process(ctx)
	if err != nil {
		return err
	}
	defer done.Close() //nolint:errcheck // the system sweeps its temporary folder
	return d.keep(ctx, m, done)
}

// Portrait is Take for a picture of a profile, of that size in pixels.
func (d *Desk) Portrait(ctx context.Context, m *models.Media, u *files.Upload, width, height int) (err error) {
	done, err := u.Portrait(ctx, width, height)
	if err != nil {
		return err
	}
	defer done.Close() //nolint:errcheck // the system sweeps its temporary folder
	if err = d.keep(ctx, m, done); err != nil {
		d.Discard(m)
	}
	return err
}

// Save writes an upload that was taken down, and has it converted if it is to be.
func Save(tx *store.Tx, m *models.Media) error {
	if err := store.Put(tx, m); err != nil || m.State != models.MediaProcessing {
		return err
	}
	return store.Wake(tx, Convert{m.ID})
}

// Poster gives m a thumbnail that somebody chose, in place of what it had. The former
// one stays on the shelf: it is for the caller to discard when the row is saved.
func (d *Desk) Poster(ctx context.Context, m *models.Media, r io.Reader, kind, name string) error {
	if m.Kind == string(files.Image) {
		return models.Refuse(models.Invalid, "media_thumbnail", "a picture is its own thumbnail")
	}
	u, err := files.Receive(ctx, r, kind, name, d.Limits)
	if err != nil {
		return err
	}
	defer u.Close() //nolint:errcheck // the system sweeps its temporary folder
	if u.Kind != files.Image {
		return models.Refuse(models.Invalid, "media_thumbnail", "a thumbnail is a still picture")
	}
	done, err := u.Process(ctx)
	if err != nil {
		return err
	}
	defer done.Close() //nolint:errcheck // the system sweeps its temporary folder
	return d.small(ctx, m, done.Small, done.Blurhash, "poster")
}

// keep puts what was made of an upload on the shelf. A thumbnail that was chosen
// stays.
func (d *Desk) keep(ctx context.Context, m *models.Media, done *files.Processed) (err error) {
	m.Kind, m.ContentType, m.Digest, m.Stream = string(done.Kind), done.Original.Type, done.Digest, done.Stream
	m.Width, m.Height, m.Size = done.Original.Width, done.Original.Height, done.Original.Size
	m.Duration, m.FPS, m.State = done.Seconds, done.Rate, models.MediaReady
	if m.Key, err = d.put(ctx, m, "original", done.Original); err != nil || done.Small.Path == "" || m.ThumbKey != "" {
		return err
	}
	return d.small(ctx, m, done.Small, done.Blurhash, "small")
}

func (d *Desk) small(ctx context.Context, m *models.Media, f files.File, blurhash, name string) (err error) {
	m.ThumbKey, err = d.put(ctx, m, name, f)
	m.ThumbWidth, m.ThumbHeight, m.Blurhash = f.Width, f.Height, blurhash
	return err
}

// keyOf returns a key that nobody can guess: a bucket may be open to all.
func keyOf(m *models.Media, name, kind string) string {
	return "media/" + m.ID.String() + "/" + name + "-" + strings.ToLower(rand.Text()[:20]) + files.Extension(kind)
}

func (d *Desk) put(ctx context.Context, m *models.Media, name string, file files.File) (string, error) {
	key := keyOf(m, name, file.Type)
	f, err := os.Open(file.Path)
	if err != nil {
		return "", fmt.Errorf("open processed upload: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	_, err = d.Files.Put(ctx, key, f)
	return key, err
}

// Discard removes the bytes of an upload that came to nothing. What cannot be removed
// now is an orphan, and harmless.
func (d *Desk) Discard(m *models.Media) {
	for _, key := range m.Keys() {
		_ = d.Files.Delete(key)
	}
}

// Shelve has keys that no row speaks of any more removed after the commit.
func Shelve(tx *store.Tx, keys ...string) error {
	if len(keys) == 0 {
		return nil
	}
	return store.Enqueue(tx, post.Discard{Keys: keys})
}
