// Package oauth lets people hand an app a part of what they may do (OAuth 2.0,
// RFC 6749, as Mastodon's clients speak it): apps, the sign-in form and the
// consent page, codes with PKCE, tokens and their end. Codes, tokens and cookies
// are kept as hashes: what the database holds opens nothing.
package oauth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"runtime"
	"slices"
	"strings"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/limit"
	"ensemble/models/store"
	"ensemble/web/call"
)

// A Server signs people in. New makes one.
type Server struct {
	db           *store.DB
	authenticate Authenticate
	tries        *limit.Limiter // of passwords, by address and account
	addresses    *limit.Limiter // of passwords, by address
	codes        *limit.Limiter // of second steps, by account
	resets       *limit.Limiter // of ways to a new password, by e-mail address
	resetters    *limit.Limiter // the same, by who asks
	hashing      chan struct{}  // passwords cost memory; so many are checked at once
}

// Authenticate returns the account that login (an e-mail address or a name) and
// password belong to; its error is Unauthed if they do not fit.
type Authenticate func(tx *store.Tx, login, password string) (*models.Account, error)

// Config is what a Server needs.
type Config struct {
	DB           *store.DB
	Authenticate Authenticate
	Tries        int // wrong passwords for one account from one address in a quarter of an hour; 0 means the site's limit
}

// New returns a Server.
func New(c Config) *Server {
	most := c.DB.Site.Most()
	if c.Tries == 0 {
		c.Tries = most.PairPasswords
	}
	return &Server{
		db: c.DB, authenticate: c.Authenticate,
		tries:     limit.New(c.Tries, models.PasswordWindow, c.DB.Now),
		addresses: limit.New(most.AddressPasswords, models.PasswordWindow, c.DB.Now),
		codes:     limit.New(c.Tries, models.PasswordWindow, c.DB.Now),
		resets:    limit.New(c.Tries, models.PasswordWindow, c.DB.Now),
		resetters: limit.New(3*c.Tries, models.PasswordWindow, c.DB.Now),
		hashing:   make(chan struct{}, max(2, runtime.NumCPU())),
	}
}

// Routes returns the routes of this package.
func (s *Server) Routes() []call.Route {
	return append(slices.Concat(s.signUpRoutes(), s.resetRoutes(), s.passkeyRoutes(), s.setupRoutes()), []call.Route{
		{Method: "POST", Path: "/api/v1/apps", Who: call.Nobody, Rare: call.Apps, Handler: createApp},
		{Method: "GET", Path: "/api/v1/apps/verify_credentials", Who: call.App, Handler: verifyApp},
		{Method: "GET", Path: "/oauth/authorize", Who: call.Anyone, Page: true, Handler: s.ask},
		{Method: "POST", Path: "/oauth/authorize", Who: call.Anyone, Page: true, Mode: call.Free, Handler: s.answer},
		{Method: "POST", Path: "/oauth/token", Who: call.Nobody, Handler: s.token},
		{Method: "POST", Path: "/oauth/revoke", Who: call.Nobody, Handler: s.revoke},
		{Method: "GET", Path: "/oauth/userinfo", Scope: "profile read:accounts", Handler: userinfo},
		{Method: "GET", Path: "/.well-known/oauth-authorization-server", Who: call.Nobody, Handler: metadata},
		{Method: "GET", Path: "/auth/sign_in", Who: call.Anyone, Page: true, Handler: s.askSignIn},
		{Method: "POST", Path: "/auth/sign_in", Who: call.Anyone, Page: true, Mode: call.Free, Handler: s.answerSignIn},
		{Method: "GET", Path: "/settings/security", Who: call.Anyone, Page: true, Handler: signInFirst("/settings/security", security)},
		{Method: "POST", Path: "/settings/security", Page: true, Handler: changeSecurity},
		{Method: "POST", Path: "/auth/sign_out", Who: call.Anyone, Page: true, Handler: signOut},
	}...)
}

// Who returns the token that somebody shows, and the account and the user it acts
// for: both nil for an app's own token. The error is Unauthed for a token that is
// not good, and Forbidden for an account that may not act: one that waits to be let in
// comes with it.
func (s *Server) Who(tx *store.Tx, bearer string) (*models.Token, *models.Account, *models.User, error) {
	t, a, u, err := holder(tx, Hash(bearer))
	switch {
	case err != nil:
		return nil, nil, nil, err
	case t == nil:
		return nil, nil, nil, models.Refuse(models.Unauthed, "invalid_token", "The access token is invalid")
	case t.RevokedAt != nil:
		return nil, nil, nil, models.Refuse(models.Unauthed, "invalid_token", "The access token was revoked")
	case t.AccountID == 0:
		return t, nil, nil, nil
	case a != nil && u != nil && a.State == models.AccountPending:
		return t, a, u, account.Waits(tx, a)
	case a == nil || u == nil || !a.Active() || !a.Local():
		return t, nil, nil, disabled
	}
	return t, a, u, nil
}

