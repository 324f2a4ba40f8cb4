package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"

	"ensemble/models"
	"ensemble/web/call"
)

//go:embed static
var staticFiles embed.FS

var staticTypes = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png"}

// static is GET /static/:file.
func static(c *call.Call) (any, error) {
	name := c.Param("file")
	kind := staticTypes[path.Ext(name)]
	body, err := staticFiles.ReadFile("static/" + name)
	if name == "ensemble.css" {
		body, err = styles()
	}
	if err != nil || kind == "" {
		return nil, models.Errorf(models.NotFound, "there is no such file here")
	}
	p, err := press(name, body)
	if err != nil {
		return nil, err
	}
	return p.answer(c, kind), nil
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

// A pressed is a file as it is sent: whole, or compressed once for all.
type pressed struct {
	tag         string
	whole, gzip []byte
}

var pressedFiles sync.Map // by name, of *pressed

func press(name string, body []byte) (*pressed, error) {
	if p, ok := pressedFiles.Load(name); ok {
		return p.(*pressed), nil
	}
	sum := sha256.Sum256(body)
	p := &pressed{tag: hex.EncodeToString(sum[:8]), whole: body}
	if !strings.HasSuffix(name, ".png") { // which is compressed as it is
		var b bytes.Buffer
		w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err == nil {
			_, err = w.Write(body)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			return nil, err
		}
		p.gzip = b.Bytes()
	}
	pressedFiles.Store(name, p)
	return p, nil
}

// answer has the browser ask each time whether what it has is still the same, so that
// nobody sees new pages in old clothes.
func (p *pressed) answer(c *call.Call, kind string) call.Answer {
	a, tag := call.Raw(kind, p.whole), `"`+p.tag+`"`
	a.Header = http.Header{"Cache-Control": {"no-cache"}, "Vary": {"Accept-Encoding"}}
	if p.gzip != nil && strings.Contains(c.GetHeader("Accept-Encoding"), "gzip") {
		a.Body, tag = p.gzip, `"`+p.tag+`-gzip"`
		a.Header.Set("Content-Encoding", "gzip")
	}
	a.Header.Set("ETag", tag)
	if c.GetHeader("If-None-Match") == tag {
		a.Status, a.Body = http.StatusNotModified, nil
		a.Header.Del("Content-Encoding")
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

// noHeader is the banner of those who chose none: clients insist on having one.
func noHeader(*call.Call) (any, error) {
	body, err := header()
	return forADay(call.Raw("image/png", body)), err
}

// header is stripes in two colours that are near each other.
var header = sync.OnceValues(func() ([]byte, error) {
	img := image.NewPaletted(image.Rect(0, 0, 600, 200), color.Palette{
		color.RGBA{0x4a, 0x3a, 0xa7, 0xff}, color.RGBA{0x52, 0x43, 0xb0, 0xff},
	})
	for i := range img.Pix {
		img.Pix[i] = uint8((i%img.Stride + i/img.Stride) / 40 % 2)
	}
	var b bytes.Buffer
	err := png.Encode(&b, img)
	return b.Bytes(), err
})
