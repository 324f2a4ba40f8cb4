package files

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"io"
	"strings"
	"testing"

	"ensemble/models"
)

// bomb returns a small PNG that claims to be large.
func bomb(w, h uint32, depth, colour byte) []byte {
	ihdr := binary.BigEndian.AppendUint32(nil, w)
	ihdr = append(binary.BigEndian.AppendUint32(ihdr, h), depth, colour, 0, 0, 0)
	return bytes.Join([][]byte{[]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", ihdr), chunk("IDAT", []byte("x\x9c")), chunk("IEND", nil)}, nil)
}

func TestPixelBombs(t *testing.T) {
	allocated := testing.AllocsPerRun(1, func() { refuse(t, bomb(50_000, 50_000, 8, 6), "media-pixels", nil) })
	t.Logf("%.0f allocations", allocated)
	refuse(t, bomb(1<<31-1, 1<<31-1, 1, 0), "media-broken", nil) // Go's png calls this an overflow
	refuse(t, bomb(5600, 5600, 16, 6), "media-heavy", nil)
	refuse(t, pngOf(t, scene(100, 100)), "media-pixels", func(l *Limits) { l.Pixels = 9_999 })

	photo := jpegOf(t, scene(60, 40))
	at := bytes.Index(photo, []byte("\xff\xc0"))
	copy(photo[at+5:], "\xff\xff\xff\xff")
	refuse(t, photo, "media-pixels", nil)

	b := gifOf(t, 10, 10, 1)
	copy(b[6:], "\xff\xff\xff\xff")
	refuse(t, b, "media-pixels", nil)

	webp := extendedWebP(webpOf(t, scene(4, 4))[12:], 1<<14, 1<<14, 0)
	refuse(t, webp, "media-pixels", nil)
}

func TestHeavyPicturesAreKnownByTheirHeader(t *testing.T) {
	progressive := jpegOf(t, image.NewNRGBA(image.Rect(0, 0, 60, 40)))
	at := bytes.Index(progressive, []byte("\xff\xc0"))
	copy(progressive[at:], "\xff\xc2\x00\x11\x08\x1a\x0a\x10\x00\x03\x01\x11") // 4096 × 6666, 4:4:4
	refuse(t, progressive, "media-heavy", nil)
}

func TestCutShort(t *testing.T) {
	for name, b := range map[string][]byte{"JPEG": jpegOf(t, scene(60, 40)), "PNG": pngOf(t, scene(60, 40)),
		"GIF": gifOf(t, 60, 40, 2), "WebP": webpOf(t, scene(60, 40))} {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{20, len(b) / 2, len(b) - 1} {
				refuse(t, b[:n], "media-broken", nil)
			}
		})
	}
}

func TestNotAPicture(t *testing.T) {
	for name, b := range map[string]string{
		"nothing":      "",
		"a web page":   "<!DOCTYPE html><html><script>alert(1)</script></html>",
		"a drawing":    `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`,
		"text":         "hello",
		"a document":   `{"@context":"https://www.w3.org/ns/activitystreams","type":"Note"}`,
		"a PDF":        "%PDF-1.7",
		"a program":    "\x7fELF\x02\x01\x01",
		"a playlist":   "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n",
		"Matroska":     "\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska",
		"a concat":     "ffconcat version 1.0\nfile /etc/passwd\n",
		"RIFF of else": "RIFF\x10\x00\x00\x00AVI LIST",
	} {
		t.Run(name, func(t *testing.T) { refuse(t, []byte(b), "media-type", nil) })
	}
	_, err := Process(context.Background(), strings.NewReader("<html>"), "image/jpeg", "cat.jpg", limitsIn(t))
	if want := `"cat.jpg" is a web page although it was sent as "image/jpeg"; `; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s...", err, want)
	}
}

