package models

import (
	"slices"
	"time"
)

// A ClaimState is how far a credit claim has come.
type ClaimState string

// The states of a CreditClaim. The first two are open.
const (
	ClaimSent          ClaimState = "sent"
	ClaimDelivered     ClaimState = "delivered" // the owner can see it
	ClaimAccepted      ClaimState = "accepted"
	ClaimRefused       ClaimState = "refused"
	ClaimWithdrawn     ClaimState = "withdrawn"
	ClaimExpired       ClaimState = "expired"
	ClaimCancelled     ClaimState = "cancelled" // the post, or one of the two, is gone, or they block each other
	ClaimUndeliverable ClaimState = "undeliverable"
)

// Who decided, as a reason code. Any other code is a server's.
const (
	ClaimByOwner      = "refused"
	ClaimByModerators = "moderators"
)

// Limits on credit claims.
const (
	ClaimSilence   = 7 * 24 * time.Hour  // then the moderators of the owner's server decide
	ClaimStands    = 90 * 24 * time.Hour // then it is at an end
	MaxClaimsDay   = 10                  // that one person may make
	MaxClaimText   = 1000                // letters
	MaxClaimSource = 2048                // bytes
)

// A CreditClaim says of somebody's post that a work of the claimant's is in it
// (FEATURES C19). The claimant's server and the owner's each have one. It names
// nobody: what is to be seen under the post is decided as for any other credit, and
// an accepted claim is the consent to it.
type CreditClaim struct {
	ID          ID
	URI         IRI
	OfferURI    IRI // what an answer names
	AccountID   ID  // the claimant
	OwnerID     ID  // the first author of the post
	PostID      ID
	PostURI     IRI
	Label       CreditLabel // what the credit would be for
	Source      IRI         // a page that shows where the work is from; or "", with words
	Words       string      // plain text
	Gist        string      // hash of what the post said when it was claimed
	State       ClaimState
	Code        string
	Reason      string
	EscalateAt  time.Time
	EscalatedAt *time.Time
	ExpiresAt   time.Time
	AnsweredAt  *time.Time
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// OpenClaims are the states in which a claim waits for its answer.
func OpenClaims() []ClaimState { return []ClaimState{ClaimSent, ClaimDelivered} }

// Open reports whether the claim waits for its answer.
func (c *CreditClaim) Open() bool { return slices.Contains(OpenClaims(), c.State) }

// Decided reports whether a person refused the claim: then it is not made again.
func (c *CreditClaim) Decided() bool {
	return c.State == ClaimRefused && (c.Code == ClaimByOwner || c.Code == ClaimByModerators)
}

// A ClaimEvent is one link of a claim's audit trail, as Event is of a collab's.
type ClaimEvent struct {
	ID       ID
	ClaimID  ID
	Seq      int // from 1
	At       time.Time
	Actor    IRI
	What     string // machine code: claimed, delivered, escalated, accepted…
	Code     string
	Reason   string
	Previous string // hex sha2-256 of the event before, "" for the first
	Hash     string
}

// A ClaimDocument is a credit claim as it travels, in an Offer to the owner.
type ClaimDocument struct {
	URI     IRI         `json:"uri"`
	Account IRI         `json:"account"` // attributedTo
	Object  IRI         `json:"object"`  // interactingObject: the post
	Label   CreditLabel `json:"label"`   // creditedAs
	Source  IRI         `json:"source,omitempty"`
	Words   string      `json:"words,omitempty"`
}

// Document returns the claim as it travels; by is the claimant.
func (c *CreditClaim) Document(by *Account) *ClaimDocument {
	return &ClaimDocument{URI: c.URI, Account: by.URI, Object: c.PostURI, Label: c.Label, Source: c.Source, Words: c.Words}
}

// Check says what is wrong with a claim by itself.
func (d *ClaimDocument) Check() error {
	switch {
	case d.Label == "" || !d.Label.Valid():
		return Refuse(Invalid, "no_label", "say what the credit is for: illustration, photo, music…")
	case d.Label == CreditSponsor:
		return Refuse(Invalid, "bad_label", "who paid for a post cannot claim a credit for it")
	case d.Source == "" && d.Words == "":
		return Refuse(Invalid, "no_source", "say where the work is from: a link as source, or words as text")
	case d.Source != "" && (d.Source.Host() == "" || len(d.Source) > MaxClaimSource):
		return Refuse(Invalid, "bad_source", "the source is the address of a page of at most %d bytes", MaxClaimSource)
	}
	return nil
}
