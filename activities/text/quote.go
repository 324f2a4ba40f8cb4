package text

import (
	"regexp"
	"strings"

	"ensemble/models"
)

// Quoted returns the paragraph by which servers that know no quotes show what a
// post quotes: servers that do leave it out, by its class. For a duet it names whom
// it is with.
func Quoted(page models.IRI, with *Name) string {
	href, ok := address(string(page))
	if !ok {
		return ""
	}
	lead := "RE: "
	if with != nil {
		lead = "Duet with " + card(*with) + ": "
	}
	return `<p class="quote-inline">` + lead + `<a href="` + inQuotes.Replace(href) + `">` + inText.Replace(href) + `</a></p>`
}

var (
	fallback = regexp.MustCompile(`<(p|span)(?: [^>]*)? class="(?:[^"]* )?quote-inline(?: [^"]*)?"[^>]*>|<(p|span) class="(?:[^"]* )?quote-inline(?: [^"]*)?">`)
	span     = regexp.MustCompile(`</?span[ >]`)
)

// StripQuoted returns html, which is sanitised, without such paragraphs and spans.
func StripQuoted(html string) string {
	for range 8 { // nobody quotes more than one post
		at := fallback.FindStringIndex(html)
		if at == nil {
			return html
		}
		end := closing(html, at[1], strings.HasPrefix(html[at[0]:], "<p"))
		if end < 0 {
			return html
		}
		html = html[:at[0]] + html[end:]
		html = strings.ReplaceAll(html, "<p></p>", "")
	}
	return html
}

// closing returns where the element ends whose inside begins at from.
func closing(html string, from int, paragraph bool) int {
	if paragraph { // there is none within another
		if i := strings.Index(html[from:], "</p>"); i >= 0 {
			return from + i + len("</p>")
		}
		return -1
	}
	depth := 1
	for _, at := range span.FindAllStringIndex(html[from:], -1) {
		if html[from+at[0]+1] == '/' {
			depth--
		} else {
			depth++
		}
		if depth == 0 {
			return from + at[1]
		}
	}
	return -1
}
