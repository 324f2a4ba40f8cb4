package models

import "time"

// Limits on imports.
const (
	MaxImportRows   = 20_000
	MaxOpenImports  = 5 // of one person
	MaxImportTries  = 3 // of a line whose server does not answer
	MaxImportsKept  = 20
	MaxImportFields = 20 // of a line
)

// An ImportKind is what a file that somebody brought along is about, as Mastodon's
// settings name it.
type ImportKind string

// The kinds.
const (
	ImportFollowing ImportKind = "following"
	ImportBlocking  ImportKind = "blocking"
	ImportMuting    ImportKind = "muting"
	ImportDomains   ImportKind = "domain_blocking"
	ImportLists     ImportKind = "lists"
	ImportBookmarks ImportKind = "bookmarks"
	ImportPosts     ImportKind = "posts" // of an archive
)

// Valid reports whether k is one of the kinds that are lists.
func (k ImportKind) Valid() bool {
	switch k {
	case ImportFollowing, ImportBlocking, ImportMuting, ImportDomains, ImportLists, ImportBookmarks:
		return true
	}
	return false
}

// An ImportState is how far an import is.
type ImportState string

// The states of an Import.
const (
	ImportWaiting  ImportState = "waiting"
	ImportRunning  ImportState = "running"
	ImportFinished ImportState = "finished"
	ImportStopped  ImportState = "stopped" // by its owner
)

// An Import is a file that somebody brought along.
type Import struct {
	ID         ID
	AccountID  ID
	Kind       ImportKind
	Overwrite  bool // what the file does not name is taken away first
	State      ImportState
	Total      int        // lines
	Key        string     // in files: an archive of posts, while it is worked
	Visibility Visibility // of posts: at most as open as this
	CreatedAt  time.Time
	FinishedAt *time.Time
}

// The states of an ImportRow.
const (
	RowWaiting = "waiting"
	RowDone    = "done"
	RowFailed  = "failed"
)

// An ImportItem is what a line says. What it does not say is nil.
type ImportItem struct {
	Acct      string   `json:"acct,omitempty"` // name@domain
	Domain    string   `json:"domain,omitempty"`
	URI       IRI      `json:"uri,omitempty"`
	List      string   `json:"list,omitempty"`
	Boosts    *bool    `json:"boosts,omitempty"`
	Notify    *bool    `json:"notify,omitempty"`
	Languages []string `json:"languages,omitempty"`
	Hide      *bool    `json:"hide,omitempty"` // notifications, of a mute
}

// An ImportRow is one line of an Import.
type ImportRow struct {
	ImportID ID         `gorm:"primaryKey"`
	Line     int        `gorm:"primaryKey"`
	Item     ImportItem `gorm:"serializer:json"`
	State    string
	Attempts int
	Code     string
	Error    string // a sentence
}

// About returns what the line names.
func (i ImportItem) About() string {
	for _, s := range []string{i.Domain, string(i.URI)} {
		if s != "" {
			return s
		}
	}
	if i.List != "" {
		return i.List + ", " + i.Acct
	}
	return i.Acct
}
