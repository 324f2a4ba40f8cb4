package files

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"strings"
	"sync"
	"testing"
)

func TestPictureLosesItsMetadata(t *testing.T) {
	plain := webpOf(t, scene(60, 40))
	xmp := chunk("iTXt", []byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00XMPSECRET"))
	png := pngOf(t, scene(60, 40))
	for name, b := range map[string][]byte{
		"JPEG": withEXIF(jpegOf(t, scene(60, 40)), 6),
		"PNG":  bytes.Join([][]byte{png[:33], chunk("eXIf", exif(6)), xmp, png[33:]}, nil),
		"WebP": extendedWebP(plain[12:], 60, 40, 0x0c, riff("EXIF", exif(6)), riff("XMP ", []byte("XMPSECRET"))),
	} {
		t.Run(name, func(t *testing.T) {
			p := process(t, b)
			for _, f := range []File{p.Original, p.Small} {
				for _, secret := range []string{"SECRET", "Exif", "MM\x00", "eXIf", "EXIF", "xmp"} {
					if bytes.Contains(content(t, f), []byte(secret)) {
						t.Errorf("%q is still in %s", secret, f.Path)
					}
				}
				img := decoded(t, f)
				if img.Bounds() != image.Rect(0, 0, 40, 60) || f.Width != 40 || f.Height != 60 {
					t.Errorf("not turned upright: %v, %+v", img.Bounds(), f)
				}
				if !isRed(img, 35, 5) || isRed(img, 5, 5) || isRed(img, 35, 55) {
					t.Error("turned the wrong way")
				}
			}
			if p.Kind != Image || p.Original.Type != Sniff(b) || p.Seconds != 0 {
				t.Errorf("got %+v", p)
			}
		})
	}
}

func TestEveryOrientationEndsUpright(t *testing.T) {
	red := map[uint16]image.Point{1: {5, 5}, 2: {55, 5}, 3: {55, 35}, 4: {5, 35}, 5: {5, 5}, 6: {35, 5}, 7: {35, 55}, 8: {5, 55}, 9: {5, 5}}
	photo := jpegOf(t, scene(60, 40))
	for o, at := range red {
		p := process(t, withEXIF(photo, o))
		img := decoded(t, p.Original)
		if !isRed(img, at.X, at.Y) || isRed(img, p.Original.Width-1-at.X, p.Original.Height-1-at.Y) {
			t.Errorf("orientation %d: %d × %d, red is not at %v", o, p.Original.Width, p.Original.Height, at)
		}
	}
}

func TestInspectKeepsBytesAndTellsShownSize(t *testing.T) {
	p := inspect(t, withEXIF(jpegOf(t, scene(60, 40)), 8))
	if p.Original.Width != 40 || p.Original.Height != 60 || p.Kind != Image || p.Original.Type != typeJPEG {
		t.Errorf("got %+v", p)
	}
	inspect(t, pngOf(t, scene(5, 4)))
	inspect(t, webpOf(t, scene(5, 4)))
	if p := inspect(t, gifOf(t, 20, 10, 3)); p.Original.Type != typeGIF || p.Kind != Image {
		t.Errorf("a moving GIF is %+v", p)
	}
}

func TestLargePictureIsScaledDown(t *testing.T) {
	l := limitsIn(t)
	l.Edge = 1000
	p, err := Process(context.Background(), bytes.NewReader(withEXIF(jpegOf(t, scene(2000, 500)), 6)), "", "", l)
	check(t, err)
	defer p.Close() //nolint:errcheck // limitsIn looks
	if p.Original.Width != 250 || p.Original.Height != 1000 {
		t.Errorf("stored as %d × %d", p.Original.Width, p.Original.Height)
	}
	if p := process(t, jpegOf(t, scene(1600, 900))); p.Small.Width != 640 || p.Small.Height != 360 || p.Original.Width != 1600 {
		t.Errorf("thumbnail of 16:9 is %+v", p.Small)
	}
	if p := process(t, pngOf(t, scene(1, 3000))); p.Small.Width != 1 || p.Original.Height != 3000 {
		t.Errorf("a line became %+v, %+v", p.Original, p.Small)
	}
}

func TestTransparencyStays(t *testing.T) {
	img := scene(1000, 1000)
	img.SetNRGBA(0, 0, color.NRGBA{})
	for y := 500; y < 1000; y++ {
		for x := range 1000 {
			img.SetNRGBA(x, y, color.NRGBA{})
		}
	}
	for name, b := range map[string][]byte{"PNG": pngOf(t, img), "WebP": webpOf(t, img)} {
		p := process(t, b)
		for _, f := range []File{p.Original, p.Small} {
			if _, _, _, a := decoded(t, f).At(f.Width/2, f.Height-1).RGBA(); a > 0x800 {
				t.Errorf("%s: alpha of %s is %d", name, f.Path, a)
			}
		}
		if p.Small.Type != typePNG {
			t.Errorf("%s: thumbnail is %s", name, p.Small.Type)
		}
	}
}

func TestMovingWebPKeepsItsFirstFrame(t *testing.T) {
	frame := webpOf(t, scene(60, 40))[12:]
	moving := riff("ANMF", append([]byte{0, 0, 0, 0, 0, 0, 59, 0, 0, 39, 0, 0, 100, 0, 0, 0}, frame...))
	b := extendedWebP(riff("ANIM", make([]byte, 6)), 60, 40, 0x02, moving, moving)
	p := process(t, b)
	if img := decoded(t, p.Original); p.Original.Width != 60 || !isRed(img, 5, 5) || p.Original.Type != typeWebP {
		t.Errorf("got %+v", p.Original)
	}
}

func TestGIF(t *testing.T) {
	still := process(t, gifOf(t, 30, 20, 1))
	if still.Kind != Image || still.Original.Type != typePNG || still.Original.Width != 30 {
		t.Errorf("a still GIF became %+v", still)
	}
	moving := gifOf(t, 31, 21, 5)
	t.Run("without ffmpeg", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		if p := process(t, moving); p.Kind != Image || p.Original.Type != typePNG || p.Original.Height != 21 {
			t.Errorf("got %+v", p)
		}
	})
	t.Run("with ffmpeg", func(t *testing.T) {
		if !HasFFmpeg() {
			t.Skip("ffmpeg is not on PATH")
		}
		p := process(t, moving)
		if p.Kind != Gifv || p.Original.Type != typeMP4 || p.Original.Width != 30 || p.Original.Height != 20 || p.Seconds < 0.3 || p.Rate < 5 {
			t.Errorf("got %+v", p)
		}
	})
}

