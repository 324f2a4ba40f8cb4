package api

import (
	"slices"
	"strings"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// mailRoutes are what this server writes to me.
func (a *API) mailRoutes() []call.Route {
	const path = "/api/ensemble/v1/me/mail"
	return []call.Route{
		{Method: "GET", Path: path, Scope: "read:accounts", Handler: a.MyMail},
		{Method: "PUT", Path: path, Scope: "write:accounts", Handler: a.SetMyMail},
	}
}

// mailJSON is where mail goes, and which.
type mailJSON struct {
	Email     string  `json:"email"`
	Confirmed bool    `json:"confirmed"`
	Waiting   *string `json:"unconfirmed_email"` // one that waits to be confirmed
	Digest    string  `json:"digest"`            // weekly, daily or off
	Enabled   bool    `json:"enabled"`           // this server sends mail
	// Staff says of what somebody is told who looks after the server; null for others.
	Staff map[string]bool `json:"staff"`
}

// MyMail is GET /api/ensemble/v1/me/mail.
func (a *API) MyMail(c *call.Call) (any, error) {
	u, err := store.One[models.User](c.Tx, "account_id = ?", c.Me.ID)
	if err != nil {
		return nil, err
	}
	v := mailJSON{Email: u.Email, Confirmed: true, Digest: string(u.Digest), Enabled: c.Site.MailFrom != ""}
	if u.Digest == models.DigestWeekly {
		v.Digest = "weekly"
	}
	if u.Role.May(models.Judge) {
		v.Staff = map[string]bool{}
		for _, news := range account.StaffNews {
			v.Staff[news] = !slices.Contains(strings.Fields(u.StaffMailOff), news)
		}
	}
	if address, err := account.NewAddressOf(c.Tx, c.Me); err != nil || address != "" {
		v.Waiting = &address
		return v, err
	}
	return v, nil
}

// SetMyMail is PUT /api/ensemble/v1/me/mail {digest, reports, appeals, sign_ups}. What is
// not sent stays as it is.
func (a *API) SetMyMail(c *call.Call) (any, error) {
	wants := map[string]bool{}
	if c.Has("reports") {
		wants["reports"] = c.Bool("reports")
	}
	if c.Has("appeals") {
		wants["appeals"] = c.Bool("appeals")
	}
	if c.Has("sign_ups") {
		wants["sign_ups"] = c.Bool("sign_ups")
	}
	if len(wants) > 0 {
		if err := account.SetStaffMail(c.Tx, c.Me, wants); err != nil {
			return nil, err
		}
	}
	if c.Has("digest") || len(wants) == 0 {
		if err := account.SetDigest(c.Tx, c.Me, c.Str("digest")); err != nil {
			return nil, err
		}
	}
	return a.MyMail(c)
}