// A held is a token that was good, and both sides of the account it acts for.
type held struct {
	token   models.Token
	account models.Account
	user    models.User
}

type heldKey struct{ hash string }

// holder is store.Bearer, which is asked only after something about the token or its
// account has changed. What it returns is the caller's own.
func holder(tx *store.Tx, hash string) (*models.Token, *models.Account, *models.User, error) {
	if h, ok := store.Recall[held](tx, heldKey{hash}); ok {
		return &h.token, &h.account, &h.user, nil
	}
	t, a, u, err := store.Bearer(tx, hash)
	if err == nil && t != nil && t.RevokedAt == nil && a != nil && u != nil {
		const size = 4000
		store.Remember(tx, heldKey{hash}, held{*t, *a, *u}, size, store.Reader(a.ID), store.Person(a.ID))
	}
	return t, a, u, err
}

var disabled = models.Refuse(models.Forbidden, "disabled", "Your login is currently disabled")

// person returns both sides of an account that lives here and may act.
func person(tx *store.Tx, id models.ID) (*models.Account, *models.User, error) {
	a, err := store.Get[models.Account](tx, id)
	if err != nil {
		return nil, nil, err
	}
	if !a.Active() || !a.Local() {
		return nil, nil, disabled
	}
	u, err := store.One[models.User](tx, "account_id = ?", id)
	return a, u, err
}

// secret returns something nobody can guess.
func secret() string { return rand.Text() + rand.Text() }

// Hash returns what is kept of a code, a token or a cookie.
func Hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// scopes that exist. A parent grants its children.
var scopes = strings.Fields(`profile follow push
	read read:accounts read:blocks read:bookmarks read:collections read:favourites read:filters read:follows
	read:lists read:mutes read:notifications read:search read:statuses
	write write:accounts write:blocks write:bookmarks write:collections write:conversations write:favourites
	write:filters write:follows write:lists write:media write:mutes write:notifications write:reports write:statuses
	admin:read admin:read:accounts admin:read:reports admin:read:domain_allows admin:read:domain_blocks
	admin:read:ip_blocks admin:read:email_domain_blocks admin:read:canonical_email_blocks
	admin:write admin:write:accounts admin:write:reports admin:write:domain_allows admin:write:domain_blocks
	admin:write:ip_blocks admin:write:email_domain_blocks admin:write:canonical_email_blocks`)

const defaultScope = "read"

// tidyScopes reads a list of scopes, each once; ok is false if one does not exist.
func tidyScopes(s string) (tidy string, ok bool) {
	seen := map[string]bool{}
	var list []string
	for _, f := range strings.Fields(strings.ReplaceAll(s, "+", " ")) {
		if !known(f) {
			return "", false
		}
		if !seen[f] {
			seen[f] = true
			list = append(list, f)
		}
	}
	return strings.Join(list, " "), true
}

func known(scope string) bool {
	for _, s := range scopes {
		if s == scope {
			return true
		}
	}
	return false
}

// within returns the scopes that an app gets: what it asks for, or the default;
// ok is false if that is more than it was registered for.
func within(app *models.App, asked string) (granted string, ok bool) {
	if strings.TrimSpace(asked) == "" {
		if call.Grants(app.Scopes, defaultScope) {
			return defaultScope, true
		}
		return app.Scopes, true
	}
	granted, ok = tidyScopes(asked)
	for _, s := range strings.Fields(granted) {
		ok = ok && call.Grants(app.Scopes, s)
	}
	return granted, ok && granted != ""
}

// metadata is GET /.well-known/oauth-authorization-server (RFC 8414).
func metadata(c *call.Call) (any, error) {
	at := c.Site.Origin
	return map[string]any{
		"issuer":                                at + "/",
		"service_documentation":                 "https://docs.joinmastodon.org/",
		"authorization_endpoint":                at + "/oauth/authorize",
		"token_endpoint":                        at + "/oauth/token",
		"app_registration_endpoint":             at + "/api/v1/apps",
		"revocation_endpoint":                   at + "/oauth/revoke",
		"userinfo_endpoint":                     at + "/oauth/userinfo",
		"scopes_supported":                      scopes,
		"response_types_supported":              []string{"code"},
		"response_modes_supported":              []string{"query"},
		"grant_types_supported":                 []string{"authorization_code", "client_credentials"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
		"code_challenge_methods_supported":      []string{"S256"},
	}, nil
}

// userinfo is GET /oauth/userinfo (OpenID Connect Core §5.3).
func userinfo(c *call.Call) (any, error) {
	picture := c.Me.AvatarURL
	if picture == "" {
		picture = string(c.Site.Blank(c.Me))
	}
	return map[string]string{
		"iss":                c.Site.Origin + "/",
		"sub":                string(c.Me.URI),
		"name":               c.Me.Name(),
		"preferred_username": c.Me.Username,
		"profile":            string(c.Me.URL),
		"picture":            picture,
	}, nil
}
