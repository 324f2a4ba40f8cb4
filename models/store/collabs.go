package store

import "ensemble/models"

// Desk says which collabs are wanted, of those that are me's business.
type Desk struct {
	Me     models.ID
	States []models.CollabState
	Role   string // initiator, invitee, or "" for both
	Open   bool   // only what waits for me: for my answer, or for my word on a wish of theirs
}

// An invitation that was never sent is nobody's business but the initiator's.
const desk = `SELECT c.* FROM collabs c
WHERE c.id IN (SELECT id FROM collabs WHERE initiator_id = @me
	UNION SELECT collab_id FROM invites WHERE account_id = @me AND state <> 'draft')
AND c.id < @max AND c.id > @since AND c.state IN @states
AND (@role = '' OR (@role = 'initiator') = (c.initiator_id = @me))
AND (CAST(@open AS integer) = 0
	OR c.id IN (SELECT collab_id FROM invites WHERE account_id = @me AND state IN ('sent', 'delivered', 'seen', 'reapproval'))
	OR c.id IN (SELECT w.collab_id FROM (` + openChanges + `) w))`

// CollabsOf returns the collabs that me started or was asked to join.
func CollabsOf(tx *Tx, q Desk, w Window) ([]*models.Collab, error) {
	open := 0
	if q.Open {
		open = 1
	}
	args := w.bounds(map[string]any{"me": q.Me, "states": q.States, "role": q.Role, "open": open})
	rows, err := scan[*models.Collab](tx, desk+w.order("c.id", args, 0), args)
	return cut(w, rows), err
}

// A Seat is a collab that me is part of, known by its address.
type Seat struct {
	ID    models.ID
	URI   models.IRI
	State models.CollabState
}

const seats = `SELECT c.id, c.uri, c.state FROM collabs c
WHERE c.uri IN @uris AND (c.initiator_id = @me
	OR EXISTS (SELECT 1 FROM invites i WHERE i.collab_id = c.id AND i.account_id = @me AND i.state <> 'draft'))`

// Seats returns those of the collabs that me is part of.
func Seats(tx *Tx, me models.ID, uris []models.IRI) ([]Seat, error) {
	if me == 0 || len(uris) == 0 {
		return nil, nil
	}
	return scan[Seat](tx, seats, map[string]any{"me": me, "uris": uris})
}

// InvitesTo returns the invitations to collabs, in the order of their bylines.
func InvitesTo(tx *Tx, collabs []models.ID) ([]*models.Invite, error) {
	if len(collabs) == 0 {
		return nil, nil
	}
	return Find[models.Invite](tx, "collab_id IN ? ORDER BY collab_id, position, id", distinct(collabs))
}

const creditedPosts = `SELECT p.id, p.id AS post_id, p.account_id, 'post' AS kind FROM authors a JOIN posts p ON p.id = a.post_id
WHERE a.account_id = @of AND a.role = 'credit' AND a.state = 'verified' AND p.id < @max AND p.id > @since
AND p.visibility IN ('public', 'unlisted')`

// CreditedPosts returns the public posts under which account is credited, and
// agreed to be.
func CreditedPosts(tx *Tx, account models.ID, w Window) ([]Entry, error) {
	args := w.bounds(map[string]any{"of": account})
	rows, err := scan[Entry](tx, creditedPosts+w.order("p.id", args, 0), args)
	return cut(w, rows), err
}

const companions = `SELECT a.* FROM accounts a WHERE a.state = 'active' AND a.domain <> '' AND a.id IN (
	SELECT c.initiator_id FROM collabs c JOIN invites i ON i.collab_id = c.id
		WHERE i.account_id = @me AND c.state IN ('published', 'revising')
	UNION SELECT i.account_id FROM invites i JOIN collabs c ON c.id = i.collab_id
		WHERE c.state IN ('published', 'revising') AND i.state IN ('accepted', 'active', 'reapproval')
		AND (c.initiator_id = @me OR c.id IN (SELECT collab_id FROM invites WHERE account_id = @me)))
ORDER BY a.id LIMIT 1000`

// Companions returns who, elsewhere, stands under published posts with me.
func Companions(tx *Tx, me models.ID) ([]*models.Account, error) {
	return scan[*models.Account](tx, companions, map[string]any{"me": me})
}
