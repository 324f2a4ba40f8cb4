package models

import "time"

// A RelayState is how far we and a relay agree.
type RelayState string

// The states of a Relay. Nothing goes to it and nothing comes from it before it has
// accepted.
const (
	RelayAsked    RelayState = "asked"
	RelayAccepted RelayState = "accepted"
	RelayRefused  RelayState = "refused"
)

// A RelayStyle is how a relay is spoken to.
type RelayStyle string

// The styles. Mastodon's is asked by a Follow of Public at its inbox, and sent our
// posts; LitePub's is an actor that is followed and follows back, and both Announce.
const (
	RelayMastodon RelayStyle = "mastodon"
	RelayLitePub  RelayStyle = "litepub"
)

// A Relay passes public posts on between servers that do not follow each other.
type Relay struct {
	ID        ID
	Address   IRI // as the admin gave it: an inbox, or an actor
	Style     RelayStyle
	Inbox     IRI
	Actor     IRI // who speaks for it; "" until it has answered
	FollowURI IRI // our Follow
	State     RelayState
	CreatedAt time.Time
	UpdatedAt time.Time
}
