package activities

import (
	"ensemble/models"
	"ensemble/models/store"
)

// Changed tells those who hear a, who lives here, and also, that its profile is
// another now. The activity carries the whole of it.
func Changed(tx *store.Tx, a *models.Account, also ...*models.Account) (err error) {
	if a.Emojis, err = ProfileEmojis(tx, a); err != nil {
		return err
	}
	return Say(tx, a, &models.Activity{
		Verb: models.Update, To: []models.IRI{models.Public}, Cc: []models.IRI{a.Followers},
		Object: models.Object{URI: a.URI, Type: a.Type, Actor: a},
	}, Audience{Followers: true, To: also})
}
