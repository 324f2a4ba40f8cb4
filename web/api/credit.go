package api

import (
	"ensemble/activities/collab"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) creditRoutes() []call.Route {
	const v1, read, write = "/api/ensemble/v1", "read:statuses", "write:statuses"
	return []call.Route{
		{Method: "POST", Path: v1 + "/statuses/:id/credits", Scope: write, Prepare: a.AskForCredit},
		{Method: "GET", Path: v1 + "/statuses/:id/credits", Who: call.Anyone, Scope: read, Handler: a.CreditsUnder},
		{Method: "GET", Path: v1 + "/accounts/:id/credits", Who: call.Anyone, Scope: read, Handler: a.CreditsOf},
	}
}

// creditJSON is a credit as it is asked for or stands.
type creditJSON struct {
	Account    accountJSON        `json:"account"`
	As         models.CreditLabel `json:"as"`
	Label      string             `json:"label"` // the same in a word for people
	State      string             `json:"state"` // accepted, or how far the asking has come, for the asker alone
	ReasonCode string             `json:"reason_code"`
	Reason     string             `json:"reason"`
	AcceptedAt *moment            `json:"accepted_at"`
	Stamp      *models.IRI        `json:"stamp"`
}

// AskForCredit is POST /api/ensemble/v1/statuses/:id/credits {account_id or acct,
// as}: asks somebody to be named under a post of mine that is out already. It
// answers with the collab, in which the answer can be followed.
func (a *API) AskForCredit(c *call.Call) (call.Handler, error) {
	g, err := a.guest(c.Ctx(), c, ask{id: c.Str("account_id"), acct: c.Str("acct")})
	if err != nil {
		return nil, err
	}
	return func(c *call.Call) (any, error) {
		p, err := readable(c, c.ID("id"))
		if err != nil {
			return nil, err
		}
		people, err := invitees(c, []guest{g})
		if err != nil {
			return nil, err
		}
		people[0].Label = models.CreditLabel(c.Str("as"))
		row, err := collab.Credit(c.Tx, c.Me, p, people)
		if err != nil {
			return nil, err
		}
		return a.reread(c, row)
	}, nil
}

// CreditsUnder is GET /api/ensemble/v1/statuses/:id/credits: those that stand; and
// for the post's author those who were asked, too, with what they answered.
func (a *API) CreditsUnder(c *call.Call) (any, error) {
	p, err := readable(c, c.ID("id"))
	if err != nil {
		return nil, err
	}
	names, err := store.Find[models.Author](c.Tx, "post_id = ? AND role = ? AND state = ? AND account_id <> 0 ORDER BY position",
		p.ID, models.RoleCredit, models.AuthorVerified)
	if err != nil {
		return nil, err
	}
	out, stands := []creditJSON{}, map[models.ID]bool{}
	for _, n := range names {
		who, err := store.Get[models.Account](c.Tx, n.AccountID)
		if err != nil {
			return nil, err
		}
		stands[who.ID] = true
		if who.Active() {
			out = append(out, creditJSON{
				Account: accountView(c.Site, who), As: n.Label, Label: text.CreditWord(n.Label, language(c)), State: "accepted",
				AcceptedAt: momentOf(n.AcceptedAt), Stamp: &n.Stamp,
			})
		}
	}
	if c.Me == nil || p.AccountID != c.Me.ID || p.Collab == "" {
		return out, nil
	}
	return askedCredits(c, p, stands, out)
}

func askedCredits(c *call.Call, p *models.Post, stands map[models.ID]bool, out []creditJSON) ([]creditJSON, error) {
	all, err := store.Find[models.Invite](c.Tx, "role = ? AND collab_id IN (SELECT id FROM collabs WHERE uri = ?) ORDER BY position", models.RoleCredit, p.Collab)
	if err != nil {
		return nil, err
	}
	for _, inv := range all {
		if stands[inv.AccountID] {
			continue
		}
		who, err := store.Get[models.Account](c.Tx, inv.AccountID)
		if err != nil {
			return nil, err
		}
		out = append(out, creditJSON{
			Account: accountView(c.Site, who), As: inv.Label, Label: text.CreditWord(inv.Label, language(c)), State: string(inv.State),
			ReasonCode: inv.ReasonCode, Reason: inv.Reason,
		})
	}
	return out, nil
}

// CreditsOf is GET /api/ensemble/v1/accounts/:id/credits: the public posts under
// which somebody is credited, each a Status whose coauthors say for what.
func (a *API) CreditsOf(c *call.Call) (any, error) {
	who, err := a.target(c)
	if err != nil {
		return nil, err
	}
	w := window(c, 20, 40)
	entries, err := store.CreditedPosts(c.Tx, who.ID, w)
	if err != nil {
		return nil, err
	}
	linkEntries(c, w, entries)
	return a.page(c, entries)
}
