package files

import (
	"bytes"
	"encoding/binary"
)

// An anatomy is what walking over the parts of a picture file tells, without
// decoding a pixel.
type anatomy struct {
	end    int    // where the picture ends; bytes after that belong to something else
	exif   []byte // the TIFF structure of its EXIF data, if any
	frames int    // how many pictures follow each other
	weight int64  // what decoding takes at most, in bytes for 2 pixels
}

// dissect walks over a picture of the given type; false if it is cut short.
func dissect(contentType string, b []byte) (anatomy, bool) {
	switch contentType {
	case typeJPEG:
		return dissectJPEG(b)
	case typePNG:
		return dissectPNG(b)
	case typeGIF:
		return dissectGIF(b)
	case typeWebP:
		return dissectWebP(b)
	}
	return anatomy{}, false
}

// dissectJPEG walks the segments of ITU-T T.81 annex B.
func dissectJPEG(b []byte) (anatomy, bool) {
	a := anatomy{frames: 1, weight: 2}
	for i := 2; ; {
		marker, at := nextMarker(b, i)
		switch {
		case marker == 0:
			return a, false
		case marker == 0xd9:
			a.end = at
			return a, true
		case marker == 0x01 || marker == 0xd8:
			i = at
			continue
		}
		if at+2 > len(b) {
			return a, false
		}
		i = at + max(2, int(binary.BigEndian.Uint16(b[at:])))
		if i > len(b) {
			return a, false
		}
		a.segment(marker, b[at+2:i])
	}
}

// nextMarker returns the next marker at or after i and where it ends, 0 if there
// is none; stuffed zeros and restart markers are part of the pixels.
func nextMarker(b []byte, i int) (marker byte, end int) {
	for i < len(b)-1 {
		skip := bytes.IndexByte(b[i:len(b)-1], 0xff)
		if skip < 0 {
			break
		}
		i += skip + 1
		if m := b[i]; m != 0 && m != 0xff && m&0xf8 != 0xd0 {
			return m, i + 1
		}
	}
	return 0, len(b)
}

func (a *anatomy) segment(marker byte, data []byte) {
	switch marker {
	case 0xe1:
		if a.exif == nil && bytes.HasPrefix(data, []byte("Exif\x00")) && len(data) > 6 {
			a.exif = data[6:]
		}
	case 0xc0, 0xc1:
		a.weight = max(a.weight, samples(data))
	case 0xc2: // progressive: a 4-byte coefficient for every sample as well
		a.weight = max(a.weight, 5*samples(data))
	}
}

// samples returns how many samples stand for 2 pixels, from the header of a
// JPEG frame: 3 for the usual 4:2:0, 6 for 4:4:4.
func samples(frame []byte) int64 {
	const header, component = 6, 3
	if len(frame) < header || len(frame) < header+component*int(frame[5]) {
		return 8
	}
	var sum, most int64
	for i := range int(frame[5]) {
		s := frame[header+component*i+1]
		n := int64(s>>4) * int64(s&15)
		sum, most = sum+n, max(most, n)
	}
	return min(8, (2*sum+most-1)/max(most, 1))
}

// dissectPNG walks the chunks of PNG §5.3.
func dissectPNG(b []byte) (anatomy, bool) {
	a := anatomy{frames: 1}
	for i := 8; ; {
		if i+12 > len(b) {
			return a, false
		}
		size := int64(binary.BigEndian.Uint32(b[i:]))
		next := int64(i) + 12 + size
		if next > int64(len(b)) {
			return a, false
		}
		data := b[i+8 : next-4]
		switch string(b[i+4 : i+8]) {
		case "IHDR":
			a.weight = weighPNG(data)
		case "eXIf":
			a.exif = data
		case "IEND":
			a.end = int(next)
			return a, a.weight > 0
		}
		i = int(next)
	}
}

// weighPNG reads depth, colour and interlacing (PNG §11.2.1).
func weighPNG(ihdr []byte) int64 {
	if len(ihdr) != 13 {
		return 0
	}
	depth, colour, interlaced := ihdr[8], ihdr[9], ihdr[12] != 0
	weight := int64(8)
	switch {
	case depth == 16:
		weight = 16
	case colour == 3:
		weight = 2
	}
	if interlaced {
		weight *= 2
	}
	return weight
}

// dissectGIF walks the blocks of GIF89a §12 and following.
func dissectGIF(b []byte) (anatomy, bool) {
	a := anatomy{weight: 10} // one byte a pixel, four for the canvas
	if len(b) < 13 {
		return a, false
	}
	i := 13 + colourTable(b[10])
	for i < len(b) {
		switch b[i] {
		case 0x3b:
			a.end = i + 1
			return a, a.frames > 0
		case 0x21: // an extension: its label, then sub-blocks
			i = subBlocks(b, i+2)
		case 0x2c: // a picture: its frame, colours and code size, then sub-blocks
			if i+10 > len(b) {
				return a, false
			}
			a.frames++
			i = subBlocks(b, i+11+colourTable(b[i+9]))
		default:
			return a, false
		}
	}
	return a, false
}

// colourTable returns the size in bytes of the table that packed flags announce.
func colourTable(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

func subBlocks(b []byte, i int) (end int) {
	for i < len(b) && b[i] != 0 {
		i += int(b[i]) + 1
	}
	return i + 1
}

// dissectWebP walks the RIFF chunks of RFC 9649 §2.
func dissectWebP(b []byte) (anatomy, bool) {
	if len(b) < 20 {
		return anatomy{}, false
	}
	a := anatomy{frames: 1, weight: 11} // measured, on lossy pictures
	end := 8 + int64(binary.LittleEndian.Uint32(b[4:]))
	if end > int64(len(b)) {
		return a, false
	}
	a.end = int(end)
	moving := 0
	for i := int64(12); i+8 <= end; {
		size := int64(binary.LittleEndian.Uint32(b[i+4:]))
		next := i + 8 + size
		if next > end {
			return a, false
		}
		switch string(b[i : i+4]) {
		case "VP8L": // 4 bytes a pixel within the decoder
			a.weight = max(a.weight, 19)
		case "ANMF": // two canvases within the decoder and one outside
			moving, a.weight = moving+1, 30
		case "EXIF":
			a.exif = bytes.TrimPrefix(b[i+8:next], []byte("Exif\x00\x00"))
		}
		i = next + size&1
	}
	a.frames = max(a.frames, moving)
	return a, true
}

// orientation reads tag 0x0112 of an EXIF block (CIPA DC-008 §4.6.4): 1 to 8,
// and 1, upright, for everything else.
func orientation(exif []byte) int {
	if len(exif) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(exif[:2]) == "II" {
		order = binary.LittleEndian
	}
	start := int64(order.Uint32(exif[4:]))
	if start+2 > int64(len(exif)) {
		return 1
	}
	entries := exif[start+2:]
	const entry = 12
	for range order.Uint16(exif[start:]) {
		if len(entries) < entry {
			break
		}
		if order.Uint16(entries) == 0x0112 {
			if value := order.Uint16(entries[8:]); value >= 1 && value <= 8 {
				return int(value)
			}
			break
		}
		entries = entries[entry:]
	}
	return 1
}
