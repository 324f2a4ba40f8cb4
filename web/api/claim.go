package api

import (
	"slices"

	"ensemble/activities/collab"
	"ensemble/activities/moderation"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// claimRoutes are credit claims: "this is my work".
func (a *API) claimRoutes() []call.Route {
	const claims, admin = "/api/ensemble/v1/claims", "/api/ensemble/v1/admin/claims"
	const read, write = "read:statuses", "write:statuses"
	return []call.Route{
		{Method: "POST", Path: claims, Scope: write, Prepare: a.PostClaim},
		{Method: "GET", Path: claims, Scope: read, Handler: a.Claims},
		{Method: "GET", Path: claims + "/:id", Scope: read, Handler: a.Claim},
		{Method: "POST", Path: claims + "/:id/accept", Scope: write, Handler: a.AcceptClaim},
		{Method: "POST", Path: claims + "/:id/refuse", Scope: write, Handler: a.RefuseClaim},
		{Method: "POST", Path: claims + "/:id/withdraw", Scope: write, Handler: a.WithdrawClaim},
		{Method: "GET", Path: admin, Scope: "admin:read:reports", Handler: staff(a.AdminClaims)},
		{Method: "POST", Path: admin + "/:id/accept", Scope: "admin:write:reports", Handler: staff(a.AdminAcceptClaim)},
		{Method: "POST", Path: admin + "/:id/refuse", Scope: "admin:write:reports", Handler: staff(a.AdminRefuseClaim)},
	}
}

// claimJSON is a credit claim with all that happened to it.
type claimJSON struct {
	ID           models.ID          `json:"id,string"`
	URI          models.IRI         `json:"uri"`
	Account      accountJSON        `json:"account"` // who claims
	Owner        accountJSON        `json:"owner"`   // whose post it is
	StatusID     *models.ID         `json:"status_id,string"`
	StatusURI    models.IRI         `json:"status_uri"`
	As           models.CreditLabel `json:"as"`
	Label        string             `json:"label"` // the same in a word for people
	Source       *string            `json:"source"`
	Text         string             `json:"text"`
	State        models.ClaimState  `json:"state"`
	DecidedBy    *string            `json:"decided_by"` // owner, moderators or server
	ReasonCode   string             `json:"reason_code"`
	Reason       string             `json:"reason"`
	CreatedAt    moment             `json:"created_at"`
	ModeratorsAt moment             `json:"moderators_at"` // when silence becomes the moderators' affair
	EscalatedAt  *moment            `json:"escalated_at"`
	ExpiresAt    moment             `json:"expires_at"`
	AnsweredAt   *moment            `json:"answered_at"`
	Log          []claimEventJSON   `json:"log"`
	LogBrokenAt  int                `json:"log_broken_at"` // 0: every link holds
}

type claimEventJSON struct {
	Seq    int        `json:"seq"`
	At     moment     `json:"at"`
	Actor  models.IRI `json:"actor"`
	What   string     `json:"what"`
	Code   string     `json:"code"`
	Reason string     `json:"reason"`
	Hash   string     `json:"hash"`
}

// PostClaim is POST /api/ensemble/v1/claims {status_id or url, as, source, text}:
// says that a work of mine is in somebody's post. url is the post's address, and is
// looked for if it is not known here.
func (a *API) PostClaim(c *call.Call) (call.Handler, error) {
	id, err := a.claimable(c)
	if err != nil {
		return nil, err
	}
	return func(c *call.Call) (any, error) {
		p, err := readable(c, id)
		if err != nil {
			return nil, err
		}
		row, err := collab.MakeClaim(c.Tx, c.Me, collab.Claim{
			Post: p, Label: models.CreditLabel(c.Str("as")), Source: models.IRI(c.Str("source")), Words: c.Str("text"),
		})
		if err != nil {
			return nil, err
		}
		return claimView(c, row.ID)
	}, nil
}

// claimable returns the post that a claim is about.
func (a *API) claimable(c *call.Call) (models.ID, error) {
	if id := c.ID("status_id"); id != 0 {
		return id, nil
	}
	url := c.Str("url")
	if !isAddress(url) || len(url) > 2000 {
		return 0, models.Errorf(models.Invalid, "say which post: status_id, or its address as url")
	}
	var id models.ID
	err := c.InRead(func(tx *store.Tx) error {
		p, err := store.Maybe[models.Post](tx, "uri = ? OR url = ?", url, url)
		if err == nil && p != nil {
			id = p.ID
		}
		return err
	})
	if err != nil || id != 0 {
		return id, err
	}
	if a.Finder != nil {
		kind, found, err := a.Finder.Resolve(c.Ctx(), models.IRI(url))
		if err != nil {
			return 0, err
		}
		if kind == "post" {
			return found, nil
		}
	}
	return 0, models.Errorf(models.NotFound, "there is no post at %s", url)
}

// Claims is GET /api/ensemble/v1/claims: those I made and those about my posts; with
// role, claimant or owner, one kind; with state[], in those states.
func (a *API) Claims(c *call.Call) (any, error) {
	q := store.ClaimDesk{Me: c.Me.ID, Role: c.Str("role"), States: c.Strs("state")}
	if !slices.Contains([]string{"", "claimant", "owner"}, q.Role) {
		return nil, models.Errorf(models.Invalid, "role is claimant or owner, not %q", q.Role)
	}
	w := window(c, 20, 40)
	rows, err := store.ClaimsOf(c.Tx, q, w)
	if err != nil {
		return nil, err
	}
	if n := len(rows); n > 0 {
		link(c, w, rows[0].ID, rows[n-1].ID, n)
	}
	return claimViews(c, rows)
}

func claimViews(c *call.Call, rows []*models.CreditClaim) (any, error) {
	out := []*claimJSON{}
	for _, r := range rows {
		v, err := claimView(c, r.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// Claim is GET /api/ensemble/v1/claims/:id, for its two alone.
func (a *API) Claim(c *call.Call) (any, error) {
	return onClaim(c, func(*models.CreditClaim) error { return nil })
}

// AcceptClaim is POST …/accept: the credit is added, and nobody is asked again.
func (a *API) AcceptClaim(c *call.Call) (any, error) {
	return onClaim(c, func(r *models.CreditClaim) error { return collab.AcceptClaim(c.Tx, c.Me, r) })
}

// RefuseClaim is POST …/refuse {reason}: the claimant is told why.
func (a *API) RefuseClaim(c *call.Call) (any, error) {
	return onClaim(c, func(r *models.CreditClaim) error { return collab.RefuseClaim(c.Tx, c.Me, r, c.Str("reason")) })
}

// WithdrawClaim is POST …/withdraw.
func (a *API) WithdrawClaim(c *call.Call) (any, error) {
	return onClaim(c, func(r *models.CreditClaim) error { return collab.Unclaim(c.Tx, c.Me, r) })
}

func onClaim(c *call.Call, do func(*models.CreditClaim) error) (any, error) {
	r, err := store.Maybe[models.CreditClaim](c.Tx, "id = ?", c.ID("id"))
	if err == nil && (r == nil || r.AccountID != c.Me.ID && r.OwnerID != c.Me.ID) {
		err = models.Errorf(models.NotFound, "there is no such claim here")
	}
	if err != nil {
		return nil, err
	}
	if err := do(r); err != nil {
		return nil, err
	}
	return claimView(c, r.ID)
}

// AdminClaims is GET /api/ensemble/v1/admin/claims: those whose owner was silent for
// 7 days; with all, the decided ones too.
func (a *API) AdminClaims(c *call.Call) (any, error) {
	rows, err := moderation.Claims(c.Tx, c.Bool("all"), 200)
	if err != nil {
		return nil, err
	}
	return claimViews(c, rows)
}

// AdminAcceptClaim is POST …/admin/claims/:id/accept {reason}.
func (a *API) AdminAcceptClaim(c *call.Call) (any, error) { return decideClaim(c, true) }

// AdminRefuseClaim is POST …/admin/claims/:id/refuse {reason}.
func (a *API) AdminRefuseClaim(c *call.Call) (any, error) { return decideClaim(c, false) }

func decideClaim(c *call.Call, yes bool) (any, error) {
	r, err := store.Get[models.CreditClaim](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	if err := moderation.DecideClaim(c.Tx, c.Me, r, yes, c.Str("reason")); err != nil {
		return nil, err
	}
	return claimView(c, r.ID)
}

func claimView(c *call.Call, id models.ID) (*claimJSON, error) {
	r, err := store.Get[models.CreditClaim](c.Tx, id)
	if err != nil {
		return nil, err
	}
	who, err := store.Get[models.Account](c.Tx, r.AccountID)
	if err != nil {
		return nil, err
	}
	owner, err := store.Get[models.Account](c.Tx, r.OwnerID)
	if err != nil {
		return nil, err
	}
	v := &claimJSON{
		ID: r.ID, URI: r.URI, Account: accountView(c.Site, who), Owner: accountView(c.Site, owner), StatusURI: r.PostURI,
		As: r.Label, Label: text.CreditWord(r.Label, language(c)), Source: orNull(string(r.Source)), Text: r.Words,
		State: r.State, DecidedBy: decider(r), ReasonCode: r.Code, Reason: r.Reason, CreatedAt: moment(r.CreatedAt),
		ModeratorsAt: moment(r.EscalateAt), EscalatedAt: momentOf(r.EscalatedAt), ExpiresAt: moment(r.ExpiresAt),
		AnsweredAt: momentOf(r.AnsweredAt), Log: []claimEventJSON{},
	}
	if here, err := store.Any[models.Post](c.Tx, "id = ?", r.PostID); err != nil {
		return nil, err
	} else if here {
		v.StatusID = optional(r.PostID)
	}
	log, broken, err := collab.ClaimHistory(c.Tx, r)
	v.LogBrokenAt = broken
	for _, e := range log {
		v.Log = append(v.Log, claimEventJSON{e.Seq, moment(e.At), e.Actor, e.What, e.Code, e.Reason, e.Hash})
	}
	return v, err
}

// decider says who decided a claim, nil while nobody has.
func decider(r *models.CreditClaim) *string {
	who := "server"
	switch {
	case r.State != models.ClaimAccepted && r.State != models.ClaimRefused:
		return nil
	case r.Code == models.ClaimByModerators:
		who = "moderators"
	case r.Code == models.ClaimByOwner || r.State == models.ClaimAccepted:
		who = "owner"
	}
	return &who
}
