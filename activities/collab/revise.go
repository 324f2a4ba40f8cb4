package collab

import (
	"ensemble/activities"
	"ensemble/activities/post"
	"ensemble/activities/rollout"
	"ensemble/models"
	"ensemble/models/store"
)

// Revise gives the work a new text. Everybody is asked anew; what is public stays
// as it is until all who stand under it have agreed (ensemble/1 §3.4, C11).
func Revise(tx *store.Tx, me *models.Account, c *models.Collab, d post.Draft) error {
	c, err := own(tx, me, c)
	if err != nil {
		return err
	}
	if c.Over() {
		return models.Refuse(models.Gone, "over", "this post was given up or deleted")
	}
	if c.SuspendedAt != nil {
		return rollout.Refusal(rollout.CodeOff)
	}
	if !d.Visibility.Open() || d.InReplyTo != 0 {
		return models.Refuse(models.Invalid, "not_public", "a post of several authors is public or unlisted, and no reply")
	}
	n, err := post.Compose(tx, me, d, c.PostURI)
	if err != nil {
		return err
	}
	if err := pending(tx, c, n); err != nil {
		return err
	}
	if n, err = withEverybody(tx, c, n); err != nil {
		return err
	}
	if last, err := Revision(tx, c, c.Revision); err == nil && last.Digest == n.Digest && last.Text == last.Number {
		return models.Refuse(models.Invalid, "no_change", "the new version says the same")
	}
	if _, err := keepRevision(tx, c, n, d.Text, 0); err != nil {
		return err
	}
	if err := record(tx, c, me.URI, "revised", models.Event{}); err != nil {
		return err
	}
	if c.State == models.CollabDraft {
		return touch(tx, c)
	}
	if c.Live() {
		if err := c.Move(models.CollabRevising); err != nil {
			return err
		}
	}
	if err := ask(tx, me, c, models.DefaultOffer); err != nil {
		return err
	}
	return settle(tx, c, me)
}

// pending keeps uploads that are not public yet out of reach; those that are keep
// their addresses.
func pending(tx *store.Tx, c *models.Collab, n *models.Note) error {
	for i := range n.Attachments {
		a := &n.Attachments[i]
		m, err := store.Maybe[models.Media](tx, "id = ?", a.MediaID)
		if err != nil || m == nil {
			return err
		}
		if m.PostID != 0 {
			continue
		}
		a.URL, a.PreviewURL = draftURL(c, a.MediaID), ""
		m.CollabID, m.Position, m.Secret = c.ID, i, ""
		if err := store.Put(tx, m); err != nil {
			return err
		}
	}
	return nil
}

// Invite asks more people to stand under c: a draft's first, or others beside them.
func Invite(tx *store.Tx, me *models.Account, c *models.Collab, people []Invitee) error {
	c, err := own(tx, me, c)
	if err != nil {
		return err
	}
	if c.Over() {
		return models.Refuse(models.Gone, "over", "this post was given up or deleted")
	}
	if len(people) == 0 {
		return models.Errorf(models.Invalid, "say whom to invite")
	}
	if c.State == models.CollabDraft || c.SuspendedAt != nil {
		if err := rollout.MayStart(tx, me); err != nil {
			return err
		}
	}
	for i := range people {
		if people[i].Role == "" {
			people[i].Role = models.RoleCoauthor
		}
	}
	all, err := invites(tx, c)
	if err != nil {
		return err
	}
	already := 0
	for _, inv := range all {
		if !inv.Ended() && inv.Role == models.RoleCoauthor {
			already++
		}
		for _, p := range people {
			again := inv.WantsAuthorship() && p.Role == models.RoleCoauthor
			if p.Account.ID == inv.AccountID && c.State != models.CollabDraft && !again {
				return models.Refuse(models.Conflict, "asked_before", "%s was asked before: a new answer needs a new collab", p.Account.Name())
			}
		}
	}
	if err := checkInvitees(tx, me, already, people); err != nil {
		return err
	}
	if c.State == models.CollabDraft && c.Outcome != "" {
		return renew(tx, me, c, people)
	}
	if people, err = promoted(tx, all, people); err != nil {
		return err
	}
	if err := addInvitees(tx, c, people); err != nil {
		return err
	}
	rev, err := Revision(tx, c, c.Revision)
	if err != nil {
		return err
	}
	n, err := withEverybody(tx, c, rev.Note)
	if err != nil {
		return err
	}
	if _, err := keepRevision(tx, c, n, rev.Source, rev.Text); err != nil {
		return err
	}
	if err := askNew(tx, me, c); err != nil {
		return err
	}
	return settle(tx, c, me)
}

