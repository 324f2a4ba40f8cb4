package models

import (
	"slices"
	"time"
)

// A Visibility says who may read a post.
type Visibility string

// The visibilities, as Mastodon's API names them.
const (
	VisPublic    Visibility = "public"
	VisUnlisted  Visibility = "unlisted"
	VisFollowers Visibility = "private"
	VisDirect    Visibility = "direct"
)

// Valid reports whether v is one of the four.
func (v Visibility) Valid() bool {
	return v == VisPublic || v == VisUnlisted || v == VisFollowers || v == VisDirect
}

// Open reports whether anyone at all may read it.
func (v Visibility) Open() bool { return v == VisPublic || v == VisUnlisted }

// VisibilityOf reads the visibility off an audience (ActivityPub §5.6 and what
// Mastodon made of it). followers is the author's followers collection.
func VisibilityOf(to, cc []IRI, followers IRI) Visibility {
	switch {
	case slices.Contains(to, Public):
		return VisPublic
	case slices.Contains(cc, Public):
		return VisUnlisted
	case followers != "" && (slices.Contains(to, followers) || slices.Contains(cc, followers)):
		return VisFollowers
	default:
		return VisDirect
	}
}

// An Attachment is a picture, film or sound of a post, as seen from here.
type Attachment struct {
	MediaID    ID      `json:"media_id,omitempty"` // of the Media row, if the bytes are ours
	Kind       string  `json:"kind"`               // image, video, gifv, audio, unknown
	MediaType  string  `json:"media_type"`
	URL        IRI     `json:"url"`
	PreviewURL IRI     `json:"preview_url,omitempty"`
	Alt        string  `json:"alt,omitempty"`
	Blurhash   string  `json:"blurhash,omitempty"`
	Width      int     `json:"width,omitempty"`  // pixels
	Height     int     `json:"height,omitempty"` // pixels
	FocusX     float64 `json:"focus_x,omitempty"`
	FocusY     float64 `json:"focus_y,omitempty"`
	Duration   float64 `json:"duration,omitempty"` // seconds
	Digest     string  `json:"digest,omitempty"`   // multibase of the sha2-256 multihash of the bytes

	SmallWidth  int    `json:"small_width,omitempty"` // of the thumbnail, in pixels
	SmallHeight int    `json:"small_height,omitempty"`
	Stream      Stream `json:"stream,omitzero"`
}

// A Mention names somebody in a post.
type Mention struct {
	AccountID ID     `json:"account_id,omitempty"` // 0 on the wire and for strangers
	URI       IRI    `json:"uri"`
	URL       IRI    `json:"url,omitempty"`
	Acct      string `json:"acct"` // name@domain, always whole, without the first @
}

// A Post is something said by one account, or by several together. A row exists
// only once the world may see it: what waits for consent is a Revision, so no
// query over posts can ever show it.
type Post struct {
	ID                 ID
	URI                IRI
	URL                IRI
	AccountID          ID // the primary author
	Local              bool
	InReplyToID        ID // 0 if none, or not known here
	InReplyToAccountID ID
	InReplyToURI       IRI
	Context            IRI        // the conversation, as its origin calls it
	FilledAt           *time.Time // when its thread was asked for last
	ThreadID           ID         // the first post of the thread, as far as known here
	Content            string     // sanitised HTML, with the byline of a collab
	Source             string     // what a local person typed
	Summary            string     // content warning, plain text
	Sensitive          bool
	Language           string // BCP 47
	Visibility         Visibility
	Attachments        []Attachment `gorm:"serializer:json"`
	Mentions           []Mention    `gorm:"serializer:json"`
	Tags               []string     `gorm:"serializer:json"`
	Collab             IRI          // the Collaboration it came of, "" for an ordinary post
	Digest             string       // contentDigest as we computed it, for collabs (ensemble/1 §3.2)
	Revision           int          // of a collab
	Hidden             bool         // a reply that its thread's author took out of the thread, or has not let in
	Policy             *Policy      `gorm:"serializer:json"`
	QuotesCount        int
	LikesCount         int
	BoostsCount        int
	RepliesCount       int
	Counted            bool       // the counts are the origin's word, not what we saw
	LikesAt            *time.Time // of which time each of them is
	BoostsAt           *time.Time
	RepliesAt          *time.Time
	AppID              ID  // by which it was written here, 0 if that is not known
	ImportedFrom       IRI // where its author said it, of a copy that they brought along
	PublishedAt        time.Time
	EditedAt           *time.Time
	CreatedAt          time.Time
}

// A PostEdit is what a post said before an edit.
type PostEdit struct {
	ID          ID
	PostID      ID
	Content     string
	Summary     string
	Sensitive   bool
	Attachments []Attachment `gorm:"serializer:json"`
	Poll        *Question    `gorm:"serializer:json"` // nil if it asked nothing
	At          time.Time    // when this version appeared
}

