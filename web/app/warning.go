package app

import (
	"net/http"
	"net/url"
	"time"

	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
	"ensemble/web/page"
)

// aWarning is what moderators did to who reads it.
type aWarning struct {
	ID        models.ID  `json:"id,string"`
	Action    string     `json:"action"`
	Feature   string     `json:"feature"`
	Text      string     `json:"text"`
	StatusIDs []string   `json:"status_ids"`
	CreatedAt time.Time  `json:"created_at"`
	UndoneAt  *time.Time `json:"undone_at"`
	Until     time.Time  `json:"appeal_until"`
	Appeal    *struct {
		Text      string     `json:"text"`
		State     string     `json:"state"`
		Answer    string     `json:"answer"`
		DecidedAt *time.Time `json:"decided_at"`
		CreatedAt time.Time  `json:"created_at"`
	} `json:"appeal"`
	Typed string `json:"-"` // an appeal that was refused
	Open  bool   `json:"-"` // it can be appealed against
}

const apiWarnings = "/api/ensemble/v1/me/warnings"

// warnings is GET /warnings.
func warnings(c *call.Call) (any, error) {
	all, err := call.Fetch[[]aWarning](c, "GET", apiWarnings, nil)
	if err != nil {
		return nil, err
	}
	return set.Show(c, http.StatusOK, "warnings.html", page.Page{Title: set.Say(c, "warnings.title"), View: all})
}

// warning is GET /warnings/:id.
func warning(c *call.Call) (any, error) {
	w, err := call.Fetch[aWarning](c, "GET", apiWarnings+"/"+url.PathEscape(c.Param("id")), nil)
	if err != nil {
		return nil, err
	}
	return showWarning(c, w, nil)
}

func showWarning(c *call.Call, w aWarning, wrong error) (any, error) {
	w.Open = w.Appeal == nil && w.UndoneAt == nil && c.Now().Before(w.Until)
	return set.ShowRefused(c, wrong, "warning.html", page.Page{Title: set.Say(c, "warning.title"), View: w})
}

// appeal is POST /warnings/:id {text}.
func appeal(c *call.Call) (any, error) {
	at := url.PathEscape(c.Param("id"))
	_, err := c.Ask("POST", apiWarnings+"/"+at+"/appeal", url.Values{"text": {c.Str("text")}})
	if err == nil {
		return call.Redirect("/warnings/" + at + "?done=appealed"), nil
	}
	w, lost := call.Fetch[aWarning](c, "GET", apiWarnings+"/"+at, nil)
	if lost != nil {
		return nil, lost
	}
	w.Typed = c.Str("text")
	return showWarning(c, w, err)
}

// warningByKey is GET /appeal/:key: for whoever cannot sign in.
func warningByKey(c *call.Call) (any, error) {
	w, err := moderation.WarningBy(c.Tx, c.Param("key"))
	if err != nil {
		return nil, err
	}
	return keyed(c, w, "", nil)
}

func keyed(c *call.Call, w *models.Warning, typed string, wrong error) (any, error) {
	p, err := moderation.AppealOf(c.Tx, w)
	if err != nil {
		return nil, err
	}
	v := aWarning{Action: w.Action, Text: w.Text, CreatedAt: w.CreatedAt, UndoneAt: w.UndoneAt, Until: w.CreatedAt.Add(models.AppealFor), Typed: typed}
	if p != nil {
		v.Appeal = &struct {
			Text      string     `json:"text"`
			State     string     `json:"state"`
			Answer    string     `json:"answer"`
			DecidedAt *time.Time `json:"decided_at"`
			CreatedAt time.Time  `json:"created_at"`
		}{p.Text, string(p.State), p.Answer, p.DecidedAt, p.CreatedAt}
	}
	a, err := showWarning(c, v, wrong)
	if answer, is := a.(call.Answer); is && err == nil {
		answer.Header.Set("Referrer-Policy", "no-referrer") // the address is the secret
		answer.Header.Set("Cache-Control", "private, no-store")
		return answer, nil
	}
	return a, err
}

// appealByKey is POST /appeal/:key {text}.
func appealByKey(c *call.Call) (any, error) {
	w, err := moderation.WarningBy(c.Tx, c.Param("key"))
	if err != nil {
		return nil, err
	}
	if w, err = store.Hold[models.Warning](c.Tx, w.ID); err != nil {
		return nil, err
	}
	if _, err := moderation.Appeal(c.Tx, w, c.Str("text")); err != nil {
		return keyed(c, w, c.Str("text"), err)
	}
	return call.Redirect("/appeal/" + url.PathEscape(c.Param("key")) + "?done=appealed"), nil
}

// aTally is what there was to moderate in a quarter.
type aTally struct {
	From         time.Time      `json:"from"`
	To           time.Time      `json:"to"`
	ReportsHere  int            `json:"reports_here"`
	ReportsAfar  int            `json:"reports_afar"`
	Appeals      int            `json:"appeals"`
	Acts         map[string]int `json:"acts"`
	DomainBlocks *int           `json:"domain_blocks"`
}

// Quarter is the number of the quarter in its year.
func (t aTally) Quarter() int { return (int(t.From.Month()) + 2) / 3 }

// Year is its year, as people write it.
func (t aTally) Year() string { return t.From.Format("2006") }

// A tallyPart is a part of the counts of a quarter.
type tallyPart struct {
	Name string
	Acts []string
}

// Parts are what is counted of what was done, in the order in which it is shown.
func (t aTally) Parts() []tallyPart {
	return []tallyPart{
		{"reports", []string{"report_closed"}},
		{"acts", []string{"account_warned", "account_limited", "account_sensitized", "account_suspended", "feature_banned"}},
		{"undone", []string{"account_unlimited", "account_unsensitized", "account_unsuspended", "feature_unbanned"}},
		{"appeals", []string{"appeal_approved", "appeal_rejected"}},
		{"others", []string{"claim_accepted", "claim_refused", "account_approved", "account_rejected"}},
	}
}

type transparencyView struct {
	Tallies []aTally
	Blocks  []struct {
		Domain   string `json:"domain"`
		Severity string `json:"severity"`
		Comment  string `json:"comment"`
	}
	ShowBlocks bool
}

// transparency is GET /about/transparency.
func transparency(c *call.Call) (any, error) {
	var v transparencyView
	var err error
	if v.Tallies, err = call.Fetch[[]aTally](c, "GET", "/api/ensemble/v1/transparency", nil); err != nil {
		return nil, err
	}
	if len(v.Tallies) > 0 && v.Tallies[0].DomainBlocks != nil {
		v.ShowBlocks = true
		r, err := call.Fetch[[]struct {
			Domain   string `json:"domain"`
			Severity string `json:"severity"`
			Comment  string `json:"comment"`
		}](c, "GET", "/api/v1/instance/domain_blocks", nil)
		if err != nil {
			return nil, err
		}
		v.Blocks = r
	}
	return set.Show(c, http.StatusOK, "transparency.html", page.Page{Title: set.Say(c, "transparency.title"), Self: c.Site.IRI("/about/transparency"), Index: true, View: v})
}

// Blocked is how many servers rules were made for, where that is shown.
func (t aTally) Blocked() int {
	if t.DomainBlocks == nil {
		return 0
	}
	return *t.DomainBlocks
}
