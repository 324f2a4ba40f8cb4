package moderation

import (
	"slices"
	"time"

	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// Reported takes in a report by another server, about accounts that live here and
// their posts; what else it names is left out. from is whoever signed it. It is
// refused with the code "not_ours" if nothing of it is ours, "too_many_reports" if
// that server reported too much within the hour, and "duplicate" if the same is open.
func Reported(tx *store.Tx, from *models.Account, f *models.Activity) error {
	host := from.URI.Host()
	if rule, err := store.RuleOf(tx, host); err != nil || rule != nil && rule.RejectReports {
		if err == nil {
			err = models.Refuse(models.Forbidden, "reports_rejected", "reports of %s are not taken here", host)
		}
		return err
	}
	about, err := accused(tx, f.Objects)
	if err != nil {
		return err
	}
	if len(about) == 0 {
		return models.Refuse(models.NotFound, "not_ours", "the report is about nobody and nothing of this server")
	}
	lately, err := store.Count[models.Report](tx, "host = ? AND created_at > ?", host, tx.Now.Add(-time.Hour))
	if err != nil {
		return err
	}
	comment, kept := prose(f.Reason, models.MaxReportHeard), 0
	for i, a := range about {
		if lately+i >= models.MaxReportsHour {
			return models.Refuse(models.TooMany, "too_many_reports", "%s sends more than %d reports an hour", host, models.MaxReportsHour)
		}
		r := &models.Report{
			ID: models.NewID(tx.Now), URI: f.URI, Host: host, AccountID: from.ID, TargetID: a.account, PostIDs: a.posts,
			Category: models.ReportOther, Comment: comment, State: models.ReportOpen, CreatedAt: tx.Now, UpdatedAt: tx.Now,
		}
		isNew, err := keep(tx, r)
		if err != nil {
			return err
		}
		if isNew {
			kept++
		}
	}
	if kept == 0 {
		return models.Refuse(models.Conflict, "duplicate", "the same report is open already")
	}
	return nil
}

// keep writes down a report from elsewhere, unless the same is open, and tells.
func keep(tx *store.Tx, r *models.Report) (bool, error) {
	open, err := store.Find[models.Report](tx, "host = ? AND target_id = ? AND state = ? AND comment = ?", r.Host, r.TargetID, models.ReportOpen, r.Comment)
	if err != nil {
		return false, err
	}
	for _, o := range open {
		if slices.Equal(o.PostIDs, r.PostIDs) {
			return false, nil
		}
	}
	isNew, err := store.Add(tx, r)
	if err != nil || !isNew {
		return false, err
	}
	return true, tell(tx, r)
}

// A charge is an account here and its posts that a Flag is about.
type charge struct {
	account models.ID
	posts   []models.ID
}

// accused finds what of a Flag is ours: the accounts it names with their posts, or
// those who wrote the posts, if it names none.
func accused(tx *store.Tx, objects []models.IRI) ([]charge, error) {
	people, err := store.Find[models.Account](tx, "uri IN ? AND domain = '' AND NOT system AND state <> ? ORDER BY id LIMIT ?",
		append([]models.IRI{""}, objects...), models.AccountDeleted, models.MaxReportTargets)
	if err != nil {
		return nil, err
	}
	var out []charge
	for _, a := range people {
		out = append(out, charge{account: a.ID})
	}
	posts, err := store.Find[models.Post](tx, "uri IN ? ORDER BY id LIMIT ?", append([]models.IRI{""}, objects...), models.MaxReportPosts)
	if err != nil {
		return nil, err
	}
	for _, p := range posts {
		by, err := writers(tx, p)
		if err != nil {
			return nil, err
		}
		out = blame(out, p, by, len(people) == 0)
	}
	return out, nil
}

// blame puts p to those of its writers who are charged, or charges them.
func blame(out []charge, p *models.Post, by []models.ID, anybody bool) []charge {
	for _, id := range by {
		i := slices.IndexFunc(out, func(c charge) bool { return c.account == id })
		if i < 0 && anybody && len(out) < models.MaxReportTargets {
			i, out = len(out), append(out, charge{account: id})
		}
		if i >= 0 {
			out[i].posts = append(out[i].posts, p.ID)
		}
	}
	return out
}

// writers are those who live here and wrote p, or agreed to stand under it.
func writers(tx *store.Tx, p *models.Post) ([]models.ID, error) {
	var out []models.ID
	if p.Local {
		out = append(out, p.AccountID)
	}
	others, err := post.Coauthors(tx, p)
	for _, a := range others {
		if a.Local() {
			out = append(out, a.ID)
		}
	}
	return out, err
}
