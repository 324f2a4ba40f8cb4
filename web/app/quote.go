package app

import (
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// quotes puts before each post a link to what it quotes, if the author of that agreed
// and anybody may read it. What a post says of that itself is left out.
func quotes(tx *store.Tx, posts map[models.ID]*models.Post) error {
	var ids, targets []models.ID
	for id := range posts {
		ids = append(ids, id)
	}
	all, err := store.InteractionsOf(tx, 0, ids)
	if err != nil {
		return err
	}
	for _, i := range all {
		targets = append(targets, i.TargetID)
	}
	quoted, err := store.PostsByID(tx, targets)
	if err != nil {
		return err
	}
	for _, i := range all {
		p, q := posts[i.PostID], quoted[i.TargetID]
		if p == nil || i.Kind != models.InteractQuote || i.Legacy {
			continue
		}
		p.Content = text.StripQuoted(p.Content)
		if i.State == models.InteractAccepted && q != nil && q.Visibility.Open() {
			p.Content = text.Quoted(q.URL, nil) + p.Content
		}
	}
	return nil
}
