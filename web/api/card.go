package api

import (
	"ensemble/models"
	"ensemble/models/store"
)

// cardJSON is Mastodon's PreviewCard. There is never any HTML in it.
type cardJSON struct {
	URL              models.IRI       `json:"url"`
	Title            string           `json:"title"`
	Description      string           `json:"description"`
	Language         *string          `json:"language"`
	Type             string           `json:"type"`
	AuthorName       string           `json:"author_name"`
	AuthorURL        models.IRI       `json:"author_url"`
	Authors          []cardAuthorJSON `json:"authors"`
	ProviderName     string           `json:"provider_name"`
	ProviderURL      models.IRI       `json:"provider_url"`
	HTML             string           `json:"html"`
	Width            int              `json:"width"`
	Height           int              `json:"height"`
	Image            *models.IRI      `json:"image"`
	ImageDescription string           `json:"image_description"`
	EmbedURL         string           `json:"embed_url"`
	Blurhash         *string          `json:"blurhash"`
	PublishedAt      *moment          `json:"published_at"`
}

type cardAuthorJSON struct {
	Name    string       `json:"name"`
	URL     models.IRI   `json:"url"`
	Account *accountJSON `json:"account"`
}

func cardView(site models.Site, c *models.Card) *cardJSON {
	if c == nil {
		return nil
	}
	v := &cardJSON{
		URL: c.URL, Title: c.Title, Description: c.Description, Language: orNull(c.Language), Type: "link",
		AuthorName: c.AuthorName, AuthorURL: c.AuthorURL, Authors: []cardAuthorJSON{}, ProviderName: c.ProviderName,
		ProviderURL: c.ProviderURL, Width: c.Width, Height: c.Height, ImageDescription: c.ImageAlt, PublishedAt: momentOf(c.PublishedAt),
	}
	if c.AuthorName != "" {
		v.Authors = append(v.Authors, cardAuthorJSON{Name: c.AuthorName, URL: c.AuthorURL})
	}
	if c.Image != "" {
		at := site.Proxied(models.ProxyCard, c.ID, "image", c.Image)
		v.Image = &at
	}
	return v
}

// gatherCards finds the cards under these posts.
func (s *shown) gatherCards(posts []models.ID) error {
	s.cards = map[models.ID]*models.Card{}
	if len(posts) == 0 {
		return nil
	}
	pairs, err := store.Find[models.PostCard](s.call.Tx, "post_id IN ?", posts)
	if err != nil || len(pairs) == 0 {
		return err
	}
	ids := make([]models.ID, len(pairs))
	for i, p := range pairs {
		ids[i] = p.CardID
	}
	cards, err := store.Find[models.Card](s.call.Tx, "id IN ? AND state = ?", ids, models.CardReady)
	byID := make(map[models.ID]*models.Card, len(cards))
	for _, c := range cards {
		byID[c.ID] = c
	}
	for _, p := range pairs {
		if c := byID[p.CardID]; c != nil {
			s.cards[p.PostID] = c
		}
	}
	return err
}
