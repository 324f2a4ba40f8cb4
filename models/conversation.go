package models

import (
	"slices"
	"strings"
	"time"
)

// A Conversation is direct posts as somebody who lives here finds them: those of one
// thread, among the same people.
type Conversation struct {
	ID         ID
	AccountID  ID
	ThreadID   ID
	People     string // the others, as PeopleKey writes them
	LastPostID ID
	Unread     bool
}

// A ConversationPost is one post of a conversation.
type ConversationPost struct {
	ConversationID ID `gorm:"primaryKey"`
	PostID         ID `gorm:"primaryKey"`
}

// PeopleKey writes down who is in a conversation, so that the same people are the same
// text.
func PeopleKey(ids []ID) string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	var out []string
	for _, id := range slices.Compact(ids) {
		out = append(out, id.String())
	}
	return strings.Join(out, " ")
}

// Others returns who else is in the conversation.
func (c *Conversation) Others() []ID {
	var out []ID
	for _, s := range strings.Fields(c.People) {
		if id, err := ParseID(s); err == nil {
			out = append(out, id)
		}
	}
	return out
}

// A ThreadMute keeps what happens in a thread from somebody's notifications.
type ThreadMute struct {
	AccountID ID `gorm:"primaryKey"`
	ThreadID  ID `gorm:"primaryKey"`
	CreatedAt time.Time
}
