package api

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
	"ensemble/web/stream"
)

const (
	// recheckEvery is how often it is found out whose tokens are good no more.
	recheckEvery = 2 * time.Second
	// maxBehind is how many events wait for those before them to be told.
	maxBehind = 4096
)

// Stream tells those who are connected to a.Hub what any process streams, until ctx ends,
// and parts with those whose tokens are good no more. What nobody looks on at costs
// nothing.
func (a *API) Stream(ctx context.Context, db *store.DB, log *slog.Logger) {
	events := make(chan models.StreamEvent, maxBehind)
	var work sync.WaitGroup
	work.Go(func() {
		db.Hear(ctx, func(e models.StreamEvent) {
			if a.Hub.Empty() {
				return
			}
			select {
			case events <- e:
			default:
				log.Warn("streams are too far behind, and leave something out", "kind", e.Kind)
			}
		})
	})
	work.Go(func() { a.recheck(ctx, db, log) })
	defer work.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-events:
			err := db.Read(ctx, func(tx *store.Tx) error { return newTeller(a, tx).tell(e) })
			if err != nil && ctx.Err() == nil {
				log.Error("streams were not told", "kind", e.Kind, "err", err)
			}
		}
	}
}

// recheck parts with those who may not act any more.
func (a *API) recheck(ctx context.Context, db *store.DB, log *slog.Logger) {
	t := time.NewTicker(recheckEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if err := a.part(ctx, db); err != nil && ctx.Err() == nil {
			log.Error("streams were not checked", "err", err)
		}
	}
}

func (a *API) part(ctx context.Context, db *store.DB) error {
	by := map[string][]*stream.Reader{}
	var hashes []string
	for _, r := range a.Hub.Readers() {
		hash := r.About.(*listener).token
		if by[hash] == nil {
			hashes = append(hashes, hash)
		}
		by[hash] = append(by[hash], r)
	}
	if len(hashes) == 0 {
		return nil
	}
	var good map[string]bool
	err := db.Read(ctx, func(tx *store.Tx) (err error) {
		good, err = store.InForce(tx, hashes)
		return err
	})
	if err != nil {
		return err
	}
	for hash, readers := range by {
		for _, r := range readers {
			if !good[hash] {
				r.End("the access token, or the session, is good no more")
			}
		}
	}
	return nil
}

// A teller tells of one event.
type teller struct {
	*API
	tx     *store.Tx
	people map[models.ID]*person
}

type person struct {
	account *models.Account
	user    *models.User
}

func newTeller(a *API, tx *store.Tx) *teller {
	return &teller{API: a, tx: tx, people: map[models.ID]*person{}}
}

func (t *teller) tell(e models.StreamEvent) error {
	switch e.Kind {
	case models.StreamEntry:
		return t.entry(e)
	case models.StreamEdit:
		return t.edit(e)
	case models.StreamDelete:
		return t.deletion(e)
	case models.StreamNotification:
		return t.notification(e)
	case models.StreamMerged:
		t.Hub.Send(stream.Channel{Kind: "user", Of: e.Account.String()}, &stream.Message{Event: "notifications_merged", Payload: "1"})
		t.Hub.Send(stream.Channel{Kind: "user:notification", Of: e.Account.String()}, &stream.Message{Event: "notifications_merged", Payload: "1"})
	case models.StreamFilters:
		t.Hub.Send(stream.Channel{Kind: "user", Of: e.Account.String()}, &stream.Message{Event: "filters_changed", Bare: true})
	case models.StreamConversation:
		return t.conversation(e)
	case models.StreamCollab:
		return t.collabEvent(e)
	case models.StreamAnnounced, models.StreamReaction, models.StreamUnannounced:
		return t.announcement(e)
	}
	return nil
}

// listened are the IDs of whom somebody listens to channels of that kind.
func (t *teller) listened(kind string) []models.ID {
	var out []models.ID
	for _, of := range t.Hub.Listened(kind) {
		if id, err := models.ParseID(of); err == nil {
			out = append(out, id)
		}
	}
	return out
}

// entry tells of a post, or a boost, that is new in a feed.
func (t *teller) entry(e models.StreamEvent) error {
	f, err := store.Maybe[models.Feed](t.tx, "id = ? AND account_id = ?", e.Entry, e.Account)
	if err != nil || f == nil {
		return err
	}
	at := store.Entry{ID: f.ID, PostID: f.PostID, AccountID: f.AccountID, Kind: f.Kind}
	who, err := store.HomesWithEntry(t.tx, t.listened("user"), f)
	if err != nil {
		return err
	}
	if err := t.toEach("user", who, "update", at); err != nil {
		return err
	}
	if err := t.lists("update", at); err != nil || f.Kind != models.FeedPost {
		return err
	}
	return t.public("update", f.PostID)
}

