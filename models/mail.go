package models

import "time"

// A MailState is where a mail stands.
type MailState string

// The states of a mail. One that failed is not tried again.
const (
	MailQueued MailState = "queued"
	MailSent   MailState = "sent" // the next server took it
	MailFailed MailState = "failed"
)

// MailPatience is for how long a mail is tried.
const MailPatience = 48 * time.Hour

// A Mail is one that this server sends to one person.
type Mail struct {
	ID          ID
	AccountID   ID // whom it is about; 0 for nobody
	Kind        string
	Recipient   string
	Subject     string
	Plain       string // gone once the mail is sent or given up
	HTML        string `gorm:"column:html"`
	Unsubscribe string // address of a one-click end (RFC 8058); "" if there is nothing to end
	State       MailState
	Attempts    int
	DueAt       time.Time
	LastError   string
	CreatedAt   time.Time
	DoneAt      *time.Time
}

// A DigestPace is how often somebody is told by mail of invitations that wait.
type DigestPace string

// The paces.
const (
	DigestWeekly DigestPace = "" // the default
	DigestDaily  DigestPace = "daily"
	DigestOff    DigestPace = "off"
)

// Every returns the time between two digests, 0 for never.
func (p DigestPace) Every() time.Duration {
	switch p {
	case DigestWeekly:
		return 7 * 24 * time.Hour
	case DigestDaily:
		return 24 * time.Hour
	}
	return 0
}
