package text

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

// policy says what may pass; nothing changes it.
var policy = newPolicy()

// newPolicy allows what Mastodon does (MASTODON_STRICT in its sanitize_config),
// and those elements that tidier turns into allowed ones.
func newPolicy() *bluemonday.Policy {
	number := regexp.MustCompile(`^-?[0-9]{1,9}$`)
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "span", "a", "del", "s", "pre", "blockquote", "code", "b", "strong",
		"u", "i", "em", "ul", "ol", "li", "ruby", "rt", "rp")
	p.AllowElements(headings...)
	p.AllowElements(containers...)
	p.AllowNoAttrs().OnElements("span")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("class").OnElements("a", "span", "p")
	p.AllowAttrs("start").Matching(number).OnElements("ol")
	p.AllowAttrs("reversed").OnElements("ol")
	p.AllowAttrs("value").Matching(number).OnElements("li")
	p.AllowURLSchemes("http", "https", "dat", "dweb", "ipfs", "ipns", "ssb", "gopher", "xmpp",
		"magnet", "gemini")
	return p
}

// Sanitize returns the part of html that is safe to show among our own, whoever
// wrote it. What may not pass goes, and its words stay; scripts and frames go
// with their words. The result is balanced, no deeper than 32 elements and no
// longer than 100 kB, and to sanitise it again changes nothing.
func Sanitize(html string) string {
	return tidy(policy.Sanitize(legible(cut(html, maxBytes))))
}

// cut returns at most max bytes of s, and no half letter.
func cut(s string, max int) string {
	if len(s) <= max {
		return s
	}
	for max > 0 && !utf8.RuneStart(s[max]) {
		max--
	}
	return s[:max]
}

// class matches the names that may be on an element: microformats2 properties,
// and the marks that Mastodon's clients look for.
var class = regexp.MustCompile(
	`^(?:(?:p|u|dt|e)-[a-z][a-z-]{0,40}|h-card|mention|hashtag|ellipsis|invisible|quote-inline)$`)

func classes(val string) string {
	var kept []string
	for _, name := range strings.Fields(val) {
		if class.MatchString(name) {
			kept = append(kept, name)
		}
	}
	return strings.Join(kept, " ")
}

// openTag writes the tag that opens an element, with its attributes in one order;
// "" for a link that leads nowhere. The policy has checked their values but for
// class.
func openTag(name string, attrs []html.Attribute) string {
	var b strings.Builder
	b.WriteString("<" + name)
	switch name {
	case "a":
		href, ok := link(attrs)
		if !ok {
			return ""
		}
		writeAttr(&b, "href", href)
		writeClass(&b, attrs)
		b.WriteString(` rel="nofollow noopener noreferrer" target="_blank"`)
	case "span", "p":
		writeClass(&b, attrs)
	case "ol":
		writeGiven(&b, "start", attrs)
		if _, ok := attr(attrs, "reversed"); ok {
			b.WriteString(` reversed=""`)
		}
	case "li":
		writeGiven(&b, "value", attrs)
	}
	b.WriteString(">")
	return b.String()
}

// link returns where a link leads. The policy knows its scheme; a web address
// must name a host besides.
func link(attrs []html.Attribute) (string, bool) {
	href, ok := attr(attrs, "href")
	if !ok || !strings.HasPrefix(href, "http:") && !strings.HasPrefix(href, "https:") {
		return href, ok
	}
	return address(href)
}

func attr(attrs []html.Attribute, key string) (string, bool) {
	for _, a := range attrs {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func writeAttr(b *strings.Builder, key, val string) {
	b.WriteString(" " + key + `="` + inQuotes.Replace(val) + `"`)
}

func writeGiven(b *strings.Builder, key string, attrs []html.Attribute) {
	if val, ok := attr(attrs, key); ok {
		writeAttr(b, key, val)
	}
}

func writeClass(b *strings.Builder, attrs []html.Attribute) {
	val, _ := attr(attrs, "class")
	if kept := classes(val); kept != "" {
		writeAttr(b, "class", kept)
	}
}
