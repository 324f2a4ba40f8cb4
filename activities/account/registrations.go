package account

import (
	"net/netip"
	"strconv"
	"strings"

	"ensemble/activities/legal"
	"ensemble/activities/mail"
	"ensemble/models"
	"ensemble/models/store"
)

// The settings of who may sign up.
const (
	SettingRegistrations = "registrations" // open, approval, invite or closed
	SettingReason        = "registrations.reason"
	SettingMinAge        = "registrations.min_age"
	SettingMessage       = "registrations.message"
)

// Modes are what SettingRegistrations may be, from the most open.
var Modes = []string{"open", "approval", "invite", "closed"}

// Registrations say who may sign up.
type Registrations struct {
	Mode    string // open, approval, invite or closed
	Reason  bool   // with approval, a reason has to be given
	MinAge  int    // in years; 0 for none
	Message string // why it is closed, in the words of who runs the server
	Mails   bool   // addresses can be confirmed
	Terms   bool   // those terms are written that people agree to
}

// Open reports whether somebody without an invitation may sign up by themselves.
func (r Registrations) Open() bool {
	return r.Mails && r.Terms && (r.Mode == "open" || r.Mode == "approval")
}

// NoTerms is why nobody can sign up whom the server's mode would let in: there is nothing
// yet that they could agree to.
var NoTerms = models.Refuse(models.Forbidden, "terms_missing",
	"nobody can sign up yet: who runs this server has not completed its terms of service")

// Unready is why nobody can sign up, whatever the mode says, nil if nothing is in the way.
func (r Registrations) Unready() error {
	if !r.Terms && r.Mails && r.Mode != "closed" {
		return NoTerms
	}
	return nil
}

// Registered returns who may sign up now.
func Registered(tx *store.Tx) (Registrations, error) {
	r := Registrations{Mode: "closed", Mails: mail.Ready(tx.Site) == nil}
	rows, err := store.Find[models.Setting](tx, "name IN ?", []string{SettingRegistrations, SettingReason, SettingMinAge, SettingMessage})
	for _, s := range rows {
		switch s.Name {
		case SettingRegistrations:
			r.Mode = s.Value
		case SettingReason:
			r.Reason = s.Value == "required"
		case SettingMinAge:
			r.MinAge, _ = strconv.Atoi(s.Value) // it was checked when it was set
		case SettingMessage:
			r.Message = s.Value
		}
	}
	if err == nil {
		r.Terms, err = legal.Ready(tx)
	}
	return r, err
}

// barred says what the rules for addresses of e-mail say of one.
func barred(tx *store.Tx, email string) (blocked, approval bool, err error) {
	_, host, _ := strings.Cut(email, "@")
	var parents []string
	for h := strings.TrimSuffix(strings.ToLower(host), "."); h != ""; {
		parents = append(parents, h)
		_, h, _ = strings.Cut(h, ".")
	}
	rows, err := store.Find[models.EmailDomainBlock](tx, "domain IN ?", parents)
	for _, b := range rows {
		blocked, approval = blocked || !b.AllowWithApproval, approval || b.AllowWithApproval
	}
	return blocked, approval, err
}

// BlockEmails keeps addresses of a domain out, or has a moderator look at them.
func BlockEmails(tx *store.Tx, domain string, withApproval bool) (*models.EmailDomainBlock, error) {
	domain = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(strings.TrimPrefix(domain, "@"))), ".")
	if !mail.Valid("x@"+domain) || domain == "localhost" {
		return nil, models.Refuse(models.Invalid, "bad_email_domain", "%q is no domain of e-mail addresses", domain)
	}
	b := &models.EmailDomainBlock{ID: models.NewID(tx.Now), Domain: domain, AllowWithApproval: withApproval, CreatedAt: tx.Now}
	added, err := store.Add(tx, b)
	if err == nil && !added {
		err = models.Refuse(models.Invalid, "email_domain_taken", "Validation failed: Domain has already been taken")
	}
	return b, err
}

// BlockIP makes a rule for an address or a network, or changes the one with b's ID.
func BlockIP(tx *store.Tx, b *models.IPBlock) error {
	p, err := Network(b.IP)
	if err != nil {
		return err
	}
	if b.Severity.Rank() == 0 {
		return models.Refuse(models.Invalid, "bad_network_severity", "a severity is %s, %s or %s, not %q", models.IPApproval, models.IPSignUp, models.IPNothing, b.Severity)
	}
	if len([]rune(b.Comment)) > 1000 {
		return models.Errorf(models.Invalid, "a comment has at most 1000 characters")
	}
	b.IP = p.String()
	if other, err := store.Any[models.IPBlock](tx, "ip = ? AND id <> ?", b.IP, b.ID); err != nil || other {
		if err == nil {
			err = models.Refuse(models.Invalid, "network_taken", "Validation failed: Ip has already been taken")
		}
		return err
	}
	return store.Put(tx, b)
}

// Network reads an address or a network in CIDR form, no wider than a /8, or a /16 of
// IPv6: a slip would lock everybody out.
func Network(s string) (netip.Prefix, error) {
	s = strings.TrimSpace(s)
	p, err := netip.ParsePrefix(s)
	if err != nil {
		a, err := netip.ParseAddr(s)
		if err != nil || a.Zone() != "" {
			return netip.Prefix{}, models.Refuse(models.Invalid, "bad_network", "an IP address or a network is wanted, such as 192.0.2.0/24")
		}
		a = a.Unmap()
		p = netip.PrefixFrom(a, a.BitLen())
	}
	if p.Addr().Is4() && p.Bits() < 8 || p.Addr().Is6() && p.Bits() < 16 {
		return netip.Prefix{}, models.Refuse(models.Invalid, "network_wide", "the network %s is too wide", p)
	}
	return p.Masked(), nil
}

// Severity returns the hardest rule that holds for an address now; "" for none.
func Severity(tx *store.Tx, address string) (worst models.IPSeverity, err error) {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return "", nil // it came by no network
	}
	rows, err := store.Find[models.IPBlock](tx, "expires_at IS NULL OR expires_at > ?", tx.Now)
	for _, b := range rows {
		p, parseErr := netip.ParsePrefix(b.IP)
		if parseErr == nil && p.Contains(a.Unmap()) && b.Severity.Rank() > worst.Rank() {
			worst = b.Severity
		}
	}
	return worst, err
}

// NewInvite makes a code; ends is zero for one that does not end.
func NewInvite(tx *store.Tx, by *models.Account, code models.InviteCode) (*models.InviteCode, error) {
	if code.MaxUses < 0 || code.MaxUses > 10000 {
		return nil, models.Refuse(models.Invalid, "invite_uses", "an invitation is used up to 10000 times; 0 for any number")
	}
	if code.ExpiresAt != nil && !code.ExpiresAt.After(tx.Now) {
		return nil, models.Errorf(models.Invalid, "an invitation ends in the future")
	}
	code.ID, code.Code, code.CreatedAt = models.NewID(tx.Now), secret()[:12], tx.Now
	if by != nil {
		code.AccountID = by.ID
	}
	return &code, store.Put(tx, &code)
}

// RevokeInvite ends a code. Who used it stays.
func RevokeInvite(tx *store.Tx, id models.ID) error {
	n, err := store.Set[models.InviteCode](tx, map[string]any{"revoked_at": tx.Now}, "id = ? AND revoked_at IS NULL", id)
	if err == nil && n == 0 {
		err = models.Errorf(models.NotFound, "there is no such invitation here")
	}
	return err
}
