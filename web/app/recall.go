package app

import (
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/page"
)

// What everybody sees of a post is made once, and again when something changes that it
// is made of: the post, who stands under it, what it quotes, emoji, and rules. A reader
// makes no difference to it, and who asks is told of nothing that was taken back: see
// store.Recall.

type viewKey struct{ id models.ID }

// An open is a post that everybody may read, and the account that its address is under.
type open struct {
	account models.Account
	post    models.Post
}

type openKey struct{ name, id string }

// recalled returns the views of posts that are remembered, and which are not.
func recalled(tx *store.Tx, ids []models.ID) (views map[models.ID]postView, missing []models.ID) {
	views = make(map[models.ID]postView, len(ids))
	for _, id := range ids {
		v, ok := store.Recall[postView](tx, viewKey{id})
		if ok {
			views[id] = v
		} else {
			missing = append(missing, id)
		}
	}
	return views, missing
}

// remember keeps v, which is p, and its parts of pages. A poll that is open changes by
// itself, and with every vote.
func (s *stack) remember(tx *store.Tx, p *models.Post, v postView) postView {
	if v.Poll != nil && !v.Poll.Over {
		return v
	}
	things := []store.Thing{store.Post(p.ID), store.Person(p.AccountID), store.Emojis, store.Settings}
	for _, n := range s.names[p.ID] {
		things = append(things, store.Person(n.AccountID))
	}
	for _, id := range s.quoted[p.ID] {
		things = append(things, store.Post(id))
		if q := s.others[id]; q != nil {
			things = append(things, store.Person(q.AccountID))
		}
	}
	for _, id := range s.asked[p.ID] {
		things = append(things, store.Person(id))
	}
	v.Drawn = page.NewDrawn()
	const languages, around = 2, 3000 // bytes of what is around the words
	store.Remember(tx, viewKey{p.ID}, v, around+(1+languages)*(len(v.Content)+around), things...)
	return v
}
