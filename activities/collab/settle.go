package collab

import (
	"slices"

	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// settle looks at who has agreed to what, and publishes what that allows: the whole
// of "nobody is named before they consent" is in here. It runs on the initiator's
// server, after everything that changes a consent, with c held.
//
// A digest binds the names too, so when one of three leaves, or the first of two
// accepts, what is to be published has fewer names than what was signed. settle
// then makes a revision that differs in names alone. The servers of those who
// remain restamp it unasked, for it is the same work under fewer names; a stamp
// given to a revision with the same digest serves as it is. Whoever does not
// restamp within ReduceGrace is published with the old stamp, which third servers
// do not accept: their name comes back when their server does.
func settle(tx *store.Tx, c *models.Collab, from *models.Account) error {
	if c.SuspendedAt != nil || ahead(tx, c) {
		return touch(tx, c)
	}
	all, err := invites(tx, c)
	if err != nil {
		return err
	}
	ready, yes := quorum(c, all)
	if !ready {
		return touch(tx, c)
	}
	want, err := target(tx, c, from, yes)
	if err != nil {
		return err
	}
	names, missing, err := stamps(tx, c, want, yes)
	if err != nil {
		return err
	}
	if missing && (c.ReduceAt == nil || tx.Now.Before(*c.ReduceAt)) {
		if c.ReduceAt == nil {
			at := tx.Now.Add(models.ReduceGrace)
			c.ReduceAt = &at
			if err := store.EnqueueAt(tx, Due{c.ID}, at); err != nil {
				return err
			}
		}
		return touch(tx, c)
	}
	return publish(tx, c, from, want, names, yes)
}

// quorum returns who has said yes, and whether that is enough to publish.
func quorum(c *models.Collab, all []*models.Invite) (ready bool, yes []*models.Invite) {
	open := 0
	for _, inv := range all {
		switch {
		case inv.Consented():
			yes = append(yes, inv)
		case inv.Open():
			open++
		}
	}
	switch {
	case c.Live(), c.Quorum == models.QuorumNow:
		return c.State != models.CollabDraft && !c.Over(), yes
	case c.State != models.CollabOffered:
		return false, yes
	case c.Quorum == models.QuorumAny:
		return len(yes) > 0 || open == 0, yes
	default:
		return open == 0, yes
	}
}

// target returns the revision to publish: the newest text that everybody who said
// yes has agreed to, under just their names. If there is none with those names it
// is made, and those it names are asked.
func target(tx *store.Tx, c *models.Collab, from *models.Account, yes []*models.Invite) (*models.Revision, error) {
	all, err := store.Find[models.Revision](tx, "collab_id = ? ORDER BY number DESC", c.ID)
	if err != nil {
		return nil, err
	}
	text, err := agreedText(tx, c, all, yes)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if r.Text == text.Text && r.Note != nil && sameNames(tx, r.Note, yes) {
			return r, nil
		}
	}
	var names []name
	for _, inv := range yes {
		who, err := store.Get[models.Account](tx, inv.AccountID)
		if err != nil {
			return nil, err
		}
		names = append(names, name{account: who, role: inv.Role, label: inv.Label})
	}
	n, err := named(tx, text.Note, c, names)
	if err != nil {
		return nil, err
	}
	r, err := keepRevision(tx, c, n, text.Source, text.Text)
	if err != nil {
		return nil, err
	}
	if err := record(tx, c, from.URI, "names_changed", models.Event{Revision: r.Number, Digest: r.Digest}); err != nil {
		return nil, err
	}
	return r, restamp(tx, c, from, r, yes)
}

// restamp asks those r names for a new stamp, unless an older one has r's digest.
func restamp(tx *store.Tx, c *models.Collab, from *models.Account, r *models.Revision, yes []*models.Invite) error {
	for _, inv := range yes {
		s, err := stampFor(tx, c, r, inv)
		if err != nil {
			return err
		}
		if s != "" {
			continue
		}
		if err := send(tx, from, c, r, inv); err != nil {
			return err
		}
	}
	return nil
}

