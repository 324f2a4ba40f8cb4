package api

import (
	"crypto/rand"
	"slices"

	"ensemble/activities/confirm"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// waySignIn credits somebody who cannot be asked after they have signed in at their
// own server.
const waySignIn = "sign_in"

func (a *API) confirmRoutes() []call.Route {
	const path, read, write = "/api/ensemble/v1/statuses/:id/confirmations", "read:statuses", "write:statuses"
	return []call.Route{
		{Method: "POST", Path: path, Scope: write, Prepare: a.AskToConfirm},
		{Method: "GET", Path: path, Who: call.Anyone, Scope: read, Handler: a.Confirmations},
		{Method: "DELETE", Path: path + "/:confirmation_id", Scope: write, Handler: a.CancelConfirmation},
	}
}

// confirmationJSON is a credit that somebody is to confirm, or has confirmed, by
// signing in at their own server. It is no stamp: see text.
type confirmationJSON struct {
	ID          models.ID           `json:"id,string"`
	Account     accountJSON         `json:"account"`
	CreditAs    models.CreditLabel  `json:"credit_as"`
	CreditText  string              `json:"credit_label"` // the same in a word for people
	State       models.ConfirmState `json:"state"`
	Text        *string             `json:"text"`           // how it is known, once it is
	Link        *string             `json:"link,omitempty"` // to hand over: shown once
	LinkEnds    *moment             `json:"link_expires_at,omitempty"`
	Digest      *string             `json:"digest"` // of the text that was confirmed
	ConfirmedAt *moment             `json:"confirmed_at"`
	URL         *string             `json:"url"` // where everybody sees how it stands, and they take it back
}

func confirmationView(c *call.Call, row *models.Confirmation, who *models.Account) confirmationJSON {
	v := confirmationJSON{
		ID: row.ID, Account: accountView(c.Site, who), CreditAs: row.Label, CreditText: text.CreditWord(row.Label, language(c)),
		State: row.State, Digest: orNull(row.Digest), ConfirmedAt: momentOf(row.ConfirmedAt),
	}
	if row.ConfirmedAt != nil {
		how, at := text.Confirmed{Host: who.URI.Host(), At: *row.ConfirmedAt}.How(language(c)), c.Site.Origin+"/confirmations/"+row.ID.String()
		v.Text, v.URL = &how, &at
	}
	return v
}

// AskToConfirm is POST /api/ensemble/v1/statuses/:id/confirmations {account_id or
// acct, as}: makes a link by which somebody whose server cannot be asked confirms a
// credit under a post of mine. Whoever asks hands it over.
func (a *API) AskToConfirm(c *call.Call) (call.Handler, error) {
	g, err := a.guest(c.Ctx(), c, ask{id: c.Str("account_id"), acct: c.Str("acct")})
	if err != nil {
		return nil, err
	}
	secret := rand.Text() + rand.Text()
	return func(c *call.Call) (any, error) {
		p, err := readable(c, c.ID("id"))
		if err != nil {
			return nil, err
		}
		who, err := store.Get[models.Account](c.Tx, g.id)
		if err != nil {
			return nil, err
		}
		row, err := confirm.Ask(c.Tx, c.Me, p, who, models.CreditLabel(c.Str("as")), secret)
		if err != nil {
			return nil, err
		}
		v, link, ends := confirmationView(c, row, who), c.Site.Origin+"/confirm/"+secret, moment(row.LinkEnds)
		v.Link, v.LinkEnds = &link, &ends
		return v, nil
	}, nil
}

// Confirmations is GET /api/ensemble/v1/statuses/:id/confirmations: those that stand;
// and for who wrote the post all that they asked for, too.
func (a *API) Confirmations(c *call.Call) (any, error) {
	p, err := readable(c, c.ID("id"))
	if err != nil {
		return nil, err
	}
	standing, err := confirm.Under(c.Tx, map[models.ID]*models.Post{p.ID: p})
	if err != nil {
		return nil, err
	}
	out := confirmedViews(c, standing[p.ID])
	if p.AccountID != c.MyID() {
		return out, nil
	}
	rows, err := store.Find[models.Confirmation](c.Tx, "post_id = ? ORDER BY id", p.ID)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if slices.ContainsFunc(out, func(v confirmationJSON) bool { return v.ID == row.ID }) {
			continue
		}
		who, err := store.Get[models.Account](c.Tx, row.AccountID)
		if err != nil {
			return nil, err
		}
		out = append(out, confirmationView(c, row, who))
	}
	return out, nil
}

func confirmedViews(c *call.Call, standing []confirm.Standing) []confirmationJSON {
	out := []confirmationJSON{}
	for _, s := range standing {
		out = append(out, confirmationView(c, s.Confirmation, s.Who))
	}
	return out
}

// CancelConfirmation is DELETE …/confirmations/:confirmation_id: by who asked.
func (a *API) CancelConfirmation(c *call.Call) (any, error) {
	row, err := confirm.Cancel(c.Tx, c.Me, c.ID("confirmation_id"))
	if err == nil && row.PostID != c.ID("id") {
		err = models.Errorf(models.NotFound, "there is no such confirmation under that post")
	}
	if err != nil {
		return nil, err
	}
	who, err := store.Get[models.Account](c.Tx, row.AccountID)
	if err != nil {
		return nil, err
	}
	return confirmationView(c, row, who), nil
}

// confirmed shows who confirmed a credit by signing in, as a field and in the byline.
func (s *shown) confirmed(p *models.Post, v *statusJSON) {
	standing := s.confirmations[p.ID]
	v.Confirmed = confirmedViews(s.call, standing)
	if !s.byline {
		return
	}
	var credits []text.Confirmed
	for _, c := range standing {
		credits = append(credits, c.Credit())
	}
	v.Content = text.WithConfirmed(v.Content, p.Language, credits)
}
