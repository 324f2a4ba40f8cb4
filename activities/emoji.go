package activities

import (
	"ensemble/models"
	"ensemble/models/store"
)

// Learn keeps the custom emoji that came with what somebody at host wrote: of one
// that is known, a newer version alone. One that claims to live on another server
// than theirs, or whose picture is on a machine that nobody should be sent to, is
// left out: then people see its :shortcode:.
func Learn(tx *store.Tx, from models.IRI, tags []models.EmojiTag) error {
	if from.Host() == "" || tx.Site.Owns(from) {
		return nil
	}
	for i, t := range tags {
		if i == models.MaxEmojis {
			break
		}
		if !models.Shortcode(t.Shortcode) || t.URI != "" && !t.URI.SameOrigin(from) || !models.Elsewhere(t.URL) && !tx.Site.Loose {
			continue
		}
		if err := learn(tx, from.Host(), t); err != nil {
			return err
		}
	}
	return nil
}

func learn(tx *store.Tx, host string, t models.EmojiTag) error {
	e := &models.Emoji{
		ID: models.NewID(tx.Now), Domain: host, Shortcode: t.Shortcode, URI: t.URI, URL: t.URL, ContentType: t.MediaType,
		ChangedAt: t.Updated, CreatedAt: tx.Now,
	}
	if e.ChangedAt.IsZero() || e.ChangedAt.After(tx.Now) { // what is dated ahead would never change again
		e.ChangedAt = tx.Now
	}
	if isNew, err := store.Add(tx, e); err != nil || isNew || t.Updated.IsZero() {
		return err
	}
	_, err := store.Set[models.Emoji](tx, map[string]any{
		"uri": e.URI, "url": e.URL, "content_type": e.ContentType, "changed_at": e.ChangedAt,
	}, "domain = ? AND shortcode = ? AND changed_at < ?", host, t.Shortcode, e.ChangedAt)
	return err
}

// Emojis returns our own custom emoji that texts use, as they travel.
func Emojis(tx *store.Tx, texts ...string) ([]models.EmojiTag, error) {
	codes := models.Shortcodes(texts...)
	if len(codes) == 0 {
		return nil, nil
	}
	known, err := store.Find[models.Emoji](tx, "domain = '' AND NOT disabled AND shortcode IN ? ORDER BY shortcode", codes)
	if err != nil {
		return nil, err
	}
	var out []models.EmojiTag
	for _, e := range known {
		out = append(out, e.Tag())
	}
	return out, nil
}

// ProfileEmojis returns our own custom emoji that a's profile uses.
func ProfileEmojis(tx *store.Tx, a *models.Account) ([]models.EmojiTag, error) {
	texts := []string{a.DisplayName, a.Note}
	for _, f := range a.Fields {
		texts = append(texts, f.Name, f.Value)
	}
	return Emojis(tx, texts...)
}
