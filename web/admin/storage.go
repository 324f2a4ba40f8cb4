package admin

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"ensemble/web/call"
	"ensemble/web/page"
)

func storageRoutes() []call.Route {
	return []call.Route{
		read("/admin/storage", admins, storage),
		write("/admin/storage", admins, setStorage),
		read("/admin/health", admins, health),
		read("/admin/backups", admins, backups),
		write("/admin/backups", admins, actOnBackups),
	}
}

const cacheAPI = "/api/ensemble/v1/admin/cache"

type storageView struct {
	machine
	Room    string // GiB, as it was typed
	Preview *cacheRoom
}

// A cacheRoom is how much room copies may take, and what another limit would drop.
type cacheRoom struct {
	Most   int64 `json:"most"`
	Chosen bool  `json:"chosen"`
	Files  int   `json:"drops_files"`
	Bytes  int64 `json:"drops_bytes"`
}

// storage is GET /admin/storage {room}: where things are, how much room they take, and what
// would go if copies had so many GiB.
func storage(c *call.Call) (any, error) {
	room := strings.TrimSpace(c.Query("room"))
	if room == "" {
		return showStorage(c, "", nil, nil)
	}
	q, err := inBytes(room)
	if err != nil {
		return showStorage(c, room, nil, err)
	}
	preview, err := call.Fetch[cacheRoom](c, http.MethodGet, cacheAPI, q)
	return showStorage(c, room, &preview, err)
}

// setStorage is POST /admin/storage {room, act}: it holds from now on.
func setStorage(c *call.Call) (any, error) {
	room := strings.TrimSpace(c.Str("room"))
	q, err := url.Values{}, error(nil)
	if c.Str("act") != "usual" {
		q, err = inBytes(room)
	}
	if err == nil {
		_, err = c.Ask(http.MethodPut, cacheAPI, q)
	}
	if err != nil {
		return showStorage(c, room, nil, err)
	}
	return call.Redirect("/admin/storage?done=cache_limited"), nil
}

// inBytes reads a number of GiB, with a point or a comma.
func inBytes(room string) (url.Values, error) {
	const giga = 1 << 30
	n, err := strconv.ParseFloat(strings.Replace(room, ",", ".", 1), 64)
	if err != nil || n != n || n <= 0 || n > 1<<20 {
		return nil, call.Fail(http.StatusUnprocessableEntity, "cache_limit", "that is no number of GiB")
	}
	return url.Values{"most": {strconv.FormatInt(int64(n*giga), 10)}}, nil
}

func showStorage(c *call.Call, room string, preview *cacheRoom, wrong error) (any, error) {
	d, err := call.Fetch[dashboard](c, http.MethodGet, "/api/ensemble/v1/admin/dashboard", url.Values{})
	if err != nil {
		return nil, err
	}
	v := storageView{machine: d.Machine, Room: room, Preview: preview}
	if wrong != nil {
		v.Preview = nil
	}
	if v.Room == "" {
		v.Room = strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(float64(v.CacheMost)/(1<<30), 'f', 2, 64), "0"), ".")
	}
	return orAgain(c, wrong, "storage", "storage.html", page.Page{Title: set.Say(c, "admin.storage"), View: v})
}

// A check is what was found of one thing.
type check struct {
	State string `json:"state"`
	Text  string `json:"text"`
	Hint  string `json:"hint"`
}

// findings are what the server found when it looked at itself, and how much of that is
// wrong, or could be better.
type findings struct {
	Checks      []check
	Bad, Warned int
}

// look has the server look at itself, or, unless only is "", at one thing alone.
func look(c *call.Call, only string) (f findings, err error) {
	q := url.Values{}
	if only != "" {
		q.Set("only", only)
	}
	f.Checks, err = call.Fetch[[]check](c, http.MethodGet, ourAdmin+"/checks", q)
	for _, one := range f.Checks {
		switch one.State {
		case "fail":
			f.Bad++
		case "warn":
			f.Warned++
		}
	}
	return f, err
}

// health is GET /admin/health: what 'ensemble doctor' says.
func health(c *call.Call) (any, error) {
	found, err := look(c, "")
	if err != nil {
		return nil, err
	}
	return ok(c, "health", "health.html", "admin.health", found)
}