func TestManyAtOnce(t *testing.T) {
	webp, jpeg := webpOf(t, scene(300, 200)), jpegOf(t, scene(300, 200))
	l := limitsIn(t)
	var wait sync.WaitGroup
	for i := range 16 {
		b := [][]byte{webp, jpeg}[i%2]
		wait.Go(func() {
			p, err := Process(context.Background(), bytes.NewReader(b), "", "", l)
			if err != nil || p.Original.Width != 300 {
				t.Errorf("got %+v, %v", p, err)
			}
			check(t, p.Close())
		})
	}
	wait.Wait()
	if len(slots) != 0 || len(films) != 0 || len(heavy) != 0 {
		t.Error("somebody did not leave the room")
	}
}

func TestWaitingEndsWithTheRequest(t *testing.T) {
	slots <- struct{}{}
	slots <- struct{}{}
	defer func() { <-slots; <-slots }()
	ctx, cancel := context.WithCancel(context.Background())
	r := &cancelAtEnd{Reader: strings.NewReader(string(pngOf(t, scene(5, 5)))), cancel: cancel}
	if p, err := Process(ctx, r, "", "", limitsIn(t)); p != nil || err == nil {
		t.Errorf("got %v, %v", p, err)
	}
}

type cancelAtEnd struct {
	*strings.Reader
	cancel func()
}

func (c *cancelAtEnd) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if err != nil {
		c.cancel()
	}
	return n, err
}
