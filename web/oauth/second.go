package oauth

import (
	"net/http"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// A sign-in of two steps: the right password leaves a cookie that opens nothing but the
// second one, for ten minutes.

func halfCookie(site models.Site) string { return cookieName(site) + "-half" }

// enter ends the first step of a's sign-in: with a session, or with the question for
// the second.
func (s *Server) enter(c *call.Call, r *request, a *models.Account) (any, error) {
	second, half := false, secret()
	err := c.InTx(func(tx *store.Tx) (err error) {
		if second, err = account.HasFactor(tx, a); err != nil {
			return err
		}
		if second {
			return account.BeginHalf(tx, a, half)
		}
		return begin(c, tx, a)
	})
	switch {
	case err != nil:
		return nil, err
	case second:
		putCookie(c, halfCookie(c.Site), half, 600)
		return show(c, http.StatusOK, view{Show: "second", Request: r})
	}
	return call.Redirect(onward(c, r)), nil
}

// second is the second step: a code of the time, or one to recover with.
func (s *Server) second(c *call.Call, r *request) (any, error) {
	var a *models.Account
	half := half(c)
	err := c.InRead(func(tx *store.Tx) (err error) { a, err = account.Half(tx, half); return err })
	if models.KindOf(err) == models.Unauthed {
		return show(c, http.StatusUnauthorized, view{Show: "sign_in", Request: r, Wrong: said(c, err)})
	}
	if err != nil {
		return nil, err
	}
	if !s.codes.Count(c.Writer.Header(), a.ID.String()) {
		return show(c, http.StatusTooManyRequests, view{Show: "second", Request: r, Wrong: say(c, "too_often")})
	}
	err = c.InTx(func(tx *store.Tx) error {
		if _, _, err := person(tx, a.ID); err != nil {
			return err
		}
		if err := account.SecondStep(tx, a, c.Str("code")); err != nil {
			return err
		}
		if err := account.EndHalf(tx, half); err != nil {
			return err
		}
		return begin(c, tx, a)
	})
	switch {
	case models.CodeOf(err) == "wrong_code":
		return show(c, http.StatusUnauthorized, view{Show: "second", Request: r, Wrong: said(c, err)})
	case err != nil:
		return nil, err
	}
	s.codes.Clear(a.ID.String())
	putCookie(c, halfCookie(c.Site), "", -1)
	return call.Redirect(onward(c, r)), nil
}
