package models

import "time"

// Limits on lists.
const (
	MaxLists     = 50  // of one person
	MaxListTitle = 256 // letters
)

// A RepliesPolicy says which replies by those on a list are in it. Those to its owner,
// and to oneself, always are.
type RepliesPolicy string

// The policies.
const (
	RepliesFollowed RepliesPolicy = "followed" // to anybody whom the owner follows
	RepliesList     RepliesPolicy = "list"     // to those on the list: the default
	RepliesNone     RepliesPolicy = "none"
)

// Valid reports whether p is one of the three.
func (p RepliesPolicy) Valid() bool {
	return p == RepliesFollowed || p == RepliesList || p == RepliesNone
}

// A List is a timeline of some of those whom its owner follows.
type List struct {
	ID            ID
	AccountID     ID
	Title         string
	RepliesPolicy RepliesPolicy
	Exclusive     bool // who is on it is not at home
	CreatedAt     time.Time
}

// A ListMember is on a list.
type ListMember struct {
	ListID    ID `gorm:"primaryKey"`
	AccountID ID `gorm:"primaryKey"`
}
