package api

import (
	"slices"

	"ensemble/activities/post"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// Status is GET /api/v1/statuses/:id.
func (a *API) Status(c *call.Call) (any, error) {
	o, err := a.one(c, c.ID("id"))
	if err != nil {
		return nil, err
	}
	if filtering(c) {
		return a.entry(c, o.entry)
	}
	copies, err := a.copies(c, []store.Entry{o.entry}, map[models.ID]store.Stance{o.entry.PostID: o.stance})
	if err != nil {
		return nil, err
	}
	if copies[0] == nil {
		return nil, noPost
	}
	if a.Doubt != nil {
		a.doubt(c, []store.Entry{o.entry}, list(copies))
	}
	return call.Answer{Body: copies[0]}, nil
}

// maxStatuses is how many posts can be asked for by their IDs.
const maxStatuses = 20

// Statuses is GET /api/v1/statuses?id[]=: those of them that one may read.
func (a *API) Statuses(c *call.Call) (any, error) {
	var ids []models.ID
	for _, s := range c.Strs("id") { // what is no ID names nothing
		if id, err := models.ParseID(s); err == nil && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) > maxStatuses {
		return nil, models.Errorf(models.Invalid, "nobody can ask for more than %d posts at once", maxStatuses)
	}
	readable, err := store.Readable(c.Tx, c.MyID(), ids)
	if err != nil {
		return nil, err
	}
	return a.page(c, entriesOf(ids, readable))
}

// Context is GET /api/v1/statuses/:id/context: the thread as far as it is here. What
// may be elsewhere is asked for, and is there the next time.
func (a *API) Context(c *call.Call) (call.Handler, error) {
	missing := false
	err := c.InRead(func(tx *store.Tx) error {
		p, err := store.Maybe[models.Post](tx, "id = ?", c.ID("id"))
		if err == nil && p != nil && c.Me != nil {
			missing, err = post.Missing(tx, p)
		}
		return err
	})
	if err == nil && missing {
		err = c.InTx(func(tx *store.Tx) error {
			p, err := a.post(c)
			if err != nil {
				return err
			}
			return post.Open(tx, p)
		})
	}
	return a.thread, err
}

func (a *API) thread(c *call.Call) (any, error) {
	p, err := a.post(c)
	if err != nil {
		return nil, err
	}
	root := p.ThreadID
	if root == 0 {
		root = p.ID
	}
	knots, err := store.ThreadOf(c.Tx, c.MyID(), root, c.Site.Most().Thread)
	if err != nil {
		return nil, err
	}
	t := store.Knit(knots, c.MyID())
	up, down := t.Up(p), t.Down(p.ID)
	all := slices.Concat(up, down)
	views, err := a.statuses(c, entriesOf(all, all))
	if err != nil {
		return nil, err
	}
	v := contextJSON{[]statusJSON{}, []statusJSON{}}
	for _, s := range views {
		if slices.Contains(up, s.ID) {
			v.Ancestors = append(v.Ancestors, s)
		} else {
			v.Descendants = append(v.Descendants, s)
		}
	}
	return v, nil
}

// Source is GET /api/v1/statuses/:id/source: what was typed. It never has a byline.
func (a *API) Source(c *call.Call) (any, error) {
	p, err := a.post(c)
	if err != nil {
		return nil, err
	}
	typed := p.Source
	if p.AccountID != c.Me.ID || typed == "" {
		body, _ := text.SplitByline(p.Content)
		typed = text.Plain(body)
	}
	return sourceTextJSON{p.ID, typed, p.Summary}, nil
}

// History is GET /api/v1/statuses/:id/history: every version, the first one first.
func (a *API) History(c *call.Call) (any, error) {
	p, err := a.post(c)
	if err != nil {
		return nil, err
	}
	edits, err := store.Find[models.PostEdit](c.Tx, "post_id = ? ORDER BY id", p.ID)
	if err != nil {
		return nil, err
	}
	author, err := store.Get[models.Account](c.Tx, p.AccountID)
	if err != nil {
		return nil, err
	}
	now := &models.PostEdit{Content: p.Content, Summary: p.Summary, Sensitive: p.Sensitive, Attachments: p.Attachments, At: p.PublishedAt}
	if p.EditedAt != nil {
		now.At = *p.EditedAt
	}
	if now.Poll, err = post.Question(c.Tx, p); err != nil {
		return nil, err
	}
	w := wishes{site: c.Site}
	out, by := []editJSON{}, accountView(c.Site, author)
	for _, e := range append(edits, now) {
		pictures := attachmentViews(c.Site, &models.Post{ID: p.ID, Attachments: e.Attachments})
		out = append(out, editJSON{e.Content, e.Summary, e.Sensitive, moment(e.At), by, pictures, []emojiJSON{}, askedView(e.Poll)})
	}
	for i := range out {
		w.add(author.URI, &out[i].Emojis, out[i].Content, out[i].SpoilerText)
	}
	return out, w.meet(c.Tx)
}

type contextJSON struct {
	Ancestors   []statusJSON `json:"ancestors"`
	Descendants []statusJSON `json:"descendants"`
}

type sourceTextJSON struct {
	ID          models.ID `json:"id,string"`
	Text        string    `json:"text"`
	SpoilerText string    `json:"spoiler_text"`
}

type editJSON struct {
	Content          string           `json:"content"`
	SpoilerText      string           `json:"spoiler_text"`
	Sensitive        bool             `json:"sensitive"`
	CreatedAt        moment           `json:"created_at"`
	Account          accountJSON      `json:"account"`
	MediaAttachments []attachmentJSON `json:"media_attachments"`
	Emojis           []emojiJSON      `json:"emojis"`
	Poll             *askedJSON       `json:"poll"`
}