// edit tells of a post that was edited.
func (t *teller) edit(e models.StreamEvent) error {
	at := store.Entry{ID: e.Post, PostID: e.Post, Kind: models.FeedPost}
	who, err := store.HomesWithPost(t.tx, t.listened("user"), e.Post)
	if err != nil {
		return err
	}
	if err := t.toEach("user", who, "status.update", at); err != nil {
		return err
	}
	if err := t.lists("status.update", at); err != nil {
		return err
	}
	return t.public("status.update", e.Post)
}

// lists tells of a post, or a boost, those who look on at a list that it is in.
func (t *teller) lists(event string, at store.Entry) error {
	for _, id := range t.listened("list") {
		l, err := store.Maybe[models.List](t.tx, "id = ?", id)
		if err != nil {
			return err
		}
		if l == nil {
			continue
		}
		rows, err := store.ListPosts(t.tx, l, store.Window{Max: at.ID + 1, Since: at.ID - 1, Limit: 1})
		if err != nil {
			return err
		}
		if len(rows) == 0 || at.Kind == models.FeedCoauthor && rows[0].AccountID != at.AccountID {
			continue
		}
		if err := t.toEach("list", []models.ID{id}, event, at); err != nil {
			return err
		}
	}
	return nil
}

// deletion tells that a post, or a boost, is gone.
func (t *teller) deletion(e models.StreamEvent) error {
	m := &stream.Message{Event: "delete", Payload: e.Entry.String()}
	who, err := store.FollowersAmong(t.tx, t.listened("user"), e.Accounts)
	if err != nil {
		return err
	}
	who = slices.Concat(who, e.Accounts, e.Named)
	slices.Sort(who)
	for _, id := range slices.Compact(who) {
		t.Hub.Send(stream.Channel{Kind: "user", Of: id.String()}, m)
		t.Hub.Send(stream.Channel{Kind: "direct", Of: id.String()}, m)
	}
	in, err := store.ListsOfAny(t.tx, t.listened("list"), e.Accounts)
	if err != nil {
		return err
	}
	for _, id := range in {
		t.Hub.Send(stream.Channel{Kind: "list", Of: id.String()}, m)
	}
	if !e.Public {
		return nil
	}
	for _, kind := range publicStreams {
		for _, of := range t.Hub.Listened(kind) {
			t.Hub.Send(stream.Channel{Kind: kind, Of: of}, m)
		}
	}
	return nil
}

// toEach sends everybody among who a post as they see it.
func (t *teller) toEach(kind string, who []models.ID, event string, at store.Entry) error {
	for _, id := range who {
		ch := stream.Channel{Kind: kind, Of: id.String()}
		err := t.each(ch, event, looks, func(c *call.Call) (any, error) {
			return t.shown(c, at)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// looks is the key of a view that depends on nothing else.
func looks(l *listener) (string, bool) { return l.looks, true }

// shown shows a post.
func (t *teller) shown(c *call.Call, at store.Entry) (any, error) {
	v, err := t.API.entry(c, at)
	if err != nil {
		return nil, err
	}
	return v, nil
}

// each sends all who listen to the channel of one account what view shows them. Those
// whose calls have the same key see the same, and those without see nothing.
func (t *teller) each(ch stream.Channel, event string, key func(*listener) (string, bool), view func(*call.Call) (any, error)) error {
	written := map[string]*stream.Message{}
	for _, r := range t.Hub.On(ch) {
		l := r.About.(*listener)
		k, ok := key(l)
		if !ok {
			continue
		}
		if _, done := written[k]; !done {
			m, err := t.write(l, l.me, event, view)
			if err != nil {
				return err
			}
			written[k] = m
		}
		if m := written[k]; m != nil {
			r.Tell(ch, m)
		}
	}
	return nil
}

// write returns what the reader is told, nil if there is nothing left to tell.
func (t *teller) write(l *listener, me models.ID, event string, view func(*call.Call) (any, error)) (*stream.Message, error) {
	p, err := t.person(me)
	if err != nil || p == nil {
		return nil, err
	}
	v, err := view(l.call.At(t.tx, p.account, p.user))
	if models.KindOf(err) == models.NotFound || err == nil && v == nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	payload, err := written(v)
	if err != nil {
		return nil, err
	}
	return &stream.Message{Event: event, Payload: payload}, nil
}

// person returns both sides of an account; of 0, nobody's.
func (t *teller) person(id models.ID) (*person, error) {
	if id == 0 {
		return &person{}, nil
	}
	if p, known := t.people[id]; known {
		return p, nil
	}
	a, err := store.Maybe[models.Account](t.tx, "id = ?", id)
	if err != nil {
		return nil, err
	}
	u, err := store.Maybe[models.User](t.tx, "account_id = ?", id)
	if err != nil {
		return nil, err
	}
	t.people[id] = nil
	if a != nil && u != nil && a.Active() {
		t.people[id] = &person{a, u}
	}
	return t.people[id], nil
}
