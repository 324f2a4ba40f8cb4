package post

import (
	"crypto/rand"
	"encoding/hex"
	"time"

	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// Delete takes an ordinary post of author's back, for good. What is written
// together is deleted by collab.Delete.
func Delete(tx *store.Tx, author *models.Account, p *models.Post, also ...*models.Account) error {
	if p.AccountID != author.ID || !p.Local {
		return models.Errorf(models.NotFound, "there is no such post of yours")
	}
	n, err := Note(tx, p)
	if err != nil {
		return err
	}
	concerned, err := concerned(tx, p)
	if err != nil {
		return err
	}
	if err := spare(tx, p); err != nil {
		return err
	}
	if err := Erase(tx, p); err != nil {
		return err
	}
	to := activities.Audience{Followers: p.Visibility != models.VisDirect, To: append(also, concerned...)}
	for _, m := range p.Mentions {
		if a, err := store.Maybe[models.Account](tx, "uri = ?", m.URI); err == nil && a != nil {
			to.To = append(to.To, a)
		}
	}
	return activities.Say(tx, author, &models.Activity{
		URI: p.URI + "#delete", Verb: models.Delete, To: n.To, Cc: n.Cc,
		Object: models.Object{URI: p.URI, Type: "Tombstone", Former: "Note", Deleted: tx.Now},
	}, to)
}

// Erase removes a post and all that hangs on it, and leaves a tombstone.
func Erase(tx *store.Tx, p *models.Post) error {
	if err := store.Put(tx, &models.Tombstone{URI: p.URI, FormerType: "Note", DeletedAt: tx.Now}); err != nil {
		return err
	}
	if err := uncount(tx, p); err != nil {
		return err
	}
	if err := Vanish(tx, p, "true"); err != nil {
		return err
	}
	if err := part(tx, p); err != nil {
		return err
	}
	for _, clear := range []func() (int, error){
		func() (int, error) { return store.Delete[models.Feed](tx, "post_id = ?", p.ID) },
		func() (int, error) { return store.Delete[models.Boost](tx, "post_id = ?", p.ID) },
		func() (int, error) { return store.Delete[models.Like](tx, "post_id = ?", p.ID) },
		func() (int, error) { return store.Delete[models.Reaction](tx, "post_id = ?", p.ID) },
		func() (int, error) { return store.Delete[models.Pin](tx, "post_id = ?", p.ID) },
		func() (int, error) { return store.Delete[models.Bookmark](tx, "post_id = ?", p.ID) },
		func() (int, error) { return store.Delete[models.PostTag](tx, "post_id = ?", p.ID) },
		func() (int, error) { return store.Delete[models.PostMention](tx, "post_id = ?", p.ID) },
		func() (int, error) { return store.Delete[models.PostCard](tx, "post_id = ?", p.ID) },
		func() (int, error) { return store.Delete[models.PostEdit](tx, "post_id = ?", p.ID) },
		func() (int, error) { return store.Delete[models.Author](tx, "post_id = ?", p.ID) },
		func() (int, error) { return store.Delete[models.FilterPost](tx, "post_id = ?", p.ID) },
		func() (int, error) { return store.Delete[models.Reach](tx, "post_id = ?", p.ID) },
		func() (int, error) { return store.Delete[models.Notification](tx, "post_id = ?", p.ID) },
		func() (int, error) { return store.Delete[models.Post](tx, "id = ?", p.ID) },
	} {
		if _, err := clear(); err != nil {
			return err
		}
	}
	if err := unsay(tx, p); err != nil {
		return err
	}
	if err := store.DropWords(tx, p.ID); err != nil {
		return err
	}
	if err := unask(tx, p.ID); err != nil {
		return err
	}
	if p.InReplyToID != 0 {
		if _, err := store.Set[models.Post](tx, map[string]any{"replies_count": store.Expr("replies_count - 1")},
			"id = ? AND replies_count > 0 AND NOT counted", p.InReplyToID); err != nil {
			return err
		}
	}
	return Shred(tx, "post_id = ?", p.ID)
}

// uncount takes p off the number of posts of everybody whose profile it is on.
func uncount(tx *store.Tx, p *models.Post) error {
	_, err := store.Set[models.Account](tx, map[string]any{"posts_count": store.Expr("posts_count - 1")},
		"posts_count > 0 AND id IN (SELECT account_id FROM feed WHERE post_id = ? AND kind <> ?)", p.ID, models.FeedBoost)
	return err
}

// spare keeps the uploads of a post that its author deletes for another day, under
// no address that anybody has: they may write it anew.
func spare(tx *store.Tx, p *models.Post) error {
	rows, err := store.Find[models.Media](tx, "post_id = ? AND collab_id = 0", p.ID)
	if err != nil {
		return err
	}
	for _, m := range rows {
		m.PostID, m.Secret, m.CreatedAt = 0, Secret(), tx.Now
		if err := store.Put(tx, m); err != nil {
			return err
		}
	}
	return nil
}

// Secret returns the unguessable part of an upload's public address.
func Secret() string {
	var b [16]byte
	rand.Read(b[:]) //nolint:errcheck // never fails
	return hex.EncodeToString(b[:])
}

// Sweep removes uploads that were never used within a day. Pictures of profiles,
// emoji and what waits for its time are in use.
func Sweep(tx *store.Tx) error {
	return Shred(tx, `post_id = 0 AND collab_id = 0 AND created_at < ? AND id NOT IN (SELECT media_id FROM emojis) AND id NOT IN (SELECT media_id FROM scheduled_media)
		AND NOT EXISTS (SELECT 1 FROM accounts WHERE domain = '' AND media.secret <> ''
		AND (avatar_url LIKE '%/' || media.secret || '/%' OR header_url LIKE '%/' || media.secret || '/%'))`, tx.Now.Add(-24*time.Hour))
}

// EraseAll removes everything that a wrote, and what a uploaded but for what is still
// in a collab.
func EraseAll(tx *store.Tx, a *models.Account) error {
	all, err := store.Find[models.Post](tx, "account_id = ?", a.ID)
	if err != nil {
		return err
	}
	for _, p := range all {
		if err := Erase(tx, p); err != nil {
			return err
		}
	}
	if err := Shred(tx, "account_id = ? AND collab_id = 0", a.ID); err != nil {
		return err
	}
	if _, err = store.Delete[models.Feed](tx, "account_id = ?", a.ID); err != nil {
		return err
	}
	return forgetPlans(tx, a)
}

// Discard is the task that deletes the bytes of media whose rows are gone.
type Discard struct {
	Keys []string `json:"keys"`
}

// Kind names the task in the queue.
func (Discard) Kind() string { return "discard" }

// Shred removes the media that meet the condition, and, after the commit, their
// bytes.
func Shred(tx *store.Tx, where string, args ...any) error {
	rows, err := store.Find[models.Media](tx, where, args...)
	if err != nil || len(rows) == 0 {
		return err
	}
	var d Discard
	for _, m := range rows {
		d.Keys = append(d.Keys, m.Keys()...)
	}
	if _, err := store.Delete[models.Media](tx, where, args...); err != nil {
		return err
	}
	return store.Enqueue(tx, d)
}
