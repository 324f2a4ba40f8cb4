package api

import (
	"slices"
	"strings"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
	"ensemble/web/stream"
)

// public tells of a post those who look on at public timelines. They see what a stranger
// does, but for those who filter.
func (t *teller) public(event string, id models.ID) error {
	channels := t.publicChannels()
	if len(channels) == 0 {
		return nil
	}
	p, err := store.Maybe[models.Post](t.tx, "id = ?", id)
	if err != nil || p == nil || p.Visibility != models.VisPublic {
		return err
	}
	written := map[string]*stream.Message{}
	for _, ch := range channels {
		if err := t.publicly(ch, event, p, written); err != nil {
			return err
		}
	}
	return nil
}

func (t *teller) publicChannels() (out []stream.Channel) {
	for _, kind := range publicStreams {
		for _, of := range t.Hub.Listened(kind) {
			out = append(out, stream.Channel{Kind: kind, Of: of})
		}
	}
	return out
}

func (t *teller) publicly(ch stream.Channel, event string, p *models.Post, written map[string]*stream.Message) error {
	readers := t.Hub.On(ch)
	var who []models.ID
	strangers := false
	for _, r := range readers {
		if me := r.About.(*listener).me; me != 0 {
			who = append(who, me)
		} else {
			strangers = true
		}
	}
	q, ok := publicsOf(ch, p)
	if !ok {
		return nil
	}
	if strangers {
		rows, err := store.PublicPosts(t.tx, q, store.Window{Max: p.ID + 1, Since: p.ID - 1, Limit: 1})
		if err != nil {
			return err
		}
		strangers = len(rows) > 0
	}
	who, err := store.PublicTo(t.tx, who, q, p.ID)
	if err != nil {
		return err
	}
	for _, r := range readers {
		l := r.About.(*listener)
		if l.me == 0 && strangers || l.me != 0 && slices.Contains(who, l.me) {
			if err := t.sendPublic(r, l, ch, event, p, written); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *teller) sendPublic(r *stream.Reader, l *listener, ch stream.Channel, event string, p *models.Post, written map[string]*stream.Message) error {
	who, err := t.person(l.me)
	if err != nil || who == nil {
		return err
	}
	key, as := l.looks, models.ID(0)
	if l.me != 0 && who.user.Filters {
		key, as = l.looks+"\n"+l.me.String(), l.me
	}
	m, done := written[key]
	if !done {
		at := store.Entry{ID: p.ID, PostID: p.ID, Kind: models.FeedPost}
		m, err = t.write(l, as, event, func(c *call.Call) (any, error) { return t.shown(c, at) })
		if err != nil {
			return err
		}
		written[key] = m
	}
	if m != nil {
		r.Tell(ch, m)
	}
	return nil
}

// publicsOf returns the timeline that the channel stands for, and false where p cannot
// be in it.
func publicsOf(ch stream.Channel, p *models.Post) (q store.Publics, ok bool) {
	for _, word := range strings.Split(ch.Kind, ":")[1:] {
		switch word {
		case "local":
			q.Local = true
		case "remote":
			q.Remote = true
		case "media":
			q.Media = true
		}
	}
	if strings.HasPrefix(ch.Kind, "hashtag") {
		q.Tag = ch.Of
		ok = slices.ContainsFunc(p.Tags, func(tag string) bool { return strings.ToLower(tag) == ch.Of })
		return q, ok && (!q.Local || p.Local)
	}
	return q, !(q.Local && !p.Local || q.Remote && p.Local || q.Media && len(p.Attachments) == 0)
}
