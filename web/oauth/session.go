package oauth

import (
	"net/http"
	"strings"
	"time"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// sessionFor is how long a browser stays signed in.
const sessionFor = 30 * 24 * time.Hour

// cookieName has the prefix that lets a browser take the cookie from us alone
// (RFC 6265bis §4.1.3.2), where the site is reached over https.
func cookieName(site models.Site) string {
	if site.Secure() {
		return "__Host-ensemble"
	}
	return "ensemble"
}

// Browser returns who is signed in with the browser that sent r; nil for nobody.
func (s *Server) Browser(tx *store.Tx, r *http.Request) (*models.Session, *models.Account, *models.User, error) {
	cookie, err := r.Cookie(cookieName(tx.Site))
	if err != nil {
		return nil, nil, nil, nil // there is no cookie
	}
	b, err := browsing(tx, Hash(cookie.Value))
	switch {
	case models.KindOf(err) == models.Forbidden:
		return nil, nil, nil, nil // what a suspended account asks is asked by nobody
	case err != nil:
		return nil, nil, nil, err
	case b == nil || !b.session.ExpiresAt.After(tx.Now):
		return nil, nil, nil, nil
	}
	return &b.session, &b.account, &b.user, nil
}

// A browse is a session of a browser, and both sides of the account that is signed in.
type browse struct {
	session models.Session
	account models.Account
	user    models.User
}

type browseKey struct{ id string }

// browsing looks for a session, and asks only after something about it or its account
// has changed. What it returns is the caller's own, nil if there is none.
func browsing(tx *store.Tx, id string) (*browse, error) {
	if b, ok := store.Recall[browse](tx, browseKey{id}); ok {
		return &b, nil
	}
	session, err := store.Maybe[models.Session](tx, "id = ?", id)
	if err != nil || session == nil {
		return nil, err
	}
	a, u, err := person(tx, session.AccountID)
	if err != nil {
		return nil, err
	}
	const size = 4000
	b := browse{*session, *a, *u}
	store.Remember(tx, browseKey{id}, b, size, store.Reader(a.ID), store.Person(a.ID))
	return &b, nil
}

// begin signs a browser in. The session is a new one every time, so that nobody
// can have planted it.
func begin(c *call.Call, tx *store.Tx, a *models.Account) error {
	id := secret()
	agent := strings.ToValidUTF8(c.Request.UserAgent(), "?")
	agent = strings.ToValidUTF8(agent[:min(len(agent), 300)], "")
	if err := account.SignedIn(tx, a, agent, c.ClientIP()); err != nil {
		return err
	}
	setCookie(c, id, int(sessionFor/time.Second))
	return store.Put(tx, &models.Session{
		ID: Hash(id), AccountID: a.ID, UserAgent: agent, Address: c.ClientIP(), CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(sessionFor),
	})
}

// signOut is POST /auth/sign_out.
func signOut(c *call.Call) (any, error) {
	if cookie, err := c.Request.Cookie(cookieName(c.Site)); err == nil {
		if _, err := store.Delete[models.Session](c.Tx, "id = ?", Hash(cookie.Value)); err != nil {
			return nil, err
		}
	}
	setCookie(c, "", -1)
	return call.Redirect("/"), nil
}

func setCookie(c *call.Call, value string, seconds int) {
	putCookie(c, cookieName(c.Site), value, seconds)
}

func putCookie(c *call.Call, name, value string, seconds int) {
	http.SetCookie(c.Writer, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: c.Site.Secure(), SameSite: http.SameSiteLaxMode,
	})
}
