package admin

import (
	"net/url"
	"strconv"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

type doorsView struct {
	Tab      string
	Waiting  []aPerson
	Invites  []anInvite
	Emails   []anEmailBlock
	Networks []anIPBlock
	Asked    url.Values
	page.Pager
}

// Was is what was typed into a field.
func (v doorsView) Was(name string) string { return v.Asked.Get(name) }

// signUps is GET /admin/doors: who waits to be let in.
func signUps(c *call.Call) (any, error) { return showSignUps(c, nil) }

func showSignUps(c *call.Call, wrong error) (any, error) {
	v := doorsView{Tab: "waiting"}
	var err error
	if v.Waiting, v.Pager, err = page.List[aPerson](c, apiPeople, url.Values{"pending": {"true"}, "limit": {"40"}}); err != nil {
		return nil, err
	}
	return doorsPage(c, v, wrong, "signups.html")
}

func doorsPage(c *call.Call, v doorsView, wrong error, name string) (any, error) {
	if wrong != nil {
		return again(c, wrong, "doors", name, page.Page{Title: set.Say(c, "doors.title"), View: v})
	}
	return ok(c, "doors", name, "doors.title", v)
}

// decideSignUp is POST /admin/doors {do, account_id, text}.
func decideSignUp(c *call.Call) (any, error) {
	do := "reject"
	if c.Str("do") == "approve" {
		do = "approve"
	}
	if _, err := c.Ask("POST", apiPeople+"/"+url.PathEscape(c.Str("account_id"))+"/"+do, params(c, "text")); err != nil {
		return showSignUps(c, err)
	}
	return after("/admin/doors", "sign_up_"+do)
}

const apiInvites = ourAdmin + "/invites"

// invites is GET /admin/doors/invites.
func invites(c *call.Call) (any, error) { return showInvites(c, nil) }

func showInvites(c *call.Call, wrong error) (any, error) {
	v := doorsView{Tab: "invites", Asked: params(c, "max_uses", "days")}
	var err error
	if v.Invites, v.Pager, err = page.List[anInvite](c, apiInvites, url.Values{"limit": {"40"}}); err != nil {
		return nil, err
	}
	return doorsPage(c, v, wrong, "invites.html")
}

// changeInvites is POST /admin/doors/invites: {max_uses, days}, or {revoke}.
func changeInvites(c *call.Call) (any, error) {
	if id := c.Str("revoke"); id != "" {
		if _, err := c.Ask("DELETE", apiInvites+"/"+url.PathEscape(id), nil); err != nil {
			return showInvites(c, err)
		}
		return after("/admin/doors/invites", "invite_revoked")
	}
	q := params(c, "max_uses")
	days, err := strconv.Atoi("0" + c.Str("days"))
	if err != nil || days > 3650 {
		return showInvites(c, models.Refuse(models.Invalid, "bad_days", "the days are a number up to 3650"))
	}
	if days > 0 {
		q.Set("expires_in", strconv.Itoa(days*24*3600))
	}
	if _, err := c.Ask("POST", apiInvites, q); err != nil {
		return showInvites(c, err)
	}
	return after("/admin/doors/invites", "invite_made")
}

const apiEmails, apiNetworks = "/api/v1/admin/email_domain_blocks", "/api/v1/admin/ip_blocks"

// emailRules is GET /admin/doors/email.
func emailRules(c *call.Call) (any, error) { return showEmailRules(c, nil) }

func showEmailRules(c *call.Call, wrong error) (any, error) {
	v := doorsView{Tab: "email", Asked: params(c, "domain", "allow_with_approval")}
	var err error
	if v.Emails, v.Pager, err = page.List[anEmailBlock](c, apiEmails, url.Values{"limit": {"40"}}); err != nil {
		return nil, err
	}
	return doorsPage(c, v, wrong, "email.html")
}

// changeEmailRules is POST /admin/doors/email: {domain, allow_with_approval}, or {drop}.
func changeEmailRules(c *call.Call) (any, error) {
	var err error
	done := "email_added"
	if id := c.Str("drop"); id != "" {
		done = "email_dropped"
		_, err = c.Ask("DELETE", apiEmails+"/"+url.PathEscape(id), nil)
	} else {
		_, err = c.Ask("POST", apiEmails, params(c, "domain", "allow_with_approval"))
	}
	if err != nil {
		return showEmailRules(c, err)
	}
	return after("/admin/doors/email", done)
}

// networks is GET /admin/doors/networks.
func networks(c *call.Call) (any, error) { return showNetworks(c, nil) }

func showNetworks(c *call.Call, wrong error) (any, error) {
	v := doorsView{Tab: "networks", Asked: params(c, "ip", "severity", "comment", "expires_in")}
	var err error
	if v.Networks, v.Pager, err = page.List[anIPBlock](c, apiNetworks, url.Values{"limit": {"40"}}); err != nil {
		return nil, err
	}
	return doorsPage(c, v, wrong, "networks.html")
}

// changeNetworks is POST /admin/doors/networks: {ip, severity, comment, expires_in}, or
// {drop}.
func changeNetworks(c *call.Call) (any, error) {
	var err error
	done := "network_added"
	if id := c.Str("drop"); id != "" {
		done = "network_dropped"
		_, err = c.Ask("DELETE", apiNetworks+"/"+url.PathEscape(id), nil)
	} else {
		_, err = c.Ask("POST", apiNetworks, params(c, "ip", "severity", "comment", "expires_in"))
	}
	if err != nil {
		return showNetworks(c, err)
	}
	return after("/admin/doors/networks", done)
}
