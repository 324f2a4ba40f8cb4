package admin

import (
	"net/http"
	"net/url"
	"time"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

const backupsAPI = "/api/ensemble/v1/admin/backups"

type aBackup struct {
	ID         models.ID  `json:"id,string"`
	State      string     `json:"state"`
	Auto       bool       `json:"auto"`
	Outside    bool       `json:"outside"`
	File       string     `json:"file"`
	Size       int64      `json:"size"`
	Version    string     `json:"version"`
	Database   string     `json:"database"`
	Schema     int64      `json:"schema"`
	Files      int        `json:"files"`
	Code       string     `json:"code"`
	Error      string     `json:"error"`
	Proof      string     `json:"proof"`
	ProofError string     `json:"proof_error"`
	CreatedAt  time.Time  `json:"created_at"`
	FinishedAt *time.Time `json:"finished_at"`
	ProvedAt   *time.Time `json:"proved_at"`
}

// Busy reports whether somebody works on it.
func (b aBackup) Busy() bool {
	return b.State == "waiting" || b.State == "running" || b.State == "checking"
}

// Tone is how its state is coloured.
func (b aBackup) Tone() string {
	switch {
	case b.State == "failed", b.State == "interrupted", b.State == "done" && b.Proof == "bad":
		return "bad"
	case b.State == "done" && b.Proof == "restored":
		return "good"
	}
	return "warm"
}

type backupsView struct {
	Hour    *int       `json:"hour"`
	Keep    int        `json:"keep"`
	NextAt  *time.Time `json:"next_at"`
	Problem string     `json:"problem"`
	Backups []aBackup  `json:"backups"`
}

// Busy reports whether a backup is at work.
func (v backupsView) Busy() bool {
	for _, b := range v.Backups {
		if b.Busy() {
			return true
		}
	}
	return false
}

// Last is the newest backup that is there, nil if there is none.
func (v backupsView) Last() *aBackup {
	for i := range v.Backups {
		if b := &v.Backups[i]; b.State == "done" || b.State == "checking" {
			return b
		}
	}
	return nil
}

// Hours are those of a day.
func (backupsView) Hours() (all []int) {
	for h := range 24 {
		all = append(all, h)
	}
	return all
}

// At reports whether h is the hour of the plan.
func (v backupsView) At(h int) bool { return v.Hour != nil && *v.Hour == h }

// backups is GET /admin/backups.
func backups(c *call.Call) (any, error) { return showBackups(c, nil) }

func showBackups(c *call.Call, wrong error) (any, error) {
	v, err := call.Fetch[backupsView](c, http.MethodGet, backupsAPI, url.Values{})
	if err != nil {
		return nil, err
	}
	p := page.Page{Title: set.Say(c, "admin.backups"), View: v}
	if v.Busy() {
		p.Scripts = []string{"live.js"}
	}
	return orAgain(c, wrong, "backups", "backups.html", p)
}

// actOnBackups is POST /admin/backups: a form says which of its acts is meant.
func actOnBackups(c *call.Call) (any, error) {
	act, err := c.Str("act"), error(nil)
	id := c.ID("id").String()
	switch act {
	case "make":
		_, err = c.Ask(http.MethodPost, backupsAPI, nil)
	case "plan":
		_, err = c.Ask(http.MethodPut, backupsAPI+"/plan", url.Values{"hour": {c.Str("hour")}, "keep": {c.Str("keep")}})
	case "check":
		_, err = c.Ask(http.MethodPost, backupsAPI+"/"+id+"/check", nil)
	case "delete":
		_, err = c.Ask(http.MethodDelete, backupsAPI+"/"+id, nil)
	default:
		return nil, models.Errorf(models.NotFound, "there is no such page here")
	}
	if err != nil {
		return showBackups(c, err)
	}
	return call.Redirect("/admin/backups?done=backup_" + act), nil
}
