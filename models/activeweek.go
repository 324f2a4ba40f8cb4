package models

import "time"

// An ActiveWeek says that somebody who lives here came in a week.
type ActiveWeek struct {
	Week      int `gorm:"primaryKey"` // since 1970
	AccountID ID  `gorm:"primaryKey"`
}

// A Week is how long one of those weeks lasts.
const Week = 7 * 24 * time.Hour

// WeekOf returns the number of the week in which t is.
func WeekOf(t time.Time) int { return int(t.Unix() / int64(Week/time.Second)) }

// WeekAt returns when a week began.
func WeekAt(week int) time.Time { return time.Unix(int64(week)*int64(Week/time.Second), 0).UTC() }
