package api

import (
	"fmt"

	"ensemble/activities/backup"
	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// backupRoutes are the backups of the whole server: for admins. None of them gives a
// backup away, for it holds the keys of everybody here.
func (a *API) backupRoutes() []call.Route {
	const at, read, write = "/api/ensemble/v1/admin/backups", "admin:read", "admin:write"
	return []call.Route{
		{Method: "GET", Path: at, Scope: read, Handler: admins(a.Backups)},
		{Method: "POST", Path: at, Scope: write, Handler: admins(a.BackUp)},
		{Method: "PUT", Path: at + "/plan", Scope: write, Handler: admins(a.PlanBackups)},
		{Method: "POST", Path: at + "/:id/check", Scope: write, Handler: admins(a.CheckBackup)},
		{Method: "DELETE", Path: at + "/:id", Scope: write, Handler: admins(a.DropBackup)},
	}
}

type backupsJSON struct {
	Hour    *int         `json:"hour"` // of each day, in UTC; null: never
	Keep    int          `json:"keep"` // how many of those
	NextAt  *moment      `json:"next_at"`
	Problem string       `json:"problem"` // none, failed, bad, late or ""
	Backups []backupJSON `json:"backups"` // the newest first
}

type backupJSON struct {
	ID         models.ID `json:"id,string"`
	State      string    `json:"state"`
	Auto       bool      `json:"auto"`
	Outside    bool      `json:"outside"`
	File       string    `json:"file"`
	Size       int64     `json:"size"`
	Version    string    `json:"version"` // of the program
	Database   string    `json:"database"`
	Schema     int64     `json:"schema"`
	Files      int64     `json:"files"`
	Code       string    `json:"code"`
	Error      string    `json:"error"`
	Proof      string    `json:"proof"` // restored, read, bad or ""
	ProofError string    `json:"proof_error"`
	CreatedAt  moment    `json:"created_at"`
	FinishedAt *moment   `json:"finished_at"`
	ProvedAt   *moment   `json:"proved_at"`
}

// Backups is GET /api/ensemble/v1/admin/backups: those there are, whether they would bring
// everything back, and when the next one is made.
func (a *API) Backups(c *call.Call) (any, error) {
	all, err := backup.List(c.Tx)
	if err != nil {
		return nil, err
	}
	p, err := backup.Plan(c.Tx)
	if err != nil {
		return nil, err
	}
	v := backupsJSON{Keep: p.Keep, Problem: backup.Problem(all, p, c.Tx.Now), Backups: []backupJSON{}}
	if p.Hour >= 0 {
		next := p.Last(c.Tx.Now).AddDate(0, 0, 1)
		v.Hour, v.NextAt = &p.Hour, momentOf(&next)
	}
	for _, b := range all {
		one := backupJSON{
			ID: b.ID, State: string(b.State), Auto: b.Auto, Outside: b.Outside, File: b.File, Size: b.Size, Version: b.Program, Database: b.Dialect,
			Schema: b.Version, Files: b.Files, Code: b.Code, Error: b.Error, Proof: string(b.Proof), ProofError: b.ProofError,
			CreatedAt: moment(b.CreatedAt), FinishedAt: momentOf(b.FinishedAt), ProvedAt: momentOf(b.ProvedAt),
		}
		if b.Dead(c.Tx.Now) && b.State == models.BackupRunning { // the sweep will say so
			one.State, one.Code = string(models.BackupInterrupted), "interrupted"
		}
		v.Backups = append(v.Backups, one)
	}
	return v, nil
}

// BackUp is POST /api/ensemble/v1/admin/backups: one is made at once.
func (a *API) BackUp(c *call.Call) (any, error) {
	if _, err := backup.Order(c.Tx, c.Me); err != nil {
		return nil, err
	}
	return a.backupsAfter(c, "backup_ordered", "")
}

// PlanBackups is PUT /api/ensemble/v1/admin/backups/plan {hour, keep}: without an hour, none
// are made by themselves.
func (a *API) PlanBackups(c *call.Call) (any, error) {
	p := models.BackupPlan{Hour: c.Int("hour", -1), Keep: c.Int("keep", models.KeepBackups)}
	if c.Has("hour") && c.Str("hour") != "" && p.Hour < 0 {
		p.Hour = 24 // -1 is nobody's to say
	}
	if err := backup.SetPlan(c.Tx, p); err != nil {
		return nil, err
	}
	return a.backupsAfter(c, "backup_planned", fmt.Sprintf("hour: %d, keep: %d", p.Hour, p.Keep))
}

// CheckBackup is POST /api/ensemble/v1/admin/backups/:id/check: it is tried out again.
func (a *API) CheckBackup(c *call.Call) (any, error) {
	if err := backup.TryOut(c.Tx, c.ID("id")); err != nil {
		return nil, err
	}
	return a.Backups(c)
}

// DropBackup is DELETE /api/ensemble/v1/admin/backups/:id. Its file goes for good.
func (a *API) DropBackup(c *call.Call) (any, error) {
	b, err := store.Get[models.Backup](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	if err := backup.Delete(c.Tx, b.ID); err != nil {
		return nil, err
	}
	return a.backupsAfter(c, "backup_deleted", b.File)
}

func (a *API) backupsAfter(c *call.Call, what, how string) (any, error) {
	if err := moderation.Note(c.Tx, c.Me, what, c.Site.Domain, how); err != nil {
		return nil, err
	}
	return a.Backups(c)
}
