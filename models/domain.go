package models

import "time"

// A Severity says how much is had to do with a server, as Mastodon's API names it.
type Severity string

// The severities: nothing at all, hidden from those who do not follow, and as usual
// (but perhaps without pictures or reports).
const (
	SeveritySuspend Severity = "suspend"
	SeveritySilence Severity = "silence"
	SeverityNone    Severity = "noop"
)

// Valid reports whether s is one of the three.
func (s Severity) Valid() bool {
	return s == SeveritySuspend || s == SeveritySilence || s == SeverityNone
}

// A DomainRule is what an admin decided about a server and all below its domain.
type DomainRule struct {
	ID             ID
	Domain         string // in ASCII, lower case, without a dot at its end
	Severity       Severity
	RejectMedia    bool
	RejectReports  bool
	PrivateComment string
	PublicComment  string
	Obfuscate      bool // in public, show only a part of the domain
	ListID         ID   // the list that it came by and that may change it; 0: an admin's
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// A DomainAllow lets a server in where only those listed are let in.
type DomainAllow struct {
	ID        ID
	Domain    string
	CreatedAt time.Time
}

// A DomainList is an address from which rules are taken over regularly.
type DomainList struct {
	ID        ID
	URL       IRI
	State     string // new, good or failed
	LastError string // a sentence
	Entries   int    // when it was last good
	FetchedAt *time.Time
	NextAt    time.Time
	CreatedAt time.Time
}

// A Severed is a follow that the block of a server ended.
type Severed struct {
	ID         ID
	Domain     string // of the rule
	AccountID  ID     // who lives here
	TargetID   ID     // who lives there
	Follower   bool   // they followed us; else we followed them
	URI        IRI
	Accepted   bool
	ShowBoosts bool
	Notify     bool
	CreatedAt  time.Time
	RestoredAt *time.Time
}

// TableName is for store.
func (Severed) TableName() string { return "severed" }

// Settings about other servers. The running server sees them at once.
const (
	SettingFederation    = "federation.mode"             // open, or allowlist
	SettingAuthorized    = "federation.authorized_fetch" // on, or off
	SettingPublicBlocks  = "instance.domain_blocks"      // all, users or disabled: who may see the rules
	FederationAllowList  = "allowlist"
	PublicBlocksAll      = "all"
	PublicBlocksUsers    = "users"
	PublicBlocksDisabled = "disabled"
)
