package media

import (
	"context"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"ensemble/activities/post"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
)

// Emoji reads the picture of a custom emoji and puts it on the shelf. PutEmoji makes an
// emoji of it, in a transaction; whoever does not call that calls Discard.
func (d *Desk) Emoji(ctx context.Context, m *models.Media, code, category string, picture io.Reader) error {
	if utf8.RuneCountInString(category) > models.MaxEmojiCategory {
		return models.Errorf(models.Invalid, "a category has at most %d letters", models.MaxEmojiCategory)
	}
	if !models.Shortcode(code) {
		return models.Refuse(models.Invalid, "bad_shortcode", "%q cannot stand between colons: a shortcode has up to %d letters, digits, _, - and +", code, models.MaxShortcode)
	}
	done, err := files.Process(ctx, picture, "", "", files.Limits{ImageBytes: models.MaxEmojiBytes, VideoBytes: models.MaxEmojiBytes, Edge: 256})
	if err != nil {
		return err
	}
	defer done.Close() //nolint:errcheck // the system sweeps its temporary folder
	if done.Kind != files.Image {
		return models.Refuse(models.Invalid, "not_a_picture", "an emoji is a still picture, and this is a film or a sound")
	}
	m.Kind, m.ContentType, m.Key = string(done.Kind), done.Original.Type, "media/"+m.ID.String()+"/original"+files.Extension(done.Original.Type)
	m.Width, m.Height, m.Size, m.Digest = done.Original.Width, done.Original.Height, done.Original.Size, done.Digest
	f, err := os.Open(done.Original.Path)
	if err != nil {
		return fmt.Errorf("open processed picture: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	_, err = d.Files.Put(ctx, m.Key, f)
	return err
}

// PutEmoji makes a picture on the shelf an emoji of ours, in place of the one that is
// called so.
func PutEmoji(tx *store.Tx, code, category string, m *models.Media) (*models.Emoji, error) {
	owner, err := store.One[models.Account](tx, "system AND domain = ''")
	if err != nil {
		return nil, err
	}
	if err := DropEmoji(tx, code); models.KindOf(err) != models.NotFound && err != nil {
		return nil, err
	}
	m.AccountID, m.CreatedAt = owner.ID, tx.Now
	if err := store.Put(tx, m); err != nil {
		return nil, err
	}
	id := models.NewID(tx.Now)
	e := &models.Emoji{
		ID: id, Shortcode: code, Category: text.Line(category, models.MaxEmojiCategory), URI: tx.Site.IRI("/emojis/" + id.String()), URL: post.MediaURL(tx.Site, m, "original"),
		ContentType: m.ContentType, MediaID: m.ID, ChangedAt: tx.Now, CreatedAt: tx.Now,
	}
	return e, store.Put(tx, e)
}

// DropEmoji takes an emoji of ours away, and its picture.
func DropEmoji(tx *store.Tx, code string) error {
	e, err := store.One[models.Emoji](tx, "domain = '' AND shortcode = ?", code)
	if err != nil {
		return err
	}
	if _, err := store.Delete[models.Emoji](tx, "id = ?", e.ID); err != nil {
		return err
	}
	return post.Shred(tx, "id = ?", e.MediaID)
}
