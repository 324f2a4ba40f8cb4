package app

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/web/call"
)

const securityPath = "/api/ensemble/v1/me/"

// factorSettings are the second step, passkeys, the password and the address.
func factorSettings(c *call.Call) (*settingsView, error) {
	has, err := factorsOf(c)
	if err != nil {
		return nil, err
	}
	mail, err := call.Fetch[struct {
		Email   string
		Waiting *string `json:"unconfirmed_email"`
		Enabled bool
	}](c, http.MethodGet, securityPath+"mail", nil)
	if err != nil {
		return nil, err
	}
	second := has.Second()
	v := &settingsView{Facts: []fact{{Key: "settings.fact.email", Text: mail.Email}}}
	if mail.Waiting != nil {
		v.Facts = append(v.Facts, fact{Key: "settings.fact.email_waiting", Text: *mail.Waiting})
	}
	if second {
		v.Facts = append(v.Facts, fact{Key: "settings.fact.codes_left", Text: set.For(c).Num(has.Codes)})
	}
	if has.TOTP {
		v.Forms = append(v.Forms, form{Name: "totp_end", Danger: true, Fields: proving(true), send: asks(http.MethodDelete, securityPath+"totp", "password", "code")})
	} else {
		v.Forms = append(v.Forms, form{Name: "totp", Fields: proving(second), send: beginCodes},
			form{Name: "totp_confirm", Fields: []field{{Kind: "text", Name: "code", Required: true, Max: 6, Auto: "one-time-code"}}, send: recovery(http.MethodPost, securityPath+"totp/confirm")})
	}
	v.Forms = append(v.Forms, form{Name: "passkey", Fields: append([]field{{Kind: "text", Name: "name", Required: true, Max: 60}}, proving(second)...), send: needsScript})
	for _, p := range has.Passkeys {
		v.Rows = append(v.Rows, settingsRow{Text: p.Name, Note: "settings.a_passkey", ID: p.ID.String()})
	}
	if len(has.Passkeys) > 0 {
		v.Forms = append(v.Forms, form{Name: "passkey_end", Danger: true, Fields: append([]field{{Kind: "passkey", Name: "id", Required: true}}, proving(true)...), send: endPasskey})
	}
	if second {
		v.Forms = append(v.Forms, form{Name: "codes", Fields: proving(true), send: recovery(http.MethodPost, securityPath+"recovery_codes")})
	}
	v.Forms = append(v.Forms,
		form{Name: "password", Fields: append([]field{{Kind: "password", Name: "new_password", Required: true, Max: 256, Auto: "new-password"}}, proving(second)...), send: asks(http.MethodPut, securityPath+"password", "new_password", "password", "code")})
	if mail.Enabled {
		v.Forms = append(v.Forms, form{Name: "email", Fields: append([]field{{Kind: "email", Name: "email", Required: true, Auto: "email"}}, proving(second)...), send: asks(http.MethodPost, securityPath+"email", "email", "password", "code")})
	}
	return v, nil
}

// aFactors are the ways beyond the password in which somebody signs in.
type aFactors struct {
	TOTP     bool `json:"totp"`
	Codes    int  `json:"recovery_codes_left"`
	Passkeys []struct {
		ID        models.ID `json:"id,string"`
		Name      string    `json:"name"`
		CreatedAt time.Time `json:"created_at"`
	} `json:"passkeys"`
}

// Second reports whether there is a second step.
func (f aFactors) Second() bool { return f.TOTP || len(f.Passkeys) > 0 }

func factorsOf(c *call.Call) (aFactors, error) {
	return call.Fetch[aFactors](c, http.MethodGet, securityPath+"security", nil)
}

// proving is that it is really the person: the password and, where there is one, a code.
func proving(second bool) []field {
	f := []field{{Kind: "password", Name: "password", Required: true, Max: 256, Auto: "current-password"}}
	if second {
		f = append(f, field{Kind: "text", Name: "code", Max: 40, Auto: "one-time-code"})
	}
	return f
}

// beginCodes shows the secret that an app makes codes of.
func beginCodes(c *call.Call) (*shown, error) {
	got, err := call.Fetch[struct{ Secret, URI string }](c, http.MethodPost, securityPath+"totp", url.Values{"password": {c.Str("password")}, "code": {c.Str("code")}})
	if err != nil {
		return nil, err
	}
	picture, err := account.QR(got.URI)
	if err != nil {
		return nil, err
	}
	return &shown{Secret: got.Secret, QR: "data:image/png;base64," + base64.StdEncoding.EncodeToString(picture)}, nil
}

// recovery shows the recovery codes that the API answers with.
func recovery(method, path string) func(c *call.Call) (*shown, error) {
	return func(c *call.Call) (*shown, error) {
		got, err := call.Fetch[struct {
			Codes []string `json:"recovery_codes"`
		}](c, method, path, url.Values{"password": {c.Str("password")}, "code": {c.Str("code")}})
		if err != nil || len(got.Codes) == 0 {
			return nil, err
		}
		return &shown{Codes: got.Codes}, nil
	}
}

// needsScript is a passkey without a script: a browser makes none then.
func needsScript(*call.Call) (*shown, error) {
	return nil, call.Fail(http.StatusUnprocessableEntity, "needs_script", "a passkey is made by a script, which did not run in this browser")
}

func endPasskey(c *call.Call) (*shown, error) {
	_, err := c.Ask(http.MethodDelete, securityPath+"passkeys/"+c.ID("id").String(), url.Values{"password": {c.Str("password")}, "code": {c.Str("code")}})
	return nil, err
}

func moveSettings(c *call.Call) (*settingsView, error) {
	me, err := self(c)
	if err != nil {
		return nil, err
	}
	has, err := factorsOf(c)
	if err != nil {
		return nil, err
	}
	v := &settingsView{Forms: []form{
		{Name: "alias", Fields: []field{{Kind: "area", Name: "also_known_as_uris", Value: strings.Join(me.Source.Aliases, "\n"), Max: 5000}}, send: sendAlias},
		{Name: "move", Danger: true, Fields: append([]field{{Kind: "text", Name: "moved_to_uri", Required: true, Max: 500}}, proving(has.Second())...), send: asks(http.MethodPost, "/api/v1/accounts/move", "moved_to_uri", "password", "code")},
	}}
	if me.Moved != nil {
		v.Facts = []fact{{Key: "settings.fact.moved", Text: "@" + me.Moved.Acct, Link: string(me.Moved.URL)}}
		v.Forms = []form{{Name: "stay", send: asks(http.MethodDelete, "/api/v1/accounts/move")}, v.Forms[0]}
	}
	return v, nil
}

func sendAlias(c *call.Call) (*shown, error) {
	_, err := c.Ask(http.MethodPost, "/api/v1/accounts/alias", url.Values{"also_known_as_uris[]": strings.Fields(c.Str("also_known_as_uris"))})
	return nil, err
}

func deleteSettings(c *call.Call) (*settingsView, error) {
	has, err := factorsOf(c)
	return &settingsView{Forms: []form{{
		Name: "delete", Danger: true, Fields: append(proving(has.Second()), field{Kind: "check", Name: "confirm", Required: true}),
		send: asks(http.MethodPost, securityPath+"delete", "password", "code", "confirm"),
	}}}, err
}
