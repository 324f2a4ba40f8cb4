package admin

import (
	"io"
	"net/http"
	"net/url"

	"ensemble/web/call"
	"ensemble/web/page"
)

const (
	apiBlocks = "/api/v1/admin/domain_blocks"
	ourBlocks = ourAdmin + "/domain_blocks"
	apiLists  = ourAdmin + "/domain_lists"
)

type serversView struct {
	Tab    string
	Rules  []aBlock
	Lists  []aList
	Asked  url.Values
	Merge  *aMerge // what an import would do
	Data   string  // of it
	Before *aPreview
	ID     string // of the rule that is changed
	page.Pager
}

// Was is what was typed into a field.
func (v serversView) Was(name string) string { return v.Asked.Get(name) }

// ruleFields are those of a rule.
var ruleFields = []string{"domain", "severity", "reject_media", "reject_reports", "public_comment", "private_comment", "obfuscate"}

// serverRules is GET /admin/servers.
func serverRules(c *call.Call) (any, error) {
	v, err := allServerRules(c)
	if err != nil {
		return nil, err
	}
	v.Asked.Set("domain", c.Query("domain"))
	return ok(c, "servers", "servers.html", "servers.title", v)
}

func allServerRules(c *call.Call) (v serversView, err error) {
	v = serversView{Tab: "rules", Asked: url.Values{"severity": {"suspend"}}}
	v.Rules, v.Pager, err = page.List[aBlock](c, apiBlocks, url.Values{"limit": {"40"}})
	return v, err
}

// setServerRule is POST /admin/servers: a rule, which is shown with what it would do
// before it is made.
func setServerRule(c *call.Call) (any, error) {
	id, asked := c.Str("id"), params(c, ruleFields...)
	if c.Str("sure") == "" {
		return previewRule(c, id, asked)
	}
	for _, flag := range []string{"reject_media", "reject_reports", "obfuscate"} {
		if !c.Has(flag) {
			asked.Set(flag, "false")
		}
	}
	var made aBlock
	var err error
	if id == "" {
		made, err = call.Fetch[aBlock](c, "POST", apiBlocks, asked)
	} else {
		made, err = call.Fetch[aBlock](c, "PUT", apiBlocks+"/"+url.PathEscape(id), asked)
	}
	if err != nil {
		return wrongRule(c, asked, err)
	}
	return after("/admin/servers/rule/"+made.ID.String(), "rule_made")
}

func previewRule(c *call.Call, id string, asked url.Values) (any, error) {
	before, err := call.Fetch[aPreview](c, "POST", ourBlocks+"/preview", asked)
	if err != nil {
		return wrongRule(c, asked, err)
	}
	asked.Set("domain", before.Domain)
	return ok(c, "servers", "preview.html", "servers.preview", serversView{Tab: "rules", Asked: asked, Before: &before, ID: id})
}

func wrongRule(c *call.Call, asked url.Values, err error) (any, error) {
	v, wrong := allServerRules(c)
	if wrong != nil {
		return nil, wrong
	}
	v.Asked = asked
	return again(c, err, "servers", "servers.html", page.Page{Title: set.Say(c, "servers.title"), View: v})
}

// serverRule is GET /admin/servers/rule/:id: a rule to change or lift, with what its end
// would do.
func serverRule(c *call.Call) (any, error) {
	id := c.Param("id")
	r, err := call.Fetch[aBlock](c, "GET", apiBlocks+"/"+url.PathEscape(id), nil)
	if err != nil {
		return nil, err
	}
	before, err := call.Fetch[aPreview](c, "POST", ourBlocks+"/preview", url.Values{"domain": {r.Domain}, "lift": {"true"}})
	if err != nil {
		return nil, err
	}
	v := serversView{Tab: "rules", ID: id, Before: &before, Asked: url.Values{"domain": {r.Domain}, "severity": {r.Severity}}}
	for name, on := range map[string]bool{"reject_media": r.RejectMedia, "reject_reports": r.RejectReports, "obfuscate": r.Obfuscate} {
		if on {
			v.Asked.Set(name, "true")
		}
	}
	for name, text := range map[string]*string{"public_comment": r.PublicComment, "private_comment": r.PrivateComment} {
		if text != nil {
			v.Asked.Set(name, *text)
		}
	}
	return show(c, http.StatusOK, "servers", "rule.html", page.Page{Title: r.Domain, View: v})
}

// liftServerRule is POST /admin/servers/rule/:id/lift {text}.
func liftServerRule(c *call.Call) (any, error) {
	_, err := c.Ask("DELETE", apiBlocks+"/"+url.PathEscape(c.Param("id")), url.Values{"reason": {c.Str("text")}})
	if err != nil {
		return nil, err
	}
	return after("/admin/servers", "rule_lifted")
}

// exportRules is GET /admin/servers/export.csv.
func exportRules(c *call.Call) (any, error) {
	r, err := c.Ask("GET", ourBlocks+"/export", nil)
	if err != nil {
		return nil, err
	}
	a := call.Raw("text/csv; charset=utf-8", r.Body)
	a.Header = http.Header{"Content-Disposition": r.Header["Content-Disposition"]}
	return a, nil
}

// ruleLists is GET /admin/servers/lists.
func ruleLists(c *call.Call) (any, error) { return showLists(c, serversView{}, nil) }

func showLists(c *call.Call, v serversView, wrong error) (any, error) {
	v.Tab = "lists"
	var err error
	if v.Lists, err = call.Fetch[[]aList](c, "GET", apiLists, nil); err != nil {
		return nil, err
	}
	if wrong != nil {
		return again(c, wrong, "servers", "lists.html", page.Page{Title: set.Say(c, "servers.title"), View: v})
	}
	return ok(c, "servers", "lists.html", "servers.title", v)
}

// changeRuleLists is POST /admin/servers/lists: {url}, or {drop, lift}.
func changeRuleLists(c *call.Call) (any, error) {
	var err error
	done := "list_subscribed"
	if id := c.Str("drop"); id != "" {
		done = "list_unsubscribed"
		_, err = c.Ask("DELETE", apiLists+"/"+url.PathEscape(id), params(c, "lift"))
	} else {
		_, err = c.Ask("POST", apiLists, params(c, "url"))
	}
	if err != nil {
		return showLists(c, serversView{Asked: params(c, "url")}, err)
	}
	return after("/admin/servers/lists", done)
}

// importRules is POST /admin/servers/import: a file, of which is shown what it would do,
// and then its text with sure.
func importRules(c *call.Call) (any, error) {
	data, err := sentText(c, "file")
	if err != nil {
		return nil, err
	}
	if data == "" {
		data = c.Str("data")
	}
	q := url.Values{"data": {data}}
	if c.Str("sure") == "" {
		q.Set("dry_run", "true")
		m, err := call.Fetch[aMerge](c, "POST", ourBlocks+"/import", q)
		return showLists(c, serversView{Merge: &m, Data: data}, err)
	}
	if _, err := c.Ask("POST", ourBlocks+"/import", q); err != nil {
		return showLists(c, serversView{Data: data}, err)
	}
	return after("/admin/servers", "rules_imported")
}

// sentText is the text of a file of the form, "" for none.
func sentText(c *call.Call, name string) (string, error) {
	sent := c.File(name)
	if sent == nil {
		return "", nil
	}
	f, err := sent.Open()
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	raw, err := io.ReadAll(io.LimitReader(f, 5<<20))
	return string(raw), err
}
