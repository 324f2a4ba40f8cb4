package api

import (
	"ensemble/activities/account"
	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// dossierRoutes are what is known of an account to those who look after it, and what
// Mastodon's admin API has no word for.
func (a *API) dossierRoutes() []call.Route {
	const ours = "/api/ensemble/v1/admin"
	const one, read, write = ours + "/accounts/:id", "admin:read:accounts", "admin:write:accounts"
	return []call.Route{
		{Method: "GET", Path: one, Scope: read, Handler: allowed(models.SeePeople, a.Dossier)},
		{Method: "POST", Path: one + "/notes", Scope: write, Handler: staff(a.Jot)},
		{Method: "GET", Path: ours + "/reports/:id/notes", Scope: "admin:read:reports", Handler: staff(a.ReportNotes)},
		{Method: "DELETE", Path: ours + "/notes/:id", Scope: write, Handler: staff(a.DropNote)},
		{Method: "PUT", Path: one + "/features/:feature", Scope: write, Handler: staff(a.BanFeature)},
		{Method: "DELETE", Path: one + "/features/:feature", Scope: write, Handler: staff(a.UnbanFeature)},
		{Method: "PUT", Path: one + "/role", Scope: write, Handler: allowed(models.Appoint, a.Appoint)},
		{Method: "POST", Path: one + "/reset_password", Scope: write, Handler: allowed(models.HelpPeople, a.SendReset)},
		{Method: "POST", Path: one + "/end_second_factor", Scope: write, Handler: allowed(models.HelpPeople, a.EndFactors)},
		{Method: "GET", Path: ours + "/roles", Scope: read, Handler: allowed(models.SeePeople, a.Roles)},
		{Method: "GET", Path: ours + "/log", Scope: "admin:read", Handler: allowed(models.ReadLog, a.ModerationLog)},
		{Method: "GET", Path: "/api/ensemble/v1/transparency", Who: call.Nobody, Handler: a.Transparency},
	}
}

// dossierJSON is an account, and what was done about it.
type dossierJSON struct {
	Account        *adminAccountJSON `json:"account"`
	MayAct         bool              `json:"may_act"`       // who asks is above them
	Limited        bool              `json:"limited"`       // by a moderator, and not by a rule for its server
	ByDomain       *models.Severity  `json:"by_domain"`     // what a rule for its server does to it
	SecondFactor   bool              `json:"second_factor"` // a password alone does not sign them in
	Features       []featureBanJSON  `json:"features"`      // that it is shut out of
	Warnings       []strikeJSON      `json:"warnings"`
	Notes          []modNoteJSON     `json:"notes"`
	ReportsAgainst int               `json:"reports_against"`
	ReportsOpen    int               `json:"reports_open"` // of those
	ReportsBy      int               `json:"reports_by"`
}

type featureBanJSON struct {
	Feature   models.Feature `json:"feature"`
	Reason    string         `json:"reason"`
	CreatedAt moment         `json:"created_at"`
}

type modNoteJSON struct {
	ID        models.ID `json:"id,string"`
	Who       string    `json:"who"`
	Text      string    `json:"text"`
	ReportID  *string   `json:"report_id"`
	CreatedAt moment    `json:"created_at"`
	Mine      bool      `json:"mine"`
}

func modNotes(c *call.Call, rows []*models.ModerationNote) []modNoteJSON {
	out := []modNoteJSON{}
	for _, n := range rows {
		v := modNoteJSON{ID: n.ID, Who: n.Who, Text: n.Text, CreatedAt: moment(n.CreatedAt), Mine: n.ByID == c.MyID()}
		if n.ReportID != 0 {
			v.ReportID = orNull(n.ReportID.String())
		}
		out = append(out, v)
	}
	return out
}

// Dossier is GET /api/ensemble/v1/admin/accounts/:id. Notes and what was done about
// somebody are for those who judge.
func (a *API) Dossier(c *call.Call) (any, error) {
	who, err := store.Get[models.Account](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return a.dossier(c, who)
}

func (a *API) dossier(c *call.Call, who *models.Account) (v *dossierJSON, err error) {
	v = &dossierJSON{
		Limited: who.Limited, MayAct: moderation.May(c.Tx, c.Me, who) == nil, Features: []featureBanJSON{}, Warnings: []strikeJSON{}, Notes: []modNoteJSON{},
	}
	if who.ByDomain != "" {
		v.ByDomain = &who.ByDomain
	}
	if v.Account, err = adminAccount(c, who.ID); err != nil {
		return nil, err
	}
	if v.SecondFactor, err = account.HasFactor(c.Tx, who); err != nil || !c.User.Role.May(models.Judge) {
		return v, err
	}
	return v, a.judged(c, who, v)
}

// judged adds what only those see who judge.
func (a *API) judged(c *call.Call, who *models.Account, v *dossierJSON) error {
	bans, err := store.Find[models.FeatureBan](c.Tx, "account_id = ? ORDER BY feature", who.ID)
	if err != nil {
		return err
	}
	for _, b := range bans {
		v.Features = append(v.Features, featureBanJSON{b.Feature, b.Reason, moment(b.CreatedAt)})
	}
	notes, err := moderation.Notes(c.Tx, who.ID, 0)
	if err != nil {
		return err
	}
	v.Notes = modNotes(c, notes)
	if v.Warnings, err = strikes(c, who.ID); err != nil {
		return err
	}
	if v.ReportsAgainst, err = store.Count[models.Report](c.Tx, "target_id = ?", who.ID); err != nil {
		return err
	}
	if v.ReportsOpen, err = store.Count[models.Report](c.Tx, "target_id = ? AND state = ?", who.ID, models.ReportOpen); err != nil {
		return err
	}
	v.ReportsBy, err = store.Count[models.Report](c.Tx, "account_id = ? AND host = ''", who.ID)
	return err
}

// onDossier does something about an account, and answers with what is known then.
func (a *API) onDossier(c *call.Call, do func(*models.Account) error) (any, error) {
	who, err := store.Hold[models.Account](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	if err := do(who); err != nil {
		return nil, err
	}
	if who, err = store.Get[models.Account](c.Tx, who.ID); err != nil {
		return nil, err
	}
	return a.dossier(c, who)
}

// Jot is POST /api/ensemble/v1/admin/accounts/:id/notes {text, report_id}.
func (a *API) Jot(c *call.Call) (any, error) {
	who, err := store.Get[models.Account](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	report := c.ID("report_id")
	if report != 0 {
		r, err := store.Get[models.Report](c.Tx, report)
		if err != nil {
			return nil, err
		}
		if r.TargetID != who.ID {
			return nil, models.Errorf(models.Invalid, "that report is about somebody else")
		}
	}
	n, err := moderation.Jot(c.Tx, c.Me, who, report, c.Str("text"))
	if err != nil {
		return nil, err
	}
	return modNotes(c, []*models.ModerationNote{n})[0], nil
}

// ReportNotes is GET /api/ensemble/v1/admin/reports/:id/notes.
func (a *API) ReportNotes(c *call.Call) (any, error) {
	r, err := store.Get[models.Report](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	rows, err := moderation.Notes(c.Tx, 0, r.ID)
	return modNotes(c, rows), err
}

// DropNote is DELETE /api/ensemble/v1/admin/notes/:id: who wrote one may.
func (a *API) DropNote(c *call.Call) (any, error) {
	n, err := store.Get[models.ModerationNote](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	if n.ByID != c.MyID() {
		return nil, models.Errorf(models.Forbidden, "somebody else wrote that note")
	}
	_, err = store.Delete[models.ModerationNote](c.Tx, "id = ?", n.ID)
	return nil, err
}

// BanFeature is PUT /api/ensemble/v1/admin/accounts/:id/features/:feature {text}.
func (a *API) BanFeature(c *call.Call) (any, error) { return a.featureBan(c, true) }

// UnbanFeature is DELETE /api/ensemble/v1/admin/accounts/:id/features/:feature {text}.
func (a *API) UnbanFeature(c *call.Call) (any, error) { return a.featureBan(c, false) }

func (a *API) featureBan(c *call.Call, on bool) (any, error) {
	return a.onDossier(c, func(who *models.Account) error {
		return moderation.Ban(c.Tx, c.Me, who, models.Feature(c.Str("feature")), on, c.Str("text"))
	})
}

// Appoint is PUT /api/ensemble/v1/admin/accounts/:id/role {role}.
func (a *API) Appoint(c *call.Call) (any, error) {
	return a.onDossier(c, func(who *models.Account) error {
		return moderation.Appoint(c.Tx, c.Me, who, models.Role(c.Str("role")))
	})
}

// SendReset is POST /api/ensemble/v1/admin/accounts/:id/reset_password.
func (a *API) SendReset(c *call.Call) (any, error) {
	return a.onDossier(c, func(who *models.Account) error { return moderation.SendReset(c.Tx, c.Me, who) })
}

// EndFactors is POST /api/ensemble/v1/admin/accounts/:id/end_second_factor {text}.
func (a *API) EndFactors(c *call.Call) (any, error) {
	return a.onDossier(c, func(who *models.Account) error { return moderation.EndFactors(c.Tx, c.Me, who, c.Str("text")) })
}

type rolePermissionsJSON struct {
	Role        models.Role         `json:"role"`
	Rank        int                 `json:"rank"`
	Permissions []models.Permission `json:"permissions"`
}

// Roles is GET /api/ensemble/v1/admin/roles: which role may do what.
func (a *API) Roles(*call.Call) (any, error) {
	var out []rolePermissionsJSON
	for _, r := range models.Roles {
		v := rolePermissionsJSON{Role: r, Rank: r.Rank(), Permissions: []models.Permission{}}
		for _, p := range models.Permissions {
			if r.May(p) {
				v.Permissions = append(v.Permissions, p)
			}
		}
		out = append(out, v)
	}
	return out, nil
}
