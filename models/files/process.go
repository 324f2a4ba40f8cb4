package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"ensemble/models"
)

// A Kind says how a file is shown, in the words of the Mastodon API.
type Kind string

// The kinds of files.
const (
	Image Kind = "image"
	Video Kind = "video"
	Gifv  Kind = "gifv" // a silent film that loops like the GIF it was
	Audio Kind = "audio"
)

// A File is one file on disk.
type File struct {
	Path          string // "" if there is no such file
	Type          string // content type
	Size          int64  // in bytes
	Width, Height int    // in pixels as shown, 0 for sound
}

// Processed is an upload that is ready to be stored. Its files are temporary:
// whoever holds it copies them and then calls Close.
type Processed struct {
	Kind     Kind
	Original File    // the file to store and to show
	Small    File    // its thumbnail of about 640 × 360 pixels in area; none for sound
	Blurhash string  // of the thumbnail; "" for sound
	Digest   string  // of the original's bytes, as Digest returns it
	Seconds  float64 // how long it plays; 0 for pictures
	Rate     float64 // frames a second; 0 for pictures and sound
	Stream   models.Stream
	folder   string
}

// Close removes the temporary files; it may be called twice, and on nil.
func (p *Processed) Close() error {
	if p == nil {
		return nil
	}
	return os.RemoveAll(p.folder)
}

// Rooms bound what goes on at once in this process. They are entered from the
// first to the last, so that nobody waits for somebody who waits.
var (
	films = make(chan struct{}, 1) // what may need ffmpeg, so that a picture never waits for two films
	slots = make(chan struct{}, 2) // every upload that is worked on
	peeks = make(chan struct{}, 2) // films and sounds whose headers are read as they come
	heavy = make(chan struct{}, 1) // a picture of more than heavyBytes: there memory goes
)

// mostMoving is how many pixels all frames of a GIF may have together. GIF packs
// an empty frame into a few bytes.
const mostMoving = 1 << 30

// Process reads an upload, decides by its bytes what it is, and makes of it what
// will be stored: upright, within the limits, with no metadata. What the client
// says it is, and the name, serve only to word a refusal. It fails with Invalid
// and a sentence if the file is not welcome, and leaves nothing on disk then. At
// most two uploads are worked on at once; ctx bounds the wait as well.
func Process(ctx context.Context, r io.Reader, declaredType, filename string, limits Limits) (*Processed, error) {
	u, err := Receive(ctx, r, declaredType, filename, limits)
	if err != nil {
		return nil, err
	}
	p, err := u.Process(ctx)
	if err != nil {
		return nil, errors.Join(err, u.Close())
	}
	return p, nil
}

// Inspect reads a file that a peer sent and checks that it is welcome, by the
// same limits as Process. The original stays as it is, byte by byte, so that its
// digest stays too; thumbnail and blurhash are made here. It is stricter where
// Process repairs: nothing may follow a picture. A moving GIF counts as Image.
func Inspect(ctx context.Context, r io.Reader, limits Limits) (*Processed, error) {
	j, err := spooled(ctx, r, "", "", limits)
	if err != nil {
		return nil, err
	}
	if isHEIF(j.source.Type) {
		return nil, errors.Join(errUnconverted, os.RemoveAll(j.folder))
	}
	p, err := j.work(ctx, j.examine)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(j.folder))
	}
	return p, nil
}

// A job is one upload on its way to become Processed.
type job struct {
	limits Limits
	folder string
	source File  // what was received
	clip   *clip // what is known of the source, if it was asked
}

// spooled writes an upload to disk, into a folder of its own.
func spooled(ctx context.Context, r io.Reader, declaredType, filename string, limits Limits) (_ *job, err error) {
	j := &job{limits: limits.filled()}
	if j.folder, err = os.MkdirTemp(j.limits.Scratch, "ensemble-media-"); err != nil {
		return nil, fmt.Errorf("media scratch folder: %w", err)
	}
	if err := j.spool(ctx, r, declaredType, filename); err != nil {
		return nil, errors.Join(err, os.RemoveAll(j.folder))
	}
	return j, nil
}

// work does what is to be done with the source, as soon as there is room.
func (j *job) work(ctx context.Context, do func(context.Context) (*Processed, error)) (*Processed, error) {
	if !isPicture(j.source.Type) || j.source.Type == typeGIF {
		done, err := enter(ctx, films)
		if err != nil {
			return nil, err
		}
		defer done()
	}
	done, err := enter(ctx, slots)
	if err != nil {
		return nil, err
	}
	defer done()
	p, err := do(ctx)
	if err != nil {
		return nil, err
	}
	p.folder = j.folder
	if p.Digest, err = digestOf(p.Original.Path); err != nil {
		return nil, err
	}
	return p, nil
}

