package api

import (
	"slices"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// moderationRoutes are reports, and Mastodon's admin API: for moderators, admins
// and owners alone, whatever the scopes of their tokens.
func (a *API) moderationRoutes() []call.Route {
	const admin, reports = "/api/v1/admin", "/api/v1/admin/reports"
	const read, write = "admin:read:reports", "admin:write:reports"
	return slices.Concat(a.domainRoutes(), a.peopleRoutes(), a.dossierRoutes(), a.appealRoutes(), a.ruleListRoutes(), a.houseRoutes(), a.settingRoutes(), []call.Route{
		{Method: "POST", Path: "/api/v1/reports", Scope: "write:reports", Handler: a.PostReport},
		{Method: "GET", Path: reports, Scope: read, Handler: staff(a.AdminReports)},
		{Method: "GET", Path: reports + "/:id", Scope: read, Handler: staff(a.AdminReport)},
		{Method: "PUT", Path: reports + "/:id", Scope: write, Handler: staff(a.SortReport)},
		{Method: "POST", Path: reports + "/:id/assign_to_self", Scope: write, Handler: staff(a.AssignReport)},
		{Method: "POST", Path: reports + "/:id/unassign", Scope: write, Handler: staff(a.UnassignReport)},
		{Method: "POST", Path: reports + "/:id/resolve", Scope: write, Handler: staff(a.ResolveReport)},
		{Method: "POST", Path: reports + "/:id/reopen", Scope: write, Handler: staff(a.ReopenReport)},
	})
}

// staff lets only those through who judge what people do.
func staff(h call.Handler) call.Handler { return allowed(models.Judge, h) }

// allowed lets only those through whose role has a permission.
func allowed(p models.Permission, h call.Handler) call.Handler {
	return func(c *call.Call) (any, error) {
		if err := permitted(c, p); err != nil {
			return nil, err
		}
		return h(c)
	}
}

// permitted refuses those whose role lacks a permission, and, where the server demands
// it, those who sign in by one step alone.
func permitted(c *call.Call, p models.Permission) error {
	if c.User == nil || !c.User.Role.May(p) {
		return models.Errorf(models.Forbidden, "your role on this server does not allow that")
	}
	check := func(tx *store.Tx) error {
		demand, err := setting(tx, models.SettingStaffFactor, "")
		if err != nil || demand != "required" {
			return err
		}
		has, err := account.HasFactor(tx, c.Me)
		if err == nil && !has {
			err = models.Refuse(models.Forbidden, "second_factor_required", "those who look after this server sign in with a second step: set one up first, in your security settings")
		}
		return err
	}
	if c.Tx == nil {
		return c.InRead(check)
	}
	return check(c.Tx)
}

// adminAccountJSON is Mastodon's Admin::Account.
type adminAccountJSON struct {
	ID            models.ID     `json:"id,string"`
	Username      string        `json:"username"`
	Domain        *string       `json:"domain"`
	CreatedAt     moment        `json:"created_at"`
	Email         string        `json:"email"`
	IP            *string       `json:"ip"`
	IPs           []adminIPJSON `json:"ips"`
	Role          *userRoleJSON `json:"role"`
	Confirmed     bool          `json:"confirmed"`
	Suspended     bool          `json:"suspended"`
	Silenced      bool          `json:"silenced"`
	Sensitized    bool          `json:"sensitized"`
	Disabled      bool          `json:"disabled"`
	Approved      bool          `json:"approved"`
	Locale        *string       `json:"locale"`
	InviteRequest *string       `json:"invite_request"`
	Account       accountJSON   `json:"account"`
}

func adminAccount(c *call.Call, id models.ID) (*adminAccountJSON, error) {
	if id == 0 {
		return nil, nil
	}
	a, err := store.Get[models.Account](c.Tx, id)
	if err != nil {
		return nil, err
	}
	v := &adminAccountJSON{
		ID: a.ID, Username: a.Username, Domain: orNull(a.Domain), CreatedAt: moment(a.CreatedAt), IPs: []adminIPJSON{},
		Confirmed: true, Approved: true, Suspended: !a.Active() && a.State != models.AccountPending, Silenced: a.Silenced(), Sensitized: a.Sensitized, Account: accountView(c.Site, a),
	}
	u, err := store.Maybe[models.User](c.Tx, "account_id = ?", a.ID)
	if err != nil || u == nil {
		return v, err
	}
	v.Email, v.Locale, v.Role = u.Email, orNull(u.Locale), roleView(u.Role)
	return v, withSignUp(c, a, v)
}
