package main

import (
	"fmt"

	"ensemble/activities/account"
	"ensemble/activities/collab"
	"ensemble/activities/graph"
	"ensemble/federation/fetch"
	"ensemble/models"
	"ensemble/models/store"
)

type aliasCmd struct {
	Name  string   `arg:"" help:"Whose."`
	Other []string `arg:"" optional:"" help:"Their other accounts: @name@domain, or addresses. None takes all away."`
}

// Run sets somebody's aliases.
func (c aliasCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		var uris []models.IRI
		for _, other := range c.Other {
			a, err := freshly(w, db, other)
			if err != nil {
				return err
			}
			uris = append(uris, a.URI)
		}
		var a *models.Account
		err := db.Tx(w, func(tx *store.Tx) (err error) {
			if a, err = ownAccount(tx, c.Name); err != nil {
				return err
			}
			return account.SetAliases(tx, a, uris)
		})
		if err == nil {
			w.say("%s is known under %d other accounts now.", a.Handle(db.Site), len(uris))
		}
		return err
	})
}

type moveCmd struct {
	Name    string `arg:"" help:"Who moves."`
	To      string `arg:"" help:"Where to: @name@domain, or an address. That account must name this one as an alias."`
	Confirm bool   `help:"Do it: an account moves once in 30 days, and says nothing more afterwards."`
}

// Run moves somebody.
func (c moveCmd) Run(w *world) error {
	if !c.Confirm {
		return fmt.Errorf("this sends the followers of %s to %s, and %s says nothing more: say --confirm to do it", c.Name, c.To, c.Name)
	}
	return withDB(w, func(db *store.DB) error {
		to, err := freshly(w, db, c.To)
		if err != nil {
			return err
		}
		var a *models.Account
		err = db.Tx(w, func(tx *store.Tx) error {
			if a, err = ownAccount(tx, c.Name); err != nil {
				return err
			}
			return move(tx, a, to)
		})
		if err == nil {
			w.say("%s moved to %s. Their followers are being told.", a.Handle(db.Site), to.Handle(db.Site))
		}
		return err
	})
}

func move(tx *store.Tx, a, to *models.Account) error {
	also, err := store.Companions(tx, a.ID)
	if err != nil {
		return err
	}
	if err := graph.Move(tx, a, to, also); err != nil {
		return err
	}
	return collab.Moved(tx, a, to)
}

func ownAccount(tx *store.Tx, name string) (*models.Account, error) {
	a, err := findAccount(tx, name)
	if err == nil && (!a.Local() || a.System) {
		err = fmt.Errorf("%s does not live here", a.Handle(tx.Site))
	}
	return a, err
}

// freshly reads an account from its server.
func freshly(w *world, db *store.DB, name string) (*models.Account, error) {
	f := &finder{db: db, peers: fetch.New(fetch.Config{DB: db, UserAgent: "Ensemble/" + version})}
	return f.Fresh(w, name)
}
