package files

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strconv"

	"github.com/kovidgoyal/imaging"

	"ensemble/models"
)

var errNoHEIF = models.Refuse(models.Invalid, "media-no-ffmpeg",
	"HEIC and AVIF pictures need ffmpeg, which this server does not have; JPEG, PNG, GIF and WebP work.")

func isHEIF(contentType string) bool { return contentType == typeHEIC || contentType == typeAVIF }

// unwrap has ffmpeg decode the picture in a HEIC or AVIF file, which it is not given:
// only the coded pictures that are in there go to it.
func (j *job) unwrap(ctx context.Context) (*picture, error) {
	if !HasFFmpeg() {
		return nil, errNoHEIF
	}
	b, err := os.ReadFile(j.source.Path)
	if err != nil {
		return nil, fmt.Errorf("read spooled upload: %w", err)
	}
	h, ok := dissectHEIF(b)
	if !ok {
		return nil, errBroken
	}
	if hides(b[h.end:]) {
		return nil, errHidden
	}
	p, err := j.develop(ctx, h, h.items[h.primary])
	if err != nil {
		return nil, err
	}
	p.becomes, p.turns = typeJPEG, h.turns(h.items[h.primary])
	if mask := h.mask(h.primary); mask != nil {
		if p.mask, err = j.develop(ctx, h, mask); err != nil {
			return nil, err
		}
		if p.mask.width != p.width || p.mask.height != p.height {
			return nil, errBroken
		}
		p.becomes = typeWebP
	}
	return p, nil
}

// develop makes a PNG of an item.
func (j *job) develop(ctx context.Context, h *heif, i *heifItem) (*picture, error) {
	m, ok := h.mosaic(i)
	if !ok {
		return nil, errBroken
	}
	if err := checkPixels(m.width, m.height, j.limits.Pixels); err != nil {
		return nil, err
	}
	film, err := h.film(m)
	if err != nil {
		return nil, err
	}
	in := File{Path: filepath.Join(j.folder, "tiles.bin"), Type: m.kind}
	out := filepath.Join(j.folder, "developed.png")
	if err := os.WriteFile(in.Path, film, 0o600); err != nil {
		return nil, fmt.Errorf("store picture: %w", err)
	}
	filter := fmt.Sprintf("crop=%d:%d:0:0", m.width, m.height)
	if len(m.tiles) > 1 {
		filter = fmt.Sprintf("tile=%dx%d,", m.across, m.down) + filter
	}
	args := append(j.from(in), "-an", "-vf", filter+h.colours(m.tiles[0]), "-frames:v", "1", "-pix_fmt", "rgb24", "-threads", "2",
		"-compression_level", "1", "-c:v", "png", "-f", "image2", "-update", "1", "file:"+out)
	if err := j.ffmpeg(ctx, args...); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(out)
	if err != nil {
		return nil, fmt.Errorf("%w (ffmpeg wrote nothing)", errBroken)
	}
	if err := errors.Join(os.Remove(in.Path), os.Remove(out)); err != nil {
		return nil, fmt.Errorf("tidy up: %w", err)
	}
	return look(typePNG, b, j.limits)
}

// colours returns the filter that reads the colours of an item as its file says
// (ISO/IEC 14496-12 §12.1.5), "" if it says nothing.
func (h *heif) colours(i *heifItem) string {
	b := h.property(i, "colr")
	if len(b) < 11 || string(b[:4]) != "nclx" {
		return ""
	}
	filter := ",scale=in_range=limited"
	if b[10]&0x80 != 0 {
		filter = ",scale=in_range=full"
	}
	switch binary.BigEndian.Uint16(b[8:]) {
	case 1:
		filter += ":in_color_matrix=bt709"
	case 5, 6:
		filter += ":in_color_matrix=bt601"
	case 9:
		filter += ":in_color_matrix=bt2020"
	}
	return filter
}

