package api

import (
	"errors"
	"strings"

	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// ruleListRoutes are rules for other servers, many at once: and what one would do.
func (a *API) ruleListRoutes() []call.Route {
	const blocks, lists = "/api/ensemble/v1/admin/domain_blocks", "/api/ensemble/v1/admin/domain_lists"
	const read, write = "admin:read:domain_blocks", "admin:write:domain_blocks"
	return []call.Route{
		{Method: "POST", Path: blocks + "/preview", Scope: write, Mode: call.Free, Handler: admins(a.PreviewBlock)},
		{Method: "GET", Path: blocks + "/export", Scope: read, Handler: admins(a.ExportBlocks)},
		{Method: "POST", Path: blocks + "/import", Scope: write, Mode: call.Free, MaxBody: moderation.MaxListBytes + 1<<20, Handler: admins(a.ImportBlocks)},
		{Method: "GET", Path: lists, Scope: read, Handler: admins(a.DomainLists)},
		{Method: "POST", Path: lists, Scope: write, Handler: admins(a.SubscribeList)},
		{Method: "DELETE", Path: lists + "/:id", Scope: write, Handler: admins(a.UnsubscribeList)},
	}
}

// effectsJSON is what rules do, or would do.
type effectsJSON struct {
	Accounts    int `json:"accounts"` // of that server that are known here
	Following   int `json:"following"`
	Followers   int `json:"followers"`
	Restored    int `json:"restored"`
	Names       int `json:"names"`       // taken off joint posts
	Invitations int `json:"invitations"` // cancelled
	Letters     int `json:"letters"`     // that wait to be delivered
	Lost        int `json:"lost"`
}

func effectsView(e moderation.Effects) effectsJSON {
	return effectsJSON{e.Accounts, e.Follows, e.Followers, e.Restored, e.Names, e.Invitations, e.Letters, e.Lost}
}

// errDry ends the transaction of what was only to be looked at.
var errDry = errors.New("a dry run")

// dry runs do, and takes back all it did.
func dry(c *call.Call, do func(tx *store.Tx) error) error {
	err := c.InTx(func(tx *store.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		return errDry
	})
	if errors.Is(err, errDry) {
		return nil
	}
	return err
}

// PreviewBlock is POST /api/ensemble/v1/admin/domain_blocks/preview {domain, severity,
// reject_media, reject_reports, lift}: what such a rule would do, or its end. It is found
// by doing it, and taking all of that back.
func (a *API) PreviewBlock(c *call.Call) (any, error) {
	rule := models.DomainRule{
		Domain: c.Str("domain"), Severity: models.Severity(c.Str("severity")), RejectMedia: c.Bool("reject_media"), RejectReports: c.Bool("reject_reports"),
	}
	if rule.Severity == "" {
		rule.Severity = models.SeveritySuspend
	}
	var e moderation.Effects
	var known bool
	err := dry(c, func(tx *store.Tx) (err error) {
		if rule.Domain, err = moderation.Domain(c.Site, rule.Domain); err != nil {
			return err
		}
		if known, err = store.Any[models.DomainRule](tx, "domain = ?", rule.Domain); err != nil {
			return err
		}
		if c.Bool("lift") {
			e, err = moderation.LiftRule(tx, c.Me, rule.Domain, "")
			return err
		}
		_, e, err = moderation.SetRule(tx, c.Me, rule, "")
		return err
	})
	return map[string]any{"domain": rule.Domain, "severity": rule.Severity, "known": known, "effects": effectsView(e)}, err
}

// ExportBlocks is GET /api/ensemble/v1/admin/domain_blocks/export: CSV, as Mastodon's.
func (a *API) ExportBlocks(c *call.Call) (any, error) {
	rules, err := store.Find[models.DomainRule](c.Tx, "id > 0 ORDER BY domain")
	if err != nil {
		return nil, err
	}
	body, err := moderation.Export(rules)
	out := call.Raw("text/csv; charset=utf-8", body)
	out.Header = map[string][]string{"Content-Disposition": {`attachment; filename="domain_blocks.csv"`}}
	return out, err
}

// ImportBlocks is POST /api/ensemble/v1/admin/domain_blocks/import {data, dry_run}: CSV, as a
// file or as text. If one line makes no sense, nothing of it is taken.
func (a *API) ImportBlocks(c *call.Call) (any, error) {
	raw, err := dataOf(c)
	if err != nil {
		return nil, err
	}
	rules, err := moderation.ParseList(raw)
	if err != nil {
		return nil, err
	}
	var m moderation.Merge
	take := func(tx *store.Tx) error {
		m = moderation.Merge{}
		return m.Take(tx, c.Me, nil, rules)
	}
	if c.Bool("dry_run") {
		err = dry(c, take)
	} else {
		err = c.InTx(take)
	}
	return map[string]any{
		"added": m.Added, "changed": m.Changed, "same": m.Same, "ourselves": m.Ourselves, "effects": effectsView(m.Effects),
	}, err
}

// domainListJSON is an address from which rules are taken over.
type domainListJSON struct {
	ID        models.ID  `json:"id,string"`
	URL       models.IRI `json:"url"`
	State     string     `json:"state"` // new, good or failed
	Error     string     `json:"error"`
	Entries   int        `json:"entries"`
	FetchedAt *moment    `json:"fetched_at"`
	NextAt    moment     `json:"next_at"`
	CreatedAt moment     `json:"created_at"`
}

func domainList(l *models.DomainList) domainListJSON {
	return domainListJSON{l.ID, l.URL, l.State, l.LastError, l.Entries, momentOf(l.FetchedAt), moment(l.NextAt), moment(l.CreatedAt)}
}

// DomainLists is GET /api/ensemble/v1/admin/domain_lists.
func (a *API) DomainLists(c *call.Call) (any, error) {
	rows, err := store.Find[models.DomainList](c.Tx, "id > 0 ORDER BY url")
	out := []domainListJSON{}
	for _, l := range rows {
		out = append(out, domainList(l))
	}
	return out, err
}

// SubscribeList is POST /api/ensemble/v1/admin/domain_lists {url}.
func (a *API) SubscribeList(c *call.Call) (any, error) {
	l, err := moderation.Subscribe(c.Tx, c.Me, models.IRI(strings.TrimSpace(c.Str("url"))))
	if err != nil {
		return nil, err
	}
	return domainList(l), nil
}

// UnsubscribeList is DELETE /api/ensemble/v1/admin/domain_lists/:id {lift}: the rules that
// came by it stay, as the admin's own, or are lifted.
func (a *API) UnsubscribeList(c *call.Call) (any, error) {
	l, err := store.Get[models.DomainList](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	e, err := moderation.Unsubscribe(c.Tx, c.Me, l.URL, c.Bool("lift"))
	return effectsView(e), err
}
