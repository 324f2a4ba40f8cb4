package post

import (
	"fmt"

	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// Ask writes down that me does i to target, which by wrote, and sees to it that by
// agrees: at once where by lives here and v allows it, else by a request with the
// instrument in it. A self-quote needs nobody.
func Ask(tx *store.Tx, me, by *models.Account, target *models.Post, i *models.Interaction, instrument models.Object, v Verdict) error {
	begin(tx, me, target, i)
	switch {
	case by.ID == me.ID:
		i.State = models.InteractAccepted
	case by.Local() && v != Manual:
		i.State, i.Stamp = models.InteractAccepted, StampURI(by, i.ID)
	case by.Local():
		i.Code, i.Reason = "asked", "Its author is asked."
	default:
		i.RequestURI = activities.NewURI(me, "activities", i.ID)
		i.Code, i.Reason = "asked", fmt.Sprintf("The server of %s is asked.", by.Name())
	}
	if err := store.Put(tx, i); err != nil {
		return err
	}
	if i.State == models.InteractAccepted {
		if err := CountQuote(tx, i, "+ 1"); err != nil {
			return err
		}
	}
	if by.Local() {
		return TellAsked(tx, me, target, i)
	}
	return request(tx, me, by, target, i, instrument)
}

// AskPlainly is Ask of an author whose server knows no requests: GoToSocial before
// 0.20 takes for one what is done itself, if it comes to nobody else.
func AskPlainly(tx *store.Tx, me, by *models.Account, target *models.Post, i *models.Interaction, a *models.Activity) error {
	begin(tx, me, target, i)
	i.Code, i.Reason, i.RequestURI = "asked", fmt.Sprintf("The server of %s is asked.", by.Name()), a.URI
	if err := store.Put(tx, i); err != nil {
		return err
	}
	return activities.Say(tx, me, a, activities.To(by))
}

func begin(tx *store.Tx, me *models.Account, target *models.Post, i *models.Interaction) {
	i.ID, i.AccountID, i.State, i.CreatedAt, i.UpdatedAt = models.NewID(tx.Now), me.ID, models.InteractPending, tx.Now, tx.Now
	i.TargetURI, i.TargetID, i.TargetAccountID = target.URI, target.ID, target.AccountID
}

// StampURI returns where the consent of by, who lives here, to the interaction id
// can be seen.
func StampURI(by *models.Account, id models.ID) models.IRI {
	return models.IRI(fmt.Sprintf("%s/authorizations/%d", by.URI, id))
}

// request asks by. The co-authors of a target get a copy, and may object (ensemble/1
// §3.5).
func request(tx *store.Tx, me, by *models.Account, target *models.Post, i *models.Interaction, instrument models.Object) error {
	a := &models.Activity{
		URI: i.RequestURI, Verb: i.Kind.Request(), Object: models.Ref(target.URI), Instrument: instrument, To: []models.IRI{by.URI},
	}
	to := activities.To(by)
	if i.Kind == models.InteractQuote {
		coauthors, err := Coauthors(tx, target)
		if err != nil {
			return err
		}
		for _, c := range coauthors {
			a.Cc, to.To = append(a.Cc, c.URI), append(to.To, c)
			if err := objectable(tx, me, c, i); err != nil {
				return err
			}
		}
	}
	return activities.Say(tx, me, a, to)
}

// TellAsked tells those here who wrote target of a quote: that it is there, or that
// it waits for the author. What is not quoted is told of otherwise.
func TellAsked(tx *store.Tx, who *models.Account, target *models.Post, i *models.Interaction) error {
	if i.Kind != models.InteractQuote || i.PostID == 0 {
		return nil
	}
	n := models.Notification{AccountID: target.AccountID, FromID: who.ID, Type: models.NoteQuote, PostID: i.PostID}
	if i.State != models.InteractAccepted {
		n.Type, n.Text = models.NoteQuoteRequest, fmt.Sprintf("%s asks to quote your post.", who.Name())
		if i.Derivation == models.Duet {
			n.Text = fmt.Sprintf("%s asks to make a duet with your post.", who.Name())
		}
	}
	if err := tell(tx, n); err != nil {
		return err
	}
	coauthors, err := Coauthors(tx, target)
	if err != nil {
		return err
	}
	for _, c := range coauthors {
		if err := objectable(tx, who, c, i); err != nil {
			return err
		}
	}
	return nil
}

// objectable tells c, a co-author of what who quotes, who may object.
func objectable(tx *store.Tx, who, c *models.Account, i *models.Interaction) error {
	if i.PostID == 0 {
		return nil
	}
	return tell(tx, models.Notification{
		AccountID: c.ID, FromID: who.ID, Type: models.NoteQuoteRequest, PostID: i.PostID,
		Text: fmt.Sprintf("%s quotes a post of yours and others. Its first author decides; you may object.", who.Name()),
	})
}

// tell notifies somebody of a quote, if they live here, and lets them read it.
func tell(tx *store.Tx, n models.Notification) error {
	a, err := store.Get[models.Account](tx, n.AccountID)
	if err != nil || !a.Local() {
		return err
	}
	again, err := store.Any[models.Notification](tx, "account_id = ? AND from_id = ? AND type = ? AND post_id = ?", n.AccountID, n.FromID, n.Type, n.PostID)
	if err != nil || again {
		return err
	}
	if _, err := store.Add(tx, &models.PostMention{PostID: n.PostID, AccountID: n.AccountID}); err != nil {
		return err
	}
	return activities.Notify(tx, n)
}

// CountQuote changes how many quotes a post has by one.
func CountQuote(tx *store.Tx, i *models.Interaction, by string) error {
	if i.Kind != models.InteractQuote || i.TargetID == 0 {
		return nil
	}
	_, err := store.Set[models.Post](tx, map[string]any{"quotes_count": store.Expr(
		"CASE WHEN quotes_count " + by + " > 0 THEN quotes_count " + by + " ELSE 0 END")}, "id = ?", i.TargetID)
	return err
}

// part ends what p had to do with others' consent, because p is gone: what quotes it
// quotes nothing any more, and what it was is forgotten.
func part(tx *store.Tx, p *models.Post) error {
	if _, err := store.Set[models.Interaction](tx, map[string]any{
		"state": models.InteractDeleted, "code": "deleted", "reason": "The post was deleted.", "check_at": nil, "updated_at": tx.Now,
	}, "target_uri = ? AND state IN ?", p.URI, []models.InteractionState{models.InteractPending, models.InteractAccepted}); err != nil {
		return err
	}
	mine, err := store.Find[models.Interaction](tx, "post_id = ?", p.ID)
	if err != nil {
		return err
	}
	for _, i := range mine {
		if i.State == models.InteractAccepted {
			if err := CountQuote(tx, i, "- 1"); err != nil {
				return err
			}
		}
		if i.Held != "" && p.InReplyToID != 0 { // it never counted
			if _, err := store.Set[models.Post](tx, map[string]any{"replies_count": store.Expr("replies_count + 1")}, "id = ? AND NOT counted", p.InReplyToID); err != nil {
				return err
			}
		}
	}
	_, err = store.Delete[models.Interaction](tx, "post_id = ?", p.ID)
	return err
}
