package models

import "time"

// An AccountState says whether an account may act and be seen.
type AccountState string

// The states of an account. Suspended and deleted accounts answer nothing and
// their stamps stop counting.
const (
	AccountActive    AccountState = "active"
	AccountSuspended AccountState = "suspended"
	AccountDeleted   AccountState = "deleted"
	AccountPending   AccountState = "pending" // it signed up, and waits to be let in: nobody sees it
)

// A CollabPolicy says who may invite an account to write together
// (interactionPolicy.canCollaborate, ensemble/1 §2).
type CollabPolicy string

// The policies. The empty one is what a peer that never heard of us has: it
// cannot be invited.
const (
	CollabEveryone  CollabPolicy = "everyone"
	CollabFollowing CollabPolicy = "following" // people I follow: the default
	CollabMutuals   CollabPolicy = "mutuals"
	CollabNobody    CollabPolicy = "nobody"
	CollabUnknown   CollabPolicy = ""
)

// Valid reports whether p is one a person may choose.
func (p CollabPolicy) Valid() bool {
	switch p {
	case CollabEveryone, CollabFollowing, CollabMutuals, CollabNobody:
		return true
	}
	return false
}

// A Field is one line of a profile's table; Value is sanitised HTML.
type Field struct {
	Name       string     `json:"name"`
	Value      string     `json:"value"`
	VerifiedAt *time.Time `json:"verified_at,omitempty"`
}

// An Assertion is a key that may sign proofs for an account (FEP-521a).
type Assertion struct {
	ID        IRI    `json:"id"`
	Multibase string `json:"multibase"` // z-base58btc of 0xed01 and the key
}

// An Account is a person, group or program, here or elsewhere.
type Account struct {
	ID           ID
	URI          IRI
	Username     string // as its server spells it
	Domain       string // "" for those who live here
	Type         string // Person, Service, Application, Group, Organization
	DisplayName  string
	Note         string // sanitised HTML
	NoteSource   string // what a local person typed
	URL          IRI
	Inbox        IRI
	SharedInbox  IRI
	Outbox       IRI
	Followers    IRI
	Following    IRI
	Featured     IRI
	FeaturedTags IRI
	FeaturedAt   *time.Time // when another server was asked for both
	FeaturedDue  *time.Time // since when it is to be asked again
	SyncedAt     *time.Time // when its followers here were compared with what its server knows
	AvatarURL    string     // "" means the default picture
	HeaderURL    string
	AvatarAlt    string `json:",omitempty"` // what is to be seen there, plain text
	HeaderAlt    string `json:",omitempty"`
	// AttributionDomains are web sites that may name the account as an author.
	AttributionDomains []string `gorm:"serializer:json" json:",omitempty"`
	HideMedia          bool     `json:",omitempty"` // no tab of media on the profile
	HideMediaReplies   bool     `json:",omitempty"` // none of replies in that tab
	HideFeatured       bool     `json:",omitempty"` // no tab of what is featured
	HideApp            bool     `json:",omitempty"` // by which its posts are written
	Fields             []Field  `gorm:"serializer:json"`
	AlsoKnownAs        []IRI    `gorm:"serializer:json"`
	MovedTo            IRI
	MovedAt            *time.Time // when one who lives here said so last
	Locked             bool       // manuallyApprovesFollowers
	Bot                bool
	System             bool // the instance actor
	Discoverable       bool
	Indexable          bool
	Memorial           bool // its owner died
	HideCollections    bool // whom it follows, and who follows it, is nobody's business
	Collaborates       CollabPolicy
	Emojis             []EmojiTag  `gorm:"-" json:",omitempty"` // of the profile, as it travels
	Verifies           bool        `gorm:"-" json:"-"`          // its server says that it verifies RFC 9421
	KeyID              IRI         // of PublicKey
	PublicKey          string      // PEM, PKIX
	Assertions         []Assertion `gorm:"serializer:json"`
	State              AccountState
	Limited            bool     // a moderator hides it from those who do not follow it
	Sensitized         bool     // all its media are shown as sensitive
	ByDomain           Severity // what the rule for its server did to it; "" for nothing
	NoMedia            bool     // by that rule, its pictures are not linked
	FollowersCount     int
	FollowingCount     int
	PostsCount         int
	LastPostAt         *time.Time
	CreatedAt          time.Time
	UpdatedAt          time.Time
	FetchedAt          *time.Time // nil for those who live here
}

// Local reports whether the account lives here.
func (a *Account) Local() bool { return a.Domain == "" }

// Active reports whether the account may act.
func (a *Account) Active() bool { return a.State == AccountActive }

// Silenced reports whether only its followers are to come across the account.
func (a *Account) Silenced() bool { return a.Limited || a.ByDomain == SeveritySilence }

// Acct returns the handle without its @, as Mastodon's API writes it: bare for
// those who live here.
func (a *Account) Acct() string {
	if a.Local() {
		return a.Username
	}
	return a.Username + "@" + a.Domain
}

// Handle returns the whole handle, @name@domain, as seen from site.
func (a *Account) Handle(site Site) string {
	if a.Local() {
		return "@" + a.Username + "@" + site.Domain
	}
	return "@" + a.Username + "@" + a.Domain
}

// BestInbox returns where to post for a crowd: the shared inbox if there is one.
func (a *Account) BestInbox() IRI {
	if a.SharedInbox != "" {
		return a.SharedInbox
	}
	return a.Inbox
}

// Name returns what to call the account in a sentence.
func (a *Account) Name() string {
	if a.DisplayName != "" {
		return a.DisplayName
	}
	return a.Username
}

// A User is the private side of an account that lives here.
type User struct {
	AccountID    ID `gorm:"primaryKey"`
	Email        string
	PasswordHash string // argon2id, PHC form
	Role         Role
	Locale       string // BCP 47
	Privacy      Visibility
	Sensitive    bool
	Language     string
	Country      string      // ISO 3166-1 alpha-2, as the person chose it; "" if they did not
	QuotePolicy  QuotePolicy // of new posts
	DuetPolicy   QuotePolicy
	Filters      bool // has some: see Filter
	Digest       DigestPace
	DigestAt     *time.Time // when invitations that wait were told last
	MailKey      string     // stands in mails, and ends the digest; "" until one was sent
	StaffMailOff string     // of what a moderator is not told by mail, in words
	CreatedAt    time.Time
}

// A PrivateKey holds what an account that lives here signs with. It is a row of
// its own so that no list of accounts ever carries it.
type PrivateKey struct {
	AccountID ID     `gorm:"primaryKey"`
	RSA       string // PEM, PKCS #8
	Ed25519   string // PEM, PKCS #8
}

// A KeyPair is what a new account signs with: its private halves, and the public
// ones as they are told to others.
type KeyPair struct {
	RSA              string // PEM, private
	RSAPublic        string // PEM, PKIX
	Ed25519          string // PEM, private
	Ed25519Multibase string // Multikey: z-base58btc of 0xed01 and the key
}

// A Follow is one account's wish to hear another. It holds once accepted.
type Follow struct {
	ID         ID
	URI        IRI
	AccountID  ID
	TargetID   ID
	Accepted   bool
	ShowBoosts bool
	Notify     bool
	Languages  []string `gorm:"serializer:json"` // nil: all
	CreatedAt  time.Time
}

// A Block keeps two accounts apart.
type Block struct {
	ID        ID
	URI       IRI
	AccountID ID
	TargetID  ID
	CreatedAt time.Time
}
