package files

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"math/rand/v2"
	"slices"
	"testing"

	"ensemble/models"
)

// part writes a box.
func part(kind string, data ...[]byte) []byte {
	body := bytes.Join(data, nil)
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)+8))
	return append(append(b, kind...), body...)
}

func be(size int, n int) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(n))
	return b[8-size:]
}

// An ingredient is an item of a HEIC or AVIF file.
type ingredient struct {
	kind  string
	data  []byte
	props [][]byte
	refer []byte // its box in iref
}

// heifOf writes a file of items, of which the first is shown.
func heifOf(brand string, items ...ingredient) []byte {
	var infe, props, ipma, iref, mdat []byte
	var at []int
	n := 0
	for i, item := range items {
		infe = append(infe, part("infe", be(4, 2<<24), be(2, i+1), be(2, 0), []byte(item.kind), []byte{0})...)
		ipma = append(ipma, append(be(2, i+1), byte(len(item.props)))...)
		for _, p := range item.props {
			n++
			props, ipma = append(props, p...), append(ipma, byte(n))
		}
		iref = append(iref, item.refer...)
		at = append(at, len(mdat))
		mdat = append(mdat, item.data...)
	}
	whole := func(start int) []byte {
		var iloc []byte
		for i, item := range items {
			iloc = append(iloc, bytes.Join([][]byte{be(2, i+1), be(2, 0), be(2, 1), be(4, start+at[i]), be(4, len(item.data))}, nil)...)
		}
		return bytes.Join([][]byte{part("ftyp", []byte(brand), be(4, 0), []byte("mif1"+brand)), part("meta", be(4, 0),
			part("hdlr", be(8, 0), []byte("pict"), be(8, 0), be(5, 0)), part("pitm", be(4, 0), be(2, 1)),
			part("iinf", be(4, 0), be(2, len(items)), infe), part("iref", be(4, 0), iref),
			part("iprp", part("ipco", props), part("ipma", be(4, 0), be(4, len(items)), ipma)),
			part("iloc", be(4, 0), []byte{0x44, 0}, be(2, len(items)), iloc))}, nil)
	}
	head := whole(0)
	return append(whole(len(head)+8), part("mdat", mdat)...)
}

func sized(w, h int) []byte { return part("ispe", be(4, 0), be(4, w), be(4, h)) }

// tellsAll is EXIF, as phones put it beside the picture.
func tellsAll() ingredient { return ingredient{kind: "Exif", data: append(be(4, 0), exif(6)...)} }

// hevc has ffmpeg code a picture: its hvcC box, and its data.
func hevc(t *testing.T, source string) (config, data []byte) {
	b := clipOf(t, "a.hevc", "-f", "lavfi", "-i", source, "-frames:v", "1", "-pix_fmt", "yuv420p", "-c:v", "libx265", "-x265-params", "log-level=none:info=0")
	sets := append(make([]byte, 21), 3, 3)
	b = bytes.ReplaceAll(b, []byte("\x00\x00\x00\x01"), []byte("\x00\x00\x01"))
	for _, unit := range bytes.Split(b, []byte("\x00\x00\x01"))[1:] {
		switch kind := unit[0] >> 1 & 63; kind {
		case 32, 33, 34:
			sets = append(append(append(append(sets, kind), be(2, 1)...), be(2, len(unit))...), unit...)
		default:
			data = append(append(data, be(4, len(unit))...), unit...)
		}
	}
	return part("hvcC", sets), data
}

// av1 is hevc for AV1.
func av1(t *testing.T, source, pixels string) (config, data []byte) {
	b := clipOf(t, "a.ivf", "-f", "lavfi", "-i", source, "-frames:v", "1", "-pix_fmt", pixels, "-c:v", "libaom-av1", "-still-picture", "1", "-cpu-used", "8")
	return part("av1C", []byte{0x81, 0, 0, 0}), b[32+12+2:]
}

// quarters is a picture whose top left quarter is red and the rest blue, for ffmpeg.
const quarters = "color=blue:size=64x64,drawbox=0:0:32:32:red:fill"

