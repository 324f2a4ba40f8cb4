package app

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"time"

	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/web/call"
)

// The nouns of /api/ensemble/v1 that are about writing together. See docs/API.md.

type aCollab struct {
	ID         models.ID              `json:"id,string"`
	URI        models.IRI             `json:"uri"`
	State      models.CollabState     `json:"state"`
	Initiator  anAccount              `json:"initiator"`
	Role       string                 `json:"role"`
	MyState    models.InviteState     `json:"my_state"`
	Can        []string               `json:"can"`
	Invitees   []anInvitee            `json:"invitees"`
	Work       *aWork                 `json:"work"`
	Revision   int                    `json:"revision"`
	Published  int                    `json:"published_revision"`
	Digest     string                 `json:"digest"`
	Quorum     models.Quorum          `json:"quorum"`
	OnDecline  models.OnDecline       `json:"on_decline"`
	Moderation models.ReplyModeration `json:"moderation"`
	AllowCopy  bool                   `json:"allow_copy"`
	Changes    []aChange              `json:"changes"`
	ExpiresAt  *time.Time             `json:"expires_at"`
	RemindAt   *time.Time             `json:"remind_at"`
	PublishAt  *time.Time             `json:"scheduled_at"`
	StatusID   *models.ID             `json:"status_id,string"`
	Hidden     bool                   `json:"hidden"`
	Outcome    string                 `json:"outcome"`
	OutcomeAt  *time.Time             `json:"outcome_at"`
	Text       string                 `json:"outcome_text"`
	Suspended  *time.Time             `json:"suspended_at"`
	CreatedAt  time.Time              `json:"created_at"`
	UpdatedAt  time.Time              `json:"updated_at"`
	Terms      struct {
		Audience  *aSentence `json:"audience"`
		Quorum    aSentence  `json:"quorum"`
		OnDecline aSentence  `json:"on_decline"`
	} `json:"terms"`

	reader models.ID
}

type aSentence struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// May reports whether a verb is open to the reader.
func (c aCollab) May(verb string) bool { return slices.Contains(c.Can, verb) }

// Mine reports whether the reader started it.
func (c aCollab) Mine() bool { return c.Role == "initiator" }

// collabOf fetches the collab that the path names.
func collabOf(c *call.Call) (aCollab, error) {
	one, err := call.Fetch[aCollab](c, http.MethodGet, collabAt(c), nil)
	one.reader = c.MyID()
	return one, err
}

// collabsOf fetches collabs of the reader's.
func collabsOf(c *call.Call, params url.Values) ([]aCollab, error) {
	all, err := call.Fetch[[]aCollab](c, http.MethodGet, ensembleV1+"/collabs", params)
	for i := range all {
		all[i].reader = c.MyID()
	}
	return all, err
}

// nameOf is the name that people gave themselves, in plain letters.
func nameOf(a anAccount) string { return or(a.DisplayName, a.Username) }

// InWords is the name in plain letters, for sentences.
func (a anAccount) InWords() string { return nameOf(a) }

// Page is where its people see how it stands.
func (c aCollab) Page() string { return "/collabs/" + c.ID.String() }

// Post is where its people read the post; "" before it is public.
func (c aCollab) Post() string {
	if c.StatusID == nil {
		return ""
	}
	return c.Initiator.Page() + "/" + c.StatusID.String()
}

// Live reports whether there is a public post.
func (c aCollab) Live() bool {
	return c.State == models.CollabPublished || c.State == models.CollabRevising
}

// Over reports whether nothing happens to it any more.
func (c aCollab) Over() bool {
	return c.State == models.CollabDiscarded || c.State == models.CollabDeleted
}

// Asked reports whether it waits for the reader's own answer.
func (c aCollab) Asked() bool { return c.May("accept") }

// Me is the invitation of the reader, nil for who started it.
func (c aCollab) Me() *anInvitee {
	for i := range c.Invitees {
		if v := &c.Invitees[i]; v.Account.ID == c.reader {
			return v
		}
	}
	return nil
}

// Kind says what is asked of the reader: version, sponsor, credit or invitation.
func (c aCollab) Kind() string {
	switch me := c.Me(); {
	case c.MyState == models.InviteReapproval:
		return "version"
	case me != nil && me.CreditAs == models.CreditSponsor:
		return "sponsor"
	case c.Role == string(models.RoleCredit):
		return "credit"
	}
	return "invitation"
}

// Open are the wishes that wait for who started it.
func (c aCollab) Open() (open []aChange) {
	for _, w := range c.Changes {
		if w.Open {
			open = append(open, w)
		}
	}
	return open
}

// Begins is how the work begins, in plain words.
func (c aCollab) Begins() string {
	if c.Work == nil {
		return ""
	}
	body, _ := text.SplitByline(c.Work.Content)
	if s := text.Excerpt(body, 120); s != "" {
		return s
	}
	return firstWords(c.Work.SpoilerText)
}

type anInvitee struct {
	Account     anAccount          `json:"account"`
	Role        models.CollabRole  `json:"role"`
	CreditAs    models.CreditLabel `json:"credit_as"`
	State       models.InviteState `json:"state"`
	Revision    int                `json:"revision"`
	CoversEdits bool               `json:"covers_edits"`
	Stamp       models.IRI         `json:"stamp"`
	ReasonCode  string             `json:"reason_code"`
	Reason      string             `json:"reason"`
	SentAt      *time.Time         `json:"sent_at"`
	DeliveredAt *time.Time         `json:"delivered_at"`
	SeenAt      *time.Time         `json:"seen_at"`
	RemindedAt  *time.Time         `json:"reminded_at"`
	RemindFrom  *time.Time         `json:"remind_from"`
	Remindable  bool               `json:"-"` // now
	AnsweredAt  *time.Time         `json:"answered_at"`
}

