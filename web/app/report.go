package app

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

// moderationRoutes are what people say to moderators and hear from them, and what
// anybody may know of that.
func moderationRoutes() []call.Route {
	return []call.Route{
		{Method: "GET", Path: "/report", Page: true, Mode: call.Free, Handler: askReport},
		{Method: "POST", Path: "/report", Page: true, Mode: call.Free, Handler: sendReport},
		{Method: "GET", Path: "/warnings", Page: true, Mode: call.Free, Handler: warnings},
		{Method: "GET", Path: "/warnings/:id", Page: true, Mode: call.Free, Handler: warning},
		{Method: "POST", Path: "/warnings/:id", Page: true, Mode: call.Free, Handler: appeal},
		{Method: "GET", Path: "/appeal/:key", Who: call.Anyone, Page: true, Handler: warningByKey},
		{Method: "POST", Path: "/appeal/:key", Who: call.Anyone, Page: true, Handler: appealByKey},
		{Method: "GET", Path: "/about/rules", Who: call.Anyone, Page: true, Mode: call.Free, Handler: rulesPage},
		{Method: "GET", Path: "/about/transparency", Who: call.Anyone, Page: true, Mode: call.Free, Handler: transparency},
	}
}

// aRule is a rule of the server.
type aRule struct {
	ID           string `json:"id"`
	Text         string `json:"text"`
	Translations map[string]struct {
		Text string `json:"text"`
	} `json:"translations"`
}

// In is the rule in a language.
func (r aRule) In(lang string) string {
	if t := r.Translations[lang]; t.Text != "" {
		return t.Text
	}
	return r.Text
}

type reportView struct {
	Status     *aStatus
	Account    anAccount
	Authors    []anAccount
	Servers    []string // elsewhere, of the authors
	Rules      []aRule
	Categories []string
	Category   string
	Comment    string
	Chosen     []string // IDs of rules
	Forward    []string // servers that are to be told
	Sent       *sentReport
}

// Has reports whether a rule was chosen.
func (v reportView) Has(id string) bool { return slices.Contains(v.Chosen, id) }

// Tells reports whether a server is to be told.
func (v reportView) Tells(domain string) bool { return slices.Contains(v.Forward, domain) }

type sentReport struct {
	ForwardedTo []struct {
		Domain string `json:"domain"`
		State  string `json:"state"`
		Reason string `json:"reason"`
	} `json:"forwarded_to"`
}

// askReport is GET /report {status or account}.
func askReport(c *call.Call) (any, error) {
	v, err := reportOf(c)
	if err != nil {
		return nil, err
	}
	v.Forward = v.Servers
	return showReport(c, v, nil)
}

func showReport(c *call.Call, v reportView, wrong error) (any, error) {
	return set.ShowRefused(c, wrong, "report.html", page.Page{Title: set.Say(c, "report.title"), View: v})
}

// reportOf finds what is to be reported, and who wrote it.
func reportOf(c *call.Call) (v reportView, err error) {
	v.Categories = []string{"spam", "violation", "legal", "other"}
	if v.Rules, err = call.Fetch[[]aRule](c, "GET", "/api/v1/instance/rules", nil); err != nil {
		return v, err
	}
	if id := c.Str("status"); id != "" {
		s, err := call.Fetch[aStatus](c, "GET", "/api/v1/statuses/"+url.PathEscape(id), nil)
		if err != nil {
			return v, err
		}
		v.Status, v.Account, v.Authors = &s, s.Account, []anAccount{s.Account}
		for _, co := range s.Coauthors {
			if co.Role == models.RoleCoauthor {
				v.Authors = append(v.Authors, co.Account)
			}
		}
	} else {
		if v.Account, err = call.Fetch[anAccount](c, "GET", "/api/v1/accounts/"+url.PathEscape(c.Str("account")), nil); err != nil {
			return v, err
		}
		v.Authors = []anAccount{v.Account}
	}
	for _, a := range v.Authors {
		if _, domain, away := strings.Cut(a.Acct, "@"); away && !slices.Contains(v.Servers, domain) {
			v.Servers = append(v.Servers, domain)
		}
	}
	return v, nil
}

// sendReport is POST /report {status or account, category, rules, comment, servers}.
func sendReport(c *call.Call) (any, error) {
	v, err := reportOf(c)
	if err != nil {
		return nil, err
	}
	v.Category, v.Comment, v.Chosen, v.Forward = c.Str("category"), c.Str("comment"), c.Strs("rules"), c.Strs("servers")
	if v.Category == "" {
		return showReport(c, v, models.Refuse(models.Invalid, "report_category", "say what is wrong"))
	}
	q := url.Values{"account_id": {v.Account.ID.String()}, "category": {v.Category}, "comment": {v.Comment}, "forward": {"false"}}
	if v.Status != nil {
		q["status_ids[]"] = []string{v.Status.ID.String()}
	}
	if v.Category == string(models.ReportViolation) {
		q["rule_ids[]"] = v.Chosen
	}
	if len(v.Forward) > 0 {
		q.Set("forward", "true")
		q["forward_to_domains[]"] = v.Forward
	}
	sent, err := call.Fetch[sentReport](c, "POST", "/api/v1/reports", q)
	if err != nil {
		return showReport(c, v, err)
	}
	v.Sent = &sent
	return set.Show(c, http.StatusOK, "reported.html", page.Page{Title: set.Say(c, "report.sent"), View: v})
}

// rulesPage is GET /about/rules.
func rulesPage(c *call.Call) (any, error) {
	rules, err := call.Fetch[[]aRule](c, "GET", "/api/v1/instance/rules", nil)
	if err != nil {
		return nil, err
	}
	return set.Show(c, http.StatusOK, "rules.html", page.Page{Title: set.Say(c, "rules.title"), Self: c.Site.IRI("/about/rules"), Index: true, View: rules})
}
