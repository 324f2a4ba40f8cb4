package models

import "time"

// MaxAccountNote is how many letters one may write down about somebody.
const MaxAccountNote = 2000

// A Mute is the wish not to hear an account. They never learn of it.
type Mute struct {
	ID                ID
	AccountID         ID
	TargetID          ID
	HideNotifications bool
	ExpiresAt         *time.Time // nil: it stays
	CreatedAt         time.Time
}

// Over reports whether the mute has ended.
func (m *Mute) Over(now time.Time) bool { return m.ExpiresAt != nil && !m.ExpiresAt.After(now) }

// An AccountNote is what somebody wrote down for themselves about another account.
type AccountNote struct {
	AccountID ID `gorm:"primaryKey"`
	TargetID  ID `gorm:"primaryKey"`
	Comment   string
	CreatedAt time.Time
}

// An AccountDomainBlock keeps a whole server away from one person. It names that
// domain alone, and none below it.
type AccountDomainBlock struct {
	ID        ID
	AccountID ID
	Domain    string // in ASCII, lower case
	CreatedAt time.Time
}
