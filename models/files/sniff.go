package files

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"slices"
	"strings"
)

// headBytes is how much of a file Sniff wants to see.
const headBytes = 4096

// Content types that come in or go out.
const (
	typeJPEG      = "image/jpeg"
	typePNG       = "image/png"
	typeGIF       = "image/gif"
	typeWebP      = "image/webp"
	typeAVIF      = "image/avif"
	typeHEIC      = "image/heic"
	typeMP4       = "video/mp4"
	typeWebM      = "video/webm"
	typeQuickTime = "video/quicktime"
	typeMP3       = "audio/mpeg"
	typeOgg       = "audio/ogg"
	typeWAV       = "audio/wav"
	typeFLAC      = "audio/flac"
	typeM4A       = "audio/mp4"
)

// Types returns every content type that may be uploaded, for clients that ask.
func Types() []string {
	return []string{typeJPEG, typePNG, typeGIF, typeWebP, typeAVIF, typeHEIC, typeMP4, typeWebM, typeQuickTime,
		typeMP3, typeOgg, typeWAV, typeFLAC, typeM4A}
}

// Extension returns the ending of file names of a content type that this package
// stores, with its dot; "" for any other type.
func Extension(contentType string) string {
	switch contentType {
	case typeJPEG:
		return ".jpg"
	case typePNG:
		return ".png"
	case typeGIF:
		return ".gif"
	case typeWebP:
		return ".webp"
	case typeAVIF:
		return ".avif"
	case typeHEIC:
		return ".heic"
	case typeMP4:
		return ".mp4"
	case typeWebM:
		return ".webm"
	case typeQuickTime:
		return ".mov"
	case typeMP3:
		return ".mp3"
	case typeOgg:
		return ".ogg"
	case typeWAV:
		return ".wav"
	case typeFLAC:
		return ".flac"
	case typeM4A:
		return ".m4a"
	}
	return ""
}

func isPicture(contentType string) bool { return strings.HasPrefix(contentType, "image/") }

// Sniff returns the content type that the first bytes of a file betray, "" if it
// is none of Types. 512 bytes are enough. It says what a file begins like, not
// that the rest is sound: WebM and Ogg may turn out to hold sound alone, or film.
func Sniff(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return typeJPEG
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return typePNG
	case bytes.HasPrefix(head, []byte("GIF87a")), bytes.HasPrefix(head, []byte("GIF89a")):
		return typeGIF
	case bytes.HasPrefix(head, []byte("RIFF")):
		return sniffRIFF(head)
	case bytes.HasPrefix(head, []byte("\x1a\x45\xdf\xa3")):
		return sniffEBML(head)
	case bytes.HasPrefix(head, []byte("OggS\x00")):
		return typeOgg
	case bytes.HasPrefix(head, []byte("fLaC")):
		return typeFLAC
	case bytes.HasPrefix(head, []byte("ID3")), isMP3Frame(head):
		return typeMP3
	default:
		return sniffBoxes(head)
	}
}

func sniffRIFF(head []byte) string {
	switch {
	case len(head) >= 16 && bytes.HasPrefix(head[8:], []byte("WEBPVP8")):
		return typeWebP
	case len(head) >= 12 && string(head[8:12]) == "WAVE":
		return typeWAV
	}
	return ""
}

// sniffEBML tells WebM from the rest of Matroska by the DocType element, which
// stands in the first few dozen bytes.
func sniffEBML(head []byte) string {
	if bytes.Contains(head[:min(len(head), 64)], []byte("\x42\x82\x84webm")) {
		return typeWebM
	}
	return ""
}

// isMP3Frame recognises the header of an MPEG layer III frame with a bit rate
// and a sampling rate that exist.
func isMP3Frame(head []byte) bool {
	if len(head) < 4 || head[0] != 0xff || head[1]&0xe6 != 0xe2 {
		return false
	}
	rate, sampling, version := head[2]>>4, head[2]>>2&3, head[1]>>3&3
	return rate != 0 && rate != 15 && sampling != 3 && version != 1
}

// filmBrands are the ftyp brands of plain MP4 (ISO/IEC 14496-12 and 3GPP).
var filmBrands = []string{"isom", "iso2", "iso3", "iso4", "iso5", "iso6", "iso7", "iso8", "iso9",
	"mp41", "mp42", "mp71", "avc1", "M4V ", "M4VH", "M4VP", "MSNV", "dash", "mmp4", "XAVC",
	"3gp4", "3gp5", "3gp6", "3gp7", "3g2a", "f4v ", "hvc1", "cmfc"}

// sniffBoxes reads the first box of the MP4 family.
func sniffBoxes(head []byte) string {
	if len(head) < 12 {
		return ""
	}
	switch string(head[4:8]) {
	case "moov", "mdat", "wide": // QuickTime from before there was an ftyp box
		return typeQuickTime
	case "ftyp":
	default:
		return ""
	}
	brand := string(head[8:12])
	switch {
	case brand == "qt  ":
		return typeQuickTime
	case brand == "M4A " || brand == "M4B ":
		return typeM4A
	case slices.Contains(filmBrands, brand):
		return typeMP4
	}
	return sniffHEIF(head)
}

// sniffHEIF reads the brands of pictures in boxes. mif1 says that there is one, and
// others after it how it is coded.
func sniffHEIF(head []byte) string {
	size := int(binary.BigEndian.Uint32(head))
	for at := 8; at+4 <= min(size, len(head), 256); at += 4 {
		switch string(head[at : at+4]) {
		case "avif", "avis":
			return typeAVIF
		case "heic", "heix", "heim", "heis", "hevc", "hevx":
			return typeHEIC
		case "mif1", "msf1", "miaf", "tmap", "MiHE", "MiHB", "MiPr", "MA1B", "MA1A":
		default:
			if at != 12 { // a version, which is no brand
				return ""
			}
		}
	}
	return ""
}

// describe names a file that is none of Types, for the sentence that refuses it.
func describe(head []byte) string {
	lower := bytes.ToLower(head)
	switch {
	case len(head) == 0:
		return "empty"
	case bytes.Contains(lower, []byte("<svg")):
		return "an SVG drawing"
	}
	contentType, _, _ := strings.Cut(http.DetectContentType(head), ";")
	switch contentType {
	case "text/html":
		return "a web page"
	case "text/plain", "text/xml":
		return "text"
	case "application/octet-stream":
		return "of a kind unknown here"
	}
	return contentType
}
