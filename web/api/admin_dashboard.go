package api

import (
	"context"
	"time"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// A Machine is what the program knows of where it runs.
type Machine interface {
	// Place returns where its configuration has things go.
	Place() Place
	// State returns how the machine does.
	State(ctx context.Context) MachineState
	// Check looks whether everything is as it should be, or one thing alone, mail or
	// media, and says it in en or fr.
	Check(ctx context.Context, lang, only string) []Check
	// TestMail sends a letter at once. Its error says in words why it was not taken.
	TestMail(ctx context.Context, to, lang string) error
}

// A Check is what was found of one thing.
type Check struct {
	State string `json:"state"` // ok, warn or fail
	Text  string `json:"text"`  // a sentence
	Hint  string `json:"hint"`  // what to do about it, "" if nothing
}

// A Place is where things go.
type Place struct {
	MediaAt string // the folder, or the bucket
	Bucket  bool
	Mail    string // the server that takes it, "" for none
}

// A MachineState is how the machine does.
type MachineState struct {
	Version   string
	Schema    int64
	MediaAt   string // the folder, or the bucket
	CacheSize int64  // of copies of other servers' files, in bytes
	CacheMost int64
	DiskFree  int64
	DiskSize  int64 // 0 if it cannot be told
	StartedAt time.Time
}

func (a *API) dashboardRoutes() []call.Route {
	return []call.Route{
		{Method: "GET", Path: "/api/ensemble/v1/admin/dashboard", Scope: "admin:read", Mode: call.Free, Handler: admins(a.Dashboard)},
		{Method: "GET", Path: "/api/ensemble/v1/admin/series", Scope: "admin:read", Handler: admins(a.Series)},
		{Method: "GET", Path: "/api/ensemble/v1/admin/checks", Scope: "admin:read", Mode: call.Free, Handler: admins(a.Checks)},
	}
}

type dashboardJSON struct {
	Weeks      []dashboardWeekJSON `json:"weeks"` // the oldest first
	People     peopleJSON          `json:"people"`
	Collabs    figuresJSON         `json:"collabs"` // of the last 90 days
	Federation federationJSON      `json:"federation"`
	Machine    machineJSON         `json:"machine"`
}

type dashboardWeekJSON struct {
	Begins  moment `json:"begins"`
	People  int    `json:"people"`
	SignUps int    `json:"sign_ups"`
	Posts   int    `json:"posts"`
}

type peopleJSON struct {
	Total int `json:"total"`
	Week  int `json:"active_week"`
	Month int `json:"active_month"`
}

// figuresJSON is what became of invitations, as numbers alone: nobody is named.
type figuresJSON struct {
	Since       moment         `json:"since"`
	Started     int            `json:"started"`
	Invited     int            `json:"invited"`
	Waiting     int            `json:"waiting"`
	Accepted    int            `json:"accepted"`
	Declined    int            `json:"declined"`
	Expired     int            `json:"expired"`
	Withdrawn   int            `json:"withdrawn"`
	Undelivered int            `json:"undelivered"`
	Left        int            `json:"left"`
	Reported    int            `json:"reported"`       // reports about these posts
	Median      *int64         `json:"median_seconds"` // from the invitation to the answer
	Reasons     map[string]int `json:"reasons"`        // of refusals, by code
}

type federationJSON struct {
	Known   int     `json:"known"`
	Reached int     `json:"reached"`
	Failing int     `json:"failing"`
	Paused  int     `json:"paused"`
	Waiting int     `json:"waiting"`
	Oldest  *moment `json:"oldest"`
}

type machineJSON struct {
	Version      string  `json:"version"`
	Database     string  `json:"database"` // sqlite or postgres
	Schema       int64   `json:"schema"`
	DatabaseSize int64   `json:"database_size"`
	MediaSize    int64   `json:"media_size"`
	MediaAt      string  `json:"media_at"`
	CacheSize    int64   `json:"cache_size"`
	CacheMost    int64   `json:"cache_most"`
	DiskFree     int64   `json:"disk_free"`
	DiskSize     int64   `json:"disk_size"`
	Memory       int64   `json:"memory"`
	QueueAge     int64   `json:"queue_seconds"` // how long the oldest task waits
	StartedAt    *moment `json:"started_at"`
}

func figures(f *store.Figures, since time.Time) figuresJSON {
	v := figuresJSON{
		Since: moment(since), Started: f.Started, Invited: f.Invited, Waiting: f.Waiting, Accepted: f.Accepted, Declined: f.Declined,
		Expired: f.Expired, Withdrawn: f.Withdrawn, Undelivered: f.Undelivered, Left: f.Left, Reported: f.Reported, Reasons: f.Reasons,
	}
	if f.Median != nil {
		s := int64(*f.Median / time.Second)
		v.Median = &s
	}
	return v
}

// Dashboard is GET /api/ensemble/v1/admin/dashboard: how the server does.
func (a *API) Dashboard(c *call.Call) (any, error) {
	v := dashboardJSON{}
	if a.Machine != nil {
		s := a.Machine.State(c.Ctx())
		v.Machine = machineJSON{
			Version: s.Version, Schema: s.Schema, MediaAt: s.MediaAt, CacheSize: s.CacheSize, CacheMost: s.CacheMost,
			DiskFree: s.DiskFree, DiskSize: s.DiskSize, StartedAt: momentOf(&s.StartedAt),
		}
	}
	v.Machine.Memory = MemoryInUse()
	return v, c.InRead(func(tx *store.Tx) error { return v.read(tx) })
}

func (v *dashboardJSON) read(tx *store.Tx) error {
	const weeks = 12
	rows, err := store.Weeks(tx, weeks)
	if err != nil {
		return err
	}
	v.Weeks = make([]dashboardWeekJSON, len(rows))
	for i, w := range rows {
		v.Weeks[len(rows)-1-i] = dashboardWeekJSON{moment(models.WeekAt(w.Week)), w.People, w.NewUsers, w.Posts}
	}
	for _, count := range []struct {
		to    *int
		weeks int
	}{{&v.People.Week, 1}, {&v.People.Month, 4}} {
		if *count.to, err = store.ActiveSince(tx, count.weeks); err != nil {
			return err
		}
	}
	if v.People.Total, err = store.Count[models.User](tx, "true"); err != nil {
		return err
	}
	since := tx.Now.Add(-90 * 24 * time.Hour)
	f, err := store.FiguresSince(tx, since)
	if err != nil {
		return err
	}
	v.Collabs = figures(f, since)
	return v.measure(tx)
}

func (v *dashboardJSON) measure(tx *store.Tx) error {
	h, err := store.FederationHealth(tx)
	if err != nil {
		return err
	}
	v.Federation = federationJSON{Known: h.Known, Reached: h.Reached, Failing: h.Failing, Paused: h.Paused, Waiting: h.Waiting}
	oldest, err := store.Destinations(tx, 1)
	if err != nil {
		return err
	}
	if len(oldest) > 0 {
		v.Federation.Oldest = momentOf(oldest[0].Since())
	}
	m := &v.Machine
	m.Database = tx.Dialect()
	if m.DatabaseSize, err = store.DatabaseBytes(tx); err != nil {
		return err
	}
	if m.MediaSize, err = store.MediaBytes(tx); err != nil {
		return err
	}
	age, err := store.QueueAge(tx)
	m.QueueAge = int64(age / time.Second)
	return err
}

// Checks is GET /api/ensemble/v1/admin/checks: what 'ensemble doctor' says of this
// server. It asks the server for itself, as a peer would, and takes some seconds.
func (a *API) Checks(c *call.Call) (any, error) {
	if a.Machine == nil {
		return []Check{}, nil
	}
	only := c.Str("only")
	if only != "" && only != "mail" && only != "media" {
		return nil, models.Errorf(models.Invalid, "what is looked at alone is mail or media, not %q", only)
	}
	return a.Machine.Check(c.Ctx(), language(c), only), nil
}
