package models

import (
	"slices"
	"time"
)

// A Move is an account's going over to another, which both accounts say.
type Move struct {
	ID        ID
	AccountID ID // who moved
	TargetID  ID
	Host      string     // the server that said so
	CarriedAt *time.Time // nil while followers are left to carry over
	CreatedAt time.Time
}

// Limits on moves: an account moves once in a while, and neither a server nor a
// new account can make this one follow without end.
const (
	MoveCooldown   = 30 * 24 * time.Hour
	MaxMovesToOne  = 10  // accounts that become one, a day
	MaxMovesOfHost = 100 // accounts of one server, a day
)

// Moved reports whether the account says that it lives elsewhere now.
func (a *Account) Moved() bool { return a.MovedTo != "" }

// Settled returns nil if the account may say and sign things, or that it moved.
func (a *Account) Settled() error {
	if !a.Moved() {
		return nil
	}
	return Refuse(Forbidden, "moved", "%s moved to %s: say it there", a.Name(), a.MovedTo)
}

// Names reports whether the account says that it is, or was, other too.
func (a *Account) Names(other IRI) bool { return slices.Contains(a.AlsoKnownAs, other) }
