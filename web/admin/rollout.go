package admin

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

func rolloutRoutes() []call.Route {
	return []call.Route{
		read("/admin/rollout", admins, rolloutPage),
		write("/admin/rollout", admins, changeRollout),
		write("/admin/rollout/off", admins, switchRollout("off")),
		write("/admin/rollout/on", admins, switchRollout("on")),
	}
}

const rolloutAPI = "/api/ensemble/v1/admin/rollout"

// A trial is how a feature is tried out.
type trial struct {
	State string `json:"state"`
	Rule  struct {
		Scope     string     `json:"scope"`
		Roles     []string   `json:"roles"`
		Accounts  []string   `json:"accounts"`
		Countries []string   `json:"countries"`
		Percent   int        `json:"percent"`
		From      *time.Time `json:"from"`
		To        *time.Time `json:"to"`
		End       string     `json:"end"`
	} `json:"rule"`
	Start   string     `json:"who_starts"`
	Dates   string     `json:"dates"`
	End     string     `json:"at_the_end"`
	OffAt   *time.Time `json:"off_at"`
	FinalAt *time.Time `json:"final_at"`
	Figures figures    `json:"figures"`
	Log     []struct {
		At     time.Time `json:"at"`
		Actor  string    `json:"actor"`
		Before string    `json:"before"`
		After  string    `json:"after"`
	} `json:"log"`

	Form url.Values `json:"-"` // what was typed
	now  time.Time
}

// Has reports whether the form has the value.
func (t trial) Has(name, value string) bool {
	for _, v := range t.Form[name] {
		if v == value {
			return true
		}
	}
	return false
}

// Field is what stands in a field of the form.
func (t trial) Field(name string) string { return t.Form.Get(name) }

// Reversible reports whether what was switched off can still be restored.
func (t trial) Reversible() bool { return t.FinalAt != nil && t.now.Before(*t.FinalAt) }

// Roles are those that a rule may name.
func (trial) Roles() []models.Role {
	return []models.Role{models.RolePilot, models.RoleUser, models.RoleModerator, models.RoleAdmin, models.RoleOwner}
}

func (t *trial) fill() {
	r := t.Rule
	t.Form = url.Values{
		"scope": {r.Scope}, "roles": r.Roles, "accounts": {strings.Join(r.Accounts, ", ")}, "countries": {strings.Join(r.Countries, ", ")}, "end": {r.End},
	}
	if r.Percent > 0 {
		t.Form.Set("percent", set.In("en").Num(r.Percent))
	}
	for name, at := range map[string]*time.Time{"from": r.From, "to": r.To} {
		if at != nil {
			t.Form.Set(name, at.UTC().Format(time.DateOnly))
		}
	}
}

// rolloutPage is GET /admin/rollout.
func rolloutPage(c *call.Call) (any, error) { return showRollout(c, http.StatusOK, "", nil) }

func showRollout(c *call.Call, status int, wrong string, typed url.Values) (any, error) {
	t, err := call.Fetch[trial](c, http.MethodGet, rolloutAPI, url.Values{})
	if err != nil {
		return nil, err
	}
	t.now = c.Now()
	if t.fill(); typed != nil {
		t.Form = typed
	}
	return show(c, status, "rollout", "rollout.html", page.Page{Title: set.Say(c, "admin.rollout"), View: t, Wrong: wrong})
}

// changeRollout is POST /admin/rollout.
func changeRollout(c *call.Call) (any, error) {
	typed := url.Values{
		"scope": {c.Str("scope")}, "roles": c.Strs("roles"), "accounts": {c.Str("accounts")}, "countries": {c.Str("countries")},
		"percent": {c.Str("percent")}, "from": {c.Str("from")}, "to": {c.Str("to")}, "end": {c.Str("end")},
	}
	asked := url.Values{}
	for name, values := range typed {
		key := name
		if name == "roles" || name == "accounts" || name == "countries" {
			key += "[]"
		}
		for _, v := range values {
			if v != "" {
				asked.Add(key, v)
			}
		}
	}
	if _, err := c.Ask(http.MethodPut, rolloutAPI, asked); err != nil {
		if call.StatusOf(err) >= http.StatusInternalServerError {
			return nil, err
		}
		return showRollout(c, call.StatusOf(err), set.Refusal(c, err), typed)
	}
	return call.Redirect("/admin/rollout?done=rollout"), nil
}

func switchRollout(to string) call.Handler {
	return func(c *call.Call) (any, error) {
		if _, err := c.Ask(http.MethodPost, rolloutAPI+"/"+to, url.Values{}); err != nil {
			if call.StatusOf(err) != http.StatusConflict {
				return nil, err
			}
			return showRollout(c, http.StatusConflict, set.Refusal(c, err), nil)
		}
		return call.Redirect("/admin/rollout?done=rollout_" + to), nil
	}
}
