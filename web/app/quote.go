package app

import (
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// quotes puts before each post a link to what it quotes, if the author of that agreed
// and anybody may read it. What a post says of that itself is left out. It returns what
// each of them quotes, or would.
func quotes(tx *store.Tx, posts map[models.ID]*models.Post) (map[models.ID][]models.ID, error) {
	var ids, targets []models.ID
	for id := range posts {
		ids = append(ids, id)
	}
	all, err := store.InteractionsOf(tx, 0, ids)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	of := map[models.ID][]models.ID{}
	for _, i := range all {
		targets, of[i.PostID] = append(targets, i.TargetID), append(of[i.PostID], i.TargetID)
	}
	quoted, err := store.PostsByID(tx, targets)
	if err != nil {
		return nil, err
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
	return of, nil
}
