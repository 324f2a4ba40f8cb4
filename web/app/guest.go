package app

import (
	"slices"
	"strconv"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// How much of a thread everybody sees on the page of a post.
const (
	onThread    = 40  // answers on a page
	threadReach = 400 // answers on all pages
	threadUp    = 20  // posts that it answers
)

// A guestView is a post with what it answers and what answers it, as everybody sees it.
type guestView struct {
	postView
	Before  []postView
	Further models.IRI // where what comes before those is, "" for nowhere
	After   []replyView
	Newer   string // pages of answers
	Older   string
}

type replyView struct {
	postView
	Depth int
}

// viewGuest returns the post, and the part of its thread that c asks for. Of most posts
// there is none, and nothing is asked for it.
func viewGuest(c *call.Call, p *models.Post) (*guestView, error) {
	v, ids, t := &guestView{}, []models.ID{p.ID}, store.Thread{}
	var up, down []models.ID
	if p.InReplyToID != 0 || p.RepliesCount > 0 {
		knots, err := store.ThreadAround(c.Tx, 0, p.ID, threadUp, threadReach)
		if err != nil {
			return nil, err
		}
		t = store.Knit(knots, 0)
		up, down = t.Up(p), v.turn(c, t.Down(p.ID))
	}
	ids = append(append(ids, up...), down...)
	views, err := viewPosts(c.Tx, ids)
	if err != nil {
		return nil, err
	}
	for _, one := range views {
		switch place := slices.Index(ids, one.ID); {
		case place == 0:
			v.postView = one
		case place <= len(up):
			v.Before = append(v.Before, one)
		default:
			v.After = append(v.After, replyView{one, min(t.Depth(one.ID, p.ID)-1, deepest)})
		}
	}
	if v.ID != p.ID {
		return nil, noPost
	}
	if len(v.Before) > 0 && t.Before(v.Before[0].ID) != 0 {
		v.Further = v.Before[0].URL
	}
	return v, nil
}

// turn cuts out of the answers the page of them that c asks for.
func (v *guestView) turn(c *call.Call, all []models.ID) []models.ID {
	last := max((len(all)+onThread-1)/onThread, 1)
	n := min(max(c.Int("replies", 1), 1), last)
	at := func(n int) string {
		return c.Request.URL.EscapedPath() + "?replies=" + strconv.Itoa(n) + "#replies"
	}
	if n > 1 {
		v.Newer = at(n - 1)
	}
	if n < last {
		v.Older = at(n + 1)
	}
	return all[(n-1)*onThread : min(n*onThread, len(all))]
}
