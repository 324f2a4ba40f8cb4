package store

import "ensemble/models"

type titleKey struct{}

// Title returns what the server calls itself: what was settled while it runs, or else what
// its configuration says; "" if neither does.
func Title(tx *Tx) (string, error) {
	if t, ok := Recall[string](tx, titleKey{}); ok {
		return t, nil
	}
	title := tx.Site.Title
	s, err := Maybe[models.Setting](tx, "name = ?", models.SettingTitle)
	if err != nil {
		return "", err
	}
	if s != nil {
		title = s.Value
	}
	Remember(tx, titleKey{}, title, len(title), Settings)
	return title, nil
}