// askNew asks everybody who has not been asked, or has to agree to the new names.
func askNew(tx *store.Tx, me *models.Account, c *models.Collab) error {
	if c.State == models.CollabDraft {
		return ask(tx, me, c, models.DefaultOffer)
	}
	rev, err := Revision(tx, c, c.Revision)
	if err != nil {
		return err
	}
	all, err := invites(tx, c)
	if err != nil {
		return err
	}
	if err := keepTime(tx, c, beyond(tx, c, tx.Now.Add(models.DefaultOffer))); err != nil {
		return err
	}
	for _, inv := range all {
		if inv.Ended() {
			continue
		}
		// More names are a new work to those who agreed to fewer.
		if inv.State == models.InviteAccepted {
			if err := inv.Move(models.InviteSent); err != nil {
				return err
			}
		}
		if inv.State == models.InviteActive {
			if err := inv.Move(models.InviteReapproval); err != nil {
				return err
			}
		}
		if err := send(tx, me, c, rev, inv); err != nil {
			return err
		}
	}
	return touch(tx, c)
}

// renew starts a draft that fell back anew, under a new name: an old one is never
// used again.
func renew(tx *store.Tx, me *models.Account, old *models.Collab, people []Invitee) error {
	rev, err := Revision(tx, old, old.Revision)
	if err != nil {
		return err
	}
	if err := purgeNames(tx, old); err != nil {
		return err
	}
	fresh := post.NoteURI(me, models.NewID(tx.Now))
	n := bare(rev.Note)
	n.Context = fresh + "/context"
	n.URL = models.IRI(me.URI.Origin() + "/@" + me.Username + string(fresh[len(me.URI)+len("/notes"):]))
	n.URI = fresh
	old.URI = activities.NewURI(me, "collaborations", models.NewID(tx.Now))
	old.PostURI, old.Outcome, old.Text, old.OutcomeAt = fresh, "", "", nil
	n.Likes = &models.Tally{URI: fresh + "/likes"}
	n.Shares = &models.Tally{URI: fresh + "/shares"}
	n.Replies = &models.Tally{URI: fresh + "/replies"}
	if err := hide(tx, old, n); err != nil {
		return err
	}
	if err := touch(tx, old); err != nil {
		return err
	}
	if err := addInvitees(tx, old, people); err != nil {
		return err
	}
	if n, err = withEverybody(tx, old, n); err != nil {
		return err
	}
	if _, err := keepRevision(tx, old, n, rev.Source, 0); err != nil {
		return err
	}
	if err := ask(tx, me, old, models.DefaultOffer); err != nil {
		return err
	}
	return settle(tx, old, me)
}

// purgeNames leaves tombstones where a draft that fell back was known.
func purgeNames(tx *store.Tx, c *models.Collab) error {
	for uri, kind := range map[models.IRI]string{c.URI: "Collaboration", c.PostURI: "Note"} {
		if err := store.Put(tx, &models.Tombstone{URI: uri, FormerType: kind, DeletedAt: tx.Now}); err != nil {
			return err
		}
	}
	if _, err := store.Delete[models.Consent](tx, "collab_id = ?", c.ID); err != nil {
		return err
	}
	_, err := store.Delete[models.Invite](tx, "collab_id = ?", c.ID)
	return err
}

