package api

import (
	"slices"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// languageRoutes are the language in which this server speaks to me.
func (a *API) languageRoutes() []call.Route {
	const path = "/api/ensemble/v1/me/language"
	return []call.Route{
		{Method: "GET", Path: path, Scope: "read:accounts", Handler: a.MyLanguage},
		{Method: "PUT", Path: path, Scope: "write:accounts", Handler: a.SetMyLanguage},
	}
}

// spoken are the languages of pages and mail.
var spoken = []string{"en", "fr"}

// myLanguageJSON says in which language pages and mail are, and which there are.
type myLanguageJSON struct {
	Locale  string   `json:"locale"`
	Offered []string `json:"offered"`
}

// MyLanguage is GET /api/ensemble/v1/me/language.
func (a *API) MyLanguage(c *call.Call) (any, error) {
	return myLanguageJSON{c.User.Locale, spoken}, nil
}

// SetMyLanguage is PUT /api/ensemble/v1/me/language {locale}.
func (a *API) SetMyLanguage(c *call.Call) (any, error) {
	locale := c.Str("locale")
	if !slices.Contains(spoken, locale) {
		return nil, models.Errorf(models.Invalid, "locale is en or fr, not %.20q", locale)
	}
	c.User.Locale = locale
	if _, err := store.Set[models.User](c.Tx, map[string]any{"locale": locale}, "account_id = ?", c.Me.ID); err != nil {
		return nil, err
	}
	return a.MyLanguage(c)
}
