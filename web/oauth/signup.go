package oauth

import (
	"errors"
	"net/http"

	"ensemble/activities/account"
	"ensemble/federation/sign"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// signUpRoutes are how people come here by themselves, with an app or a browser.
func (s *Server) signUpRoutes() []call.Route {
	return []call.Route{
		{Method: "POST", Path: "/api/v1/accounts", Scope: "write:accounts", Who: call.App, Mode: call.Free, Rare: call.Signups, Handler: s.register},
		{Method: "POST", Path: "/api/v1/emails/confirmations", Scope: "write:accounts", Waiting: true, Handler: resend},
		{Method: "GET", Path: "/api/v1/emails/check_confirmation", Scope: "read:accounts", Waiting: true, Handler: isConfirmed},
		{Method: "GET", Path: "/api/v1/invites/:invite_code", Who: call.Nobody, Handler: invitation},
		{Method: "GET", Path: "/auth/sign_up", Who: call.Anyone, Page: true, Handler: askSignUp},
		{Method: "POST", Path: "/auth/sign_up", Who: call.Anyone, Page: true, Mode: call.Free, Rare: call.Signups, Handler: s.signUp},
		{Method: "GET", Path: "/auth/confirmation", Who: call.Anyone, Page: true, Handler: askConfirm},
		{Method: "POST", Path: "/auth/confirmation", Who: call.Anyone, Page: true, Handler: confirm},
		{Method: "GET", Path: "/invite/:code", Who: call.Nobody, Page: true, Handler: followInvite},
	}
}

// application reads what somebody says who wants an account.
func application(c *call.Call) account.Application {
	return account.Application{
		Username: c.Str("username"), Email: c.Str("email"), Password: c.Str("password"), Agreement: c.Bool("agreement"),
		Locale: c.Str("locale"), Reason: c.Str("reason"), Born: c.Str("date_of_birth"), Invite: c.Str("invite_code"),
		Address: call.Address(c.ClientIP()),
	}
}

// join makes the account of p. What takes long is done between two transactions.
func (s *Server) join(c *call.Call, p account.Application, also func(*store.Tx, *models.Account) error) error {
	if err := c.InRead(p.Check); err != nil {
		return err
	}
	hash, keys, err := s.secrets(c, p.Password)
	if err != nil {
		return err
	}
	return c.InTx(func(tx *store.Tx) error {
		a, err := account.SignUp(tx, p, hash, keys)
		if err != nil {
			return err
		}
		return also(tx, a)
	})
}

// secrets returns what a new account is kept by: the hash of its password, and the keys
// that it signs with. Making them takes long, so they wait for their turn.
func (s *Server) secrets(c *call.Call, password string) (hash string, keys models.KeyPair, err error) {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-c.Ctx().Done():
		return "", keys, c.Ctx().Err()
	}
	if hash, err = account.Hash(password); err != nil {
		return "", keys, err
	}
	keys, err = sign.NewPair()
	return hash, keys, err
}

type problemsJSON struct {
	Error   string                   `json:"error"`
	Details map[string][]problemJSON `json:"details"`
}

type problemJSON struct {
	Error       string `json:"error"`
	Description string `json:"description"`
}

func problems(p account.Problems) (any, error) {
	v := problemsJSON{p.Error(), map[string][]problemJSON{}}
	for _, one := range p {
		v.Details[one.Field] = append(v.Details[one.Field], problemJSON{one.Code, one.Text})
	}
	return call.Status(http.StatusUnprocessableEntity, v)
}

// register is POST /api/v1/accounts: the token it answers acts once the address is
// confirmed.
func (s *Server) register(c *call.Call) (any, error) {
	p := application(c)
	p.ClientID = c.Token.ClientID
	token := secret()
	row := &models.Token{Hash: Hash(token), ClientID: c.Token.ClientID, Scopes: c.Token.Scopes}
	err := s.join(c, p, func(tx *store.Tx, a *models.Account) error {
		row.ID, row.AccountID, row.CreatedAt = models.NewID(tx.Now), a.ID, tx.Now
		return store.Put(tx, row)
	})
	var no account.Problems
	switch {
	case errors.As(err, &no):
		return problems(no)
	case err != nil:
		return nil, err
	}
	return tokenJSON{token, "Bearer", row.Scopes, row.CreatedAt.Unix()}, nil
}

// resend is POST /api/v1/emails/confirmations.
func resend(c *call.Call) (any, error) {
	up, err := account.SignUpOf(c.Tx, c.Me)
	if err != nil {
		return nil, err
	}
	if up == nil || up.ClientID == "" || up.ClientID != c.Token.ClientID {
		return nil, models.Errorf(models.Forbidden, "This method is only available to the application the user originally signed-up with")
	}
	err = account.Resend(c.Tx, c.Me, c.Str("email"))
	var no account.Problems
	if errors.As(err, &no) {
		return problems(no)
	}
	return nil, err
}

// isConfirmed is GET /api/v1/emails/check_confirmation.
func isConfirmed(c *call.Call) (any, error) {
	up, err := account.SignUpOf(c.Tx, c.Me)
	return up == nil || up.ConfirmedAt != nil, err
}

// invitation is GET /api/v1/invites/:invite_code, which apps ask before they show a
// form.
func invitation(c *call.Call) (any, error) {
	i, err := store.Maybe[models.InviteCode](c.Tx, "code = ?", c.Str("invite_code"))
	if err != nil {
		return nil, err
	}
	if i == nil || !i.Good(c.Tx.Now) {
		return nil, models.Errorf(models.Unauthed, "This invite is not valid")
	}
	return map[string]string{"invite_code": i.Code, "instance_api_url": string(c.Site.IRI("/api/v2/instance"))}, nil
}

// followInvite is GET /invite/:code.
func followInvite(c *call.Call) (any, error) {
	return call.Redirect("/auth/sign_up?invite_code=" + escape(c.Str("code"))), nil
}
