package call

import (
	"slices"
	"strconv"
	"strings"
)

// Language returns which of the offered languages to speak: the one that ?lang=
// names, that whoever is signed in chose, or that the browser prefers; the first
// one if it is none of those.
func (c *Call) Language(offered ...string) string {
	if l := base(c.Str("lang")); slices.Contains(offered, l) {
		return l
	}
	if c.User != nil && slices.Contains(offered, base(c.User.Locale)) {
		return base(c.User.Locale)
	}
	return preferred(c.GetHeader("Accept-Language"), offered)
}

// preferred reads an Accept-Language header (RFC 9110 §12.5.4).
func preferred(header string, offered []string) string {
	best, weight := offered[0], 0.0
	for _, part := range strings.Split(header, ",") {
		tag, params, _ := strings.Cut(part, ";")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			if n, err := strconv.ParseFloat(v, 64); err == nil {
				q = n
			}
		}
		if l := base(tag); slices.Contains(offered, l) && q > weight {
			best, weight = l, q
		}
	}
	return best
}

func base(tag string) string {
	tag, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
	return tag
}

// WantsActivity reports whether whoever asks is a peer, who wants a thing as
// ActivityStreams rather than as a page.
func (c *Call) WantsActivity() bool {
	for _, part := range strings.Split(c.GetHeader("Accept"), ",") {
		switch kind, _, _ := strings.Cut(strings.TrimSpace(part), ";"); strings.ToLower(kind) {
		case "application/activity+json", "application/ld+json":
			return true
		case "text/html", "application/xhtml+xml":
			return false
		}
	}
	return false
}
