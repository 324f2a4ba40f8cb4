package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
)

// camera stands in the picture's metadata, beside the place where it was taken.
const camera = "Ensemble Pocket Camera"

// photograph makes a picture as a telephone does: 12 megapixels, and in its
// metadata who made the camera and where on Earth it was.
func photograph() ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, valley(4032, 3024), &jpeg.Options{Quality: 88}); err != nil {
		return nil, err
	}
	file, exif := b.Bytes(), metadata()
	out := append([]byte{}, file[:2]...) // the beginning of every JPEG
	out = append(out, 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(exif)+2))
	out = append(out, exif...)
	return append(out, file[2:]...), nil
}

// valley paints hills in the haze before a low sun, with the grain of a sensor.
func valley(width, height int) image.Image {
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	ridges := make([][5]float64, width)
	for x := range ridges {
		for i := range ridges[x] {
			t, f := float64(x)/float64(width), float64(i+1)
			ridges[x][i] = 0.44 + 0.11*float64(i) + 0.05*math.Sin(t*5*f+f*2) + 0.015*math.Sin(t*23*f)
		}
	}
	grain := rand.New(rand.NewPCG(4, 1)) //nolint:gosec // it is sand, no secret
	for y := range height {
		for x := range width {
			r, g, b := paint(float64(x)/float64(width), float64(y)/float64(height), ridges[x])
			n := float64(grain.Uint32()%9) - 4
			yy, cb, cr := color.RGBToYCbCr(light(r+n), light(g+n), light(b+n))
			img.Y[img.YOffset(x, y)] = yy
			if x%2 == 0 && y%2 == 0 {
				at := img.COffset(x, y)
				img.Cb[at], img.Cr[at] = cb, cr
			}
		}
	}
	return img
}

// paint returns the colour at a place, both ways from 0 to 1.
func paint(x, y float64, ridges [5]float64) (r, g, b float64) {
	for i := len(ridges) - 1; i >= 0; i-- {
		if y > ridges[i] {
			f := float64(i) / 4
			return 196 - 160*f, 138 - 92*f, 132 - 66*f
		}
	}
	glow := math.Max(0, 1-math.Hypot((x-0.68)*1.33, y-0.34)/0.55)
	if math.Hypot((x-0.68)*1.33, y-0.34) < 0.05 {
		glow = 1.5
	}
	return 120 + 130*y + 110*glow, 110 + 70*y + 80*glow, 150 - 30*y + 20*glow
}

func light(v float64) uint8 { return uint8(min(max(v, 0), 255)) }

// metadata is an Exif segment (TIFF 6.0, Exif 2.3 §4.6): the maker of the camera,
// and a latitude and a longitude.
func metadata() []byte {
	maker := append([]byte(camera), 0)
	le := binary.LittleEndian
	const ifd0, entries = 8, 2
	makerAt := ifd0 + 2 + entries*12 + 4
	gpsAt := makerAt + len(maker) + len(maker)%2
	placeAt := gpsAt + 2 + 4*12 + 4
	entry := func(b []byte, tag, kind uint16, count, value uint32) []byte {
		b = le.AppendUint16(le.AppendUint16(b, tag), kind)
		return le.AppendUint32(le.AppendUint32(b, count), value)
	}
	b := append([]byte("II*\x00"), ifd0, 0, 0, 0)
	b = le.AppendUint16(b, entries)
	b = entry(b, 0x010f, 2, uint32(len(maker)), uint32(makerAt))
	b = entry(b, 0x8825, 4, 1, uint32(gpsAt))
	b = append(le.AppendUint32(b, 0), maker...)
	b = append(b, make([]byte, len(maker)%2)...)
	b = le.AppendUint16(b, 4)
	b = entry(b, 1, 2, 2, 'N')
	b = entry(b, 2, 5, 3, uint32(placeAt))
	b = entry(b, 3, 2, 2, 'E')
	b = entry(b, 4, 5, 3, uint32(placeAt+24))
	b = le.AppendUint32(b, 0)
	for _, part := range []uint32{46, 33, 58, 7, 39, 18} { // degrees, minutes and seconds, over one
		b = le.AppendUint32(le.AppendUint32(b, part), 1)
	}
	return append([]byte("Exif\x00\x00"), b...)
}
