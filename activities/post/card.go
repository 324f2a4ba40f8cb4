package post

import (
	"math/rand/v2"
	"time"

	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// FetchCard is the task that asks a page what it says of itself.
type FetchCard struct {
	Card models.ID `json:"card,string"`
}

// Kind names the task in the queue.
func (FetchCard) Kind() string { return "card" }

// How long after a post its page is asked, at most. A post is seen by many servers at
// once, and a page is not to be asked by all of them at once.
const (
	soonest   = 2 * time.Second
	oursLater = 8 * time.Second
	later     = time.Minute
)

// preview gives p another card, now that it has another text.
func preview(tx *store.Tx, p *models.Post) error {
	if _, err := store.Delete[models.PostCard](tx, "post_id = ?", p.ID); err != nil {
		return err
	}
	return card(tx, p)
}

// card puts a card under p for the first page that it links, and has the page asked
// later, if nobody did within a week. Posts with pictures have none, and a link told to
// a few in private is not ours to open.
func card(tx *store.Tx, p *models.Post) error {
	if p.Visibility == models.VisDirect || len(p.Attachments) > 0 {
		return nil
	}
	at := linked(tx, p)
	if at == "" {
		return nil
	}
	wait := soonest + rand.N(later)
	if p.Local {
		wait = soonest + rand.N(oursLater)
	}
	id, err := cardFor(tx, at, tx.Now.Add(wait))
	if err != nil {
		return err
	}
	return store.Put(tx, &models.PostCard{PostID: p.ID, CardID: id})
}

// cardFor returns the card of the page at an address, which is asked when due if it is
// not known, or not any more.
func cardFor(tx *store.Tx, at models.IRI, due time.Time) (models.ID, error) {
	for {
		c, err := store.Maybe[models.Card](tx, "url = ?", at)
		if err != nil {
			return 0, err
		}
		if c == nil {
			c = &models.Card{ID: models.NewID(tx.Now), URL: at, State: models.CardWaiting, DueAt: &due, CreatedAt: tx.Now}
			if isNew, err := store.Add(tx, c); err != nil || isNew {
				return c.ID, err
			}
			continue // another was faster
		}
		if c.DueAt == nil && c.FetchedAt != nil && c.FetchedAt.Before(tx.Now.Add(-models.CardRefresh)) {
			_, err = store.Set[models.Card](tx, map[string]any{"due_at": due, "attempts": 0}, "id = ? AND due_at IS NULL", c.ID)
		}
		return c.ID, err
	}
}

// linked returns the first page elsewhere that p links, "" if there is none. Those it
// names and its hashtags are no pages.
func linked(tx *store.Tx, p *models.Post) models.IRI {
	body, _ := text.SplitByline(p.Content)
	known := map[models.IRI]bool{p.URI: true, p.URL: true}
	for _, m := range p.Mentions {
		known[m.URI], known[m.URL] = true, true
	}
	for _, at := range text.Links(text.StripQuoted(body)) {
		if i := models.IRI(at); !known[i] && !tx.Site.Owns(i) && i.Host() != tx.Site.Domain {
			return i
		}
	}
	return ""
}

// CardsDue has pages asked whose time has come.
func CardsDue(tx *store.Tx) error {
	due, err := store.Find[models.Card](tx, "due_at <= ? ORDER BY due_at LIMIT 20", tx.Now)
	if err != nil {
		return err
	}
	for _, c := range due {
		// Should whoever asks now be killed, it is asked once more.
		n, err := store.Set[models.Card](tx, map[string]any{"due_at": tx.Now.Add(15 * time.Minute), "attempts": c.Attempts + 1},
			"id = ? AND due_at = ?", c.ID, c.DueAt)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if err := store.Enqueue(tx, FetchCard{c.ID}); err != nil {
			return err
		}
	}
	return nil
}

// cardAttempts is how often a page is asked that does not answer.
const cardAttempts = 3

// CardFetched writes down what a page said, or why it said nothing. What was known of
// it before stays, if it merely does not answer.
func CardFetched(tx *store.Tx, id models.ID, said *models.Card, why error) error {
	c, err := store.Hold[models.Card](tx, id)
	if err != nil {
		return err
	}
	now := tx.Now
	switch k := models.KindOf(why); {
	case why == nil:
		said.ID, said.URL, said.CreatedAt, said.State = c.ID, c.URL, c.CreatedAt, models.CardReady
		c = said
	case k == models.Unreachable || k == models.TooMany || k == models.Internal:
		c.Error = why.Error()
		if c.Attempts < cardAttempts {
			again := now.Add(time.Duration(c.Attempts) * 10 * time.Minute)
			c.DueAt = &again
			return store.Put(tx, c)
		}
		if c.State == models.CardWaiting {
			c.State = models.CardNone
		}
	default:
		c.State, c.Error = models.CardNone, why.Error()
	}
	c.DueAt, c.FetchedAt, c.Attempts = nil, &now, 0
	return store.Put(tx, c)
}

// ForgetCards drops cards under no post, a week after they were of use.
func ForgetCards(tx *store.Tx) error {
	if _, err := store.Delete[models.PostCard](tx, "NOT EXISTS (SELECT 1 FROM posts WHERE posts.id = post_cards.post_id)"); err != nil {
		return err
	}
	_, err := store.Delete[models.Card](tx, "fetched_at < ? AND due_at IS NULL AND NOT EXISTS (SELECT 1 FROM post_cards WHERE card_id = cards.id)",
		tx.Now.Add(-models.CardRefresh))
	return err
}
