package collab

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ensemble/activities/post"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/digest"
	"ensemble/models/store"
)

// A name is somebody to stand under a work.
type name struct {
	account *models.Account
	role    models.CollabRole
	label   models.CreditLabel
	stamp   models.IRI
}

// Digest returns what a co-author of n signs (ensemble/1 §3.2).
func Digest(n *models.Note) (string, error) {
	c := digest.Content{
		ID: n.URI, Authors: append([]models.IRI{n.Author}, n.Coauthors()...), Audience: slices.Concat(n.To, n.Cc),
		Content: digest.Optional(n.Content), InReplyTo: digest.Optional(string(n.InReplyTo)),
		Quote: digest.Optional(string(n.Quote)), Sensitive: n.Sensitive, Summary: n.Summary, Roles: map[models.IRI]string{},
	}
	if n.Summary != nil {
		c.Summary = digest.Optional(*n.Summary)
	}
	for _, a := range n.Attachments {
		c.Attachment = append(c.Attachment, digest.Attachment{
			Digest: digest.Optional(a.Digest), MediaType: digest.Optional(a.MediaType), Name: digest.Optional(a.Alt),
		})
	}
	for _, cl := range n.Claims {
		c.Roles[cl.Account] = string(cl.Role)
		if cl.Label != "" {
			c.Roles[cl.Account] += " " + string(cl.Label)
		}
	}
	if n.Poll != nil {
		c.Poll = &digest.Poll{Multiple: n.Poll.Multiple, Options: n.Poll.Titles()}
	}
	return c.Digest()
}

// bare returns n without the names that are claimed under it: no byline, no
// mention and no address that only they are the reason for.
func bare(n *models.Note) *models.Note {
	out := *n
	out.Content, _ = text.SplitByline(n.Content)
	gone := map[models.IRI]bool{}
	for _, c := range n.Claims {
		gone[c.Account] = true
	}
	out.Mentions = nil
	for _, m := range n.Mentions {
		if gone[m.URI] && strings.Contains(out.Content, `href="`+string(m.URL)+`"`) {
			delete(gone, m.URI) // the text names them too
		}
		if !gone[m.URI] {
			out.Mentions = append(out.Mentions, m)
		}
	}
	left := func(i models.IRI) bool { return gone[i] }
	out.To = slices.DeleteFunc(slices.Clone(n.To), left)
	out.Cc = slices.DeleteFunc(slices.Clone(n.Cc), left)
	out.Claims, out.Digest = nil, ""
	return &out
}

// named returns n under these names and no others.
func named(tx *store.Tx, n *models.Note, c *models.Collab, names []name) (*models.Note, error) {
	out := bare(n)
	out.Collab = c.URI
	var byline []text.Name
	var credits []text.Credit
	for _, who := range names {
		if who.role == models.RoleCoauthor {
			byline = append(byline, text.Name{URL: who.account.URL, Username: who.account.Username})
		} else {
			credits = append(credits, text.Credit{Name: text.Name{URL: who.account.URL, Username: who.account.Username}, Label: who.label})
		}
		out.Claims = append(out.Claims, models.Claim{Account: who.account.URI, Role: who.role, Label: who.label, Authorization: who.stamp})
		if !slices.ContainsFunc(out.Mentions, func(m models.Mention) bool { return m.URI == who.account.URI }) {
			out.Mentions = append(out.Mentions, post.MentionOf(tx, who.account))
		}
		if !slices.Contains(out.To, who.account.URI) && !slices.Contains(out.Cc, who.account.URI) {
			out.Cc = append(out.Cc, who.account.URI)
		}
	}
	out.Content = text.WithByline(out.Content, byline, n.Language, credits...)
	var err error
	out.Digest, err = Digest(out)
	return out, err
}

// sameWork reports whether b says what a says, under no name that a lacks: what
// somebody agreed to when they agreed to a. A credit is no author and may be added,
// unless it is that of a sponsor. The byline must be the plain one, so
// that no word can be slipped in there.
func sameWork(tx *store.Tx, c *models.Collab, a, b *models.Note) (bool, error) {
	had := map[models.IRI]models.Claim{}
	for _, cl := range a.Claims {
		had[cl.Account] = models.Claim{Account: cl.Account, Role: cl.Role, Label: cl.Label}
	}
	var names []name
	for _, cl := range b.Claims {
		who, err := store.Maybe[models.Account](tx, "uri = ?", cl.Account)
		if err != nil || who == nil {
			return false, err
		}
		old, named, err := stoodAs(tx, had, who)
		if err != nil {
			return false, err
		}
		isNew := !named && cl.Role == models.RoleCredit && cl.Label != models.CreditSponsor
		if !isNew && old != (models.Claim{Account: cl.Account, Role: cl.Role, Label: cl.Label}) {
			return false, nil
		}
		names = append(names, name{account: who, role: cl.Role, label: cl.Label})
	}
	before, err := Digest(bare(a))
	if err != nil {
		return false, err
	}
	after, err := Digest(bare(b))
	if err != nil || before != after {
		return false, err
	}
	plain, err := named(tx, b, c, names)
	if err != nil {
		return false, err
	}
	return plain.Content == b.Content && slices.Equal(sortedIRIs(plain), sortedIRIs(b)), nil
}

func sortedIRIs(n *models.Note) []models.IRI {
	set := map[models.IRI]bool{}
	for _, i := range slices.Concat(n.To, n.Cc) {
		set[i] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// hide takes c's uploads out of public reach: until publication they are seen by
// signed addresses alone.
func hide(tx *store.Tx, c *models.Collab, n *models.Note) error {
	for i := range n.Attachments {
		a := &n.Attachments[i]
		a.URL, a.PreviewURL = draftURL(c, a.MediaID), ""
		_, err := store.Set[models.Media](tx, map[string]any{"collab_id": c.ID, "position": i, "secret": ""},
			"id = ? AND post_id = 0", a.MediaID)
		if err != nil {
			return err
		}
	}
	return nil
}

// draftURL is where an invitee's server fetches an attachment of a draft, with a
// signed GET.
func draftURL(c *models.Collab, media models.ID) models.IRI {
	return models.IRI(fmt.Sprintf("%s/drafts/%d/%d", c.URI.Origin(), c.ID, media))
}

// show gives c's uploads public addresses, and puts them into n.
func show(tx *store.Tx, c *models.Collab, n *models.Note, p models.ID) error {
	for i := range n.Attachments {
		a := &n.Attachments[i]
		m, err := store.Maybe[models.Media](tx, "id = ?", a.MediaID)
		if err != nil {
			return err
		}
		if m == nil {
			continue
		}
		m.PostID, m.CollabID = p, c.ID
		if m.Secret == "" {
			m.Secret = post.Secret()
		}
		if err := store.Put(tx, m); err != nil {
			return err
		}
		fresh := post.AttachmentOf(tx.Site, m)
		a.URL, a.PreviewURL = fresh.URL, fresh.PreviewURL
	}
	return nil
}

// keepRevision writes down a version of c's work as the newest.
func keepRevision(tx *store.Tx, c *models.Collab, n *models.Note, source string, text int) (*models.Revision, error) {
	c.Revision++
	r := &models.Revision{
		ID: models.NewID(tx.Now), CollabID: c.ID, Number: c.Revision, Note: n, Source: source,
		Digest: n.Digest, Text: cmp.Or(text, c.Revision), CreatedAt: tx.Now,
	}
	return r, store.Put(tx, r)
}
