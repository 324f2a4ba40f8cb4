package post

import (
	"strings"
	"time"

	"ensemble/activities"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// Publish says d to the world, or to whomever its visibility lets in.
func Publish(tx *store.Tx, author *models.Account, d Draft) (*models.Post, error) {
	if err := author.Settled(); err != nil {
		return nil, err
	}
	consent, err := d.consider(tx, author)
	if err != nil {
		return nil, err
	}
	id := models.NewID(tx.Now)
	n, err := Compose(tx, author, d, NoteURI(author, id))
	if err != nil {
		return nil, err
	}
	n.Published, n.Policy = tx.Now, consent.policy
	p, err := Keep(tx, author, n, id)
	if err != nil {
		return nil, err
	}
	p.Source, p.AppID = d.Text, d.App
	if _, err := store.Set[models.Post](tx, map[string]any{"source": d.Text, "app_id": d.App}, "id = ?", p.ID); err != nil {
		return nil, err
	}
	if _, err := store.Set[models.Media](tx, map[string]any{"post_id": p.ID}, "id IN ? AND account_id = ?", append(d.Media, 0), author.ID); err != nil {
		return nil, err
	}
	if done, err := consent.seek(tx, author, p); err != nil || done {
		return p, err
	}
	if err := notifyMentioned(tx, author, p, n); err != nil {
		return nil, err
	}
	if n, err = Note(tx, p); err != nil {
		return nil, err
	}
	return p, Announce(tx, author, p, n, models.Create, nil)
}

// Announce tells peers that author created or updated the post p, whose note is n:
// its followers if it is meant for them, those it names, and also.
func Announce(tx *store.Tx, author *models.Account, p *models.Post, n *models.Note, verb models.Verb, also []*models.Account) error {
	to := activities.Audience{Followers: p.Visibility != models.VisDirect, To: also}
	for _, m := range p.Mentions {
		a, err := store.Maybe[models.Account](tx, "uri = ?", m.URI)
		if err != nil {
			return err
		}
		if a != nil {
			to.To = append(to.To, a)
		}
	}
	if p.InReplyToAccountID != 0 {
		a, err := store.Get[models.Account](tx, p.InReplyToAccountID)
		if err != nil {
			return err
		}
		if p.Visibility.Open() {
			to.To = append(to.To, a)
		}
	}
	if by, err := quotedAuthor(tx, p); err != nil || by != nil {
		if err != nil {
			return err
		}
		to.To = append(to.To, by)
	}
	act := &models.Activity{
		Verb: verb, To: n.To, Cc: n.Cc, Published: n.Published,
		Object: models.Object{URI: n.URI, Type: "Note", Note: n},
	}
	switch verb {
	case models.Create:
		act.URI = n.URI + "/activity"
	case models.Update:
		act.URI = activities.NewURI(author, "activities", models.NewID(tx.Now))
		act.Published = tx.Now
	}
	return activities.Say(tx, author, act, to)
}

// Keep writes down a post that is public from now on, or as far as its visibility
// goes: the row, its place in feeds, its tags and whom it names. n is as its
// author's server said it; what is kept of it is made safe.
func Keep(tx *store.Tx, author *models.Account, n *models.Note, id models.ID) (*models.Post, error) {
	p := &models.Post{
		ID: id, URI: n.URI, URL: n.URL, AccountID: author.ID, Local: author.Local(),
		InReplyToURI: n.InReplyTo, Context: n.Context, Collab: n.Collab, CreatedAt: tx.Now, PublishedAt: n.Published,
		Visibility: models.VisibilityOf(n.To, n.Cc, author.Followers),
	}
	if p.URL == "" {
		p.URL = n.URI
	}
	fill(tx, p, n)
	if err := rule(tx, author, p, n); err != nil {
		return nil, err
	}
	if err := activities.Learn(tx, author.URI, n.Emojis); err != nil {
		return nil, err
	}
	if err := thread(tx, p); err != nil {
		return nil, err
	}
	if err := add(tx, p); err != nil {
		return nil, err
	}
	if err := ask(tx, p, n); err != nil {
		return nil, err
	}
	if err := feed(tx, p); err != nil {
		return nil, err
	}
	if err := index(tx, p); err != nil {
		return nil, err
	}
	if err := card(tx, p); err != nil {
		return nil, err
	}
	if err := Search(tx, p); err != nil {
		return nil, err
	}
	if err := adopt(tx, p); err != nil {
		return nil, err
	}
	_, err := store.Set[models.Account](tx, map[string]any{
		"posts_count": store.Expr("posts_count + 1"), "last_post_at": tx.Now,
	}, "id = ?", author.ID)
	return p, err
}

// add writes p down. Where its ID is another's, which happens among the many of one
// millisecond, it takes the next that sorts by when it was published.
func add(tx *store.Tx, p *models.Post) error {
	for range 100 {
		top := p.ThreadID == p.ID
		if isNew, err := store.Add(tx, p); err != nil || isNew {
			return err
		}
		taken, err := store.Any[models.Post](tx, "uri = ?", p.URI)
		if err != nil {
			return err
		}
		if taken || p.Local { // the ID of ours is in its name
			return models.Errorf(models.Conflict, "%s is here already", p.URI)
		}
		if p.ID = models.IDAt(p.PublishedAt); top {
			p.ThreadID = p.ID
		}
	}
	return models.Errorf(models.Conflict, "no ID is free at %s", p.PublishedAt)
}

// fill puts what n says into p, made safe.
func fill(tx *store.Tx, p *models.Post, n *models.Note) {
	p.Content = n.Content
	if !p.Local {
		p.Content = text.Sanitize(n.Content)
	}
	p.Summary = ""
	if n.Summary != nil {
		p.Summary = text.Line(*n.Summary, MaxChars)
	}
	if !p.Local {
		p.Policy = n.Policy
	}
	p.Sensitive = n.Sensitive || p.Summary != ""
	p.Language = n.Language
	p.Attachments = nil
	for _, a := range n.Attachments {
		if !p.Local { // what is ours is as it was agreed to, to the letter
			a.Alt = text.Line(a.Alt, 4*MaxAlt)
		}
		if a.URL != "" && (p.Local || a.URL.Origin() != "") {
			p.Attachments = append(p.Attachments, a)
		}
	}
	mentions := n.Mentions
	p.Mentions, p.Tags = nil, n.Tags
	if most := tx.Site.Most(); !p.Local {
		mentions, p.Tags, p.Attachments = upTo(most.Mentions, mentions), upTo(most.Tags, p.Tags), upTo(most.Attachments, p.Attachments)
	}
	for _, m := range mentions {
		if a, err := store.Maybe[models.Account](tx, "uri = ?", m.URI); err == nil && a != nil {
			m = MentionOf(tx, a)
		}
		p.Mentions = append(p.Mentions, m)
	}
}

func upTo[T any](n int, all []T) []T { return all[:min(n, len(all))] }

func thread(tx *store.Tx, p *models.Post) error {
	p.ThreadID = p.ID
	if p.InReplyToURI == "" {
		return nil
	}
	parent, err := store.Maybe[models.Post](tx, "uri = ?", p.InReplyToURI)
	if err != nil || parent == nil {
		return err
	}
	p.InReplyToID, p.InReplyToAccountID, p.ThreadID = parent.ID, parent.AccountID, parent.ThreadID
	_, err = store.Set[models.Post](tx, map[string]any{"replies_count": store.Expr("replies_count + 1")}, "id = ? AND NOT counted", parent.ID)
	return err
}

func feed(tx *store.Tx, p *models.Post) error {
	e := Entry(p, p.AccountID, models.FeedPost)
	Appear(tx, p, e)
	return store.Put(tx, e)
}

// Entry returns the row that puts p in front of account's followers as its own.
func Entry(p *models.Post, account models.ID, kind models.FeedKind) *models.Feed {
	return &models.Feed{
		ID: p.ID, AccountID: account, PostID: p.ID, Kind: kind, Visibility: p.Visibility, AuthorID: p.AccountID,
		Reply: p.InReplyToURI != "" && p.InReplyToAccountID != p.AccountID, Media: len(p.Attachments) > 0,
	}
}

func index(tx *store.Tx, p *models.Post) error {
	var tags []models.PostTag
	for _, t := range p.Tags {
		tags = append(tags, models.PostTag{Tag: strings.ToLower(t), PostID: p.ID})
	}
	if err := store.AddAll(tx, tags); err != nil {
		return err
	}
	if err := tagged(tx, p); err != nil {
		return err
	}
	var named []models.PostMention
	for _, m := range p.Mentions {
		if m.AccountID != 0 {
			named = append(named, models.PostMention{PostID: p.ID, AccountID: m.AccountID})
		}
	}
	return store.AddAll(tx, named)
}

// Rewrite puts a new version of the note in place of the old one, which goes into
// the post's history. Only a newer version is taken.
func Rewrite(tx *store.Tx, p *models.Post, n *models.Note) error {
	before := &models.PostEdit{
		ID: models.NewID(tx.Now), PostID: p.ID, Content: p.Content, Summary: p.Summary,
		Sensitive: p.Sensitive, Attachments: p.Attachments, At: p.PublishedAt,
	}
	if p.EditedAt != nil {
		before.At = *p.EditedAt
	}
	fill(tx, p, n)
	if err := activities.Learn(tx, n.Author, n.Emojis); err != nil {
		return err
	}
	question, asksAnew, err := reask(tx, p, n)
	if err != nil {
		return err
	}
	before.Poll = question
	at := n.Updated
	if at.IsZero() {
		at = tx.Now
	}
	if same(before, p) && !asksAnew {
		at = time.Time{} // only names or counts changed: no edit that a reader should see
	}
	if !at.IsZero() {
		if err := store.Put(tx, before); err != nil {
			return err
		}
		p.EditedAt = &at
	}
	if err := store.Put(tx, p); err != nil {
		return err
	}
	if _, err := store.Delete[models.PostTag](tx, "post_id = ?", p.ID); err != nil {
		return err
	}
	if _, err := store.Delete[models.PostMention](tx, "post_id = ?", p.ID); err != nil {
		return err
	}
	if err := untagged(tx, p); err != nil {
		return err
	}
	if err := index(tx, p); err != nil {
		return err
	}
	if err := preview(tx, p); err != nil {
		return err
	}
	if err := Search(tx, p); err != nil {
		return err
	}
	store.Stream(tx, models.StreamEvent{Kind: models.StreamEdit, Post: p.ID})
	_, err = store.Set[models.Feed](tx, map[string]any{"media": len(p.Attachments) > 0}, "post_id = ?", p.ID)
	return err
}

// Picture writes down where p's attachments are.
func Picture(tx *store.Tx, p *models.Post) error {
	_, err := store.Change(tx, &models.Post{ID: p.ID, Attachments: p.Attachments}, "attachments")
	return err
}

func same(e *models.PostEdit, p *models.Post) bool {
	was, _ := text.SplitByline(e.Content)
	is, _ := text.SplitByline(p.Content)
	if text.StripQuoted(was) != text.StripQuoted(is) || e.Summary != p.Summary || e.Sensitive != p.Sensitive || len(e.Attachments) != len(p.Attachments) {
		return false
	}
	for i, a := range e.Attachments {
		b := p.Attachments[i]
		if a.Alt != b.Alt || a.Digest != b.Digest || a.Digest == "" && a.URL != b.URL {
			return false
		}
	}
	return true
}

// Edit gives an ordinary post of author's a new text. What is written together is
// edited by collab.Revise.
func Edit(tx *store.Tx, author *models.Account, p *models.Post, d Draft) (*models.Post, error) {
	p, err := store.Hold[models.Post](tx, p.ID)
	if err != nil {
		return nil, err
	}
	if p.AccountID != author.ID || !p.Local {
		return nil, models.Errorf(models.NotFound, "there is no such post of yours")
	}
	d.Visibility, d.InReplyTo = p.Visibility, 0
	n, err := Compose(tx, author, d, p.URI)
	if err != nil {
		return nil, err
	}
	n.InReplyTo, n.Published, n.Updated = p.InReplyToURI, p.PublishedAt, tx.Now
	p.Source = d.Text
	if err := Rewrite(tx, p, n); err != nil {
		return nil, err
	}
	if _, err := store.Set[models.Media](tx, map[string]any{"post_id": p.ID}, "id IN ? AND account_id = ?", append(d.Media, 0), author.ID); err != nil {
		return nil, err
	}
	if d.Poll != nil && d.Poll.Lasts > 0 {
		if err := prolong(tx, p, d.Poll.Lasts); err != nil {
			return nil, err
		}
	}
	if err := notifyBoosters(tx, author, p); err != nil {
		return nil, err
	}
	if err := notifyQuoters(tx, author, p); err != nil {
		return nil, err
	}
	full, err := Note(tx, p)
	if err != nil {
		return nil, err
	}
	return p, Announce(tx, author, p, full, models.Update, nil)
}

func notifyBoosters(tx *store.Tx, author *models.Account, p *models.Post) error {
	boosts, err := store.Find[models.Boost](tx, "post_id = ? AND account_id IN (SELECT account_id FROM users)", p.ID)
	if err != nil {
		return err
	}
	for _, b := range boosts {
		if err := activities.Notify(tx, models.Notification{AccountID: b.AccountID, FromID: author.ID, Type: models.NoteUpdate, PostID: p.ID}); err != nil {
			return err
		}
	}
	return nil
}
