package models

import "time"

// An Endorsement recommends an account on the profile of another that follows it.
type Endorsement struct {
	ID        ID
	AccountID ID
	TargetID  ID
	CreatedAt time.Time
}

// A Dismissal says that somebody does not want an account to be suggested.
type Dismissal struct {
	AccountID ID `gorm:"primaryKey"`
	TargetID  ID `gorm:"primaryKey"`
	CreatedAt time.Time
}
