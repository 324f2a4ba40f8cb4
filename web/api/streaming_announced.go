package api

import (
	"encoding/json"
	"slices"
	"strings"

	"ensemble/activities/announcement"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/stream"
)

// announcement tells everybody who lives here what is announced, what they leave there,
// and what is announced no more. It is written once for all, without what is each
// reader's own, as Mastodon does.
func (t *teller) announcement(e models.StreamEvent) error {
	if len(t.Hub.Listened("user")) == 0 {
		return nil
	}
	row, err := announcement.Get(t.tx, e.Item)
	gone := models.KindOf(err) == models.NotFound
	switch {
	case err != nil && !gone:
		return err
	case gone && e.Kind == models.StreamReaction:
		return nil
	case gone:
		t.all(&stream.Message{Event: "announcement.delete", Payload: e.Item.String()})
		return nil
	case e.Kind == models.StreamReaction:
		return t.announced(row, e.Name)
	}
	views, err := announcementViews(t.tx, 0, []*models.Announcement{row})
	if err != nil {
		return err
	}
	return t.toAll("announcement", views[0])
}

// announced tells how many left one emoji at an announcement: none, once the last has
// taken it back.
func (t *teller) announced(row *models.Announcement, name string) error {
	left, err := store.AnnouncedEmojis(t.tx, 0, []models.ID{row.ID})
	if err != nil {
		return err
	}
	r := store.AnnouncedEmoji{Name: name}
	if i := slices.IndexFunc(left, func(r store.AnnouncedEmoji) bool { return r.Name == name }); i >= 0 {
		r = left[i]
	}
	v, err := announcedView(t.tx, 0, r)
	if err != nil {
		return err
	}
	return t.toAll("announcement.reaction", struct {
		reactionJSON
		AnnouncementID models.ID `json:"announcement_id,string"`
	}{v, row.ID})
}

// toAll sends all who listen to their own stream the same.
func (t *teller) toAll(event string, view any) error {
	payload, err := written(view)
	if err == nil {
		t.all(&stream.Message{Event: event, Payload: payload})
	}
	return err
}

func (t *teller) all(m *stream.Message) {
	for _, of := range t.Hub.Listened("user") {
		t.Hub.Send(stream.Channel{Kind: "user", Of: of}, m)
	}
}

// written is a view as one line of JSON.
func written(view any) (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(view)
	return strings.TrimSuffix(b.String(), "\n"), err
}
