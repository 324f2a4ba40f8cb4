package oauth

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// oob is the redirect address of apps that have none: the code is shown, and
// people copy it.
const oob = "urn:ietf:wg:oauth:2.0:oob"

// unsafe are the schemes that make a browser run or open something instead of
// telling an app.
var unsafe = []string{"javascript", "data", "vbscript", "file", "blob", "about", "mailto", "view-source", "filesystem"}

// createApp is POST /api/v1/apps. Anybody may register an app: it can do nothing
// until somebody signs in with it.
func createApp(c *call.Call) (any, error) {
	name, website := strings.TrimSpace(c.Str("client_name")), strings.TrimSpace(c.Str("website"))
	if name == "" || utf8.RuneCountInString(name) > 60 {
		return nil, models.Errorf(models.Invalid, "an app needs a client_name of at most 60 letters")
	}
	if u, err := url.Parse(website); website != "" && (err != nil || len(website) > 2000 || (u.Scheme != "https" && u.Scheme != "http")) {
		return nil, models.Errorf(models.Invalid, "the website of an app is an http or https address")
	}
	uris, err := redirects(c.Strs("redirect_uris"))
	if err != nil {
		return nil, err
	}
	asked := c.Str("scopes")
	if strings.TrimSpace(asked) == "" {
		asked = defaultScope
	}
	scopes, ok := tidyScopes(asked)
	if !ok {
		return nil, models.Errorf(models.Invalid, "these scopes are not all known here: %s", strings.ToValidUTF8(asked[:min(len(asked), 200)], ""))
	}
	app := &models.App{
		ID: models.NewID(c.Tx.Now), ClientID: secret(), ClientSecret: secret(), Name: name, Website: website,
		RedirectURIs: uris, Scopes: scopes, CreatedAt: c.Tx.Now,
	}
	v := viewApp(app)
	v.ClientID, v.ClientSecret, v.SecretExpires = app.ClientID, app.ClientSecret, new(int)
	return v, store.Put(c.Tx, app)
}

// redirects reads addresses to return to: a list, or a text with one a line.
func redirects(given []string) ([]string, error) {
	var uris []string
	for _, line := range given {
		for _, uri := range strings.Fields(line) {
			if err := redirectable(uri); err != nil {
				return nil, err
			}
			if !slices.Contains(uris, uri) {
				uris = append(uris, uri)
			}
		}
	}
	switch {
	case len(uris) == 0:
		return nil, models.Errorf(models.Invalid, "an app needs redirect_uris")
	case len(uris) > 20:
		return nil, models.Errorf(models.Invalid, "an app may have 20 redirect_uris")
	}
	return uris, nil
}

func redirectable(uri string) error {
	u, err := url.Parse(uri)
	web := err == nil && (u.Scheme == "http" || u.Scheme == "https")
	switch {
	case err != nil, len(uri) > 2000, u.Scheme == "", u.Fragment != "", web && u.Host == "", u.User != nil,
		slices.Contains(unsafe, strings.ToLower(u.Scheme)):
		return models.Errorf(models.Invalid, "a redirect_uri has to be an absolute address without a #fragment, or %s", oob)
	}
	return nil
}

// verifyApp is GET /api/v1/apps/verify_credentials.
func verifyApp(c *call.Call) (any, error) {
	app, err := store.One[models.App](c.Tx, "client_id = ?", c.Token.ClientID)
	if err != nil {
		return nil, err
	}
	return viewApp(app), nil
}

type appJSON struct {
	ID            string   `json:"id"`
	Name          string   `json:"name"`
	Website       *string  `json:"website"`
	Scopes        []string `json:"scopes"`
	RedirectURI   string   `json:"redirect_uri"` // one a line
	RedirectURIs  []string `json:"redirect_uris"`
	ClientID      string   `json:"client_id,omitempty"`
	ClientSecret  string   `json:"client_secret,omitempty"`
	SecretExpires *int     `json:"client_secret_expires_at,omitempty"` // 0: never
	VapidKey      string   `json:"vapid_key"`
}

func viewApp(a *models.App) appJSON {
	v := appJSON{
		ID: a.ID.String(), Name: a.Name, Scopes: strings.Fields(a.Scopes),
		RedirectURI: strings.Join(a.RedirectURIs, "\n"), RedirectURIs: a.RedirectURIs,
	}
	if a.Website != "" {
		v.Website = &a.Website
	}
	return v
}