func TestHEIF(t *testing.T) {
	config, data := hevc(t, quarters)
	avConfig, avData := av1(t, quarters, "yuv420p")
	red, redData := hevc(t, "color=red:size=64x64")
	blue, blueData := hevc(t, "color=blue:size=64x64")
	tile := func(config, data []byte) ingredient {
		return ingredient{"hvc1", data, [][]byte{config, sized(64, 64)}, nil}
	}
	turn := func(n byte) []byte { return part("irot", []byte{n}) }
	for name, c := range map[string]struct {
		file []byte
		w, h int
		red  image.Point
	}{
		"HEIC":            {heifOf("heic", ingredient{"hvc1", data, [][]byte{config, sized(64, 64)}, nil}, tellsAll()), 64, 64, image.Pt(10, 10)},
		"AVIF":            {heifOf("avif", ingredient{"av01", avData, [][]byte{avConfig, sized(64, 64)}, nil}, tellsAll()), 64, 64, image.Pt(10, 10)},
		"turned left":     {heifOf("heic", ingredient{"hvc1", data, [][]byte{config, sized(64, 64), turn(1)}, nil}), 64, 64, image.Pt(10, 54)},
		"on its head":     {heifOf("heic", ingredient{"hvc1", data, [][]byte{config, sized(64, 64), turn(2)}, nil}), 64, 64, image.Pt(54, 54)},
		"turned right":    {heifOf("avif", ingredient{"av01", avData, [][]byte{avConfig, sized(64, 64), turn(3)}, nil}), 64, 64, image.Pt(54, 10)},
		"mirrored":        {heifOf("heic", ingredient{"hvc1", data, [][]byte{config, sized(64, 64), part("imir", []byte{1})}, nil}), 64, 64, image.Pt(54, 10)},
		"mirrored across": {heifOf("heic", ingredient{"hvc1", data, [][]byte{config, sized(64, 64), part("imir", []byte{0})}, nil}), 64, 64, image.Pt(10, 54)},
		"a grid, turned": {heifOf("heic",
			ingredient{"grid", slices.Concat([]byte{0, 0, 0, 2}, be(2, 150), be(2, 60)), [][]byte{sized(150, 60), turn(3)},
				part("dimg", be(2, 1), be(2, 3), be(2, 2), be(2, 3), be(2, 4))},
			tile(blue, blueData), tile(blue, blueData), tile(red, redData), tellsAll()), 60, 150, image.Pt(30, 140)},
	} {
		t.Run(name, func(t *testing.T) {
			p := process(t, c.file)
			img := decoded(t, p.Original)
			if p.Original.Type != typeJPEG || p.Original.Width != c.w || p.Original.Height != c.h || img.Bounds() != image.Rect(0, 0, c.w, c.h) {
				t.Fatalf("got %+v", p.Original)
			}
			if !isRed(img, c.red.X, c.red.Y) || isRed(img, c.w-1-c.red.X, c.h-1-c.red.Y) {
				t.Error("turned the wrong way")
			}
			for _, f := range []File{p.Original, p.Small} {
				if bytes.Contains(content(t, f), []byte("SECRET")) || bytes.Contains(content(t, f), []byte("Exif")) {
					t.Errorf("%s tells where it was made", f.Path)
				}
			}
			u, err := Receive(t.Context(), bytes.NewReader(c.file), "", "", limitsIn(t))
			check(t, err)
			square, err := u.Portrait(t.Context(), 40, 40)
			check(t, err)
			if square.Original.Width != 40 || square.Original.Type != typeJPEG {
				t.Errorf("a portrait is %+v", square.Original)
			}
			check(t, square.Close())
		})
	}
}

func TestHEIFThatOneSeesThrough(t *testing.T) {
	config, data := av1(t, "color=red:size=64x64", "yuv420p")
	maskConfig, mask := av1(t, "color=black:size=64x64,drawbox=0:0:32:64:white:fill", "gray")
	p := process(t, heifOf("avif", ingredient{"av01", data, [][]byte{config, sized(64, 64)}, nil},
		ingredient{"av01", mask, [][]byte{maskConfig, sized(64, 64), part("auxC", be(4, 0), []byte("urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\x00"))},
			part("auxl", be(2, 2), be(2, 1), be(2, 1))}))
	img := decoded(t, p.Original)
	_, _, _, left := img.At(10, 30).RGBA()
	_, _, _, right := img.At(54, 30).RGBA()
	if p.Original.Type != typeWebP || left < 0xf000 || right > 0x1000 {
		t.Errorf("%s, %x, %x", p.Original.Type, left, right)
	}
}

