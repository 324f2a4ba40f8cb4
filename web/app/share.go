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
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"ensemble/web/call"
	"ensemble/web/page"
)

// The picture that other sites show beside a link to a post which has none of its own:
// its first words, and the names of all who stand by it.

const (
	shareWidth, shareHeight = 1200, 630 // pixels, as Open Graph readers crop to
	shareEdge               = 80
	shareNames              = 3 // discs
)

var (
	shareGround = color.RGBA{0xfa, 0xf8, 0xf5, 0xff}
	shareInk    = color.RGBA{0x22, 0x1f, 0x2b, 0xff}
	shareQuiet  = color.RGBA{0x62, 0x5d, 0x6e, 0xff}
	shareDiscs  = []color.RGBA{{0x4a, 0x3a, 0xa7, 0xff}, {0xd9, 0x57, 0x2b, 0xff}, {0x0f, 0x8a, 0x7e, 0xff}}
)

// shareSite is GET /share.png: the picture beside a link to this server.
func shareSite(c *call.Call) (any, error) {
	say := set.For(c)
	return shared(drawShare(page.Title(c), []string{"A", "B", "C"}, say.T("front.title"), say.T("front.lead"), nil))
}

func shared(body []byte, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	a := call.Raw("image/png", body)
	a.Header = http.Header{"Cache-Control": {"public, max-age=3600"}}
	return a, nil
}

// drawShare draws who says what, on which site, and a picture of it, nil for none.
func drawShare(site string, names []string, who, what string, picture image.Image) ([]byte, error) {
	faces, err := shareFaces()
	if err != nil {
		return nil, err
	}
	var img draw.Image = image.NewPaletted(image.Rect(0, 0, shareWidth, shareHeight), sharePalette())
	width := shareWidth - 2*shareEdge
	if picture != nil {
		img, width = image.NewRGBA(img.Bounds()), sharePart.Min.X-shareEdge*3/2
	}
	draw.Draw(img, img.Bounds(), image.NewUniform(shareGround), image.Point{}, draw.Src)
	if picture != nil {
		hang(img, sharePart, picture)
	}
	p := brush{img: img}
	for i, name := range names[:min(len(names), shareNames)] {
		x := shareEdge + 60 + i*90
		p.disc(x, 140, 60, shareDiscs[i%len(shareDiscs)])
		p.middle(faces.bold, initial(name), x, 158, color.White)
	}
	y := 270
	for _, line := range wrap(faces.bold, who, width, 2) {
		p.write(faces.bold, line, shareEdge, y, shareInk)
		y += 62
	}
	for _, line := range wrap(faces.plain, what, width, 4) {
		p.write(faces.plain, line, shareEdge, y, shareQuiet)
		y += 50
	}
	p.write(faces.plain, site, shareEdge, shareHeight-50, shareDiscs[0])
	var b bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img)
	return b.Bytes(), err
}

// sharePalette holds the colours, and those between them and the ground: letters have
// soft edges.
func sharePalette() color.Palette {
	p := blend(blend(nil, shareGround, shareInk), shareGround, shareQuiet)
	for _, d := range shareDiscs {
		p = blend(blend(p, shareGround, d), d, color.RGBA{0xff, 0xff, 0xff, 0xff})
	}
	return p
}

// blend adds the colours between two of them, and both, to p.
func blend(p color.Palette, from, to color.RGBA) color.Palette {
	for i := range 12 {
		part := func(a, b uint8) uint8 { return uint8((int(a)*(11-i) + int(b)*i) / 11) }
		p = append(p, color.RGBA{part(from.R, to.R), part(from.G, to.G), part(from.B, to.B), 0xff})
	}
	return p
}

type shareFonts struct{ plain, bold *letters }

// letters are a font in a size. It is not safe for several at once, hence the lock.
type letters struct {
	mu   sync.Mutex
	font *opentype.Font
	face font.Face
	buf  sfnt.Buffer
}

// has returns s without what the font has no letter for.
func (l *letters) has(s string) string {
	return strings.Map(func(r rune) rune {
		if i, err := l.font.GlyphIndex(&l.buf, r); err != nil || i == 0 {
			return -1
		}
		return r
	}, s)
}

func (l *letters) width(s string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return font.MeasureString(l.face, l.has(s)).Ceil()
}

func (l *letters) draw(on draw.Image, s string, x, y int, c color.Color) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d := font.Drawer{Dst: on, Src: image.NewUniform(c), Face: l.face, Dot: fixed.P(x, y)}
	d.DrawString(l.has(s))
}

var shareFaces = sync.OnceValues(func() (f shareFonts, err error) {
	if f.plain, err = shareFace(goregular.TTF, 36); err == nil {
		f.bold, err = shareFace(gobold.TTF, 48)
	}
	return f, err
})

func shareFace(ttf []byte, size float64) (*letters, error) {
	parsed, err := opentype.Parse(ttf)
	if err != nil {
		return nil, err
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72})
	return &letters{font: parsed, face: face}, err
}

type brush struct{ img draw.Image }

func (b brush) disc(cx, cy, r int, c color.Color) {
	for y := -r; y <= r; y++ {
		for x := -r; x <= r; x++ {
			if x*x+y*y <= r*r {
				b.img.Set(cx+x, cy+y, c)
			}
		}
	}
}

func (b brush) write(l *letters, s string, x, y int, c color.Color) { l.draw(b.img, s, x, y, c) }

func (b brush) middle(l *letters, s string, x, y int, c color.Color) {
	l.draw(b.img, s, x-l.width(s)/2, y, c)
}

// wrap breaks s into at most so many lines of a width in pixels; what does not fit is …
func wrap(f *letters, s string, most, lines int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(s) {
		longer := strings.TrimSpace(line + " " + word)
		if f.width(longer) <= most {
			line = longer
			continue
		}
		if len(out) == lines-1 {
			return append(out, clipLine(f, line+"…", most))
		}
		if line != "" {
			out = append(out, clipLine(f, line, most))
		}
		line = word
	}
	if line != "" {
		out = append(out, clipLine(f, line, most))
	}
	return out
}

// clipLine cuts a line without a place to break it.
func clipLine(f *letters, line string, most int) string {
	for r := []rune(line); len(r) > 1 && f.width(line) > most; line = string(r) + "…" {
		r = r[:len(r)*9/10]
	}
	return line
}

// initial is the first letter of a name.
func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "·"
}