// agreedText returns the newest revision whose text everybody in yes agreed to, or
// what is public already; before publication, the newest text.
func agreedText(tx *store.Tx, c *models.Collab, all []*models.Revision, yes []*models.Invite) (*models.Revision, error) {
	text := map[int]int{}
	for _, r := range all {
		text[r.Number] = r.Text
	}
	for _, r := range all {
		if r.Note == nil || r.Number != r.Text {
			continue
		}
		if c.Published == 0 || r.Text == text[c.Published] {
			return r, nil
		}
		everybody := true
		for _, inv := range yes {
			if inv.CoversEdits {
				continue
			}
			given, err := store.Find[models.Consent](tx, "invite_id = ?", inv.ID)
			if err != nil {
				return nil, err
			}
			everybody = everybody && slices.ContainsFunc(given, func(g *models.Consent) bool { return text[g.Revision] == r.Text })
		}
		if everybody {
			return r, nil
		}
	}
	return nil, models.Errorf(models.Conflict, "there is no version to publish")
}

func sameNames(tx *store.Tx, n *models.Note, yes []*models.Invite) bool {
	if len(n.Claims) != len(yes) {
		return false
	}
	for i, inv := range yes {
		who, err := store.Get[models.Account](tx, inv.AccountID)
		if err != nil || n.Claims[i].Account != who.URI || n.Claims[i].Role != inv.Role || n.Claims[i].Label != inv.Label {
			return false
		}
	}
	return true
}

// stamps finds each one's stamp for r. missing says that somebody's is for another
// version, or that there is none.
func stamps(tx *store.Tx, c *models.Collab, r *models.Revision, yes []*models.Invite) (names []name, missing bool, err error) {
	for _, inv := range yes {
		who, err := store.Get[models.Account](tx, inv.AccountID)
		if err != nil {
			return nil, false, err
		}
		s, err := stampFor(tx, c, r, inv)
		if err != nil {
			return nil, false, err
		}
		if s == "" {
			s, missing = inv.Stamp, true
		}
		names = append(names, name{account: who, role: inv.Role, label: inv.Label, stamp: s})
	}
	return names, missing, nil
}

// stampFor returns the stamp by which inv's account agreed to r, or "".
func stampFor(tx *store.Tx, c *models.Collab, r *models.Revision, inv *models.Invite) (models.IRI, error) {
	given, err := store.Find[models.Consent](tx, "invite_id = ? ORDER BY at DESC", inv.ID)
	if err != nil {
		return "", err
	}
	for _, g := range given {
		if g.CoversEdits && g.Stamp == inv.Stamp {
			return g.Stamp, nil
		}
		same, err := store.Any[models.Revision](tx, "collab_id = ? AND number = ? AND digest = ?", c.ID, g.Revision, r.Digest)
		if err != nil || same {
			return g.Stamp, err
		}
	}
	return "", nil
}

// publish shows r to the world, under names.
func publish(tx *store.Tx, c *models.Collab, from *models.Account, r *models.Revision, names []name, yes []*models.Invite) error {
	n, err := named(tx, r.Note, c, names)
	if err != nil {
		return err
	}
	first := c.PostID == 0
	if !first && c.Published == r.Number {
		if same, err := standing(tx, c, names); err != nil || same {
			return err
		}
	}
	var p *models.Post
	if first {
		p, err = firstTime(tx, c, from, n, r)
	} else {
		p, err = again(tx, c, n, r)
	}
	if err != nil {
		return err
	}
	before, err := post.Coauthors(tx, p)
	if err != nil {
		return err
	}
	if err := underNames(tx, p, names); err != nil {
		return err
	}
	if err := activate(tx, c, r, yes); err != nil {
		return err
	}
	full, err := post.Note(tx, p)
	if err != nil {
		return err
	}
	verb := models.Update
	if first {
		verb = models.Create
	} else {
		full.Updated = tx.Now // Mastodon looks at no Update without
	}
	if err := record(tx, c, from.URI, map[bool]string{true: "published", false: "updated"}[first], models.Event{Revision: r.Number, Digest: r.Digest}); err != nil {
		return err
	}
	if err := post.Announce(tx, from, p, full, verb, before); err != nil { // those who left hear it too
		return err
	}
	return distribute(tx, c, p, yes)
}

