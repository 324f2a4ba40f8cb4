package fetch

import (
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"ensemble/models"
)

const (
	formType    = "application/x-www-form-urlencoded"
	signInScope = "read:accounts"
	codeSignIn  = "sign_in_refused"
	codeOther   = "wrong_account"
)

// Register makes us known to the server of who as an app that asks people to sign in
// (Mastodon's POST /api/v1/apps), for s alone, and returns where to send them. state
// comes back with them, and challenge is that of the verifier of s (RFC 7636).
func (c *Client) Register(ctx context.Context, s *models.SignIn, who *models.Account, state, challenge string) (string, error) {
	var app struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	name := c.site.Title
	if name == "" {
		name = c.site.Domain
	}
	err := c.form(ctx, who, "/api/v1/apps", url.Values{
		"client_name": {name}, "redirect_uris": {s.Redirect}, "scopes": {signInScope}, "website": {c.site.Origin},
	}, &app)
	if err != nil {
		return "", err
	}
	if app.ID == "" || len(app.ID) > 1000 || len(app.Secret) > 1000 {
		return "", models.Refuse(models.Invalid, codeSignIn, "%s does not let people sign in for others in a way that we know", who.URI.Host())
	}
	s.ClientID, s.ClientSecret = app.ID, app.Secret
	return who.URI.Origin() + "/oauth/authorize?" + url.Values{
		"response_type": {"code"}, "client_id": {app.ID}, "redirect_uri": {s.Redirect}, "scope": {signInScope},
		"state": {state}, "code_challenge": {challenge}, "code_challenge_method": {"S256"}, "force_login": {"true"},
	}.Encode(), nil
}

// Identify is nil if code shows that who signed in at their server, and Forbidden if
// it was somebody else or nobody. The token that this takes is revoked at once.
func (c *Client) Identify(ctx context.Context, s *models.SignIn, who *models.Account, code string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*c.patience)
	defer cancel()
	var token struct {
		Access string `json:"access_token"`
		Type   string `json:"token_type"`
	}
	err := c.form(ctx, who, "/oauth/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "client_id": {s.ClientID}, "client_secret": {s.ClientSecret},
		"redirect_uri": {s.Redirect}, "code_verifier": {s.Verifier}, "scope": {signInScope},
	}, &token)
	if err != nil {
		return err
	}
	if token.Access == "" || len(token.Access) > 4096 || strings.ContainsAny(token.Access, " \r\n") || !strings.EqualFold(token.Type, "Bearer") {
		return models.Refuse(models.Invalid, codeSignIn, "%s answered the sign-in with no token", who.URI.Host())
	}
	defer c.revoke(ctx, s, who, token.Access)
	return c.isWho(ctx, who, token.Access)
}

// revoke gives a token back. Where that fails it is of no use to anybody: it is kept
// nowhere.
func (c *Client) revoke(ctx context.Context, s *models.SignIn, who *models.Account, token string) {
	err := c.form(ctx, who, "/oauth/revoke", url.Values{"token": {token}, "client_id": {s.ClientID}, "client_secret": {s.ClientSecret}}, nil)
	if err != nil {
		c.log.Warn("a token was not revoked", "host", who.URI.Host(), "err", err)
	}
}

// isWho asks whose token that is, and sees by WebFinger and the actor that it is who.
func (c *Client) isWho(ctx context.Context, who *models.Account, token string) error {
	at, err := c.address(models.IRI(who.URI.Origin() + "/api/v1/accounts/verify_credentials"))
	if err != nil {
		return err
	}
	var me struct {
		Username string     `json:"username"`
		Acct     string     `json:"acct"`
		URI      models.IRI `json:"uri"`
	}
	if err := c.answer(ctx, request{method: http.MethodGet, at: at, accept: "application/json", bearer: token}, &me); err != nil {
		return err
	}
	other := models.Refuse(models.Forbidden, codeOther, "you signed in at %s as @%s, and %s is who is asked: nothing was changed",
		at.Host, clip(me.Username), "@"+who.Username+"@"+who.Domain)
	name, _, _ := strings.Cut(me.Acct, "@")
	if !isName(me.Username) || !strings.EqualFold(me.Username, who.Username) || !strings.EqualFold(name, me.Username) ||
		me.URI != "" && !same(me.URI, who.URI) {
		return other
	}
	f, err := c.finger(ctx, at.Scheme, handle{me.Username, at.Host})
	if err != nil {
		return err
	}
	if !same(f.self, who.URI) {
		return other
	}
	now, err := c.Refresh(ctx, who.URI)
	switch {
	case err != nil:
		return err
	case now.ID != who.ID || !now.Active():
		return other
	}
	return nil
}

// form posts a form to the server of who.
func (c *Client) form(ctx context.Context, who *models.Account, path string, fields url.Values, into any) error {
	at, err := c.address(models.IRI(who.URI.Origin() + path))
	if err != nil {
		return err
	}
	return c.answer(ctx, request{method: http.MethodPost, at: at, accept: "application/json", kind: formType, body: []byte(fields.Encode())}, into)
}

// answer makes one request, in nobody's name, and reads the JSON that is answered. It
// follows no redirect: what it carries is for one server alone.
func (c *Client) answer(ctx context.Context, q request, into any) error {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	resp, err := c.send(ctx, q)
	if err != nil {
		return err
	}
	defer closeBody(resp)
	switch code := resp.StatusCode; {
	case code == http.StatusBadRequest, code == http.StatusUnauthorized, code == http.StatusForbidden:
		return models.Refuse(models.Forbidden, codeSignIn, "%s did not accept the sign-in (%d)", q.at.Host, code)
	case code != http.StatusOK:
		return outcome(resp, c.db.Now())
	case into == nil:
		return nil
	}
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind != "application/json" {
		return models.Refuse(models.Invalid, codeType, "%s answers with %q", q.at.Host, clip(kind))
	}
	raw, err := c.body(ctx, resp, maxFinger)
	if err != nil {
		return err
	}
	if json.Unmarshal(raw, into) != nil {
		return models.Refuse(models.Invalid, codeType, "%s does not answer what was asked", q.at.Host)
	}
	return nil
}
