package models

import "time"

// A Verb is an activity's type (ActivityStreams 2.0 vocabulary §3).
type Verb string

// The verbs that carry state between servers.
const (
	Create          Verb = "Create"
	Update          Verb = "Update"
	Delete          Verb = "Delete"
	FollowVerb      Verb = "Follow"
	Accept          Verb = "Accept"
	TentativeAccept Verb = "TentativeAccept"
	Reject          Verb = "Reject"
	Undo            Verb = "Undo"
	Announce        Verb = "Announce"
	LikeVerb        Verb = "Like"
	EmojiReact      Verb = "EmojiReact" // FEP-c0e0
	BlockVerb       Verb = "Block"
	OfferVerb       Verb = "Offer"
	Leave           Verb = "Leave"
	Add             Verb = "Add"
	Remove          Verb = "Remove"
	MoveVerb        Verb = "Move"
	Flag            Verb = "Flag"
	QuoteRequest    Verb = "QuoteRequest"
	ReplyRequest    Verb = "ReplyRequest"
	LikeRequest     Verb = "LikeRequest"
	AnnounceRequest Verb = "AnnounceRequest"
)

// An Activity is what one account says it did: received from a peer, or about to
// be said to peers. Wire turns it into ActivityStreams JSON, and back.
type Activity struct {
	URI       IRI       `json:"uri"`
	Verb      Verb      `json:"verb"`
	Actor     IRI       `json:"actor"`
	Object    Object    `json:"object"`
	Objects   []IRI     `json:"objects,omitempty"` // all that a Flag is about; Object is the first
	Target    Object    `json:"target,omitzero"`   // of Offer, Add, Remove, Move
	Result    IRI       `json:"result,omitempty"`  // the stamp an Accept gives
	To        []IRI     `json:"to,omitempty"`
	Cc        []IRI     `json:"cc,omitempty"`
	Published time.Time `json:"published,omitzero"`
	Ends      time.Time `json:"ends,omitzero"`     // endTime
	Code      string    `json:"code,omitempty"`    // ensemble reasonCode, of a refusal
	Reason    string    `json:"reason,omitempty"`  // a sentence, of a refusal (content)
	Wording   string    `json:"wording,omitempty"` // of a TentativeAccept: the text that would be agreed to (source)

	Instrument Object `json:"instrument,omitzero"` // of a …Request: what is asked for
	Stamp      IRI    `json:"stamp,omitempty"`     // of a Like or an Announce: likeAuthorization and the like

	Reaction string     `json:"reaction,omitempty"` // the emoji of a Like or an EmojiReact (content)
	Emojis   []EmojiTag `json:"emojis,omitempty"`   // that Reaction may mean
	Ballots  []*Note    `json:"ballots,omitempty"`  // of a Create: the votes beside Object
}

// An Object is what an activity is about. URI and Type are set as far as they
// are known; at most one of the pointers is, and none for a bare IRI.
type Object struct {
	URI           IRI            `json:"uri,omitempty"`
	Type          string         `json:"type,omitempty"`   // Note, Tombstone, Person, Like, Collaboration…
	Former        string         `json:"former,omitempty"` // formerType of a Tombstone
	Owner         IRI            `json:"owner,omitempty"`  // attributedTo, of a collection or a nested thing
	Total         int            `json:"total,omitempty"`  // totalItems of a collection
	Name          string         `json:"name,omitempty"`   // of a Hashtag, without #
	Deleted       time.Time      `json:"deleted,omitzero"` // of a Tombstone
	Note          *Note          `json:"note,omitempty"`
	Collaboration *Collaboration `json:"collaboration,omitempty"`
	Authorization *Authorization `json:"authorization,omitempty"`
	Approval      *Approval      `json:"approval,omitempty"`
	Claim         *ClaimDocument `json:"claim,omitempty"`    // of an Offer
	Activity      *Activity      `json:"activity,omitempty"` // of Undo, Accept, Reject, Add
	Actor         *Account       `json:"actor,omitempty"`    // of Update(Person)
}

// IsZero reports whether there is no object.
func (o Object) IsZero() bool { return o == Object{} }

// Ref returns an object known by its address alone.
func Ref(uri IRI) Object { return Object{URI: uri} }

// An Outbound is an activity of ours, kept until its audience has heard it.
type Outbound struct {
	ID          ID
	URI         IRI
	AccountID   ID // who says it
	Verb        Verb
	ObjectURI   IRI
	Activity    *Activity `gorm:"serializer:json"`
	Followers   bool      // say it to the account's followers
	FollowersOf []ID      `gorm:"serializer:json"` // and to those of these local accounts
	Inboxes     []IRI     `gorm:"serializer:json"` // and to these
	Body        []byte    // said as it is: a forwarded activity; nil means encode Activity
	ExpandedAt  *time.Time
	CreatedAt   time.Time
}

// A Form is the way a Note's authors are written (ensemble/1, fact 1).
type Form string

// The forms: F1 a literal array, F2 dual, and the bare primary author.
const (
	FormArray  Form = "array"
	FormDual   Form = "dual"
	FormScalar Form = "scalar"
)

// A Letter is an outbound activity written out in one form.
type Letter struct {
	OutboundID ID   `gorm:"primaryKey"`
	Form       Form `gorm:"primaryKey"`
	Body       []byte
}

// A DeliveryState is how far a letter has come to one inbox.
type DeliveryState string

// The states of a Delivery.
const (
	DeliveryQueued  DeliveryState = "queued"
	DeliveryDone    DeliveryState = "done"
	DeliveryRefused DeliveryState = "refused" // the peer will never take it
	DeliveryDropped DeliveryState = "dropped" // too old, or an admin gave it up
)

// A Delivery is one letter to one inbox.
type Delivery struct {
	ID         ID
	OutboundID ID
	AccountID  ID // who signs
	Form       Form
	Host       string
	Inbox      IRI
	State      DeliveryState
	Attempts   int
	LastError  string // a sentence
	DueAt      time.Time
	DoneAt     *time.Time
	CreatedAt  time.Time
}

// An Inbound is an activity that a peer posted to us, kept as it came, also
// after it was applied: what is said twice is met once (SECURITY rule 7).
type Inbound struct {
	ID         ID
	Actor      IRI // unique with URI
	URI        IRI
	Shard      int
	Body       []byte
	Attempts   int
	DueAt      time.Time
	DoneAt     *time.Time
	Outcome    string // "applied", or why not, in words
	ReceivedAt time.Time
}

// A Peer is another server as we know it.
type Peer struct {
	Host      string `gorm:"primaryKey"`
	Software  string
	Ensemble  bool   // some actor there carries canCollaborate
	Scheme    string // the signature dialect that worked last: cavage or rfc9421
	SchemeAt  *time.Time
	Verifies  bool // some actor there says that it verifies RFC 9421 (FEP-844e)
	Multikeys bool // some actor there has an Ed25519 key (FEP-521a)
	// MultikeyRefusedAt is when it took a signature by RSA, and not that by Ed25519.
	MultikeyRefusedAt *time.Time
	Form              Form // an admin's choice, "" for automatic
	Blocked           bool // an admin refuses all traffic
	Paused            bool // an admin holds deliveries back
	Failures          int  // in a row
	NextTry           *time.Time
	LastError         string
	LastOK            *time.Time
	CreatedAt         time.Time
}
