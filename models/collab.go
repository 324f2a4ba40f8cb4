package models

import (
	"slices"
	"time"
)

// A CollabState is where a work of several hands stands (ensemble/1 §3.3).
type CollabState string

// The states of a Collab. Discarded and deleted are for good.
const (
	CollabDraft     CollabState = "draft"     // the initiator's alone
	CollabOffered   CollabState = "offered"   // somebody is asked
	CollabPublished CollabState = "published" // the world may see it
	CollabRevising  CollabState = "revising"  // published, and a new version waits for consent
	CollabDiscarded CollabState = "discarded" // never published, purged
	CollabDeleted   CollabState = "deleted"   // was published, and taken down
)

var collabMoves = map[CollabState][]CollabState{
	CollabDraft:     {CollabOffered, CollabDiscarded, CollabPublished},
	CollabOffered:   {CollabDraft, CollabPublished, CollabDiscarded},
	CollabPublished: {CollabRevising, CollabDeleted},
	CollabRevising:  {CollabPublished, CollabDeleted, CollabRevising},
}

// A Quorum says when a collab is published.
type Quorum string

// The quorums: when all accept, when the first accepts, or at once.
const (
	QuorumAll Quorum = "all"
	QuorumAny Quorum = "any"
	QuorumNow Quorum = "now"
)

// Valid reports whether q is one of the three.
func (q Quorum) Valid() bool { return q == QuorumAll || q == QuorumAny || q == QuorumNow }

// An OnDecline says what becomes of a work when somebody declines or the time
// runs out. Every invitee is shown which was chosen.
type OnDecline string

// The choices: purge it everywhere, keep it as the initiator's private draft, or
// publish it with those who accepted.
const (
	DeclineDelete  OnDecline = "delete"
	DeclineDraft   OnDecline = "draft"
	DeclinePublish OnDecline = "publish"
)

// Valid reports whether d is one of the three.
func (d OnDecline) Valid() bool {
	return d == DeclineDelete || d == DeclineDraft || d == DeclinePublish
}

// A ReplyModeration says who may take replies out of the thread.
type ReplyModeration string

// The choices: the initiator alone, or every author.
const (
	ModerateInitiator ReplyModeration = "initiator"
	ModerateAll       ReplyModeration = "all"
)

// A CollabRole is the part a collaborator plays (ensemble/1 §3.1).
type CollabRole string

// The roles in a post. A coauthor counts as author; a credit is named, and no
// author.
const (
	RoleCoauthor CollabRole = "coauthor"
	RoleCredit   CollabRole = "credit"
)

// Valid reports whether r is a role in a post.
func (r CollabRole) Valid() bool { return r == RoleCoauthor || r == RoleCredit }

// Limits on invitations (ensemble/1 §3.3).
const (
	MinOffer           = time.Minute // below a day only where the operator runs a test
	DefaultOffer       = 14 * 24 * time.Hour
	MaxOffer           = 90 * 24 * time.Hour
	MaxCoauthors       = 20
	DefaultCoauthors   = 5
	ReminderAt         = 0.8 // of the time an invitation has
	ReduceGrace        = 30 * time.Second
	StampRecheck       = 7 * 24 * time.Hour
	StampUnverified    = 30 * 24 * time.Hour
	SupersededStampTTL = 24 * time.Hour
)

// A Collab is a work that one account started and others are asked to share. The
// initiator's server holds the original; an invitee's server holds a copy.
type Collab struct {
	ID          ID
	URI         IRI
	PostURI     IRI // reserved when the first offer goes out
	InitiatorID ID
	State       CollabState
	Quorum      Quorum
	OnDecline   OnDecline
	Moderation  ReplyModeration
	AllowCopy   bool       // a co-author may keep a copy if the initiator disappears
	Revision    int        // the newest, offered or published
	Published   int        // the revision the world sees, 0 before
	ExpiresAt   *time.Time // of the open offer
	RemindAt    *time.Time
	ReduceAt    *time.Time // when to publish without waiting for those who have yet to restamp
	PublishAt   *time.Time // not to be published before; nil: as soon as all agree
	PostID      ID         // 0 before publication
	Outcome     string     // machine code of how it ended
	Text        string     // the sentence for Outcome
	OutcomeAt   *time.Time
	CreatedAt   time.Time
	UpdatedAt   time.Time
	SuspendedAt *time.Time // collabs are switched off at the initiator's: the names do not stand
	FinalAt     *time.Time // of a suspended one: until then it can be restored
}

