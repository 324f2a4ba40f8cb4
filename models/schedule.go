package models

import "time"

// Limits on posts that wait for their time, as Mastodon has them.
const (
	MinSchedule     = 5 * time.Minute // ahead
	MaxScheduled    = 300             // of an account
	MaxScheduledDay = 25              // of an account, on one day in UTC
)

// A ScheduledPost is what somebody wants to say at a time to come. Code and Reason say
// why that could not be done when it came; they are "" while it waits.
type ScheduledPost struct {
	ID        ID
	AccountID ID
	AppID     ID     // by which it was written, 0 if that is not known
	Draft     string // JSON of a post.Draft
	At        time.Time
	Code      string
	Reason    string
	CreatedAt time.Time
}

// A ScheduledMedia keeps an upload for a ScheduledPost.
type ScheduledMedia struct {
	MediaID     ID `gorm:"primaryKey"`
	ScheduledID ID `gorm:"primaryKey"`
}

// TableName names the table: its plural is its singular.
func (ScheduledMedia) TableName() string { return "scheduled_media" }
