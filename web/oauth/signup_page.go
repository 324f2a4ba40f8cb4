package oauth

import (
	"errors"
	"net/http"
	"net/url"

	"ensemble/activities/account"
	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
	"ensemble/web/page"
)

func escape(s string) string { return url.QueryEscape(s) }

// A signUpView is what the page shows on which people ask for an account, and those
// that a mail leads to.
type signUpView struct {
	Show   string // form, closed, sent, confirm, forgot, password, email or done
	Domain string
	R      account.Registrations
	Rules  []string
	Wrong  []string
	P      account.Application
	Secret string
	Says   string
}

func signUpPage(c *call.Call, status int, v signUpView) (any, error) {
	v.Domain, v.P.Password = c.Site.Domain, ""
	title := map[string]string{"forgot": "forgot_title", "password": "forgot_title", "email": "mail_title", "confirm": "mail_title"}[v.Show]
	if title == "" {
		title = "sign_up"
	}
	return plainPage(c, status, "sign_up.html", "", page.Page{Title: say(c, title), View: v})
}

// rules are what people promise to keep to, in the reader's language.
func rules(c *call.Call, tx *store.Tx) (all []string, err error) {
	kept, err := moderation.Rules(tx)
	for _, r := range kept {
		if language(c) == "fr" && r.French != "" {
			r.Text = r.French
		}
		all = append(all, r.Text)
	}
	return all, err
}

// askSignUp is GET /auth/sign_up.
func askSignUp(c *call.Call) (any, error) {
	v, err := signUpForm(c, c.Tx, account.Application{Invite: c.Str("invite_code")})
	if err != nil {
		return nil, err
	}
	return signUpPage(c, http.StatusOK, v)
}

func signUpForm(c *call.Call, tx *store.Tx, p account.Application) (v signUpView, err error) {
	v = signUpView{Show: "form", P: p}
	if v.R, err = account.Registered(tx); err != nil {
		return v, err
	}
	v.Rules, err = rules(c, tx)
	switch {
	case !v.R.Mails:
		v.Show, v.Says = "closed", say(c, "no_mail")
	case v.R.Mode == "closed":
		v.Show, v.Says = "closed", v.R.Message
	case v.R.Unready() != nil:
		v.Show, v.Says = "closed", said(c, v.R.Unready())
	}
	return v, err
}

// signUp is POST /auth/sign_up.
func (s *Server) signUp(c *call.Call) (any, error) {
	p := application(c)
	if p.Locale == "" {
		p.Locale = language(c)
	}
	err := s.join(c, p, func(*store.Tx, *models.Account) error { return nil })
	if err == nil {
		return signUpPage(c, http.StatusOK, signUpView{Show: "sent", P: p})
	}
	if models.KindOf(err) == models.Internal && !errors.As(err, &account.Problems{}) {
		return nil, err
	}
	var v signUpView
	if err := c.InRead(func(tx *store.Tx) (err error) { v, err = signUpForm(c, tx, p); return err }); err != nil {
		return nil, err
	}
	status := http.StatusUnprocessableEntity
	var no account.Problems
	if errors.As(err, &no) {
		for _, one := range no {
			v.Wrong = append(v.Wrong, problemIn(c, one))
		}
	} else {
		status = call.StatusOf(err)
		v.Wrong = append(v.Wrong, said(c, err))
	}
	return signUpPage(c, status, v)
}

// problemIn says in the reader's words what is wrong.
func problemIn(c *call.Call, p account.Problem) string {
	w, text := set.For(c), p.Text
	for _, key := range []string{"auth.problem." + p.Field + "." + p.Code, "auth.problem." + p.Code} {
		if w.Can(key) {
			text = w.T(key)
			break
		}
	}
	return w.T("auth.field."+p.Field) + w.T("auth.colon") + text
}

// askConfirm is GET /auth/confirmation, to which a mail leads. Only the button on the
// page confirms: mail programs follow links by themselves.
func askConfirm(c *call.Call) (any, error) {
	secret := c.Str("confirmation_token")
	if _, err := account.LinkFor(c.Tx, models.LinkConfirm, secret); err != nil {
		return signUpPage(c, call.StatusOf(err), signUpView{Show: "done", Says: said(c, err)})
	}
	return signUpPage(c, http.StatusOK, signUpView{Show: "confirm", Secret: secret})
}

// confirm is POST /auth/confirmation.
func confirm(c *call.Call) (any, error) {
	a, err := account.Confirm(c.Tx, c.Str("confirmation_token"))
	switch {
	case models.CodeOf(err) == "link_over": // nothing was changed
		return signUpPage(c, call.StatusOf(err), signUpView{Show: "done", Says: said(c, err)})
	case err != nil:
		return nil, err
	}
	says := say(c, "welcome")
	if !a.Active() {
		says = set.Say(c, "error.pending")
	}
	return signUpPage(c, http.StatusOK, signUpView{Show: "done", Says: says})
}
