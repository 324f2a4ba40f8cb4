package graph

import (
	"math"
	"strings"
	"time"

	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// maxMute is what a longer mute is cut to.
const maxMute = 100 * 365 * 24 * time.Hour

// Mute keeps what target says out of me's timelines, and with it, if hide, notices of
// what they do. It ends after lasts; 0 means never. Done again, it is as the last time
// says. Muting oneself does nothing. Target never learns of it.
func Mute(tx *store.Tx, me, target *models.Account, hide bool, lasts time.Duration) error {
	if me.ID == target.ID {
		return nil
	}
	m, err := store.Maybe[models.Mute](tx, "account_id = ? AND target_id = ?", me.ID, target.ID)
	if err != nil {
		return err
	}
	if m == nil || m.Over(tx.Now) {
		if _, err := store.Delete[models.Mute](tx, "account_id = ? AND target_id = ?", me.ID, target.ID); err != nil {
			return err
		}
		m = &models.Mute{ID: models.NewID(tx.Now), AccountID: me.ID, TargetID: target.ID, CreatedAt: tx.Now}
	}
	m.HideNotifications, m.ExpiresAt = hide, nil
	if lasts > 0 {
		end := tx.Now.Add(min(lasts, maxMute))
		m.ExpiresAt = &end
	}
	if err := store.Put(tx, m); err != nil || !hide {
		return err
	}
	_, err = store.Delete[models.Notification](tx, "account_id = ? AND from_id = ? AND type IN ?", me.ID, target.ID, activities.Doings)
	return err
}

// Seconds returns how long a mute of n seconds lasts; what is negative is none.
func Seconds(n int) time.Duration {
	return time.Duration(min(max(n, 0), math.MaxInt32)) * time.Second
}

// Unmute lets me hear target again.
func Unmute(tx *store.Tx, me, target *models.Account) error {
	_, err := store.Delete[models.Mute](tx, "account_id = ? AND target_id = ?", me.ID, target.ID)
	return err
}

// Forget removes mutes that have ended.
func Forget(tx *store.Tx) error {
	_, err := store.Delete[models.Mute](tx, "expires_at <= ?", tx.Now)
	return err
}

// carryMutes has who mutes old mute to as well, for as long, unless they follow it or
// mute it already.
func carryMutes(tx *store.Tx, old, to *models.Account) error {
	all, err := store.Find[models.Mute](tx, `target_id = ? AND account_id <> ? AND (expires_at IS NULL OR expires_at > ?)
		AND account_id NOT IN (SELECT account_id FROM follows WHERE target_id = ?)
		AND account_id NOT IN (SELECT account_id FROM mutes WHERE target_id = ? AND (expires_at IS NULL OR expires_at > ?))`,
		old.ID, to.ID, tx.Now, to.ID, to.ID, tx.Now)
	if err != nil {
		return err
	}
	for _, m := range all {
		me := &models.Account{ID: m.AccountID}
		var lasts time.Duration
		if m.ExpiresAt != nil {
			lasts = m.ExpiresAt.Sub(tx.Now)
		}
		if err := Mute(tx, me, to, m.HideNotifications, lasts); err != nil {
			return err
		}
	}
	return nil
}

// Annotate writes down for me alone what they think of target; "" takes it away.
func Annotate(tx *store.Tx, me, target *models.Account, comment string) error {
	if len([]rune(comment)) > models.MaxAccountNote {
		return models.Errorf(models.Invalid, "a note has at most %d characters", models.MaxAccountNote)
	}
	if strings.TrimSpace(comment) == "" {
		_, err := store.Delete[models.AccountNote](tx, "account_id = ? AND target_id = ?", me.ID, target.ID)
		return err
	}
	return store.Put(tx, &models.AccountNote{AccountID: me.ID, TargetID: target.ID, Comment: comment, CreatedAt: tx.Now})
}

// carryNotes copies what people wrote down about old, unless they know to already.
func carryNotes(tx *store.Tx, old, to *models.Account) error {
	all, err := store.Find[models.AccountNote](tx,
		"target_id = ? AND account_id <> ? AND account_id NOT IN (SELECT account_id FROM account_notes WHERE target_id = ?)", old.ID, to.ID, to.ID)
	if err != nil {
		return err
	}
	for _, n := range all {
		n.TargetID = to.ID
		if err := store.Put(tx, n); err != nil {
			return err
		}
	}
	return nil
}
