package models

import (
	"net/netip"
	"strings"
	"time"
)

// Limits on custom emoji.
const (
	MaxEmojiBytes = 256 << 10 // of a picture of ours, as given
	MaxShortcode  = 64        // bytes
	MaxEmojis     = 64        // of one document
)

// An Emoji is a small picture that people here, or on one other server, write as
// :shortcode:.
type Emoji struct {
	ID          ID
	Domain      string // "" for ours, else the host of who uses it
	Shortcode   string // without colons
	URI         IRI
	URL         IRI // of the picture
	ContentType string
	MediaID     ID        // of ours
	Category    string    // of ours, in pickers; "" for none
	Disabled    bool      // of ours: nobody can write it any more
	ChangedAt   time.Time // as its server says
	CreatedAt   time.Time
}

// An EmojiTag is an Emoji as it travels with what is written.
type EmojiTag struct {
	URI       IRI       `json:"uri,omitempty"`
	Shortcode string    `json:"shortcode"`
	URL       IRI       `json:"url"`
	MediaType string    `json:"media_type,omitempty"`
	Updated   time.Time `json:"updated,omitzero"`
}

// Tag returns the emoji as it travels.
func (e *Emoji) Tag() EmojiTag {
	return EmojiTag{URI: e.URI, Shortcode: e.Shortcode, URL: e.URL, MediaType: e.ContentType, Updated: e.ChangedAt}
}

// Shortcode reports whether s can stand between colons: letters and digits of ASCII,
// and _, - and +. So none can be HTML, an address or another's colon.
func Shortcode(s string) bool {
	if s == "" || len(s) > MaxShortcode {
		return false
	}
	for i := range len(s) {
		if !inShortcode(s[i]) {
			return false
		}
	}
	return true
}

func inShortcode(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '+'
}

// Shortcodes returns the shortcodes that texts use, each once, and at most MaxEmojis.
func Shortcodes(texts ...string) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range texts {
		for len(out) < MaxEmojis {
			_, rest, ok := strings.Cut(s, ":")
			if !ok {
				break
			}
			n := 0
			for n < len(rest) && inShortcode(rest[n]) {
				n++
			}
			s = rest[n:]
			if code := rest[:n]; strings.HasPrefix(s, ":") && Shortcode(code) && !seen[code] {
				seen[code] = true
				out = append(out, code)
				s = s[1:]
			}
		}
	}
	return out
}

// Elsewhere reports whether i may be an address on the open network, as far as its
// words tell: it is no number, and no name of this machine. Who fetches looks again.
func Elsewhere(i IRI) bool {
	host, _, _ := strings.Cut(i.Host(), ":")
	if _, err := netip.ParseAddr(host); err == nil || strings.HasPrefix(host, "[") {
		return false
	}
	return strings.Contains(host, ".") && !strings.HasSuffix(host, ".localhost") && !strings.HasSuffix(host, ".internal") &&
		!strings.HasSuffix(host, ".local")
}
