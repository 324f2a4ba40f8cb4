package api

import (
	"context"
	"strings"

	"ensemble/activities/account"
	"ensemble/activities/collab"
	"ensemble/activities/graph"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// SetAliases is POST /api/v1/accounts/alias, as GoToSocial has it: under which
// other accounts one is known. also_known_as_uris[] are their addresses or handles;
// an empty list takes all away.
func (a *API) SetAliases(c *call.Call) (call.Handler, error) {
	var uris []models.IRI
	for _, name := range c.Strs("also_known_as_uris") {
		if strings.TrimSpace(name) == "" {
			continue
		}
		who, err := a.fresh(c, name)
		if err != nil {
			return nil, err
		}
		uris = append(uris, who.URI)
	}
	return func(c *call.Call) (any, error) {
		if err := account.SetAliases(c.Tx, c.Me, uris); err != nil {
			return nil, err
		}
		return a.myself(c)
	}, nil
}

// Move is POST /api/v1/accounts/move, as GoToSocial has it: followers and the names
// under joint posts go over to moved_to_uri, which must name this account as an
// alias. It takes the password, or confirm with the new handle or address typed
// once more; and of who has a second step its code, or the password where a passkey is
// that step.
func (a *API) Move(c *call.Call) (call.Handler, error) {
	name := strings.TrimSpace(c.Str("moved_to_uri"))
	if name == "" {
		return nil, models.Errorf(models.Invalid, "say where you move to, as moved_to_uri")
	}
	to, err := a.fresh(c, name)
	if err != nil {
		return nil, err
	}
	if c.Has("password") || c.Has("code") {
		if err := a.guard.try(c); err != nil {
			return nil, err
		}
	}
	password, confirm := c.Str("password"), strings.TrimPrefix(strings.TrimSpace(c.Str("confirm")), "@")
	return func(c *call.Call) (any, error) {
		switch {
		case password != "":
			if _, err := account.Authenticate(c.Tx, c.Me.Username, password); err != nil {
				return nil, err
			}
		case confirm == "" || !strings.EqualFold(confirm, to.Acct()) && confirm != string(to.URI):
			return nil, models.Refuse(models.Invalid, "confirm", "nothing moved: send your password, or %q once more as confirm", to.Acct())
		}
		if err := secondStep(c, password); err != nil {
			return nil, err
		}
		a.guard.clear(c)
		also, err := store.Companions(c.Tx, c.Me.ID)
		if err != nil {
			return nil, err
		}
		if err := graph.Move(c.Tx, c.Me, to, also); err != nil {
			return nil, err
		}
		if err := collab.Moved(c.Tx, c.Me, to); err != nil {
			return nil, err
		}
		return a.myself(c)
	}, nil
}

// secondStep refuses who has a second step and did not take it. password was right, if it
// was sent.
func secondStep(c *call.Call, password string) error {
	has, err := account.HasFactor(c.Tx, c.Me)
	if err != nil || !has {
		return err
	}
	codes, err := account.HasCodes(c.Tx, c.Me)
	switch {
	case err != nil || !codes && password != "":
		return err
	case c.Str("code") == "":
		return models.Refuse(models.Forbidden, "code_wanted", "nothing moved: send a code of your app, or one to recover with, as code")
	}
	return account.SecondStep(c.Tx, c.Me, c.Str("code"))
}

// Stay is DELETE /api/v1/accounts/move: one does not live elsewhere after all.
func (a *API) Stay(c *call.Call) (any, error) {
	if err := graph.Stay(c.Tx, c.Me); err != nil {
		return nil, err
	}
	return a.myself(c)
}

// myself is selfView of what the account is now, with where it moved.
func (a *API) myself(c *call.Call) (any, error) {
	me, err := store.Get[models.Account](c.Tx, c.Me.ID)
	if err != nil {
		return nil, err
	}
	c.Me = me
	return selfView(c)
}

func (a *API) fresh(c *call.Call, name string) (*models.Account, error) {
	if a.Finder == nil {
		return nil, models.Errorf(models.Unreachable, "this server asks nobody")
	}
	ctx, cancel := context.WithTimeout(c.Ctx(), lookupTime)
	defer cancel()
	return a.Finder.Fresh(ctx, name)
}

// movedView returns where an account lives now, nil unless both say so (forged case
// 25).
func movedView(c *call.Call, who *models.Account) (*accountJSON, error) {
	if !who.Moved() {
		return nil, nil
	}
	to, err := store.Maybe[models.Account](c.Tx, "uri = ? AND state = 'active'", who.MovedTo)
	if err != nil || to == nil || !to.Names(who.URI) {
		return nil, err
	}
	view := accountView(c.Site, to)
	return &view, nil
}
