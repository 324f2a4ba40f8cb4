package models

// A StreamKind says what a StreamEvent is about.
type StreamKind string

// The kinds of stream event.
const (
	StreamEntry        StreamKind = "entry"        // Entry has come into the feed of Account, or of all it stands in if that is 0
	StreamEdit         StreamKind = "edit"         // Post was edited
	StreamDelete       StreamKind = "delete"       // Entry is gone: it stood in the feeds of Accounts, and named Named
	StreamNotification StreamKind = "notification" // Item is a new notification of Account
	StreamMerged       StreamKind = "merged"       // notifications of Account that were held back are among the others now
	StreamConversation StreamKind = "conversation" // there is a new post in conversation Item of Account
	StreamFilters      StreamKind = "filters"      // Account changed what it filters
	StreamCollab       StreamKind = "collab"       // Item is the new event of a collab
	StreamAnnounced    StreamKind = "announced"    // Item is an announcement, new or edited
	StreamReaction     StreamKind = "reaction"     // the reactions Name to announcement Item are others
	StreamUnannounced  StreamKind = "unannounced"  // announcement Item is gone
)

// A StreamEvent tells who keeps clients' streams that something has changed, by IDs
// alone: what a client is told of it is read when it is told.
type StreamEvent struct {
	ID       ID         `json:"id,string"`
	Kind     StreamKind `json:"kind"`
	Account  ID         `json:"account,omitempty,string"`
	Post     ID         `json:"post,omitempty,string"`
	Entry    ID         `json:"entry,omitempty,string"`
	Item     ID         `json:"item,omitempty,string"`
	Name     string     `json:"name,omitempty"`
	Public   bool       `json:"public,omitempty"` // anybody could see what is gone
	Accounts []ID       `json:"accounts,omitempty"`
	Named    []ID       `json:"named,omitempty"`
}

// MaxStreamed is how many accounts a stream event names: it has to fit into what one
// process can tell another.
const MaxStreamed = 100
