package post

import (
	"strings"

	"ensemble/models"
	"ensemble/models/store"
)

// tagged puts a public post in front of those who follow its hashtags, unless
// moderators hide its author.
func tagged(tx *store.Tx, p *models.Post) error {
	if p.Visibility != models.VisPublic || len(p.Tags) == 0 {
		return nil
	}
	names := make([]string, len(p.Tags))
	for i, t := range p.Tags {
		names[i] = strings.ToLower(t)
	}
	all, err := store.Find[models.Tag](tx, "tag IN ? AND EXISTS (SELECT 1 FROM tag_follows w WHERE w.tag_id = tags.id)", names)
	if err != nil || len(all) == 0 {
		return err
	}
	if hidden, err := store.Any[models.Account](tx, "id = ? AND (limited OR by_domain <> '')", p.AccountID); err != nil || hidden {
		return err
	}
	for _, t := range all {
		e := Entry(p, t.ID, models.FeedTag)
		e.Reply = false // it is there for what it is about
		if _, err := store.Add(tx, e); err != nil {
			return err
		}
	}
	return nil
}

// untagged takes it from there again.
func untagged(tx *store.Tx, p *models.Post) error {
	_, err := store.Delete[models.Feed](tx, "post_id = ? AND kind = ?", p.ID, models.FeedTag)
	return err
}
