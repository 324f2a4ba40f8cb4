package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"ensemble/activities/post"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
)

type emojiCmd struct {
	Add    emojiAddCmd    `cmd:"" help:"Give people a picture to write as :shortcode:, or another one for it."`
	List   emojiListCmd   `cmd:"" help:"Show the pictures that people can write."`
	Remove emojiRemoveCmd `cmd:"" help:"Take one away: what was written with it shows its :shortcode:."`
}

type emojiAddCmd struct {
	Shortcode string `arg:"" help:"What stands between the colons: letters, digits, _, - and +."`
	File      string `arg:"" type:"existingfile" help:"A still picture of at most 256 KiB."`
	Category  string `help:"Under which it stands in pickers."`
}

// Run adds an emoji.
func (e emojiAddCmd) Run(w *world) error {
	c, err := w.config()
	if err != nil {
		return err
	}
	disk, err := openFiles(c.Data, c.Bucket)
	if err != nil {
		return err
	}
	defer disk.Close() //nolint:errcheck // what was written is on disk
	f, err := os.Open(e.File)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	return withDB(w, func(db *store.DB) error {
		if err := addEmoji(w, db, disk, e.Shortcode, e.Category, f); err != nil {
			return err
		}
		w.say("People here can write :%s: now.", e.Shortcode)
		return nil
	})
}

// addEmoji makes a picture an emoji of ours, in place of the one that is called so.
func addEmoji(ctx context.Context, db *store.DB, disk files.Store, code, category string, picture io.Reader) error {
	if utf8.RuneCountInString(category) > models.MaxEmojiCategory {
		return models.Errorf(models.Invalid, "a category has at most %d letters", models.MaxEmojiCategory)
	}
	if !models.Shortcode(code) {
		return models.Errorf(models.Invalid, "%q cannot stand between colons: a shortcode has up to %d letters, digits, _, - and +", code, models.MaxShortcode)
	}
	done, err := files.Process(ctx, picture, "", "", files.Limits{ImageBytes: models.MaxEmojiBytes, VideoBytes: models.MaxEmojiBytes, Edge: 256})
	if err != nil {
		return err
	}
	defer done.Close() //nolint:errcheck // the system sweeps its temporary folder
	if done.Kind != files.Image {
		return models.Errorf(models.Invalid, "an emoji is a still picture, and this is a film or a sound")
	}
	id := models.NewID(db.Now())
	m := &models.Media{
		ID: id, Kind: string(done.Kind), ContentType: done.Original.Type, Secret: strings.ToLower(rand.Text()),
		Key: "media/" + id.String() + "/original" + files.Extension(done.Original.Type), Width: done.Original.Width,
		Height: done.Original.Height, Size: done.Original.Size, Digest: done.Digest, State: models.MediaReady,
	}
	f, err := os.Open(done.Original.Path)
	if err != nil {
		return fmt.Errorf("open processed picture: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	if _, err := disk.Put(ctx, m.Key, f); err != nil {
		return err
	}
	return db.Tx(ctx, func(tx *store.Tx) error { return putEmoji(tx, code, category, m) })
}

func putEmoji(tx *store.Tx, code, category string, m *models.Media) error {
	owner, err := store.One[models.Account](tx, "system AND domain = ''")
	if err != nil {
		return err
	}
	if err := dropEmoji(tx, code); models.KindOf(err) != models.NotFound && err != nil {
		return err
	}
	m.AccountID, m.CreatedAt = owner.ID, tx.Now
	if err := store.Put(tx, m); err != nil {
		return err
	}
	id := models.NewID(tx.Now)
	return store.Put(tx, &models.Emoji{
		ID: id, Shortcode: code, Category: text.Line(category, models.MaxEmojiCategory), URI: tx.Site.IRI("/emojis/" + id.String()), URL: post.MediaURL(tx.Site, m, "original"),
		ContentType: m.ContentType, MediaID: m.ID, ChangedAt: tx.Now, CreatedAt: tx.Now,
	})
}

// dropEmoji takes an emoji of ours away, and its picture.
func dropEmoji(tx *store.Tx, code string) error {
	e, err := store.One[models.Emoji](tx, "domain = '' AND shortcode = ?", code)
	if err != nil {
		return err
	}
	if _, err := store.Delete[models.Emoji](tx, "id = ?", e.ID); err != nil {
		return err
	}
	return post.Shred(tx, "id = ?", e.MediaID)
}

type emojiListCmd struct{}

// Run shows the emoji of this server.
func (emojiListCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		return db.Read(w, func(tx *store.Tx) error {
			all, err := store.Find[models.Emoji](tx, "domain = '' ORDER BY shortcode")
			if err == nil && len(all) == 0 {
				w.say("There are none: 'ensemble emoji add' makes one.")
			}
			for _, e := range all {
				w.say(":%s: %s", e.Shortcode, e.URL)
			}
			return err
		})
	})
}

type emojiRemoveCmd struct {
	Shortcode string `arg:"" help:"What stands between the colons."`
}

// Run removes an emoji.
func (e emojiRemoveCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		err := db.Tx(w, func(tx *store.Tx) error { return dropEmoji(tx, e.Shortcode) })
		if err == nil {
			w.say("Nobody can write :%s: any more.", e.Shortcode)
		}
		return err
	})
}
