package collab

import (
	"ensemble/models"
	"ensemble/models/store"
)

// sponsors reports whether inv is a paid partnership that is said in public (FEATURES
// C21): a credit whose label stands above all names.
func sponsors(c *models.Collab, inv *models.Invite) bool {
	return inv.Label == models.CreditSponsor && inv.Consented() && c.Live()
}

// unlabelled notes that a paid partnership is not said any more: by whose act, why,
// and with whom it was. Either server keeps it in its own trail, so that neither
// side takes the label off in silence.
func unlabelled(tx *store.Tx, c *models.Collab, inv *models.Invite, by *models.Account, code string) error {
	who, err := store.Get[models.Account](tx, inv.AccountID)
	if err != nil {
		return err
	}
	return record(tx, c, by.URI, "label_removed", models.Event{Code: code, Reason: string(who.URI), Revision: c.Published})
}
