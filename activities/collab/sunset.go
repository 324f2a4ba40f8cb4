package collab

import (
	"slices"

	"ensemble/activities/post"
	"ensemble/activities/rollout"
	"ensemble/models"
	"ensemble/models/store"
)

// Sunset brings what was started here into step with the switch (FEATURES C24), a
// few at a time: while collabs are off each is an ordinary post of its author's
// that its co-authors boost, and once they are on again the names are back, with
// the same stamps. It reports whether there may be more to do.
func Sunset(tx *store.Tx, batch int) (more bool, err error) {
	s, err := rollout.Switch(tx)
	if err != nil || s == nil {
		return false, err
	}
	where := "suspended_at IS NOT NULL AND state = 'published' AND final_at > ?"
	args := []any{tx.Now, batch}
	if s.Off() {
		where, args = "suspended_at IS NULL AND state IN ('offered', 'published', 'revising')", []any{batch}
	}
	all, err := store.Find[models.Collab](tx, where+" AND initiator_id IN (SELECT account_id FROM users) ORDER BY id LIMIT ?", args...)
	if err != nil {
		return false, err
	}
	for _, known := range all {
		if err := toggle(tx, known, s); err != nil {
			return false, err
		}
	}
	return len(all) == batch, nil
}

func toggle(tx *store.Tx, known *models.Collab, s *models.Sunset) error {
	c, err := store.Hold[models.Collab](tx, known.ID)
	if err != nil {
		return err
	}
	from, err := host(tx, c)
	if err != nil {
		return err
	}
	switch {
	case !s.Off():
		return resume(tx, c, from)
	case c.State == models.CollabOffered:
		return callOff(tx, c, from)
	case c.Live():
		return suspend(tx, c, from, s)
	}
	return nil
}

// callOff makes a private draft again of what was not published yet.
func callOff(tx *store.Tx, c *models.Collab, from *models.Account) error {
	all, err := invites(tx, c)
	if err != nil {
		return err
	}
	for _, inv := range all {
		if !inv.Ended() && inv.State != models.InviteDraft {
			if err := takeBack(tx, c, from, inv); err != nil {
				return err
			}
		}
	}
	return fallBack(tx, c, from, rollout.CodeOff, "Posts of several authors were switched off on this server.")
}

// suspend takes all names off a published work, keeping what is needed to bring
// them back.
func suspend(tx *store.Tx, c *models.Collab, from *models.Account, s *models.Sunset) error {
	if c.State == models.CollabRevising {
		if err := stopAsking(tx, c, from); err != nil {
			return err
		}
	}
	rev, err := Revision(tx, c, c.Published)
	if err != nil {
		return err
	}
	p, err := store.Hold[models.Post](tx, c.PostID)
	if err != nil {
		return err
	}
	before, err := post.Coauthors(tx, p)
	if err != nil {
		return err
	}
	n := bare(rev.Note)
	n.Collab, n.Published, n.Updated = c.URI, p.PublishedAt, tx.Now
	if err := show(tx, c, n, p.ID); err != nil {
		return err
	}
	c.SuspendedAt, c.FinalAt, c.ReduceAt = &tx.Now, s.FinalAt, nil
	if err := record(tx, c, from.URI, "suspended", models.Event{Code: rollout.CodeOff}); err != nil {
		return err
	}
	if err := touch(tx, c); err != nil {
		return err
	}
	if err := suspendNames(tx, p); err != nil {
		return err
	}
	if err := post.Rewrite(tx, p, n); err != nil {
		return err
	}
	return tellSuspended(tx, from, p, before)
}

// tellSuspended sends the post without its names to everybody who has it.
func tellSuspended(tx *store.Tx, from *models.Account, p *models.Post, before []*models.Account) error {
	full, err := post.Note(tx, p)
	if err != nil {
		return err
	}
	full.Updated = tx.Now
	return post.Announce(tx, from, p, full, models.Update, before)
}

// resume brings the names of a suspended work back.
func resume(tx *store.Tx, c *models.Collab, from *models.Account) error {
	c.SuspendedAt, c.FinalAt = nil, nil
	if err := record(tx, c, from.URI, "resumed", models.Event{}); err != nil {
		return err
	}
	return settle(tx, c, from)
}

