package main

import (
	"fmt"

	"ensemble/activities/moderation"
	"ensemble/federation"
	"ensemble/federation/fetch"
	"ensemble/models"
	"ensemble/models/store"
)

type subscribeCmd struct {
	URL    models.IRI `arg:"" help:"The address of a CSV or JSON list of rules."`
	DryRun bool       `help:"Read it, say what it would do, and do nothing."`
}

// Run takes rules over from an address. The running server reads it within seconds,
// and then once a day.
func (c subscribeCmd) Run(w *world) error {
	if c.DryRun {
		return c.preview(w)
	}
	return attempt(w, false, func(tx *store.Tx) (string, error) {
		l, err := moderation.Subscribe(tx, nil, c.URL)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%s is subscribed to. The running server reads it now: see 'ensemble domain list'.", l.URL), nil
	})
}

func (c subscribeCmd) preview(w *world) error {
	var rules []models.DomainRule
	err := withDB(w, func(db *store.DB) (err error) {
		peers := fetch.New(fetch.Config{DB: db})
		rules, err = federation.ReadList(w, peers.List, c.URL)
		return err
	})
	if err != nil {
		return err
	}
	return attempt(w, true, func(tx *store.Tx) (string, error) {
		var m moderation.Merge
		known, err := store.Maybe[models.DomainList](tx, "url = ?", c.URL)
		if err != nil {
			return "", err
		}
		if known == nil {
			known = &models.DomainList{ID: models.NewID(tx.Now), URL: c.URL}
		}
		err = m.Take(tx, nil, known, rules)
		return m.String() + ".", err
	})
}

type unsubscribeCmd struct {
	URL  models.IRI `arg:"" help:"The address of the list."`
	Lift bool       `help:"Lift the rules that came by it; else they stay, as your own."`
}

// Run takes no more rules over from an address.
func (c unsubscribeCmd) Run(w *world) error {
	return attempt(w, false, func(tx *store.Tx) (string, error) {
		e, err := moderation.Unsubscribe(tx, nil, c.URL, c.Lift)
		return fmt.Sprintf("%s is not subscribed to any more. %s.", c.URL, e), err
	})
}
