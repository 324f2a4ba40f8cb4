package api

import (
	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// appealRoutes are what was done to people, told to them, and what they say to it.
func (a *API) appealRoutes() []call.Route {
	const mine, admin = "/api/ensemble/v1/me/warnings", "/api/ensemble/v1/admin/appeals"
	return []call.Route{
		{Method: "GET", Path: mine, Scope: "read:accounts", Handler: a.MyWarnings},
		{Method: "GET", Path: mine + "/:id", Scope: "read:accounts", Handler: a.MyWarning},
		{Method: "POST", Path: mine + "/:id/appeal", Scope: "write:accounts", Handler: a.Appeal},
		{Method: "GET", Path: admin, Scope: "admin:read:reports", Handler: staff(a.Appeals)},
		{Method: "GET", Path: "/api/ensemble/v1/admin/waiting", Scope: "admin:read", Handler: staff(a.WaitingForStaff)},
		{Method: "POST", Path: admin + "/:id/approve", Scope: "admin:write:reports", Handler: staff(a.ApproveAppeal)},
		{Method: "POST", Path: admin + "/:id/reject", Scope: "admin:write:reports", Handler: staff(a.RejectAppeal)},
	}
}

// WaitingForStaff is GET /api/ensemble/v1/admin/waiting: how much waits for moderators.
func (a *API) WaitingForStaff(c *call.Call) (any, error) { return moderation.Waiting(c.Tx) }

// strikeJSON is what moderators did to somebody here.
type strikeJSON struct {
	ID        models.ID      `json:"id,string"`
	Action    string         `json:"action"` // none, sensitive, silence, disable, suspend or feature
	Feature   models.Feature `json:"feature"`
	Text      string         `json:"text"`
	StatusIDs []string       `json:"status_ids"`
	CreatedAt moment         `json:"created_at"`
	UndoneAt  *moment        `json:"undone_at"`
	Until     moment         `json:"appeal_until"`
	Appeal    *appealJSON    `json:"appeal"`
}

type appealJSON struct {
	ID        models.ID          `json:"id,string"`
	Text      string             `json:"text"`
	State     models.AppealState `json:"state"`
	Answer    string             `json:"answer"`
	DecidedAt *moment            `json:"decided_at"`
	CreatedAt moment             `json:"created_at"`
}

func appealView(p *models.Appeal) *appealJSON {
	if p == nil {
		return nil
	}
	return &appealJSON{p.ID, p.Text, p.State, p.Answer, momentOf(p.DecidedAt), moment(p.CreatedAt)}
}

func strikeView(tx *store.Tx, w *models.Warning) (v strikeJSON, err error) {
	p, err := moderation.AppealOf(tx, w)
	v = strikeJSON{
		ID: w.ID, Action: w.Action, Feature: w.Feature, Text: w.Text, StatusIDs: []string{}, CreatedAt: moment(w.CreatedAt),
		UndoneAt: momentOf(w.UndoneAt), Until: moment(w.CreatedAt.Add(models.AppealFor)), Appeal: appealView(p),
	}
	for _, id := range w.PostIDs {
		v.StatusIDs = append(v.StatusIDs, id.String())
	}
	return v, err
}

// strikes returns what was done to somebody, the latest first.
func strikes(c *call.Call, who models.ID) ([]strikeJSON, error) {
	rows, err := store.Find[models.Warning](c.Tx, "account_id = ? ORDER BY id DESC LIMIT 200", who)
	out := []strikeJSON{}
	for _, w := range rows {
		v, err := strikeView(c.Tx, w)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, err
}

// MyWarnings is GET /api/ensemble/v1/me/warnings.
func (a *API) MyWarnings(c *call.Call) (any, error) { return strikes(c, c.Me.ID) }

// MyWarning is GET /api/ensemble/v1/me/warnings/:id.
func (a *API) MyWarning(c *call.Call) (any, error) {
	w, err := myWarning(c)
	if err != nil {
		return nil, err
	}
	return strikeView(c.Tx, w)
}

func myWarning(c *call.Call) (*models.Warning, error) {
	return store.One[models.Warning](c.Tx, "id = ? AND account_id = ?", c.ID("id"), c.Me.ID)
}

// Appeal is POST /api/ensemble/v1/me/warnings/:id/appeal {text}.
func (a *API) Appeal(c *call.Call) (any, error) {
	w, err := myWarning(c)
	if err != nil {
		return nil, err
	}
	if _, err := moderation.Appeal(c.Tx, w, c.Str("text")); err != nil {
		return nil, err
	}
	return strikeView(c.Tx, w)
}

// adminAppealJSON is an appeal, as moderators see it.
type adminAppealJSON struct {
	*appealJSON
	Account *adminAccountJSON `json:"account"`
	Warning strikeJSON        `json:"warning"`
	MayAct  bool              `json:"may_act"`
}

func adminAppeal(c *call.Call, p *models.Appeal) (v adminAppealJSON, err error) {
	v.appealJSON = appealView(p)
	if v.Account, err = adminAccount(c, p.AccountID); err != nil {
		return v, err
	}
	who, err := store.Get[models.Account](c.Tx, p.AccountID)
	if err != nil {
		return v, err
	}
	v.MayAct = moderation.May(c.Tx, c.Me, who) == nil
	w, err := store.Get[models.Warning](c.Tx, p.WarningID)
	if err != nil {
		return v, err
	}
	v.Warning, err = strikeView(c.Tx, w)
	return v, err
}

// Appeals is GET /api/ensemble/v1/admin/appeals {all}: those that wait, or all.
func (a *API) Appeals(c *call.Call) (any, error) {
	states := []models.AppealState{models.AppealPending}
	if c.Bool("all") {
		states = append(states, models.AppealApproved, models.AppealRejected)
	}
	rows, err := store.Find[models.Appeal](c.Tx, "state IN ? ORDER BY id DESC LIMIT 200", states)
	out := []adminAppealJSON{}
	for _, p := range rows {
		v, err := adminAppeal(c, p)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, err
}

// ApproveAppeal is POST /api/ensemble/v1/admin/appeals/:id/approve {text}: what was done
// is taken back.
func (a *API) ApproveAppeal(c *call.Call) (any, error) { return decideAppeal(c, true) }

// RejectAppeal is POST /api/ensemble/v1/admin/appeals/:id/reject {text}.
func (a *API) RejectAppeal(c *call.Call) (any, error) { return decideAppeal(c, false) }

func decideAppeal(c *call.Call, grant bool) (any, error) {
	p, err := store.Get[models.Appeal](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	if err := moderation.Decide(c.Tx, c.Me, p, grant, c.Str("text")); err != nil {
		return nil, err
	}
	if p, err = store.Get[models.Appeal](c.Tx, p.ID); err != nil {
		return nil, err
	}
	return adminAppeal(c, p)
}
