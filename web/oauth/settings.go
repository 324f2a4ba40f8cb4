package oauth

import (
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"time"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

//go:embed settings.html
var settingsHTML string

var settingsTemplate = template.Must(template.New("settings").Parse(settingsHTML))

// A settingsView is what the page about one's own sign-ins shows.
type settingsView struct {
	Lang, Title, Handle string
	W                   map[string]string
	Sessions            []sessionRow
	Apps                []appRow
}

type sessionRow struct {
	ID, Agent, Address, At, Day string
	Current                     bool
}

type appRow struct {
	store.AppInUse
	At, Day string
}

// security is GET /settings/security: which browsers are signed in, and which apps
// may act.
func security(c *call.Call) (any, error) {
	v := settingsView{Lang: language(c), Title: title(c.Site), Handle: c.Me.Handle(c.Site), W: words(c)}
	sessions, err := store.Find[models.Session](c.Tx, "account_id = ? AND expires_at > ? ORDER BY created_at DESC, id", c.Me.ID, c.Tx.Now)
	if err != nil {
		return nil, err
	}
	current := currentSession(c)
	for _, s := range sessions {
		row := sessionRow{ID: s.ID, Agent: s.UserAgent, Address: s.Address, Current: s.ID == current}
		row.At, row.Day = days(s.CreatedAt)
		v.Sessions = append(v.Sessions, row)
	}
	apps, err := store.AppsInUse(c.Tx, c.Me.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range apps {
		row := appRow{AppInUse: p}
		row.At, row.Day = days(p.CreatedAt)
		v.Apps = append(v.Apps, row)
	}
	return plainPage(settingsTemplate, http.StatusOK, "", v)
}

// endSecurity is POST /settings/security.
func endSecurity(c *call.Call) (err error) {
	switch c.Str("decision") {
	case "end_session":
		err = account.EndSession(c.Tx, c.Me, c.Str("session"))
	case "end_others":
		err = account.EndSessions(c.Tx, c.Me, currentSession(c))
	case "end_app":
		err = account.EndApp(c.Tx, c.Me, c.ID("app"))
	default:
		err = models.Errorf(models.Invalid, "there is nothing like that to do here")
	}
	if models.KindOf(err) == models.NotFound {
		return nil // it has ended meanwhile
	}
	return err
}

func changeSecurity(c *call.Call) (any, error) {
	if err := endSecurity(c); err != nil {
		return nil, err
	}
	return call.Redirect("/settings/security"), nil
}

// currentSession returns the ID of the session that c came with.
func currentSession(c *call.Call) string {
	cookie, err := c.Request.Cookie(cookieName(c.Site))
	if err != nil {
		return ""
	}
	return Hash(cookie.Value)
}

func days(t time.Time) (at, day string) {
	return t.UTC().Format(time.RFC3339), t.UTC().Format(time.DateOnly)
}

func title(s models.Site) string {
	if s.Title != "" {
		return s.Title
	}
	return s.Domain
}

// signInFirst sends whoever is not signed in to sign in, and then back to path.
func signInFirst(path string, h call.Handler) call.Handler {
	return func(c *call.Call) (any, error) {
		if c.Me == nil {
			return call.Redirect("/auth/sign_in?return_to=" + url.QueryEscape(path)), nil
		}
		return h(c)
	}
}
