package api

import (
	"cmp"
	"context"
	"time"

	"ensemble/activities/account"
	"ensemble/activities/collab"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// states are all that a collab can be in.
var states = []models.CollabState{
	models.CollabDraft, models.CollabOffered, models.CollabPublished, models.CollabRevising,
	models.CollabDiscarded, models.CollabDeleted,
}

// Collabs is GET /api/ensemble/v1/collabs: those I started or was asked to join,
// by state[] and role (initiator or invitee); with open, those that wait for me.
func (a *API) Collabs(c *call.Call) (any, error) {
	q := store.Desk{Me: c.Me.ID, Role: c.Str("role"), States: states, Open: c.Bool("open")}
	if asked := c.Strs("state"); len(asked) > 0 {
		q.States = nil
		for _, s := range asked {
			q.States = append(q.States, models.CollabState(s))
		}
	}
	switch q.Role {
	case "", "initiator", "invitee":
	default:
		return nil, models.Errorf(models.Invalid, "role is initiator or invitee, not %q", q.Role)
	}
	w := window(c, 20, 40)
	rows, err := store.CollabsOf(c.Tx, q, w)
	if err != nil {
		return nil, err
	}
	if n := len(rows); n > 0 {
		link(c, w, rows[0].ID, rows[n-1].ID, n)
	}
	return a.collabs(c, rows)
}

// Collab is GET /api/ensemble/v1/collabs/:id: the whole preview, for its people
// alone. To look at an invitation is to have seen it, and the initiator is told.
func (a *API) Collab(c *call.Call) (any, error) {
	row, err := seat(c)
	if err != nil {
		return nil, err
	}
	if !row.Over() {
		if err := collab.See(c.Tx, c.Me, row); err != nil {
			return nil, err
		}
	}
	return a.reread(c, row)
}

// reread shows a collab as it is after something was done to it.
func (a *API) reread(c *call.Call, row *models.Collab) (any, error) {
	row, err := store.Get[models.Collab](c.Tx, row.ID)
	if err != nil {
		return nil, err
	}
	return a.collab(c, row)
}

// PostCollab is POST /api/ensemble/v1/collabs. It takes what POST /api/v1/statuses
// does, and coauthor_ids[] or coauthors[] (handles) with roles[] in that order, or
// coauthors[] of objects {id or acct, role, as}; who paid for it, as partner_ids[] or
// partners[] (handles); unable=mention, to mention those whose servers cannot answer
// in place of refusing; and quorum, on_decline, expires_in
// (seconds), moderation and allow_copy.
func (a *API) PostCollab(c *call.Call) (call.Handler, error) { return a.propose(c, 200) }

// propose offers a collab. Where that published it at once, a client that posted a
// status gets one.
func (a *API) propose(c *call.Call, status int) (call.Handler, error) {
	mentions := a.mentioned(c.Ctx(), c.Site, c.Str("status"))
	guests, err := a.guests(c)
	if err != nil {
		return nil, err
	}
	return func(c *call.Call) (any, error) {
		people, err := invitees(c, guests)
		if err != nil {
			return nil, err
		}
		can, others, err := able(c, people)
		if err != nil {
			return nil, err
		}
		if len(others) > 0 && c.Str("unable") != wayMention {
			return cannotAsk(c, others[0])
		}
		p, err := proposal(c, mentions, can)
		if err != nil {
			return nil, err
		}
		p.Draft = mentioning(c, p.Draft, others)
		if len(others) > 0 && len(can) == 0 {
			return a.alone(c, p.Draft)
		}
		row, err := collab.Offer(c.Tx, c.Me, p)
		if err != nil {
			return nil, err
		}
		if status != 200 && row.PostID != 0 && row.Live() {
			return a.status(c, row.PostID)
		}
		v, err := a.reread(c, row)
		if err != nil {
			return nil, err
		}
		return call.Status(status, v)
	}, nil
}

func proposal(c *call.Call, mentions []models.Mention, people []collab.Invitee) (collab.Proposal, error) {
	d, err := draft(c, mentions)
	if err != nil {
		return collab.Proposal{}, err
	}
	if d.Quote != 0 {
		return collab.Proposal{}, models.Refuse(models.Invalid, "not_built", "a post by several people cannot quote another; nothing was posted")
	}
	p := collab.Proposal{
		Draft: d, Quorum: models.Quorum(c.Str("quorum")), OnDecline: models.OnDecline(c.Str("on_decline")),
		Moderation: models.ReplyModeration(c.Str("moderation")), AllowCopy: c.Bool("allow_copy"),
		Expires: seconds(c, "expires_in"), Invitees: people, PublishAt: publishAt(c),
	}
	return p, nil
}

// seconds reads a length of time that cannot overflow; what is too long for us is
// refused by the feature.
func seconds(c *call.Call, name string) time.Duration {
	return time.Duration(min(max(c.Int(name, 0), -1), 1<<31)) * time.Second
}

// A guest is somebody to invite who was found.
type guest struct {
	id   models.ID
	role models.CollabRole
	as   models.CreditLabel
}

// namesOthers reports whether a post is to have more authors than one.
func namesOthers(c *call.Call) bool { return len(asked(c)) > 0 }

// An ask is somebody to invite as the request names them: by ID or by handle.
type ask struct{ id, acct, role, as string }

func asked(c *call.Call) []ask {
	var out []ask
	add := func(a ask) {
		if a.id != "" || a.acct != "" {
			out = append(out, a)
		}
	}
	for _, id := range c.Strs("coauthor_ids") {
		add(ask{id: id})
	}
	for _, acct := range c.Strs("coauthors") {
		add(ask{acct: acct})
	}
	for i, role := range c.Strs("roles") {
		if i < len(out) {
			out[i].role = role
		}
	}
	for _, o := range c.Objects("coauthors") {
		add(ask{id: cmp.Or(o["id"], o["account_id"]), acct: o["acct"], role: o["role"], as: o["as"]})
	}
	return append(out, sponsors(c)...)
}

// guests finds who is to be invited. Handles of strangers are looked up, since the
// network may be asked now and not later.
func (a *API) guests(c *call.Call) ([]guest, error) {
	people := asked(c)
	if len(people) > models.MaxCoauthors {
		return nil, models.Refuse(models.Invalid, "too_many_coauthors", "nobody can invite more than %d people at once", models.MaxCoauthors)
	}
	ctx, cancel := context.WithTimeout(c.Ctx(), lookupTime)
	defer cancel()
	var out []guest
	for _, p := range people {
		g, err := a.guest(ctx, c, p)
		if err != nil {
			return nil, err
		}
		g.role, g.as = models.CollabRole(p.role), models.CreditLabel(p.as)
		out = append(out, g)
	}
	return out, nil
}

func (a *API) guest(ctx context.Context, c *call.Call, p ask) (g guest, err error) {
	if p.id == "" {
		return a.byHandle(ctx, c, p.acct)
	}
	g.id, err = models.ParseID(p.id)
	return g, err
}

func (a *API) byHandle(ctx context.Context, c *call.Call, acct string) (g guest, err error) {
	known := c.InRead(func(tx *store.Tx) error {
		who, err := byAcct(tx, acct)
		if err == nil {
			g.id = who.ID
		}
		return err
	})
	if known == nil || models.KindOf(known) != models.NotFound || a.Finder == nil {
		return g, known
	}
	who, err := a.Finder.Lookup(ctx, trimAt(acct))
	if err != nil {
		return g, err
	}
	return guest{id: who.ID}, nil
}

func invitees(c *call.Call, guests []guest) ([]collab.Invitee, error) {
	var out []collab.Invitee
	for _, g := range guests {
		who, err := store.Get[models.Account](c.Tx, g.id)
		if err != nil {
			return nil, err
		}
		out = append(out, collab.Invitee{Account: who, Role: g.role, Label: g.as})
	}
	return out, nil
}

// ReviseCollab is POST /api/ensemble/v1/collabs/:id/revise: a new version, for
// which everybody is asked anew. What is not sent stays as it is.
func (a *API) ReviseCollab(c *call.Call) (call.Handler, error) {
	mentions := a.mentioned(c.Ctx(), c.Site, c.Str("status"))
	return func(c *call.Call) (any, error) {
		row, err := seat(c)
		if err != nil {
			return nil, err
		}
		d, err := newest(c, row, mentions)
		if err != nil {
			return nil, err
		}
		if err := collab.Revise(c.Tx, c.Me, row, d); err != nil {
			return nil, err
		}
		return a.reread(c, row)
	}, nil
}

// newest is the newest version's draft, with what was sent in its place.
func newest(c *call.Call, row *models.Collab, mentions []models.Mention) (d post.Draft, err error) {
	rev, err := store.One[models.Revision](c.Tx, "collab_id = ? AND number = ?", row.ID, row.Revision)
	if err != nil {
		return d, err
	}
	if row.InitiatorID != c.Me.ID {
		return d, models.Refuse(models.Forbidden, "not_initiator", "only who started it can do that")
	}
	if n := rev.Note; n != nil {
		d = post.Draft{
			Text: rev.Source, Sensitive: n.Sensitive, Language: n.Language,
			Visibility: models.VisibilityOf(n.To, n.Cc, c.Me.Followers), Mentions: append(mentions, n.Mentions...), Poll: n.Poll,
		}
		if n.Summary != nil {
			d.Summary = *n.Summary
		}
		for _, m := range n.Attachments {
			d.Media = append(d.Media, m.MediaID)
		}
	}
	if v := c.Str("visibility"); v != "" {
		d.Visibility = models.Visibility(v)
	}
	if err := overlay(c, &d); err != nil {
		return d, err
	}
	return d, attributes(c)
}

// Collaborate is GET /api/ensemble/v1/accounts/:id/collaborate: whether I may
// invite them, and if not, why.
func (a *API) Collaborate(c *call.Call) (any, error) {
	who, err := a.target(c)
	if err != nil {
		return nil, err
	}
	v := abilityJSON{Account: accountView(c.Site, who)}
	v.Ability, v.ReasonCode, v.Reason, err = collab.CanInvite(c.Tx, c.Me, who)
	if err == nil && v.Ability == collab.AbilityFull && c.Me.Locked {
		v.Ability, v.ReasonCode = collab.AbilityCannot, "initiator_locked"
		v.Reason = "Only public accounts start a post together: yours is locked."
	}
	v.Reason, v.Ways = orElse(c, "invite "+v.ReasonCode, v.Reason, who.Name()), ways(c, v.Ability, who)
	return v, err
}

type abilityJSON struct {
	Account    accountJSON `json:"account"`
	Ability    string      `json:"ability"` // full, mention or cannot
	ReasonCode string      `json:"reason_code"`
	Reason     string      `json:"reason"`

	Ways []sentenceJSON `json:"ways"` // what can be done where they cannot be asked
}

// SetCollaborate is PUT /api/ensemble/v1/me/collaborate: who may invite me.
func (a *API) SetCollaborate(c *call.Call) (any, error) {
	policy := models.CollabPolicy(c.Str("policy"))
	if err := update(c, account.Profile{Collaborates: &policy}); err != nil {
		return nil, err
	}
	return a.MyCollaborate(c)
}

// MyCollaborate is GET /api/ensemble/v1/me/collaborate.
func (a *API) MyCollaborate(c *call.Call) (any, error) {
	return map[string]models.CollabPolicy{"policy": c.Me.Collaborates}, nil
}
