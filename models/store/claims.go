package store

import "ensemble/models"

// A ClaimDesk says which credit claims are wanted.
type ClaimDesk struct {
	Me     models.ID
	Role   string   // claimant, owner, or "" for both
	States []string // nil for any
}

const claimDesk = `SELECT * FROM credit_claims WHERE id < @max AND id > @since
AND (account_id = @me AND @role <> 'owner' OR owner_id = @me AND @role <> 'claimant')
AND (CAST(@any AS integer) = 1 OR state IN @states)`

// ClaimsOf returns the credit claims that an account made, or that are about its
// posts.
func ClaimsOf(tx *Tx, q ClaimDesk, w Window) ([]*models.CreditClaim, error) {
	unasked := 0
	if len(q.States) == 0 {
		unasked = 1
	}
	args := w.bounds(map[string]any{"me": q.Me, "role": q.Role, "any": unasked, "states": append([]string{""}, q.States...)})
	rows, err := scan[*models.CreditClaim](tx, claimDesk+w.order("id", args, 0), args)
	return cut(w, rows), err
}
