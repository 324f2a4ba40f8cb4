package models

import "time"

// MaxTagFollows is how many hashtags one person may follow.
const MaxTagFollows = 500

// A Tag is a hashtag that somebody here follows, or did. Its posts stand in feed
// under its ID.
type Tag struct {
	ID        ID
	Tag       string // in lower case
	CreatedAt time.Time
}

// A TagFollow is the wish to have public posts with a hashtag at home.
type TagFollow struct {
	ID        ID
	AccountID ID
	TagID     ID
	Name      string // as it was typed
	CreatedAt time.Time
}
