package text

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// FirstLink returns where the first link of a piece of HTML goes, "" if there is none.
func FirstLink(s string) string {
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken:
			if t := z.Token(); t.Data == "a" {
				return attribute(t, "href")
			}
		}
	}
}

// LinksBack reports whether a page links to one of those addresses as another of its
// owner's, by rel="me" (microformats rel-me).
func LinksBack(page []byte, to ...string) bool {
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return false
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if t.Data != "a" && t.Data != "link" || !hasWord(attribute(t, "rel"), "me") {
				continue
			}
			for _, one := range to {
				if one != "" && strings.EqualFold(strings.TrimSuffix(attribute(t, "href"), "/"), strings.TrimSuffix(one, "/")) {
					return true
				}
			}
		}
	}
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

func hasWord(s, word string) bool {
	for _, w := range strings.Fields(s) {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}
