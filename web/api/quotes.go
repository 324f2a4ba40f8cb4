package api

import (
	"ensemble/activities/interaction"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// quoteRoutes are Mastodon's of quotes, and ours for what it has no word for: asking,
// duets, and the list of all that was made of a post.
func (a *API) quoteRoutes() []call.Route {
	const v1, one = "/api/ensemble/v1", "/api/v1/statuses/:id"
	const read, write = "read:statuses", "write:statuses"
	return []call.Route{
		{Method: "GET", Path: one + "/quotes", Who: call.Anyone, Scope: read, Handler: a.Quotes},
		{Method: "POST", Path: one + "/quotes/:quoting_status_id/revoke", Scope: write, Handler: a.RevokeQuote},
		{Method: "PUT", Path: one + "/interaction_policy", Scope: write, Handler: a.SetInteractionPolicy},
		{Method: "GET", Path: v1 + "/quote_requests", Scope: read, Handler: a.QuoteRequests},
		{Method: "POST", Path: v1 + "/quote_requests/:id/accept", Scope: write, Handler: a.AcceptQuote},
		{Method: "POST", Path: v1 + "/quote_requests/:id/reject", Scope: write, Handler: a.RejectQuote},
		{Method: "POST", Path: v1 + "/quote_requests/:id/object", Scope: write, Handler: a.ObjectToQuote},
		{Method: "GET", Path: v1 + "/statuses/:id/derivatives", Scope: read, Handler: a.Derivatives},
		{Method: "POST", Path: v1 + "/statuses/:id/derivatives/:derivative_id/detach", Scope: write, Handler: a.DetachDerivative},
	}
}

// readConsents reads what a draft quotes, and who may quote it.
func readConsents(c *call.Call, d *post.Draft) {
	d.Quote, d.Derivation = c.ID("quoted_status_id"), c.Str("derivation")
	d.Quotes = given(c, "quote_approval_policy", quoteChoice(c))
	d.Duets = given(c, "duet_approval_policy", quoteChoice(c))
}

func quoteChoice(c *call.Call) func(string) models.QuotePolicy {
	return func(name string) models.QuotePolicy { return models.QuotePolicy(c.Str(name)) }
}

// editPolicy changes who may quote a post, if an edit of it says so. What it quotes
// itself stays.
func editPolicy(c *call.Call, p *models.Post) error {
	if !c.Has("quote_approval_policy") && !c.Has("duet_approval_policy") {
		return nil
	}
	return setPolicy(c, p)
}

func setPolicy(c *call.Call, p *models.Post) error {
	return post.SetPolicy(c.Tx, c.Me, p,
		given(c, "quote_approval_policy", quoteChoice(c)), given(c, "duet_approval_policy", quoteChoice(c)))
}

// SetInteractionPolicy is PUT /api/v1/statuses/:id/interaction_policy. Beside
// Mastodon's parameter it takes duet_approval_policy.
func (a *API) SetInteractionPolicy(c *call.Call) (any, error) {
	p, err := a.own(c)
	if err != nil {
		return nil, err
	}
	if err := setPolicy(c, p); err != nil {
		return nil, err
	}
	return a.status(c, p.ID)
}

// Quotes is GET /api/v1/statuses/:id/quotes: the posts that quote it by its author's
// consent, the newest first.
func (a *API) Quotes(c *call.Call) (any, error) {
	p, err := a.post(c)
	if err != nil {
		return nil, err
	}
	w := window(c, 20, 40)
	rows, err := store.InteractionsWith(c.Tx, p.ID, models.InteractQuote, true, w)
	if err != nil {
		return nil, err
	}
	var ids []models.ID
	for _, i := range rows {
		ids = append(ids, i.PostID)
	}
	readable, err := store.Readable(c.Tx, c.MyID(), ids)
	if err != nil {
		return nil, err
	}
	if n := len(rows); n > 0 {
		link(c, w, rows[0].ID, rows[n-1].ID, n)
	}
	return a.page(c, entriesOf(ids, readable))
}

func entriesOf(ids, readable []models.ID) []store.Entry {
	may := map[models.ID]bool{}
	for _, id := range readable {
		may[id] = true
	}
	entries := []store.Entry{}
	for _, id := range ids {
		if may[id] {
			entries = append(entries, store.Entry{ID: id, PostID: id, Kind: models.FeedPost})
		}
	}
	return entries
}

// RevokeQuote is POST /api/v1/statuses/:id/quotes/:quoting_status_id/revoke.
func (a *API) RevokeQuote(c *call.Call) (any, error) {
	p, err := a.own(c)
	if err != nil {
		return nil, err
	}
	i, err := interaction.QuoteBy(c.Tx, c.Me, p, c.ID("quoting_status_id"))
	if err != nil {
		return nil, err
	}
	if err := interaction.Revoke(c.Tx, c.Me, i); err != nil {
		return nil, err
	}
	return a.status(c, i.PostID)
}

// QuoteRequests is GET /api/ensemble/v1/quote_requests: who asks to quote one, and
// waits; and whose request to a co-author one got a copy of.
func (a *API) QuoteRequests(c *call.Call) (any, error) {
	w := window(c, 20, 40)
	rows, err := store.QuoteRequests(c.Tx, c.Me.ID, w)
	if err != nil {
		return nil, err
	}
	if n := len(rows); n > 0 {
		link(c, w, rows[0].ID, rows[n-1].ID, n)
	}
	return a.interactions(c, rows)
}

// AcceptQuote is POST /api/ensemble/v1/quote_requests/:id/accept.
func (a *API) AcceptQuote(c *call.Call) (any, error) {
	return a.decide(c, interaction.Allow)
}

// RejectQuote is POST /api/ensemble/v1/quote_requests/:id/reject, with a reason if one
// wants to give it.
func (a *API) RejectQuote(c *call.Call) (any, error) {
	return a.decide(c, func(tx *store.Tx, me *models.Account, i *models.Interaction) error {
		return interaction.Refuse(tx, me, i, c.Str("reason_code"), c.Str("reason"))
	})
}

func (a *API) decide(c *call.Call, do func(*store.Tx, *models.Account, *models.Interaction) error) (any, error) {
	i, err := interaction.Of(c.Tx, c.Me, c.ID("id"))
	if err != nil {
		return nil, err
	}
	if err := do(c.Tx, c.Me, i); err != nil {
		return nil, err
	}
	return a.interaction(c, i.ID)
}

// ObjectToQuote is POST /api/ensemble/v1/quote_requests/:id/object: for co-authors of
// what is quoted. Its first author decides.
func (a *API) ObjectToQuote(c *call.Call) (any, error) {
	i, err := store.Get[models.Interaction](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	if err := interaction.Object(c.Tx, c.Me, i, c.Str("reason")); err != nil {
		return nil, err
	}
	return a.interaction(c, i.ID)
}

// Derivatives is GET /api/ensemble/v1/statuses/:id/derivatives: all that was made of a
// post of one's own, quotes and duets, with what became of them.
func (a *API) Derivatives(c *call.Call) (any, error) {
	p, err := a.own(c)
	if err != nil {
		return nil, err
	}
	w := window(c, 40, 80)
	rows, err := store.InteractionsWith(c.Tx, p.ID, models.InteractQuote, false, w)
	if err != nil {
		return nil, err
	}
	if n := len(rows); n > 0 {
		link(c, w, rows[0].ID, rows[n-1].ID, n)
	}
	return a.interactions(c, rows)
}

// DetachDerivative is POST /api/ensemble/v1/statuses/:id/derivatives/:derivative_id/detach:
// the consent is taken back, and with it the credit and the picture of the original.
func (a *API) DetachDerivative(c *call.Call) (any, error) {
	p, err := a.own(c)
	if err != nil {
		return nil, err
	}
	i, err := interaction.Of(c.Tx, c.Me, c.ID("derivative_id"))
	if err != nil || i.TargetID != p.ID {
		return nil, first(err, models.Errorf(models.NotFound, "that was not made of this post"))
	}
	if err := interaction.Revoke(c.Tx, c.Me, i); err != nil {
		return nil, err
	}
	return a.interaction(c, i.ID)
}

// interactionJSON is something that somebody does with a post of one's own.
type interactionJSON struct {
	ID             models.ID               `json:"id,string"`
	Kind           models.InteractionKind  `json:"kind"`
	Derivation     *string                 `json:"derivation"` // duet
	State          models.InteractionState `json:"state"`
	Code           string                  `json:"code"`
	Reason         string                  `json:"reason"`
	URI            models.IRI              `json:"uri"`
	TargetStatusID models.ID               `json:"target_status_id,string"`
	Stamp          models.IRI              `json:"stamp,omitempty"`
	CreatedAt      moment                  `json:"created_at"`
	UpdatedAt      moment                  `json:"updated_at"`
	Account        *accountJSON            `json:"account"`
	Status         *statusJSON             `json:"status"`
}

func (a *API) interaction(c *call.Call, id models.ID) (any, error) {
	i, err := store.Get[models.Interaction](c.Tx, id)
	if err != nil {
		return nil, err
	}
	views, err := a.interactions(c, []*models.Interaction{i})
	if err != nil {
		return nil, err
	}
	return views[0], nil
}

func (a *API) interactions(c *call.Call, rows []*models.Interaction) ([]interactionJSON, error) {
	var people, posts []models.ID
	for _, i := range rows {
		people, posts = append(people, i.AccountID), append(posts, i.PostID)
	}
	from, err := store.AccountsByID(c.Tx, people)
	if err != nil {
		return nil, err
	}
	views, err := a.postsByID(c, posts)
	if err != nil {
		return nil, err
	}
	out := []interactionJSON{}
	for _, i := range rows {
		v := interactionJSON{
			ID: i.ID, Kind: i.Kind, Derivation: orNull(i.Derivation), State: i.State, Code: i.Code, Reason: i.Reason, URI: i.ObjectURI,
			TargetStatusID: i.TargetID, Stamp: i.Stamp, CreatedAt: moment(i.CreatedAt), UpdatedAt: moment(i.UpdatedAt), Status: views[i.PostID],
		}
		if who := from[i.AccountID]; who != nil {
			w := accountView(c.Site, who)
			v.Account = &w
		}
		out = append(out, v)
	}
	return out, nil
}
