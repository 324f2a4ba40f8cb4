package models

import "time"

// Limits on announcements.
const (
	MaxAnnouncement    = 5000 // code points
	MaxAnnouncements   = 100  // that are to be seen
	MaxAnnouncedEmojis = 8    // different emoji under one
	MaxEmojiCategory   = 100  // code points
)

// An Announcement is what those who run a server have to say to all who live on it.
type Announcement struct {
	ID        ID
	Text      string     // as typed
	Content   string     // HTML
	Tags      []string   `gorm:"serializer:json"`
	StartsAt  *time.Time // of what it announces
	EndsAt    *time.Time // after which nobody is shown it
	AllDay    bool       // StartsAt and EndsAt are days
	CreatedAt time.Time
	UpdatedAt time.Time
}

// An AnnouncementRead says that somebody has read one.
type AnnouncementRead struct {
	AnnouncementID ID `gorm:"primaryKey"`
	AccountID      ID `gorm:"primaryKey"`
}

// An AnnouncementReaction is an emoji that somebody who lives here left at one.
type AnnouncementReaction struct {
	AnnouncementID ID     `gorm:"primaryKey"`
	AccountID      ID     `gorm:"primaryKey"`
	Name           string `gorm:"primaryKey"` // an emoji of Unicode, or a shortcode of ours
	CreatedAt      time.Time
}
