package models

import (
	"slices"
	"time"
)

// An InteractionKind is what one does to another's post that its author may have a
// say in (FEP-044f, and the interaction policies of GoToSocial).
type InteractionKind string

// The kinds of Interaction.
const (
	InteractQuote    InteractionKind = "quote"
	InteractReply    InteractionKind = "reply"
	InteractLike     InteractionKind = "like"
	InteractAnnounce InteractionKind = "announce"
)

var requests = map[InteractionKind]Verb{
	InteractQuote: QuoteRequest, InteractReply: ReplyRequest, InteractLike: LikeRequest, InteractAnnounce: AnnounceRequest,
}

// Request returns the verb by which one asks for it.
func (k InteractionKind) Request() Verb { return requests[k] }

// Requested returns the kind that a verb asks for, "" if it asks for none.
func Requested(v Verb) InteractionKind {
	for kind, verb := range requests {
		if verb == v {
			return kind
		}
	}
	return ""
}

// An InteractionState is how far an Interaction has come. Only what is accepted is
// shown to others.
type InteractionState string

// The states of an Interaction.
const (
	InteractPending  InteractionState = "pending"  // nobody has agreed, or no stamp holds
	InteractAccepted InteractionState = "accepted" // its stamp holds, or none is needed
	InteractRejected InteractionState = "rejected"
	InteractRevoked  InteractionState = "revoked" // it was accepted once
	InteractDeleted  InteractionState = "deleted" // the post it was about is gone
)

// Duet is the derivation of a new work made with another's (ensemble/1 §3.5).
const Duet = "duet"

// An Interaction is a quote, reply, like or boost for which the author of the post
// it is about was asked, or should have been. Where the author lives here, and has
// accepted, it is also the stamp of that: Stamp is its address.
type Interaction struct {
	ID              ID
	Kind            InteractionKind
	PostID          ID  // the quoting post or the reply; 0 for the others, or if it is not here
	AccountID       ID  // who does it
	ObjectURI       IRI // what they do: a post, a Like or an Announce; unique with Kind and TargetURI
	TargetURI       IRI // the post it is about
	TargetID        ID  // 0 while that is not here
	TargetAccountID ID  // its author, 0 likewise
	RequestURI      IRI // of the …Request that asked, if one did
	Stamp           IRI // where the consent can be seen
	State           InteractionState
	Code            string     // why it stands so
	Reason          string     // the same as a sentence
	Derivation      string     // Duet, or ""
	Legacy          bool       // a quote that was told in a way from before consent
	Held            Visibility // of a reply of ours that waits: what it is to have
	Tries           int        // failed looks at the stamp
	CheckAt         *time.Time // when to look at the stamp; nil: no more
	CreatedAt       time.Time
	UpdatedAt       time.Time
}

// StampLook is how often a standing stamp is looked at again.
const StampLook = 7 * 24 * time.Hour

// Document returns the stamp as it travels; by is whose consent it is.
func (i *Interaction) Document(by *Account) *Approval {
	return &Approval{URI: i.Stamp, Kind: i.Kind, Account: by.URI, Object: i.ObjectURI, Target: i.TargetURI}
}

// An Approval is a QuoteAuthorization, or its like for replies, likes and boosts, as it
// travels.
type Approval struct {
	URI     IRI             `json:"uri"`
	Kind    InteractionKind `json:"kind,omitempty"`   // "" for an Accept, which stands for any (GoToSocial before 0.20)
	Account IRI             `json:"account"`          // attributedTo
	Object  IRI             `json:"object"`           // interactingObject
	Target  IRI             `json:"target,omitempty"` // interactionTarget; an Accept need not say it
}

