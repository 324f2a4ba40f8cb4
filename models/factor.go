package models

import "time"

// A Factor is the second step of somebody's sign-in: codes of the time (RFC 6238).
type Factor struct {
	AccountID ID     `gorm:"primaryKey"`
	Secret    string // base32; "" for none
	Since     *time.Time
	Step      int64  // of the last code that was taken
	Wanted    string // a secret that is being set up
	WantedAt  *time.Time
}

// A RecoveryCode stands in for a second step, once.
type RecoveryCode struct {
	Hash      string `gorm:"primaryKey"` // hex sha2-256 of the account and the code
	AccountID ID
	UsedAt    *time.Time
}

// A HalfSignIn is one whose password was right, and whose second step is to come.
type HalfSignIn struct {
	ID        string `gorm:"primaryKey"` // hex sha2-256 of the cookie
	AccountID ID
	EndsAt    time.Time
}
