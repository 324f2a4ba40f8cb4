package main

import (
	"strings"

	"ensemble/activities/moderation"
	"ensemble/federation/fetch"
	"ensemble/models"
	"ensemble/models/store"
)

type relayCmd struct {
	Add    relayAddCmd    `cmd:"" help:"Ask a relay to pass public posts on."`
	List   relayListCmd   `cmd:"" help:"List relays, and what they answered."`
	Remove relayRemoveCmd `cmd:"" help:"Leave a relay."`
}

type relayAddCmd struct {
	Address models.IRI `arg:"" help:"Its inbox (Mastodon's style) or its actor (LitePub's)."`
	LitePub bool       `name:"litepub" help:"It is an actor, though it ends in /inbox."`
}

// Run asks a relay. The running server does so within seconds.
func (c relayAddCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		var actor *models.Account
		if c.LitePub || !strings.HasSuffix(string(c.Address), "/inbox") {
			var err error
			if actor, err = fetch.New(fetch.Config{DB: db}).Account(w, c.Address); err != nil {
				return err
			}
		}
		err := db.Tx(w, func(tx *store.Tx) error {
			_, err := moderation.AddRelay(tx, nil, c.Address, actor)
			return err
		})
		if err == nil {
			w.say("%s is asked. See 'ensemble relay list' for its answer.", c.Address)
		}
		return err
	})
}

type relayListCmd struct{}

// Run lists relays.
func (relayListCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		return db.Read(w, func(tx *store.Tx) error {
			all, err := store.Find[models.Relay](tx, "1 = 1 ORDER BY id")
			if err != nil {
				return err
			}
			for _, r := range all {
				asked, err := moderation.RelayWay(tx, r)
				if err != nil {
					return err
				}
				w.say("%s  %s, %s since %s  (asking: %s %s)", r.Address, r.Style, r.State, r.UpdatedAt.Format("2006-01-02 15:04"), asked.State, asked.Reason)
			}
			if len(all) == 0 {
				w.say("There is no relay.")
			}
			return nil
		})
	})
}

type relayRemoveCmd struct {
	Address models.IRI `arg:"" help:"Its address, as it was added."`
}

// Run leaves a relay.
func (c relayRemoveCmd) Run(w *world) error {
	return attempt(w, false, func(tx *store.Tx) (string, error) {
		return "The relay " + string(c.Address) + " is told that we leave.", moderation.RemoveRelay(tx, nil, c.Address)
	})
}
