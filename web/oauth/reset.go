package oauth

import (
	"net/http"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// resetRoutes are the pages to which mails lead about passwords and addresses.
func (s *Server) resetRoutes() []call.Route {
	return []call.Route{
		{Method: "GET", Path: "/auth/password/new", Who: call.Anyone, Page: true, Handler: askReset},
		{Method: "POST", Path: "/auth/password", Who: call.Anyone, Page: true, Mode: call.Free, Handler: s.sendReset},
		{Method: "GET", Path: "/auth/password/edit", Who: call.Anyone, Page: true, Handler: askPassword},
		{Method: "POST", Path: "/auth/password/edit", Who: call.Anyone, Page: true, Mode: call.Free, Handler: s.setPassword},
		{Method: "GET", Path: "/auth/email", Who: call.Anyone, Page: true, Handler: askEmail},
		{Method: "POST", Path: "/auth/email", Who: call.Anyone, Page: true, Handler: setEmail},
	}
}

// askReset is GET /auth/password/new.
func askReset(c *call.Call) (any, error) {
	if c.Site.MailFrom == "" {
		return signUpPage(c, http.StatusOK, signUpView{Show: "done", Says: say(c, "no_reset")})
	}
	return signUpPage(c, http.StatusOK, signUpView{Show: "forgot"})
}

// sendReset is POST /auth/password. Whatever the address, it says the same.
func (s *Server) sendReset(c *call.Call) (any, error) {
	email := c.Str("email")
	_, _, ok := s.resets.Take(Hash(email))
	if !s.resetters.Count(c.Writer.Header(), call.Address(c.ClientIP())) {
		return signUpPage(c, http.StatusTooManyRequests, signUpView{Show: "forgot", Wrong: []string{say(c, "too_often")}})
	}
	if ok {
		err := c.InTx(func(tx *store.Tx) error { return account.AskReset(tx, email) })
		if models.KindOf(err) == models.Unreachable {
			return askReset(c)
		}
		if err != nil {
			return nil, err
		}
	}
	return signUpPage(c, http.StatusOK, signUpView{Show: "done", Says: say(c, "reset_sent")})
}

// askPassword is GET /auth/password/edit.
func askPassword(c *call.Call) (any, error) {
	secret := c.Str("reset_password_token")
	if _, err := account.LinkFor(c.Tx, models.LinkReset, secret); err != nil {
		return signUpPage(c, call.StatusOf(err), signUpView{Show: "done", Says: say(c, "reset_over")})
	}
	return signUpPage(c, http.StatusOK, signUpView{Show: "password", Secret: secret})
}

// setPassword is POST /auth/password/edit.
func (s *Server) setPassword(c *call.Call) (any, error) {
	secret := c.Str("reset_password_token")
	err := c.InRead(func(tx *store.Tx) error { _, err := account.LinkFor(tx, models.LinkReset, secret); return err })
	if err == nil {
		err = s.hashed(c, func(hash string) error {
			return c.InTx(func(tx *store.Tx) error { return account.Reset(tx, secret, hash) })
		})
	}
	switch {
	case models.CodeOf(err) == "link_over":
		return signUpPage(c, call.StatusOf(err), signUpView{Show: "done", Says: say(c, "reset_over")})
	case models.KindOf(err) == models.Invalid:
		return signUpPage(c, http.StatusUnprocessableEntity, signUpView{Show: "password", Secret: secret, Wrong: []string{say(c, "bad_password")}})
	case err != nil:
		return nil, err
	}
	return signUpPage(c, http.StatusOK, signUpView{Show: "done", Says: say(c, "reset_done")})
}

// hashed calls fn with what is kept of the password that was sent; so many at once.
func (s *Server) hashed(c *call.Call, fn func(hash string) error) error {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-c.Ctx().Done():
		return c.Ctx().Err()
	}
	hash, err := account.Hash(c.Str("password"))
	if err != nil {
		return err
	}
	return fn(hash)
}

// askEmail is GET /auth/email.
func askEmail(c *call.Call) (any, error) {
	secret := c.Str("token")
	if _, err := account.LinkFor(c.Tx, models.LinkNewAddress, secret); err != nil {
		return signUpPage(c, call.StatusOf(err), signUpView{Show: "done", Says: said(c, err)})
	}
	return signUpPage(c, http.StatusOK, signUpView{Show: "email", Secret: secret})
}

// setEmail is POST /auth/email.
func setEmail(c *call.Call) (any, error) {
	_, err := account.NewAddress(c.Tx, c.Str("token"))
	switch {
	case models.CodeOf(err) == "link_over": // nothing was changed
		return signUpPage(c, call.StatusOf(err), signUpView{Show: "done", Says: said(c, err)})
	case err != nil:
		return nil, err
	}
	return signUpPage(c, http.StatusOK, signUpView{Show: "done", Says: say(c, "email_done")})
}
