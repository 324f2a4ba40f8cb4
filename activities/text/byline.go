package text

import (
	"strings"

	"ensemble/models"
)

const (
	bylineOpen  = `<p class="p-collab-byline">`
	bylineClose = `</p>`
)

// A Name is a co-author as a byline shows them: a page to link, and a username
// without @.
type Name struct {
	URL      models.IRI
	Username string
}

// Byline returns the paragraph that names the co-authors of a collab to servers
// that know only one author (ensemble/1 §3.4, C8); "" if there are none. It says
// "With" whatever the post's language: its text is covered by the digest that
// every author's stamp is for, so it must come out the same on every server.
//
// Credits stand below, one a line, in the language of the text, for which see
// CreditWord. That somebody paid for the post stands above all.
func Byline(names []Name, language string, credits ...Credit) string {
	lines := partnershipLine(credits, language)
	if len(names) > 0 {
		lines = append(lines, with(names))
	}
	lines = append(lines, creditLines(credits, language)...)
	if len(lines) == 0 {
		return ""
	}
	return bylineOpen + strings.Join(lines, "<br>") + bylineClose
}

func with(names []Name) string {
	var cards []string
	for _, name := range names {
		cards = append(cards, card(name))
	}
	return "With " + listed(cards, " and ")
}

// WithByline returns html with the byline of names at its end, in the place of
// any that was there; with no names, there is none.
func WithByline(html string, names []Name, language string, credits ...Credit) string {
	for {
		body, old := SplitByline(html)
		if old == "" {
			return html + Byline(names, language, credits...)
		}
		html = body
	}
}

// SplitByline parts a content from its byline. A byline is the last paragraph or
// none: a paragraph of that class in the middle is the author's own words, and
// so is one that something follows.
func SplitByline(html string) (body, byline string) {
	at := strings.LastIndex(html, bylineOpen)
	if at < 0 {
		return html, ""
	}
	inside, rest, closed := strings.Cut(html[at+len(bylineOpen):], bylineClose)
	if !closed || rest != "" || strings.Contains(inside, "<p") {
		return html, ""
	}
	return html[:at], html[at:]
}

// card writes a handle as a microformats2 h-card. One whose page is not on the
// web is named and not linked.
func card(name Name) string {
	who := `@<span>` + inText.Replace(legible(name.Username)) + `</span>`
	if href, ok := address(string(name.URL)); ok {
		who = `<a href="` + inQuotes.Replace(href) + `" class="u-url mention">` + who + `</a>`
	}
	return `<span class="h-card">` + who + `</span>`
}
