package collab

import (
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// Invitations stand for this long after the time at which a work is to be published: what
// was accepted is not forgotten before.
const standsBeyond = 24 * time.Hour

// checkTime says why a work cannot be published at that time; nil is any.
func checkTime(tx *store.Tx, at *time.Time) error {
	switch {
	case at == nil:
		return nil
	case at.Before(tx.Now.Add(models.MinSchedule)):
		return models.Refuse(models.Invalid, "too_soon", "a post is scheduled for at least 5 minutes from now")
	case at.After(tx.Now.Add(models.MaxOffer - standsBeyond)):
		return models.Refuse(models.Invalid, "too_late", "a post of several authors is scheduled for 89 days from now at most: invitations do not stand longer")
	}
	return nil
}

// Schedule has a work that nobody has seen yet published at that time, if those who are
// asked agree before, else as soon as they do; nil takes the time away. They see it, but
// are not asked anew: they agreed to what it says.
func Schedule(tx *store.Tx, me *models.Account, c *models.Collab, at *time.Time) error {
	c, err := own(tx, me, c)
	if err != nil {
		return err
	}
	if !c.Pending() {
		return models.Refuse(models.Conflict, "not_pending", "a collab that is %s cannot be scheduled", c.State)
	}
	if err := checkTime(tx, at); err != nil {
		return err
	}
	if at != nil && c.State == models.CollabOffered && c.ExpiresAt != nil && !at.Before(*c.ExpiresAt) {
		return models.Refuse(models.Invalid, "too_late", "the invitations end before that: %s", c.ExpiresAt.Format("2 January 15:04 UTC"))
	}
	code := ""
	if c.PublishAt = at; at != nil {
		code = at.UTC().Format(time.RFC3339)
		if err := store.EnqueueAt(tx, Due{c.ID}, *at); err != nil {
			return err
		}
	}
	if err := record(tx, c, me.URI, "scheduled", models.Event{Code: code}); err != nil {
		return err
	}
	return settle(tx, c, me)
}

// beyond returns when invitations that would end then do: not before the work is to be
// published.
func beyond(tx *store.Tx, c *models.Collab, end time.Time) time.Time {
	if c.PublishAt == nil || !tx.Now.Before(*c.PublishAt) {
		c.PublishAt = nil // its time came while nobody was asked
		return end
	}
	if least := c.PublishAt.Add(standsBeyond); end.Before(least) {
		return least
	}
	return end
}

// ahead reports whether a work of ours is to be published later, whoever agrees by now.
func ahead(tx *store.Tx, c *models.Collab) bool {
	return c.PostID == 0 && c.PublishAt != nil && tx.Now.Before(*c.PublishAt)
}

// timeCame takes note that a work of from's may be published now, once.
func timeCame(tx *store.Tx, c *models.Collab, from *models.Account) bool {
	if c.PublishAt == nil || ahead(tx, c) || !from.Local() || c.State != models.CollabOffered {
		return false
	}
	c.PublishAt = nil
	return true
}
