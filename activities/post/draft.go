// Package post is the trunk that the features lean on: saying something to the
// world, changing it, taking it back, and taking in what others say.
package post

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"ensemble/activities"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// Limits on what a person here may write. They are published to clients.
const (
	MaxChars = 5000 // of text and content warning together, in code points
	MaxAlt   = 1500 // code points
)

// A Draft is what a person here wants to say. Mentions are those of the accounts
// named in Text that were found; the network was asked before the transaction.
type Draft struct {
	Text       string
	Summary    string // content warning
	Sensitive  bool
	Language   string // BCP 47
	Visibility models.Visibility
	InReplyTo  models.ID
	Media      []models.ID
	Mentions   []models.Mention
	Poll       *models.Question
	Quote      models.ID           // a post that it quotes
	Derivation string              // models.Duet if it is made with that
	Quotes     *models.QuotePolicy // who may quote it; nil: as its author has chosen for all
	Duets      *models.QuotePolicy
	App        models.ID // by which it is written, 0 if that is not known
}

func (d *Draft) check(most models.Limits) error {
	switch n := utf8.RuneCountInString(d.Text) + utf8.RuneCountInString(d.Summary); {
	case !d.Visibility.Valid():
		return models.Errorf(models.Invalid, "a post is public, unlisted, private or direct, not %q", d.Visibility)
	case strings.TrimSpace(d.Text) == "" && len(d.Media) == 0:
		return models.Refuse(models.Invalid, "empty_post", "a post needs words or a picture")
	case n > MaxChars:
		return models.Refuse(models.Invalid, "too_long", "this text has %d characters, and a post has at most %d", n, MaxChars)
	case len(d.Media) > most.Uploads:
		return models.Refuse(models.Invalid, "too_many_files", "a post has at most %d attachments", most.Uploads)
	case d.Poll != nil && len(d.Media) > 0:
		return models.Refuse(models.Invalid, "poll_and_media", "a post has a poll or attachments, not both")
	case d.Poll != nil:
		return d.Poll.Check()
	}
	return nil
}

// Compose turns a draft into the note it would be, under the name uri. It changes
// nothing. The note has no byline: that is for collab to add.
func Compose(tx *store.Tx, author *models.Account, d Draft, uri models.IRI) (*models.Note, error) {
	if err := d.check(tx.Site.Most()); err != nil {
		return nil, err
	}
	r := text.Render(d.Text, tx.Site, func(acct string) (*models.Mention, bool) { return known(tx, d.Mentions, acct) })
	n := &models.Note{
		URI: uri, URL: pageOf(author, uri), Author: author.URI, Content: r.HTML, Language: d.Language,
		Sensitive: d.Sensitive || d.Summary != "", Mentions: r.Mentions, Tags: r.Tags,
		Context: uri + "/context",
	}
	if n.Poll = d.Poll; d.Poll != nil {
		n.Type = "Question"
	}
	if s := text.Line(d.Summary, MaxChars); s != "" {
		n.Summary = &s
	}
	var err error
	if n.Attachments, err = attachments(tx, author, d.Media, uri); err != nil {
		return nil, err
	}
	if d.InReplyTo != 0 {
		if err := reply(tx, author, n, d.InReplyTo); err != nil {
			return nil, err
		}
	}
	if n.Emojis, err = emojis(tx, n); err != nil {
		return nil, err
	}
	n.To, n.Cc = audience(author, d.Visibility, n.Mentions)
	n.Likes, n.Shares, n.Replies = tally(uri, "likes", 0), tally(uri, "shares", 0), tally(uri, "replies", 0)
	return n, nil
}

func known(tx *store.Tx, mentions []models.Mention, acct string) (*models.Mention, bool) {
	name, domain, _ := strings.Cut(strings.ToLower(acct), "@")
	if domain == "" {
		domain = tx.Site.Domain
	}
	whole := name + "@" + domain
	for _, m := range mentions {
		if strings.ToLower(m.Acct) == whole {
			return &m, true
		}
	}
	if domain == tx.Site.Domain {
		domain = ""
	}
	a, err := store.Maybe[models.Account](tx, "lower(username) = ? AND domain = ? AND state = 'active' AND NOT system", name, domain)
	if err != nil || a == nil {
		return nil, false
	}
	m := MentionOf(tx, a)
	return &m, true
}

// MentionOf returns how a post names a.
func MentionOf(tx *store.Tx, a *models.Account) models.Mention {
	return models.Mention{AccountID: a.ID, URI: a.URI, URL: a.URL, Acct: strings.TrimPrefix(a.Handle(tx.Site), "@")}
}

