package models

import "time"

// Limits on what is featured: of those who live here, and of what is read of others.
const (
	MaxPins         = 5
	MaxFeaturedTags = 10
	MaxPinsRead     = 20
)

// A Pin puts a post on top of an account's profile: one of its own, or one under
// which it stands.
type Pin struct {
	AccountID ID `gorm:"primaryKey"`
	PostID    ID `gorm:"primaryKey"`
	ID        ID // their order, the newest first
}

// A FeaturedTag is a hashtag that an account shows on its profile.
type FeaturedTag struct {
	ID        ID
	AccountID ID
	Name      string // as it was typed, without #
	Tag       string // in lower case
	CreatedAt time.Time
}
