package admin

import (
	"net/http"
	"net/url"
	"strings"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

// moderate are the sections of moderation.
var moderate = []section{
	{"reports", "flag", models.Holding(models.Judge)},
	{"people", "people", models.Holding(models.SeePeople)},
	{"doors", "key", models.Holding(models.Doors)},
	{"servers", "globe", models.Holding(models.Servers)},
	{"house", "home", models.Holding(models.House)},
	{"roles", "shield", models.Holding(models.Appoint)},
	{"log", "list", models.Holding(models.ReadLog)},
}

func moderationRoutes() []call.Route {
	judge, see, doors := models.Holding(models.Judge), models.Holding(models.SeePeople), models.Holding(models.Doors)
	servers, house := models.Holding(models.Servers), models.Holding(models.House)
	routes := []call.Route{
		read("/admin/reports", judge, reports),
		read("/admin/reports/:id", judge, report),
		write("/admin/reports/:id", judge, changeReport),
		read("/admin/appeals", judge, appeals),
		write("/admin/appeals/:id", judge, decideAppeal),
		read("/admin/claims", judge, claims),
		write("/admin/claims/:id", judge, decideClaim),
		read("/admin/people", see, people),
		read("/admin/people/:id", see, person),
		write("/admin/people/:id", see, changePerson),
		read("/admin/doors", doors, signUps),
		write("/admin/doors", doors, decideSignUp),
		read("/admin/doors/invites", doors, invites),
		write("/admin/doors/invites", doors, changeInvites),
		read("/admin/doors/email", doors, emailRules),
		write("/admin/doors/email", doors, changeEmailRules),
		read("/admin/doors/networks", doors, networks),
		write("/admin/doors/networks", doors, changeNetworks),
		read("/admin/servers", servers, serverRules),
		write("/admin/servers", servers, setServerRule),
		read("/admin/servers/rule/:id", servers, serverRule),
		write("/admin/servers/rule/:id/lift", servers, liftServerRule),
		read("/admin/servers/export.csv", servers, exportRules),
		read("/admin/servers/lists", servers, ruleLists),
		write("/admin/servers/lists", servers, changeRuleLists),
		write("/admin/servers/import", servers, importRules),
		read("/admin/house", house, houseRules),
		write("/admin/house", house, setHouseRules),
		read("/admin/house/announcements", house, announcements),
		write("/admin/house/announcements", house, changeAnnouncements),
		read("/admin/house/emoji", house, emoji),
		write("/admin/house/emoji", house, changeEmoji),
		read("/admin/roles", models.Holding(models.Appoint), roles),
		read("/admin/log", models.Holding(models.ReadLog), journal),
	}
	for i := range routes {
		routes[i].Handler = inWords(routes[i].Handler)
		if p := routes[i].Path; routes[i].Method == http.MethodPost && (p == "/admin/house/emoji" || p == "/admin/servers/import") {
			routes[i].MaxBody = 6 << 20
		}
	}
	return routes
}

// inWords says in the language of the reader what the API refused.
func inWords(h call.Handler) call.Handler {
	return func(c *call.Call) (any, error) {
		a, err := h(c)
		if err != nil && call.StatusOf(err) < 500 {
			err = call.Fail(call.StatusOf(err), call.CodeOf(err), "%s", set.Refusal(c, err))
		}
		return a, err
	}
}

// after goes on to a page of ours, which says that something is done.
func after(to, done string) (any, error) {
	sign := "?"
	if strings.Contains(to, "?") {
		sign = "&"
	}
	return call.Redirect(to + sign + "done=" + done), nil
}

// orAgain shows a page: as it should be, or again, if wrong is not nil.
func orAgain(c *call.Call, wrong error, section, name string, p page.Page) (any, error) {
	if wrong != nil {
		return again(c, wrong, section, name, p)
	}
	return show(c, http.StatusOK, section, name, p)
}

// again shows a page anew, with what was refused and what was typed; an error that is
// nobody's doing stays one.
func again(c *call.Call, err error, section, name string, p page.Page) (any, error) {
	status := call.StatusOf(err)
	if status >= 500 && status != http.StatusServiceUnavailable {
		return nil, err
	}
	p.Wrong = set.Refusal(c, err)
	return show(c, status, section, name, p)
}

// params are fields of the form that are sent on.
func params(c *call.Call, names ...string) url.Values {
	q := url.Values{}
	for _, n := range names {
		if c.Has(n) {
			q.Set(n, c.Str(n))
		}
	}
	return q
}

// front is GET /admin: the overview, or, for whom there is none, the first room they may
// enter.
func front(c *call.Call) (any, error) {
	if may(c, staff) {
		return overview(c)
	}
	for _, s := range sections {
		if may(c, s.who) {
			return call.Redirect("/admin/" + s.name), nil
		}
	}
	return nil, models.Refuse(models.Forbidden, "nothing_yet", "%s", set.Say(c, "admin.nothing"))
}