// film strings the coded pictures of m together to a stream that ffmpeg reads.
func (h *heif) film(m mosaic) (out []byte, err error) {
	if m.kind == "av01" {
		w, hgt := h.size(m.tiles[0])
		out = ivfHead(w, hgt, len(m.tiles))
	}
	for n, t := range m.tiles {
		data, ok := h.data(t)
		if !ok {
			return nil, errBroken
		}
		var frame []byte
		if m.kind == "av01" {
			frame, ok = obus(h.property(t, "av1C"), data)
			head := binary.LittleEndian.AppendUint32(nil, uint32(len(frame)))
			frame = append(binary.LittleEndian.AppendUint64(head, uint64(n)), frame...)
		} else {
			frame, ok = annexB(h.property(t, "hvcC"), data)
		}
		if !ok {
			return nil, errBroken
		}
		out = append(out, frame...)
	}
	return out, nil
}

// ivfHead is the head of an IVF file of AV1.
func ivfHead(width, height, frames int) []byte {
	b := append([]byte("DKIF\x00\x00\x20\x00AV01"), 0, 0, 0, 0)
	binary.LittleEndian.PutUint16(b[12:], uint16(width))
	binary.LittleEndian.PutUint16(b[14:], uint16(height))
	b = binary.LittleEndian.AppendUint32(b, 25)
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, uint32(frames))
	return append(b, 0, 0, 0, 0)
}

// obus puts a temporal delimiter and the sequence header before the data of an item
// (AV1 in ISOBMFF §2.3).
func obus(av1C, data []byte) ([]byte, bool) {
	if len(av1C) < 4 {
		return nil, false
	}
	return append(append([]byte{0x12, 0}, av1C[4:]...), data...), true
}

// annexB writes the parameter sets of an hvcC box (ISO/IEC 14496-15 §8.3) and the
// units of an item with start codes before them.
func annexB(hvcC, data []byte) (out []byte, ok bool) {
	start := []byte{0, 0, 0, 1}
	c := &cursor{b: hvcC}
	c.take(21)
	length := int(c.number(1)&3) + 1
	for range c.number(1) {
		c.number(1)
		for range c.number(2) {
			unit := c.take(int(c.number(2)))
			if c.bad {
				return nil, false
			}
			out = append(append(out, start...), unit...)
		}
	}
	for d := (&cursor{b: data}); len(d.b) > 0; {
		unit := d.take(int(d.number(length)))
		if d.bad {
			return nil, false
		}
		out = append(append(out, start...), unit...)
	}
	return out, !c.bad
}

// turns returns how an item is turned and mirrored (ISO/IEC 23008-12 §6.5.10, §6.5.12),
// as steps in order.
func (h *heif) turns(i *heifItem) (steps []func(image.Image) image.Image) {
	for _, p := range h.of(i) {
		if len(p.data) == 0 {
			continue
		}
		switch p.kind + strconv.Itoa(int(p.data[0]&3)) {
		case "irot1":
			steps = append(steps, turned(imaging.Rotate90))
		case "irot2":
			steps = append(steps, turned(imaging.Rotate180))
		case "irot3":
			steps = append(steps, turned(imaging.Rotate270))
		case "imir0":
			steps = append(steps, turned(imaging.FlipV))
		case "imir1":
			steps = append(steps, turned(imaging.FlipH))
		}
	}
	return steps
}

func turned[I image.Image](fn func(image.Image) I) func(image.Image) image.Image {
	return func(img image.Image) image.Image { return fn(img) }
}

// masked makes img transparent where mask, of the same size, is dark.
func masked(img, mask image.Image) image.Image {
	out := imaging.Clone(img)
	b, at := out.Bounds(), mask.Bounds().Min
	for y := range b.Dy() {
		for x := range b.Dx() {
			out.Pix[y*out.Stride+4*x+3] = color.GrayModel.Convert(mask.At(at.X+x, at.Y+y)).(color.Gray).Y
		}
	}
	return out
}
