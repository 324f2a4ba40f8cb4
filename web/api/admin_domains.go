package api

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// domainRoutes are for admins: what other servers may do here.
func (a *API) domainRoutes() []call.Route {
	const blocks, allows = "/api/v1/admin/domain_blocks", "/api/v1/admin/domain_allows"
	return []call.Route{
		{Method: "GET", Path: "/api/v1/instance/domain_blocks", Who: call.Anyone, Handler: a.PublicBlocks},
		{Method: "GET", Path: blocks, Scope: "admin:read:domain_blocks", Handler: admins(a.DomainBlocks)},
		{Method: "POST", Path: blocks, Scope: "admin:write:domain_blocks", Handler: admins(a.PostDomainBlock)},
		{Method: "GET", Path: blocks + "/:id", Scope: "admin:read:domain_blocks", Handler: admins(a.DomainBlock)},
		{Method: "PUT", Path: blocks + "/:id", Scope: "admin:write:domain_blocks", Handler: admins(a.ChangeDomainBlock)},
		{Method: "DELETE", Path: blocks + "/:id", Scope: "admin:write:domain_blocks", Handler: admins(a.LiftDomainBlock)},
		{Method: "GET", Path: allows, Scope: "admin:read:domain_allows", Handler: admins(a.DomainAllows)},
		{Method: "POST", Path: allows, Scope: "admin:write:domain_allows", Handler: admins(a.PostDomainAllow)},
		{Method: "GET", Path: allows + "/:id", Scope: "admin:read:domain_allows", Handler: admins(a.DomainAllow)},
		{Method: "DELETE", Path: allows + "/:id", Scope: "admin:write:domain_allows", Handler: admins(a.DropDomainAllow)},
	}
}

// admins lets only those through who decide about other servers.
func admins(h call.Handler) call.Handler { return allowed(models.Servers, h) }

// DomainBlocks is GET /api/v1/admin/domain_blocks.
func (a *API) DomainBlocks(c *call.Call) (any, error) {
	w := window(c, 100, 200)
	rows, err := store.Rules(c.Tx, w)
	out := []ruleForJSON{}
	for _, r := range rows {
		out = append(out, ruleFor(r))
	}
	if n := len(rows); n > 0 {
		link(c, w, rows[0].ID, rows[n-1].ID, n)
	}
	return out, err
}

