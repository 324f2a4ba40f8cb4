// Package pin is what an account puts on top of its profile: posts and hashtags.
// Of accounts elsewhere it is what their own collections say, and nothing that was
// only told.
package pin

import (
	"strings"

	"ensemble/activities"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// Refresh is the task that reads what an account elsewhere features.
type Refresh struct {
	Account models.ID `json:"account,string"`
}

// Kind names the task in the queue.
func (Refresh) Kind() string { return "featured" }

// Look has what an account elsewhere features read, however often it is asked for.
func Look(tx *store.Tx, account models.ID) error {
	if _, err := store.Set[models.Account](tx, map[string]any{"featured_due": tx.Now}, "id = ?", account); err != nil {
		return err
	}
	return store.Wake(tx, Refresh{account})
}

// Pin puts p on top of me's profile; pinning twice is pinning once. Of a joint post
// each author does so for themselves.
func Pin(tx *store.Tx, me *models.Account, p *models.Post) error {
	if _, err := store.Hold[models.Account](tx, me.ID); err != nil { // one pin at a time is counted
		return err
	}
	mine, err := by(tx, me, p)
	switch {
	case err != nil:
		return err
	case !mine:
		return models.Errorf(models.Invalid, "only posts of your own can be pinned")
	case p.Visibility == models.VisDirect:
		return models.Errorf(models.Invalid, "a private mention cannot be pinned")
	}
	if there, err := store.Any[models.Pin](tx, "account_id = ? AND post_id = ?", me.ID, p.ID); err != nil || there {
		return err
	}
	if n, err := store.Count[models.Pin](tx, "account_id = ?", me.ID); err != nil || n >= models.MaxPins {
		if err == nil {
			err = models.Refuse(models.Invalid, "too_many_pins", "at most %d posts can be pinned: take one down first", models.MaxPins)
		}
		return err
	}
	if err := store.Put(tx, &models.Pin{AccountID: me.ID, PostID: p.ID, ID: models.NewID(tx.Now)}); err != nil {
		return err
	}
	return say(tx, me, models.Add, models.Ref(p.URI), me.Featured, p.Visibility)
}

// Unpin takes p down again.
func Unpin(tx *store.Tx, me *models.Account, p *models.Post) error {
	n, err := store.Delete[models.Pin](tx, "account_id = ? AND post_id = ?", me.ID, p.ID)
	if err != nil || n == 0 {
		return err
	}
	return say(tx, me, models.Remove, models.Ref(p.URI), me.Featured, p.Visibility)
}

// say tells the followers; of what strangers may not read they alone are told.
func say(tx *store.Tx, me *models.Account, verb models.Verb, o models.Object, target models.IRI, v models.Visibility) error {
	act := &models.Activity{Verb: verb, Object: o, Target: models.Ref(target), To: []models.IRI{models.Public}, Cc: []models.IRI{me.Followers}}
	if !v.Open() {
		act.To, act.Cc = []models.IRI{me.Followers}, nil
	}
	return activities.Say(tx, me, act, activities.Audience{Followers: true})
}

// by reports whether who wrote p, alone or with others.
func by(tx *store.Tx, who *models.Account, p *models.Post) (bool, error) {
	if p.AccountID == who.ID {
		return true, nil
	}
	return store.Any[models.Author](tx, "post_id = ? AND account_id = ? AND state = ? AND role = ?", p.ID, who.ID, models.AuthorVerified, models.RoleCoauthor)
}

// Featured takes in what the collections of who, elsewhere, hold now: posts that are
// here, in their order, and hashtags. Posts of others are left out.
func Featured(tx *store.Tx, who *models.Account, posts []models.IRI, tags []string) error {
	if _, err := store.Set[models.Account](tx, map[string]any{"featured_at": tx.Now}, "id = ?", who.ID); err != nil {
		return err
	}
	if _, err := store.Delete[models.Pin](tx, "account_id = ?", who.ID); err != nil {
		return err
	}
	for i := len(posts) - 1; i >= 0; i-- { // the first is the newest
		p, err := store.Maybe[models.Post](tx, "uri = ?", posts[i])
		if err != nil {
			return err
		}
		if p == nil || p.Visibility == models.VisDirect {
			continue
		}
		if theirs, err := by(tx, who, p); err != nil {
			return err
		} else if !theirs {
			continue
		}
		if _, err := store.Add(tx, &models.Pin{AccountID: who.ID, PostID: p.ID, ID: models.NewID(tx.Now)}); err != nil {
			return err
		}
	}
	return featuredTags(tx, who, tags)
}

func featuredTags(tx *store.Tx, who *models.Account, tags []string) error {
	if _, err := store.Delete[models.FeaturedTag](tx, "account_id = ?", who.ID); err != nil {
		return err
	}
	for _, name := range tags[:min(len(tags), models.MaxFeaturedTags)] {
		if name = text.Line(strings.TrimPrefix(name, "#"), maxTag); name == "" {
			continue
		}
		if _, err := store.Add(tx, tagOf(tx, who, name)); err != nil {
			return err
		}
	}
	return nil
}