func TestPolyglots(t *testing.T) {
	for name, b := range map[string][]byte{"JPEG": jpegOf(t, scene(60, 40)), "PNG": pngOf(t, scene(60, 40)),
		"GIF": gifOf(t, 60, 40, 1), "WebP": webpOf(t, scene(60, 40))} {
		t.Run(name, func(t *testing.T) {
			refuse(t, append(bytes.Clone(b), "<html><script>alert(1)</script>"...), "media-polyglot", nil)
			refuse(t, append(bytes.Clone(b), "PK\x03\x04"...), "media-polyglot", nil)

			p := process(t, append(bytes.Clone(b), "SEFHcamera"...)) // as some phones do
			if bytes.Contains(content(t, p.Original), []byte("camera")) {
				t.Error("what followed the picture is still there")
			}
			if _, err := Inspect(context.Background(), bytes.NewReader(append(b, "SEFHcamera"...)), limitsIn(t)); models.CodeOf(err) != "media-polyglot" {
				t.Errorf("Inspect let it in: %v", err)
			}
		})
	}
	refuse(t, []byte("GIF89a/*<svg/onload=alert(1)>*/=1;"), "media-broken", nil)
	comment := jpegOf(t, scene(20, 20))
	comment = []byte("\xff\xd8\xff\xfe\x00\x1c<script>alert(1)</script>!" + string(comment[2:]))
	if p := process(t, comment); bytes.Contains(content(t, p.Original), []byte("script")) {
		t.Error("a comment survived")
	}
}

func TestTooManyBytes(t *testing.T) {
	photo := jpegOf(t, scene(60, 40))
	refuse(t, photo, "media-large", func(l *Limits) { l.ImageBytes = int64(len(photo)) - 1 })
	endless := io.MultiReader(bytes.NewReader(photo), zeros{})
	if _, err := Process(context.Background(), endless, "", "", limitsIn(t)); models.CodeOf(err) != "media-large" {
		t.Errorf("an endless upload: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestBrokenUploadLeavesNothing(t *testing.T) {
	r := io.MultiReader(bytes.NewReader(jpegOf(t, scene(300, 300))[:5000/10]), brokenCable{})
	if _, err := Process(context.Background(), r, "", "", limitsIn(t)); !errors.Is(err, errCable) || models.KindOf(err) != models.Internal {
		t.Errorf("got %v", err)
	}
}

func FuzzSniff(f *testing.F) {
	for _, b := range [][]byte{jpegOf(f, scene(9, 7)), withEXIF(jpegOf(f, scene(9, 7)), 6), pngOf(f, scene(9, 7)), gifOf(f, 9, 7, 2),
		webpOf(f, scene(9, 7)), []byte("\x00\x00\x00\x18ftypisom"), []byte("ID3\x04"), []byte("\xff\xfb\x90\x00")} {
		f.Add(b)
	}
	known := map[string]bool{"": true}
	for _, contentType := range Types() {
		known[contentType] = true
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		contentType := Sniff(b)
		if !known[contentType] || contentType != "" && Extension(contentType) == "" {
			t.Errorf("Sniff = %q", contentType)
		}
		if describe(b) == "" {
			t.Error("nothing to say")
		}
		for _, as := range []string{typeJPEG, typePNG, typeGIF, typeWebP} {
			a, ok := dissect(as, b)
			if ok && (a.end <= 0 || a.end > len(b) || a.weight <= 0) {
				t.Errorf("%s: %+v of %d bytes", as, a, len(b))
			}
			if o := orientation(a.exif); o < 1 || o > 8 {
				t.Errorf("orientation %d", o)
			}
		}
		orientation(b)
		if h, ok := dissectHEIF(b); ok {
			for _, i := range h.items {
				if m, ok := h.mosaic(i); ok {
					if _, err := h.film(m); err != nil && models.KindOf(err) != models.Invalid {
						t.Error(err)
					}
				}
				h.turns(i)
				h.colours(i)
			}
			h.mask(h.primary)
		}
	})
}

// FuzzPicture lets the decoders see what the checks before them let through.
func FuzzPicture(f *testing.F) {
	for _, b := range [][]byte{withEXIF(jpegOf(f, scene(9, 7)), 6), pngOf(f, scene(9, 7)), gifOf(f, 9, 7, 2), webpOf(f, scene(9, 7))} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l := Defaults()
		l.Pixels = 10_000
		contentType := Sniff(b)
		if !isPicture(contentType) {
			return
		}
		p, err := look(contentType, b, l)
		if err != nil {
			return
		}
		img, err := p.decode(100)
		if err == nil {
			_, err = blur(img)
		}
		if err != nil && models.KindOf(err) != models.Invalid {
			t.Error(err)
		}
	})
}
