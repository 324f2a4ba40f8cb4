package activities

import (
	"slices"

	"ensemble/models"
	"ensemble/models/store"
)

// Doings are the notices of what somebody else chose to do to me: those that a mute
// keeps away. What became of things that I am part of is told all the same.
var Doings = []models.NotificationType{
	models.NoteMention, models.NoteStatus, models.NoteFollow, models.NoteFollowRequest, models.NoteFavourite, models.NoteReblog,
	models.NoteUpdate, models.NotePoll, models.NoteQuote, models.NoteQuotedUpdate, models.NoteQuoteRequest, models.NoteCollabInvite,
	models.NoteClaimRequest,
}

// unheard reports whether who is told keeps from comes from away: the account, where it
// is about what it did, or its server.
func unheard(tx *store.Tx, n models.Notification) (bool, error) {
	if !slices.Contains(Doings, n.Type) {
		return false, nil
	}
	muted, err := store.Any[models.Mute](tx, "account_id = ? AND target_id = ? AND hide_notifications AND (expires_at IS NULL OR expires_at > ?)",
		n.AccountID, n.FromID, tx.Now)
	if err != nil || muted {
		return muted, err
	}
	return DomainBlocks(tx, n.AccountID, n.FromID)
}

// DomainBlocks reports whether a keeps the server of b away.
func DomainBlocks(tx *store.Tx, a, b models.ID) (bool, error) {
	return store.Any[models.AccountDomainBlock](tx, "account_id = ? AND domain = (SELECT domain FROM accounts WHERE id = ?)", a, b)
}
