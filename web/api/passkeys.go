package api

import (
	"encoding/json"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/web/call"
)

func (a *API) passkeyRoutes() []call.Route {
	const keys, write = "/api/ensemble/v1/me/passkeys", "write:accounts"
	return []call.Route{
		{Method: "POST", Path: keys + "/options", Scope: write, Prepare: a.proved(true, beginPasskey)},
		{Method: "POST", Path: keys, Scope: write, Handler: addPasskey},
		{Method: "PUT", Path: keys + "/:id", Scope: write, Handler: renamePasskey},
		{Method: "DELETE", Path: keys + "/:id", Scope: write, Prepare: a.proved(true, a.removePasskey)},
	}
}

func passkey(p *models.Passkey) passkeyJSON {
	return passkeyJSON{p.ID, p.Name, moment(p.CreatedAt), momentOf(p.LastUsedAt)}
}

type ceremonyJSON struct {
	Handle    string `json:"handle"`
	PublicKey any    `json:"publicKey"` // as navigator.credentials takes it, with bytes in base64url
}

// beginPasskey is POST /api/ensemble/v1/me/passkeys/options.
func beginPasskey(c *call.Call) (any, error) {
	options, handle, err := account.BeginPasskey(c.Tx, c.Me)
	return ceremonyJSON{handle, options}, err
}

type passkeyAddedJSON struct {
	Passkey passkeyJSON `json:"passkey"`
	Codes   []string    `json:"recovery_codes"` // of a first passkey; shown once
}

// addPasskey is POST /api/ensemble/v1/me/passkeys: {handle, name, credential}.
func addPasskey(c *call.Call) (any, error) {
	var ask struct {
		Handle, Name string
		Credential   json.RawMessage
	}
	if err := json.Unmarshal(c.Raw(), &ask); err != nil {
		return nil, models.Errorf(models.Invalid, "JSON is wanted, with handle, name and credential")
	}
	p, codes, err := account.AddPasskey(c.Tx, c.Me, ask.Handle, ask.Name, ask.Credential)
	if err != nil {
		return nil, err
	}
	if codes == nil {
		codes = []string{}
	}
	return passkeyAddedJSON{passkey(p), codes}, nil
}

// renamePasskey is PUT /api/ensemble/v1/me/passkeys/:id.
func renamePasskey(c *call.Call) (any, error) {
	p, err := account.RenamePasskey(c.Tx, c.Me, c.ID("id"), c.Str("name"))
	if err != nil {
		return nil, err
	}
	return passkey(p), nil
}

// removePasskey is DELETE /api/ensemble/v1/me/passkeys/:id.
func (a *API) removePasskey(c *call.Call) (any, error) {
	if err := account.RemovePasskey(c.Tx, c.Me, c.ID("id")); err != nil {
		return nil, err
	}
	return a.Security(c)
}
