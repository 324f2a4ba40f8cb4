package app

import (
	"html/template"
	"strings"
	"time"

	"ensemble/activities/text"
	"ensemble/models"
)

// A pollView is what a post asks, and how that stands.
type pollView struct {
	Options []optionView
	Voters  int // -1 if nobody said
	Over    bool
	Ends    *time.Time
}

type optionView struct {
	Title template.HTML
	Votes int // -1 while it is hidden
}

func viewPoll(p *models.Poll, emoji pictures, now time.Time) *pollView {
	if p == nil {
		return nil
	}
	v := &pollView{Voters: p.Voters, Over: p.Over(now), Ends: p.ExpiresAt}
	for _, o := range p.Options {
		option := optionView{Title: emoji.in(template.HTMLEscapeString(text.Line(o.Title, models.MaxPollTitle*8))), Votes: o.Votes}
		if p.Veiled(now) {
			option.Votes = -1
		}
		v.Options = append(v.Options, option)
	}
	return v
}

// pictures are custom emoji by shortcode.
type pictures map[string]models.IRI

// in returns safe HTML with pictures in the place of shortcodes, but within tags.
func (all pictures) in(safe string) template.HTML {
	var b strings.Builder
	for safe != "" {
		words, tag, rest := safe, "", ""
		if open := strings.IndexByte(safe, '<'); open >= 0 {
			words, tag = safe[:open], safe[open:]
			if end := strings.IndexByte(tag, '>'); end >= 0 {
				tag, rest = tag[:end+1], tag[end+1:]
			}
		}
		for _, code := range models.Shortcodes(words) {
			if at := all[code]; at != "" {
				words = strings.ReplaceAll(words, ":"+code+":", `<img class="emoji" src="`+template.HTMLEscapeString(string(at))+
					`" alt=":`+code+`:" title=":`+code+`:" width="20" height="20">`)
			}
		}
		b.WriteString(words)
		b.WriteString(tag)
		safe = rest
	}
	return template.HTML(b.String()) //nolint:gosec // what came in was safe, and what is added is escaped
}
