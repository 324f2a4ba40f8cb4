package main

import (
	"fmt"

	"ensemble/activities/account"
	"ensemble/activities/collab"
	"ensemble/models"
	"ensemble/models/store"
)

type deleteCmd struct {
	Name    string `arg:"" help:"The account's name."`
	Confirm bool   `help:"Do it: nobody can undo this."`
}

// Run deletes an account.
func (c deleteCmd) Run(w *world) error {
	if !c.Confirm {
		return fmt.Errorf("this takes %s away for good, with all they wrote, here and on every server: say --confirm to do it", c.Name)
	}
	return withAccount(w, c.Name, erase, func(a *models.Account, site models.Site) {
		w.say("%s is gone. Every server that may know them is being told.", a.Handle(site))
	})
}

// erase takes down what a started, takes a out of what others started, and then
// takes a away.
func erase(tx *store.Tx, a *models.Account) error {
	if err := collab.TakeDown(tx, a); err != nil {
		return err
	}
	if err := collab.Detach(tx, a); err != nil {
		return err
	}
	a, err := store.Get[models.Account](tx, a.ID) // its counts have changed
	if err != nil {
		return err
	}
	return account.Delete(tx, a)
}
