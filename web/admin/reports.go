package admin

import (
	"net/url"
	"strings"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

const apiReports, ourAdmin = "/api/v1/admin/reports", "/api/ensemble/v1/admin"

type reportsView struct {
	Tab      string
	Resolved bool
	Reports  []aReport
	Domain   string
	page.Pager
}

// reports is GET /admin/reports.
func reports(c *call.Call) (any, error) {
	v := reportsView{Tab: "reports", Resolved: c.Bool("resolved"), Domain: c.Str("domain")}
	q := url.Values{"limit": {"20"}}
	if v.Resolved {
		q.Set("resolved", "true")
	}
	if v.Domain != "" {
		q.Set("by_target_domain", v.Domain)
	}
	if id := c.Str("account_id"); id != "" {
		q.Set("target_account_id", id)
	}
	var err error
	if v.Reports, v.Pager, err = page.List[aReport](c, apiReports, q); err != nil {
		return nil, err
	}
	return ok(c, "reports", "reports.html", "reports.title", v)
}

type reportView struct {
	Report     aReport
	Notes      []aNote
	Target     aDossier
	Act        actView
	Mine       bool
	Categories []string
}

// actView is the form by which something is done about somebody.
type actView struct {
	ID, Report models.ID
	Local      bool
	Kind, Text string
	Actions    []string
}

var categories = []string{"spam", "legal", "violation", "other"}

// report is GET /admin/reports/:id.
func report(c *call.Call) (any, error) {
	v, err := aboutReport(c)
	if err != nil {
		return nil, err
	}
	return ok(c, "reports", "report.html", "report.title", v)
}

func aboutReport(c *call.Call) (v reportView, err error) {
	v.Categories = categories
	id := c.Param("id")
	if v.Report, err = call.Fetch[aReport](c, "GET", apiReports+"/"+id, nil); err != nil {
		return v, err
	}
	if v.Notes, err = call.Fetch[[]aNote](c, "GET", ourAdmin+"/reports/"+id+"/notes", nil); err != nil {
		return v, err
	}
	v.Target, err = call.Fetch[aDossier](c, "GET", ourAdmin+"/accounts/"+v.Report.Target.ID.String(), nil)
	v.Mine = v.Report.Assigned != nil && v.Report.Assigned.ID == c.MyID()
	v.Act = actFor(v.Target, v.Report.ID)
	return v, err
}

// changeReport is POST /admin/reports/:id {do, text}.
func changeReport(c *call.Call) (any, error) {
	id, do := c.Param("id"), c.Str("do")
	at := apiReports + "/" + id
	var err error
	switch do {
	case "assign_to_self", "unassign", "reopen":
		_, err = c.Ask("POST", at+"/"+do, nil)
	case "resolve":
		_, err = c.Ask("POST", at+"/resolve", url.Values{"reason": {c.Str("text")}})
	case "sort":
		_, err = c.Ask("PUT", at, url.Values{"category": {c.Str("category")}})
	case "note":
		_, err = c.Ask("POST", ourAdmin+"/accounts/"+c.Str("account_id")+"/notes", url.Values{"text": {c.Str("text")}, "report_id": {id}})
	case "drop_note":
		_, err = c.Ask("DELETE", ourAdmin+"/notes/"+c.Str("note"), nil)
	default:
		err = models.Errorf(models.Invalid, "there is no such act")
	}
	if err == nil {
		return after("/admin/reports/"+id, "report_"+do)
	}
	v, wrong := aboutReport(c)
	if wrong != nil {
		return nil, wrong
	}
	return again(c, err, "reports", "report.html", page.Page{Title: set.Say(c, "report.title"), View: v})
}

type appealsView struct {
	Tab     string
	All     bool
	Appeals []anAppeal
}

// appeals is GET /admin/appeals.
func appeals(c *call.Call) (any, error) {
	v, err := allAppeals(c)
	if err != nil {
		return nil, err
	}
	return ok(c, "reports", "appeals.html", "appeals.title", v)
}

func allAppeals(c *call.Call) (v appealsView, err error) {
	v.Tab, v.All = "appeals", c.Query("all") != ""
	q := url.Values{}
	if v.All {
		q.Set("all", "true")
	}
	v.Appeals, err = call.Fetch[[]anAppeal](c, "GET", ourAdmin+"/appeals", q)
	return v, err
}

// decideAppeal is POST /admin/appeals/:id {do, text}.
func decideAppeal(c *call.Call) (any, error) {
	do := "reject"
	if c.Str("do") == "approve" {
		do = "approve"
	}
	if _, err := c.Ask("POST", ourAdmin+"/appeals/"+c.Param("id")+"/"+do, params(c, "text")); err != nil {
		v, wrong := allAppeals(c)
		if wrong != nil {
			return nil, wrong
		}
		return again(c, err, "reports", "appeals.html", page.Page{Title: set.Say(c, "appeals.title"), View: v})
	}
	return after("/admin/appeals", "appeal_"+do)
}

type claimsView struct {
	Tab    string
	All    bool
	Claims []aClaim
}

// claims is GET /admin/claims.
func claims(c *call.Call) (any, error) {
	v, err := allClaims(c)
	if err != nil {
		return nil, err
	}
	return ok(c, "reports", "claims.html", "claims.title", v)
}

func allClaims(c *call.Call) (v claimsView, err error) {
	v.Tab, v.All = "claims", c.Query("all") != ""
	q := url.Values{}
	if v.All {
		q.Set("all", "true")
	}
	v.Claims, err = call.Fetch[[]aClaim](c, "GET", ourAdmin+"/claims", q)
	return v, err
}

// decideClaim is POST /admin/claims/:id {do, text}.
func decideClaim(c *call.Call) (any, error) {
	do := "refuse"
	if c.Str("do") == "accept" {
		do = "accept"
	}
	if _, err := c.Ask("POST", ourAdmin+"/claims/"+c.Param("id")+"/"+do, url.Values{"reason": {c.Str("text")}}); err != nil {
		v, wrong := allClaims(c)
		if wrong != nil {
			return nil, wrong
		}
		return again(c, err, "reports", "claims.html", page.Page{Title: set.Say(c, "claims.title"), View: v})
	}
	return after("/admin/claims", "claim_"+do)
}

type journalView struct {
	Acts             []anAct
	What, Who, About string
	Kinds            []string
	page.Pager
}

// kinds are what is written into the log.
var kinds = strings.Fields(`account_warned account_limited account_unlimited account_sensitized account_unsensitized account_suspended
	account_unsuspended account_approved account_rejected feature_banned feature_unbanned role_changed reset_sent factors_ended
	report_assigned report_unassigned report_sorted report_closed report_reopened appeal_approved appeal_rejected claim_accepted claim_refused
	domain_ruled domain_rule_changed domain_rule_lifted domain_rule_passed_over domain_allowed domain_disallowed list_subscribed list_unsubscribed
	email_barred email_unbarred network_barred network_unbarred invitation_made invitation_revoked
	announcement_kept announcement_deleted emoji_added emoji_changed emoji_disabled emoji_enabled emoji_dropped rules_changed setting_changed legal_changed
	backup_ordered backup_planned backup_deleted cache_limited`)

// journal is GET /admin/log {what, who, about, account_id}.
func journal(c *call.Call) (any, error) {
	v := journalView{What: c.Str("what"), Who: strings.TrimPrefix(strings.TrimSpace(c.Str("who")), "@"), About: strings.TrimSpace(c.Str("about")), Kinds: kinds}
	q := url.Values{"limit": {"40"}, "what": {v.What}, "who": {v.Who}, "about": {v.About}}
	if id := c.Str("account_id"); id != "" {
		q.Set("account_id", id)
	}
	var err error
	if v.Acts, v.Pager, err = page.List[anAct](c, ourAdmin+"/log", q); err != nil {
		return nil, err
	}
	return ok(c, "log", "log.html", "log.title", v)
}