// A FeedKind says why a post is in somebody's feed.
type FeedKind string

// The kinds of feed entry.
const (
	FeedPost     FeedKind = "post"     // its author said it
	FeedCoauthor FeedKind = "coauthor" // a verified co-author said it with them
	FeedBoost    FeedKind = "boost"    // somebody passed it on
	FeedTag      FeedKind = "tag"      // it has a hashtag that somebody here follows
)

// A Feed entry puts a post in front of an account's followers. For posts and
// co-authors its ID is the post's, so that following two authors shows one post;
// a boost has an ID of its own.
type Feed struct {
	ID         ID `gorm:"primaryKey"`
	AccountID  ID `gorm:"primaryKey"`
	PostID     ID
	Kind       FeedKind
	Visibility Visibility
	Reply      bool // the post answers somebody other than its author
	Media      bool
	Hidden     bool // a co-author keeps it off their own profile
	AuthorID   ID   // the post's primary author
}

// TableName is for store: an entry's table is called feed.
func (Feed) TableName() string { return "feed" }

// A Boost passes a post on (Announce).
type Boost struct {
	ID        ID
	URI       IRI
	AccountID ID
	PostID    ID
	CreatedAt time.Time
}

// A Like is a favourite.
type Like struct {
	ID        ID
	URI       IRI
	AccountID ID
	PostID    ID
	CreatedAt time.Time
}

// A Bookmark is private to who made it.
type Bookmark struct {
	ID        ID
	AccountID ID
	PostID    ID
	CreatedAt time.Time
}

// A PostMention finds the posts that name an account.
type PostMention struct {
	PostID    ID `gorm:"primaryKey"`
	AccountID ID `gorm:"primaryKey"`
}

// A PostTag finds the posts that carry a hashtag, which is kept in lower case.
type PostTag struct {
	Tag    string `gorm:"primaryKey"`
	PostID ID     `gorm:"primaryKey"`
}

// A Tombstone remembers that a thing was, and is gone for good (410).
type Tombstone struct {
	URI        IRI `gorm:"primaryKey"`
	FormerType string
	DeletedAt  time.Time
}

// A NotificationType is what a person is told of, as Mastodon's API names it.
type NotificationType string

// The notification types; the last ones are ours (CLIENT_API §4.5).
const (
	NoteMention        NotificationType = "mention"
	NoteFollow         NotificationType = "follow"
	NoteFollowRequest  NotificationType = "follow_request"
	NoteFavourite      NotificationType = "favourite"
	NoteReblog         NotificationType = "reblog"
	NoteUpdate         NotificationType = "update"
	NoteStatus         NotificationType = "status"                // somebody said something, of whom I want to be told
	NoteAdminReport    NotificationType = "admin.report"          // to moderators
	NoteAdminSignUp    NotificationType = "admin.sign_up"         // to moderators
	NoteQuote          NotificationType = "quote"                 // somebody quotes me
	NoteQuotedUpdate   NotificationType = "quoted_update"         // what I quote was edited
	NoteQuoteRequest   NotificationType = "quote_request"         // ours: somebody asks to quote me, or objects to it
	NoteSevered        NotificationType = "severed_relationships" // by the block of a server
	NoteWarning        NotificationType = "moderation_warning"
	NotePoll           NotificationType = "poll"
	NoteMove           NotificationType = "move"            // somebody I hear has a new account, which I hear now
	NoteCollabInvite   NotificationType = "collab_invite"   // somebody asks me to write with them
	NoteCollabAccepted NotificationType = "collab_accepted" // somebody I asked said yes
	NoteCollabDeclined NotificationType = "collab_declined"
	NoteCollabEnded    NotificationType = "collab_ended"   // expired, withdrawn, cancelled, left, removed
	NoteCollabWarning  NotificationType = "collab_warning" // somebody names me without my consent
	NoteCollabRequest  NotificationType = "collab_request" // a co-author asks me to take a reply out
	NoteClaimRequest   NotificationType = "claim_request"  // somebody claims a credit, and I can decide
	NoteClaimUpdate    NotificationType = "claim_update"   // what became of a claim
)

// A Notification tells a local account of something.
type Notification struct {
	ID          ID
	AccountID   ID
	FromID      ID
	Type        NotificationType
	PostID      ID     // 0 if it is about no post
	CollabID    ID     // 0 if it is about no collab
	ReportID    ID     // 0 if it is about no report
	ClaimID     ID     // 0 if it is about no credit claim
	WarningID   ID     // of a moderation_warning
	SeveranceID ID     // of severed_relationships
	Text        string // a sentence, for our own types
	GroupKey    string // of those shown together; "" stands alone
	Filtered    bool   // held back: see NotificationRequest
	CreatedAt   time.Time
}
