package models

import "time"

// A Passkey signs somebody in, without a password or beside one (WebAuthn).
type Passkey struct {
	ID         ID
	AccountID  ID
	Name       string
	Credential string // its ID, base64url
	Data       string // JSON: its public key, and what is known of it
	CreatedAt  time.Time
	LastUsedAt *time.Time
}

// A Ceremony is the making of a passkey, or a sign-in with one, that was begun.
type Ceremony struct {
	ID        string `gorm:"primaryKey"` // hex sha2-256 of the handle
	AccountID ID     // 0: whoever answers
	Adds      bool
	Data      string // JSON
	EndsAt    time.Time
}

// TableName is how gorm asks.
func (Ceremony) TableName() string { return "ceremonies" }
