// Package admin is the pages of those who look after the server: what people do on it,
// what waits to be delivered, who may start what is tried out, where things are kept,
// and moderation. They are clients of the API, as any app for moderators is.
package admin

import (
	"embed"
	"net/http"
	"slices"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

//go:embed pages/*.html words/*.json
var files embed.FS

var set = page.New(files)

// Words says what a code of an error means: see page.Set.
func Words(c *call.Call, code string) string { return set.Words(c, code) }

// Routes returns the pages.
func Routes() []call.Route {
	return slices.Concat([]call.Route{
		read("/admin", anyStaff, front),
	}, deliveryRoutes(), rolloutRoutes(), storageRoutes(), settingPages(), moderationRoutes())
}

// A section is an entry of the room's own navigation.
type section struct {
	name, icon string // its page is /admin/NAME, its label the word "admin.NAME"
	who        []models.Role
}

var (
	staff  = []models.Role{models.RoleModerator, models.RoleAdmin, models.RoleOwner}
	admins = []models.Role{models.RoleAdmin, models.RoleOwner}
	// anyStaff are all who look after some part of the server.
	anyStaff = slices.DeleteFunc(slices.Clone(models.Roles), func(r models.Role) bool { return !r.Staff() })
)

// sections are in the order in which they are shown.
var sections = slices.Concat([]section{
	{"", "chart", staff},
}, moderate, []section{
	{"delivery", "send", admins},
	{"rollout", "together", admins},
	{"storage", "server", admins},
	{"backups", "layers", admins},
	{"health", "check", admins},
	{"settings", "settings", models.Holding(models.Run)},
})

// read is a route that shows a page to who has one of the roles. It asks the API.
func read(path string, who []models.Role, h call.Handler) call.Route {
	return call.Route{Method: "GET", Path: path, Page: true, Mode: call.Free, Handler: only(who, h)}
}

// write is a route that a form of a page is sent to.
func write(path string, who []models.Role, h call.Handler) call.Route {
	return call.Route{Method: "POST", Path: path, Page: true, Mode: call.Free, Handler: only(who, h)}
}

func only(who []models.Role, h call.Handler) call.Handler {
	return func(c *call.Call) (any, error) {
		if !may(c, who) {
			return nil, models.Refuse(models.Forbidden, "not_staff", "%s", set.Say(c, "admin.not_staff"))
		}
		return h(c)
	}
}

func may(c *call.Call, who []models.Role) bool {
	return c.User != nil && slices.Contains(who, c.User.Role)
}

// show answers with a page of the section.
func show(c *call.Call, status int, section, name string, p page.Page) (call.Answer, error) {
	p.Section = "admin"
	if p.Shape == "" {
		p.Shape = "wide"
	}
	waiting := waits(c)
	for _, s := range sections {
		if !may(c, s.who) {
			continue
		}
		e := page.Entry{To: "/admin", Icon: s.icon, Label: set.Say(c, "admin.overview"), Current: s.name == section}
		if s.name != "" {
			e.To, e.Label = "/admin/"+s.name, set.Say(c, "admin."+s.name)
		}
		if e.Count = waiting[s.name]; e.Count > 0 {
			e.Waiting = set.Say(c, "admin.waiting")
		}
		p.Tabs = append(p.Tabs, e)
	}
	return set.Show(c, status, name, p)
}

// waits returns how much waits in each section for who may decide it. A page is shown
// without that, if need be.
func waits(c *call.Call) map[string]int {
	if !may(c, models.Holding(models.Judge)) {
		return nil
	}
	got, err := call.Fetch[map[string]int](c, http.MethodGet, ourAdmin+"/waiting", nil)
	if err != nil {
		return nil
	}
	return map[string]int{"reports": got["reports"] + got["appeals"] + got["claims"], "doors": got["sign_ups"]}
}

// ok is show for a page that is as it should be, with a title of the words.
func ok(c *call.Call, section, name, title string, view any) (call.Answer, error) {
	return show(c, http.StatusOK, section, name, page.Page{Title: set.Say(c, title), View: view})
}
