package delivery

import (
	"slices"

	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
)

// relayed adds the relays that are to have what was said, each once.
func relayed(tx *store.Tx, out *models.Outbound, inboxes []models.IRI) ([]models.IRI, error) {
	more, err := moderation.Relayed(tx, out)
	for _, i := range more {
		if !slices.Contains(inboxes, i) {
			inboxes = append(inboxes, i)
		}
	}
	return inboxes, err
}
