package app

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"strings"
	"sync"

	"golang.org/x/image/font/gofont/gobold"

	"ensemble/models"
	"ensemble/web/call"
)

const portraitSize = 160 // pixels

// White letters are legible on each of these (WCAG 2.2 §1.4.3: at least 4.5 to 1).
var portraitTints = [models.PortraitTints]color.RGBA{
	{0x4a, 0x3a, 0xa7, 0xff}, {0xb0, 0x45, 0x1a, 0xff}, {0x0c, 0x73, 0x69, 0xff}, {0xa1, 0x2d, 0x62, 0xff},
	{0x1d, 0x5f, 0xb8, 0xff}, {0x6b, 0x5a, 0x00, 0xff}, {0x2f, 0x6b, 0x3a, 0xff}, {0x5f, 0x50, 0x78, 0xff},
}

// Portrait is GET /avatars/original/missing.png: the picture of who chose none, which of
// names as models.Site.Blank does. Clients insist on having one.
func Portrait(c *call.Call) (any, error) {
	of := c.Query("of")
	if len(of) != 2 || !strings.Contains("abcdefghijklmnopqrstuvwxyz0123456789", of[:1]) || of[1] < '0' || of[1] >= '0'+models.PortraitTints {
		of = "_7"
	}
	body, err := portraitOf(of)
	if err != nil {
		return nil, err
	}
	a := call.Raw("image/png", body)
	a.Header = http.Header{"Cache-Control": {"public, max-age=604800"}}
	return a, nil
}

var portraits sync.Map // of their names, at most PortraitTints for each letter

func portraitOf(of string) ([]byte, error) {
	if drawn, ok := portraits.Load(of); ok {
		return drawn.([]byte), nil //nolint:forcetypeassert // nothing else is kept
	}
	bold, err := portraitFace()
	if err != nil {
		return nil, err
	}
	tint, white := portraitTints[of[1]-'0'], color.RGBA{0xff, 0xff, 0xff, 0xff}
	img := image.NewPaletted(image.Rect(0, 0, portraitSize, portraitSize), blend(nil, tint, white))
	draw.Draw(img, img.Bounds(), image.NewUniform(tint), image.Point{}, draw.Src)
	p, middle := brush{img: img}, portraitSize/2
	if of[0] == '_' {
		p.disc(middle, 62, 28, white)
		p.disc(middle, 166, 62, white)
	} else {
		p.middle(bold, strings.ToUpper(of[:1]), middle, middle+31, white)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, err
	}
	portraits.Store(of, b.Bytes())
	return b.Bytes(), nil
}

var portraitFace = sync.OnceValues(func() (*letters, error) { return shareFace(gobold.TTF, 88) })
