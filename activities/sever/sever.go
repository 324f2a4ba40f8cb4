// Package sever keeps others away from somebody in everything they have to do with
// each other: follows, consents, and what they were asked to write together.
package sever

import (
	"ensemble/activities/collab"
	"ensemble/activities/graph"
	"ensemble/activities/interaction"
	"ensemble/models"
	"ensemble/models/store"
)

// Block keeps target away from me, and ends what the two were asked to write together.
func Block(tx *store.Tx, me, target *models.Account) error {
	if err := graph.Block(tx, me, target); err != nil {
		return err
	}
	return between(tx, me, target)
}

// Domain keeps a whole server away from me, and ends what me and those who live there
// were asked to write together.
func Domain(tx *store.Tx, me *models.Account, domain string) error {
	name, err := graph.BlockDomain(tx, me, domain)
	if err != nil {
		return err
	}
	all, err := store.DealtWith(tx, me.ID, name)
	if err != nil {
		return err
	}
	for _, id := range all {
		other, err := store.Get[models.Account](tx, id)
		if err != nil {
			return err
		}
		if err := between(tx, me, other); err != nil {
			return err
		}
	}
	return nil
}

func between(tx *store.Tx, me, other *models.Account) error {
	if err := interaction.Sever(tx, me, other); err != nil {
		return err
	}
	return collab.Sever(tx, me, other)
}