func attachments(tx *store.Tx, author *models.Account, ids []models.ID, uri models.IRI) ([]models.Attachment, error) {
	var out []models.Attachment
	for _, id := range ids {
		m, err := store.Maybe[models.Media](tx, "id = ? AND account_id = ?", id, author.ID)
		switch {
		case err != nil:
			return nil, err
		case m == nil:
			return nil, noMedia(id)
		case m.State == models.MediaFailed:
			return nil, models.Refuse(models.Invalid, "media_failed", "upload %d cannot be shown: %s", id, m.Error)
		case m.State != models.MediaReady:
			return nil, models.Refuse(models.Invalid, "media_not_ready", "Cannot attach files that have not finished processing. Try again in a moment!")
		}
		if other, err := store.Any[models.Post](tx, "id = ? AND uri <> ?", m.PostID, uri); err != nil || other {
			return nil, cmp.Or(err, noMedia(id))
		}
		out = append(out, AttachmentOf(tx.Site, m))
	}
	return out, nil
}

func noMedia(id models.ID) error {
	return models.Refuse(models.Invalid, "media_not_found", "Media %d not found or already attached to another post", id)
}

// AttachmentOf returns how a post shows an upload that has a public address.
func AttachmentOf(site models.Site, m *models.Media) models.Attachment {
	a := models.Attachment{
		MediaID: m.ID, Kind: m.Kind, MediaType: m.ContentType, Alt: m.Alt, Blurhash: m.Blurhash,
		Width: m.Width, Height: m.Height, FocusX: m.FocusX, FocusY: m.FocusY, Duration: m.Duration, Digest: m.Digest,
		URL: MediaURL(site, m, "original"), SmallWidth: m.ThumbWidth, SmallHeight: m.ThumbHeight, Stream: m.Stream,
	}
	if m.ThumbKey != "" { // a sound need not have one
		a.PreviewURL = MediaURL(site, m, "small")
	}
	return a
}

// MediaURL returns the public address of an upload, in that size: original or
// small. It is "" while the upload has none.
func MediaURL(site models.Site, m *models.Media, size string) models.IRI {
	key := m.Key
	if size == "small" && m.ThumbKey != "" {
		key = m.ThumbKey
	}
	if m.Secret == "" || key == "" {
		return ""
	}
	ext := ""
	if i := strings.LastIndexByte(key, '.'); i >= 0 {
		ext = key[i:]
	}
	return site.IRI(fmt.Sprintf("/media/%d/%s/%s%s", m.ID, m.Secret, size, ext))
}

func reply(tx *store.Tx, author *models.Account, n *models.Note, to models.ID) error {
	parent, err := store.Get[models.Post](tx, to)
	if err != nil {
		return err
	}
	if ok, err := Visible(tx, author, parent); err != nil || !ok {
		return models.Errorf(models.NotFound, "the post you answer is not there")
	}
	by, err := store.Get[models.Account](tx, parent.AccountID)
	if err != nil {
		return err
	}
	if blocked, err := activities.Blocked(tx, author.ID, by.ID); err != nil || blocked {
		return models.Errorf(models.Forbidden, "you cannot answer %s", by.Name())
	}
	n.InReplyTo = parent.URI
	n.Context, err = conversation(tx, parent)
	return err
}

func audience(author *models.Account, v models.Visibility, mentions []models.Mention) (to, cc []models.IRI) {
	var named []models.IRI
	for _, m := range mentions {
		if !slices.Contains(named, m.URI) {
			named = append(named, m.URI)
		}
	}
	switch v {
	case models.VisPublic:
		return []models.IRI{models.Public}, append([]models.IRI{author.Followers}, named...)
	case models.VisUnlisted:
		return []models.IRI{author.Followers}, append([]models.IRI{models.Public}, named...)
	case models.VisFollowers:
		return append([]models.IRI{author.Followers}, named...), nil
	default:
		return named, nil
	}
}

func tally(uri models.IRI, name string, n int) *models.Tally {
	return &models.Tally{URI: uri + models.IRI("/"+name), Total: n}
}

// pageOf returns the address of the page where people read the note uri.
func pageOf(author *models.Account, uri models.IRI) models.IRI {
	s := string(uri)
	return models.IRI(author.URI.Origin() + "/@" + author.Username + s[strings.LastIndexByte(s, '/'):])
}

// NoteURI returns the address of a note of author, who lives here.
func NoteURI(author *models.Account, id models.ID) models.IRI {
	return models.IRI(fmt.Sprintf("%s/notes/%d", author.URI, id))
}
