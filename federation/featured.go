package federation

import (
	"encoding/json"
	"net/http"

	"ensemble/activities/post"
	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/store"
)

// featured serves the posts on top of a profile, whole where they are ours.
func (s *Server) featured(tx *store.Tx, r *http.Request) (*document, error) {
	a, err := local(tx, r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	pins, err := store.Find[models.Pin](tx, "account_id = ? ORDER BY id DESC LIMIT ?", a.ID, models.MaxPins)
	if err != nil {
		return nil, err
	}
	var items []any
	for _, pin := range pins {
		p, err := store.Get[models.Post](tx, pin.PostID)
		if err != nil {
			return nil, err
		}
		if !p.Visibility.Open() {
			continue
		}
		item, err := whole(tx, p)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	body, err := wire.EncodeWholeCollection(a.Featured, wire.Ordered, items)
	return &document{body: body, cache: "max-age=30"}, err
}

// whole is a post as an item: all of it if it is ours, else its address.
func whole(tx *store.Tx, p *models.Post) (any, error) {
	if !p.Local {
		return p.URI, nil
	}
	n, err := post.Note(tx, p)
	if err != nil {
		return nil, err
	}
	raw, err := wire.EncodeNote(n, models.FormArray, false)
	return json.RawMessage(raw), err
}

// featuredTags serves the hashtags on a profile.
func (s *Server) featuredTags(tx *store.Tx, r *http.Request) (*document, error) {
	a, err := local(tx, r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	tags, err := store.Find[models.FeaturedTag](tx, "account_id = ? ORDER BY id", a.ID)
	if err != nil {
		return nil, err
	}
	var items []any
	for _, t := range tags {
		items = append(items, wire.Hashtag(t.Name, tx.Site.IRI("/tags/"+t.Tag)))
	}
	body, err := wire.EncodeWholeCollection(a.FeaturedTags, wire.Unordered, items)
	return &document{body: body, cache: "max-age=30"}, err
}
