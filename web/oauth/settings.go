package oauth

import (
	"net/http"
	"net/url"
	"time"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
	"ensemble/web/page"
)

// A settingsView is what the page about one's own sign-ins shows.
type settingsView struct {
	Handle   string
	Sessions []sessionRow
	Apps     []appRow
}

type sessionRow struct {
	ID, Agent, Address string
	Begun              time.Time
	Current            bool
}

type appRow struct {
	store.AppInUse
	Begun time.Time
}

// security is GET /settings/security: which browsers are signed in, and which apps
// may act.
func security(c *call.Call) (any, error) {
	v := settingsView{Handle: c.Me.Handle(c.Site)}
	sessions, err := store.Find[models.Session](c.Tx, "account_id = ? AND expires_at > ? ORDER BY created_at DESC, id", c.Me.ID, c.Tx.Now)
	if err != nil {
		return nil, err
	}
	current := currentSession(c)
	for _, s := range sessions {
		row := sessionRow{ID: s.ID, Agent: s.UserAgent, Address: s.Address, Begun: s.CreatedAt, Current: s.ID == current}
		v.Sessions = append(v.Sessions, row)
	}
	apps, err := store.AppsInUse(c.Tx, c.Me.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range apps {
		v.Apps = append(v.Apps, appRow{p, p.CreatedAt})
	}
	return plainPage(c, http.StatusOK, "security.html", "", page.Page{Title: say(c, "security"), Section: "settings", Shape: "wide", View: v})
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

// signInFirst sends whoever is not signed in to sign in, and then back to path.
func signInFirst(path string, h call.Handler) call.Handler {
	return func(c *call.Call) (any, error) {
		if c.Me == nil {
			return call.Redirect("/auth/sign_in?return_to=" + url.QueryEscape(path)), nil
		}
		return h(c)
	}
}