// Holds returns nil if the stamp g, read from the server of the post's author,
// proves that by, who wrote the post, agreed to i; otherwise why not.
func (g *Approval) Holds(i *Interaction, by *Account) error {
	switch {
	case !g.URI.SameOrigin(by.URI):
		return Refuse(Forbidden, "stamp_origin", "the stamp is not on the server of %s", by.URI)
	case g.Account != by.URI:
		return Refuse(Forbidden, "stamp_actor", "the stamp is not by the author of the post")
	case g.Kind != "" && g.Kind != i.Kind || g.Kind == "" && i.Kind == InteractQuote:
		return Refuse(Forbidden, "stamp_kind", "the stamp does not allow a %s", i.Kind)
	case g.Object != i.ObjectURI:
		return Refuse(Forbidden, "stamp_object", "the stamp is for another post")
	case g.Target != i.TargetURI && (g.Target != "" || g.Kind != ""):
		return Refuse(Forbidden, "stamp_target", "the stamp is about another post")
	}
	return nil
}

// A Rule says who may do one thing to a post: by IRI of an account, of a collection
// of accounts, or of everybody.
type Rule struct {
	Automatic []IRI `json:"automatic,omitempty"`
	Manual    []IRI `json:"manual,omitempty"`
}

// A Policy is a post's interactionPolicy. A nil rule is one that was not said.
type Policy struct {
	Like     *Rule `json:"like,omitempty"`
	Reply    *Rule `json:"reply,omitempty"`
	Announce *Rule `json:"announce,omitempty"`
	Quote    *Rule `json:"quote,omitempty"`
	Duet     *Rule `json:"duet,omitempty"`
	Old      bool  `json:"old,omitempty"` // said as always and approvalRequired alone: no requests are understood
}

// For returns the rule for a kind. Where none is for duets, that for quotes is.
func (p *Policy) For(kind InteractionKind, derivation string) *Rule {
	switch {
	case p == nil:
		return nil
	case kind == InteractQuote && derivation == Duet && p.Duet != nil:
		return p.Duet
	}
	return map[InteractionKind]*Rule{
		InteractQuote: p.Quote, InteractReply: p.Reply, InteractLike: p.Like, InteractAnnounce: p.Announce,
	}[kind]
}

// A QuotePolicy is who may quote a post of somebody who lives here, or make a duet
// with it.
type QuotePolicy string

// The policies. Mastodon has the first three of the API's names; the others are
// ours.
const (
	QuotePublic    QuotePolicy = "public"
	QuoteFollowers QuotePolicy = "followers"
	QuoteFollowing QuotePolicy = "following"
	QuoteMutuals   QuotePolicy = "mutuals"
	QuoteManual    QuotePolicy = "manual" // I am asked each time
	QuoteNobody    QuotePolicy = "nobody"
	QuoteSame      QuotePolicy = "" // of duets: as quotes
)

// Valid reports whether p is one that a person may choose.
func (p QuotePolicy) Valid() bool {
	switch p {
	case QuotePublic, QuoteFollowers, QuoteFollowing, QuoteMutuals, QuoteManual, QuoteNobody:
		return true
	}
	return false
}

// Rule returns what the choice p of a, who lives here, means. There is no address
// for mutuals: both collections, to be asked, mean it, and this server answers.
func (p QuotePolicy) Rule(a *Account) *Rule {
	r := &Rule{Automatic: []IRI{a.URI}}
	switch p {
	case QuotePublic:
		r.Automatic = []IRI{Public}
	case QuoteFollowers:
		r.Automatic = []IRI{a.Followers}
	case QuoteFollowing:
		r.Automatic = []IRI{a.Following}
	case QuoteMutuals:
		r.Manual = []IRI{a.Followers, a.Following}
	case QuoteManual:
		r.Manual = []IRI{Public}
	}
	return r
}

// QuotePolicyOf returns the choice that r was made of, QuoteSame for none.
func QuotePolicyOf(r *Rule, a *Account) QuotePolicy {
	if r == nil {
		return QuoteSame
	}
	for _, p := range []QuotePolicy{QuotePublic, QuoteFollowers, QuoteFollowing, QuoteMutuals, QuoteManual} {
		if s := p.Rule(a); slices.Equal(r.Automatic, s.Automatic) && slices.Equal(r.Manual, s.Manual) {
			return p
		}
	}
	return QuoteNobody
}
