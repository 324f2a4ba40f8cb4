package api

import (
	"slices"

	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// peopleRoutes are what moderators do about accounts, from here and from elsewhere.
func (a *API) peopleRoutes() []call.Route {
	const all, one = "/api/v1/admin/accounts", "/api/v1/admin/accounts/:id"
	const read, write = "admin:read:accounts", "admin:write:accounts"
	return []call.Route{
		{Method: "GET", Path: all, Scope: read, Handler: allowed(models.SeePeople, a.AdminAccounts)},
		{Method: "GET", Path: one, Scope: read, Handler: allowed(models.SeePeople, a.AdminAccount)},
		{Method: "POST", Path: one + "/action", Scope: write, Handler: staff(a.ActOnAccount)},
		{Method: "POST", Path: one + "/approve", Scope: write, Handler: allowed(models.LetIn, a.ApproveAccount)},
		{Method: "POST", Path: one + "/reject", Scope: write, Handler: allowed(models.LetIn, a.RejectAccount)},
		{Method: "POST", Path: one + "/unsuspend", Scope: write, Handler: staff(a.UnsuspendAccount)},
		{Method: "POST", Path: one + "/unsilence", Scope: write, Handler: staff(a.UnsilenceAccount)},
		{Method: "POST", Path: one + "/unsensitive", Scope: write, Handler: staff(a.UnsensitiveAccount)},
	}
}

// AdminAccounts is GET /api/v1/admin/accounts.
func (a *API) AdminAccounts(c *call.Call) (any, error) {
	w := window(c, 100, 200)
	ids, err := store.AccountsFor(c.Tx, store.Roll{
		Local: c.Bool("local"), Remote: c.Bool("remote"), Suspended: c.Bool("suspended"), Silenced: c.Bool("silenced"),
		Sensitized: c.Bool("sensitized"), Staff: c.Bool("staff"), Pending: c.Bool("pending"), Active: c.Bool("active"), Name: c.Str("username"), Domain: c.Str("by_domain"),
	}, w)
	if err != nil {
		return nil, err
	}
	out := []*adminAccountJSON{}
	for _, id := range ids {
		v, err := adminAccount(c, id)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	if n := len(ids); n > 0 {
		link(c, w, ids[0], ids[n-1], n)
	}
	return out, nil
}

// AdminAccount is GET /api/v1/admin/accounts/:id.
func (a *API) AdminAccount(c *call.Call) (any, error) {
	return onAccount(c, func(*models.Account) error { return nil })
}

// ActOnAccount is POST /api/v1/admin/accounts/:id/action. What is done to somebody here
// is told to them, with the words that come along, unless send_email_notification says no.
func (a *API) ActOnAccount(c *call.Call) (any, error) {
	who, err := store.Hold[models.Account](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return nil, act(c, who)
}

func act(c *call.Call, who *models.Account) error {
	words, kind := c.Str("text"), c.Str("type")
	if who.Local() && (kind == "none" || who.Active() && slices.Contains(actions, kind) && c.BoolOr("send_email_notification", true)) {
		w := models.Warning{Action: kind, Text: words, ReportID: c.ID("report_id")}
		if err := moderation.Strike(c.Tx, c.Me, who, w); err != nil {
			return err
		}
	}
	var err error
	switch kind {
	case "none":
		if !who.Local() {
			err = models.Errorf(models.Invalid, "%s does not live here: report them to their server", who.Handle(c.Site))
		}
	case "sensitive":
		err = moderation.Sensitize(c.Tx, c.Me, who, true, words)
	case "silence":
		err = moderation.Limit(c.Tx, c.Me, who, true, words)
	case "suspend", "disable": // there is no shutting out that leaves a profile
		err = moderation.Suspend(c.Tx, c.Me, who, words)
	default:
		err = models.Errorf(models.Invalid, "an action is none, sensitive, silence or suspend, not %q", short(kind))
	}
	if err != nil {
		return err
	}
	return moderation.Settle(c.Tx, c.Me, c.ID("report_id"), kind+" "+words)
}

// actions are what is done to accounts beside a warning.
var actions = []string{"sensitive", "silence", "suspend", "disable"}

func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40])
	}
	return s
}

// UnsuspendAccount is POST /api/v1/admin/accounts/:id/unsuspend.
func (a *API) UnsuspendAccount(c *call.Call) (any, error) {
	return onAccount(c, func(who *models.Account) error { return moderation.Unsuspend(c.Tx, c.Me, who, c.Str("text")) })
}

// UnsilenceAccount is POST /api/v1/admin/accounts/:id/unsilence.
func (a *API) UnsilenceAccount(c *call.Call) (any, error) {
	return onAccount(c, func(who *models.Account) error { return moderation.Limit(c.Tx, c.Me, who, false, c.Str("text")) })
}

// UnsensitiveAccount is POST /api/v1/admin/accounts/:id/unsensitive.
func (a *API) UnsensitiveAccount(c *call.Call) (any, error) {
	return onAccount(c, func(who *models.Account) error { return moderation.Sensitize(c.Tx, c.Me, who, false, c.Str("text")) })
}

func onAccount(c *call.Call, do func(*models.Account) error) (any, error) {
	who, err := store.Hold[models.Account](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	if err := do(who); err != nil {
		return nil, err
	}
	return adminAccount(c, who.ID)
}
