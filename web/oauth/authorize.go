package oauth

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/go-oauth2/oauth2/v4"
	"github.com/go-oauth2/oauth2/v4/server"

	"ensemble/activities/account"
	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// A request is what an app wants of somebody.
type request struct {
	App       *models.App
	Redirect  string
	State     string
	Scopes    string
	Challenge string
	Force     bool   // sign in anew, perhaps as somebody else
	Lang      string // as the app asked
}

// fields are the parameters that travel through the forms.
var fields = []string{
	"response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method", "lang", "return_to",
}

// read checks what an app asks. If it returns no request the app, or where to
// return to, is not to be trusted, and the person is told; an error beside a
// request is told to the app, by its code.
func read(c *call.Call, tx *store.Tx) (*request, error) {
	app, err := store.Maybe[models.App](tx, "client_id = ?", c.Str("client_id"))
	if err != nil {
		return nil, err
	}
	if app == nil {
		return nil, call.Fail(http.StatusBadRequest, "invalid_client", "%s", say(c, "no_app"))
	}
	r := &request{
		App: app, Redirect: c.Str("redirect_uri"), State: c.Str("state"), Challenge: c.Str("code_challenge"),
		Force: c.Bool("force_login"), Lang: c.Str("lang"),
	}
	if exactly(client{app}.GetDomain(), r.Redirect) != nil {
		return nil, call.Fail(http.StatusBadRequest, "invalid_redirect_uri", "%s", say(c, "no_redirect"))
	}
	var ok bool
	r.Scopes, ok = within(app, c.Str("scope"))
	method := c.Str("code_challenge_method")
	switch {
	case c.Str("response_type") != "code":
		return r, refused("unsupported_response_type", "the response_type has to be code")
	case !ok:
		return r, refused("invalid_scope", "the scope is unknown, or more than the app was registered for")
	case (r.Challenge != "" || method != "") && method != "S256":
		return r, refused("invalid_request", "the code_challenge_method has to be S256")
	case method != "" && len(r.Challenge) != 43:
		return r, refused("invalid_request", "the code_challenge has to be a SHA-256 sum, base64url")
	case len(r.State) > 4096:
		return r, refused("invalid_request", "the state is too long")
	}
	return r, nil
}

func refused(code, text string) error { return models.Refuse(models.Invalid, code, "%s", text) }

// ask is GET /oauth/authorize: the sign-in form, or the page that asks for consent.
func (s *Server) ask(c *call.Call) (any, error) {
	r, err := read(c, c.Tx)
	switch {
	case r == nil:
		return nil, err
	case err != nil:
		return back(c, r, url.Values{"error": {models.CodeOf(err)}, "error_description": {err.Error()}})
	case c.Me == nil || r.Force:
		return show(c, http.StatusOK, view{Show: "sign_in", Request: r})
	}
	return show(c, http.StatusOK, view{Show: "consent", Request: r})
}

// answer is POST /oauth/authorize: what somebody said on one of those pages.
func (s *Server) answer(c *call.Call) (any, error) {
	var r *request
	err := c.InRead(func(tx *store.Tx) (err error) { r, err = read(c, tx); return err })
	switch {
	case r == nil:
		return nil, err
	case err != nil:
		return back(c, r, url.Values{"error": {models.CodeOf(err)}, "error_description": {err.Error()}})
	}
	switch decision := c.Str("decision"); {
	case decision == "sign_in":
		return s.signIn(c, r)
	case decision == "second":
		return s.second(c, r)
	case decision == "deny":
		return back(c, r, url.Values{"error": {"access_denied"}, "error_description": {"the person said no"}})
	case decision == "allow" && c.Me != nil:
		return s.allow(c, r)
	}
	return show(c, http.StatusOK, view{Show: "sign_in", Request: r})
}

// signIn begins a session, and asks the same again.
func (s *Server) signIn(c *call.Call, r *request) (any, error) {
	login := strings.TrimSpace(c.Str("login"))
	a, err := s.check(c, login, c.Str("password"))
	switch models.KindOf(err) {
	case "":
	case models.Unauthed, models.NotFound, models.Invalid:
		return show(c, http.StatusUnauthorized, view{Show: "sign_in", Request: r, Login: login, Wrong: say(c, "wrong")})
	case models.Forbidden, models.TooMany:
		if models.CodeOf(err) == "suspended" && a != nil {
			return s.toAppeal(c, r, a, err)
		}
		if models.CodeOf(err) == "unconfirmed" {
			err = first(c.InTx(func(tx *store.Tx) error { return account.Resend(tx, a, "") }), err)
		}
		return show(c, call.StatusOf(err), view{Show: "sign_in", Request: r, Login: login, Wrong: said(c, err)})
	default:
		return nil, err
	}
	return s.enter(c, r, a)
}

