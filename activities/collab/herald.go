package collab

import (
	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// distribute has the co-authors who live here put the post before their followers.
func distribute(tx *store.Tx, c *models.Collab, p *models.Post, yes []*models.Invite) error {
	for _, inv := range yes {
		guest, err := store.Get[models.Account](tx, inv.AccountID)
		if err != nil {
			return err
		}
		if err := herald(tx, c, p, inv, guest); err != nil {
			return err
		}
	}
	return nil
}

// herald announces p to the followers of guest, a co-author who lives here, once
// (ensemble/1 §3.4, C9). The Announce is not older than the post.
func herald(tx *store.Tx, c *models.Collab, p *models.Post, inv *models.Invite, guest *models.Account) error {
	if !guest.Local() || inv.Role != models.RoleCoauthor || inv.AnnounceURI != "" {
		return nil
	}
	from, err := host(tx, c)
	if err != nil {
		return err
	}
	inv.AnnounceURI = activities.NewURI(guest, "activities", models.NewID(tx.Now))
	if err := store.Put(tx, inv); err != nil {
		return err
	}
	at := tx.Now
	if p.PublishedAt.After(at) {
		at = p.PublishedAt
	}
	to := activities.To(from)
	to.Followers = true
	return activities.Say(tx, guest, &models.Activity{
		URI: inv.AnnounceURI, Verb: models.Announce, Object: models.Ref(p.URI), Published: at,
		To: []models.IRI{models.Public}, Cc: []models.IRI{guest.Followers, from.URI},
	}, to)
}
