package files

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gen2brain/webp"

	"ensemble/models"
)

// scene paints a picture whose top left quarter is red and the rest blue.
func scene(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{B: 220, A: 255}
			if x < w/2 && y < h/2 {
				c = color.NRGBA{R: 220, A: 255}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func isRed(img image.Image, x, y int) bool {
	r, _, b, _ := img.At(x, y).RGBA()
	return r > 2*b
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	check(t, jpeg.Encode(&b, img, nil))
	return b.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	check(t, png.Encode(&b, img))
	return b.Bytes()
}

func webpOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	check(t, webp.Encode(&b, img, webp.Options{Quality: 90}))
	return b.Bytes()
}

func gifOf(t testing.TB, w, h, frames int) []byte {
	t.Helper()
	g := &gif.GIF{}
	for i := range frames {
		img := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.Black, color.White, color.NRGBA{R: 255, A: 255}})
		for y := range h {
			img.SetColorIndex((i*5+y)%w, y, uint8(1+i%2))
		}
		g.Image, g.Delay = append(g.Image, img), append(g.Delay, 10)
	}
	var b bytes.Buffer
	check(t, gif.EncodeAll(&b, g))
	return b.Bytes()
}

// exif returns a big-endian TIFF block with an orientation and a GPS latitude.
func exif(orientation uint16) []byte {
	b := []byte("MM\x00\x2a\x00\x00\x00\x08")
	b = append(b, 0, 2) // two entries
	b = append(b, 0x01, 0x12, 0, 3, 0, 0, 0, 1)
	b = binary.BigEndian.AppendUint16(b, orientation)
	b = append(b, 0, 0)
	b = append(b, 0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38) // GPS IFD at 38
	b = append(b, 0, 0, 0, 0)
	b = append(b, 0, 1, 0, 1, 0, 2, 0, 0, 0, 2, 'N', 0, 0, 0, 0, 0, 0, 0)
	return append(b, "GPSSECRET 48.8583 2.2944"...)
}

// withEXIF puts XMP and EXIF segments behind the first marker of a JPEG, in the
// order that hides EXIF from readers that look at the first APP1 only.
func withEXIF(photo []byte, orientation uint16) []byte {
	segment := func(data string) string {
		return "\xff\xe1" + string(binary.BigEndian.AppendUint16(nil, uint16(len(data)+2))) + data
	}
	xmp := segment("http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>XMPSECRET</x:xmpmeta>")
	return []byte(string(photo[:2]) + xmp + segment("Exif\x00\x00"+string(exif(orientation))) + string(photo[2:]))
}

// chunk writes one chunk of a PNG.
func chunk(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// riff writes one chunk of a WebP.
func riff(kind string, data []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(data)))
	b = append(b, data...)
	return append(b, make([]byte, len(data)&1)...)
}

// extendedWebP wraps the pixels of a simple WebP into the extended format.
func extendedWebP(simple []byte, w, h int, flags byte, rest ...[]byte) []byte {
	head := []byte{flags, 0, 0, 0, byte(w - 1), byte((w - 1) >> 8), 0, byte(h - 1), byte((h - 1) >> 8), 0}
	body := append([]byte("WEBP"), riff("VP8X", head)...)
	body = append(append(body, simple...), bytes.Join(rest, nil)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// clipOf lets ffmpeg make a file from arguments that end before the output.
func clipOf(t testing.TB, name string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not on PATH, and only it can make films")
	}
	path := filepath.Join(t.TempDir(), name)
	out, err := exec.Command("ffmpeg", append(append([]string{"-nostdin", "-v", "error"}, args...), path)...).CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg %v: %v\n%s", args, err, out)
	}
	b, err := os.ReadFile(path)
	check(t, err)
	return b
}

// limitsIn returns the default limits with a scratch folder that must be empty
// again when the test ends.
func limitsIn(t testing.TB) Limits {
	t.Helper()
	l := Defaults()
	l.Scratch = t.TempDir()
	t.Cleanup(func() {
		left, err := os.ReadDir(l.Scratch)
		if err != nil || len(left) > 0 {
			t.Errorf("left in the scratch folder: %v (%v)", left, err)
		}
	})
	return l
}

// process runs Process and closes what comes out when the test ends.
func process(t testing.TB, b []byte) *Processed {
	t.Helper()
	p, err := Process(context.Background(), bytes.NewReader(b), "application/x-lie", "upload.bin", limitsIn(t))
	if err != nil {
		t.Fatalf("Process: %v", err)
	}
	t.Cleanup(func() { check(t, p.Close()) })
	whole(t, p)
	return p
}

// inspect is process for Inspect.
func inspect(t testing.TB, b []byte) *Processed {
	t.Helper()
	p, err := Inspect(context.Background(), bytes.NewReader(b), limitsIn(t))
	if err != nil {
		t.Fatalf("Inspect: %v", err)
	}
	t.Cleanup(func() { check(t, p.Close()) })
	whole(t, p)
	if got := content(t, p.Original); !bytes.Equal(got, b) {
		t.Error("Inspect changed the bytes")
	}
	return p
}

// whole checks what holds for everything that is processed.
func whole(t testing.TB, p *Processed) {
	t.Helper()
	b := content(t, p.Original)
	if int64(len(b)) != p.Original.Size {
		t.Errorf("size is %d, the file has %d bytes", p.Original.Size, len(b))
	}
	digest, err := Digest(bytes.NewReader(b))
	if err != nil || digest != p.Digest || !strings.HasPrefix(digest, "zQm") {
		t.Errorf("digest is %q, want %q, %v", p.Digest, digest, err)
	}
	if p.Kind == Audio {
		return
	}
	if len(p.Blurhash) != 4+2*12 {
		t.Errorf("blurhash %q has not 12 components", p.Blurhash)
	}
	small := decoded(t, p.Small)
	if s := small.Bounds(); s.Dx() != p.Small.Width || s.Dy() != p.Small.Height || s.Dx()*s.Dy() > smallArea*102/100 {
		t.Errorf("thumbnail is %v, said to be %d × %d", s, p.Small.Width, p.Small.Height)
	}
}

func content(t testing.TB, f File) []byte {
	t.Helper()
	b, err := os.ReadFile(f.Path)
	check(t, err)
	if filepath.Ext(f.Path) != Extension(f.Type) {
		t.Errorf("%s is of type %s", f.Path, f.Type)
	}
	return b
}

func decoded(t testing.TB, f File) image.Image {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(content(t, f)))
	check(t, err)
	return img
}

// refuse checks that both ways in refuse b with a code and a sentence.
func refuse(t *testing.T, b []byte, code string, change func(*Limits)) {
	t.Helper()
	l := limitsIn(t)
	if change != nil {
		change(&l)
	}
	for way, work := range map[string]func() (*Processed, error){
		"Process": func() (*Processed, error) {
			return Process(context.Background(), bytes.NewReader(b), "image/jpeg", "cat.jpg", l)
		},
		"Inspect": func() (*Processed, error) { return Inspect(context.Background(), bytes.NewReader(b), l) },
	} {
		p, err := work()
		var e *models.Error
		if p != nil || !errors.As(err, &e) || e.Kind != models.Invalid || e.Code != code || !strings.HasSuffix(e.Text, ".") {
			t.Errorf("%s: got %v, %v; want a refusal with %s", way, p, err, code)
		}
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