// Pending reports whether consent is awaited and nothing is public.
func (c *Collab) Pending() bool { return c.State == CollabOffered || c.State == CollabDraft }

// Live reports whether there is a public post.
func (c *Collab) Live() bool { return c.State == CollabPublished || c.State == CollabRevising }

// Over reports whether nothing can ever happen to it again.
func (c *Collab) Over() bool { return c.State == CollabDiscarded || c.State == CollabDeleted }

// Move puts the collab in state to, or says why it cannot go there.
func (c *Collab) Move(to CollabState) error {
	if !slices.Contains(collabMoves[c.State], to) {
		return Refuse(Conflict, "collab_state", "a collab that is %s cannot become %s", c.State, to)
	}
	c.State = to
	return nil
}

// An InviteState is where one collaborator's consent stands.
type InviteState string

// The states of an invitation and, after consent, of authorship.
const (
	InviteDraft         InviteState = "draft"
	InviteSent          InviteState = "sent"
	InviteDelivered     InviteState = "delivered"
	InviteSeen          InviteState = "seen"
	InviteAccepted      InviteState = "accepted"
	InviteActive        InviteState = "active"     // accepted and published
	InviteReapproval    InviteState = "reapproval" // active, and asked to agree to a new version
	InviteDeclined      InviteState = "declined"
	InviteExpired       InviteState = "expired"
	InviteWithdrawn     InviteState = "withdrawn"
	InviteCancelled     InviteState = "cancelled" // a server or an account is blocked
	InviteUndeliverable InviteState = "undeliverable"
	InviteLeft          InviteState = "left"
	InviteRemoved       InviteState = "removed"
	InviteDetached      InviteState = "detached" // suspended, gone, or the stamp was revoked
)

var inviteEnds = []InviteState{InviteDeclined, InviteExpired, InviteWithdrawn, InviteCancelled, InviteUndeliverable}

var inviteMoves = map[InviteState][]InviteState{
	InviteDraft:     {InviteSent, InviteCancelled, InviteWithdrawn, InviteExpired},
	InviteSent:      append([]InviteState{InviteDelivered, InviteSeen, InviteAccepted}, inviteEnds...),
	InviteDelivered: append([]InviteState{InviteSeen, InviteAccepted}, inviteEnds...),
	InviteSeen:      append([]InviteState{InviteAccepted}, inviteEnds...),
	// Until publication an acceptance can be taken back (forged case 18).
	InviteAccepted:   append([]InviteState{InviteActive, InviteSent, InviteLeft, InviteRemoved, InviteDetached}, inviteEnds...),
	InviteActive:     {InviteReapproval, InviteLeft, InviteRemoved, InviteDetached},
	InviteReapproval: {InviteActive, InviteLeft, InviteRemoved, InviteDetached},
}

// An Invite is one collaborator of a collab: first asked, then, perhaps, author.
type Invite struct {
	ID          ID
	CollabID    ID
	AccountID   ID
	Position    int // order in the byline, from 0, fixed when offered
	Role        CollabRole
	Label       CreditLabel
	State       InviteState
	OfferURI    IRI // the newest Offer activity: what an answer must name
	AnnounceURI IRI // the co-author's Announce, on their own server
	Stamp       IRI // of the newest consent
	Revision    int // the one they were last asked about
	CoversEdits bool
	ReasonCode  string
	Reason      string // a sentence
	FormerID    ID     // whose place it takes: an account that moved, 0 if nobody's
	Replaces    IRI    // the stamp of that account
	SentAt      *time.Time
	DeliveredAt *time.Time
	SeenAt      *time.Time
	RemindedAt  *time.Time // by who started it
	AnsweredAt  *time.Time
	CreatedAt   time.Time
}

// Move puts the invitation in state to, or says why it cannot go there.
func (i *Invite) Move(to InviteState) error {
	if !slices.Contains(inviteMoves[i.State], to) {
		return Refuse(Conflict, "invite_state", "an invitation that is %s cannot become %s", i.State, to)
	}
	i.State = to
	return nil
}

// Open reports whether an answer is awaited.
func (i *Invite) Open() bool {
	return i.State == InviteSent || i.State == InviteDelivered || i.State == InviteSeen
}

// Consented reports whether the person stands by the newest version they were
// asked about, or by the one that is public.
func (i *Invite) Consented() bool {
	return i.State == InviteAccepted || i.State == InviteActive || i.State == InviteReapproval
}

