package api

import (
	"sync"

	"ensemble/activities/account"
	"ensemble/activities/collab"
	"ensemble/models"
	rates "ensemble/models/limit"
	"ensemble/models/store"
	"ensemble/web/call"
)

// securityRoutes are how I sign in. An app's token alone changes none of it: that takes
// the password, and a code where codes are asked for.
func (a *API) securityRoutes() []call.Route {
	const me = "/api/ensemble/v1/me"
	const read, write = "read:accounts", "write:accounts"
	return append(a.passkeyRoutes(), []call.Route{
		{Method: "GET", Path: me + "/security", Scope: read, Handler: a.Security},
		{Method: "POST", Path: me + "/totp", Scope: write, Prepare: a.proved(false, beginTOTP)},
		{Method: "POST", Path: me + "/totp/confirm", Scope: write, Prepare: a.counted(confirmTOTP)},
		{Method: "DELETE", Path: me + "/totp", Scope: write, Prepare: a.proved(true, a.endTOTP)},
		{Method: "POST", Path: me + "/recovery_codes", Scope: write, Prepare: a.proved(true, recoveryCodes)},
		{Method: "PUT", Path: me + "/password", Scope: write, Prepare: a.changePassword},
		{Method: "POST", Path: me + "/email", Scope: write, Prepare: a.proved(true, askNewAddress)},
		{Method: "DELETE", Path: me + "/email", Scope: write, Handler: stopNewAddress},
		{Method: "POST", Path: me + "/delete", Scope: write, Prepare: a.proved(true, deleteMe)},
	}...)
}

// A guard counts how often somebody proves who they are.
type guard struct {
	once  sync.Once
	tries *rates.Limiter
}

// try counts one try of an account's, and writes the headers of its limit.
func (g *guard) try(c *call.Call) error {
	g.once.Do(func() { g.tries = rates.New(c.Site.Most().PairPasswords, models.PasswordWindow, c.Now) })
	if !g.tries.Count(c.Writer.Header(), c.Me.ID.String()) {
		return models.Refuse(models.TooMany, "too_many_tries", "that was tried too often: wait a quarter of an hour")
	}
	return nil
}

func (g *guard) clear(c *call.Call) {
	if g.tries != nil {
		g.tries.Clear(c.Me.ID.String())
	}
}

// counted has h run if it was not tried too often.
func (a *API) counted(h call.Handler) call.Prepare {
	return func(c *call.Call) (call.Handler, error) { return h, a.guard.try(c) }
}

// proved has h run once the password was right, and where code is set the second step
// too. The password is looked at before the transaction: that takes a while.
func (a *API) proved(code bool, h call.Handler) call.Prepare {
	return func(c *call.Call) (call.Handler, error) {
		if err := a.guard.try(c); err != nil {
			return nil, err
		}
		if err := c.InRead(func(tx *store.Tx) error { return account.Prove(tx, c.Me, c.Str("password")) }); err != nil {
			return nil, err
		}
		return func(c *call.Call) (any, error) {
			if code {
				if err := account.SecondStep(c.Tx, c.Me, c.Str("code")); err != nil {
					return nil, err
				}
			}
			a.guard.clear(c)
			return h(c)
		}, nil
	}
}

type securityJSON struct {
	TOTP     bool          `json:"totp"`
	Passkeys []passkeyJSON `json:"passkeys"`
	CodesNow int           `json:"recovery_codes_left"`
}

type passkeyJSON struct {
	ID         models.ID `json:"id,string"`
	Name       string    `json:"name"`
	CreatedAt  moment    `json:"created_at"`
	LastUsedAt *moment   `json:"last_used_at"`
}

// Security is GET /api/ensemble/v1/me/security.
func (a *API) Security(c *call.Call) (any, error) {
	v := securityJSON{Passkeys: []passkeyJSON{}}
	var err error
	if v.TOTP, err = account.HasCodes(c.Tx, c.Me); err != nil {
		return nil, err
	}
	keys, err := account.Passkeys(c.Tx, c.Me)
	if err != nil {
		return nil, err
	}
	for _, p := range keys {
		v.Passkeys = append(v.Passkeys, passkey(p))
	}
	v.CodesNow, err = store.Count[models.RecoveryCode](c.Tx, "account_id = ? AND used_at IS NULL", c.Me.ID)
	return v, err
}

// beginTOTP is POST /api/ensemble/v1/me/totp.
func beginTOTP(c *call.Call) (any, error) {
	secret, uri, err := account.BeginTOTP(c.Tx, c.Me)
	return map[string]string{"secret": secret, "uri": uri}, err
}

type recoveryJSON struct {
	Codes []string `json:"recovery_codes"` // shown once
}

// confirmTOTP is POST /api/ensemble/v1/me/totp/confirm.
func confirmTOTP(c *call.Call) (any, error) {
	codes, err := account.ConfirmTOTP(c.Tx, c.Me, c.Str("code"))
	return recoveryJSON{codes}, err
}

// endTOTP is DELETE /api/ensemble/v1/me/totp.
func (a *API) endTOTP(c *call.Call) (any, error) {
	if err := account.EndTOTP(c.Tx, c.Me); err != nil {
		return nil, err
	}
	return a.Security(c)
}

// recoveryCodes is POST /api/ensemble/v1/me/recovery_codes.
func recoveryCodes(c *call.Call) (any, error) {
	has, err := account.HasFactor(c.Tx, c.Me)
	if err == nil && !has {
		err = models.Refuse(models.Conflict, "totp_off", "there is no second step to recover from")
	}
	if err != nil {
		return nil, err
	}
	codes, err := account.NewRecoveryCodes(c.Tx, c.Me)
	return recoveryJSON{codes}, err
}

// changePassword is PUT /api/ensemble/v1/me/password: password is the one so far. All
// browsers and apps are signed out but the one that asks.
func (a *API) changePassword(c *call.Call) (call.Handler, error) {
	hash, err := account.Hash(c.Str("new_password"))
	if err != nil {
		return nil, err
	}
	return a.proved(true, func(c *call.Call) (any, error) {
		return nil, account.ChangePassword(c.Tx, c.Me, hash, "", c.Token.ID)
	})(c)
}

// askNewAddress is POST /api/ensemble/v1/me/email.
func askNewAddress(c *call.Call) (any, error) {
	return nil, account.AskNewAddress(c.Tx, c.Me, c.Str("email"))
}

// stopNewAddress is DELETE /api/ensemble/v1/me/email.
func stopNewAddress(c *call.Call) (any, error) { return nil, account.StopNewAddress(c.Tx, c.Me) }

// deleteMe is POST /api/ensemble/v1/me/delete: for good, here and at every server.
func deleteMe(c *call.Call) (any, error) {
	me, err := store.Hold[models.Account](c.Tx, c.Me.ID)
	if err != nil {
		return nil, err
	}
	if !c.Bool("confirm") {
		return nil, models.Refuse(models.Invalid, "confirm", "nothing was deleted: nobody can undo this, so send confirm=true")
	}
	if err := collab.TakeDown(c.Tx, me); err != nil {
		return nil, err
	}
	if err := collab.Detach(c.Tx, me); err != nil {
		return nil, err
	}
	if me, err = store.Get[models.Account](c.Tx, me.ID); err != nil { // its counts have changed
		return nil, err
	}
	return nil, account.Delete(c.Tx, me)
}
