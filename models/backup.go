package models

import "time"

// A BackupState is how far a backup is.
type BackupState string

// The states of a Backup.
const (
	BackupWaiting     BackupState = "waiting"
	BackupRunning     BackupState = "running"
	BackupChecking    BackupState = "checking" // it is there, and is being tried out
	BackupDone        BackupState = "done"
	BackupFailed      BackupState = "failed"
	BackupInterrupted BackupState = "interrupted" // who made it ended before it was there
)

// A BackupProof is how well a backup was looked at.
type BackupProof string

// The proofs.
const (
	ProofNone     BackupProof = ""
	ProofRestored BackupProof = "restored" // into a scratch database, whose rows were counted
	ProofRead     BackupProof = "read"     // all of it, with its checksums
	ProofBad      BackupProof = "bad"
)

// BackupSilence is after how long whoever works on a backup and says nothing is dead.
const BackupSilence = 2 * time.Minute

// How many backups of the schedule can be kept.
const (
	KeepBackups    = 7
	MaxKeepBackups = 90
)

// A Backup is a copy of everything, in one file.
type Backup struct {
	ID         ID
	State      BackupState
	Busy       bool // somebody works on it, or is about to: one at a time
	Auto       bool // by the schedule
	Outside    bool // by a command, and kept elsewhere
	ByID       ID   // who asked for it; 0 for nobody here
	File       string
	Size       int64
	Program    string // the version that made it
	Dialect    string
	Version    int64 // of the schema
	Files      int64 // uploads in it
	Code       string
	Error      string
	Proof      BackupProof
	ProofError string // why it is bad, or could only be read
	CreatedAt  time.Time
	BeatAt     *time.Time
	FinishedAt *time.Time
	ProvedAt   *time.Time
}

// Dead reports whether whoever works on it has ended without a word.
func (b *Backup) Dead(now time.Time) bool {
	return b.Busy && b.State != BackupWaiting && (b.BeatAt == nil || now.Sub(*b.BeatAt) > BackupSilence)
}

// A BackupPlan is when backups are made by themselves.
type BackupPlan struct {
	Hour int // of each day, in UTC; -1: never
	Keep int // how many of them
}

// Last returns when the plan was due last before now; zero if it never is.
func (p BackupPlan) Last(now time.Time) time.Time {
	if p.Hour < 0 {
		return time.Time{}
	}
	at := now.UTC().Truncate(24 * time.Hour).Add(time.Duration(p.Hour) * time.Hour)
	if at.After(now) {
		at = at.Add(-24 * time.Hour)
	}
	return at
}
