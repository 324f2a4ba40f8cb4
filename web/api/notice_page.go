package api

import (
	"bytes"
	"slices"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// plainly are the types that say of whom and of what they are, and no more.
var plainly = []models.NotificationType{
	models.NoteMention, models.NoteFollow, models.NoteFollowRequest, models.NoteFavourite, models.NoteReblog, models.NoteUpdate, models.NoteStatus,
	models.NotePoll, models.NoteQuote, models.NoteQuotedUpdate,
}

// noticePage shows notifications, which the caller knows are for the reader, written
// down: whom they are from and what they are about is written once for all, see page.
// Those that say more are written anew.
func (a *API) noticePage(c *call.Call, rows []*models.Notification) (any, error) {
	if filtering(c) {
		return a.notices(c, rows)
	}
	var plain, more []*models.Notification
	for _, n := range rows {
		if slices.Contains(plainly, n.Type) && n.ReportID == 0 {
			plain = append(plain, n)
		} else {
			more = append(more, n)
		}
	}
	written, err := a.plainNotices(c, plain)
	if err != nil {
		return nil, err
	}
	views, err := a.notices(c, more)
	if err != nil {
		return nil, err
	}
	for i := range views {
		answer, err := call.Status(0, &views[i])
		if err != nil {
			return nil, err
		}
		written[views[i].ID] = answer.Body
	}
	all := make([][]byte, len(rows))
	for i, n := range rows {
		all[i] = written[n.ID]
	}
	body := list(all)
	if a.Doubt != nil {
		a.doubtNotices(c, rows, body)
	}
	return call.Answer{Body: body}, nil
}

// doubtNotices makes the page anew and has both compared.
func (a *API) doubtNotices(c *call.Call, rows []*models.Notification, body []byte) {
	views, err := a.notices(c, rows)
	if err != nil {
		return
	}
	if fresh, err := call.Status(0, views); err == nil && !bytes.Equal(fresh.Body, body) {
		a.Doubt(body, fresh.Body)
	}
}

// plainNotices writes notifications that are of somebody and a post, and no more.
func (a *API) plainNotices(c *call.Call, rows []*models.Notification) (map[models.ID][]byte, error) {
	var people, posts []models.ID
	for _, n := range rows {
		people = append(people, n.FromID)
		if n.PostID != 0 {
			posts = append(posts, n.PostID)
		}
	}
	from, err := personCopies(c, people)
	if err != nil {
		return nil, err
	}
	about, err := a.postCopies(c, posts)
	if err != nil {
		return nil, err
	}
	out := make(map[models.ID][]byte, len(rows))
	for _, n := range rows {
		who, said := from[n.FromID], about[n.PostID]
		if who == nil || n.PostID != 0 && said == nil {
			continue
		}
		head, err := call.Status(0, noticeOf(n))
		if err != nil {
			return nil, err
		}
		out[n.ID] = withParts(head.Body, who, said)
	}
	return out, nil
}

// withParts adds an account, and a status unless it is nil, to an object.
func withParts(head, account, status []byte) []byte {
	const names = len(`,"account":,"status":}`)
	out := append(make([]byte, 0, len(head)+len(account)+len(status)+names), head[:len(head)-1]...)
	out = append(append(out, `,"account":`...), account...)
	if status != nil {
		out = append(append(out, `,"status":`...), status...)
	}
	return append(out, '}')
}

// postCopies returns what is written of posts that the reader may read.
func (a *API) postCopies(c *call.Call, ids []models.ID) (map[models.ID][]byte, error) {
	ids = compact(ids)
	stances, err := store.Stances(c.Tx, c.MyID(), ids)
	if err != nil {
		return nil, err
	}
	copies, err := a.copies(c, entriesOf(ids, ids), stances)
	out := make(map[models.ID][]byte, len(ids))
	for i := range copies {
		out[ids[i]] = copies[i]
	}
	return out, err
}

type personKey struct{ id models.ID }

// personCopies returns what is written of accounts, as accounts does, by their IDs.
func personCopies(c *call.Call, ids []models.ID) (map[models.ID][]byte, error) {
	out := make(map[models.ID][]byte, len(ids))
	var unknown []models.ID
	for _, id := range compact(ids) {
		var ok bool
		if out[id], ok = store.Recall[[]byte](c.Tx, personKey{id}); !ok {
			unknown = append(unknown, id)
		}
	}
	known, err := store.AccountsByID(c.Tx, unknown)
	if err != nil {
		return nil, err
	}
	views := make([]accountJSON, 0, len(known))
	for _, who := range known {
		views = append(views, accountView(c.Site, who))
	}
	if err := peopleWithEmojis(c, pointers(views)...); err != nil {
		return nil, err
	}
	for i := range views {
		v := &views[i]
		answer, err := call.Status(0, v)
		if err != nil {
			return nil, err
		}
		things := []store.Thing{store.Person(v.ID)}
		if w := (wishes{site: c.Site}); w.wantsOf(v) {
			things = append(things, store.Emojis)
		}
		out[v.ID] = answer.Body
		store.Remember(c.Tx, personKey{v.ID}, answer.Body, len(answer.Body), things...)
	}
	return out, nil
}
