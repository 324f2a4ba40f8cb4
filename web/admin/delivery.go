package admin

import (
	"net/http"
	"net/url"
	"time"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

func deliveryRoutes() []call.Route {
	return []call.Route{
		read("/admin/delivery", admins, destinations),
		read("/admin/delivery/:host", admins, oneDestination),
		write("/admin/delivery/:host/:act", admins, actOnDestination),
		read("/admin/trace", admins, trace),
	}
}

// A destination is a server that something waits for.
type destination struct {
	Host     string     `json:"host"`
	State    string     `json:"state"`
	Waiting  int        `json:"waiting"`
	Since    *time.Time `json:"since"`
	Failures int        `json:"failures"`
	Reason   string     `json:"reason"`
	NextTry  *time.Time `json:"next_try"`
	LastOK   *time.Time `json:"last_ok"`
	Letters  []struct {
		Verb     string    `json:"verb"`
		URI      string    `json:"uri"`
		Account  string    `json:"account"`
		At       time.Time `json:"at"`
		Attempts int       `json:"attempts"`
		Reason   string    `json:"reason"`
	} `json:"letters"`

	now   time.Time
	Whole bool // it is the page's only one
}

// Age is for how long the oldest letter waits.
func (d destination) Age() time.Duration { return max(0, d.now.Sub(*d.Since)) }

// Soon reports whether the next try is due.
func (d destination) Soon() bool { return d.NextTry == nil || !d.NextTry.After(d.now) }

// Refused is Reason as the beginning of a sentence.
func (d destination) Refused() string { return capital(d.Reason) }

func capital(s string) string {
	r := []rune(s)
	if len(r) > 0 && r[0] >= 'a' && r[0] <= 'z' && !isHost(s) {
		r[0] -= 'a' - 'A'
	}
	return string(r)
}

// isHost reports whether s begins with the name of a server, which is not to be
// changed.
func isHost(s string) bool {
	for _, r := range s {
		switch r {
		case '.', ':':
			return true
		case ' ':
			return false
		}
	}
	return false
}

const destinationsAPI = "/api/ensemble/v1/admin/destinations"

// destinations is GET /admin/delivery: what waits for which server, and why.
func destinations(c *call.Call) (any, error) {
	all, err := call.Fetch[[]destination](c, http.MethodGet, destinationsAPI, url.Values{})
	if err != nil {
		return nil, err
	}
	view := struct {
		All     []destination
		Waiting int
		Hosts   int
		Oldest  *destination
	}{All: all}
	for i := range all {
		d := &all[i]
		d.now = c.Now()
		if view.Waiting += d.Waiting; d.Waiting > 0 {
			view.Hosts++
			if view.Oldest == nil {
				view.Oldest = d
			}
		}
	}
	return show(c, http.StatusOK, "delivery", "delivery.html", page.Page{Title: set.Say(c, "admin.delivery"), View: view, Scripts: []string{"live.js"}})
}

// oneDestination is GET /admin/delivery/HOST.
func oneDestination(c *call.Call) (any, error) { return showDestination(c, http.StatusOK, "") }

func showDestination(c *call.Call, status int, wrong string) (any, error) {
	d, err := call.Fetch[destination](c, http.MethodGet, destinationsAPI+"/"+url.PathEscape(c.Str("host")), url.Values{})
	if err != nil {
		return nil, err
	}
	d.now, d.Whole = c.Now(), true
	return show(c, status, "delivery", "destination.html", page.Page{Title: d.Host, View: d, Wrong: wrong, Scripts: []string{"live.js"}})
}

// actOnDestination is POST /admin/delivery/HOST/pause and its like.
func actOnDestination(c *call.Call) (any, error) {
	host, act := c.Str("host"), c.Param("act")
	switch act {
	case "pause", "resume", "retry", "drop":
	default:
		return nil, models.Errorf(models.NotFound, "there is no such page here")
	}
	if _, err := c.Ask(http.MethodPost, destinationsAPI+"/"+url.PathEscape(host)+"/"+act, url.Values{}); err != nil {
		if call.StatusOf(err) != http.StatusConflict {
			return nil, err
		}
		return showDestination(c, http.StatusConflict, set.Refusal(c, err))
	}
	to := "/admin/delivery/" + url.PathEscape(host)
	if c.Str("from") == "all" {
		to = "/admin/delivery"
	}
	return call.Redirect(to + "?done=delivery_" + act), nil
}

// A told is something that was said to other servers.
type told struct {
	Verb      string    `json:"verb"`
	Account   string    `json:"account"`
	At        time.Time `json:"at"`
	Told      bool      `json:"told"`
	Confirmed int       `json:"confirmed"`
	Waiting   int       `json:"waiting"`
	Refused   int       `json:"refused"`
	Servers   []struct {
		Host    string     `json:"host"`
		State   string     `json:"state"`
		At      time.Time  `json:"at"`
		NextTry *time.Time `json:"next_try"`
		Reason  string     `json:"reason"`
	} `json:"servers"`
}

// trace is GET /admin/trace?of=: who confirmed what was said about a post.
func trace(c *call.Call) (any, error) {
	view := struct {
		Of    string
		Asked bool
		All   []told
	}{Of: c.Str("of"), Asked: c.Str("of") != ""}
	p := page.Page{Title: set.Say(c, "trace.title")}
	status := http.StatusOK
	if view.Asked {
		var err error
		view.All, err = call.Fetch[[]told](c, http.MethodGet, "/api/ensemble/v1/admin/trace", url.Values{"of": {view.Of}})
		switch status = call.StatusOf(err); {
		case err == nil:
			status = http.StatusOK
		case status == http.StatusNotFound:
		case status == http.StatusUnprocessableEntity:
			p.Wrong = set.Say(c, "trace.no_address")
		default:
			return nil, err
		}
	}
	p.View = view
	return show(c, status, "delivery", "trace.html", p)
}
