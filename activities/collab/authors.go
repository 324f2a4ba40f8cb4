package collab

import (
	"time"

	"ensemble/activities/post"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// Verify is the task that looks at the stamps of a post's names.
type Verify struct {
	Post models.ID `json:"post,string"`
}

// Kind names the task in the queue.
func (Verify) Kind() string { return "verify" }

// Landed looks at the names under a post that came from a peer, or came anew, and
// decides which of them to believe (ensemble/1 §7, V1 to V8). What needs the
// network is left to Verify; a name that lives here is settled at once, for the
// stamp would be ours.
func Landed(tx *store.Tx, p *models.Post, n *models.Note) error {
	if len(n.Claims) == 0 && n.Collab == "" {
		if err := detachOthers(tx, p, []models.IRI{""}); err != nil {
			return err
		}
		return byline(tx, p)
	}
	d, err := Digest(n)
	if err != nil {
		return err
	}
	p.Digest = d
	if _, err := store.Set[models.Post](tx, map[string]any{"digest": d, "collab": n.Collab}, "id = ?", p.ID); err != nil {
		return err
	}
	keep, ask := []models.IRI{""}, false
	if n.Suspended {
		if err := paused(tx, p, n); err != nil {
			return err
		}
		return byline(tx, p)
	}
	if err := unpaused(tx, p, n); err != nil {
		return err
	}
	for i, cl := range n.Claims {
		keep = append(keep, cl.Account)
		waits, err := land(tx, p, n, cl, i)
		if err != nil {
			return err
		}
		ask = ask || waits
	}
	if err := detachOthers(tx, p, keep); err != nil {
		return err
	}
	if err := dropped(tx, p, n); err != nil {
		return err
	}
	if err := byline(tx, p); err != nil {
		return err
	}
	if !ask {
		return nil
	}
	return store.Wake(tx, Verify{p.ID})
}

// Arrived is Landed for a post that was not here before: nobody stands under it yet.
func Arrived(tx *store.Tx, p *models.Post, n *models.Note) error {
	if _, names := text.SplitByline(p.Content); names == "" && len(n.Claims) == 0 && n.Collab == "" {
		return nil
	}
	return Landed(tx, p, n)
}

// land settles one name, and reports whether its stamp is still to be looked at.
func land(tx *store.Tx, p *models.Post, n *models.Note, cl models.Claim, i int) (waits bool, err error) {
	a := &models.Author{PostID: p.ID, URI: cl.Account, Position: i, Role: cl.Role, Label: cl.Label, Stamp: cl.Authorization, State: models.AuthorClaimed, NextCheck: tx.Now}
	old, err := store.Maybe[models.Author](tx, "post_id = ? AND uri = ?", p.ID, cl.Account)
	if err != nil {
		return false, err
	}
	if old != nil {
		a.Hidden, a.AcceptedAt = old.Hidden, old.AcceptedAt
	}
	a.ClaimedAt = &tx.Now
	if old != nil && old.Stamp == a.Stamp {
		a.ClaimedAt = old.ClaimedAt
	}
	who, err := store.Maybe[models.Account](tx, "uri = ?", cl.Account)
	if err != nil {
		return false, err
	}
	if who != nil {
		a.AccountID = who.ID
	}
	switch {
	case i >= models.MaxCoauthors: // whatever a peer's limit is, ours is the protocol's
		a.State, a.Reason = models.AuthorRejected, "there are more names than a post may have"
	case !cl.Role.Valid() || !cl.Label.Valid():
		a.State, a.Reason = models.AuthorRejected, "there is no such role"
	case cl.Authorization == "":
		a.State, a.Reason = models.AuthorRejected, "there is no stamp"
	case !cl.Authorization.SameOrigin(cl.Account):
		a.State, a.Reason = models.AuthorRejected, "the stamp is not on the author's server"
	case tx.Site.Owns(cl.Account):
		return false, home(tx, p, n, cl, a, who)
	}
	if a.State == models.AuthorRejected && who != nil { // forged cases 1 and 2
		if err := warn(tx, p, who); err != nil {
			return false, err
		}
	}
	return a.State == models.AuthorClaimed, attach(tx, p, a)
}

// home settles the name of somebody who lives here: our own rows know whether they
// agreed.
func home(tx *store.Tx, p *models.Post, n *models.Note, cl models.Claim, a *models.Author, who *models.Account) error {
	a.State, a.Reason = models.AuthorRejected, "no such consent was given here"
	if who == nil {
		return attach(tx, p, a)
	}
	s, err := store.Maybe[models.Stamp](tx, "uri = ? AND revoked_at IS NULL AND account_id = ?", cl.Authorization, who.ID)
	if err != nil {
		return err
	}
	if s == nil || !who.Active() {
		if err := warn(tx, p, who); err != nil {
			return err
		}
		return attach(tx, p, a)
	}
	if a.Role, a.Label, err = holds(s.Document(who), n, cl, p.Digest, tx.Now); err != nil {
		a.Reason = err.Error()
		if err := warn(tx, p, who); err != nil {
			return err
		}
		return attach(tx, p, a)
	}
	a.State, a.Reason, a.CheckedAt, a.NextCheck = models.AuthorVerified, "", &tx.Now, tx.Now.Add(models.StampRecheck)
	if a.AcceptedAt == nil {
		a.AcceptedAt = &s.CreatedAt
	}
	if err := attach(tx, p, a); err != nil {
		return err
	}
	return out(tx, p, s, who)
}

// holds reports in which role the stamp auth makes the claim cl hold under n, or why
// in none: a credit that is claimed to be an author is a credit (forged case 5).
func holds(auth *models.Authorization, n *models.Note, cl models.Claim, digest string, now time.Time) (models.CollabRole, models.CreditLabel, error) {
	err := auth.Holds(n, cl, digest, now)
	if models.CodeOf(err) == "stamp_role" && auth.Role == models.RoleCredit {
		cl.Role, cl.Label = models.RoleCredit, auth.Label
		err = auth.Holds(n, cl, digest, now)
	}
	return cl.Role, cl.Label, err
}

// out notes that the work guest agreed to is public, and puts it before guest's
// followers.
func out(tx *store.Tx, p *models.Post, s *models.Stamp, guest *models.Account) error {
	c, err := store.Hold[models.Collab](tx, s.CollabID)
	if err != nil {
		return err
	}
	inv, err := store.One[models.Invite](tx, "collab_id = ? AND account_id = ?", c.ID, guest.ID)
	if err != nil {
		return err
	}
	if inv.State == models.InviteAccepted {
		if err := inv.Move(models.InviteActive); err != nil {
			return err
		}
		if err := store.Put(tx, inv); err != nil {
			return err
		}
	}
	if _, err := store.Set[models.Stamp](tx, map[string]any{"public": true}, "collab_id = ? AND account_id = ?", c.ID, guest.ID); err != nil {
		return err
	}
	if err := retire(tx, c, s, guest); err != nil {
		return err
	}
	if c.Published != s.Revision {
		what := "published"
		if c.Published > 0 {
			what = "updated"
		}
		c.PostID, c.Published = p.ID, s.Revision
		if err := record(tx, c, s.PostURI, what, models.Event{Revision: s.Revision, Digest: p.Digest}); err != nil {
			return err
		}
	}
	if c.State == models.CollabOffered || c.State == models.CollabRevising && c.Published >= inv.Revision {
		if err := c.Move(models.CollabPublished); err != nil {
			return err
		}
		c.ExpiresAt, c.RemindAt = nil, nil
	}
	if err := touch(tx, c); err != nil {
		return err
	}
	if err := adopt(tx, c, p); err != nil {
		return err
	}
	return herald(tx, c, p, inv, guest)
}

// adopt shows the pictures of a joint post by the copies that we fetched for its
// co-author to agree to: they are the same, to the byte.
func adopt(tx *store.Tx, c *models.Collab, p *models.Post) error {
	for i := range p.Attachments {
		a := &p.Attachments[i]
		m, err := store.Maybe[models.Media](tx, "collab_id = ? AND digest = ? AND state = ?", c.ID, a.Digest, models.MediaReady)
		if err != nil {
			return err
		}
		if m == nil {
			continue
		}
		if m.PostID = p.ID; m.Secret == "" {
			m.Secret = post.Secret()
		}
		if err := store.Put(tx, m); err != nil {
			return err
		}
		ours := post.AttachmentOf(tx.Site, m)
		a.URL, a.PreviewURL, a.MediaID = ours.URL, ours.PreviewURL, m.ID
	}
	return post.Picture(tx, p)
}

// retire lets stamps for older texts live for another day: copies of the old
// version are still being read.
func retire(tx *store.Tx, c *models.Collab, now *models.Stamp, guest *models.Account) error {
	at := tx.Now.Add(models.SupersededStampTTL)
	_, err := store.Set[models.Stamp](tx, map[string]any{"retire_at": at},
		`collab_id = ? AND account_id = ? AND revoked_at IS NULL AND retire_at IS NULL AND revision IN
		(SELECT number FROM revisions WHERE collab_id = ? AND text < (SELECT text FROM revisions WHERE collab_id = ? AND number = ?))`,
		c.ID, guest.ID, c.ID, c.ID, now.Revision)
	return err
}

// warn tells somebody who lives here that a post names them without their consent
// (forged case 1).
func warn(tx *store.Tx, p *models.Post, who *models.Account) error {
	if !who.Local() {
		return nil
	}
	again, err := store.Any[models.Notification](tx, "account_id = ? AND type = ? AND post_id = ?", who.ID, models.NoteCollabWarning, p.ID)
	if err != nil || again {
		return err
	}
	return notifyWarning(tx, p, who)
}

// stampsLate is how long after a post its stamps may still become readable: a stamp
// is nobody's to read before its server has the post, and we may have it sooner.
const stampsLate = time.Hour

// Checked notes what looking at a stamp showed. auth is the stamp, whose proof was
// checked; why says that there is none to be had: NotFound or Gone revoke the name,
// Unreachable leaves it as it was.
func Checked(tx *store.Tx, id models.ID, uri models.IRI, who *models.Account, auth *models.Authorization, why error) error {
	p, err := store.Hold[models.Post](tx, id) // a boost by the same account waits
	if models.KindOf(err) == models.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	a, err := store.Maybe[models.Author](tx, "post_id = ? AND uri = ?", id, uri)
	if err != nil || a == nil {
		return err
	}
	if why == nil && auth != nil {
		n := &models.Note{URI: p.URI, Collab: p.Collab}
		a.Role, a.Label, why = holds(auth, n, models.Claim{Account: a.URI, Role: a.Role, Label: a.Label, Authorization: a.Stamp}, p.Digest, tx.Now)
	}
	if why == nil && (who == nil || !who.Active()) {
		why = models.Errorf(models.Gone, "the author's account is not active")
	}
	if who != nil {
		a.AccountID = who.ID
	}
	a.NextCheck = tx.Now.Add(models.StampRecheck)
	if age := early(tx, p, a); models.KindOf(why) == models.NotFound && a.State == models.AuthorClaimed && age < patience {
		// The post reached us before it reached the author's server, which shows the
		// stamp to nobody until it knows that the post is out.
		a.Reason, a.NextCheck = why.Error(), tx.Now.Add(max(age, 5*time.Second))
		return attach(tx, p, a)
	}
	switch kindOf(why) {
	case "":
		a.State, a.Reason, a.CheckedAt = models.AuthorVerified, "", &tx.Now
		if a.AcceptedAt == nil {
			a.AcceptedAt = &auth.Published
		}
	case models.Unreachable, models.TooMany, models.Internal:
		a.Reason = why.Error()
		if a.State == models.AuthorVerified && a.CheckedAt != nil && tx.Now.Sub(*a.CheckedAt) > models.StampUnverified {
			a.State = models.AuthorStale
		}
	default:
		age := early(tx, p, a)
		if a.State == models.AuthorClaimed && models.KindOf(why) == models.NotFound && age < stampsLate {
			a.NextCheck = tx.Now.Add(max(age, time.Second)) // their server may not have heard that the post is out
		} else if a.State == models.AuthorVerified || a.State == models.AuthorStale {
			a.State = models.AuthorRevoked
		} else {
			a.State = models.AuthorRejected
		}
		a.Reason = why.Error()
	}
	if err := attach(tx, p, a); err != nil {
		return err
	}
	return byline(tx, p)
}

// kindOf is the kind of why. A server that does not let us read says nothing about
// the stamp: that is no more than not being reached.
func kindOf(why error) models.Kind {
	k := models.KindOf(why)
	if code := models.CodeOf(why); k == models.Forbidden && (code == "peer_refused" || code == "peer_blocked") {
		return models.Unreachable
	}
	return k
}

// patience is how long a stamp may take to be seen after its post.
const patience = 10 * time.Minute

// early returns how long ago this version of p came, or the name of a under it.
func early(tx *store.Tx, p *models.Post, a *models.Author) time.Duration {
	since := p.CreatedAt
	if p.EditedAt != nil && p.EditedAt.After(since) {
		since = *p.EditedAt
	}
	if a.ClaimedAt != nil && a.ClaimedAt.After(since) {
		since = *a.ClaimedAt
	}
	return tx.Now.Sub(since)
}

// Heralded takes in that who passed p on. If p claims who as an author, their server
// knows that it is out, so their stamp is to be seen by now.
func Heralded(tx *store.Tx, who *models.Account, p *models.Post) error {
	n, err := store.Set[models.Author](tx, map[string]any{"next_check": tx.Now}, "post_id = ? AND uri = ? AND state = ?", p.ID, who.URI, models.AuthorClaimed)
	if err != nil || n == 0 {
		return err
	}
	return store.Wake(tx, Verify{p.ID})
}

// byline puts the names that are verified, and no others, into the line that names
// them under a post from elsewhere: what a peer wrote there is worth no more than
// its other claims.
func byline(tx *store.Tx, p *models.Post) error {
	if p.Local {
		return nil
	}
	fresh, err := store.Get[models.Post](tx, p.ID)
	if err != nil {
		return err
	}
	names, credits, err := bylineOf(tx, fresh)
	if err != nil {
		return err
	}
	content := text.Sanitize(text.WithByline(fresh.Content, names, fresh.Language, credits...))
	if content == fresh.Content {
		return nil
	}
	p.Content = content
	_, err = store.Set[models.Post](tx, map[string]any{"content": content}, "id = ?", p.ID)
	return err
}
