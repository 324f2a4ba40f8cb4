package api

import (
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
	if address, err := account.NewAddressOf(c.Tx, c.Me); err != nil || address != "" {
		v.Waiting = &address
		return v, err
	}
	return v, nil
}

// SetMyMail is PUT /api/ensemble/v1/me/mail.
func (a *API) SetMyMail(c *call.Call) (any, error) {
	if err := account.SetDigest(c.Tx, c.Me, c.Str("digest")); err != nil {
		return nil, err
	}
	return a.MyMail(c)
}
