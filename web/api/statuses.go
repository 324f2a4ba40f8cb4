package api

import (
	"context"
	"strings"
	"time"

	"ensemble/activities/collab"
	"ensemble/activities/post"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// Limits on asking the network whom a text means.
const (
	maxLookups = 20
	lookupTime = 8 * time.Second
)

// PostStatus is POST /api/v1/statuses. With coauthor_ids[] or coauthors[] it
// starts a collab and, as nothing is public yet, answers 202 and the collab. With
// scheduled_at it keeps the post until then, and answers a ScheduledStatus.
func (a *API) PostStatus(c *call.Call) (call.Handler, error) {
	if namesOthers(c) {
		return a.propose(c, 202)
	}
	mentions := a.mentioned(c.Ctx(), c.Site, c.Str("status"))
	return func(c *call.Call) (any, error) {
		d, err := draft(c, mentions)
		if err != nil {
			return nil, err
		}
		if d.App, err = appOf(c); err != nil {
			return nil, err
		}
		if c.Str("scheduled_at") != "" {
			return a.plan(c, d)
		}
		p, err := post.Publish(c.Tx, c.Me, d)
		if err != nil {
			return nil, err
		}
		return a.status(c, p.ID)
	}, nil
}

// draft reads what somebody wants to say.
func draft(c *call.Call, mentions []models.Mention) (post.Draft, error) {
	d := post.Draft{
		Text: c.Str("status"), Summary: c.Str("spoiler_text"), Sensitive: c.BoolOr("sensitive", c.User.Sensitive),
		Language: c.Str("language"), Visibility: models.Visibility(c.Str("visibility")),
		InReplyTo: c.ID("in_reply_to_id"), Media: c.IDs("media_ids"), Mentions: mentions, Poll: question(c),
	}
	if d.Visibility == "" {
		d.Visibility = c.User.Privacy
	}
	if d.Language == "" {
		d.Language = c.User.Language
	}
	if len(d.Language) > 35 {
		return d, models.Errorf(models.Invalid, "%q is no language", d.Language[:35])
	}
	readConsents(c, &d)
	return d, nil
}

// unplanned refuses to schedule a new version: it would be lost without a word.
func unplanned(c *call.Call) error {
	if c.Str("scheduled_at") == "" {
		return nil
	}
	return models.Refuse(models.Invalid, "not_scheduled", "only a new post can be scheduled; nothing was changed")
}

// mentioned asks the network for those whom a text names by whole handles. Whoever
// is not found stays plain text.
func (a *API) mentioned(ctx context.Context, site models.Site, source string) []models.Mention {
	if a.Finder == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	var out []models.Mention
	for i, acct := range text.FindMentions(source) {
		if !strings.Contains(acct, "@") || strings.HasSuffix(acct, "@"+site.Domain) || i >= maxLookups {
			continue // feature post knows who lives here
		}
		if who, err := a.Finder.Lookup(ctx, acct); err == nil && who.Active() {
			out = append(out, models.Mention{
				AccountID: who.ID, URI: who.URI, URL: who.URL, Acct: strings.TrimPrefix(who.Handle(site), "@"),
			})
		}
	}
	return out
}

// EditStatus is PUT /api/v1/statuses/:id. What is not sent stays as it is. The new
// version of a work of several hands waits for their consent; until then the old
// one is what everybody sees, and what is answered.
func (a *API) EditStatus(c *call.Call) (call.Handler, error) {
	mentions := a.mentioned(c.Ctx(), c.Site, c.Str("status"))
	return func(c *call.Call) (any, error) {
		p, err := a.own(c)
		if err != nil {
			return nil, err
		}
		d, err := redraft(c, p, mentions)
		if err != nil {
			return nil, err
		}
		if p.Collab == "" {
			_, err = post.Edit(c.Tx, c.Me, p, d)
			err = first(err, editPolicy(c, p))
		} else {
			err = reviseByURI(c, p.Collab, d)
		}
		if err != nil {
			return nil, err
		}
		return a.status(c, p.ID)
	}, nil
}

func reviseByURI(c *call.Call, uri models.IRI, d post.Draft) error {
	work, err := store.ByURI[models.Collab](c.Tx, uri)
	if err != nil {
		return err
	}
	return collab.Revise(c.Tx, c.Me, work, d)
}

// redraft is the draft that p was, with what was sent in its place.
func redraft(c *call.Call, p *models.Post, mentions []models.Mention) (post.Draft, error) {
	d := post.Draft{
		Text: p.Source, Summary: p.Summary, Sensitive: p.Sensitive, Language: p.Language,
		Visibility: p.Visibility, InReplyTo: p.InReplyToID, Mentions: append(mentions, p.Mentions...),
	}
	for _, m := range p.Attachments {
		d.Media = append(d.Media, m.MediaID)
	}
	if err := overlay(c, &d); err != nil { // a poll that is not sent goes, as Mastodon has it
		return d, err
	}
	return d, attributes(c)
}

// overlay puts what was sent into a draft.
func overlay(c *call.Call, d *post.Draft) error {
	if c.Has("status") {
		d.Text = c.Str("status")
	}
	if c.Has("spoiler_text") {
		d.Summary = c.Str("spoiler_text")
	}
	d.Sensitive = c.BoolOr("sensitive", d.Sensitive)
	if l := c.Str("language"); l != "" {
		d.Language = l
	}
	if c.Has("media_ids") {
		d.Media = c.IDs("media_ids")
	}
	if q := question(c); q != nil || len(d.Media) > 0 { // pictures take the place of a poll
		d.Poll = q
	}
	return unplanned(c)
}

// attributes gives one's pictures new descriptions, along with an edit.
func attributes(c *call.Call) error {
	for _, m := range c.Objects("media_attributes") {
		id, err := models.ParseID(m["id"])
		if err != nil {
			return err
		}
		media, err := store.One[models.Media](c.Tx, "id = ? AND account_id = ?", id, c.Me.ID)
		if err != nil {
			return err
		}
		description, sent := m["description"]
		if err := describe(media, description, sent, m["focus"]); err != nil {
			return err
		}
		if err := store.Put(c.Tx, media); err != nil {
			return err
		}
	}
	return nil
}

// DeleteStatus is DELETE /api/v1/statuses/:id. It gives back what was typed.
func (a *API) DeleteStatus(c *call.Call) (any, error) {
	p, err := a.own(c)
	if err != nil {
		return nil, err
	}
	v, err := a.status(c, p.ID)
	if err != nil {
		return nil, err
	}
	v.Text = &p.Source
	return v, collab.Delete(c.Tx, c.Me, p)
}

// own returns a post of the caller's.
func (a *API) own(c *call.Call) (*models.Post, error) {
	p, err := a.post(c)
	if err == nil && p.AccountID != c.Me.ID {
		err = noPost
	}
	return p, err
}

// post returns the post that the path names, if the caller may read it. The name
// of a boost means what was boosted.
func (a *API) post(c *call.Call) (*models.Post, error) { return readable(c, c.ID("id")) }

func readable(c *call.Call, id models.ID) (*models.Post, error) {
	p, err := store.Maybe[models.Post](c.Tx, "id = ?", id)
	if err != nil {
		return nil, err
	}
	if p == nil {
		if p, err = store.Maybe[models.Post](c.Tx, "id = (SELECT post_id FROM boosts WHERE id = ?)", id); err != nil {
			return nil, err
		}
	}
	if p == nil {
		return nil, noPost
	}
	ok, err := post.Visible(c.Tx, c.Me, p)
	if err != nil || !ok {
		return nil, first(err, noPost)
	}
	return p, nil
}

func first(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}
