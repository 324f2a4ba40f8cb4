package text

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

	"ensemble/models"
)

// Limits on what is read of a page.
const (
	maxTokens      = 20_000
	maxPageTitle   = 255 // letters
	maxPageText    = 1000
	maxPageName    = 120
	maxPageAddress = 2048 // bytes
	maxImageEdge   = 20_000
)

// A Page is what the head of a web page says of the page.
type Page struct {
	models.Card
	OEmbed models.IRI // where more is said of it, "" if nowhere
	Robots string     // what it asks of programs, in lower case
}

// ReadPage reads the head of a page that was found at base: Open Graph, then what is
// older. It believes nothing about addresses but what is on the web.
func ReadPage(raw []byte, base models.IRI) Page {
	r := pageReader{at: base, said: map[string]string{}}
	z := html.NewTokenizer(bytes.NewReader(raw))
	z.SetMaxBuf(256 << 10)
	for range maxTokens {
		switch z.Next() {
		case html.ErrorToken:
			return r.page()
		case html.StartTagToken, html.SelfClosingTagToken:
			if r.tag(z) {
				return r.page()
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == "head" {
				return r.page()
			}
		}
	}
	return r.page()
}

type pageReader struct {
	at     models.IRI
	said   map[string]string // by the name of the property, the first word of each
	robots []string
}

// tag takes in a tag, and reports whether the head is over.
func (r *pageReader) tag(z *html.Tokenizer) (over bool) {
	raw, more := z.TagName()
	name := string(raw)
	attrs := map[string]string{}
	for more {
		var key, val []byte
		key, val, more = z.TagAttr()
		if _, known := attrs[string(key)]; !known && len(attrs) < 16 {
			attrs[string(key)] = string(val)
		}
	}
	switch name {
	case "body":
		return true
	case "html":
		r.note("html:lang", attrs["lang"])
	case "base":
		if at := r.address(attrs["href"]); at != "" {
			r.at = at
		}
	case "title":
		if z.Next() == html.TextToken {
			r.note("title", string(z.Text()))
		}
	case "meta":
		r.meta(attrs)
	case "link":
		r.link(attrs)
	}
	return false
}

func (r *pageReader) meta(attrs map[string]string) {
	for _, key := range []string{"property", "name", "itemprop"} {
		name := strings.ToLower(strings.TrimSpace(attrs[key]))
		switch {
		case name == "robots" || name == "ensemble":
			r.robots = append(r.robots, strings.ToLower(clipped(attrs["content"])))
		case name != "":
			r.note(name, attrs["content"])
		}
	}
}

func (r *pageReader) link(attrs map[string]string) {
	rel := strings.Fields(strings.ToLower(attrs["rel"]))
	for _, word := range rel {
		if word == "alternate" && strings.EqualFold(strings.TrimSpace(attrs["type"]), "application/json+oembed") {
			r.note("oembed", attrs["href"])
		}
	}
}

func clipped(s string) string { return cut(s, 8<<10) }

func (r *pageReader) note(name, value string) {
	if value = strings.TrimSpace(clipped(value)); value != "" && r.said[name] == "" && len(r.said) < 200 {
		r.said[name] = value
	}
}

func (r *pageReader) first(names ...string) string {
	for _, n := range names {
		if s := r.said[n]; s != "" {
			return s
		}
	}
	return ""
}

// address resolves what a page calls an address, "" if that is not on the web.
func (r *pageReader) address(s string) models.IRI { return resolve(r.at, s) }

func resolve(base models.IRI, s string) models.IRI {
	s = strings.TrimSpace(s)
	from, err := url.Parse(string(base))
	if s == "" || err != nil || len(s) > maxPageAddress {
		return ""
	}
	u, err := from.Parse(s)
	if err != nil || u.User != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	u.Fragment, u.RawFragment = "", ""
	at := models.IRI(u.String())
	if at.Origin() == "" || len(at) > maxPageAddress {
		return ""
	}
	return at
}

func (r *pageReader) page() Page {
	p := Page{Robots: strings.Join(r.robots, ","), OEmbed: r.address(r.said["oembed"])}
	p.Title = pageLine(r.first("og:title", "twitter:title", "title"), maxPageTitle)
	p.Description = pageLine(r.first("og:description", "twitter:description", "description"), maxPageText)
	p.ProviderName = pageLine(r.first("og:site_name", "application-name"), maxPageName)
	p.AuthorName = authorName(r.first("author", "article:author", "twitter:creator"))
	p.Language = language(r.first("og:locale", "html:lang"))
	p.Image = r.address(r.first("og:image:secure_url", "og:image", "og:image:url", "twitter:image"))
	if p.Image != "" {
		p.ImageAlt = pageLine(r.first("og:image:alt", "twitter:image:alt"), maxPageText)
		p.Width, p.Height = edge(r.said["og:image:width"]), edge(r.said["og:image:height"])
	}
	if at, err := time.Parse(time.RFC3339, r.first("article:published_time", "og:article:published_time")); err == nil && at.Year() > 1990 && at.Year() < 2200 {
		p.PublishedAt = &at
	}
	return p
}

// pageLine is Line of what may be no UTF-8 at all.
func pageLine(s string, max int) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "")
	}
	return strings.TrimSpace(Line(s, max))
}

// authorName returns a name, and not an address in the place of one.
func authorName(s string) string {
	if strings.Contains(s, "://") {
		return ""
	}
	return pageLine(s, maxPageName)
}

// language turns en_US into en-US, and anything that is no language into "".
func language(s string) string {
	s = strings.ReplaceAll(s, "_", "-")
	if len(s) > 35 || strings.ContainsFunc(s, func(r rune) bool {
		return !(r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}) {
		return ""
	}
	return s
}

func edge(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > maxImageEdge {
		return 0
	}
	return n
}

// Forbids reports whether a page, or the header X-Robots-Tag of its answer, asks
// programs not to do that.
func (p Page) Forbids(header, what string) bool {
	for _, word := range strings.FieldsFunc(p.Robots+","+strings.ToLower(header), func(r rune) bool { return r == ',' || r == ' ' || r == ':' }) {
		if word == what || word == "none" {
			return true
		}
	}
	return false
}
