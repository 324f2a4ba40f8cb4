package text

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// maxLinks is how many links of one text are looked at.
const maxLinks = 20

// Links returns the web pages that sanitised html links, in order: not who it names,
// not its hashtags, and no address that holds a password.
func Links(content string) []string {
	var out []string
	z := html.NewTokenizer(strings.NewReader(content))
	for seen := 0; seen < maxLinks; {
		switch z.Next() {
		case html.ErrorToken:
			return out
		case html.StartTagToken:
			t := z.Token()
			if t.Data != "a" {
				continue
			}
			seen++
			if href, ok := attr(t.Attr, "href"); ok && isPage(t.Attr, href) && !calls(z) {
				out = append(out, href)
			}
		}
	}
	return out
}

func isPage(attrs []html.Attribute, href string) bool {
	class, _ := attr(attrs, "class")
	rel, _ := attr(attrs, "rel")
	for _, word := range strings.Fields(class + " " + rel) {
		switch word {
		case "mention", "hashtag", "u-url", "tag", "quote-inline":
			return false
		}
	}
	u, err := url.Parse(href)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && len(href) <= 2048
}

// calls reports whether the words of a link, which z is about to read, are a hashtag
// or a handle: some servers mark those in no other way.
func calls(z *html.Tokenizer) bool {
	for z.Next() == html.StartTagToken { // the span within
	}
	t := z.Token()
	words := strings.TrimSpace(t.Data)
	return t.Type == html.TextToken && (strings.HasPrefix(words, "#") || strings.HasPrefix(words, "@"))
}
