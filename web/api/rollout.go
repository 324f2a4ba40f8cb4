package api

import (
	"strings"

	"ensemble/activities/rollout"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) rolloutRoutes() []call.Route {
	const v1 = "/api/ensemble/v1"
	return []call.Route{
		{Method: "GET", Path: v1 + "/rollout", Who: call.Nobody, Handler: a.Rollout},
		{Method: "GET", Path: v1 + "/capabilities", Scope: "read:accounts", Handler: a.Capabilities},
		{Method: "PUT", Path: v1 + "/me/country", Scope: "write:accounts", Handler: a.SetCountry},
	}
}

// rolloutJSON is what anybody may know of the test of a feature.
type rolloutJSON struct {
	Feature     string  `json:"feature"`
	State       string  `json:"state"` // everyone, test, nobody, waiting, over or off
	WhoStarts   string  `json:"who_starts"`
	WhoReceives string  `json:"who_receives"`
	Dates       string  `json:"dates"`
	AtTheEnd    string  `json:"at_the_end"`
	From        *moment `json:"from"`
	To          *moment `json:"to"`
	OffAt       *moment `json:"off_at"`
	FinalAt     *moment `json:"final_at"` // until then a switched-off feature can come back as it was
}

// Rollout is GET /api/ensemble/v1/rollout: that there is a test, on whom, from when
// to when, and what happens at its end.
func (a *API) Rollout(c *call.Call) (any, error) {
	n, err := rollout.Tell(c.Tx, language(c))
	if err != nil {
		return nil, err
	}
	return map[string]rolloutJSON{n.Feature: {
		Feature: n.Feature, State: n.State, WhoStarts: n.Start, WhoReceives: n.Take, Dates: n.Dates, AtTheEnd: n.End,
		From: momentOf(n.From), To: momentOf(n.To), OffAt: momentOf(n.OffAt), FinalAt: momentOf(n.FinalAt),
	}}, nil
}

// Capabilities is GET /api/ensemble/v1/capabilities: what I may do here, and if
// not, why.
func (a *API) Capabilities(c *call.Call) (any, error) {
	v := capabilityJSON{Enabled: true, MayReceive: true, MayStart: true}
	err := rollout.MayStart(c.Tx, c.Me)
	if models.KindOf(err) == models.Forbidden {
		v.MayStart, v.ReasonCode, v.Reason = false, models.CodeOf(err), err.Error()
		v.Reason = orElse(c, "start "+v.ReasonCode, v.Reason)
		v.Enabled = v.ReasonCode != rollout.CodeOff
		v.MayReceive = v.Enabled
	} else if err != nil {
		return nil, err
	}
	if v.MayStart && c.Me.Locked {
		v.MayStart, v.ReasonCode = false, "initiator_locked"
		v.Reason = orElse(c, "invite initiator_locked", "Only public accounts start a post together: yours is locked.")
	}
	return map[string]any{"collabs": v, "country": orNull(c.User.Country)}, nil
}

type capabilityJSON struct {
	Enabled    bool   `json:"enabled"`
	MayStart   bool   `json:"may_start"`
	MayReceive bool   `json:"may_receive"`
	ReasonCode string `json:"reason_code"`
	Reason     string `json:"reason"`
}

// SetCountry is PUT /api/ensemble/v1/me/country {country}: two letters, or nothing.
// It is shown to nobody, and decides only which tests I am part of.
func (a *API) SetCountry(c *call.Call) (any, error) {
	country := strings.ToUpper(strings.TrimSpace(c.Str("country")))
	if country != "" && !models.ValidCountry(country) {
		return nil, models.Errorf(models.Invalid, "a country is two letters, as in FR, not %q", country)
	}
	c.User.Country = country
	if _, err := store.Set[models.User](c.Tx, map[string]any{"country": country}, "account_id = ?", c.Me.ID); err != nil {
		return nil, err
	}
	return a.Capabilities(c)
}

// startOf says who may start a post together, in a word.
func startOf(tx *store.Tx) (string, error) {
	n, err := rollout.Tell(tx, "en")
	if err != nil {
		return "", err
	}
	return n.State, nil
}