func TestHEIFsThatAreRefused(t *testing.T) {
	config, data := hevc(t, "color=red:size=64x64")
	of := func(items ...ingredient) []byte { return heifOf("heic", items...) }
	good := of(ingredient{"hvc1", data, [][]byte{config, sized(64, 64)}, nil})
	grid := func(rows, columns byte, w, h int, to ...int) ingredient {
		refer := append(be(2, 1), be(2, len(to))...)
		for _, n := range to {
			refer = append(refer, be(2, n)...)
		}
		return ingredient{"grid", slices.Concat([]byte{0, 0, rows - 1, columns - 1}, be(2, w), be(2, h)), [][]byte{sized(w, h)}, part("dimg", refer)}
	}
	tile := ingredient{"hvc1", data, [][]byte{config, sized(64, 64)}, nil}
	for name, c := range map[string]struct {
		code string
		file []byte
	}{
		"more pixels than are allowed": {"media-pixels", of(ingredient{"hvc1", data, [][]byte{config, sized(1<<15, 1<<15)}, nil})},
		"a grid of itself":             {"media-broken", of(grid(1, 2, 128, 64, 1, 1))},
		"a grid of tiles it lacks":     {"media-broken", of(grid(1, 2, 128, 64, 2, 9), tile)},
		"a grid larger than its tiles": {"media-broken", of(grid(1, 2, 500, 500, 2, 2), tile)},
		"another kind of item":         {"media-broken", of(ingredient{"jpeg", data, [][]byte{sized(64, 64)}, nil})},
		"no size":                      {"media-broken", of(ingredient{"hvc1", data, [][]byte{config}, nil})},
		"no parameters":                {"media-broken", of(ingredient{"hvc1", data, [][]byte{sized(64, 64)}, nil})},
		"nonsense for a picture":       {"media-broken", of(ingredient{"hvc1", []byte("\x00\x00\x00\x02xx"), [][]byte{config, sized(64, 64)}, nil})},
		"cut short":                    {"media-broken", good[:len(good)-len(data)/2-8]},
		"a page behind it":             {"media-polyglot", append(bytes.Clone(good), "<html><script>"...)},
		"nothing but a brand":          {"media-broken", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")},
	} {
		_, err := Process(context.Background(), bytes.NewReader(c.file), "", "", limitsIn(t))
		if models.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Inspect(context.Background(), bytes.NewReader(good), limitsIn(t)); models.CodeOf(err) != "media-type" {
		t.Errorf("a peer's: %v", err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 { // nothing that can be written there makes us stumble
		b := bytes.Clone(good)
		for range 1 + r.IntN(4) {
			b[r.IntN(len(b))] = byte(r.UintN(256))
		}
		if h, ok := dissectHEIF(b); ok {
			if m, ok := h.mosaic(h.items[h.primary]); ok {
				_, _ = h.film(m) // whatever it says
			}
		}
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := Process(context.Background(), bytes.NewReader(good), "", "", limitsIn(t)); models.CodeOf(err) != "media-no-ffmpeg" {
		t.Errorf("without ffmpeg: %v", err)
	}
}

// A GIF has no EXIF, but comments and XMP.
func TestGIFLosesWhatItTells(t *testing.T) {
	for frames := 1; frames < 3; frames++ {
		b := gifOf(t, 30, 20, frames)
		at := 13 + colourTable(b[10])
		told := "\x21\xfe\x0cGPSSECRET 48\x00\x21\xff\x0bXMP DataXMP\x0cGPSSECRET xy\x00"
		b = slices.Concat(b[:at], []byte(told), b[at:])
		if p := process(t, b); bytes.Contains(content(t, p.Original), []byte("SECRET")) {
			t.Errorf("a GIF of %d frames tells", frames)
		}
	}
}