// enter waits for a place in a room and returns how to leave it.
func enter(ctx context.Context, room chan struct{}) (leave func(), err error) {
	select {
	case room <- struct{}{}:
		return func() { <-room }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// spool writes the upload to disk, within the limit for what it begins like. It
// holds no slot: a slow client makes nobody wait.
func (j *job) spool(ctx context.Context, r io.Reader, declaredType, filename string) error {
	r = reader{ctx, r}
	head := make([]byte, headBytes)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("read upload: %w", err)
	}
	head = head[:n]
	j.source.Type = Sniff(head)
	if j.source.Type == "" {
		return errType(filename, declaredType, head)
	}
	limit := j.limits.bytes(j.source.Type)
	j.source.Path = filepath.Join(j.folder, "source"+Extension(j.source.Type))
	f, err := os.OpenFile(j.source.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("spool upload: %w", err)
	}
	j.source.Size, err = io.Copy(f, io.LimitReader(io.MultiReader(bytes.NewReader(head), r), limit+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("spool upload: %w", err)
	}
	if j.source.Size > limit {
		return errLarge(limit)
	}
	return nil
}

// convert makes what is stored here of the source.
func (j *job) convert(ctx context.Context) (*Processed, error) {
	if !isPicture(j.source.Type) {
		return j.convertStream(ctx)
	}
	p, err := j.picture(ctx)
	if err != nil {
		return nil, err
	}
	if p.moves() {
		return j.convertGIF(ctx)
	}
	done, err := p.wait(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	img, err := p.decode(j.limits.Edge)
	if err != nil {
		return nil, err
	}
	p.bytes = nil
	out := &Processed{Kind: Image}
	if out.Original, err = save(img, p.stored(), j.folder, "original", quality); err != nil {
		return nil, err
	}
	out.Small, out.Blurhash, err = shrink(img, j.folder)
	return out, errors.Join(err, os.Remove(j.source.Path))
}

// picture looks at the source, and refuses what hides something, or never ends.
func (j *job) picture(ctx context.Context) (*picture, error) {
	if isHEIF(j.source.Type) {
		return j.unwrap(ctx)
	}
	p, err := j.look()
	switch {
	case err != nil:
		return nil, err
	case hides(p.bytes[p.anatomy.end:]):
		return nil, errHidden
	case p.moves() && int64(p.width)*int64(p.height)*int64(p.anatomy.frames) > mostMoving:
		return nil, errSlow
	}
	return p, nil
}

// stored returns the type that a picture is stored as.
func (p *picture) stored() string {
	switch {
	case p.becomes != "":
		return p.becomes
	case p.contentType == typeGIF:
		return typePNG
	}
	return p.contentType
}

// examine checks the source and leaves it as it is.
func (j *job) examine(ctx context.Context) (*Processed, error) {
	if !isPicture(j.source.Type) {
		return j.examineStream(ctx)
	}
	p, err := j.look()
	if err != nil {
		return nil, err
	}
	if len(bytes.Trim(p.bytes[p.anatomy.end:], "\x00")) > 0 {
		return nil, errHidden
	}
	done, err := p.wait(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	img, err := p.decode(j.limits.Edge)
	if err != nil {
		return nil, err
	}
	out := &Processed{Kind: Image, Original: j.source}
	out.Original.Width, out.Original.Height = p.width, p.height
	if orientation(p.anatomy.exif) >= 5 { // shown lying on its side
		out.Original.Width, out.Original.Height = p.height, p.width
	}
	out.Small, out.Blurhash, err = shrink(img, j.folder)
	return out, err
}

func (j *job) look() (*picture, error) {
	b, err := os.ReadFile(j.source.Path)
	if err != nil {
		return nil, fmt.Errorf("read spooled upload: %w", err)
	}
	return look(j.source.Type, b, j.limits)
}

// wait lets a heavy picture in alone, and gives its memory back when it is done.
func (p *picture) wait(ctx context.Context) (done func(), err error) {
	if p.memory() <= heavyBytes {
		return func() {}, nil
	}
	leave, err := enter(ctx, heavy)
	if err != nil {
		return nil, err
	}
	return func() { p.tidy(); leave() }, nil
}

// hides reports whether what follows a picture begins like something that could
// be run or unpacked. Cameras append much that is harmless; re-encoding leaves
// that out, and would leave this out too, but whoever sends it means no picture.
func hides(tail []byte) bool {
	lower := bytes.ToLower(tail[:min(len(tail), 512)])
	for _, sign := range []string{"<html", "<script", "<svg", "<?php", "<?xml", "<!doctype", "%pdf-", "pk\x03\x04", "\x7felf"} {
		if bytes.Contains(lower, []byte(sign)) {
			return true
		}
	}
	return false
}
