package oauth

import (
	"context"
	"crypto/subtle"
	"slices"
	"strings"
	"time"

	"github.com/go-oauth2/oauth2/v4"
	"github.com/go-oauth2/oauth2/v4/errors"
	"github.com/go-oauth2/oauth2/v4/manage"
	oauthmodels "github.com/go-oauth2/oauth2/v4/models"
	"github.com/go-oauth2/oauth2/v4/server"

	"ensemble/models"
	"ensemble/models/store"
)

// codeFor is how long a code may be exchanged (RFC 6749 §4.1.2 allows ten minutes).
const codeFor = 10 * time.Minute

// library returns go-oauth2 over a transaction. It decides who may have which
// code and token; the rows, the clock and the secrets are ours.
func library(tx *store.Tx) *server.Server {
	m := manage.NewManager()
	m.SetAuthorizeCodeExp(codeFor)
	forever := &manage.Config{} // expiry 0 means never
	m.SetAuthorizeCodeTokenCfg(forever)
	m.SetClientTokenCfg(forever)
	m.SetValidateURIHandler(exactly)
	m.MapAuthorizeGenerate(mint{})
	m.MapAccessGenerate(access{})
	m.MapClientStorage(clients{tx})
	m.MapTokenStorage(&tokens{tx: tx})
	cfg := server.NewConfig()
	cfg.AllowedResponseTypes = []oauth2.ResponseType{oauth2.Code}
	cfg.AllowedGrantTypes = []oauth2.GrantType{oauth2.AuthorizationCode, oauth2.ClientCredentials}
	cfg.AllowedCodeChallengeMethods = []oauth2.CodeChallengeMethod{oauth2.CodeChallengeS256}
	return server.NewServer(cfg, m)
}

// exactly lets an app return only to an address it registered, byte for byte.
func exactly(registered, uri string) error {
	if !slices.Contains(strings.Split(registered, "\n"), uri) {
		return errors.ErrInvalidRedirectURI
	}
	return nil
}

// mint makes codes and tokens.
type mint struct{}

func (mint) Token(context.Context, *oauth2.GenerateBasic) (string, error) { return secret(), nil }

type access struct{}

func (access) Token(context.Context, *oauth2.GenerateBasic, bool) (string, string, error) {
	return secret(), "", nil
}

// clients finds apps.
type clients struct{ tx *store.Tx }

func (c clients) GetByID(_ context.Context, id string) (oauth2.ClientInfo, error) {
	app, err := store.Maybe[models.App](c.tx, "client_id = ?", id)
	if err == nil && app == nil {
		err = errors.ErrInvalidClient
	}
	if err != nil {
		return nil, err
	}
	return client{app}, nil
}

type client struct{ *models.App }

func (c client) GetID() string     { return c.ClientID }
func (c client) GetSecret() string { return c.ClientSecret }
func (c client) GetDomain() string { return strings.Join(c.RedirectURIs, "\n") }
func (c client) IsPublic() bool    { return false }
func (c client) GetUserID() string { return "" }

// VerifyPassword compares the secret without telling by its time how much fits.
func (c client) VerifyPassword(secret string) bool {
	return subtle.ConstantTimeCompare([]byte(Hash(secret)), []byte(Hash(c.ClientSecret))) == 1
}

// tokens keeps codes and tokens.
type tokens struct {
	tx    *store.Tx
	grant *models.Grant // the code that is being exchanged
}

func (t *tokens) Create(_ context.Context, info oauth2.TokenInfo) error {
	var account models.ID
	if id := info.GetUserID(); id != "" {
		var err error
		if account, err = models.ParseID(id); err != nil {
			return err
		}
	}
	if info.GetCode() != "" {
		return store.Put(t.tx, &models.Grant{
			ID: models.NewID(t.tx.Now), CodeHash: Hash(info.GetCode()), ClientID: info.GetClientID(), AccountID: account,
			RedirectURI: info.GetRedirectURI(), Scopes: info.GetScope(), Challenge: info.GetCodeChallenge(),
			ChallengeMethod: string(info.GetCodeChallengeMethod()), ExpiresAt: t.tx.Now.Add(codeFor),
		})
	}
	row := &models.Token{
		ID: models.NewID(t.tx.Now), Hash: Hash(info.GetAccess()), ClientID: info.GetClientID(), AccountID: account,
		Scopes: info.GetScope(), CreatedAt: t.tx.Now,
	}
	if err := store.Put(t.tx, row); err != nil || t.grant == nil {
		return err
	}
	t.grant.TokenID = row.ID
	return store.Put(t.tx, t.grant)
}

// GetByCode finds a code. Whoever holds it keeps others out until the transaction
// ends, so that of two who exchange it at once the second finds it used: and a
// used one takes back the token that it gave (RFC 6749 §4.1.2).
func (t *tokens) GetByCode(_ context.Context, code string) (oauth2.TokenInfo, error) {
	found, err := store.Maybe[models.Grant](t.tx, "code_hash = ?", Hash(code))
	if err != nil || found == nil {
		return nil, err
	}
	g, err := store.Hold[models.Grant](t.tx, found.ID)
	if err != nil {
		return nil, err
	}
	if g.UsedAt != nil {
		_, err := store.Set[models.Token](t.tx, map[string]any{"revoked_at": t.tx.Now}, "id = ? AND revoked_at IS NULL", g.TokenID)
		return nil, err
	}
	if !t.tx.Now.Before(g.ExpiresAt) {
		return nil, nil
	}
	t.grant = g
	return &oauthmodels.Token{
		ClientID: g.ClientID, UserID: g.AccountID.String(), RedirectURI: g.RedirectURI, Scope: g.Scopes, Code: code,
		CodeChallenge: g.Challenge, CodeChallengeMethod: g.ChallengeMethod,
		// The library looks at the machine's clock; ours has judged already.
		CodeCreateAt: t.tx.Now, CodeExpiresIn: 100 * 365 * 24 * time.Hour,
	}, nil
}

// RemoveByCode marks a code as used. It stays, so that a second use is noticed.
func (t *tokens) RemoveByCode(_ context.Context, code string) error {
	t.grant.UsedAt = &t.tx.Now
	return store.Put(t.tx, t.grant)
}

func (t *tokens) RemoveByAccess(_ context.Context, token string) error {
	_, err := store.Set[models.Token](t.tx, map[string]any{"revoked_at": t.tx.Now}, "hash = ? AND revoked_at IS NULL", Hash(token))
	return err
}

// Refresh tokens are never given out, and Who reads access tokens.
func (t *tokens) RemoveByRefresh(context.Context, string) error { return nil }

func (t *tokens) GetByAccess(context.Context, string) (oauth2.TokenInfo, error) {
	return nil, errors.ErrInvalidAccessToken
}

func (t *tokens) GetByRefresh(context.Context, string) (oauth2.TokenInfo, error) {
	return nil, errors.ErrInvalidRefreshToken
}

// Forget removes what is over: codes a day after their end, sessions at theirs,
// and tokens a month after they were revoked.
func Forget(tx *store.Tx) error {
	const day = 24 * time.Hour
	if _, err := store.Delete[models.Grant](tx, "expires_at < ?", tx.Now.Add(-day)); err != nil {
		return err
	}
	if _, err := store.Delete[models.Session](tx, "expires_at < ?", tx.Now); err != nil {
		return err
	}
	_, err := store.Delete[models.Token](tx, "revoked_at < ?", tx.Now.Add(-30*day))
	return err
}
