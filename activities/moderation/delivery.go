package moderation

import (
	"ensemble/activities/collab"
	"ensemble/models"
	"ensemble/models/store"
)

// What an admin does about what waits for another server. by is nil for the command
// line. Each leaves a line in the moderation log.

// The acts, as the log has them.
const (
	ActPause  = "delivery_paused"
	ActResume = "delivery_resumed"
	ActRetry  = "delivery_retried"
	ActDrop   = "delivery_dropped"
)

const givenUp = "an admin gave it up"

// HoldBack keeps back what is to be brought to host, until Release. What is on its way at
// this moment arrives.
func HoldBack(tx *store.Tx, by *models.Account, host string) error {
	return paused(tx, by, host, true, ActPause)
}

// Release has it brought again, and at once.
func Release(tx *store.Tx, by *models.Account, host string) error {
	if err := paused(tx, by, host, false, ActResume); err != nil {
		return err
	}
	return hurry(tx, host)
}

func paused(tx *store.Tx, by *models.Account, host string, so bool, act string) error {
	n, err := store.Set[models.Peer](tx, map[string]any{"paused": so}, "host = ? AND paused = ?", host, !so)
	if err != nil || n == 0 {
		return err // it was so before, or is not known
	}
	return note(tx, by, models.ModerationAct{What: act, About: host})
}

// Retry has everything that waits for host tried at once, however long the host was
// to rest. It is refused while an admin holds it back.
func Retry(tx *store.Tx, by *models.Account, host string) error {
	p, err := store.Maybe[models.Peer](tx, "host = ?", host)
	if err != nil {
		return err
	}
	if p != nil && p.Paused {
		return models.Refuse(models.Conflict, "delivery_paused", "deliveries to %s are paused: resume them", host)
	}
	if err := hurry(tx, host); err != nil {
		return err
	}
	return note(tx, by, models.ModerationAct{What: ActRetry, About: host})
}

// hurry makes all of it due. The sweep of deliveries, every few seconds, does the rest.
func hurry(tx *store.Tx, host string) error {
	if _, err := store.Set[models.Peer](tx, map[string]any{"next_try": nil}, "host = ?", host); err != nil {
		return err
	}
	_, err := store.Set[models.Delivery](tx, map[string]any{"due_at": tx.Now}, "host = ? AND state = ? AND due_at > ?", host, models.DeliveryQueued, tx.Now)
	return err
}

// Drop gives up all that waits for host, for good, and returns how much that was. Whom
// an invitation was to reach counts as out of reach.
func Drop(tx *store.Tx, by *models.Account, host string) (int, error) {
	offers, err := store.Find[models.Outbound](tx, `verb = ? AND id IN (SELECT outbound_id FROM deliveries WHERE host = ? AND state = ?) ORDER BY id`,
		models.OfferVerb, host, models.DeliveryQueued)
	if err != nil {
		return 0, err
	}
	n, err := store.Set[models.Delivery](tx, map[string]any{"state": models.DeliveryDropped, "done_at": tx.Now, "last_error": givenUp},
		"host = ? AND state = ?", host, models.DeliveryQueued)
	if err != nil || n == 0 {
		return 0, err
	}
	for _, o := range offers {
		if err := collab.Undelivered(tx, o.URI, givenUp); err != nil {
			return 0, err
		}
	}
	return int(n), note(tx, by, models.ModerationAct{What: ActDrop, About: host})
}
