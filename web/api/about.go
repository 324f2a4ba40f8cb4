package api

import (
	"strconv"
	"strings"
	"time"

	"ensemble/activities/legal"
	"ensemble/activities/setup"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// Settings by which an admin says more about the server.
const (
	SettingPrivacy   = legal.SettingPrivacy
	SettingTerms     = legal.SettingTerms
	SettingTermsDate = legal.SettingTermsDate
	SettingLanguages = setup.SettingLanguages
	SettingIcon      = "site.icon" // an address
)

// MastodonVersion is the version of Mastodon's client API that we are as good as. A
// number claims all that each one below it does: see Claims.
const MastodonVersion = 9

// A Claim is what a version of Mastodon's API adds, and routes by which it is known.
type Claim struct {
	Version int
	What    string
	Routes  []string
}

// Claims returns what each version claims, the lowest first.
func Claims() []Claim {
	const notifications, quotes = "/api/v2/notifications", "/api/v1/statuses/:id/quotes"
	return []Claim{
		{2, "grouped notifications", []string{
			"GET " + notifications, "GET " + notifications + "/:group_key", "POST " + notifications + "/:group_key/dismiss",
			"GET " + notifications + "/:group_key/accounts", "GET " + notifications + "/unread_count",
		}},
		{5, "filters that blur", []string{"GET /api/v2/filters", "POST /api/v2/filters"}},
		{6, "hashtags on the profile", []string{"POST /api/v1/tags/:name/feature", "POST /api/v1/tags/:name/unfeature"}},
		{7, "quotes", []string{"GET " + quotes, "POST " + quotes + "/:quoting_id/revoke", "PUT /api/v1/statuses/:id/interaction_policy"}},
		{9, "the profile, with descriptions of its pictures", []string{"GET /api/v1/profile", "PATCH /api/v1/profile", "DELETE /api/v1/profile/avatar", "DELETE /api/v1/profile/header"}},
		{10, "collections", []string{"GET /api/v1/accounts/:id/collections", "POST /api/v1/collections"}},
	}
}

func (a *API) aboutRoutes() []call.Route {
	const v1 = "/api/v1/instance"
	return []call.Route{
		{Method: "GET", Path: v1 + "/activity", Who: call.Nobody, Handler: a.Activity},
		{Method: "GET", Path: v1 + "/privacy_policy", Who: call.Nobody, Handler: a.Privacy},
		{Method: "GET", Path: v1 + "/terms_of_service", Who: call.Nobody, Handler: a.Terms},
		{Method: "GET", Path: v1 + "/terms_of_service/:date", Who: call.Nobody, Handler: a.Terms},
		{Method: "GET", Path: v1 + "/languages", Who: call.Nobody, Handler: a.Languages},
	}
}

// Activity is GET /api/v1/instance/activity: twelve weeks, this one first.
func (a *API) Activity(c *call.Call) (any, error) {
	weeks, err := store.Weeks(c.Tx, 12)
	out := make([]weekJSON, len(weeks))
	for i, w := range weeks {
		out[i] = weekJSON{
			Week: strconv.FormatInt(models.WeekAt(w.Week).Unix(), 10), Statuses: strconv.Itoa(w.Posts),
			Logins: strconv.Itoa(w.People), Registrations: strconv.Itoa(w.NewUsers),
		}
	}
	return out, err
}

// A weekJSON has numbers as texts, as Mastodon has.
type weekJSON struct {
	Week          string `json:"week"`
	Statuses      string `json:"statuses"`
	Logins        string `json:"logins"`
	Registrations string `json:"registrations"`
}

// chosen returns what an admin chose, and when: nil if that is not known.
func chosen(tx *store.Tx, name string) (string, *moment, error) {
	s, err := store.Maybe[models.Setting](tx, "name = ?", name)
	if err != nil || s == nil {
		return "", nil, err
	}
	return s.Value, momentOf(s.UpdatedAt), nil
}

// Privacy is GET /api/v1/instance/privacy_policy. Where an admin has written none, it says
// what this program does by itself.
func (a *API) Privacy(c *call.Call) (any, error) {
	t, err := legal.In(c.Tx, legal.Privacy, language(c))
	if err != nil {
		return nil, err
	}
	if t == nil {
		return map[string]any{"updated_at": momentOf(&privacyFrom), "content": privacy(c)}, nil
	}
	return map[string]any{"updated_at": momentOf(t.UpdatedAt), "content": t.HTML()}, nil
}

// Terms is GET /api/v1/instance/terms_of_service, perhaps with the day from which on
// they hold. There is one version of them.
func (a *API) Terms(c *call.Call) (any, error) {
	asked, none := c.Str("date"), models.Errorf(models.NotFound, "there are no such terms of service here")
	t, err := legal.In(c.Tx, legal.Terms, language(c))
	if err != nil || t == nil {
		return nil, first(err, none)
	}
	from := c.Now()
	if t.UpdatedAt != nil {
		from = *t.UpdatedAt
	}
	day, err := setting(c.Tx, SettingTermsDate, from.UTC().Format(time.DateOnly))
	if err != nil {
		return nil, err
	}
	if asked != "" && asked != day {
		return nil, none
	}
	return map[string]any{
		"effective_date": day, "effective": day <= c.Now().Format(time.DateOnly), "content": t.HTML(), "succeeded_by": nil, "updated_at": momentOf(t.UpdatedAt),
	}, nil
}

// tongues are the languages in which the server speaks by itself, each in its own name.
var tongues = []languageJSON{{"en", "English"}, {"fr", "Français"}}

type languageJSON struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Languages is GET /api/v1/instance/languages.
func (a *API) Languages(*call.Call) (any, error) { return tongues, nil }

// An image is a picture of the server, and which sizes of it there are.
type image struct {
	URL         string  `json:"url"`
	Blurhash    *string `json:"blurhash"`
	Versions    any     `json:"versions"`
	Description string  `json:"description"`
}

// A look is what a server shows of itself beside words.
type look struct {
	languages []string
	icon      string
	limited   bool // none but servers that were let in are spoken with
}

func lookOf(c *call.Call) (l look, err error) {
	var languages, mode string
	for _, row := range []struct {
		to        *string
		name, def string
	}{{&languages, SettingLanguages, "en,fr"}, {&l.icon, SettingIcon, ""}, {&mode, models.SettingFederation, ""}} {
		if *row.to, err = setting(c.Tx, row.name, row.def); err != nil {
			return l, err
		}
	}
	l.limited = mode == models.FederationAllowList
	for _, tag := range strings.Split(languages, ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			l.languages = append(l.languages, tag)
		}
	}
	return l, nil
}

// thumbnail is the server's picture, of which there is one size.
func thumbnail(url string) image {
	return image{URL: url, Versions: map[string]string{"@1x": url}}
}

// icons are the server's small pictures.
func (l look) icons() []map[string]string {
	if l.icon == "" {
		return []map[string]string{}
	}
	return []map[string]string{{"src": l.icon, "size": "192x192"}}
}
