package api

import (
	"slices"

	"ensemble/activities/confirm"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// statuses shows a page of posts, which the caller knows the reader may see, in
// the order of its entries. It asks each table once, however long the page.
func (a *API) statuses(c *call.Call, entries []store.Entry) ([]statusJSON, error) {
	_, views, err := a.views(c, entries)
	return views, err
}

// views is statuses, and what they were made of.
func (a *API) views(c *call.Call, entries []store.Entry) (*shown, []statusJSON, error) {
	s, err := gather(c, entries)
	if err != nil {
		return nil, nil, err
	}
	if err := a.gatherConsents(s); err != nil {
		return nil, nil, err
	}
	out := make([]statusJSON, 0, len(entries))
	for _, e := range entries {
		if v, ok := s.view(e); ok {
			out = append(out, v)
		}
	}
	if err := a.filter(c, out); err != nil {
		return nil, nil, err
	}
	out, err = withEmojis(c, out)
	return s, out, err
}

// status shows one post that the reader may see.
func (a *API) status(c *call.Call, p models.ID) (*statusJSON, error) {
	return a.entry(c, store.Entry{ID: p, PostID: p, Kind: models.FeedPost})
}

func (a *API) entry(c *call.Call, e store.Entry) (*statusJSON, error) {
	views, err := a.statuses(c, []store.Entry{e})
	if err == nil && len(views) == 0 {
		err = noPost
	}
	if err != nil {
		return nil, err
	}
	return &views[0], nil
}

var noPost = models.Errorf(models.NotFound, "there is no such post here")

func gather(c *call.Call, entries []store.Entry) (s *shown, err error) {
	s = &shown{call: c, byline: withByline(c)}
	if len(entries) == 0 {
		return s, nil
	}
	var ids, boosts []models.ID
	for _, e := range entries {
		ids = append(ids, e.PostID)
		if e.Kind == models.FeedBoost {
			boosts = append(boosts, e.ID)
		}
	}
	if s.posts, err = store.PostsByID(c.Tx, ids); err != nil {
		return nil, err
	}
	if s.apps, err = appsOf(c.Tx, s.posts); err != nil {
		return nil, err
	}
	if s.boosts, err = store.Boosts(c.Tx, boosts); err != nil {
		return nil, err
	}
	if err = s.gatherMarks(ids); err != nil {
		return nil, err
	}
	if err = s.gatherNames(s.more["author"]); err != nil {
		return nil, err
	}
	if err = s.gatherPeople(); err != nil {
		return nil, err
	}
	if err = s.gatherCards(s.more["card"]); err != nil {
		return nil, err
	}
	if err = s.gatherPolls(s.more["poll"]); err != nil {
		return nil, err
	}
	if err = s.gatherReactions(s.more["reaction"]); err != nil {
		return nil, err
	}
	if s.more["confirmation"] != nil {
		s.confirmations, err = confirm.Under(c.Tx, s.posts)
	}
	return s, err
}

// gatherMarks finds out what the reader did to the posts, and what there is to be asked
// about them: most posts are words alone.
func (s *shown) gatherMarks(ids []models.ID) error {
	marks, err := store.Marks(s.call.Tx, s.call.MyID(), ids)
	s.marks, s.more = make(map[store.Mark]bool, len(marks)), map[string][]models.ID{}
	for _, m := range marks {
		if !s.marks[m] {
			s.marks[m] = true
			s.more[m.What] = append(s.more[m.What], m.PostID)
		}
	}
	return err
}

// gatherNames finds out whose names hold, and what the reader has to do with it.
func (s *shown) gatherNames(ids []models.ID) error {
	s.names, s.claimed = map[models.ID][]*models.Author{}, map[models.ID]int{}
	authors, err := store.AuthorsOf(s.call.Tx, ids)
	if err != nil || len(authors) == 0 && !s.joined() {
		return err
	}
	for _, a := range authors {
		s.claimed[a.PostID]++
		if a.State == models.AuthorVerified && a.AccountID != 0 {
			s.names[a.PostID] = append(s.names[a.PostID], a)
		}
	}
	if s.most, err = maxAuthors(s.call.Tx); err != nil {
		return err
	}
	var collabs []models.IRI
	for _, p := range s.posts {
		if p.Collab != "" {
			collabs = append(collabs, p.Collab)
		}
	}
	seats, err := store.Seats(s.call.Tx, s.call.MyID(), collabs)
	s.seats = make(map[models.IRI]store.Seat, len(seats))
	for _, seat := range seats {
		s.seats[seat.URI] = seat
	}
	return err
}

func (s *shown) joined() bool {
	for _, p := range s.posts {
		if p.Collab != "" {
			return true
		}
	}
	return false
}

func (s *shown) gatherPeople() (err error) {
	var ids []models.ID
	for _, p := range s.posts {
		ids = append(ids, p.AccountID)
	}
	for _, b := range s.boosts {
		ids = append(ids, b.AccountID)
	}
	for _, names := range s.names {
		for _, a := range names {
			ids = append(ids, a.AccountID)
		}
	}
	s.accounts, err = store.AccountsByID(s.call.Tx, slices.Clip(ids))
	if err != nil {
		return err
	}
	s.moved = map[models.ID]*accountJSON{}
	for id, who := range s.accounts {
		if s.moved[id], err = movedView(s.call, who); err != nil {
			return err
		}
	}
	return nil
}
