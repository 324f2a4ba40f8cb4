package models

import "time"

// Limits on a ChangeRequest, in letters.
const (
	MaxChangeWords   = 1000
	MaxChangeWording = 10000
)

// A ChangeRequest is what somebody who is asked to stand under a work would like to be
// different before they answer: in words, and perhaps as the text that they would
// agree to (ensemble/1 §3.4, C2). It is open until there is a newer version, or they
// have answered.
type ChangeRequest struct {
	ID        ID
	CollabID  ID
	AccountID ID
	Revision  int // the one it is about
	Words     string
	Wording   string // plain text; "" if they do not say
	CreatedAt time.Time
}
