package api

import (
	"slices"

	"ensemble/activities/collab"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// collabJSON is a collab as one of its people sees it.
type collabJSON struct {
	ID         models.ID              `json:"id,string"`
	URI        models.IRI             `json:"uri"`
	PostURI    models.IRI             `json:"post_uri"`
	State      models.CollabState     `json:"state"`
	Initiator  accountJSON            `json:"initiator"`
	Role       string                 `json:"role"`     // mine: initiator, coauthor or credit
	MyState    models.InviteState     `json:"my_state"` // of my consent; "" for the initiator
	Can        []string               `json:"can"`      // what I may do now
	Invitees   []inviteeJSON          `json:"invitees"`
	Work       *workJSON              `json:"work"` // null once purged, and for who is out of it
	Revision   int                    `json:"revision"`
	Published  int                    `json:"published_revision"` // 0 while nothing is public
	Digest     string                 `json:"digest"`
	Quorum     models.Quorum          `json:"quorum"`
	OnDecline  models.OnDecline       `json:"on_decline"`
	Moderation models.ReplyModeration `json:"moderation"`
	AllowCopy  bool                   `json:"allow_copy"`
	Terms      termsJSON              `json:"terms"`
	Changes    []changeJSON           `json:"changes"` // that others wish for, the newest first
	ExpiresAt  *moment                `json:"expires_at"`
	RemindAt   *moment                `json:"remind_at"`        // when those who have not answered are reminded, once
	PublishAt  *moment                `json:"scheduled_at"`     // not before this
	StatusID   *models.ID             `json:"status_id,string"` // once there is a public post
	Hidden     bool                   `json:"hidden"`           // from my grid
	Outcome    string                 `json:"outcome"`
	OutcomeAt  *moment                `json:"outcome_at"`
	Text       string                 `json:"outcome_text"`
	Suspended  *moment                `json:"suspended_at"` // the names do not stand: collabs are switched off
	CreatedAt  moment                 `json:"created_at"`
	UpdatedAt  moment                 `json:"updated_at"`
}

// termsJSON is what somebody agrees to, in words.
type termsJSON struct {
	Audience  *sentenceJSON `json:"audience"`
	Quorum    sentenceJSON  `json:"quorum"`
	OnDecline sentenceJSON  `json:"on_decline"`
}

type inviteeJSON struct {
	Account     accountJSON        `json:"account"`
	Role        models.CollabRole  `json:"role"`
	CreditAs    models.CreditLabel `json:"credit_as"` // of a credit: what for
	State       models.InviteState `json:"state"`
	Position    int                `json:"position"`
	Revision    int                `json:"revision"` // the one they were last asked about
	CoversEdits bool               `json:"covers_edits"`
	Stamp       *models.IRI        `json:"stamp"`
	ReasonCode  string             `json:"reason_code"`
	Reason      string             `json:"reason"`
	SentAt      *moment            `json:"sent_at"`
	DeliveredAt *moment            `json:"delivered_at"`
	SeenAt      *moment            `json:"seen_at"`
	RemindedAt  *moment            `json:"reminded_at"`
	RemindFrom  *moment            `json:"remind_from"` // from when on the reader may; null: there is nothing to remind them of
	AnsweredAt  *moment            `json:"answered_at"`
}

// workJSON is the post as it would be, or is.
type workJSON struct {
	Content          string            `json:"content"`
	Text             *string           `json:"text"` // what was typed, for the initiator
	SpoilerText      string            `json:"spoiler_text"`
	Sensitive        bool              `json:"sensitive"`
	Language         *string           `json:"language"`
	Visibility       models.Visibility `json:"visibility"`
	MediaAttachments []attachmentJSON  `json:"media_attachments"`
	Tags             []tagJSON         `json:"tags"`
	Poll             *askedJSON        `json:"poll"`
	Revision         int               `json:"revision"`
}

// A desk is collabs with all that their views need.
type desk struct {
	call    *call.Call
	invites map[models.ID][]*models.Invite
	people  map[models.ID]*models.Account
	hidden  map[models.ID]bool // posts that me keeps off their grid
	changes map[models.ID][]*models.ChangeRequest
}

func (a *API) collabs(c *call.Call, rows []*models.Collab) ([]collabJSON, error) {
	d := desk{call: c, invites: map[models.ID][]*models.Invite{}, hidden: map[models.ID]bool{}}
	if err := d.gather(rows); err != nil {
		return nil, err
	}
	out := []collabJSON{}
	for _, row := range rows {
		v, err := d.view(row)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (a *API) collab(c *call.Call, row *models.Collab) (*collabJSON, error) {
	views, err := a.collabs(c, []*models.Collab{row})
	if err != nil {
		return nil, err
	}
	return &views[0], nil
}

func (d *desk) gather(rows []*models.Collab) error {
	var ids, people, posts []models.ID
	for _, row := range rows {
		ids, people, posts = append(ids, row.ID), append(people, row.InitiatorID), append(posts, row.PostID)
	}
	if err := d.wishes(ids); err != nil {
		return err
	}
	invites, err := store.InvitesTo(d.call.Tx, ids)
	if err != nil {
		return err
	}
	for _, inv := range invites {
		d.invites[inv.CollabID] = append(d.invites[inv.CollabID], inv)
		people = append(people, inv.AccountID)
	}
	if d.people, err = store.AccountsByID(d.call.Tx, people); err != nil || len(posts) == 0 {
		return err
	}
	hidden, err := store.Find[models.Author](d.call.Tx, "account_id = ? AND hidden AND post_id IN ?", d.call.Me.ID, posts)
	for _, h := range hidden {
		d.hidden[h.PostID] = true
	}
	return err
}

func (d *desk) view(row *models.Collab) (collabJSON, error) {
	v := collabJSON{
		ID: row.ID, URI: row.URI, PostURI: row.PostURI, State: row.State, Initiator: d.person(row.InitiatorID),
		Role: "initiator", Invitees: []inviteeJSON{}, Revision: row.Revision, Published: row.Published, Quorum: row.Quorum,
		OnDecline: row.OnDecline, Moderation: row.Moderation, AllowCopy: row.AllowCopy, ExpiresAt: momentOf(row.ExpiresAt),
		Outcome: row.Outcome, OutcomeAt: momentOf(row.OutcomeAt), Text: text.Said(language(d.call), row.Text), Suspended: momentOf(row.SuspendedAt), Hidden: d.hidden[row.PostID],
		CreatedAt: moment(row.CreatedAt), UpdatedAt: moment(row.UpdatedAt),
	}
	if row.Live() {
		v.StatusID = optional(row.PostID)
	}
	if row.Pending() {
		v.PublishAt = momentOf(row.PublishAt)
	}
	me := d.call.Me.ID
	var mine *models.Invite
	for _, inv := range d.invites[row.ID] {
		if inv.AccountID == me && row.InitiatorID != me {
			mine, v.Role, v.MyState = inv, string(inv.Role), inv.State
		}
	}
	for _, inv := range d.invites[row.ID] {
		if row.InitiatorID == me || inv.State != models.InviteDraft {
			v.Invitees = append(v.Invitees, d.invitee(row, inv))
		}
	}
	v.Changes, v.RemindAt = d.wished(row, mine), momentOf(row.RemindAt)
	v.Can = may(row, mine)
	v.Terms.Quorum = say(d.call, "quorum_"+string(row.Quorum))
	v.Terms.OnDecline = say(d.call, "decline_"+string(row.OnDecline), v.Initiator.nameOf())
	if mine != nil && mine.Ended() {
		return v, nil // who is out of it learns how it went, and no new words
	}
	return v, d.work(row, mine, &v)
}

func (d *desk) person(id models.ID) accountJSON {
	who := d.people[id]
	if who == nil {
		return accountJSON{ID: id, Emojis: []emojiJSON{}, Roles: []roleJSON{}, Fields: []fieldJSON{}}
	}
	return accountView(d.call.Site, who)
}

func (v *accountJSON) nameOf() string {
	if v.DisplayName != "" {
		return v.DisplayName
	}
	return v.Username
}

// invitee shows how far somebody's consent has come. In which words they declined
// is between them and the initiator.
func (d *desk) invitee(row *models.Collab, inv *models.Invite) inviteeJSON {
	v := inviteeJSON{
		Account: d.person(inv.AccountID), Role: inv.Role, CreditAs: inv.Label, State: inv.State, Position: inv.Position, Revision: inv.Revision,
		CoversEdits: inv.CoversEdits, ReasonCode: inv.ReasonCode, SentAt: momentOf(inv.SentAt),
		DeliveredAt: momentOf(inv.DeliveredAt), SeenAt: momentOf(inv.SeenAt), AnsweredAt: momentOf(inv.AnsweredAt), RemindedAt: momentOf(inv.RemindedAt),
	}
	if row.InitiatorID == d.call.Me.ID {
		v.RemindFrom = momentOf(collab.RemindFrom(row, inv))
	}
	if inv.Stamp != "" {
		v.Stamp = &inv.Stamp
	}
	if me := d.call.Me.ID; me == row.InitiatorID || me == inv.AccountID {
		v.Reason = inv.Reason
	}
	return v
}

// work shows the version that concerns the reader: the newest for the initiator,
// for others the one they were asked about.
func (d *desk) work(row *models.Collab, mine *models.Invite, v *collabJSON) error {
	number := row.Revision
	if mine != nil && mine.Revision > 0 {
		number = mine.Revision
	}
	rev, err := store.Maybe[models.Revision](d.call.Tx, "collab_id = ? AND number = ?", row.ID, number)
	if err != nil || rev == nil || rev.Note == nil {
		return err
	}
	n := rev.Note
	w := &workJSON{
		Content: text.Sanitize(n.Content), Sensitive: n.Sensitive, Language: orNull(n.Language), Tags: tagViews(d.call.Site, n.Tags),
		Visibility: models.VisibilityOf(n.To, n.Cc, ""), Revision: rev.Number, Poll: askedView(n.Poll),
	}
	if n.Summary != nil {
		w.SpoilerText = *n.Summary
	}
	if mine == nil {
		w.Text = &rev.Source
	}
	audience := say(d.call, "audience_"+string(w.Visibility))
	v.Terms.Audience, v.Digest, v.Work = &audience, rev.Digest, w
	w.MediaAttachments, err = d.pictures(row, n)
	return err
}

// pictures shows a draft's attachments by our own copies, at addresses that are
// signed for the reader; those that are still on their way have none.
func (d *desk) pictures(row *models.Collab, n *models.Note) ([]attachmentJSON, error) {
	media, err := store.Find[models.Media](d.call.Tx, "collab_id = ? ORDER BY position, id", row.ID)
	if err != nil {
		return nil, err
	}
	out := []attachmentJSON{}
	for i, a := range n.Attachments {
		at := slices.IndexFunc(media, func(m *models.Media) bool {
			return m.ID == a.MediaID || a.Digest != "" && m.Digest == a.Digest || m.State != models.MediaReady && m.Position == i
		})
		if at < 0 {
			v := attachmentView(a)
			v.URL, v.PreviewURL, v.RemoteURL, v.State = nil, nil, nil, string(models.MediaWaiting)
			out = append(out, v)
			continue
		}
		v := mediaView(d.call, media[at])
		v.Description = orNull(a.Alt) // what is agreed to is what the revision says
		out = append(out, v)
	}
	return out, nil
}

// may returns the verbs that are open to me: the initiator, if mine is nil.
func may(row *models.Collab, mine *models.Invite) []string {
	out := []string{}
	add := func(ok bool, verbs ...string) {
		if ok {
			out = append(out, verbs...)
		}
	}
	if mine == nil {
		add(row.State == models.CollabDraft, "invite", "publish", "revise", "schedule", "discard")
		add(row.State == models.CollabOffered, "revise", "schedule", "withdraw", "remove")
		add(row.Live(), "revise", "invite", "remove")
		return out
	}
	asked := mine.Open() || mine.State == models.InviteReapproval
	add(asked && !row.Over(), "accept", "decline", "suggest")
	add(mine.State == models.InviteAccepted && row.Pending(), "decline")
	stands := mine.State == models.InviteActive || mine.State == models.InviteReapproval
	add(stands && row.Live(), "leave", "hide", "unhide")
	add(stands && row.AllowCopy, "keep")
	add(stands && row.Live() && row.Moderation == models.ModerateAll, "moderate")
	return out
}

// declineMeans says what a decline by mine would do.
func declineMeans(c *call.Call, row *models.Collab, from *models.Account) sentenceJSON {
	switch {
	case row.Live():
		return say(c, "confirm_live")
	case row.OnDecline == models.DeclineDelete && row.Quorum == models.QuorumAll:
		return say(c, "confirm_delete")
	case row.OnDecline == models.DeclineDraft && row.Quorum == models.QuorumAll:
		return say(c, "confirm_draft", from.Name())
	default:
		return say(c, "confirm_publish")
	}
}

// seat returns the collab that the path names, if the caller is one of its people.
func seat(c *call.Call) (*models.Collab, error) {
	none := models.Errorf(models.NotFound, "there is no such collab here")
	row, err := store.Maybe[models.Collab](c.Tx, "id = ?", c.ID("id"))
	if err != nil || row == nil {
		return nil, first(err, none)
	}
	_, _, err = collab.Mine(c.Tx, c.Me, row)
	return row, err
}
