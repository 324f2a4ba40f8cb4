package app

import (
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"path"

	xdraw "golang.org/x/image/draw"

	"ensemble/models"
	kept "ensemble/models/files"
	"ensemble/models/store"
	"ensemble/web/call"
	"ensemble/web/page"
)

// A Shelf gives back uploaded files.
type Shelf interface {
	Open(key string) (io.ReadSeekCloser, kept.Info, error)
}

// ShareRoutes returns the picture that other sites show beside a link to a post.
func ShareRoutes(s Shelf) []call.Route {
	return []call.Route{{Method: "GET", Path: "/@:name/:id/share.png", Who: call.Anyone, Page: true, Mode: call.Free, Handler: sharing{s}.share}}
}

type sharing struct{ Shelf }

// share is GET /@:name/:id/share.png.
func (s sharing) share(c *call.Call) (any, error) {
	var v *postView
	var media *models.Media
	err := c.InRead(func(tx *store.Tx) error {
		_, p, err := openPost(c)
		if err != nil {
			return err
		}
		if v, err = viewOne(c, p); err != nil {
			return err
		}
		if a := v.picture(); a != nil {
			media, err = store.Maybe[models.Media](tx, "id = ?", a.MediaID)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	names := make([]string, len(v.Authors))
	for i, a := range v.Authors {
		names[i] = a.Name
	}
	return shared(drawShare(page.Title(c), names, v.Byline(), firstWords(or(v.Summary, v.Plain)), s.thumbnail(media)))
}

// thumbnail is the small picture that this server made of an upload; nil if it cannot be
// had.
func (s sharing) thumbnail(m *models.Media) image.Image {
	if m == nil || m.ThumbKey == "" || s.Shelf == nil {
		return nil
	}
	f, info, err := s.Open(m.ThumbKey)
	if err != nil {
		return nil
	}
	defer f.Close()
	const most = 4 << 20 // bytes: they are made of few pixels
	if info.Size > most {
		return nil
	}
	decode := jpeg.Decode
	if path.Ext(m.ThumbKey) == ".png" {
		decode = png.Decode
	}
	img, err := decode(f)
	if err != nil {
		return nil
	}
	return img
}

// sharePart is where the picture of the post is, if it has one.
var sharePart = image.Rect(720, 0, shareWidth, shareHeight)

// hang fills a part of img with the middle of a picture.
func hang(img draw.Image, part image.Rectangle, picture image.Image) {
	b := picture.Bounds()
	width, height := b.Dx(), b.Dy()
	if width*part.Dy() > height*part.Dx() {
		width = max(1, height*part.Dx()/part.Dy())
	} else {
		height = max(1, width*part.Dy()/part.Dx())
	}
	at := b.Min.Add(image.Pt((b.Dx()-width)/2, (b.Dy()-height)/2))
	xdraw.CatmullRom.Scale(img, part, picture, image.Rectangle{at, at.Add(image.Pt(width, height))}, draw.Over, nil)
}
