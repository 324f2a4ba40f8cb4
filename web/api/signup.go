package api

import (
	"html"
	"time"

	"ensemble/activities/account"
	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// signUpRoutes are what those who look after the server say about who may come.
func (a *API) signUpRoutes() []call.Route {
	const admin, invites = "/api/v1/admin", "/api/ensemble/v1/admin/invites"
	const email, ip = admin + "/email_domain_blocks", admin + "/ip_blocks"
	return []call.Route{
		{Method: "GET", Path: email, Scope: "admin:read:email_domain_blocks", Handler: allowed(models.Doors, a.EmailDomainBlocks)},
		{Method: "POST", Path: email, Scope: "admin:write:email_domain_blocks", Handler: allowed(models.Doors, a.BlockEmailDomain)},
		{Method: "GET", Path: email + "/:id", Scope: "admin:read:email_domain_blocks", Handler: allowed(models.Doors, a.EmailDomainBlock)},
		{Method: "DELETE", Path: email + "/:id", Scope: "admin:write:email_domain_blocks", Handler: allowed(models.Doors, a.UnblockEmailDomain)},
		{Method: "GET", Path: ip, Scope: "admin:read:ip_blocks", Handler: allowed(models.Doors, a.IPBlocks)},
		{Method: "POST", Path: ip, Scope: "admin:write:ip_blocks", Handler: allowed(models.Doors, a.BlockIP)},
		{Method: "GET", Path: ip + "/:id", Scope: "admin:read:ip_blocks", Handler: allowed(models.Doors, a.IPBlock)},
		{Method: "PUT", Path: ip + "/:id", Scope: "admin:write:ip_blocks", Handler: allowed(models.Doors, a.ChangeIPBlock)},
		{Method: "DELETE", Path: ip + "/:id", Scope: "admin:write:ip_blocks", Handler: allowed(models.Doors, a.UnblockIP)},
		{Method: "GET", Path: invites, Scope: "admin:read:accounts", Handler: allowed(models.InvitePeople, a.Invites)},
		{Method: "POST", Path: invites, Scope: "admin:write:accounts", Handler: allowed(models.InvitePeople, a.Invite)},
		{Method: "DELETE", Path: invites + "/:id", Scope: "admin:write:accounts", Handler: allowed(models.InvitePeople, a.RevokeInvite)},
	}
}

// registrationsView is who may sign up, as Mastodon's instance says it.
func registrationsView(c *call.Call, r account.Registrations) map[string]any {
	v := map[string]any{
		"enabled": r.Open(), "approval_required": r.Mode == "approval", "reason_required": r.Mode == "approval" && r.Reason,
		"message": nil, "min_age": nil, "url": nil,
	}
	if r.MinAge > 0 {
		v["min_age"] = r.MinAge
	}
	switch says := r.Message; {
	case r.Open():
	case r.Unready() != nil:
		v["message"] = "<p>" + html.EscapeString(say(c, "terms_missing").Text) + "</p>"
	case says != "":
		v["message"] = "<p>" + html.EscapeString(says) + "</p>"
	}
	return v
}

// ApproveAccount is POST /api/v1/admin/accounts/:id/approve.
func (a *API) ApproveAccount(c *call.Call) (any, error) {
	return onAccount(c, func(who *models.Account) error { return moderation.Approve(c.Tx, c.Me, who) })
}

// RejectAccount is POST /api/v1/admin/accounts/:id/reject.
func (a *API) RejectAccount(c *call.Call) (any, error) {
	who, err := store.Hold[models.Account](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return nil, moderation.Reject(c.Tx, c.Me, who, c.Str("text"))
}

// withSignUp adds to v how an account came here.
func withSignUp(c *call.Call, a *models.Account, v *adminAccountJSON) error {
	s, err := account.SignUpOf(c.Tx, a)
	if err != nil || s == nil {
		return err
	}
	v.Confirmed, v.Approved, v.InviteRequest = s.ConfirmedAt != nil, s.Approved(), orNull(s.Reason)
	if s.DoneAt == nil {
		v.Email = s.Email
	}
	if s.Address != "" {
		v.IP = &s.Address
		v.IPs = append(v.IPs, adminIPJSON{s.Address, moment(s.CreatedAt)})
	}
	return nil
}

type adminIPJSON struct {
	IP     string `json:"ip"`
	UsedAt moment `json:"used_at"`
}

// emailBlockJSON is Mastodon's Admin::EmailDomainBlock.
type emailBlockJSON struct {
	ID                models.ID  `json:"id,string"`
	Domain            string     `json:"domain"`
	CreatedAt         moment     `json:"created_at"`
	AllowWithApproval bool       `json:"allow_with_approval"`
	History           []struct{} `json:"history"` // of tries, which are not counted here
}

func emailBlock(b *models.EmailDomainBlock) emailBlockJSON {
	return emailBlockJSON{b.ID, b.Domain, moment(b.CreatedAt), b.AllowWithApproval, []struct{}{}}
}

// EmailDomainBlocks is GET /api/v1/admin/email_domain_blocks.
func (a *API) EmailDomainBlocks(c *call.Call) (any, error) {
	return blocks(c, emailBlock, func(b *models.EmailDomainBlock) models.ID { return b.ID })
}

// EmailDomainBlock is GET /api/v1/admin/email_domain_blocks/:id.
func (a *API) EmailDomainBlock(c *call.Call) (any, error) {
	b, err := store.Get[models.EmailDomainBlock](c.Tx, c.ID("id"))
	return emailBlock(b), err
}

// BlockEmailDomain is POST /api/v1/admin/email_domain_blocks.
func (a *API) BlockEmailDomain(c *call.Call) (any, error) {
	b, err := account.BlockEmails(c.Tx, c.Str("domain"), c.Bool("allow_with_approval"))
	if err != nil {
		return nil, err
	}
	return emailBlock(b), moderation.Note(c.Tx, c.Me, "email_barred", b.Domain, "")
}

// UnblockEmailDomain is DELETE /api/v1/admin/email_domain_blocks/:id.
func (a *API) UnblockEmailDomain(c *call.Call) (any, error) {
	b, err := store.Get[models.EmailDomainBlock](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return nil, first(forget[models.EmailDomainBlock](c), moderation.Note(c.Tx, c.Me, "email_unbarred", b.Domain, ""))
}

// ipBlockJSON is Mastodon's Admin::IpBlock.
type ipBlockJSON struct {
	ID        models.ID         `json:"id,string"`
	IP        string            `json:"ip"`
	Severity  models.IPSeverity `json:"severity"`
	Comment   string            `json:"comment"`
	CreatedAt moment            `json:"created_at"`
	ExpiresAt *moment           `json:"expires_at"`
}

func ipBlock(b *models.IPBlock) ipBlockJSON {
	return ipBlockJSON{b.ID, b.IP, b.Severity, b.Comment, moment(b.CreatedAt), momentOf(b.ExpiresAt)}
}

// IPBlocks is GET /api/v1/admin/ip_blocks.
func (a *API) IPBlocks(c *call.Call) (any, error) {
	return blocks(c, ipBlock, func(b *models.IPBlock) models.ID { return b.ID })
}

// IPBlock is GET /api/v1/admin/ip_blocks/:id.
func (a *API) IPBlock(c *call.Call) (any, error) {
	b, err := store.Get[models.IPBlock](c.Tx, c.ID("id"))
	return ipBlock(b), err
}

// BlockIP is POST /api/v1/admin/ip_blocks.
func (a *API) BlockIP(c *call.Call) (any, error) {
	return putIP(c, &models.IPBlock{ID: models.NewID(c.Tx.Now), CreatedAt: c.Tx.Now})
}

// ChangeIPBlock is PUT /api/v1/admin/ip_blocks/:id.
func (a *API) ChangeIPBlock(c *call.Call) (any, error) {
	b, err := store.Hold[models.IPBlock](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return putIP(c, b)
}

func putIP(c *call.Call, b *models.IPBlock) (any, error) {
	if c.Has("ip") {
		b.IP = c.Str("ip")
	}
	if c.Has("severity") {
		b.Severity = models.IPSeverity(c.Str("severity"))
	}
	if c.Has("comment") {
		b.Comment = c.Str("comment")
	}
	if c.Has("expires_in") {
		b.ExpiresAt = after(c, "expires_in")
	}
	if err := account.BlockIP(c.Tx, b); err != nil {
		return nil, err
	}
	return ipBlock(b), moderation.Note(c.Tx, c.Me, "network_barred", b.IP, b.Comment)
}

// after returns so many seconds from now, nil for none.
func after(c *call.Call, name string) *time.Time {
	n := c.Int(name, 0)
	if n <= 0 || n > 100*365*86400 {
		return nil
	}
	at := c.Tx.Now.Add(time.Duration(n) * time.Second)
	return &at
}

// UnblockIP is DELETE /api/v1/admin/ip_blocks/:id.
func (a *API) UnblockIP(c *call.Call) (any, error) {
	b, err := store.Get[models.IPBlock](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return nil, first(forget[models.IPBlock](c), moderation.Note(c.Tx, c.Me, "network_unbarred", b.IP, ""))
}

func forget[M any](c *call.Call) error {
	n, err := store.Delete[M](c.Tx, "id = ?", c.ID("id"))
	if err == nil && n == 0 {
		err = models.Errorf(models.NotFound, "Record not found")
	}
	return err
}

// blocks lists what there is of a kind, a page at a time.
func blocks[M, V any](c *call.Call, view func(*M) V, id func(*M) models.ID) (any, error) {
	w := window(c, 100, 200)
	rows, err := store.PageOf[M](c.Tx, w)
	out := []V{}
	for _, b := range rows {
		out = append(out, view(b))
	}
	if n := len(rows); n > 0 {
		link(c, w, id(rows[0]), id(rows[n-1]), n)
	}
	return out, err
}

// inviteCodeJSON lets people sign up.
type inviteCodeJSON struct {
	ID        models.ID `json:"id,string"`
	Code      string    `json:"code"`
	URL       string    `json:"url"`
	MaxUses   int       `json:"max_uses"` // 0: any number
	Uses      int       `json:"uses"`
	Good      bool      `json:"good"` // it can be used now
	ExpiresAt *moment   `json:"expires_at"`
	CreatedAt moment    `json:"created_at"`
}

func inviteCode(c *call.Call, i *models.InviteCode) inviteCodeJSON {
	return inviteCodeJSON{
		i.ID, i.Code, string(c.Site.IRI("/invite/" + i.Code)), i.MaxUses, i.Uses, i.Good(c.Tx.Now), momentOf(i.ExpiresAt), moment(i.CreatedAt),
	}
}

// Invites is GET /api/ensemble/v1/admin/invites.
func (a *API) Invites(c *call.Call) (any, error) {
	return blocks(c, func(i *models.InviteCode) inviteCodeJSON { return inviteCode(c, i) }, func(i *models.InviteCode) models.ID { return i.ID })
}

// Invite is POST /api/ensemble/v1/admin/invites: max_uses, expires_in (seconds).
func (a *API) Invite(c *call.Call) (any, error) {
	i, err := account.NewInvite(c.Tx, c.Me, models.InviteCode{MaxUses: c.Int("max_uses", 0), ExpiresAt: after(c, "expires_in")})
	if err != nil {
		return nil, err
	}
	return inviteCode(c, i), moderation.Note(c.Tx, c.Me, "invitation_made", i.ID.String(), "")
}

// RevokeInvite is DELETE /api/ensemble/v1/admin/invites/:id.
func (a *API) RevokeInvite(c *call.Call) (any, error) {
	id := c.ID("id")
	if err := account.RevokeInvite(c.Tx, id); err != nil {
		return nil, err
	}
	return nil, moderation.Note(c.Tx, c.Me, "invitation_revoked", id.String(), "")
}
