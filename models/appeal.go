package models

import "time"

// A ModerationNote is what a moderator wrote down about an account, perhaps because of
// a report, for other moderators.
type ModerationNote struct {
	ID        ID
	TargetID  ID
	ReportID  ID     // 0 for none
	ByID      ID     // who wrote it
	Who       string // their name at that time
	Text      string
	CreatedAt time.Time
}

// A Feature is a part of the program that a single account can be shut out of.
type Feature string

// The features: writing with others, claiming credits, and reporting.
const (
	FeatureCollabs Feature = "collabs"
	FeatureClaims  Feature = "claims"
	FeatureReports Feature = "reports"
)

// Features are all features.
var Features = []Feature{FeatureCollabs, FeatureClaims, FeatureReports}

// A FeatureBan shuts an account that lives here out of one feature.
type FeatureBan struct {
	AccountID ID      `gorm:"primaryKey"`
	Feature   Feature `gorm:"primaryKey"`
	ByID      ID      // 0: the command line
	Reason    string
	CreatedAt time.Time
}

// An AppealState says what became of an appeal.
type AppealState string

// The states of an Appeal, as Mastodon's API names them.
const (
	AppealPending  AppealState = "pending"
	AppealApproved AppealState = "approved"
	AppealRejected AppealState = "rejected"
)

// AppealFor is how long somebody can appeal against what was done to them.
const AppealFor = 180 * 24 * time.Hour

// An Appeal is what somebody says against what moderators did to them, once.
type Appeal struct {
	ID        ID
	WarningID ID
	AccountID ID
	Text      string
	State     AppealState
	Answer    string // of the moderator
	DecidedBy ID     // 0: the command line, or nobody yet
	DecidedAt *time.Time
	CreatedAt time.Time
}
