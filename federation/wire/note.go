package wire

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-fed/activity/streams"
	"github.com/go-fed/activity/streams/vocab"

	"ensemble/models"
)

// A post is a Note of ours, with what go-fed has no property for.
type post struct {
	vocab.ActivityStreamsNote
	name  string
	extra map[string]any
}

// GetTypeName returns Note, or what else the post is.
func (p post) GetTypeName() string { return p.name }

// Serialize returns what go-fed writes, with our type and our extras.
func (p post) Serialize() (map[string]any, error) {
	m, err := p.ActivityStreamsNote.Serialize()
	return seal(m, p.name, p.extra), err
}

// EncodeNote writes a Note as served on GET. standalone adds the @context; without
// it the bytes are a part for a greater document.
func EncodeNote(n *models.Note, form models.Form, standalone bool) ([]byte, error) {
	var context any
	if standalone {
		context = inlined
	}
	return document(newNote(n, form, false), context)
}

// newNote makes a Note in a form (ensemble/1, fact 1). A draft is the work of a
// Collaboration, and says only what C1 says.
func newNote(n *models.Note, form models.Form, draft bool) post {
	if n.Name != "" {
		return newBallot(n)
	}
	p := post{streams.NewActivityStreamsNote(), orElse(n.Type, "Note"), map[string]any{}}
	p.SetJSONLDId(jsonID(n.URI))
	p.SetActivityStreamsContent(content(n.Content))
	if n.URL != "" {
		p.SetActivityStreamsUrl(webPage(n.URL))
	}
	if n.InReplyTo != "" {
		reply := streams.NewActivityStreamsInReplyToProperty()
		reply.AppendIRI(href(n.InReplyTo))
		p.SetActivityStreamsInReplyTo(reply)
	}
	if n.Context != "" {
		thread := streams.NewActivityStreamsContextProperty()
		thread.AppendIRI(href(n.Context))
		p.SetActivityStreamsContext(thread)
	}
	putList(p.extra, "to", n.To)
	putList(p.extra, "cc", n.Cc)
	putList(p.extra, "attachment", sayAttachments(n.Attachments))
	putList(p.extra, "tag", sayTags(n))
	putTime(p.extra, "published", n.Published)
	putTime(p.extra, "updated", n.Updated)
	p.extra["sensitive"] = n.Sensitive
	if n.Summary != nil {
		p.extra["summary"] = *n.Summary
	}
	sayLanguages(p.extra, n)
	sayAuthors(p, n, form, draft)
	sayQuotes(p.extra, n)
	sayQuestion(p.extra, n.Poll, draft)
	sayTally(p.extra, "likes", n.Likes)
	sayTally(p.extra, "shares", n.Shares)
	sayTally(p.extra, "replies", n.Replies)
	return p
}

// sayAuthors writes who wrote it, and whose consent is where. A credit is named
// in collaborators[], and is no author (ensemble/1 §3.1).
func sayAuthors(p post, n *models.Note, form models.Form, draft bool) {
	p.SetActivityStreamsAttributedTo(attributedTo(n.Author))
	switch coauthors := n.Coauthors(); {
	case len(coauthors) == 0 || form == models.FormScalar:
	case form == models.FormArray:
		p.extra["attributedTo"] = append([]models.IRI{n.Author}, coauthors...)
	default:
		p.extra["coAttributedTo"] = coauthors
	}
	if !draft || slices.ContainsFunc(n.Claims, func(c models.Claim) bool {
		return c.Role != models.RoleCoauthor || c.Label != "" || c.Authorization != ""
	}) {
		putList(p.extra, "collaborators", sayClaims(n.Claims))
	}
	put(p.extra, "collaboration", n.Collab)
	put(p.extra, "contentDigest", n.Digest)
	if n.Suspended {
		p.extra["collaborationStatus"] = statusSuspended
	}
}

func sayClaims(claims []models.Claim) []map[string]any {
	var out []map[string]any
	for _, c := range claims {
		m := map[string]any{"type": typeCollaborator, "collaborator": c.Account, "role": c.Role}
		put(m, "authorization", c.Authorization)
		put(m, "creditedAs", c.Label)
		put(m, "formerly", c.Former)
		out = append(out, m)
	}
	return out
}

func sayLanguages(m map[string]any, n *models.Note) {
	all := map[string]string{}
	for tag, text := range n.ContentMap {
		all[tag] = text
	}
	if n.Language != "" {
		all[n.Language] = n.Content
	}
	if len(all) > 0 {
		m["contentMap"] = all
	}
	if n.Summary != nil && *n.Summary != "" && n.Language != "" {
		m["summaryMap"] = map[string]string{n.Language: *n.Summary}
	}
}

func sayTally(m map[string]any, key string, t *models.Tally) {
	if t == nil {
		return
	}
	c := map[string]any{"id": t.URI, "type": string(Unordered)}
	if t.Total >= 0 {
		c["totalItems"] = t.Total
	}
	m[key] = c
}

func sayTags(n *models.Note) []map[string]any {
	var out []map[string]any
	for _, m := range n.Mentions {
		tag := map[string]any{"type": "Mention", "href": m.URI}
		if m.Acct != "" {
			tag["name"] = "@" + m.Acct
		}
		out = append(out, tag)
	}
	for _, t := range n.Tags {
		page := n.URI.Origin() + "/tags/" + url.PathEscape(strings.ToLower(t))
		out = append(out, map[string]any{"type": "Hashtag", "href": page, "name": "#" + t})
	}
	if n.Quote != "" {
		out = append(out, quoteTag(n.Quote))
	}
	return append(out, sayEmojis(n.Emojis)...)
}

// sayAttachments writes pictures, films, and all else as Documents: Pixelfed
// takes no others, nor an empty blurhash, nor a size of zero (ensemble/1, fact 9).
func sayAttachments(all []models.Attachment) []map[string]any {
	var out []map[string]any
	for _, a := range all {
		m := map[string]any{"type": attachmentType(a.Kind), "url": a.URL}
		put(m, "mediaType", a.MediaType)
		put(m, "name", a.Alt)
		put(m, "blurhash", a.Blurhash)
		put(m, "digestMultibase", a.Digest)
		if a.Width > 0 && a.Height > 0 {
			m["width"], m["height"] = a.Width, a.Height
		}
		if a.FocusX != 0 || a.FocusY != 0 {
			m["focalPoint"] = []float64{a.FocusX, a.FocusY}
		}
		if a.Duration > 0 {
			m["duration"] = duration(a.Duration)
		}
		out = append(out, m)
	}
	return out
}

func duration(seconds float64) string {
	return "PT" + strconv.FormatFloat(seconds, 'f', -1, 64) + "S"
}

func attachmentType(kind string) string {
	switch kind {
	case "image":
		return "Image"
	case "video", "gifv":
		return "Video"
	}
	return "Document"
}
