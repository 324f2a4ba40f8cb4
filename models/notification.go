package models

import (
	"slices"
	"time"
)

// A NoticeRule says what becomes of notifications from people of some kind.
type NoticeRule string

// The rules, as Mastodon names them.
const (
	NoticeAccept NoticeRule = "accept"
	NoticeFilter NoticeRule = "filter" // held back, in a request
	NoticeDrop   NoticeRule = "drop"
)

// Valid reports whether r is one of the three.
func (r NoticeRule) Valid() bool { return r == NoticeAccept || r == NoticeFilter || r == NoticeDrop }

// A NotificationPolicy says from whom somebody who lives here wants to be told of things.
type NotificationPolicy struct {
	AccountID          ID `gorm:"primaryKey"`
	ForNotFollowing    NoticeRule
	ForNotFollowers    NoticeRule
	ForNewAccounts     NoticeRule
	ForPrivateMentions NoticeRule
	ForLimitedAccounts NoticeRule
}

// DefaultNotificationPolicy is that of who chose none.
func DefaultNotificationPolicy(of ID) *NotificationPolicy {
	return &NotificationPolicy{of, NoticeAccept, NoticeAccept, NoticeAccept, NoticeFilter, NoticeFilter}
}

// A Sender is who a notification is from, as its reader has to do with them.
type Sender struct {
	Followed      bool // by the reader
	Follower      bool // of the reader, for some days
	New           bool
	Limited       bool // by moderators
	PrivatelyAsks bool // by a private mention that answers nothing
}

// Judge returns the sternest of the rules that hold for a sender.
func (p *NotificationPolicy) Judge(s Sender) NoticeRule {
	rules := []NoticeRule{NoticeAccept}
	for _, r := range []struct {
		holds bool
		rule  NoticeRule
	}{
		{!s.Followed, p.ForNotFollowing}, {!s.Follower, p.ForNotFollowers}, {s.New && !s.Followed, p.ForNewAccounts},
		{s.PrivatelyAsks && !s.Followed, p.ForPrivateMentions}, {s.Limited && !s.Followed, p.ForLimitedAccounts},
	} {
		if r.holds {
			rules = append(rules, r.rule)
		}
	}
	for _, r := range []NoticeRule{NoticeDrop, NoticeFilter} {
		if slices.Contains(rules, r) {
			return r
		}
	}
	return NoticeAccept
}

// Filterable reports whether a policy has a say in notifications of that type: those of
// what strangers do of themselves.
func (t NotificationType) Filterable() bool {
	switch t {
	case NoteMention, NoteReblog, NoteFollow, NoteFollowRequest, NoteFavourite, NoteQuote:
		return true
	}
	return false
}

// Impersonal reports whether notifications of that type come from nobody: as with
// Mastodon, they stand as from their own reader.
func (t NotificationType) Impersonal() bool {
	return t == NotePoll || t == NoteSevered || t == NoteWarning
}

// Groupable reports whether notifications of that type are shown as one.
func (t NotificationType) Groupable() bool {
	return t == NoteFavourite || t == NoteReblog || t == NoteFollow || t == NoteAdminSignUp
}

// A NotificationRequest holds what somebody told, and was filtered.
type NotificationRequest struct {
	ID         ID
	AccountID  ID
	FromID     ID
	LastPostID ID
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// A NotificationPermission lets somebody tell whatever the policy says.
type NotificationPermission struct {
	AccountID ID `gorm:"primaryKey"`
	FromID    ID `gorm:"primaryKey"`
	CreatedAt time.Time
}
