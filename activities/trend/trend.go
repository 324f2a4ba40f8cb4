// Package trend counts what many people talk about: hashtags, posts and links, by what
// this server knows, with nobody asked and nobody named. How uses are weighed is in
// models; whose posts count, in the store.
package trend

import (
	"slices"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// Every is how often trends are counted.
const Every = 5 * time.Minute

// countedSetting says when they were counted last, so that of several processes one does.
const countedSetting = "trends.counted"

// Count counts trends anew, unless that was done just now or an admin switched them off.
func Count(tx *store.Tx) error {
	if mine, err := turn(tx); err != nil || !mine {
		return err
	}
	if _, err := store.Delete[models.Trend](tx, "kind <> ''"); err != nil {
		return err
	}
	if on, err := On(tx); err != nil || !on {
		return err
	}
	for _, kind := range []models.TrendKind{models.TrendTag, models.TrendStatus, models.TrendLink} {
		if err := count(tx, kind); err != nil {
			return err
		}
	}
	return nil
}

// turn reports whether it is time to count, and takes note that it is done. Who comes at
// the same time waits for the row, and finds it fresh.
func turn(tx *store.Tx) (bool, error) {
	fresh, err := store.Add(tx, &models.Setting{Name: countedSetting, Value: tx.Now.Format(time.RFC3339)})
	if err != nil || fresh {
		return fresh, err
	}
	before := tx.Now.Add(-Every / 2).Format(time.RFC3339)
	n, err := store.Set[models.Setting](tx, map[string]any{"value": tx.Now.Format(time.RFC3339)}, "name = ? AND value <= ?", countedSetting, before)
	return n > 0, err
}

// On reports whether this server has trends.
func On(tx *store.Tx) (bool, error) {
	off, err := store.Any[models.Setting](tx, "name = ? AND value = 'off'", models.SettingTrends)
	return !off, err
}

func count(tx *store.Tx, kind models.TrendKind) error {
	uses, err := store.TrendUses(tx, kind)
	if err != nil {
		return err
	}
	denied, err := store.Find[models.TrendDenial](tx, "kind = ?", kind)
	if err != nil {
		return err
	}
	type key struct {
		name string
		item models.ID
	}
	not := map[key]bool{}
	for _, d := range denied {
		not[key{d.Name, d.ItemID}] = true
	}
	uses = slices.DeleteFunc(uses, func(u models.TrendUse) bool { return not[key{u.Name, u.ItemID}] })
	return store.AddAll(tx, models.RankTrends(kind, uses, tx.Now))
}

// Deny takes something from the trends for good; Permit lets it be one again, when trends
// are counted next.
func Deny(tx *store.Tx, kind models.TrendKind, name string, item models.ID) error {
	if _, err := store.Add(tx, &models.TrendDenial{Kind: kind, Name: name, ItemID: item, CreatedAt: tx.Now}); err != nil {
		return err
	}
	_, err := store.Delete[models.Trend](tx, "kind = ? AND name = ? AND item_id = ?", kind, name, item)
	return err
}

// Permit is the opposite of Deny.
func Permit(tx *store.Tx, kind models.TrendKind, name string, item models.ID) error {
	_, err := store.Delete[models.TrendDenial](tx, "kind = ? AND name = ? AND item_id = ?", kind, name, item)
	return err
}
