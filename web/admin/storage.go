package admin

import (
	"net/http"
	"net/url"

	"ensemble/web/call"
)

func storageRoutes() []call.Route {
	return []call.Route{
		read("/admin/storage", admins, storage),
		read("/admin/health", admins, health),
		read("/admin/backups", admins, backups),
		write("/admin/backups", admins, actOnBackups),
	}
}

// storage is GET /admin/storage: where things are, and how much room they take.
func storage(c *call.Call) (any, error) {
	d, err := call.Fetch[dashboard](c, http.MethodGet, "/api/ensemble/v1/admin/dashboard", url.Values{})
	if err != nil {
		return nil, err
	}
	return ok(c, "storage", "storage.html", "admin.storage", d.Machine)
}

// A check is what was found of one thing.
type check struct {
	State string `json:"state"`
	Text  string `json:"text"`
	Hint  string `json:"hint"`
}

// health is GET /admin/health: what 'ensemble doctor' says.
func health(c *call.Call) (any, error) {
	all, err := call.Fetch[[]check](c, http.MethodGet, "/api/ensemble/v1/admin/checks", url.Values{})
	if err != nil {
		return nil, err
	}
	view := struct {
		All         []check
		Bad, Warned int
	}{All: all}
	for _, f := range all {
		switch f.State {
		case "fail":
			view.Bad++
		case "warn":
			view.Warned++
		}
	}
	return ok(c, "health", "health.html", "admin.health", view)
}
