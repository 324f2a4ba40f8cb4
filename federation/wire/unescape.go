package wire

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// unescape returns the text of a checked JSON string. A lone surrogate becomes
// U+FFFD, as everywhere in Go.
func unescape(raw []byte) string {
	var b strings.Builder
	b.Grow(len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			b.WriteByte(raw[i])
			continue
		}
		i++
		switch c := raw[i]; c {
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'u':
			r, used := unicode(raw[i+1:])
			b.WriteRune(r)
			i += used
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// unicode reads four hex digits, and a second escape where both make one rune.
func unicode(raw []byte) (r rune, used int) {
	r = hex4(raw)
	if r < 0xD800 || r > 0xDFFF {
		return r, 4
	}
	if r < 0xDC00 && len(raw) >= 10 && raw[4] == '\\' && raw[5] == 'u' {
		if low := hex4(raw[6:]); low >= 0xDC00 && low <= 0xDFFF {
			return (r-0xD800)<<10 + low - 0xDC00 + 0x10000, 10
		}
	}
	return utf8.RuneError, 4
}

func hex4(raw []byte) rune {
	n, err := strconv.ParseUint(string(raw[:4]), 16, 32)
	if err != nil {
		return utf8.RuneError // cannot be: escape has checked the digits
	}
	return rune(n)
}