// standing reports whether the post is published under just these stamps already.
func standing(tx *store.Tx, c *models.Collab, names []name) (bool, error) {
	now, err := store.Find[models.Author](tx, "post_id = ? ORDER BY position", c.PostID)
	if err != nil || len(now) != len(names) {
		return false, err
	}
	for i, a := range now {
		if a.URI != names[i].account.URI || a.Stamp != names[i].stamp || a.State != models.AuthorVerified {
			return false, nil
		}
	}
	return true, nil
}

func firstTime(tx *store.Tx, c *models.Collab, from *models.Account, n *models.Note, r *models.Revision) (*models.Post, error) {
	id := models.NewID(tx.Now)
	if err := show(tx, c, n, id); err != nil {
		return nil, err
	}
	n.Published = tx.Now
	p, err := post.Keep(tx, from, n, id)
	if err != nil {
		return nil, err
	}
	c.PostID = p.ID
	if err := post.Said(tx, from, p); err != nil {
		return nil, err
	}
	return p, stampPost(tx, c, p, r)
}

func again(tx *store.Tx, c *models.Collab, n *models.Note, r *models.Revision) (*models.Post, error) {
	p, err := store.Hold[models.Post](tx, c.PostID)
	if err != nil {
		return nil, err
	}
	if err := show(tx, c, n, p.ID); err != nil {
		return nil, err
	}
	n.Published, n.Updated = p.PublishedAt, tx.Now
	if err := post.Rewrite(tx, p, n); err != nil {
		return nil, err
	}
	return p, stampPost(tx, c, p, r)
}

func stampPost(tx *store.Tx, c *models.Collab, p *models.Post, r *models.Revision) error {
	p.Digest, p.Revision, p.Source = r.Digest, r.Number, r.Source
	_, err := store.Set[models.Post](tx, map[string]any{"digest": r.Digest, "revision": r.Number, "source": r.Source}, "id = ?", p.ID)
	return err
}

// underNames makes names the verified authors of p, and nobody else.
func underNames(tx *store.Tx, p *models.Post, names []name) error {
	keep := []models.IRI{""}
	for i, who := range names {
		keep = append(keep, who.account.URI)
		a := &models.Author{
			PostID: p.ID, URI: who.account.URI, AccountID: who.account.ID, Position: i, Role: who.role, Label: who.label, Stamp: who.stamp,
			State: models.AuthorVerified, AcceptedAt: &tx.Now, CheckedAt: &tx.Now, NextCheck: tx.Now.Add(models.StampRecheck),
		}
		if old, err := store.Maybe[models.Author](tx, "post_id = ? AND uri = ?", p.ID, a.URI); err != nil {
			return err
		} else if old != nil {
			a.Hidden, a.AcceptedAt = old.Hidden, old.AcceptedAt
		}
		if err := attach(tx, p, a); err != nil {
			return err
		}
	}
	return detachOthers(tx, p, keep)
}

// activate makes what was agreed to stand.
func activate(tx *store.Tx, c *models.Collab, r *models.Revision, yes []*models.Invite) error {
	for _, inv := range yes {
		if inv.State != models.InviteAccepted {
			continue
		}
		if err := inv.Move(models.InviteActive); err != nil {
			return err
		}
		if err := store.Put(tx, inv); err != nil {
			return err
		}
	}
	c.Published, c.ReduceAt = r.Number, nil
	newest, err := store.Find[models.Revision](tx, "collab_id = ? AND number = text ORDER BY number DESC LIMIT 1", c.ID)
	if err != nil {
		return err
	}
	if c.State == models.CollabOffered || c.State == models.CollabRevising && newest[0].Text == r.Text {
		if err := c.Move(models.CollabPublished); err != nil {
			return err
		}
		if err := calm(tx, c); err != nil {
			return err
		}
	}
	if _, err := store.Set[models.Stamp](tx, map[string]any{"public": true}, "collab_id = ?", c.ID); err != nil {
		return err
	}
	return touch(tx, c)
}

// calm forgets the time of c if nobody is asked any more.
func calm(tx *store.Tx, c *models.Collab) error {
	all, err := invites(tx, c)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(i *models.Invite) bool { return i.Open() || i.State == models.InviteReapproval }) {
		c.ExpiresAt, c.RemindAt = nil, nil
	}
	return nil
}
