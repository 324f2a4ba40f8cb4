package models

import "time"

// A Warning is what moderators did to somebody who lives here, and said about it:
// Mastodon's AccountWarning.
type Warning struct {
	ID        ID
	AccountID ID      // who was warned
	ByID      ID      // 0: the command line
	Action    string  // none, sensitive, silence, disable, suspend or feature
	Feature   Feature // that it shut them out of
	Text      string
	PostIDs   []ID `gorm:"column:post_ids;serializer:json"` // of the report because of which it was
	ReportID  ID
	Key       string     // hash of the secret that opens it for whoever cannot sign in
	UndoneAt  *time.Time // when what was done was taken back
	CreatedAt time.Time
}

// A SeveranceKind says who ended follows, as Mastodon's API names it.
type SeveranceKind string

// The kinds.
const (
	SeveredByAdmin   SeveranceKind = "domain_block"
	SeveredByOneself SeveranceKind = "user_domain_block"
)

// A Severance is follows that somebody who lives here lost at once, by the block of a
// server: Mastodon's RelationshipSeveranceEvent.
type Severance struct {
	ID         ID
	AccountID  ID
	Kind       SeveranceKind
	TargetName string // the domain
	Followers  int    // that the account lost
	Following  int    // whom it followed
	CreatedAt  time.Time
}
