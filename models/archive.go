package models

import "time"

// How often somebody may have an archive made, and how long it is kept.
const (
	ArchiveEvery = 24 * time.Hour
	ArchiveLasts = 7 * 24 * time.Hour
)

// An ArchiveState says how far an archive is.
type ArchiveState string

// The states of an Archive.
const (
	ArchiveWaiting ArchiveState = "waiting"
	ArchiveReady   ArchiveState = "ready"
	ArchiveFailed  ArchiveState = "failed"
	ArchiveExpired ArchiveState = "expired" // or deleted by its owner
)

// An Archive is everything that somebody has here, put together for them alone.
type Archive struct {
	ID        ID
	AccountID ID
	State     ArchiveState
	Key       string // in files
	Size      int64  // bytes
	Error     string // a sentence
	CreatedAt time.Time
	ReadyAt   *time.Time
	ExpiresAt *time.Time // nil while there are no bytes
}
