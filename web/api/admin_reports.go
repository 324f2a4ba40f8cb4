package api

import (
	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// AdminReports is GET /api/v1/admin/reports: open ones, or with resolved, the others.
func (a *API) AdminReports(c *call.Call) (any, error) {
	w := window(c, 100, 200)
	state := models.ReportOpen
	if c.Bool("resolved") {
		state = models.ReportClosed
	}
	rows, err := store.Reports(c.Tx, store.Docket{
		State: state, By: c.ID("account_id"), Against: c.ID("target_account_id"), Domain: c.Str("by_target_domain"),
	}, w)
	if err != nil {
		return nil, err
	}
	out := []*adminReportJSON{}
	for _, r := range rows {
		v, err := a.adminReport(c, r)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	if n := len(rows); n > 0 {
		link(c, w, rows[0].ID, rows[n-1].ID, n)
	}
	return out, nil
}

// AdminReport is GET /api/v1/admin/reports/:id.
func (a *API) AdminReport(c *call.Call) (any, error) {
	return a.onReport(c, func(*models.Report) error { return nil })
}

// SortReport is PUT /api/v1/admin/reports/:id.
func (a *API) SortReport(c *call.Call) (any, error) {
	return a.onReport(c, func(r *models.Report) error {
		kind, rules := r.Category, r.RuleIDs
		if c.Has("category") {
			kind = models.ReportCategory(c.Str("category"))
		}
		if c.Has("rule_ids") {
			rules = c.Strs("rule_ids")
		}
		if err := a.checkRules(c, rules); err != nil {
			return err
		}
		return moderation.Sort(c.Tx, c.Me, r, kind, rules)
	})
}

// AssignReport is POST /api/v1/admin/reports/:id/assign_to_self.
func (a *API) AssignReport(c *call.Call) (any, error) {
	return a.onReport(c, func(r *models.Report) error { return moderation.Assign(c.Tx, c.Me, r, true) })
}

// UnassignReport is POST /api/v1/admin/reports/:id/unassign.
func (a *API) UnassignReport(c *call.Call) (any, error) {
	return a.onReport(c, func(r *models.Report) error { return moderation.Assign(c.Tx, c.Me, r, false) })
}

// ResolveReport is POST /api/v1/admin/reports/:id/resolve.
func (a *API) ResolveReport(c *call.Call) (any, error) {
	return a.onReport(c, func(r *models.Report) error { return moderation.Close(c.Tx, c.Me, r, c.Str("reason")) })
}

// ReopenReport is POST /api/v1/admin/reports/:id/reopen.
func (a *API) ReopenReport(c *call.Call) (any, error) {
	return a.onReport(c, func(r *models.Report) error { return moderation.Reopen(c.Tx, c.Me, r, c.Str("reason")) })
}

func (a *API) onReport(c *call.Call, do func(*models.Report) error) (any, error) {
	r, err := store.Get[models.Report](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	if err := do(r); err != nil {
		return nil, err
	}
	if r, err = store.Get[models.Report](c.Tx, r.ID); err != nil {
		return nil, err
	}
	return a.adminReport(c, r)
}

// adminReportJSON is Mastodon's Admin::Report.
type adminReportJSON struct {
	*reportJSON
	UpdatedAt  moment            `json:"updated_at"`
	Account    *adminAccountJSON `json:"account"`
	Target     *adminAccountJSON `json:"target_account"`
	Assigned   *adminAccountJSON `json:"assigned_account"`
	ActionedBy *adminAccountJSON `json:"action_taken_by_account"`
	Statuses   []statusJSON      `json:"statuses"`
	Rules      []ruleJSON        `json:"rules"`
}

// adminReport shows a report with its posts, whoever may else read them.
func (a *API) adminReport(c *call.Call, r *models.Report) (v *adminReportJSON, err error) {
	v = &adminReportJSON{UpdatedAt: moment(r.UpdatedAt)}
	if v.reportJSON, err = a.reportView(c, r); err != nil {
		return nil, err
	}
	for _, who := range []struct {
		to **adminAccountJSON
		id models.ID
	}{{&v.Account, r.AccountID}, {&v.Target, r.TargetID}, {&v.Assigned, r.AssignedID}, {&v.ActionedBy, r.ClosedBy}} {
		if *who.to, err = adminAccount(c, who.id); err != nil {
			return nil, err
		}
	}
	var entries []store.Entry
	for _, id := range r.PostIDs {
		entries = append(entries, store.Entry{ID: id, PostID: id, Kind: models.FeedPost})
	}
	if v.Statuses, err = a.statuses(c, entries); err != nil {
		return nil, err
	}
	rules, err := moderation.AllRules(c.Tx)
	v.Rules = named(rules, r.RuleIDs)
	return v, err
}
