package activities

import (
	"fmt"

	"ensemble/models"
	"ensemble/models/store"
)

// Severed tells somebody here how many follows the block of a server ended, if any.
func Severed(tx *store.Tx, s models.Severance) error {
	n := s.Followers + s.Following
	if n == 0 {
		return nil
	}
	s.ID, s.CreatedAt = models.NewID(tx.Now), tx.Now
	if err := store.Put(tx, &s); err != nil {
		return err
	}
	text := fmt.Sprintf("An admin of this server blocked %s. It ended %d follows between you and people there.", s.TargetName, n)
	if s.Kind == models.SeveredByOneself {
		text = fmt.Sprintf("You blocked %s. It ended %d follows between you and people there.", s.TargetName, n)
	}
	return Notify(tx, models.Notification{AccountID: s.AccountID, FromID: s.AccountID, Type: models.NoteSevered, Text: text, SeveranceID: s.ID})
}
