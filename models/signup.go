package models

import "time"

// A SignUp is somebody who asked for an account by themselves.
type SignUp struct {
	AccountID     ID     `gorm:"primaryKey"`
	ClientID      string // the app it was done with; "" for the page
	Email         string // it counts as theirs once it is confirmed
	Reason        string
	Address       string // from where
	NeedsApproval bool
	ConfirmedAt   *time.Time
	ApprovedAt    *time.Time
	DoneAt        *time.Time // since when the account is active
	CreatedAt     time.Time
}

// Approved reports whether no moderator has to look at it.
func (s *SignUp) Approved() bool { return !s.NeedsApproval || s.ApprovedAt != nil }

// A LinkKind says what a link opens.
type LinkKind string

// The kinds of links.
const (
	LinkConfirm    LinkKind = "confirm"     // an address that somebody signed up with
	LinkNewAddress LinkKind = "new_address" // one that somebody changes to
	LinkReset      LinkKind = "reset"       // a new password
)

// A Link is a secret that was sent by mail, and opens one thing, once.
type Link struct {
	Hash      string `gorm:"primaryKey"` // hex sha2-256
	AccountID ID
	Kind      LinkKind
	Email     string // where it was sent
	EndsAt    time.Time
	CreatedAt time.Time
}

// An InviteCode lets people sign up.
type InviteCode struct {
	ID        ID
	Code      string
	AccountID ID  // who made it; 0 for the command line
	MaxUses   int // 0: any number
	Uses      int
	ExpiresAt *time.Time
	RevokedAt *time.Time
	CreatedAt time.Time
}

// Good reports whether the code can be used now.
func (i *InviteCode) Good(now time.Time) bool {
	return i.RevokedAt == nil && (i.ExpiresAt == nil || now.Before(*i.ExpiresAt)) && (i.MaxUses == 0 || i.Uses < i.MaxUses)
}

// An EmailDomainBlock keeps addresses of a domain, and of those below it, from being
// signed up with.
type EmailDomainBlock struct {
	ID                ID
	Domain            string
	AllowWithApproval bool
	CreatedAt         time.Time
}

// An IPSeverity says what may not be done from a network.
type IPSeverity string

// The severities, from the least to the most.
const (
	IPApproval IPSeverity = "sign_up_requires_approval"
	IPSignUp   IPSeverity = "sign_up_block"
	IPNothing  IPSeverity = "no_access"
)

// Rank orders severities: 0 for what is none.
func (s IPSeverity) Rank() int {
	return map[IPSeverity]int{IPApproval: 1, IPSignUp: 2, IPNothing: 3}[s]
}

// An IPBlock is a rule for a network.
type IPBlock struct {
	ID        ID
	IP        string `gorm:"column:ip"` // in CIDR form
	Severity  IPSeverity
	Comment   string
	ExpiresAt *time.Time
	CreatedAt time.Time
}

// TableName is how gorm asks; it would split the letters.
func (IPBlock) TableName() string { return "ip_blocks" }
