package interaction

import (
	"fmt"

	"ensemble/activities"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// Allow agrees to what me was asked.
func Allow(tx *store.Tx, me *models.Account, i *models.Interaction) error {
	i, err := pending(tx, i)
	if err != nil {
		return err
	}
	who, err := store.Get[models.Account](tx, i.AccountID)
	if err != nil {
		return err
	}
	if !who.Local() && i.RequestURI == "" {
		return models.Refuse(models.Conflict, "not_asked", "%s has not asked for your consent", who.Name())
	}
	target, err := store.Get[models.Post](tx, i.TargetID)
	if err != nil {
		return err
	}
	if err := activities.Unnotify(tx, i.AccountID, models.NoteQuoteRequest, i.PostID); err != nil {
		return err
	}
	return allow(tx, me, who, target, i)
}

func pending(tx *store.Tx, i *models.Interaction) (*models.Interaction, error) {
	i, err := store.Hold[models.Interaction](tx, i.ID)
	if err == nil && i.State != models.InteractPending {
		err = models.Refuse(models.Conflict, "not_pending", "this is %s already", i.State)
	}
	return i, err
}

// Refuse does not agree to what me was asked. code and reason go to who asked.
func Refuse(tx *store.Tx, me *models.Account, i *models.Interaction, code, reason string) error {
	i, err := pending(tx, i)
	if err != nil {
		return err
	}
	who, err := store.Get[models.Account](tx, i.AccountID)
	if err != nil {
		return err
	}
	if reason == "" {
		code, reason = "refused", fmt.Sprintf("%s does not agree.", me.Name())
	}
	if err := activities.Unnotify(tx, i.AccountID, models.NoteQuoteRequest, i.PostID); err != nil {
		return err
	}
	if err := settle(tx, i, turn{state: models.InteractRejected, code: code, reason: reason}); err != nil {
		return err
	}
	return no(tx, me, who, i, code, reason)
}

// Revoke takes me's consent to i back, for good: its stamp is gone, and those who may
// have it are told.
func Revoke(tx *store.Tx, me *models.Account, i *models.Interaction) error {
	i, err := store.Hold[models.Interaction](tx, i.ID)
	if err != nil {
		return err
	}
	switch i.State {
	case models.InteractRevoked:
		return nil
	case models.InteractPending:
		return Refuse(tx, me, i, "", "")
	case models.InteractAccepted:
	default:
		return models.Refuse(models.Conflict, "not_accepted", "this is %s", i.State)
	}
	if i.AccountID == me.ID {
		return models.Refuse(models.Invalid, "own_quote", "you quote yourself: edit or delete that post")
	}
	who, err := store.Get[models.Account](tx, i.AccountID)
	if err != nil {
		return err
	}
	reason := fmt.Sprintf("%s took the consent to this %s back.", me.Name(), noun(i))
	if err := settle(tx, i, turn{state: models.InteractRevoked, code: "revoked", reason: reason}); err != nil {
		return err
	}
	to := activities.To(who)
	to.Followers = true
	return activities.Say(tx, me, &models.Activity{
		URI: i.Stamp + "#delete", Verb: models.Delete, To: []models.IRI{models.Public}, Cc: []models.IRI{me.Followers, who.URI},
		Object: models.Object{URI: i.Stamp, Type: "QuoteAuthorization", Owner: me.URI, Approval: i.Document(me)},
	}, to)
}

// Sever takes back, as me blocks other, all that other has of me's consent, and
// refuses what is open.
func Sever(tx *store.Tx, me, other *models.Account) error {
	all, err := store.Find[models.Interaction](tx, "account_id = ? AND target_account_id = ? AND state IN ? ORDER BY id", other.ID, me.ID,
		[]models.InteractionState{models.InteractPending, models.InteractAccepted})
	if err != nil {
		return err
	}
	for _, i := range all {
		if i.Kind != models.InteractQuote {
			continue
		}
		if err := Revoke(tx, me, i); err != nil {
			return err
		}
	}
	return nil
}

// Object says that me, a co-author of the quoted post, would not have it quoted. Its
// first author decides.
func Object(tx *store.Tx, me *models.Account, i *models.Interaction, reason string) error {
	author, target, err := by(tx, i)
	if err != nil {
		return err
	}
	if ok, err := wrote(tx, target, me); err != nil || !ok {
		return models.Errorf(models.NotFound, "nobody asked you that")
	}
	who, err := store.Get[models.Account](tx, i.AccountID)
	if err != nil {
		return err
	}
	if author.Local() {
		return objected(tx, author, me, who, i, reason)
	}
	if i.RequestURI == "" {
		return models.Refuse(models.Conflict, "not_asked", "%s has not asked for consent", who.Name())
	}
	return activities.Say(tx, me, &models.Activity{
		Verb: models.Reject, Object: asked(who, i), Code: "objection", Reason: reason, To: []models.IRI{author.URI},
	}, activities.To(author))
}

// objected tells author that by, who wrote the post with them, objects to i.
func objected(tx *store.Tx, author, by, who *models.Account, i *models.Interaction, reason string) error {
	text := fmt.Sprintf("%s, who wrote this with you, objects to the %s by %s.", by.Name(), noun(i), who.Name())
	if reason != "" {
		text += " " + reason
	}
	return activities.Notify(tx, models.Notification{AccountID: author.ID, FromID: by.ID, Type: models.NoteQuoteRequest, PostID: i.PostID, Text: text})
}

func wrote(tx *store.Tx, p *models.Post, a *models.Account) (bool, error) {
	all, err := post.Coauthors(tx, p)
	for _, c := range all {
		if c.ID == a.ID {
			return true, nil
		}
	}
	return false, err
}

// Severed takes in that who, elsewhere, blocks target, who lives here: what target
// was asked by who is refused.
func Severed(tx *store.Tx, who, target *models.Account) error { return Sever(tx, target, who) }
