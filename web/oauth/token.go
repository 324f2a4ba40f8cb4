package oauth

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/go-oauth2/oauth2/v4"
	oautherrors "github.com/go-oauth2/oauth2/v4/errors"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

type tokenJSON struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	Scope       string `json:"scope"`
	CreatedAt   int64  `json:"created_at"` // seconds
}

// token is POST /oauth/token (RFC 6749 §3.2). A refusal is an answer and no
// error, for what it did stays done: a code tried with a wrong verifier is used
// up, and one tried twice takes its token back.
func (s *Server) token(c *call.Call) (any, error) {
	gt := oauth2.GrantType(c.Str("grant_type"))
	ask := &oauth2.TokenGenerateRequest{
		RedirectURI: c.Str("redirect_uri"), Code: c.Str("code"), CodeVerifier: c.Str("code_verifier"),
		Scope: c.Str("scope"), Request: c.Request,
	}
	ask.ClientID, ask.ClientSecret = credentials(c)
	if err := prepare(c.Tx, gt, ask); err != nil {
		return refuse(c, err)
	}
	info, err := library(c.Tx).GetAccessToken(c.Ctx(), gt, ask)
	if err != nil {
		return refuse(c, err)
	}
	c.Header("Pragma", "no-cache")
	return tokenJSON{info.GetAccess(), "Bearer", info.GetScope(), c.Tx.Now.Unix()}, nil
}

// prepare refuses what the library would let pass.
func prepare(tx *store.Tx, gt oauth2.GrantType, ask *oauth2.TokenGenerateRequest) error {
	app, err := clients{tx}.GetByID(context.Background(), ask.ClientID)
	switch {
	case err != nil:
		return err
	case gt == oauth2.AuthorizationCode && (ask.Code == "" || ask.RedirectURI == ""):
		return oautherrors.ErrInvalidRequest
	case gt == oauth2.AuthorizationCode:
		return nil // the scope is that of the code
	case gt == oauth2.ClientCredentials:
		ask.RedirectURI = "" // some clients send it along
		granted, ok := within(app.(client).App, ask.Scope)
		if !ok {
			return oautherrors.ErrInvalidScope
		}
		ask.Scope = granted
		return nil
	}
	return oautherrors.ErrUnsupportedGrantType
}

// credentials returns who an app says it is: in the body, or by Basic (RFC 6749
// §2.3.1, which has both parts form-encoded).
func credentials(c *call.Call) (id, secret string) {
	id, secret, ok := c.Request.BasicAuth()
	if !ok {
		return c.Str("client_id"), c.Str("client_secret")
	}
	if plain, err := url.QueryUnescape(id); err == nil {
		id = plain
	}
	if plain, err := url.QueryUnescape(secret); err == nil {
		secret = plain
	}
	return id, secret
}

// refusals are the sentences for RFC 6749 §5.2.
var refusals = map[string]string{
	"invalid_request":        "The request is missing a required parameter, or is otherwise malformed",
	"invalid_client":         "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method",
	"invalid_grant":          "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client",
	"invalid_scope":          "The requested scope is invalid, unknown, or malformed",
	"unauthorized_client":    "You are not authorized to revoke this token",
	"unsupported_grant_type": "The authorization grant type is not supported by the authorization server",
}

func refuse(c *call.Call, err error) (any, error) {
	code := ""
	switch {
	case errors.Is(err, oautherrors.ErrInvalidRequest):
		code = "invalid_request"
	case errors.Is(err, oautherrors.ErrInvalidClient):
		code = "invalid_client"
	case errors.Is(err, oautherrors.ErrInvalidScope):
		code = "invalid_scope"
	case errors.Is(err, oautherrors.ErrUnsupportedGrantType):
		code = "unsupported_grant_type"
	case errors.Is(err, oautherrors.ErrUnauthorizedClient):
		code = "unauthorized_client"
	case errors.Is(err, oautherrors.ErrInvalidGrant), errors.Is(err, oautherrors.ErrInvalidRedirectURI),
		errors.Is(err, oautherrors.ErrMissingCodeVerifier), errors.Is(err, oautherrors.ErrInvalidCodeChallenge):
		code = "invalid_grant"
	default:
		return nil, err
	}
	status := http.StatusBadRequest
	switch code {
	case "invalid_client":
		status = http.StatusUnauthorized
		c.Header("WWW-Authenticate", `Basic realm="Ensemble"`)
	case "unauthorized_client":
		status = http.StatusForbidden
	}
	return call.Status(status, map[string]string{"error": code, "error_description": refusals[code]})
}

// revoke is POST /oauth/revoke (RFC 7009). A token that is not there is no error.
func (s *Server) revoke(c *call.Call) (any, error) {
	id, secret := credentials(c)
	app, err := clients{c.Tx}.GetByID(c.Ctx(), id)
	if err == nil && !app.(client).VerifyPassword(secret) {
		err = oautherrors.ErrInvalidClient
	}
	if err != nil {
		return refuse(c, err)
	}
	t, err := store.Maybe[models.Token](c.Tx, "hash = ?", Hash(c.Str("token")))
	switch {
	case err != nil:
		return nil, err
	case t != nil && t.ClientID != id:
		return refuse(c, oautherrors.ErrUnauthorizedClient)
	}
	if t == nil {
		return nil, nil
	}
	return nil, library(c.Tx).Manager.RemoveAccessToken(c.Ctx(), c.Str("token"))
}
