package react

import (
	"ensemble/activities"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// Boost passes p on to me's followers. Passing on twice is passing on once: the
// same boost is returned.
func Boost(tx *store.Tx, me *models.Account, p *models.Post) (*models.Boost, error) {
	if err := mayBoost(tx, me, p); err != nil {
		return nil, err
	}
	if err := me.Settled(); err != nil {
		return nil, err
	}
	if b, err := store.Maybe[models.Boost](tx, "account_id = ? AND post_id = ?", me.ID, p.ID); err != nil || b != nil {
		return b, err
	}
	v, err := allowed(tx, me, p, models.InteractAnnounce)
	if err != nil {
		return nil, err
	}
	id := models.NewID(tx.Now)
	b := &models.Boost{ID: id, URI: activities.NewURI(me, "boosts", id), AccountID: me.ID, PostID: p.ID, CreatedAt: tx.Now}
	if waits(p, v) {
		return b, askBoost(tx, me, p, b, v)
	}
	author, err := boost(tx, me, p, b)
	if err != nil || author == nil {
		return b, err
	}
	to := activities.To(author)
	to.Followers = true
	return b, activities.Say(tx, me, &models.Activity{
		URI: b.URI, Verb: models.Announce, Object: models.Ref(p.URI),
		To: []models.IRI{models.Public}, Cc: []models.IRI{me.Followers, author.URI},
	}, to)
}

// Boosted takes in that a peer's account passed p on. What a verified co-author
// announces is no boost: it is how the post reaches their followers (ensemble/1
// §3.4, C9).
func Boosted(tx *store.Tx, who *models.Account, uri models.IRI, p *models.Post) error {
	if !p.Visibility.Open() {
		return models.Errorf(models.Forbidden, "only public posts are passed on")
	}
	if by, err := store.Any[models.Author](tx, "post_id = ? AND account_id = ? AND role = ? AND state = ?",
		p.ID, who.ID, models.RoleCoauthor, models.AuthorVerified); err != nil || by {
		return err
	}
	if again, err := store.Any[models.Boost](tx, "account_id = ? AND post_id = ?", who.ID, p.ID); err != nil || again {
		return err
	}
	_, err := boost(tx, who, p, &models.Boost{ID: models.NewID(tx.Now), URI: uri, AccountID: who.ID, PostID: p.ID, CreatedAt: tx.Now})
	return err
}

func boost(tx *store.Tx, who *models.Account, p *models.Post, b *models.Boost) (*models.Account, error) {
	if isNew, err := store.Add(tx, b); err != nil || !isNew {
		return nil, err
	}
	e := post.Entry(p, who.ID, models.FeedBoost)
	e.ID = b.ID
	post.Appear(tx, p, e)
	if err := store.Put(tx, e); err != nil {
		return nil, err
	}
	if err := tallied(tx, p, "boosts_count", "boosts_count + 1"); err != nil {
		return nil, err
	}
	if err := post.Tell(tx, p, models.Notification{FromID: who.ID, Type: models.NoteReblog}); err != nil {
		return nil, err
	}
	inner := models.Activity{URI: b.URI, Verb: models.Announce, Actor: who.URI, Object: models.Ref(p.URI)}
	if err := post.Relay(tx, p, "shares", models.Object{URI: b.URI, Type: "Announce", Activity: &inner}, models.Add); err != nil {
		return nil, err
	}
	return store.Get[models.Account](tx, p.AccountID)
}

// Unboost takes a boost back.
func Unboost(tx *store.Tx, me *models.Account, p *models.Post) error {
	b, err := store.Maybe[models.Boost](tx, "account_id = ? AND post_id = ?", me.ID, p.ID)
	if err != nil || b == nil {
		return err
	}
	if waiting, err := forget(tx, b.URI); err != nil || waiting {
		if err == nil {
			_, err = store.Delete[models.Boost](tx, "id = ?", b.ID)
		}
		return err // nobody was told
	}
	author, err := unboost(tx, me, p, b)
	if err != nil {
		return err
	}
	to := activities.To(author)
	to.Followers = true
	inner := models.Activity{URI: b.URI, Verb: models.Announce, Actor: me.URI, Object: models.Ref(p.URI)}
	return activities.Say(tx, me, &models.Activity{
		Verb: models.Undo, To: []models.IRI{models.Public}, Cc: []models.IRI{me.Followers, author.URI},
		Object: models.Object{URI: b.URI, Type: string(models.Announce), Activity: &inner},
	}, to)
}

// Unboosted takes in that a peer's account took its boost back.
func Unboosted(tx *store.Tx, who *models.Account, p *models.Post) error {
	b, err := store.Maybe[models.Boost](tx, "account_id = ? AND post_id = ?", who.ID, p.ID)
	if err != nil || b == nil {
		return err
	}
	_, err = unboost(tx, who, p, b)
	return err
}

func unboost(tx *store.Tx, who *models.Account, p *models.Post, b *models.Boost) (*models.Account, error) {
	if _, err := store.Delete[models.Boost](tx, "id = ?", b.ID); err != nil {
		return nil, err
	}
	if err := post.Vanish(tx, p, "id = ? AND account_id = ?", b.ID, who.ID); err != nil {
		return nil, err
	}
	if _, err := store.Delete[models.Feed](tx, "id = ? AND account_id = ?", b.ID, who.ID); err != nil {
		return nil, err
	}
	if err := tallied(tx, p, "boosts_count", "CASE WHEN boosts_count > 0 THEN boosts_count - 1 ELSE 0 END"); err != nil {
		return nil, err
	}
	if err := activities.Unnotify(tx, who.ID, models.NoteReblog, p.ID); err != nil {
		return nil, err
	}
	inner := models.Activity{URI: b.URI, Verb: models.Announce, Actor: who.URI, Object: models.Ref(p.URI)}
	if err := post.Relay(tx, p, "shares", models.Object{URI: b.URI, Type: "Announce", Activity: &inner}, models.Remove); err != nil {
		return nil, err
	}
	return store.Get[models.Account](tx, p.AccountID)
}

func mayBoost(tx *store.Tx, me *models.Account, p *models.Post) error {
	if err := may(tx, me, p); err != nil {
		return err
	}
	if !p.Visibility.Open() {
		return models.Errorf(models.Forbidden, "only public posts can be boosted")
	}
	return nil
}
