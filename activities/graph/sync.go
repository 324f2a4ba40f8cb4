package graph

import (
	"slices"
	"time"

	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// Sync is the task that compares who here follows an account elsewhere with what
// its server knows (FEP-8fcf).
type Sync struct {
	Account models.ID  `json:"account,string"`
	URL     models.IRI `json:"url"`
}

// Kind names the task in the queue.
func (Sync) Kind() string { return "followers" }

// Limits of comparing followers.
const (
	syncEvery = 10 * time.Minute // of one account
	syncYoung = time.Minute      // a follow that may be on its way still
	maxUndone = 100              // follows that are undone at once
)

// Compare has who follows an account elsewhere compared, if the digest that its
// server sent is not the one of here, at most once in ten minutes.
func Compare(tx *store.Tx, who *models.Account, url models.IRI) error {
	n, err := store.Set[models.Account](tx, map[string]any{"synced_at": tx.Now}, "id = ? AND (synced_at IS NULL OR synced_at < ?)", who.ID, tx.Now.Add(-syncEvery))
	if err != nil || n == 0 {
		return err
	}
	return store.Enqueue(tx, Sync{who.ID, url})
}

// Compared takes in who here follows target, as its own server knows it: whom it
// does not know follows it no more, and to whom it knows wrongly it is told so.
func Compared(tx *store.Tx, target *models.Account, theirs []models.IRI) error {
	ours, err := store.Find[models.Follow](tx, "target_id = ? AND account_id IN (SELECT account_id FROM users)", target.ID)
	if err != nil {
		return err
	}
	var known []models.IRI
	for _, f := range ours {
		me, err := store.Get[models.Account](tx, f.AccountID)
		if err != nil {
			return err
		}
		known = append(known, me.URI)
		switch there := slices.Contains(theirs, me.URI); {
		case there && !f.Accepted: // their yes was lost
			err = hold(tx, f, me, target)
		case !there && f.Accepted && tx.Now.Sub(f.CreatedAt) > syncYoung:
			err = end(tx, f)
		}
		if err != nil {
			return err
		}
	}
	undone := 0
	for _, uri := range theirs {
		if slices.Contains(known, uri) || !tx.Site.Owns(uri) || undone == maxUndone {
			continue
		}
		me, err := store.Maybe[models.Account](tx, "uri = ? AND domain = ''", uri)
		if err != nil {
			return err
		}
		if me == nil || me.System {
			continue
		}
		undone++
		if err := disown(tx, me, target); err != nil {
			return err
		}
	}
	return nil
}

// disown tells target's server that me does not follow target, whatever it knows.
func disown(tx *store.Tx, me, target *models.Account) error {
	uri := activities.NewURI(me, "follows", models.NewID(tx.Now))
	inner := models.Activity{URI: uri, Verb: models.FollowVerb, Actor: me.URI, Object: models.Ref(target.URI)}
	return activities.Say(tx, me, &models.Activity{
		Verb: models.Undo, To: []models.IRI{target.URI},
		Object: models.Object{URI: uri, Type: string(models.FollowVerb), Activity: &inner},
	}, activities.To(target))
}
