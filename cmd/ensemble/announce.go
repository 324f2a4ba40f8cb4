package main

import (
	"fmt"
	"strings"
	"time"

	"ensemble/activities/announcement"
	"ensemble/models"
	"ensemble/models/store"
)

type announceCmd struct {
	Say    announceSayCmd    `cmd:"" default:"withargs" help:"Say something to all who live here: their apps show it."`
	List   announceListCmd   `cmd:"" help:"Show what is announced, also what nobody is shown any more."`
	Remove announceRemoveCmd `cmd:"" help:"Take one back."`
}

type announceSayCmd struct {
	Text   []string `arg:"" help:"The words, with hashtags, addresses and :shortcodes:."`
	Starts string   `help:"When what is announced starts: 2026-01-02, or 2026-01-02T03:04Z."`
	Ends   string   `help:"When it ends; after that nobody is shown it."`
	AllDay bool     `help:"It lasts whole days."`
}

// Run publishes an announcement.
func (a announceSayCmd) Run(w *world) error {
	row := &models.Announcement{Text: strings.Join(a.Text, " "), AllDay: a.AllDay}
	var err error
	if row.StartsAt, err = moment(a.Starts); err != nil {
		return err
	}
	if row.EndsAt, err = moment(a.Ends); err != nil {
		return err
	}
	return withDB(w, func(db *store.DB) error {
		if err := db.Tx(w, func(tx *store.Tx) error { return announcement.Keep(tx, row) }); err != nil {
			return err
		}
		w.say("Announced as %d.", row.ID)
		return nil
	})
}

// moment reads a time from the command line, nil from nothing.
func moment(s string) (*time.Time, error) {
	if s == "" {
		return nil, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			t = t.UTC()
			return &t, nil
		}
	}
	return nil, fmt.Errorf("%q is no time: write 2026-01-02 or 2026-01-02T03:04Z", s)
}

type announceListCmd struct{}

// Run shows the announcements.
func (announceListCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		return db.Read(w, func(tx *store.Tx) error {
			all, err := store.Find[models.Announcement](tx, "id > 0 ORDER BY id")
			if err == nil && len(all) == 0 {
				w.say("Nothing is announced.")
			}
			for _, a := range all {
				over := ""
				if a.EndsAt != nil && !a.EndsAt.After(tx.Now) {
					over = " (over)"
				}
				w.say("%d  %s%s  %s", a.ID, a.CreatedAt.Format("2006-01-02 15:04"), over, a.Text)
			}
			return err
		})
	})
}

type announceRemoveCmd struct {
	ID string `arg:"" help:"Its number."`
}

// Run takes an announcement back.
func (a announceRemoveCmd) Run(w *world) error {
	id, err := models.ParseID(a.ID)
	if err != nil {
		return err
	}
	return withDB(w, func(db *store.DB) error {
		if err := db.Tx(w, func(tx *store.Tx) error { return announcement.Delete(tx, id) }); err != nil {
			return err
		}
		w.say("It is taken back.")
		return nil
	})
}
