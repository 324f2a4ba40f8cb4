package api

import (
	"bytes"
	"slices"

	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// A post looks the same to most readers, so what was written of it for one is kept for
// all who stand to it as they do, until something about it changes. What looks different
// to each, or changes by itself with time, is written anew each time: see alike.

// A copyKey names what is written of a post, or a boost.
type copyKey struct {
	id     models.ID
	byline bool
	stance store.Stance
}

// idOf is what the view of an entry is called, whatever list it is on.
func idOf(e store.Entry) models.ID {
	if e.Kind == models.FeedBoost {
		return e.ID
	}
	return e.PostID
}

// page shows a page of a list, as statuses does, written down.
func (a *API) page(c *call.Call, entries []store.Entry) (any, error) {
	if filtering(c) {
		return a.statuses(c, entries)
	}
	posts := make([]models.ID, len(entries))
	for i, e := range entries {
		posts[i] = e.PostID
	}
	stances, err := store.Stances(c.Tx, c.MyID(), posts)
	if err != nil {
		return nil, err
	}
	copies, err := a.copies(c, entries, stances)
	if err != nil {
		return nil, err
	}
	body := list(copies)
	if a.Doubt != nil {
		a.doubt(c, entries, body)
	}
	return call.Answer{Body: body}, nil
}

// filtering reports whether who asks has filters, so that each post is measured by them.
func filtering(c *call.Call) bool { return c.User != nil && c.User.Filters }

// list writes a list of what there is.
func list(copies [][]byte) []byte {
	size := 2
	for _, b := range copies {
		size += len(b) + 1
	}
	out := append(make([]byte, 0, size), '[')
	for _, b := range copies {
		if b != nil && len(out) > 1 {
			out = append(out, ',')
		}
		out = append(out, b...)
	}
	return append(out, ']')
}

// doubt makes the page anew and has both compared.
func (a *API) doubt(c *call.Call, entries []store.Entry, body []byte) {
	views, err := a.statuses(c, entries)
	if err != nil {
		return
	}
	if fresh, err := call.Status(0, views); err == nil && !bytes.Equal(fresh.Body, body) {
		a.Doubt(body, fresh.Body)
	}
}

// copies returns what is written of each entry, nil where the reader is not shown it.
func (a *API) copies(c *call.Call, entries []store.Entry, stances map[models.ID]store.Stance) ([][]byte, error) {
	out, missing := make([][]byte, len(entries)), []store.Entry(nil)
	keys, byline := make(map[models.ID]copyKey, len(entries)), withByline(c)
	for i, e := range entries {
		key := copyKey{idOf(e), byline, stances[e.PostID]}
		var ok bool
		if out[i], ok = store.Recall[[]byte](c.Tx, key); !ok {
			missing, keys[key.id] = append(missing, e), key
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	s, views, err := a.views(c, missing)
	if err != nil {
		return nil, err
	}
	written := make(map[models.ID][]byte, len(views))
	for i := range views {
		v := &views[i]
		answer, err := call.Status(0, v)
		if err != nil {
			return nil, err
		}
		written[v.ID] = answer.Body
		if things, ok := s.alike(v); ok {
			store.Remember(c.Tx, keys[v.ID], answer.Body, len(answer.Body), things...)
		}
	}
	for i, e := range entries {
		if out[i] == nil {
			out[i] = written[idOf(e)]
		}
	}
	return out, nil
}

// extras are what makes a post look different to each reader, or change by itself: names
// beside its author's, a vote and an end of a poll, reactions, and what needs consent.
var extras = []string{"author", "poll", "reaction", "confirmation", "consent"}

// alike returns what a view is made of; false where readers who stand to the post alike
// may see it differently, or it changes by itself.
func (s *shown) alike(v *statusJSON) ([]store.Thing, bool) {
	p := s.posts[proper(v).ID]
	author := s.accounts[p.AccountID]
	for _, what := range extras {
		if slices.Contains(s.more[what], p.ID) {
			return nil, false
		}
	}
	if p.Collab != "" || particular(post.PolicyOf(p, author), author) {
		return nil, false
	}
	things := []store.Thing{store.Post(p.ID), store.Post(v.ID), store.Person(author.ID), store.Person(v.Account.ID), store.Settings}
	if author.MovedTo != "" || s.accounts[v.Account.ID].MovedTo != "" {
		return nil, false
	}
	if slices.Contains(s.more["card"], p.ID) {
		card := s.cards[p.ID]
		if card == nil {
			return nil, false
		}
		things = append(things, store.Card(card.ID))
	}
	if w := (wishes{site: s.call.Site}); w.wants(v) {
		things = append(things, store.Emojis)
	}
	return things, true
}

// particular reports whether a policy names anybody, and not just kinds of people.
func particular(p *models.Policy, author *models.Account) bool {
	if p == nil {
		return false
	}
	for _, r := range []*models.Rule{p.Quote, p.Duet} {
		if r != nil && slices.ContainsFunc(slices.Concat(r.Automatic, r.Manual), func(who models.IRI) bool {
			return who != models.Public && who != author.Followers && who != author.Following && who != author.URI
		}) {
			return true
		}
	}
	return false
}

// withByline reports whether the client wants the names in the text.
func withByline(c *call.Call) bool {
	return c.BoolOr("byline", c.GetHeader("X-Ensemble-Byline") != "0")
}