// onward is where somebody goes who has signed in: what the app asked, asked again,
// or where they came from.
func onward(c *call.Call, r *request) string {
	if r == nil {
		return ownPath(c.Str("return_to"))
	}
	again := url.Values{}
	for _, f := range fields {
		if v := c.Str(f); v != "" {
			again.Set(f, v)
		}
	}
	return "/oauth/authorize?" + again.Encode()
}

// ownPath returns path if it is one of this site, else that of the first page.
func ownPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return "/"
	}
	return path
}

// askSignIn is GET /auth/sign_in: the form, for whoever comes by themselves.
func (s *Server) askSignIn(c *call.Call) (any, error) {
	return show(c, http.StatusOK, view{Show: "sign_in"})
}

// answerSignIn is POST /auth/sign_in.
func (s *Server) answerSignIn(c *call.Call) (any, error) {
	if c.Str("decision") == "second" {
		return s.second(c, nil)
	}
	return s.signIn(c, nil)
}

// toAppeal leads who gave the right password of a suspended account to what was said about
// that, if anything was: they can answer there.
func (s *Server) toAppeal(c *call.Call, r *request, a *models.Account, err error) (any, error) {
	key := ""
	if err := c.InTx(func(tx *store.Tx) (err error) { key, err = moderation.Opened(tx, a); return err }); err != nil {
		return nil, err
	}
	if key != "" {
		return call.Redirect("/appeal/" + key), nil
	}
	return show(c, call.StatusOf(err), view{Show: "sign_in", Request: r, Wrong: said(c, err)})
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// check tries a password, and counts those that fail. Only so many are tried at
// once, and none within a transaction that others wait for.
func (s *Server) check(c *call.Call, login, password string) (a *models.Account, err error) {
	address := call.Address(c.ClientIP())
	pair := address + " " + Hash(strings.ToLower(login))
	ok := s.addresses.Count(c.Writer.Header(), address)
	if !s.tries.Count(c.Writer.Header(), pair) || !ok {
		return nil, models.Errorf(models.TooMany, "%s", say(c, "too_often"))
	}
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-c.Ctx().Done():
		return nil, c.Ctx().Err()
	}
	err = c.InRead(func(tx *store.Tx) error {
		a, err = s.authenticate(tx, login, password)
		if err == nil {
			_, _, err = person(tx, a.ID)
		}
		return err
	})
	if err == nil {
		s.tries.Clear(pair)
	}
	return a, err
}

// allow gives the app a code.
func (s *Server) allow(c *call.Call, r *request) (any, error) {
	var info oauth2.TokenInfo
	err := c.InTx(func(tx *store.Tx) (err error) {
		if _, _, err = person(tx, c.Me.ID); err != nil {
			return err
		}
		info, err = library(tx).GetAuthorizeToken(c.Ctx(), &server.AuthorizeRequest{
			ResponseType: oauth2.Code, ClientID: r.App.ClientID, Scope: r.Scopes, RedirectURI: r.Redirect, State: r.State,
			UserID: c.Me.ID.String(), CodeChallenge: r.Challenge, CodeChallengeMethod: oauth2.CodeChallengeS256, Request: c.Request,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	if r.Redirect == oob {
		return show(c, http.StatusOK, view{Show: "code", Request: r, Code: info.GetCode()})
	}
	return back(c, r, url.Values{"code": {info.GetCode()}})
}

// back sends the browser to the app, with the state that the app gave.
func back(c *call.Call, r *request, tell url.Values) (any, error) {
	if r.Redirect == oob {
		return show(c, http.StatusBadRequest, view{Show: "refused", Request: r, Wrong: tell.Get("error_description")})
	}
	u, err := url.Parse(r.Redirect)
	if err != nil {
		return nil, err
	}
	q := u.Query()
	if r.State != "" {
		q.Set("state", r.State)
	}
	for name, v := range tell {
		q[name] = v
	}
	u.RawQuery = q.Encode()
	a := call.Redirect(u.String())
	a.Header = http.Header{"Referrer-Policy": {"no-referrer"}}
	if c.Request.Method == http.MethodGet {
		a.Status = http.StatusFound
	}
	return a, nil
}
