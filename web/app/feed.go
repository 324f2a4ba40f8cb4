package app

import (
	"fmt"
	"strings"

	"github.com/gorilla/feeds"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

// feedKinds are the endings of addresses that are feeds.
var feedKinds = map[string]string{".rss": "application/rss+xml; charset=utf-8", ".atom": "application/atom+xml; charset=utf-8"}

// feedsOf are the feeds of the page at an address.
func feedsOf(at models.IRI) []page.Feed {
	return []page.Feed{{Kind: "atom", URL: at + ".atom"}, {Kind: "rss", URL: at + ".rss"}}
}

// cutFeed returns name without the ending of a feed, and that ending.
func cutFeed(name string) (string, string) {
	for ending := range feedKinds {
		if short, ok := strings.CutSuffix(name, ending); ok {
			return short, ending
		}
	}
	return name, ""
}

// A feed is what programs read of a page that grows: RSS 2.0 or Atom (RFC 4287).
type feed struct {
	Title, Tell string
	At, Image   models.IRI
	Posts       []postView
}

func (f feed) answer(c *call.Call, ending string) (any, error) {
	all := &feeds.Feed{
		Id: string(f.At), Title: f.Title, Description: f.Tell, Link: &feeds.Link{Href: string(f.At)}, Created: c.Now(),
		Copyright: page.Title(c),
	}
	if f.Image != "" {
		all.Image = &feeds.Image{Url: string(f.Image), Title: f.Title, Link: string(f.At)}
	}
	if len(f.Posts) > 0 {
		all.Created = f.Posts[0].Published
	}
	for _, p := range f.Posts {
		all.Add(f.item(p))
	}
	write := all.ToRss
	if ending == ".atom" {
		write = all.ToAtom
	}
	text, err := write()
	if err != nil {
		return nil, fmt.Errorf("feed of %s: %w", f.At, err)
	}
	return call.Raw(feedKinds[ending], []byte(text)), nil
}

func (f feed) item(p postView) *feeds.Item {
	i := &feeds.Item{
		Id: string(p.URL), IsPermaLink: "true", Link: &feeds.Link{Href: string(p.URL)}, Author: &feeds.Author{Name: p.Byline()},
		Title: p.Byline() + ": " + firstWords(or(p.Summary, p.Plain)), Description: string(p.Content), Created: p.Published,
	}
	if p.Summary != "" {
		i.Description = "" // whoever reads it is to be asked first, on the page
	}
	if p.Edited != nil {
		i.Updated = *p.Edited
	}
	if len(p.Attachments) > 0 && !p.Sensitive && p.Summary == "" {
		a := p.Attachments[0]
		i.Enclosure = &feeds.Enclosure{Url: string(a.URL), Type: a.MediaType, Length: "0"}
	}
	return i
}
