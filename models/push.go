package models

import (
	"slices"
	"time"
)

// A PushPolicy says from whom notifications are pushed.
type PushPolicy string

// The policies, as Mastodon names them.
const (
	PushAll      PushPolicy = "all"
	PushFollowed PushPolicy = "followed" // by the one who is told
	PushFollower PushPolicy = "follower" // of the one who is told
	PushNone     PushPolicy = "none"
)

// Valid reports whether p is one of the four.
func (p PushPolicy) Valid() bool {
	return slices.Contains([]PushPolicy{PushAll, PushFollowed, PushFollower, PushNone}, p)
}

// A PushSubscription is where an app wants notifications pushed to, and as what only it
// can read.
type PushSubscription struct {
	ID        ID
	TokenID   ID
	AccountID ID
	Bearer    string // the token itself: apps find their account by it
	Endpoint  IRI
	P256dh    []byte             // the app's public key, an uncompressed point of P-256
	Auth      []byte             // its secret, 16 bytes
	Alerts    []NotificationType `gorm:"serializer:json"`
	Policy    PushPolicy
	Standard  bool // aes128gcm (RFC 8291); else aesgcm, its draft of 2016
	CreatedAt time.Time
}
