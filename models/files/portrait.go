package files

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"

	"github.com/kovidgoyal/imaging"

	"ensemble/models"
)

var errPortrait = models.Refuse(models.Invalid, "media-portrait", "A profile takes pictures, and this is a film or a sound.")

// Portrait makes of a picture one of exactly that width and height in pixels: its
// middle, as large as it goes. A moving GIF stays one, if there is ffmpeg; Small is
// then its first frame, and there is none otherwise.
func (u *Upload) Portrait(ctx context.Context, width, height int) (*Processed, error) {
	if !isPicture(u.Type) {
		return nil, errPortrait
	}
	return u.job.work(ctx, func(ctx context.Context) (*Processed, error) { return u.job.portrait(ctx, width, height) })
}

func (j *job) portrait(ctx context.Context, width, height int) (_ *Processed, err error) {
	p, err := j.picture(ctx)
	if err != nil {
		return nil, err
	}
	still, err := p.fill(ctx, j.limits.Edge, width, height)
	if err != nil {
		return nil, err
	}
	out := &Processed{Kind: Image}
	if !p.moves() {
		out.Original, err = save(still, p.stored(), j.folder, "original", quality)
	} else if out.Small, err = save(still, typePNG, j.folder, "small", quality); err == nil {
		out.Original, err = j.moving(ctx, width, height)
	}
	if err != nil {
		return nil, err
	}
	out.Blurhash, err = blur(still)
	return out, errors.Join(err, os.Remove(j.source.Path))
}

// fill decodes p and cuts it to that size.
func (p *picture) fill(ctx context.Context, edge, width, height int) (img image.Image, err error) {
	done, err := p.wait(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if img, err = p.decode(edge); err != nil {
		return nil, err
	}
	p.bytes = nil
	err = guard(func() error {
		img = imaging.Fill(img, width, height, imaging.Center, imaging.Lanczos)
		return nil
	})
	return img, err
}

// moving makes a GIF of that size of one that moves. Each frame has colours of its
// own, so that no more than one is in memory.
func (j *job) moving(ctx context.Context, width, height int) (File, error) {
	filter := fmt.Sprintf("scale=%d:%d:force_original_aspect_ratio=increase,crop=%d:%d,split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1",
		width, height, width, height)
	out, err := j.write(ctx, typeGIF, []string{"-an", "-filter_complex", filter, "-loop", "0"})
	if err != nil {
		return File{}, err
	}
	if out.Size > j.limits.ImageBytes {
		return File{}, errLarge(j.limits.ImageBytes)
	}
	out.Width, out.Height = width, height
	return out, nil
}
