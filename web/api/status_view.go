package api

import (
	"net/url"
	"slices"
	"strings"

	"ensemble/activities/confirm"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// statusJSON is Mastodon's Status, and what we add to it.
type statusJSON struct {
	ID                 models.ID          `json:"id,string"`
	CreatedAt          moment             `json:"created_at"`
	InReplyToID        *models.ID         `json:"in_reply_to_id,string"`
	InReplyToAccountID *models.ID         `json:"in_reply_to_account_id,string"`
	Sensitive          bool               `json:"sensitive"`
	SpoilerText        string             `json:"spoiler_text"`
	Visibility         models.Visibility  `json:"visibility"`
	Language           *string            `json:"language"`
	URI                models.IRI         `json:"uri"`
	URL                models.IRI         `json:"url"`
	RepliesCount       int                `json:"replies_count"`
	ReblogsCount       int                `json:"reblogs_count"`
	FavouritesCount    int                `json:"favourites_count"`
	QuotesCount        int                `json:"quotes_count"`
	EditedAt           *moment            `json:"edited_at"`
	ImportedFrom       models.IRI         `json:"imported_from,omitempty"` // ours: it is a copy that its author brought along
	Favourited         bool               `json:"favourited"`
	Reblogged          bool               `json:"reblogged"`
	Muted              bool               `json:"muted"`
	Bookmarked         bool               `json:"bookmarked"`
	Pinned             *bool              `json:"pinned,omitempty"` // of one's own
	Content            string             `json:"content"`
	Text               *string            `json:"text,omitempty"` // of a post that was just deleted
	Filtered           []filterResultJSON `json:"filtered"`
	Reblog             *statusJSON        `json:"reblog"`
	Application        *applicationJSON   `json:"application"`
	Account            accountJSON        `json:"account"`
	MediaAttachments   []attachmentJSON   `json:"media_attachments"`
	Mentions           []mentionJSON      `json:"mentions"`
	Tags               []tagJSON          `json:"tags"`
	Emojis             []emojiJSON        `json:"emojis"`
	Card               *cardJSON          `json:"card"`
	Poll               *pollJSON          `json:"poll"`
	Quote              any                `json:"quote"`
	QuoteApproval      quoteApprovalJSON  `json:"quote_approval"`
	Approval           *approvalJSON      `json:"approval,omitempty"` // ours: of a reply that needs it
	Requests           []approvalJSON     `json:"requests,omitempty"` // ours: what the reader asked of its author
	Reactions          []reactionJSON     `json:"reactions"`
	Coauthors          []coauthorJSON     `json:"coauthors"`
	Partnership        *partnershipJSON   `json:"paid_partnership"`
	Confirmed          []confirmationJSON `json:"confirmed"` // ours: credits without a stamp
	Collab             *jointJSON         `json:"collab"`
}

type mentionJSON struct {
	ID       models.ID  `json:"id,string"`
	Username string     `json:"username"`
	URL      models.IRI `json:"url"`
	Acct     string     `json:"acct"`
}

type tagJSON struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// coauthorJSON is somebody who consented to being named.
type coauthorJSON struct {
	Account    accountJSON        `json:"account"`
	Role       models.CollabRole  `json:"role"`
	CreditAs   models.CreditLabel `json:"credit_as"`    // of a credit: what for, "" if it does not say
	CreditText string             `json:"credit_label"` // the same in a word for people
	State      string             `json:"state"`        // accepted: no others are shown
	AcceptedAt *moment            `json:"accepted_at"`
	Stamp      models.IRI         `json:"stamp"` // where the consent can be checked
}

// jointJSON tells of a Status that it has several authors. ID is that of the
// collab here, for its own people alone.
type jointJSON struct {
	ID        *models.ID         `json:"id,string"`
	URI       models.IRI         `json:"uri"`
	State     models.CollabState `json:"state"`
	Revision  int                `json:"revision"`
	Verified  bool               `json:"verified"`  // every name that is claimed holds
	Truncated bool               `json:"truncated"` // more hold, or are claimed, than can be shown
	Claimed   int                `json:"claimed"`   // how many names the post claims beside its author's
}

type attachmentJSON struct {
	ID          string      `json:"id"`
	Type        string      `json:"type"`
	URL         *models.IRI `json:"url"`
	PreviewURL  *models.IRI `json:"preview_url"`
	RemoteURL   *models.IRI `json:"remote_url"`
	RemoteSmall *models.IRI `json:"preview_remote_url"`
	TextURL     *models.IRI `json:"text_url"`
	Meta        metaJSON    `json:"meta"`
	Description *string     `json:"description"`
	Blurhash    *string     `json:"blurhash"`
	State       string      `json:"state,omitempty"` // ours, while it is not ready
}

// shown is a page of posts with all that their views need.
type shown struct {
	call     *call.Call
	posts    map[models.ID]*models.Post
	accounts map[models.ID]*models.Account
	moved    map[models.ID]*accountJSON // where accounts live now
	boosts   map[models.ID]*models.Boost
	apps     map[models.ID]*models.App
	names    map[models.ID][]*models.Author // that hold, by post
	claimed  map[models.ID]int              // names, by post
	marks    map[store.Mark]bool
	more     map[string][]models.ID // posts that have it, by store.Mark.What
	cards    map[models.ID]*models.Card
	seats    map[models.IRI]store.Seat
	polls    map[models.ID]*models.Poll
	ballots  map[models.ID][]int // what the reader chose
	consents consents
	most     int // names that are shown
	byline   bool

	reactions     map[models.ID][]reactionJSON
	confirmations map[models.ID][]confirm.Standing
}

func (s *shown) view(e store.Entry) (statusJSON, bool) {
	p := s.posts[e.PostID]
	if p == nil || !s.active(p.AccountID) {
		return statusJSON{}, false
	}
	inner := s.post(p)
	if e.Kind != models.FeedBoost {
		return inner, true
	}
	b := s.boosts[e.ID]
	if b == nil || !s.active(b.AccountID) {
		return statusJSON{}, false
	}
	return s.boost(b, inner), true
}

// boost wraps a post the way Mastodon does: in a status of its own, by whoever
// passed it on.
func (s *shown) boost(b *models.Boost, inner statusJSON) statusJSON {
	v := inner
	v.ID, v.CreatedAt, v.URI, v.URL = b.ID, moment(b.CreatedAt), b.URI, b.URI
	v.InReplyToID, v.InReplyToAccountID, v.EditedAt, v.Pinned = nil, nil, nil, nil
	v.Account = s.who(b.AccountID)
	v.Coauthors, v.Collab, v.Partnership, v.Confirmed = []coauthorJSON{}, nil, nil, []confirmationJSON{}
	v.Reblog = &inner
	return v
}

// who shows an account, and beside it the one that it is now.
func (s *shown) who(id models.ID) accountJSON {
	v := accountView(s.call.Site, s.accounts[id])
	v.Moved = s.moved[id]
	return v
}

func (s *shown) active(id models.ID) bool { return s.accounts[id] != nil && s.accounts[id].Active() }

func (s *shown) post(p *models.Post) statusJSON {
	v := statusJSON{
		ID: p.ID, CreatedAt: moment(p.PublishedAt), InReplyToID: optional(p.InReplyToID),
		InReplyToAccountID: optional(p.InReplyToAccountID), Sensitive: p.Sensitive, SpoilerText: p.Summary,
		Visibility: p.Visibility, Language: orNull(p.Language), URI: p.URI, URL: p.URL, RepliesCount: p.RepliesCount,
		ReblogsCount: p.BoostsCount, FavouritesCount: p.LikesCount, EditedAt: momentOf(p.EditedAt), ImportedFrom: p.ImportedFrom, Content: p.Content,
		Favourited: s.marks[store.Mark{PostID: p.ID, What: "like"}], Reblogged: s.marks[store.Mark{PostID: p.ID, What: "boost"}],
		Bookmarked: s.marks[store.Mark{PostID: p.ID, What: "bookmark"}], Muted: s.marks[store.Mark{PostID: p.ID, What: "mute"}], Filtered: []filterResultJSON{},
		Account: s.who(p.AccountID), MediaAttachments: s.media(p),
		Tags: tagViews(s.call.Site, p.Tags), Emojis: []emojiJSON{}, Application: s.application(p),
	}
	if v.URL == "" {
		v.URL = p.URI
	}
	if !s.byline {
		v.Content, _ = text.SplitByline(p.Content)
	}
	if s.mine(p) {
		is := s.marks[store.Mark{PostID: p.ID, What: "pin"}]
		v.Pinned = &is
	}
	v.Poll, v.Reactions = s.poll(p), s.reactionsTo(p)
	v.Card = cardView(s.call.Site, s.cards[p.ID])
	v.Sensitive = v.Sensitive || s.accounts[p.AccountID].Sensitized && len(p.Attachments) > 0
	v.Coauthors, v.Partnership = s.coauthors(p), s.partnership(p)
	v.Mentions = s.mentions(p, v.Coauthors)
	v.Collab = s.joint(p)
	s.consented(p, &v)
	s.confirmed(p, &v)
	return v
}

// mine reports whether who asks wrote p, alone or with others.
func (s *shown) mine(p *models.Post) bool {
	me := s.call.MyID()
	return me != 0 && (p.AccountID == me || slices.ContainsFunc(s.names[p.ID], func(a *models.Author) bool {
		return a.AccountID == me && a.Role == models.RoleCoauthor
	}))
}

func (s *shown) coauthors(p *models.Post) []coauthorJSON {
	out := []coauthorJSON{}
	for _, name := range s.names[p.ID] {
		if len(out) < s.most && s.active(name.AccountID) {
			out = append(out, s.coauthor(name))
		}
	}
	return out
}

func (s *shown) coauthor(name *models.Author) coauthorJSON {
	return coauthorJSON{
		Account: s.who(name.AccountID), Role: name.Role, State: "accepted",
		CreditAs: name.Label, CreditText: text.CreditWord(name.Label, language(s.call)),
		AcceptedAt: momentOf(name.AcceptedAt), Stamp: name.Stamp,
	}
}

// mentions holds every co-author too, so that all clients link them and address
// answers to them.
func (s *shown) mentions(p *models.Post, coauthors []coauthorJSON) []mentionJSON {
	out, seen := []mentionJSON{}, map[models.ID]bool{p.AccountID: len(coauthors) > 0}
	for _, m := range p.Mentions {
		if m.AccountID == 0 || seen[m.AccountID] {
			continue
		}
		seen[m.AccountID] = true
		name, domain, _ := strings.Cut(m.Acct, "@")
		acct, page := m.Acct, m.URL
		if strings.EqualFold(domain, s.call.Site.Domain) {
			acct = name
		}
		if page == "" {
			page = m.URI
		}
		out = append(out, mentionJSON{ID: m.AccountID, Username: name, URL: page, Acct: acct})
	}
	for _, c := range coauthors {
		if a := c.Account; !seen[a.ID] {
			seen[a.ID] = true
			out = append(out, mentionJSON{ID: a.ID, Username: a.Username, URL: a.URL, Acct: a.Acct})
		}
	}
	return out
}

func (s *shown) joint(p *models.Post) *jointJSON {
	if p.Collab == "" {
		return nil
	}
	v := &jointJSON{
		URI: p.Collab, State: models.CollabPublished, Revision: p.Revision, Claimed: s.claimed[p.ID],
		Verified: s.claimed[p.ID] > 0 && len(s.names[p.ID]) == s.claimed[p.ID], Truncated: len(s.names[p.ID]) > s.most || s.claimed[p.ID] > models.MaxCoauthors,
	}
	if seat, ok := s.seats[p.Collab]; ok {
		v.ID, v.State = &seat.ID, seat.State
	}
	return v
}

func tagViews(site models.Site, tags []string) []tagJSON {
	out := make([]tagJSON, len(tags))
	for i, t := range tags {
		out[i] = tagJSON{tagName(t), tagURL(site, t)}
	}
	return out
}

// tagName is how a hashtag is written down: in lower case, without #.
func tagName(tag string) string { return strings.ToLower(strings.TrimPrefix(tag, "#")) }

func tagURL(site models.Site, tag string) string {
	return site.Origin + "/tags/" + url.PathEscape(tagName(tag))
}

func attachmentViews(site models.Site, p *models.Post) []attachmentJSON {
	out := make([]attachmentJSON, len(p.Attachments))
	for i, a := range p.Attachments {
		out[i] = attachmentView(a)
		if a.MediaID == 0 { // it lives elsewhere, so it needs a name of its own here
			out[i].ID = p.ID.String() + "-" + models.ID(i).String()
			out[i].proxied(site, p.ID, i)
		}
	}
	return out
}

func attachmentView(a models.Attachment) attachmentJSON {
	v := attachmentJSON{
		ID: a.MediaID.String(), Type: a.Kind, URL: &a.URL, PreviewURL: &a.PreviewURL,
		Description: orNull(a.Alt), Blurhash: orNull(a.Blurhash),
		Meta: metaOf(a),
	}
	if v.Type == "" {
		v.Type = "unknown"
	}
	switch {
	case a.PreviewURL == "" && a.Kind == "audio": // no picture, and no sound passes for one
		v.PreviewURL = nil
	case a.PreviewURL == "":
		v.PreviewURL = &a.URL
	}
	if a.MediaID == 0 {
		v.RemoteURL = &a.URL
		if a.PreviewURL != "" {
			v.RemoteSmall = &a.PreviewURL
		}
	}
	return v
}
