package collab

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// record adds a link to c's audit trail, which nobody ever changes. The caller
// holds c, so links come one after the other.
func record(tx *store.Tx, c *models.Collab, actor models.IRI, what string, more models.Event) error {
	last, err := store.Find[models.Event](tx, "collab_id = ? ORDER BY seq DESC LIMIT 1", c.ID)
	if err != nil {
		return err
	}
	e := more
	e.ID, e.CollabID, e.At, e.Actor, e.What, e.Seq = models.NewID(tx.Now), c.ID, tx.Now, actor, what, 1
	if e.Revision == 0 {
		e.Revision = c.Revision
	}
	if e.Digest == "" {
		if r, err := store.Maybe[models.Revision](tx, "collab_id = ? AND number = ?", c.ID, e.Revision); err == nil && r != nil {
			e.Digest = r.Digest
		}
	}
	if len(last) > 0 {
		e.Seq, e.Previous = last[0].Seq+1, last[0].Hash
	}
	if e.Hash, err = seal(c.URI, &e); err != nil {
		return err
	}
	store.Stream(tx, models.StreamEvent{Kind: models.StreamCollab, Item: e.ID})
	return store.Put(tx, &e)
}

// seal returns the hash of a link: sha2-256 over the JSON array of what it says
// and of the link before.
func seal(collab models.IRI, e *models.Event) (string, error) {
	b, err := json.Marshal([]any{
		collab, e.Seq, e.At.UTC().Format(time.RFC3339Nano), e.Actor, e.What, e.Code, e.Reason, e.Revision, e.Digest, e.Previous,
	})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// History returns the audit trail of c to one of its people.
func History(tx *store.Tx, me *models.Account, c *models.Collab) ([]*models.Event, error) {
	if _, _, err := Mine(tx, me, c); err != nil {
		return nil, err
	}
	return store.Find[models.Event](tx, "collab_id = ? ORDER BY seq", c.ID)
}

// Audit checks every link of c's trail, and returns the number of the first that
// is broken, or 0.
func Audit(tx *store.Tx, c *models.Collab) (int, error) {
	events, err := store.Find[models.Event](tx, "collab_id = ? ORDER BY seq", c.ID)
	if err != nil {
		return 0, err
	}
	previous := ""
	for i, e := range events {
		hash, err := seal(c.URI, e)
		if err != nil {
			return 0, err
		}
		if e.Seq != i+1 || e.Previous != previous || e.Hash != hash {
			return i + 1, nil
		}
		previous = hash
	}
	return 0, nil
}

// Agreed returns the last version that me agreed to, for them to keep, also after
// the post is gone; nil if there is none, or it was purged.
func Agreed(tx *store.Tx, me *models.Account, c *models.Collab) (*models.Revision, error) {
	_, initiator, err := Mine(tx, me, c)
	if err != nil {
		return nil, err
	}
	number := c.Published
	if !initiator {
		last, err := store.Find[models.Stamp](tx, "collab_id = ? AND account_id = ? ORDER BY revision DESC LIMIT 1", c.ID, me.ID)
		if err != nil || len(last) == 0 {
			return nil, err
		}
		number = last[0].Revision
	}
	r, err := store.Maybe[models.Revision](tx, "collab_id = ? AND number = ?", c.ID, number)
	if err != nil || r == nil || r.Note == nil {
		return nil, err
	}
	return r, nil
}
