package models

import "time"

// An App is a client program that people sign in with (RFC 6749 §2).
type App struct {
	ID           ID
	ClientID     string
	ClientSecret string
	Name         string
	Website      string
	RedirectURIs []string `gorm:"column:redirect_uris;serializer:json"`
	Scopes       string   // space-separated
	CreatedAt    time.Time
}

// A Grant is a one-time authorization code (RFC 6749 §4.1.2). Codes are kept as
// hashes, and a used one stays a while: its second use revokes what the first
// one gave.
type Grant struct {
	ID              ID
	CodeHash        string // hex sha2-256
	ClientID        string
	AccountID       ID
	RedirectURI     string
	Scopes          string
	Challenge       string // PKCE, RFC 7636
	ChallengeMethod string
	ExpiresAt       time.Time
	UsedAt          *time.Time
	TokenID         ID // what it was exchanged for
}

// A Token lets an app act for an account, or for itself alone if AccountID is 0.
type Token struct {
	ID         ID
	Hash       string // hex sha2-256 of the token
	ClientID   string
	AccountID  ID
	Scopes     string
	CreatedAt  time.Time
	LastUsedAt *time.Time
	RevokedAt  *time.Time
}

// A Session is a browser that is signed in.
type Session struct {
	ID        string `gorm:"primaryKey"` // hex sha2-256 of the cookie
	AccountID ID
	UserAgent string
	Address   string // from where it signed in
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Bearer is how a session is called among the hashes of tokens. No hash is called so.
func (s *Session) Bearer() string { return SessionBearer + s.ID }

// SessionBearer begins what is the Bearer of a session, before its ID.
const SessionBearer = "session:"

// A Replay keeps the answer to a request that carried an Idempotency-Key, so
// that the same request twice makes one thing.
type Replay struct {
	AccountID ID     `gorm:"primaryKey"`
	Key       string `gorm:"primaryKey"`
	Route     string `gorm:"primaryKey"`
	BodyHash  string // hex sha2-256 of the request body
	Status    int
	Answer    []byte
	CreatedAt time.Time
}

// A Setting is something an admin chose, by name.
type Setting struct {
	Name      string `gorm:"primaryKey"`
	Value     string
	UpdatedAt *time.Time // when it was chosen, if that is known
}
