package main

import (
	"context"
	"io"
	"os"

	"ensemble/activities/media"
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
	m := media.New(0, db.Now())
	if err := (&media.Desk{Files: disk}).Emoji(ctx, m, code, category, picture); err != nil {
		return err
	}
	return db.Tx(ctx, func(tx *store.Tx) error { _, err := media.PutEmoji(tx, code, category, m); return err })
}

// dropEmoji takes an emoji of ours away, and its picture.
func dropEmoji(tx *store.Tx, code string) error { return media.DropEmoji(tx, code) }

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