// suspendNames makes boosts of what were co-authors' posts.
func suspendNames(tx *store.Tx, p *models.Post) error {
	all, err := store.Find[models.Author](tx, "post_id = ? AND state IN ? ORDER BY position", p.ID,
		[]models.AuthorState{models.AuthorVerified, models.AuthorStale, models.AuthorClaimed})
	if err != nil {
		return err
	}
	for _, a := range all {
		stood := a.State == models.AuthorVerified && a.Role == models.RoleCoauthor && a.AccountID != 0
		a.State, a.Reason = models.AuthorSuspended, "posts of several authors are switched off where this one is from"
		if err := attach(tx, p, a); err != nil {
			return err
		}
		if stood && !a.Hidden {
			if err := asBoost(tx, p, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// asBoost has a co-author's Announce count as what it is to everybody else. attach
// undoes it.
func asBoost(tx *store.Tx, p *models.Post, a *models.Author) error {
	uri := a.Stamp + "#announce" // of the Announces of others only the first author's server keeps the address
	inv, err := store.Maybe[models.Invite](tx, "account_id = ? AND collab_id IN (SELECT id FROM collabs WHERE post_uri = ?)", a.AccountID, p.URI)
	if err != nil {
		return err
	}
	if inv != nil && inv.AnnounceURI != "" {
		uri = inv.AnnounceURI
	}
	b := &models.Boost{ID: models.NewID(tx.Now), URI: uri, AccountID: a.AccountID, PostID: p.ID, CreatedAt: tx.Now}
	if isNew, err := store.Add(tx, b); err != nil || !isNew {
		return err
	}
	e := post.Entry(p, a.AccountID, models.FeedBoost)
	e.ID = b.ID
	if err := store.Put(tx, e); err != nil {
		return err
	}
	_, err = store.Set[models.Post](tx, map[string]any{"boosts_count": store.Expr("boosts_count + 1")}, "id = ?", p.ID)
	return err
}

// paused takes in that the server of a joint post switched collabs off: its names do
// not stand, and nobody is out of it. Our copy waits as long as theirs.
func paused(tx *store.Tx, p *models.Post, n *models.Note) error {
	if err := suspendNames(tx, p); err != nil {
		return err
	}
	c, err := ofPost(tx, p, n)
	if err != nil || c == nil || c.SuspendedAt != nil || !c.Live() {
		return err
	}
	from, err := host(tx, c)
	if err != nil {
		return err
	}
	if c.State == models.CollabRevising {
		if err := stopAsking(tx, c, from); err != nil {
			return err
		}
	}
	final := tx.Now.Add(models.SunsetGrace)
	c.SuspendedAt, c.FinalAt = &tx.Now, &final
	if err := record(tx, c, from.URI, "suspended", models.Event{Code: rollout.CodeOff}); err != nil {
		return err
	}
	return touch(tx, c)
}

// unpaused takes in that the post has its names again, before they are looked at.
func unpaused(tx *store.Tx, p *models.Post, n *models.Note) error {
	c, err := ofPost(tx, p, n)
	if err != nil || c == nil || c.SuspendedAt == nil || c.FinalAt == nil {
		return err
	}
	from, err := host(tx, c)
	if err != nil {
		return err
	}
	c.SuspendedAt, c.FinalAt = nil, nil
	if err := record(tx, c, from.URI, "resumed", models.Event{}); err != nil {
		return err
	}
	return touch(tx, c)
}

// ofPost returns our copy of the collab that p came of, held, if its initiator is
// who wrote p; nil if there is none, or the original is here.
func ofPost(tx *store.Tx, p *models.Post, n *models.Note) (*models.Collab, error) {
	known, err := store.Maybe[models.Collab](tx, "uri = ?", n.Collab)
	if err != nil || known == nil || known.InitiatorID != p.AccountID || known.PostURI != p.URI || p.Local {
		return nil, err
	}
	return store.Hold[models.Collab](tx, known.ID)
}

// finish ends a suspended work's names for good: the 30 days are over. The post is
// its first author's, like any other, and the boosts stay.
func finish(tx *store.Tx, c *models.Collab, from *models.Account) error {
	const sentence = "Posts of several authors were switched off for more than 30 days. The post is its first author's alone now."
	all, err := invites(tx, c)
	if err != nil {
		return err
	}
	for _, inv := range all {
		if inv.Ended() || !slices.Contains([]models.InviteState{models.InviteActive, models.InviteReapproval}, inv.State) {
			continue
		}
		guest, err := store.Get[models.Account](tx, inv.AccountID)
		if err != nil {
			return err
		}
		if err := end(tx, c, inv, from, models.InviteDetached, rollout.CodeOff, sentence); err != nil {
			return err
		}
		if guest.Local() {
			if err := tellEnded(tx, c, guest, from, sentence); err != nil {
				return err
			}
		}
	}
	if _, err := store.Set[models.Stamp](tx, map[string]any{"revoked_at": tx.Now}, "collab_id = ? AND revoked_at IS NULL", c.ID); err != nil {
		return err
	}
	if p, err := store.Maybe[models.Post](tx, "uri = ?", c.PostURI); err != nil {
		return err
	} else if p != nil && p.Local {
		if err := detachOthers(tx, p, []models.IRI{""}); err != nil {
			return err
		}
		if _, err := store.Set[models.Post](tx, map[string]any{"collab": "", "digest": ""}, "id = ?", p.ID); err != nil {
			return err
		}
	}
	c.FinalAt, c.Outcome, c.Text, c.OutcomeAt = nil, rollout.CodeOff, sentence, &tx.Now
	if err := record(tx, c, from.URI, "sunset", models.Event{Code: rollout.CodeOff}); err != nil {
		return err
	}
	return touch(tx, c)
}
