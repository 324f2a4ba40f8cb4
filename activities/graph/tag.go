package graph

import (
	"strings"

	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// FollowTag has public posts with a hashtag come home to me from now on, once.
func FollowTag(tx *store.Tx, me *models.Account, name string) error {
	if !text.IsTag(name) {
		return models.Errorf(models.Invalid, "%q is not a hashtag", name)
	}
	if _, err := store.Hold[models.Account](tx, me.ID); err != nil { // one at a time is counted
		return err
	}
	t, err := tagOf(tx, strings.ToLower(name))
	if err != nil {
		return err
	}
	if there, err := store.Any[models.TagFollow](tx, "account_id = ? AND tag_id = ?", me.ID, t.ID); err != nil || there {
		return err
	}
	if n, err := store.Count[models.TagFollow](tx, "account_id = ?", me.ID); err != nil || n >= models.MaxTagFollows {
		if err == nil {
			err = models.Refuse(models.Invalid, "too_many_tags", "at most %d hashtags can be followed", models.MaxTagFollows)
		}
		return err
	}
	return store.Put(tx, &models.TagFollow{ID: models.NewID(tx.Now), AccountID: me.ID, TagID: t.ID, Name: name, CreatedAt: tx.Now})
}

// tagOf returns the tag of that name, which is made when it is followed first.
func tagOf(tx *store.Tx, tag string) (*models.Tag, error) {
	if _, err := store.Add(tx, &models.Tag{ID: models.NewID(tx.Now), Tag: tag, CreatedAt: tx.Now}); err != nil {
		return nil, err
	}
	return store.One[models.Tag](tx, "tag = ?", tag)
}

// UnfollowTag ends that.
func UnfollowTag(tx *store.Tx, me *models.Account, name string) error {
	_, err := store.Delete[models.TagFollow](tx, "account_id = ? AND tag_id IN (SELECT id FROM tags WHERE tag = ?)", me.ID, strings.ToLower(name))
	return err
}
