package collab

import (
	"slices"

	"ensemble/activities"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// A Wish is a change that somebody would like before they answer: in words, or as the
// text that they would agree to.
type Wish struct{ Words, Wording string }

func (w Wish) cleaned() *Wish {
	w = Wish{text.Line(w.Words, models.MaxChangeWords), text.Lines(w.Wording, models.MaxChangeWording)}
	if w == (Wish{}) {
		return nil
	}
	return &w
}

// Suggest asks the initiator for a change before answering.
func Suggest(tx *store.Tx, me *models.Account, c *models.Collab, w Wish) error {
	c, inv, err := asked(tx, me, c)
	if err != nil {
		return err
	}
	wish := w.cleaned()
	if wish == nil {
		return models.Refuse(models.Invalid, "no_wish", "say which change you would like")
	}
	if !inv.Open() && inv.State != models.InviteReapproval {
		return closed(c, inv)
	}
	if rev, err := Revision(tx, c, inv.Revision); err == nil && rev.Note != nil && wish.Words == "" {
		body, _ := text.SplitByline(text.Sanitize(rev.Note.Content))
		if wish.Wording == text.Plain(body) {
			return models.Refuse(models.Invalid, "no_wish", "the text you propose is the one there is: say which change you would like")
		}
	}
	return seen(tx, c, inv, me, wish)
}

// seen is a guest's look, or wish, wherever the guest lives.
func seen(tx *store.Tx, c *models.Collab, inv *models.Invite, guest *models.Account, w *Wish) error {
	if inv.State == models.InviteSent || inv.State == models.InviteDelivered {
		if err := inv.Move(models.InviteSeen); err != nil {
			return err
		}
	}
	if inv.SeenAt == nil {
		inv.SeenAt = &tx.Now
	}
	if err := store.Put(tx, inv); err != nil {
		return err
	}
	what := models.Event{Revision: inv.Revision}
	if w == nil {
		return sawOrWished(tx, c, inv, guest, "seen", what, Wish{})
	}
	what.Reason = w.Words
	if err := store.Put(tx, &models.ChangeRequest{
		ID: models.NewID(tx.Now), CollabID: c.ID, AccountID: guest.ID, Revision: inv.Revision,
		Words: w.Words, Wording: w.Wording, CreatedAt: tx.Now,
	}); err != nil {
		return err
	}
	return sawOrWished(tx, c, inv, guest, "suggested", what, *w)
}

// sawOrWished notes it, and tells who started the work.
func sawOrWished(tx *store.Tx, c *models.Collab, inv *models.Invite, guest *models.Account, what string, e models.Event, w Wish) error {
	if err := record(tx, c, guest.URI, what, e); err != nil {
		return err
	}
	from, err := host(tx, c)
	if err != nil {
		return err
	}
	if !from.Local() {
		return activities.Say(tx, guest, &models.Activity{
			Verb: models.TentativeAccept, Object: models.Ref(inv.OfferURI), To: []models.IRI{from.URI}, Reason: w.Words, Wording: w.Wording,
		}, activities.To(from))
	}
	if what == "seen" {
		return nil
	}
	said := guest.Name() + " proposes another text."
	if w.Words != "" {
		said = guest.Name() + " asks for a change: " + w.Words
	}
	return activities.Notify(tx, models.Notification{
		AccountID: from.ID, FromID: guest.ID, Type: models.NoteCollabRequest, CollabID: c.ID, Text: said,
	})
}

// Seen takes in that a guest elsewhere looked at an offer, or wishes for a change.
func Seen(tx *store.Tx, guest *models.Account, offer models.IRI, w Wish) error {
	c, inv, err := answered(tx, guest, offer)
	if err != nil || !inv.Open() && inv.State != models.InviteReapproval {
		return err
	}
	return seen(tx, c, inv, guest, w.cleaned())
}

// A Version is a revision of a work, and whether the one who looks agreed to it.
type Version struct {
	*models.Revision
	Agreed bool
}

// Versions returns the revisions of c's work that me was shown, the oldest first: all of
// them for who started it. What was purged is left out. Who is out of it is Forbidden
// to look.
func Versions(tx *store.Tx, me *models.Account, c *models.Collab) (out []Version, err error) {
	mine, initiator, err := Mine(tx, me, c)
	if err != nil {
		return nil, err
	}
	if mine != nil && mine.Ended() {
		return nil, models.Refuse(models.Forbidden, "out_of_it", "you are no longer part of this post")
	}
	all, err := store.Find[models.Revision](tx, "collab_id = ? ORDER BY number", c.ID)
	if err != nil {
		return nil, err
	}
	stamps, err := store.Find[models.Stamp](tx, "collab_id = ? AND account_id = ?", c.ID, me.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		agreed := initiator || slices.ContainsFunc(stamps, func(s *models.Stamp) bool { return s.Revision == r.Number })
		shown := initiator || agreed || r.Number == c.Published ||
			r.Number <= mine.Revision && !r.CreatedAt.Before(mine.CreatedAt)
		if shown && r.Note != nil {
			out = append(out, Version{r, agreed})
		}
	}
	return out, nil
}
