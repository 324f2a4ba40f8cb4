package oauth

import (
	"encoding/json"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (s *Server) passkeyRoutes() []call.Route {
	return []call.Route{
		{Method: "POST", Path: "/auth/passkey/options", Who: call.Anyone, Page: true, Handler: askPasskey},
		{Method: "POST", Path: "/auth/passkey", Who: call.Anyone, Page: true, Mode: call.Free, Handler: s.takePasskey},
	}
}

type ceremonyJSON struct {
	Handle    string `json:"handle"`
	PublicKey any    `json:"publicKey"`
}

// half returns the secret of a sign-in whose first step is done, "" for none.
func half(c *call.Call) string {
	cookie, err := c.Request.Cookie(halfCookie(c.Site))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// askPasskey is POST /auth/passkey/options: of whoever did the first step if second is
// true, or of anybody.
func askPasskey(c *call.Call) (any, error) {
	var who *models.Account
	if c.Bool("second") {
		var err error
		if who, err = account.Half(c.Tx, half(c)); err != nil {
			return nil, err
		}
	}
	options, handle, err := account.BeginAssertion(c.Tx, who)
	return ceremonyJSON{handle, options}, err
}

// takePasskey is POST /auth/passkey: {handle, credential}. It signs the browser in.
func (s *Server) takePasskey(c *call.Call) (any, error) {
	if !s.addresses.Count(c.Writer.Header(), call.Address(c.ClientIP())) {
		return nil, models.Errorf(models.TooMany, "%s", say(c, "too_often"))
	}
	var ask struct {
		Handle     string
		Credential json.RawMessage
	}
	if err := json.Unmarshal(c.Raw(), &ask); err != nil {
		return nil, models.Errorf(models.Invalid, "JSON is wanted, with handle and credential")
	}
	err := c.InTx(func(tx *store.Tx) error {
		a, err := account.Assert(tx, ask.Handle, ask.Credential)
		if err != nil {
			return err
		}
		if _, _, err := person(tx, a.ID); err != nil {
			return err
		}
		if err := account.EndHalf(tx, half(c)); err != nil {
			return err
		}
		return begin(c, tx, a)
	})
	if err != nil {
		return nil, err
	}
	putCookie(c, halfCookie(c.Site), "", -1)
	return struct{}{}, nil
}
