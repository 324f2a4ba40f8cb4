// Package activities is what can happen. Each folder below it is one feature.
// There the imperative is ours (collab.Offer: a person here does it) and the
// past tense is theirs (collab.Offered: a peer says that it happened). Both run
// in a transaction that the caller opened, and neither touches the network.
//
// The package itself keeps what all features share: saying a thing to peers, and
// telling a person here.
package activities

import (
	"fmt"
	"slices"

	"ensemble/models"
	"ensemble/models/store"
)

// Expand is the task that finds out who is to hear what an account said, and writes
// one delivery for each inbox: in the order in which it was said, for what comes
// after may take back what came before.
type Expand struct {
	Account models.ID `json:"account,string"`
}

// Kind names the task in the queue.
func (Expand) Kind() string { return "expand" }

// An Audience is who is to hear an activity.
type Audience struct {
	Followers   bool              // of the one who speaks
	FollowersOf []models.ID       // and of these accounts, who live here
	To          []*models.Account // and these
}

// To returns the audience of just these accounts.
func To(accounts ...*models.Account) Audience { return Audience{To: accounts} }

// Say writes down that from, who lives here, is to tell the audience what it did.
// The row commits with whatever else tx did: nothing is said that did not happen,
// and nothing that happened goes unsaid. The telling is the delivery's. It gives
// the activity an address if it has none.
func Say(tx *store.Tx, from *models.Account, a *models.Activity, to Audience) error {
	if !from.Local() {
		return fmt.Errorf("say: %s does not live here", from.URI)
	}
	id := models.NewID(tx.Now)
	if a.URI == "" {
		a.URI = NewURI(from, "activities", id)
	}
	a.Actor = from.URI
	if a.Published.IsZero() {
		a.Published = tx.Now
	}
	out := &models.Outbound{
		ID: id, URI: a.URI, AccountID: from.ID, Verb: a.Verb, ObjectURI: a.Object.URI, Activity: a,
		Followers: to.Followers, FollowersOf: to.FollowersOf, Inboxes: inboxes(to.To), CreatedAt: tx.Now,
	}
	return keep(tx, out)
}

// Forward writes down that body, which somebody else signed or at least said, is
// to be passed on as it is (ActivityPub §7.1.2). from signs the request.
func Forward(tx *store.Tx, from *models.Account, verb models.Verb, about models.IRI, body []byte, to Audience) error {
	id := models.NewID(tx.Now)
	return keep(tx, &models.Outbound{
		ID: id, URI: NewURI(from, "forwards", id), AccountID: from.ID, Verb: verb, ObjectURI: about, Body: body,
		Followers: to.Followers, FollowersOf: to.FollowersOf, Inboxes: inboxes(to.To), CreatedAt: tx.Now,
	})
}

func keep(tx *store.Tx, out *models.Outbound) error {
	if !out.Followers && len(out.FollowersOf) == 0 && len(out.Inboxes) == 0 {
		return nil // everybody who is to hear it lives here
	}
	if err := store.Put(tx, out); err != nil {
		return err
	}
	return store.Wake(tx, Expand{out.AccountID})
}

// NewURI returns the address of a thing of kind that from, who lives here, made.
func NewURI(from *models.Account, kind string, id models.ID) models.IRI {
	return models.IRI(fmt.Sprintf("%s/%s/%d", from.URI.Origin(), kind, id))
}

func inboxes(accounts []*models.Account) []models.IRI {
	var out []models.IRI
	for _, a := range accounts {
		if !a.Local() && a.Inbox != "" && !slices.Contains(out, a.Inbox) {
			out = append(out, a.Inbox)
		}
	}
	return out
}

// Notify tells an account that lives here of something, once: a second notice of
// the same kind, from the same account, about the same thing is dropped. Nothing
// is told of those whom the account blocks, nor about itself.
func Notify(tx *store.Tx, n models.Notification) error {
	if n.AccountID == n.FromID && !n.Type.Impersonal() { // the end of one's own poll is news
		return nil
	}
	blocked, err := store.Any[models.Block](tx, "account_id = ? AND target_id = ?", n.AccountID, n.FromID)
	if err != nil || blocked {
		return err
	}
	if away, err := unheard(tx, n); err != nil || away {
		return err
	}
	if hushed, err := Hushed(tx, n.AccountID, n.PostID); err != nil || hushed {
		return err
	}
	if quiet, err := quiet(tx, n); err != nil || quiet {
		return err
	}
	// An invitation withdrawn and made anew is a new collab; two warnings about
	// one collab are two pieces of news.
	if n.Text == "" && n.WarningID == 0 {
		again, err := store.Any[models.Notification](tx,
			"account_id = ? AND from_id = ? AND type = ? AND post_id = ? AND collab_id = ? AND report_id = ?",
			n.AccountID, n.FromID, n.Type, n.PostID, n.CollabID, n.ReportID)
		if err != nil || again {
			return err
		}
	}
	if drop, err := sortOut(tx, &n); err != nil || drop {
		return err
	}
	if err := group(tx, &n); err != nil {
		return err
	}
	n.ID, n.CreatedAt = models.NewID(tx.Now), tx.Now
	if err := store.Put(tx, &n); err != nil || n.Filtered {
		return err
	}
	store.Stream(tx, models.StreamEvent{Kind: models.StreamNotification, Account: n.AccountID, Item: n.ID})
	return push(tx, &n)
}

// quiet reports whether a notice is of something that somebody did whom moderators
// hide from all who do not follow them.
func quiet(tx *store.Tx, n models.Notification) (bool, error) {
	switch n.Type {
	case models.NoteStatus, models.NoteUpdate, models.NoteCollabInvite: // of others the policy says it
	default:
		return false, nil
	}
	hidden, err := store.Any[models.Account](tx, "id = ? AND (limited OR by_domain = ?)", n.FromID, models.SeveritySilence)
	if err != nil || !hidden {
		return false, err
	}
	follows, err := Follows(tx, n.AccountID, n.FromID)
	return !follows, err
}

// Unnotify takes a notice back.
func Unnotify(tx *store.Tx, from models.ID, kind models.NotificationType, post models.ID) error {
	_, err := store.Delete[models.Notification](tx, "from_id = ? AND type = ? AND post_id = ?", from, kind, post)
	return err
}

// Blocked reports whether either account blocks the other, or its whole server.
func Blocked(tx *store.Tx, a, b models.ID) (bool, error) {
	shut, err := store.Any[models.Block](tx, "account_id IN (?, ?) AND target_id IN (?, ?)", a, b, a, b)
	if err != nil || shut {
		return shut, err
	}
	if shut, err = DomainBlocks(tx, a, b); err != nil || shut {
		return shut, err
	}
	return DomainBlocks(tx, b, a)
}

// Follows reports whether a's wish to hear b was accepted.
func Follows(tx *store.Tx, a, b models.ID) (bool, error) {
	return store.Any[models.Follow](tx, "account_id = ? AND target_id = ? AND accepted", a, b)
}

// Moderators are the active accounts of those who look after this server.
func Moderators(tx *store.Tx) ([]*models.Account, error) {
	return store.Find[models.Account](tx, `state = 'active' AND id IN
		(SELECT account_id FROM users WHERE role IN ('moderator', 'admin', 'owner')) ORDER BY id`)
}
