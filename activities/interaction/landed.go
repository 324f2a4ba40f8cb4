package interaction

import (
	"time"

	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// Landed looks at what a post that came from a peer, or came anew, quotes and answers,
// and whether the authors of that have agreed. What needs the network is left to
// Verify; until then it counts as not agreed to.
func Landed(tx *store.Tx, p *models.Post, n *models.Note) error {
	if p == nil || p.Local {
		return nil
	}
	if err := dropped(tx, p, n.Quote); err != nil {
		return err
	}
	return Arrived(tx, p, n)
}

// Arrived is Landed for a post that was not here before.
func Arrived(tx *store.Tx, p *models.Post, n *models.Note) error {
	if p == nil || p.Local {
		return nil
	}
	if err := quoted(tx, p, n); err != nil {
		return err
	}
	return answered(tx, p, n)
}

func quoted(tx *store.Tx, p *models.Post, n *models.Note) error {
	if n.Quote == "" || n.Quote == p.URI {
		return nil
	}
	i, err := store.Maybe[models.Interaction](tx, "kind = ? AND object_uri = ? AND target_uri = ?", models.InteractQuote, p.URI, n.Quote)
	if err != nil {
		return err
	}
	isNew := i == nil
	if isNew {
		i = &models.Interaction{ID: models.NewID(tx.Now), Kind: models.InteractQuote, ObjectURI: p.URI, TargetURI: n.Quote, CreatedAt: tx.Now}
		i.State, i.Code, i.Reason = models.InteractPending, "no_stamp", "The author of the quoted post has not agreed yet."
		if n.Legacy {
			i.Code, i.Reason = "legacy", "It is quoted in a way by which its author is not asked."
		}
	}
	i.PostID, i.AccountID, i.UpdatedAt, i.Legacy = p.ID, p.AccountID, tx.Now, n.Legacy
	if i.State == models.InteractPending || isNew {
		i.Derivation = n.Derivation
	}
	target, err := aim(tx, i)
	if err != nil {
		return err
	}
	return claim(tx, i, target, n.QuoteStamp)
}

// aim finds the post that i is about, if it is here.
func aim(tx *store.Tx, i *models.Interaction) (*models.Post, error) {
	p, err := store.Maybe[models.Post](tx, "uri = ?", i.TargetURI)
	if err == nil && p != nil {
		i.TargetID, i.TargetAccountID = p.ID, p.AccountID
	}
	return p, err
}

// claim writes i down with the stamp that is claimed for it, and has that looked at
// if it is another's. Of our own posts we know ourselves who agreed to what.
func claim(tx *store.Tx, i *models.Interaction, target *models.Post, stamp models.IRI) error {
	replayed := i.State == models.InteractRevoked && i.Stamp == stamp
	fresh := stamp != "" && !replayed && (stamp != i.Stamp || i.State != models.InteractAccepted)
	ours := tx.Site.Owns(i.TargetURI)
	if fresh && !ours && !stamp.SameOrigin(i.TargetURI) {
		if fresh = false; i.State == models.InteractPending {
			i.Code, i.Reason = "stamp_origin", "The consent that it claims is not on the server of the quoted post."
		}
	}
	if fresh && !ours {
		if i.State == models.InteractAccepted { // the one that holds is believed until the new one does
			i.Stamp = stamp
		} else {
			i.Stamp, i.State = stamp, models.InteractPending
			i.Code, i.Reason = "unverified", "The consent that it claims is being looked at."
		}
	}
	if err := store.Put(tx, i); err != nil {
		return err
	}
	switch self := i.Kind == models.InteractQuote && target != nil && target.AccountID == i.AccountID; {
	case self && i.State == models.InteractPending:
		return settle(tx, i, turn{state: models.InteractAccepted})
	case ours || self:
		return nil
	case fresh, target == nil && i.State == models.InteractPending && i.TargetURI.SameOrigin(i.ObjectURI): // perhaps their own
		return look(tx, i)
	}
	return nil
}

// dropped ends the quote of anything but now in p.
func dropped(tx *store.Tx, p *models.Post, now models.IRI) error {
	all, err := store.Find[models.Interaction](tx, "kind = ? AND post_id = ? AND target_uri <> ?", models.InteractQuote, p.ID, now)
	if err != nil {
		return err
	}
	for _, i := range all {
		if i.State == models.InteractAccepted {
			if err := settle(tx, i, turn{state: models.InteractRevoked, code: "withdrawn", reason: "The post does not quote it any more."}); err != nil {
				return err
			}
		}
		if now == "" { // what became of it is still to be seen
			continue
		}
		if _, err := store.Set[models.Interaction](tx, map[string]any{"post_id": 0}, "id = ?", i.ID); err != nil {
			return err
		}
	}
	if now == "" {
		_, err = store.Delete[models.Interaction](tx, "kind = ? AND post_id = ? AND state = ?", models.InteractQuote, p.ID, models.InteractPending)
	}
	return err
}

// answered keeps a reply out of the thread of somebody who wants to be asked, until
// its stamp holds.
func answered(tx *store.Tx, p *models.Post, n *models.Note) error {
	if p.InReplyToID == 0 {
		return nil
	}
	parent, err := store.Get[models.Post](tx, p.InReplyToID)
	if err != nil || parent.Local || parent.Policy == nil || parent.Policy.Reply == nil {
		return err
	}
	who, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil {
		return err
	}
	if v, err := post.May(tx, who, parent, models.InteractReply, ""); err != nil || v == post.Free {
		return err
	}
	i, err := store.Maybe[models.Interaction](tx, "kind = ? AND object_uri = ? AND target_uri = ?", models.InteractReply, p.URI, parent.URI)
	if err != nil {
		return err
	}
	if i == nil {
		i = &models.Interaction{
			ID: models.NewID(tx.Now), Kind: models.InteractReply, ObjectURI: p.URI, TargetURI: parent.URI, AccountID: p.AccountID,
			State: models.InteractPending, Code: "no_stamp", Reason: "The author of what it answers has not agreed.", CreatedAt: tx.Now,
		}
	}
	i.PostID, i.TargetID, i.TargetAccountID, i.UpdatedAt = p.ID, parent.ID, parent.AccountID, tx.Now
	if i.State != models.InteractAccepted {
		if err := hide(tx, i, true); err != nil {
			return err
		}
	}
	return claim(tx, i, parent, n.ReplyStamp)
}

// Checked takes in how a look at the stamp of i, by author, ended: why says why there
// is none. What will pass by itself changes nothing.
func Checked(tx *store.Tx, id models.ID, target *models.Post, author *models.Account, stamp *models.Approval, why error) error {
	i, err := store.Hold[models.Interaction](tx, id)
	if err != nil || i.CheckAt == nil {
		return err
	}
	if target != nil && i.TargetID == 0 {
		i.TargetID, i.TargetAccountID = target.ID, target.AccountID
		if _, err := store.Change(tx, i, "target_id", "target_account_id"); err != nil {
			return err
		}
	}
	if target != nil && i.Kind == models.InteractQuote && target.AccountID == i.AccountID {
		return settle(tx, i, turn{state: models.InteractAccepted})
	}
	if why == nil && stamp == nil {
		why = models.Refuse(models.Gone, "deleted", "the post is gone")
	}
	if why == nil {
		why = stamp.Holds(i, author)
	}
	if why == nil {
		return settle(tx, i, turn{state: models.InteractAccepted})
	}
	if passing(why) {
		return again(tx, i, why)
	}
	gone := models.KindOf(why) == models.Gone || models.KindOf(why) == models.NotFound
	if gone && i.State == models.InteractPending && i.Tries < 2 { // the post may be faster than its stamp
		return again(tx, i, why)
	}
	code := models.CodeOf(why)
	switch {
	case i.State == models.InteractAccepted && gone:
		return settle(tx, i, turn{state: models.InteractRevoked, code: "revoked", reason: "The consent was taken back."})
	case i.State == models.InteractAccepted:
		return settle(tx, i, turn{state: models.InteractRevoked, code: code, reason: why.Error()})
	}
	return settle(tx, i, turn{state: models.InteractPending, code: code, reason: why.Error()})
}

func passing(why error) bool {
	switch models.KindOf(why) {
	case models.Unreachable, models.TooMany, models.Internal:
		return true
	}
	return models.CodeOf(why) == "peer_refused" && models.KindOf(why) == models.Forbidden
}

func again(tx *store.Tx, i *models.Interaction, why error) error {
	at := tx.Now.Add(min(20*time.Second<<(2*min(i.Tries, 8)), 24*time.Hour))
	i.Tries, i.CheckAt = i.Tries+1, &at
	if i.State == models.InteractPending {
		i.Reason = "The consent that it claims could not be seen: " + why.Error()
	}
	_, err := store.Change(tx, i, "tries", "check_at", "reason")
	return err
}

// Sweep has those stamps looked at whose time has come.
func Sweep(tx *store.Tx) error {
	due, err := store.Find[models.Interaction](tx, "check_at <= ? ORDER BY check_at LIMIT 100", tx.Now)
	if err != nil {
		return err
	}
	for _, i := range due {
		if err := store.Wake(tx, Verify{i.ID}); err != nil {
			return err
		}
	}
	return nil
}
