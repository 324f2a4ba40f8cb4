package post

import (
	"time"

	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// Import puts a copy of what author said elsewhere on their profile here, at the time
// at which they said it: once, and quietly. Nobody is told, here or elsewhere; nobody
// but the author is named; and it is no more open than v. uploads are the files in it.
// The copy is nil where it is here already.
func Import(tx *store.Tx, author *models.Account, n *models.Note, v models.Visibility, uploads []*models.Media) (*models.Post, error) {
	from := n.URI
	switch here, err := store.Any[models.Post](tx, "account_id = ? AND imported_from = ? AND imported_from <> ''", author.ID, from); {
	case err != nil || here:
		return nil, err
	case n.Published.IsZero() || n.Published.After(tx.Now):
		return nil, models.Refuse(models.Invalid, "import_no_date", "the post does not say when it was published")
	}
	id, err := free(tx, n.Published)
	if err != nil {
		return nil, err
	}
	c, err := copied(tx, author, n, NoteURI(author, id))
	if err != nil {
		return nil, err
	}
	c.To, c.Cc = audience(author, v, nil)
	for _, m := range uploads {
		c.Attachments = append(c.Attachments, AttachmentOf(tx.Site, m))
		m.PostID = 0
	}
	last := author.LastPostAt
	p, err := Keep(tx, author, c, id)
	if err != nil {
		return nil, err
	}
	for _, m := range uploads {
		m.PostID = p.ID
		if err := store.Put(tx, m); err != nil {
			return nil, err
		}
	}
	if last == nil || last.Before(n.Published) {
		last = &n.Published
	}
	if _, err := store.Set[models.Account](tx, map[string]any{"last_post_at": *last}, "id = ?", author.ID); err != nil {
		return nil, err
	}
	p.ImportedFrom = from
	_, err = store.Set[models.Post](tx, map[string]any{"imported_from": from, "source": text.Plain(c.Content)}, "id = ?", p.ID)
	return p, err
}

// copied is what is taken over of n: words, tags and what it answers, if that was said
// by author too, as it is called here. A line of names is left out, for none of them
// agreed to stand here.
func copied(tx *store.Tx, author *models.Account, n *models.Note, uri models.IRI) (*models.Note, error) {
	body, _ := text.SplitByline(n.Content)
	c := &models.Note{
		URI: uri, URL: pageOf(author, uri), Author: author.URI, Content: text.Sanitize(text.StripQuoted(body)), Summary: n.Summary,
		Sensitive: n.Sensitive, Language: n.Language, Tags: n.Tags[:min(len(n.Tags), tx.Site.Most().Tags)], InReplyTo: n.InReplyTo,
		Published: n.Published, Context: uri + "/context",
	}
	if n.InReplyTo == "" {
		return c, nil
	}
	parent, err := store.Maybe[models.Post](tx, "account_id = ? AND imported_from = ? AND imported_from <> ''", author.ID, n.InReplyTo)
	if err == nil && parent != nil {
		c.InReplyTo = parent.URI
		c.Context, err = conversation(tx, parent)
	}
	return c, err
}

// free returns an ID that sorts by when a post was published, and is nobody's.
func free(tx *store.Tx, published time.Time) (models.ID, error) {
	for {
		id := models.IDAt(published)
		taken, err := store.Any[models.Post](tx, "id = ?", id)
		if err != nil || !taken {
			return id, err
		}
	}
}
