package files

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/buckket/go-blurhash"
	"github.com/gen2brain/webp"
	"github.com/kovidgoyal/imaging"
)

const (
	quality      = 88        // of JPEG and WebP, out of 100
	smallQuality = 80        // of thumbnails
	smallArea    = 640 * 360 // of thumbnails, in pixels
	blurEdge     = 32        // long edge of what a blurhash is made from, in pixels
)

// A picture is a picture file that has been looked at but not decoded.
type picture struct {
	contentType   string
	bytes         []byte
	anatomy       anatomy
	width, height int // as stored, before the EXIF orientation

	becomes string   // the type it is stored as, if that does not follow from its own
	mask    *picture // where it is transparent, if that is apart
	turns   []func(image.Image) image.Image
}

// look checks everything that a picture file says of itself against the limits.
func look(contentType string, b []byte, l Limits) (*picture, error) {
	a, ok := dissect(contentType, b)
	if !ok {
		return nil, errBroken
	}
	p := &picture{contentType: contentType, bytes: b, anatomy: a}
	var config image.Config
	err := guard(func() (err error) {
		config, err = decodeConfig(contentType, b)
		return err
	})
	if err != nil || config.Width <= 0 || config.Height <= 0 {
		return nil, errBroken
	}
	p.width, p.height = config.Width, config.Height
	if err := checkPixels(p.width, p.height, l.Pixels); err != nil {
		return nil, err
	}
	if p.memory() > l.Memory {
		return nil, errHeavy
	}
	return p, nil
}

// memory returns what decoding takes at most, in bytes.
func (p *picture) memory() int64 { return int64(p.width) * int64(p.height) * p.anatomy.weight / 2 }

// heavyBytes is what a picture may take to decode beside another, in bytes.
const heavyBytes = 64 << 20

// tidy hands back what a step on a heavy picture left behind. The collector by
// itself would let the heap grow to twice what is in use.
func (p *picture) tidy() {
	if p.memory() > heavyBytes {
		debug.FreeOSMemory()
	}
}

func decodeConfig(contentType string, b []byte) (image.Config, error) {
	r := bytes.NewReader(b)
	switch contentType {
	case typeJPEG:
		return jpeg.DecodeConfig(r)
	case typePNG:
		return png.DecodeConfig(r)
	case typeGIF:
		return gif.DecodeConfig(r)
	case typeWebP:
		return webp.DecodeConfig(r)
	}
	return image.Config{}, image.ErrFormat
}