// A step is something that came about, and when.
type step struct {
	What string
	At   *time.Time
}

// Steps are how far the asking has come, in order. What is older than the newest asking
// was about a version before.
func (i anInvitee) Steps() (steps []step) {
	for _, s := range []step{{"sent", i.SentAt}, {"delivered", i.DeliveredAt}, {"seen", i.SeenAt}, {"reminded", i.RemindedAt}} {
		if s.At != nil && (i.SentAt == nil || !s.At.Before(*i.SentAt)) {
			steps = append(steps, s)
		}
	}
	switch i.State {
	case models.InviteDraft, models.InviteSent, models.InviteDelivered, models.InviteSeen:
		return steps
	}
	return append(steps, step{string(i.State), i.AnsweredAt})
}

// Mood is good, bad or warm: how the state is coloured, beside its words.
func (i anInvitee) Mood() string {
	switch i.State {
	case models.InviteAccepted, models.InviteActive:
		return "good"
	case models.InviteDeclined, models.InviteUndeliverable, models.InviteCancelled, models.InviteExpired, models.InviteRemoved:
		return "bad"
	case models.InviteReapproval, models.InviteSeen:
		return "warm"
	}
	return ""
}

// Stands reports whether they can be taken out: they are asked, or have agreed.
func (i anInvitee) Stands() bool {
	switch i.State {
	case models.InviteSent, models.InviteDelivered, models.InviteSeen, models.InviteAccepted, models.InviteActive, models.InviteReapproval:
		return true
	}
	return false
}

// As is what a credit is for, in a word of that language.
func (i anInvitee) As(lang string) string { return text.CreditWord(i.CreditAs, lang) }

type aWork struct {
	Content          string            `json:"content"`
	Text             *string           `json:"text"`
	SpoilerText      string            `json:"spoiler_text"`
	Sensitive        bool              `json:"sensitive"`
	Language         string            `json:"language"`
	Visibility       models.Visibility `json:"visibility"`
	MediaAttachments []aMedium         `json:"media_attachments"`
	Revision         int               `json:"revision"`
	Poll             *struct {
		Options  []string `json:"options"`
		Multiple bool     `json:"multiple"`
	} `json:"poll"`
}

// HTML is what it says, which the API cleaned, without the names that it ends with.
func (w aWork) HTML() template.HTML {
	body, _ := text.SplitByline(w.Content)
	return template.HTML(body) //nolint:gosec // sanitised by the API
}

// Waiting reports whether a file is still on its way.
func (w aWork) Waiting() bool {
	return slices.ContainsFunc(w.MediaAttachments, func(m aMedium) bool { return m.URL == "" })
}

type aChange struct {
	ID        models.ID `json:"id,string"`
	Account   anAccount `json:"account"`
	Revision  int       `json:"revision"`
	Text      string    `json:"text"`
	Wording   *string   `json:"wording"`
	Open      bool      `json:"open"`
	CreatedAt time.Time `json:"created_at"`
}

type aVersion struct {
	Revision    int               `json:"revision"`
	CreatedAt   time.Time         `json:"created_at"`
	Text        string            `json:"text"`
	SpoilerText string            `json:"spoiler_text"`
	Sensitive   bool              `json:"sensitive"`
	Language    string            `json:"language"`
	Visibility  models.Visibility `json:"visibility"`
	Published   bool              `json:"published"`
	Agreed      bool              `json:"agreed"`
	Media       []struct {
		Digest      string `json:"digest"`
		Type        string `json:"type"`
		Description string `json:"description"`
	} `json:"media"`
}

type aPreview struct {
	Revision int `json:"revision"`
	Names    []struct {
		Account  anAccount          `json:"account"`
		Role     models.CollabRole  `json:"role"`
		CreditAs models.CreditLabel `json:"credit_as"`
		Agreed   bool               `json:"agreed"`
	} `json:"names"`
	Readers []aReader `json:"readers"`
}

// By is the post as that software shows it.
func (p aPreview) By(software string) *aReader {
	for i := range p.Readers {
		if p.Readers[i].Reader == software {
			return &p.Readers[i]
		}
	}
	return nil
}

type aReader struct {
	Reader      string      `json:"reader"`
	Authors     []string    `json:"authors"`
	Credits     []string    `json:"credits"`
	Content     string      `json:"content"`
	SpoilerText string      `json:"spoiler_text"`
	Lost        []aSentence `json:"lost"`
}

// HTML is the content as it is sent, cleaned as its readers' servers clean it.
func (r aReader) HTML() template.HTML {
	return template.HTML(text.Sanitize(r.Content)) //nolint:gosec // just sanitised
}

type anEvent struct {
	Seq      int        `json:"seq"`
	At       string     `json:"at"`
	Actor    models.IRI `json:"actor"`
	What     string     `json:"what"`
	Code     string     `json:"code"`
	Reason   string     `json:"reason"`
	Revision int        `json:"revision"`
	Digest   string     `json:"digest"`
	Hash     string     `json:"hash"`
}

// Time is when it came about.
func (e anEvent) Time() time.Time {
	t, _ := time.Parse(time.RFC3339Nano, e.At) // zero, if it cannot be read
	return t
}

// Short is the beginning of its hash.
func (e anEvent) Short() string { return e.Hash[:min(12, len(e.Hash))] }
