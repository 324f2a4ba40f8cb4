package models

import "time"

// A ConfirmState is how far somebody has come who is asked to confirm a credit by
// signing in at their own server.
type ConfirmState string

// The states of a Confirmation.
const (
	ConfirmAsked     ConfirmState = "asked"
	ConfirmConfirmed ConfirmState = "confirmed"
	ConfirmWithdrawn ConfirmState = "withdrawn" // by who had confirmed
	ConfirmCancelled ConfirmState = "cancelled" // by who had asked
)

// How long a link stands, and a sign-in may take.
const (
	ConfirmLinkTTL = 7 * 24 * time.Hour
	SignInTTL      = 15 * time.Minute
)

// A Confirmation is a credit of somebody whose server cannot stamp one: they said
// yes to a text, and their server said that it was them. That is weaker than a
// stamp, which any server can check, and is never called one.
type Confirmation struct {
	ID          ID
	PostID      ID
	AccountID   ID
	InviterID   ID
	Label       CreditLabel
	State       ConfirmState
	LinkHash    string // hex sha2-256 of the link's secret; "" once it was used
	LinkEnds    time.Time
	Digest      string // of the text that was confirmed
	ConfirmedAt *time.Time
	EndedAt     *time.Time
	CreatedAt   time.Time
}

// A SignIn is under way at another server (RFC 6749 §4.1, RFC 7636). Nothing of it
// is left when it ends.
type SignIn struct {
	ID             string `gorm:"primaryKey"` // hex sha2-256 of the state
	ConfirmationID ID
	Browser        string // hex sha2-256 of the cookie of the browser it began in
	Withdraws      bool
	Digest         string // of the text as it was shown
	LinkHash       string // the link it began with
	ClientID       string // ours, at that server
	ClientSecret   string
	Verifier       string // PKCE
	Redirect       string
	ExpiresAt      time.Time
}
