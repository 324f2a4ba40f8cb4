package models

import "time"

// A CardState says what is known of a page.
type CardState string

// The states of a Card.
const (
	CardWaiting CardState = "waiting" // nobody has asked the page yet
	CardReady   CardState = "ready"
	CardNone    CardState = "none" // there is nothing to show
)

// CardRefresh is how long what a page said is good for, at least.
const CardRefresh = 7 * 24 * time.Hour

// A Card is what a web page says of itself, for those who read a link to it. All
// texts are plain, and none is by whoever linked it.
type Card struct {
	ID           ID
	URL          IRI // as it is linked
	State        CardState
	Title        string
	Description  string
	Language     string // BCP 47
	AuthorName   string
	AuthorURL    IRI
	ProviderName string
	ProviderURL  IRI
	Image        IRI
	ImageAlt     string
	Width        int // pixels, as the page says; 0 if it does not
	Height       int
	PublishedAt  *time.Time
	Attempts     int
	Error        string     // why there is nothing to show
	DueAt        *time.Time // when the page is to be asked; nil: not at all
	FetchedAt    *time.Time
	CreatedAt    time.Time
}

// A PostCard says which card is under a post: one at most.
type PostCard struct {
	PostID ID `gorm:"primaryKey"`
	CardID ID
}