// WantsAuthorship reports whether the person was asked for a credit, and answered that they
// would rather be asked to be an author.
func (i *Invite) WantsAuthorship() bool {
	return i.State == InviteDeclined && i.Role == RoleCredit && i.ReasonCode == CreditAsCoauthor
}

// BecomeAuthorship makes the request for a credit that ended so an invitation to be an
// author, which nobody has been sent yet.
func (i *Invite) BecomeAuthorship() {
	i.State, i.Role, i.Label, i.ReasonCode, i.Reason = InviteDraft, RoleCoauthor, "", "", ""
	i.SentAt, i.DeliveredAt, i.SeenAt, i.RemindedAt, i.AnsweredAt = nil, nil, nil, nil, nil
}

// Ended reports whether the person is out of the collab for good.
func (i *Invite) Ended() bool { return len(inviteMoves[i.State]) == 0 }

// A Refusal keeps Target's invitations from ever reaching Account again.
type Refusal struct {
	AccountID ID `gorm:"primaryKey"`
	TargetID  ID `gorm:"primaryKey"`
	CreatedAt time.Time
}

// A Revision is one version of a collab's work: what a stamp binds. Its Note is
// purged when the collab is discarded.
type Revision struct {
	ID        ID
	CollabID  ID
	Number    int
	Note      *Note  `gorm:"serializer:json"` // nil once purged
	Source    string // what the initiator typed; "" at the invitees'
	Digest    string
	Text      int // the revision whose text this one shares: its own number, unless only names changed
	CreatedAt time.Time
}

// A Consent is what the initiator's server keeps of a stamp that it verified: one
// person's yes to one revision.
type Consent struct {
	InviteID    ID  `gorm:"primaryKey"`
	Revision    int `gorm:"primaryKey"`
	CollabID    ID
	Stamp       IRI
	CoversEdits bool
	At          time.Time
}

// A Stamp is the consent of an account that lives here
// (CollaborationAuthorization, ensemble/1 §3.1). The document that is served is
// made anew from it each time, to the same bytes: Ed25519 signs alike every time.
type Stamp struct {
	ID          ID
	URI         IRI
	AccountID   ID
	CollabID    ID
	Collab      IRI
	PostURI     IRI
	Role        CollabRole
	Label       CreditLabel
	Revision    int
	Digest      string
	CoversEdits bool
	Public      bool // the work is public, so anyone may read the stamp
	Replaces    IRI  // the stamp of the account that this one was before
	CreatedAt   time.Time
	RevokedAt   *time.Time
	RetireAt    *time.Time // superseded: gone at that time
}

// An AuthorState says what we know of a name under a post.
type AuthorState string

// The states of an Author. Only verified ones are shown as authors.
const (
	AuthorClaimed  AuthorState = "claimed"  // the post says so; the stamp is yet to be seen
	AuthorVerified AuthorState = "verified" // the stamp holds
	AuthorStale    AuthorState = "stale"    // held once, its server has not answered for 30 days
	AuthorRejected AuthorState = "rejected" // there is no valid stamp
	AuthorRevoked  AuthorState = "revoked"  // there was one

	AuthorSuspended AuthorState = "suspended" // the initiator's server switched collabs off
)

// An Author is one name under a published post beside its primary author.
type Author struct {
	PostID     ID  `gorm:"primaryKey"`
	URI        IRI `gorm:"primaryKey"` // the account's
	AccountID  ID  // 0 while the account is unknown here
	Position   int
	Role       CollabRole
	Label      CreditLabel
	Stamp      IRI // its claimed address
	State      AuthorState
	Reason     string     // why it is not verified, a sentence
	Hidden     bool       // the co-author keeps it off their own profile
	ClaimedAt  *time.Time // when this stamp was first named
	AcceptedAt *time.Time
	CheckedAt  *time.Time // when the stamp last answered
	NextCheck  time.Time
}

// An Event is one link of a collab's audit trail. Hash covers the event and the
// hash before it, so that no link can be changed or dropped unnoticed.
type Event struct {
	ID       ID
	CollabID ID
	Seq      int // from 1
	At       time.Time
	Actor    IRI
	What     string // machine code: invited, delivered, seen, accepted, declined…
	Code     string // reason code, if any
	Reason   string // a sentence, if any
	Revision int
	Digest   string
	Previous string // hex sha2-256 of the event before, "" for the first
	Hash     string // hex sha2-256 of this one
}
