package models

import (
	"slices"
	"time"
)

// A ReportState says whether moderators are done with a report.
type ReportState string

// The states of a Report.
const (
	ReportOpen   ReportState = "open"
	ReportClosed ReportState = "closed"
)

// A ReportCategory says what kind of wrong is reported, as Mastodon's API has it.
type ReportCategory string

// The categories.
const (
	ReportSpam      ReportCategory = "spam"
	ReportLegal     ReportCategory = "legal"
	ReportViolation ReportCategory = "violation" // of rules of this server
	ReportOther     ReportCategory = "other"
)

// Valid reports whether c is one of the four.
func (c ReportCategory) Valid() bool {
	return c == ReportSpam || c == ReportLegal || c == ReportViolation || c == ReportOther
}

// Limits on reports.
const (
	MaxReportPosts   = 100
	MaxReportComment = 1000 // letters, of people here
	MaxReportHeard   = 5000 // letters kept of a comment from elsewhere
	MaxReportsDay    = 100  // that one person may make
	MaxReportsHour   = 30   // that one server may send
	MaxReportTargets = 20   // accounts here that one Flag may be about
)

// A Report says to moderators that somebody did wrong. It is made by a person here,
// or was sent by another server, as a Flag; then who it is from is who signed it.
type Report struct {
	ID         ID
	URI        IRI    // of the Flag
	Host       string // the server that says it; "" for people who live here
	AccountID  ID
	TargetID   ID
	PostIDs    []ID `gorm:"column:post_ids;serializer:json"`
	Category   ReportCategory
	Comment    string    // plain text
	RuleIDs    []string  `gorm:"column:rule_ids;serializer:json"`
	Forwards   []Forward `gorm:"serializer:json"`
	State      ReportState
	AssignedID ID // the moderator who looks after it, 0 for none
	ClosedBy   ID // 0: the command line
	ClosedAt   *time.Time
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// A Forward is a server that was told of a report, by a Flag of our instance actor.
// How far that came is in the Flag's deliveries.
type Forward struct {
	Host string `json:"host"`
	Flag IRI    `json:"flag"`
}

// A ModerationAct is a line of the moderation log.
type ModerationAct struct {
	ID        ID
	AccountID ID     // who did it; 0: the command line, or a task
	Who       string // their name at that time
	What      string // machine code
	About     string // a domain, an address, or the number of a report
	TargetID  ID     // the account it was done to, 0 for none
	Reason    string
	At        time.Time
}

// TableName is for store: the acts are a log.
func (ModerationAct) TableName() string { return "moderation_log" }

// PublicActs are the codes of what anybody may know how often moderators did it.
var PublicActs = []string{
	"report_closed", "account_warned", "account_limited", "account_sensitized", "account_suspended", "feature_banned",
	"account_unlimited", "account_unsensitized", "account_unsuspended", "feature_unbanned", "appeal_approved", "appeal_rejected",
	"claim_accepted", "claim_refused", "account_approved", "account_rejected",
}

// PublicAct reports whether what is one of them.
func PublicAct(what string) bool { return slices.Contains(PublicActs, what) }
