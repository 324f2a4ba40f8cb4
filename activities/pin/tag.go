package pin

import (
	"regexp"
	"strings"

	"ensemble/models"
	"ensemble/models/store"
)

const maxTag = 100 // letters

var tagShape = regexp.MustCompile(`^[\p{L}\p{N}\p{M}_]*[\p{L}\p{M}_][\p{L}\p{N}\p{M}_]*$`)

// Feature shows a hashtag on me's profile, once.
func Feature(tx *store.Tx, me *models.Account, name string) (*models.FeaturedTag, error) {
	name = strings.TrimPrefix(strings.TrimSpace(name), "#")
	if len([]rune(name)) > maxTag || !tagShape.MatchString(name) {
		return nil, models.Errorf(models.Invalid, "%q is not a hashtag", name)
	}
	if _, err := store.Hold[models.Account](tx, me.ID); err != nil { // one at a time is counted
		return nil, err
	}
	t := tagOf(tx, me, name)
	if old, err := store.Maybe[models.FeaturedTag](tx, "account_id = ? AND tag = ?", me.ID, t.Tag); err != nil || old != nil {
		return old, err
	}
	if n, err := store.Count[models.FeaturedTag](tx, "account_id = ?", me.ID); err != nil || n >= models.MaxFeaturedTags {
		if err == nil {
			err = models.Refuse(models.Invalid, "too_many_tags", "at most %d hashtags can be shown", models.MaxFeaturedTags)
		}
		return nil, err
	}
	if err := store.Put(tx, t); err != nil {
		return nil, err
	}
	return t, say(tx, me, models.Add, hashtag(tx, t), me.FeaturedTags, models.VisPublic)
}

// Unfeature takes a hashtag off me's profile. It is NotFound if there is none.
func Unfeature(tx *store.Tx, me *models.Account, id models.ID) error {
	t, err := store.One[models.FeaturedTag](tx, "id = ? AND account_id = ?", id, me.ID)
	if err != nil {
		return err
	}
	if _, err := store.Delete[models.FeaturedTag](tx, "id = ?", t.ID); err != nil {
		return err
	}
	return say(tx, me, models.Remove, hashtag(tx, t), me.FeaturedTags, models.VisPublic)
}

func tagOf(tx *store.Tx, who *models.Account, name string) *models.FeaturedTag {
	return &models.FeaturedTag{ID: models.NewID(tx.Now), AccountID: who.ID, Name: name, Tag: strings.ToLower(name), CreatedAt: tx.Now}
}

// hashtag is t as it travels.
func hashtag(tx *store.Tx, t *models.FeaturedTag) models.Object {
	return models.Object{URI: tx.Site.IRI("/tags/" + t.Tag), Type: "Hashtag", Name: t.Name}
}