// decode returns the first frame, upright, and no larger than edge pixels.
func (p *picture) decode(edge int) (image.Image, error) {
	var img image.Image
	err := guard(func() (err error) {
		img, err = p.pixels()
		if err != nil {
			return err
		}
		if p.mask != nil {
			mask, err := p.mask.pixels()
			if err != nil {
				return err
			}
			img = masked(img, mask)
		}
		p.tidy()
		if b := img.Bounds(); max(b.Dx(), b.Dy()) > edge {
			img = imaging.Fit(img, edge, edge, imaging.Lanczos)
			p.tidy()
		}
		img = upright(img, orientation(p.anatomy.exif))
		for _, turn := range p.turns {
			img = turn(img)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%w (%v)", errBroken, err)
	}
	return img, nil
}

func (p *picture) pixels() (image.Image, error) {
	r := bytes.NewReader(p.bytes)
	switch p.contentType {
	case typeJPEG:
		return jpeg.Decode(r)
	case typePNG:
		return png.Decode(r)
	case typeWebP:
		return decodeWebP(r)
	case typeGIF:
		img, err := gif.Decode(r)
		if err != nil {
			return nil, err
		}
		return p.onCanvas(img), nil
	}
	return nil, image.ErrFormat
}

func decodeWebP(r *bytes.Reader) (image.Image, error) {
	img, err := webp.Decode(r)
	if err != nil {
		return nil, err
	}
	if a, ok := img.(*image.NYCbCrA); ok && a.Opaque() {
		return &a.YCbCr, nil // which imaging reads far faster
	}
	return img, nil
}

// onCanvas puts a first frame that is smaller than its GIF where it belongs.
func (p *picture) onCanvas(img image.Image) image.Image {
	whole := image.Rect(0, 0, p.width, p.height)
	if img.Bounds() == whole {
		return img
	}
	canvas := image.NewNRGBA(whole)
	draw.Draw(canvas, img.Bounds(), img, img.Bounds().Min, draw.Src)
	return canvas
}

// upright undoes an EXIF orientation.
func upright(img image.Image, orientation int) image.Image {
	switch orientation {
	case 2:
		return imaging.FlipH(img)
	case 3:
		return imaging.Rotate180(img)
	case 4:
		return imaging.FlipV(img)
	case 5:
		return imaging.Transpose(img)
	case 6:
		return imaging.Rotate270(img)
	case 7:
		return imaging.Transverse(img)
	case 8:
		return imaging.Rotate90(img)
	}
	return img
}

// save encodes img into a new file of the given folder. Nothing but pixels goes
// in, so nothing but pixels can come out.
func save(img image.Image, contentType, folder, name string, quality int) (File, error) {
	b := img.Bounds()
	file := File{Path: filepath.Join(folder, name+Extension(contentType)), Type: contentType, Width: b.Dx(), Height: b.Dy()}
	var out bytes.Buffer
	if err := encode(&out, img, contentType, quality); err != nil {
		return File{}, fmt.Errorf("encode %s: %w", contentType, err)
	}
	file.Size = int64(out.Len())
	if err := os.WriteFile(file.Path, out.Bytes(), 0o600); err != nil {
		return File{}, fmt.Errorf("store picture: %w", err)
	}
	return file, nil
}

func encode(out *bytes.Buffer, img image.Image, contentType string, quality int) error {
	switch contentType {
	case typeJPEG:
		return imaging.Encode(out, img, imaging.JPEG, imaging.JPEGQuality(quality))
	case typePNG:
		return imaging.Encode(out, img, imaging.PNG)
	case typeWebP: // the encoder takes RGBA for NRGBA, so it gets NRGBA
		flat, ok := img.(*image.NRGBA)
		if !ok {
			flat = imaging.Clone(img)
		}
		return webp.Encode(out, flat, webp.Options{Quality: quality, Method: webp.DefaultMethod})
	}
	return image.ErrFormat
}

// shrink writes the thumbnail of img, of about smallArea pixels, and returns it
// with its blurhash.
func shrink(img image.Image, folder string) (File, string, error) {
	small := image.Image(img)
	b := img.Bounds()
	if area := float64(b.Dx()) * float64(b.Dy()); area > smallArea {
		scale := math.Sqrt(smallArea / area)
		width := max(1, int(math.Round(float64(b.Dx())*scale)))
		height := max(1, int(math.Round(float64(b.Dy())*scale)))
		small = imaging.Resize(img, width, height, imaging.CatmullRom)
	}
	contentType := typeJPEG
	if !opaque(small) {
		contentType = typePNG
	}
	file, err := save(small, contentType, folder, "small", smallQuality)
	if err != nil {
		return File{}, "", err
	}
	hash, err := blur(small)
	return file, hash, err
}

func opaque(img image.Image) bool {
	o, ok := img.(interface{ Opaque() bool })
	return ok && o.Opaque()
}

// blur returns the blurhash of img on white, with more components along its long
// edge.
func blur(img image.Image) (string, error) {
	tiny := imaging.Fit(img, blurEdge, blurEdge, imaging.Box)
	b := tiny.Bounds()
	tiny = imaging.Overlay(imaging.New(b.Dx(), b.Dy(), color.White), tiny, image.Point{}, 1)
	across, down := 4, 3
	if b.Dy() > b.Dx() {
		across, down = 3, 4
	}
	hash, err := blurhash.Encode(across, down, tiny)
	if err != nil {
		return "", fmt.Errorf("blurhash: %w", err)
	}
	return hash, nil
}

// guard turns a panic into an error. The decoders are other people's code, fed
// with what strangers send: a bug in one costs a picture, not the server.
func guard(decode func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = errors.Join(errBroken, fmt.Errorf("decoder panicked: %v", v))
		}
	}()
	return decode()
}