// DomainBlock is GET /api/v1/admin/domain_blocks/:id.
func (a *API) DomainBlock(c *call.Call) (any, error) {
	r, err := store.Get[models.DomainRule](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return ruleFor(r), nil
}

// PostDomainBlock is POST /api/v1/admin/domain_blocks.
func (a *API) PostDomainBlock(c *call.Call) (any, error) {
	d, err := moderation.Domain(c.Site, c.Str("domain"))
	if err != nil {
		return nil, err
	}
	if known, err := store.Any[models.DomainRule](c.Tx, "domain = ?", d); err != nil || known {
		if err == nil {
			err = models.Errorf(models.Invalid, "there is a rule for %s already: change that one", d)
		}
		return nil, err
	}
	return a.rule(c, models.DomainRule{Domain: d, Severity: models.SeveritySilence})
}

// ChangeDomainBlock is PUT /api/v1/admin/domain_blocks/:id. From then on the rule is
// an admin's, whatever list it came by.
func (a *API) ChangeDomainBlock(c *call.Call) (any, error) {
	r, err := store.Get[models.DomainRule](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	r.ListID = 0
	return a.rule(c, *r)
}

func (a *API) rule(c *call.Call, r models.DomainRule) (any, error) {
	if c.Has("severity") {
		r.Severity = models.Severity(c.Str("severity"))
	}
	for name, to := range map[string]*string{"public_comment": &r.PublicComment, "private_comment": &r.PrivateComment} {
		if c.Has(name) {
			*to = c.Str(name)
		}
	}
	r.RejectMedia, r.RejectReports = c.BoolOr("reject_media", r.RejectMedia), c.BoolOr("reject_reports", r.RejectReports)
	r.Obfuscate = c.BoolOr("obfuscate", r.Obfuscate)
	made, e, err := moderation.SetRule(c.Tx, c.Me, r, r.PrivateComment)
	if err != nil {
		return nil, err
	}
	v := ruleFor(made)
	v.Effects = e.String()
	return v, nil
}

// LiftDomainBlock is DELETE /api/v1/admin/domain_blocks/:id.
func (a *API) LiftDomainBlock(c *call.Call) (any, error) {
	r, err := store.Get[models.DomainRule](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	_, err = moderation.LiftRule(c.Tx, c.Me, r.Domain, c.Str("reason"))
	return nil, err
}

// ruleForJSON is Mastodon's Admin::DomainBlock.
type ruleForJSON struct {
	ID             models.ID       `json:"id,string"`
	Domain         string          `json:"domain"`
	Digest         string          `json:"digest"`
	CreatedAt      moment          `json:"created_at"`
	Severity       models.Severity `json:"severity"`
	RejectMedia    bool            `json:"reject_media"`
	RejectReports  bool            `json:"reject_reports"`
	PrivateComment *string         `json:"private_comment"`
	PublicComment  *string         `json:"public_comment"`
	Obfuscate      bool            `json:"obfuscate"`
	Effects        string          `json:"effects,omitempty"` // ours: what the change did
}

func ruleFor(r *models.DomainRule) ruleForJSON {
	return ruleForJSON{
		ID: r.ID, Domain: r.Domain, Digest: digestOf(r.Domain), CreatedAt: moment(r.CreatedAt), Severity: r.Severity,
		RejectMedia: r.RejectMedia, RejectReports: r.RejectReports, PrivateComment: orNull(r.PrivateComment),
		PublicComment: orNull(r.PublicComment), Obfuscate: r.Obfuscate,
	}
}

func digestOf(domain string) string {
	sum := sha256.Sum256([]byte(domain))
	return hex.EncodeToString(sum[:])
}

// DomainAllows is GET /api/v1/admin/domain_allows.
func (a *API) DomainAllows(c *call.Call) (any, error) {
	rows, err := store.Find[models.DomainAllow](c.Tx, "1 = 1 ORDER BY id DESC LIMIT 1000")
	out := []allowJSON{}
	for _, d := range rows {
		out = append(out, allowJSON{d.ID, d.Domain, moment(d.CreatedAt)})
	}
	return out, err
}

// DomainAllow is GET /api/v1/admin/domain_allows/:id.
func (a *API) DomainAllow(c *call.Call) (any, error) {
	d, err := store.Get[models.DomainAllow](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return allowJSON{d.ID, d.Domain, moment(d.CreatedAt)}, nil
}

// PostDomainAllow is POST /api/v1/admin/domain_allows.
func (a *API) PostDomainAllow(c *call.Call) (any, error) {
	d, err := moderation.Allow(c.Tx, c.Me, c.Str("domain"))
	if err != nil {
		return nil, err
	}
	return allowJSON{d.ID, d.Domain, moment(d.CreatedAt)}, nil
}

// DropDomainAllow is DELETE /api/v1/admin/domain_allows/:id.
func (a *API) DropDomainAllow(c *call.Call) (any, error) {
	d, err := store.Get[models.DomainAllow](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return nil, moderation.Disallow(c.Tx, c.Me, d.Domain)
}

type allowJSON struct {
	ID        models.ID `json:"id,string"`
	Domain    string    `json:"domain"`
	CreatedAt moment    `json:"created_at"`
}

// publicRuleJSON is Mastodon's DomainBlock.
type publicRuleJSON struct {
	Domain   string          `json:"domain"`
	Digest   string          `json:"digest"`
	Severity models.Severity `json:"severity"`
	Comment  string          `json:"comment"`
}

// PublicBlocks is GET /api/v1/instance/domain_blocks, for those to whom the setting
// instance.domain_blocks shows it; to others there is none.
func (a *API) PublicBlocks(c *call.Call) (any, error) {
	who, err := setting(c.Tx, models.SettingPublicBlocks, models.PublicBlocksDisabled)
	if err != nil {
		return nil, err
	}
	if who != models.PublicBlocksAll && !(who == models.PublicBlocksUsers && c.Me != nil) {
		return nil, models.Errorf(models.NotFound, "this server does not show whom it blocks")
	}
	rows, err := store.Find[models.DomainRule](c.Tx, "severity <> ? ORDER BY severity DESC, domain", models.SeverityNone)
	out := []publicRuleJSON{}
	for _, r := range rows {
		v := publicRuleJSON{r.Domain, digestOf(r.Domain), r.Severity, r.PublicComment}
		if r.Obfuscate {
			v.Domain = veil(r.Domain)
		}
		out = append(out, v)
	}
	return out, err
}

// veil shows the ends of a domain and its dots.
func veil(domain string) string {
	edge := max(1, len(domain)/4)
	return domain[:edge] + strings.Map(func(r rune) rune {
		if r == '.' {
			return r
		}
		return '*'
	}, domain[edge:len(domain)-edge]) + domain[len(domain)-edge:]
}
