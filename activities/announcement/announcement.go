// Package announcement is what those who run a server say to all who live on it, and the
// emoji that these leave there. None of it leaves the server.
package announcement

import (
	"strings"
	"unicode/utf8"

	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// Keep publishes an announcement, new if its ID is 0, or keeps what was changed of one.
func Keep(tx *store.Tx, a *models.Announcement) error {
	a.Text = strings.TrimSpace(a.Text)
	switch n := utf8.RuneCountInString(a.Text); {
	case n == 0:
		return models.Refuse(models.Invalid, "announcement_empty", "an announcement needs words")
	case n > models.MaxAnnouncement:
		return models.Errorf(models.Invalid, "an announcement has at most %d characters, and this one %d", models.MaxAnnouncement, n)
	case a.StartsAt != nil && a.EndsAt != nil && a.EndsAt.Before(*a.StartsAt):
		return models.Errorf(models.Invalid, "what is announced ends before it starts")
	case a.AllDay && a.StartsAt == nil:
		return models.Errorf(models.Invalid, "what lasts all day needs a day on which it starts")
	}
	r := text.Render(a.Text, tx.Site, func(string) (*models.Mention, bool) { return nil, false })
	a.Content, a.Tags, a.UpdatedAt = r.HTML, r.Tags, tx.Now
	if a.ID == 0 {
		a.ID, a.CreatedAt = models.NewID(tx.Now), tx.Now
	}
	store.Stream(tx, models.StreamEvent{Kind: models.StreamAnnounced, Item: a.ID})
	return store.Put(tx, a)
}

// Shown returns the announcements that are to be seen now, the oldest first.
func Shown(tx *store.Tx) ([]*models.Announcement, error) {
	return store.Find[models.Announcement](tx, "ends_at IS NULL OR ends_at > ? ORDER BY id LIMIT ?", tx.Now, models.MaxAnnouncements)
}

// Get returns an announcement that is to be seen now.
func Get(tx *store.Tx, id models.ID) (*models.Announcement, error) {
	return store.One[models.Announcement](tx, "id = ? AND (ends_at IS NULL OR ends_at > ?)", id, tx.Now)
}

// Delete takes an announcement back.
func Delete(tx *store.Tx, id models.ID) error {
	if _, err := store.Get[models.Announcement](tx, id); err != nil {
		return err
	}
	if _, err := store.Delete[models.AnnouncementRead](tx, "announcement_id = ?", id); err != nil {
		return err
	}
	if _, err := store.Delete[models.AnnouncementReaction](tx, "announcement_id = ?", id); err != nil {
		return err
	}
	store.Stream(tx, models.StreamEvent{Kind: models.StreamUnannounced, Item: id})
	_, err := store.Delete[models.Announcement](tx, "id = ?", id)
	return err
}

// Dismiss notes that me has read a.
func Dismiss(tx *store.Tx, me *models.Account, a *models.Announcement) error {
	_, err := store.Add(tx, &models.AnnouncementRead{AnnouncementID: a.ID, AccountID: me.ID})
	return err
}

// React leaves an emoji of me's at a: one of Unicode, or a shortcode of ours.
func React(tx *store.Tx, me *models.Account, a *models.Announcement, name string) error {
	name, err := emoji(tx, name)
	if err != nil {
		return err
	}
	if _, err := store.Hold[models.Announcement](tx, a.ID); err != nil { // one new emoji at a time is counted
		return err
	}
	there, err := store.Any[models.AnnouncementReaction](tx, "announcement_id = ? AND name = ?", a.ID, name)
	if err != nil {
		return err
	}
	if !there {
		n, err := store.Count[models.AnnouncementReaction](tx, `announcement_id = ? AND account_id = (SELECT min(x.account_id)
			FROM announcement_reactions x WHERE x.announcement_id = announcement_reactions.announcement_id AND x.name = announcement_reactions.name)`, a.ID)
		if err != nil {
			return err
		}
		if n >= models.MaxAnnouncedEmojis {
			return models.Errorf(models.Invalid, "Validation failed: Limit of different reactions reached")
		}
	}
	fresh, err := store.Add(tx, &models.AnnouncementReaction{AnnouncementID: a.ID, AccountID: me.ID, Name: name, CreatedAt: tx.Now})
	if fresh {
		store.Stream(tx, models.StreamEvent{Kind: models.StreamReaction, Item: a.ID, Name: name})
	}
	return err
}

func emoji(tx *store.Tx, name string) (string, error) {
	if _, custom, ok := models.ReactionName(name); ok && !custom {
		return name, nil
	}
	code := strings.Trim(name, ":")
	known, err := store.Any[models.Emoji](tx, "domain = '' AND NOT disabled AND shortcode = ?", code)
	if err == nil && !known {
		err = models.Errorf(models.Invalid, "Validation failed: Name is not a recognized emoji")
	}
	return code, err
}

// Unreact takes an emoji of me's back.
func Unreact(tx *store.Tx, me *models.Account, a *models.Announcement, name string) error {
	name = strings.Trim(name, ":")
	n, err := store.Delete[models.AnnouncementReaction](tx, "announcement_id = ? AND account_id = ? AND name = ?", a.ID, me.ID, name)
	if n > 0 {
		store.Stream(tx, models.StreamEvent{Kind: models.StreamReaction, Item: a.ID, Name: name})
	}
	if err == nil && n == 0 {
		err = models.Errorf(models.NotFound, "you did not leave that there")
	}
	return err
}
