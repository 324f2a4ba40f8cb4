package api

import (
	"strconv"
	"strings"
	"time"

	"ensemble/activities/rollout"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// rolloutAdminRoutes say who may start posts of several authors: for admins.
func (a *API) rolloutAdminRoutes() []call.Route {
	const at = "/api/ensemble/v1/admin/rollout"
	return []call.Route{
		{Method: "GET", Path: at, Scope: "admin:read", Handler: admins(a.AdminRollout)},
		{Method: "PUT", Path: at, Scope: "admin:write", Handler: admins(a.ChangeRollout)},
		{Method: "POST", Path: at + "/off", Scope: "admin:write", Handler: admins(a.RolloutOff)},
		{Method: "POST", Path: at + "/on", Scope: "admin:write", Handler: admins(a.RolloutOn)},
	}
}

type rolloutRuleJSON struct {
	Scope     string        `json:"scope"` // everyone, some or nobody
	Roles     []models.Role `json:"roles"`
	Accounts  []string      `json:"accounts"`
	Countries []string      `json:"countries"`
	Percent   int           `json:"percent"` // 0: no such condition
	From      *moment       `json:"from"`
	To        *moment       `json:"to"`
	End       string        `json:"end"` // close or open
}

type rolloutChangeJSON struct {
	At     moment `json:"at"`
	Actor  string `json:"actor"`
	Before string `json:"before"`
	After  string `json:"after"`
}

type adminRolloutJSON struct {
	State   string              `json:"state"`
	Rule    rolloutRuleJSON     `json:"rule"`
	Start   string              `json:"who_starts"`
	Dates   string              `json:"dates"`
	End     string              `json:"at_the_end"`
	OffAt   *moment             `json:"off_at"`
	FinalAt *moment             `json:"final_at"`
	Figures figuresJSON         `json:"figures"` // since the test began, or of 90 days
	Log     []rolloutChangeJSON `json:"log"`     // the newest first
}

// AdminRollout is GET /api/ensemble/v1/admin/rollout: the rule, what became of the test
// in numbers, and who changed what.
func (a *API) AdminRollout(c *call.Call) (any, error) {
	r, err := rollout.Rule(c.Tx)
	if err != nil {
		return nil, err
	}
	n, err := rollout.Tell(c.Tx, language(c))
	if err != nil {
		return nil, err
	}
	since := c.Tx.Now.Add(-90 * 24 * time.Hour)
	if r.From != nil && r.From.Before(c.Tx.Now) {
		since = *r.From
	}
	f, err := store.FiguresSince(c.Tx, since)
	if err != nil {
		return nil, err
	}
	v := adminRolloutJSON{
		State: n.State, Start: n.Start, Dates: n.Dates, End: n.End, OffAt: momentOf(n.OffAt), FinalAt: momentOf(n.FinalAt),
		Figures: figures(f, since), Log: []rolloutChangeJSON{}, Rule: rolloutRuleView(r),
	}
	log, err := rollout.Log(c.Tx, 50)
	for _, l := range log {
		v.Log = append(v.Log, rolloutChangeJSON{moment(l.At), l.Actor, l.Before, l.After})
	}
	return v, err
}

func rolloutRuleView(r *models.Rollout) rolloutRuleJSON {
	return rolloutRuleJSON{
		Scope: string(r.Scope), Roles: append([]models.Role{}, r.Roles...), Accounts: append([]string{}, r.Accounts...),
		Countries: append([]string{}, r.Countries...), Percent: r.Percent, From: momentOf(r.From), To: momentOf(r.To), End: string(r.End),
	}
}

// ChangeRollout is PUT /api/ensemble/v1/admin/rollout: all of the rule anew. Who was
// invited may answer whatever it says. It is logged.
func (a *API) ChangeRollout(c *call.Call) (any, error) {
	text, err := ruleOf(c)
	if err != nil {
		return nil, err
	}
	if _, err := rollout.Change(c.Tx, c.Me.Acct(), text); err != nil {
		return nil, err
	}
	return a.AdminRollout(c)
}

// ruleOf writes what was asked for as models.ParseRollout reads it.
func ruleOf(c *call.Call) (string, error) {
	scope := c.Str("scope")
	var out []string
	add := func(key string, values ...string) {
		text := strings.Join(strings.FieldsFunc(strings.Join(values, ","), func(r rune) bool { return r == ',' || r <= ' ' }), ",")
		if text != "" {
			out = append(out, key+"="+text)
		}
	}
	roles, accounts, countries, percent := c.Strs("roles"), c.Strs("accounts"), c.Strs("countries"), c.Int("percent", 0)
	switch models.RolloutScope(scope) {
	case models.RolloutEveryone, models.RolloutNobody:
		out = append(out, scope)
	case models.RolloutSome:
		add("roles", roles...)
		add("accounts", accounts...)
		add("countries", countries...)
		if percent != 0 {
			add("percent", strconv.Itoa(percent))
		}
		if len(out) == 0 {
			return "", models.Refuse(models.Invalid, "no_condition", "say to whom it is limited: roles, accounts, countries or a percentage")
		}
	default:
		return "", models.Errorf(models.Invalid, "scope is everyone, some or nobody")
	}
	add("from", c.Str("from"))
	add("to", c.Str("to"))
	add("end", c.Str("end"))
	return strings.Join(out, " "), nil
}

// RolloutOff is POST /api/ensemble/v1/admin/rollout/off: posts of several authors become
// their first author's, boosted by the others. For 30 days that can be undone.
func (a *API) RolloutOff(c *call.Call) (any, error) {
	if _, err := rollout.SwitchOff(c.Tx, c.Me.Acct()); err != nil {
		return nil, err
	}
	return a.AdminRollout(c)
}

// RolloutOn is POST /api/ensemble/v1/admin/rollout/on.
func (a *API) RolloutOn(c *call.Call) (any, error) {
	if _, err := rollout.SwitchOn(c.Tx, c.Me.Acct()); err != nil {
		return nil, err
	}
	return a.AdminRollout(c)
}
