package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"net/http"
	"path"
	"sync"

	"ensemble/models"
	"ensemble/web/call"
)

//go:embed static
var staticFiles embed.FS

var staticTypes = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png"}

// static is GET /static/:file.
func static(c *call.Call) (any, error) {
	if c.Param("file") == "avatar.png" {
		return noAvatar(c)
	}
	name := c.Param("file")
	kind := staticTypes[path.Ext(name)]
	body, err := staticFiles.ReadFile("static/" + name)
	if name == "ensemble.css" {
		body, err = styles()
	}
	if err != nil || kind == "" {
		return nil, models.Errorf(models.NotFound, "there is no such file here")
	}
	return asked(c, call.Raw(kind, body)), nil
}

// styles is the style sheet: its parts in the order of their names.
var styles = sync.OnceValues(func() ([]byte, error) {
	parts, err := fs.Glob(staticFiles, "static/css/*.css")
	if err != nil {
		return nil, err
	}
	var all []byte
	for _, name := range parts {
		part, err := staticFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	return all, nil
})

// asked has the browser ask each time whether what it has is still the same, so that
// nobody sees new pages in old clothes.
func asked(c *call.Call, a call.Answer) call.Answer {
	sum := sha256.Sum256(a.Body)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	a.Header = http.Header{"Cache-Control": {"no-cache"}, "ETag": {tag}}
	if c.GetHeader("If-None-Match") == tag {
		a.Status, a.Body = http.StatusNotModified, nil
	}
	return a
}

func robots(*call.Call) (any, error) {
	return forADay(call.Raw("text/plain; charset=utf-8", []byte("User-agent: *\nDisallow: /api/\nDisallow: /oauth/\nDisallow: /media/preview/\n"))), nil
}

func forADay(a call.Answer) call.Answer {
	a.Header = http.Header{"Cache-Control": {"public, max-age=86400"}}
	return a
}

// noAvatar and noHeader are the pictures of those who chose none: clients insist
// on having one.
func noAvatar(*call.Call) (any, error) { return picture(avatar) }
func noHeader(*call.Call) (any, error) { return picture(header) }

func picture(draw func() ([]byte, error)) (any, error) {
	body, err := draw()
	return forADay(call.Raw("image/png", body)), err
}

var (
	avatar = sync.OnceValues(func() ([]byte, error) {
		const n = 128
		return drawn(n, n, func(x, y int) bool {
			round := func(cx, cy, r int) bool { return (x-cx)*(x-cx)+(y-cy)*(y-cy) <= r*r }
			return round(n/2, 50, 24) || round(n/2, 128, 46)
		})
	})
	header = sync.OnceValues(func() ([]byte, error) {
		return drawn(600, 200, func(x, y int) bool { return (x+y)/40%2 == 0 })
	})
)

// drawn returns a picture in two colours: where ink says so, the lighter one.
func drawn(width, height int, ink func(x, y int) bool) ([]byte, error) {
	img := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{
		color.RGBA{0x4b, 0x4f, 0x63, 0xff}, color.RGBA{0x5a, 0x5f, 0x78, 0xff},
	})
	for y := range height {
		for x := range width {
			if ink(x, y) {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, img)
	return b.Bytes(), err
}
