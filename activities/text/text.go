// Package text is what words become: what a person types becomes HTML, what a
// peer sends becomes HTML that is safe to show, and HTML becomes plain text
// again. It also writes the byline under a work of several hands, and finds it.
// It knows no database and no network: whom a mention means is asked of the
// caller. It keeps to itself how words are scanned, which elements may pass and
// how they may nest.
package text

import (
	"strings"
	"unicode"
)

// maxBytes bounds the HTML that Sanitize reads, and the HTML that it writes.
const maxBytes = 100_000

// inText and inQuotes escape plain text for its two places in HTML. Between tags
// quotation marks stay as they are, the way Mastodon leaves them.
var (
	inText   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	inQuotes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
)

// legible drops what no page may hold: broken UTF-8, and control characters but
// for tabs and line ends.
func legible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
