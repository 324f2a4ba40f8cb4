package api

import (
	"slices"
	"time"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// instanceKey names what the server says about itself, with numbers of that minute.
type instanceKey struct {
	version, lang string
	minute        int64
}

// instance is what the server says about itself, which every client asks at its start.
// How many people and posts there are may be told a minute late.
func (a *API) instance(c *call.Call, version string, say call.Handler) (any, error) {
	key := instanceKey{version, language(c), c.Now().Unix() / 60}
	if body, ok := store.Recall[[]byte](c.Tx, key); ok {
		return call.Answer{Body: body}, nil
	}
	view, err := say(c)
	if err != nil {
		return nil, err
	}
	answer, err := call.Status(0, view)
	if err == nil {
		things := []store.Thing{store.Settings, store.Emojis}
		if who, err := owner(c); err == nil && who != nil {
			things = append(things, store.Person(who.ID), store.Reader(who.ID))
		}
		store.Remember(c.Tx, key, answer.Body, len(answer.Body), things...)
	}
	return answer, err
}

// homeFor is how long the entries of a home timeline are kept at most: those who are
// muted for a while, and answers to what was not known yet, come back by themselves.
const homeFor = 20 * time.Second

type homeKey struct {
	me models.ID
	w  store.Window
}

// A homePage is what is on a page of somebody's home timeline.
type homePage struct {
	entries []store.Entry
	circle  *store.Circle
	until   time.Time
}

// home returns a page of the home timeline. It is looked for again only after somebody
// whom the reader hears has said something.
func (a *API) home(c *call.Call, w store.Window) (*homePage, error) {
	key := homeKey{c.Me.ID, w}
	if h, ok := store.Recall[*homePage](c.Tx, key); ok && c.Now().Before(h.until) && h.circle.Quiet(c.Tx) {
		if a.Doubt != nil {
			a.doubtHome(c, w, h)
		}
		return h, nil
	}
	circle, err := store.CircleOf(c.Tx, c.Me.ID)
	if err != nil {
		return nil, err
	}
	h := &homePage{circle: circle, until: c.Now().Add(homeFor)}
	if h.entries, err = store.Home(c.Tx, c.Me.ID, w); err != nil {
		return nil, err
	}
	const each = 60 // bytes
	store.Remember(c.Tx, key, h, each*len(h.entries), store.Reader(c.Me.ID))
	return h, nil
}

// doubtHome has the entries that were kept compared with those there are.
func (a *API) doubtHome(c *call.Call, w store.Window, h *homePage) {
	fresh, err := store.Home(c.Tx, c.Me.ID, w)
	if err == nil && !slices.Equal(fresh, h.entries) {
		a.Doubt(idsOf(h.entries), idsOf(fresh))
	}
}

func idsOf(entries []store.Entry) (out []byte) {
	for _, e := range entries {
		out = append(append(out, e.ID.String()...), ' ')
	}
	return out
}

type oneKey struct{ me, id models.ID }

// A oneEntry is a post that the reader may read, or a boost, and how they stand to it.
type oneEntry struct {
	entry  store.Entry
	stance store.Stance
}

// one returns the post, or boost, of that name, if the reader may read it.
func (a *API) one(c *call.Call, id models.ID) (oneEntry, error) {
	key := oneKey{c.MyID(), id}
	if o, ok := store.Recall[oneEntry](c.Tx, key); ok {
		return o, nil
	}
	p, err := readable(c, id)
	if err != nil {
		return oneEntry{}, err
	}
	o := oneEntry{entry: store.Entry{ID: id, PostID: p.ID, Kind: models.FeedPost}}
	if p.ID != id {
		o.entry.Kind = models.FeedBoost
	}
	stances, err := store.Stances(c.Tx, c.MyID(), []models.ID{p.ID})
	if err != nil {
		return oneEntry{}, err
	}
	o.stance = stances[p.ID]
	store.Remember(c.Tx, key, o, 0, store.Post(id), store.Post(p.ID), store.Reader(c.MyID()))
	return o, nil
}

type activeKey struct{ id models.ID }

// isActive reports whether the account may act and be seen.
func isActive(tx *store.Tx, id models.ID) (bool, error) {
	if is, ok := store.Recall[bool](tx, activeKey{id}); ok {
		return is, nil
	}
	who, err := store.Get[models.Account](tx, id)
	if err != nil {
		return false, err
	}
	store.Remember(tx, activeKey{id}, who.Active(), 0, store.Person(id))
	return who.Active(), nil
}
