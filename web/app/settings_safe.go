package app

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"time"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/web/call"
)

const securityPath = "/api/ensemble/v1/me/"

// factorSettings are the second step, passkeys, the password and the address.
func factorSettings(c *call.Call) (*settingsView, error) {
	has, err := call.Fetch[struct {
		TOTP     bool `json:"totp"`
		Codes    int  `json:"recovery_codes_left"`
		Passkeys []struct {
			ID        models.ID `json:"id,string"`
			Name      string    `json:"name"`
			CreatedAt time.Time `json:"created_at"`
		} `json:"passkeys"`
	}](c, http.MethodGet, securityPath+"security", nil)
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
	second := has.TOTP || len(has.Passkeys) > 0
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

// exportFiles are the lists that can be taken along.
var exportFiles = []string{"following", "blocks", "mutes", "domain_blocks", "lists", "bookmarks"}

func dataSettings(c *call.Call) (*settingsView, error) {
	v := &settingsView{}
	for _, name := range exportFiles {
		v.Facts = append(v.Facts, fact{Key: "settings.export." + name, Text: name + ".csv", Link: "/session/api/ensemble/v1/exports/" + name + ".csv"})
	}
	archives, err := call.Fetch[[]struct {
		ID    models.ID `json:"id,string"`
		State string
		Size  int64
	}](c, http.MethodGet, "/api/ensemble/v1/archives", nil)
	if err != nil {
		return nil, err
	}
	say := set.For(c)
	for _, a := range archives {
		row := settingsRow{Text: say.T("settings.archive") + " · " + say.Size(a.Size), Note: "settings.archive_state." + a.State, Form: "archive_drop", Button: "settings.remove", Name: "id", ID: a.ID.String()}
		if a.State == string(models.ArchiveReady) {
			row.Link = "/session/api/ensemble/v1/archives/" + a.ID.String() + "/file"
		}
		v.Rows = append(v.Rows, row)
	}
	imports, err := call.Fetch[[]struct {
		ID                  models.ID `json:"id,string"`
		Type, State         string
		Total, Done, Failed int
	}](c, http.MethodGet, "/api/ensemble/v1/imports", nil)
	if err != nil {
		return nil, err
	}
	for _, i := range imports {
		v.Rows = append(v.Rows, settingsRow{
			Text: say.T("settings.import_line", say.T("settings.choice.type."+i.Type), say.Num(i.Done), say.Num(i.Total), say.Num(i.Failed)), Note: "settings.import_state." + i.State,
		})
	}
	v.Forms = []form{
		{Name: "archive", send: asks(http.MethodPost, "/api/ensemble/v1/archives")},
		{Name: "archive_drop", send: remove("/api/ensemble/v1/archives/")},
		{Name: "import", send: sendImport, Fields: []field{
			{Kind: "choice", Name: "type", Value: "following", Options: []string{"following", "blocking", "muting", "domain_blocking", "lists", "bookmarks"}},
			{Kind: "choice", Name: "mode", Value: "merge", Options: []string{"merge", "overwrite"}},
			{Kind: "file", Name: "data", Accept: ".csv,text/csv", Required: true},
		}},
	}
	return v, nil
}

func sendImport(c *call.Call) (*shown, error) {
	_, err := c.AskFiles(http.MethodPost, "/api/ensemble/v1/imports", url.Values{"type": {c.Str("type")}, "mode": {c.Str("mode")}}, filled(c, "data"))
	return nil, err
}

func moveSettings(c *call.Call) (*settingsView, error) {
	me, err := self(c)
	if err != nil {
		return nil, err
	}
	v := &settingsView{Forms: []form{
		{Name: "alias", Fields: []field{{Kind: "text", Name: "also_known_as_uris", Max: 500}}, send: sendAlias},
		{Name: "move", Danger: true, Fields: append([]field{{Kind: "text", Name: "moved_to_uri", Required: true, Max: 500}}, proving(true)...), send: asks(http.MethodPost, "/api/v1/accounts/move", "moved_to_uri", "password", "code")},
	}}
	if me.Moved != nil {
		v.Facts = []fact{{Key: "settings.fact.moved", Text: "@" + me.Moved.Acct, Link: string(me.Moved.URL)}}
		v.Forms = append(v.Forms, form{Name: "stay", send: asks(http.MethodDelete, "/api/v1/accounts/move")})
	}
	return v, nil
}

func sendAlias(c *call.Call) (*shown, error) {
	_, err := c.Ask(http.MethodPost, "/api/v1/accounts/alias", url.Values{"also_known_as_uris[]": {c.Str("also_known_as_uris")}})
	return nil, err
}

func deleteSettings(*call.Call) (*settingsView, error) {
	return &settingsView{Forms: []form{{
		Name: "delete", Danger: true, Fields: append(proving(true), field{Kind: "check", Name: "confirm", Required: true}),
		send: asks(http.MethodPost, securityPath+"delete", "password", "code", "confirm"),
	}}}, nil
}
