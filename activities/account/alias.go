package account

import (
	"slices"

	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// maxAliases is how many other accounts a person here may say they are.
const maxAliases = 10

// SetAliases says under which other accounts a, who lives here, is known: those
// may then move to a. It tells those who hear a.
func SetAliases(tx *store.Tx, a *models.Account, others []models.IRI) error {
	a, err := store.Hold[models.Account](tx, a.ID)
	if err != nil {
		return err
	}
	var list []models.IRI
	for _, o := range others {
		switch {
		case o.Origin() == "":
			return models.Errorf(models.Invalid, "%q is not the address of an account", o)
		case o == a.URI:
			return models.Errorf(models.Invalid, "you are no alias of yourself")
		case !slices.Contains(list, o):
			list = append(list, o)
		}
	}
	if len(list) > maxAliases {
		return models.Errorf(models.Invalid, "an account has at most %d aliases", maxAliases)
	}
	if slices.Equal(list, a.AlsoKnownAs) {
		return nil
	}
	a.AlsoKnownAs, a.UpdatedAt = list, tx.Now
	if err := store.Put(tx, a); err != nil {
		return err
	}
	return activities.Changed(tx, a)
}
