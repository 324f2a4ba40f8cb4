package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"ensemble/web/call"
	"ensemble/web/page"
)

// figures are what became of invitations, as numbers alone.
type figures struct {
	Since       time.Time      `json:"since"`
	Started     int            `json:"started"`
	Invited     int            `json:"invited"`
	Waiting     int            `json:"waiting"`
	Accepted    int            `json:"accepted"`
	Declined    int            `json:"declined"`
	Expired     int            `json:"expired"`
	Withdrawn   int            `json:"withdrawn"`
	Undelivered int            `json:"undelivered"`
	Left        int            `json:"left"`
	Reported    int            `json:"reported"`
	Median      *int64         `json:"median_seconds"`
	Reasons     map[string]int `json:"reasons"`
}

// Answer is how long an answer took in the middle.
func (f figures) Answer() time.Duration { return time.Duration(*f.Median) * time.Second }

// AcceptedOf is the share of those who answered that accepted, in per cent; negative if too
// few answered for that to say anything.
func (f figures) AcceptedOf() int { return share(f.Accepted, f.Accepted+f.Declined) }

// LeftOf is the share of those who had accepted that left, as AcceptedOf.
func (f figures) LeftOf() int { return share(f.Left, f.Accepted) }

func share(n, of int) int {
	const few = 5
	if of < few {
		return -1
	}
	return (100*n + of/2) / of
}

// Why are the reasons, the commonest first.
func (f figures) Why() []reason {
	var out []reason
	for code, n := range f.Reasons {
		out = append(out, reason{code, n})
	}
	slices.SortFunc(out, func(a, b reason) int {
		if a.N != b.N {
			return b.N - a.N
		}
		return strings.Compare(a.Code, b.Code)
	})
	return out
}

type reason struct {
	Code string
	N    int
}

type dashboard struct {
	Weeks []struct {
		Begins  time.Time `json:"begins"`
		People  int       `json:"people"`
		SignUps int       `json:"sign_ups"`
		Posts   int       `json:"posts"`
	} `json:"weeks"`
	People struct {
		Total int `json:"total"`
		Week  int `json:"active_week"`
		Month int `json:"active_month"`
	} `json:"people"`
	Collabs    figures `json:"collabs"`
	Federation struct {
		Known   int        `json:"known"`
		Reached int        `json:"reached"`
		Failing int        `json:"failing"`
		Paused  int        `json:"paused"`
		Waiting int        `json:"waiting"`
		Oldest  *time.Time `json:"oldest"`
	} `json:"federation"`
	Machine machine `json:"machine"`

	Plots  []plot      `json:"-"`
	Curves *curvesView `json:"-"`
	Backup string      `json:"-"` // what is wrong with the backups, in a word
	now    time.Time
}

type machine struct {
	Version      string     `json:"version"`
	Database     string     `json:"database"`
	Schema       int        `json:"schema"`
	DatabaseSize int64      `json:"database_size"`
	MediaSize    int64      `json:"media_size"`
	MediaAt      string     `json:"media_at"`
	CacheSize    int64      `json:"cache_size"`
	CacheMost    int64      `json:"cache_most"`
	DiskFree     int64      `json:"disk_free"`
	DiskSize     int64      `json:"disk_size"`
	Memory       int64      `json:"memory"`
	Queue        int64      `json:"queue_seconds"`
	StartedAt    *time.Time `json:"started_at"`
}

// QueueAge is how long the oldest task waits.
func (m machine) QueueAge() time.Duration { return time.Duration(m.Queue) * time.Second }

// DiskUsed is how much of a hundred of the disk is in use.
func (m machine) DiskUsed() int { return int(100 * (m.DiskSize - m.DiskFree) / max(1, m.DiskSize)) }

// Age is for how long the oldest delivery waits.
func (d dashboard) Age() time.Duration { return max(0, d.now.Sub(*d.Federation.Oldest)) }

// overview is GET /admin: for admins how the server does, and for moderators where
// their work is.
func overview(c *call.Call) (any, error) {
	if !may(c, admins) {
		return ok(c, "", "welcome.html", "admin.title", nil)
	}
	d, err := call.Fetch[dashboard](c, http.MethodGet, "/api/ensemble/v1/admin/dashboard", url.Values{})
	if err != nil {
		return nil, err
	}
	if d.Curves, err = curves(c); err != nil {
		return nil, err
	}
	saved, err := call.Fetch[backupsView](c, http.MethodGet, backupsAPI, url.Values{})
	if err != nil {
		return nil, err
	}
	d.now, d.Backup = c.Now(), saved.Problem
	people, posts, ups := plot{Key: "people"}, plot{Key: "posts"}, plot{Key: "sign_ups"}
	for _, w := range d.Weeks {
		people.add(w.Begins, w.People)
		posts.add(w.Begins, w.Posts)
		ups.add(w.Begins, w.SignUps)
	}
	d.Plots = []plot{people.drawn(), posts.drawn(), ups.drawn()}
	return show(c, http.StatusOK, "", "overview.html", page.Page{Title: set.Say(c, "admin.overview"), View: d})
}
