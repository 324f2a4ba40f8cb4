package admin

import (
	"net/http"
	"net/url"
	"strings"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

const apiPeople = "/api/v1/admin/accounts"

type peopleView struct {
	Q, Show string
	Shows   []string
	People  []aPerson
	page.Pager
}

// shows are the parts of a server's people.
var shows = []string{"local", "remote", "staff", "silenced", "suspended", "sensitized"}

// people is GET /admin/people {q, show}.
func people(c *call.Call) (any, error) {
	v := peopleView{Q: strings.TrimSpace(c.Str("q")), Show: c.Str("show"), Shows: shows}
	if v.Show == "" {
		v.Show = "local"
	}
	name, domain, _ := strings.Cut(strings.TrimPrefix(v.Q, "@"), "@")
	q := url.Values{"limit": {"40"}, v.Show: {"true"}, "username": {name}, "by_domain": {domain}}
	if domain != "" {
		q.Del("local")
	}
	var err error
	if v.People, v.Pager, err = page.List[aPerson](c, apiPeople, q); err != nil {
		return nil, err
	}
	return ok(c, "people", "people.html", "people.title", v)
}

type personView struct {
	aDossier
	Act      actView
	Judge    bool
	Helps    bool
	Appoints bool
	Roles    []models.Role
	Feature  []models.Feature
	Ask      string // what is to be confirmed
	Text     string
	Mine     bool
}

func actFor(d aDossier, report models.ID) actView {
	a := actView{ID: d.Account.ID, Report: report, Local: d.Account.Local(), Kind: "none"}
	if a.Local {
		a.Actions = append(a.Actions, "none")
	} else {
		a.Kind = "silence"
	}
	if !d.Account.Sensitized {
		a.Actions = append(a.Actions, "sensitive")
	}
	if !d.Limited {
		a.Actions = append(a.Actions, "silence")
	}
	if !d.Account.Suspended {
		a.Actions = append(a.Actions, "suspend")
	}
	return a
}

func aboutPerson(c *call.Call) (v personView, err error) {
	if v.aDossier, err = call.Fetch[aDossier](c, "GET", ourAdmin+"/accounts/"+c.Param("id"), nil); err != nil {
		return v, err
	}
	r := c.User.Role
	v.Judge, v.Helps, v.Appoints = r.May(models.Judge), r.May(models.HelpPeople), r.May(models.Appoint)
	v.Act, v.Feature, v.Mine = actFor(v.aDossier, 0), models.Features, v.Account.ID == c.MyID()
	for _, role := range models.Roles {
		if role.Rank() <= r.Rank() {
			v.Roles = append(v.Roles, role)
		}
	}
	return v, nil
}

func showPerson(c *call.Call, v personView, wrong error) (any, error) {
	p := page.Page{Title: v.Account.Account.Called(), View: v}
	if wrong != nil {
		return again(c, wrong, "people", "person.html", p)
	}
	return show(c, http.StatusOK, "people", "person.html", p)
}

// person is GET /admin/people/:id.
func person(c *call.Call) (any, error) {
	v, err := aboutPerson(c)
	if err != nil {
		return nil, err
	}
	return showPerson(c, v, nil)
}

// changePerson is POST /admin/people/:id {do, …}.
func changePerson(c *call.Call) (any, error) {
	do := c.Str("do")
	if do == "act" && c.Str("type") == "suspend" && c.Str("sure") == "" {
		return askSuspend(c)
	}
	err := doToPerson(c, do)
	if err == nil {
		to := "/admin/people/" + c.Param("id")
		if report := c.Str("report_id"); report != "" {
			to = "/admin/reports/" + url.PathEscape(report)
		}
		if do == "act" {
			do = "act_" + c.Str("type")
		}
		return after(to, "person_"+do)
	}
	v, wrong := aboutPerson(c)
	if wrong != nil {
		return nil, wrong
	}
	v.Act.Kind, v.Act.Text, v.Act.Report = c.Str("type"), c.Str("text"), c.ID("report_id")
	return showPerson(c, v, err)
}

// askSuspend is the page that says what a suspension does, before it is done.
func askSuspend(c *call.Call) (any, error) {
	v, err := aboutPerson(c)
	if err != nil {
		return nil, err
	}
	v.Act.Report, v.Act.Text = c.ID("report_id"), c.Str("text")
	return ok(c, "people", "suspend.html", "suspend.title", v)
}

func doToPerson(c *call.Call, do string) (err error) {
	id := url.PathEscape(c.Param("id"))
	theirs, ours := apiPeople+"/"+id, ourAdmin+"/accounts/"+id
	text := url.Values{"text": {c.Str("text")}}
	switch do {
	case "act":
		_, err = c.Ask("POST", theirs+"/action", params(c, "type", "text", "report_id"))
	case "unsuspend", "unsilence", "unsensitive":
		_, err = c.Ask("POST", theirs+"/"+do, text)
	case "ban":
		_, err = c.Ask("PUT", ours+"/features/"+url.PathEscape(c.Str("feature")), text)
	case "unban":
		_, err = c.Ask("DELETE", ours+"/features/"+url.PathEscape(c.Str("feature")), text)
	case "note":
		_, err = c.Ask("POST", ours+"/notes", text)
	case "drop_note":
		_, err = c.Ask("DELETE", ourAdmin+"/notes/"+url.PathEscape(c.Str("note")), nil)
	case "role":
		_, err = c.Ask("PUT", ours+"/role", params(c, "role"))
	case "reset_password", "end_second_factor":
		_, err = c.Ask("POST", ours+"/"+do, text)
	default:
		err = models.Errorf(models.Invalid, "there is no such act")
	}
	return err
}

type rolesView struct {
	Roles []struct {
		Role        models.Role         `json:"role"`
		Permissions []models.Permission `json:"permissions"`
	}
	Permissions []models.Permission
	Staff       []aPerson
}

// Has reports whether a role has a permission.
func (v rolesView) Has(r models.Role, p models.Permission) bool { return r.May(p) }

// roles is GET /admin/roles.
func roles(c *call.Call) (any, error) {
	v := rolesView{Permissions: models.Permissions}
	r, err := call.Fetch[[]struct {
		Role        models.Role         `json:"role"`
		Permissions []models.Permission `json:"permissions"`
	}](c, "GET", ourAdmin+"/roles", nil)
	if err != nil {
		return nil, err
	}
	for _, one := range r {
		if one.Role.Staff() {
			v.Roles = append(v.Roles, one)
		}
	}
	if v.Staff, err = call.Fetch[[]aPerson](c, "GET", apiPeople, url.Values{"staff": {"true"}, "limit": {"200"}}); err != nil {
		return nil, err
	}
	return ok(c, "roles", "roles.html", "roles.title", v)
}
