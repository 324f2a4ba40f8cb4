package models

import "time"

// Timelines are those of which it is kept how far they were read.
var Timelines = []string{"home", "notifications"}

// A Marker says how far somebody has read a timeline.
type Marker struct {
	AccountID  ID     `gorm:"primaryKey"`
	Timeline   string `gorm:"primaryKey"`
	LastReadID ID
	Version    int // one more with each change
	UpdatedAt  time.Time
}