// PublishAlone publishes a draft of me's as an ordinary post.
func PublishAlone(tx *store.Tx, me *models.Account, c *models.Collab) (*models.Post, error) {
	c, err := own(tx, me, c)
	if err != nil {
		return nil, err
	}
	if c.State != models.CollabDraft {
		return nil, models.Refuse(models.Conflict, "not_draft", "a collab that is %s is no draft", c.State)
	}
	rev, err := Revision(tx, c, c.Revision)
	if err != nil {
		return nil, err
	}
	d := post.Draft{Text: rev.Source, Sensitive: rev.Note.Sensitive, Language: rev.Note.Language, Visibility: models.VisibilityOf(rev.Note.To, rev.Note.Cc, me.Followers)}
	if rev.Note.Summary != nil {
		d.Summary = *rev.Note.Summary
	}
	d.Mentions, d.Poll = bare(rev.Note).Mentions, rev.Note.Poll
	for _, a := range rev.Note.Attachments {
		d.Media = append(d.Media, a.MediaID)
		if _, err := store.Set[models.Media](tx, map[string]any{"collab_id": 0, "secret": post.Secret()}, "id = ?", a.MediaID); err != nil {
			return nil, err
		}
	}
	p, err := post.Publish(tx, me, d)
	if err != nil {
		return nil, err
	}
	return p, purge(tx, c, "published_alone", me.Name()+" published it alone.")
}

// HideFromGrid keeps the post off me's own profile, or puts it back. Nothing else
// changes, and nobody is told.
func HideFromGrid(tx *store.Tx, me *models.Account, c *models.Collab, hidden bool) error {
	c, inv, err := asked(tx, me, c)
	if err != nil {
		return err
	}
	if !c.Live() || !inv.Consented() {
		return models.Refuse(models.Conflict, "not_active", "you are not an author of it")
	}
	if _, err := store.Set[models.Author](tx, map[string]any{"hidden": hidden}, "post_id = ? AND account_id = ?", c.PostID, me.ID); err != nil {
		return err
	}
	_, err = store.Set[models.Feed](tx, map[string]any{"hidden": hidden}, "post_id = ? AND account_id = ? AND kind = ?", c.PostID, me.ID, models.FeedCoauthor)
	return err
}

// KeepCopy gives me, a co-author, a copy of the work under their own name, with its
// credits, where that was agreed and the initiator is gone (FEATURES C17).
func KeepCopy(tx *store.Tx, me *models.Account, c *models.Collab) (*models.Post, error) {
	c, inv, err := asked(tx, me, c)
	if err != nil {
		return nil, err
	}
	from, err := host(tx, c)
	if err != nil {
		return nil, err
	}
	gone := from.State == models.AccountDeleted
	if !c.AllowCopy || !gone || c.Published == 0 || inv.AnsweredAt == nil || inv.State == models.InviteLeft || inv.State == models.InviteRemoved {
		return nil, models.Refuse(models.Forbidden, "no_copy", "a copy may be kept only where that was agreed beforehand, and when who started it is gone")
	}
	if again, err := store.Any[models.Event](tx, "collab_id = ? AND what = 'copied' AND actor = ?", c.ID, me.URI); err != nil || again {
		if err == nil {
			err = models.Refuse(models.Conflict, "copied", "you have a copy already")
		}
		return nil, err
	}
	rev, err := Revision(tx, c, c.Published)
	if err != nil {
		return nil, err
	}
	id := models.NewID(tx.Now)
	n := copyOf(tx, me, from, rev.Note, post.NoteURI(me, id))
	n.Published = tx.Now
	if err := show(tx, c, n, id); err != nil {
		return nil, err
	}
	p, err := post.Keep(tx, me, n, id)
	if err != nil {
		return nil, err
	}
	if err := record(tx, c, me.URI, "copied", models.Event{Revision: rev.Number, Digest: rev.Digest, Reason: string(p.URI)}); err != nil {
		return nil, err
	}
	return p, post.Announce(tx, me, p, n, models.Create, nil)
}
