package inbox

import (
	"context"
	"slices"

	"ensemble/activities/post"
	"ensemble/federation/fetch"
	"ensemble/models"
	"ensemble/models/store"
)

// Limits of filling a thread.
const (
	fillRequests = 60 // to other servers, for all of it
	maxAncestors = 40 // posts above the one that is read
	maxAnswers   = 50 // posts of one collection
	answerPages  = 3
)

// fill gets what a post answers, up to the first post of the thread, and then its
// answers and those to the first post. Everything is read from where it lives, and
// only what anybody may read is kept. What cannot be had is left.
func (in *Inbox) fill(ctx context.Context, t post.Fill) error {
	ctx = fetch.WithBudget(ctx, fillRequests)
	top, err := in.climb(ctx, t.Post)
	if err != nil || top == nil {
		return err
	}
	var p *models.Post
	err = in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		p, err = store.Maybe[models.Post](tx, "id = ?", t.Post)
		return err
	})
	if err != nil || p == nil {
		return err
	}
	if err := in.descend(ctx, p, top); err != nil || top.ID == p.ID {
		return err
	}
	return in.descend(ctx, top, top)
}

// climb returns the highest post above id that is here or can be had.
func (in *Inbox) climb(ctx context.Context, id models.ID) (top *models.Post, err error) {
	for range maxAncestors {
		if top, err = in.top(ctx, id); err != nil || top == nil {
			return nil, err
		}
		if top.InReplyToURI == "" || top.InReplyToID != 0 || in.DB.Site.Owns(top.InReplyToURI) {
			return top, nil
		}
		if err := in.have(ctx, top.InReplyToURI); err != nil {
			return nil, err
		}
		again, err := in.top(ctx, id)
		if err != nil || again == nil || again.ID == top.ID {
			return top, err
		}
	}
	return top, nil
}

// top walks up from id as far as posts are here.
func (in *Inbox) top(ctx context.Context, id models.ID) (p *models.Post, err error) {
	err = in.DB.Read(ctx, func(tx *store.Tx) error {
		seen := map[models.ID]bool{}
		for next := id; next != 0 && !seen[next]; next = p.InReplyToID {
			seen[next] = true
			above, err := store.Maybe[models.Post](tx, "id = ?", next)
			if err != nil || above == nil {
				return err
			}
			p = above
		}
		return nil
	})
	return p, err
}

// descend gets the answers to p that its server lists, and what else it says is of
// the conversation.
func (in *Inbox) descend(ctx context.Context, p, root *models.Post) error {
	if p.Local || !p.Visibility.Open() {
		return nil
	}
	n, err := in.Peers.Note(ctx, p.URI)
	if err != nil {
		return onlyOurs(err)
	}
	var lists []models.IRI
	if n.Replies != nil && n.Replies.URI.SameOrigin(p.URI) {
		lists = append(lists, n.Replies.URI)
	}
	if c := n.Context; c != "" && c != p.URI && (c.SameOrigin(p.URI) || c.SameOrigin(root.URI)) && !in.DB.Site.Owns(c) {
		lists = append(lists, c)
	}
	var found []*message
	for _, list := range lists {
		items, _, err := in.pages(ctx, list, maxAnswers, answerPages)
		if onlyOurs(err) != nil {
			return err
		}
		for _, i := range items {
			m, err := in.answer(ctx, i.URI)
			if err != nil {
				return err
			}
			if m != nil {
				found = append(found, m)
			}
		}
	}
	return in.hang(ctx, found)
}

// answer reads a post that is not here.
func (in *Inbox) answer(ctx context.Context, uri models.IRI) (*message, error) {
	if uri == "" || in.DB.Site.Owns(uri) {
		return nil, nil
	}
	known := false
	if err := in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		known, err = post.Known(tx, uri)
		return err
	}); err != nil || known {
		return nil, err
	}
	m := &message{Activity: &models.Activity{}}
	if err := in.read(ctx, m, uri); err != nil {
		return nil, onlyOurs(err)
	}
	return m, nil
}

// hang keeps those posts that answer something that is here, or one another.
func (in *Inbox) hang(ctx context.Context, found []*message) error {
	for len(found) > 0 {
		before := len(found)
		var left []*message
		for _, m := range found {
			kept := false
			err := in.DB.Tx(ctx, func(tx *store.Tx) (err error) {
				kept, err = hangOne(tx, m)
				return err
			})
			if err := onlyOurs(err); err != nil {
				return err
			}
			if !kept {
				left = append(left, m)
			}
		}
		if found = slices.Clip(left); len(found) == before {
			return nil
		}
	}
	return nil
}

func hangOne(tx *store.Tx, m *message) (bool, error) {
	if known, err := post.Known(tx, m.note.URI); err != nil || known {
		return known, err
	}
	if here, err := store.Any[models.Post](tx, "uri = ?", m.note.InReplyTo); err != nil || !here || m.note.InReplyTo == "" {
		return false, err
	}
	p, err := post.Fetched(tx, m.author, m.note)
	if err != nil || p == nil {
		return false, err
	}
	return true, landed(tx, p, m.note)
}
