package admin

import (
	"ensemble/web/call"
	"ensemble/web/page"
)

// overview is GET /admin.
func overview(c *call.Call) (any, error) {
	var rooms []page.Entry
	for _, s := range sections {
		if s.name != "" && may(c, s.who) {
			rooms = append(rooms, page.Entry{To: "/admin/" + s.name, Icon: s.icon, Label: set.Say(c, "admin."+s.name)})
		}
	}
	return ok(c, "", "overview.html", "admin.title", rooms)
}
