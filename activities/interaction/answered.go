package interaction

import (
	"fmt"

	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// maxReason is how much of a peer's sentence is kept, in letters.
const maxReason = 500

// Find returns the interaction that an answer is about: by its request or, as older
// servers answer, by what is done. nil if it is none of ours.
func Find(tx *store.Tx, uri models.IRI) (*models.Interaction, error) {
	if uri == "" {
		return nil, nil
	}
	i, err := store.Maybe[models.Interaction](tx, "request_uri = ?", uri)
	if err != nil || i != nil {
		return i, err
	}
	return store.Maybe[models.Interaction](tx, `object_uri = ? AND request_uri <> '' AND kind <> ?
		AND account_id IN (SELECT account_id FROM users)`, uri, models.InteractQuote)
}

// mine refuses an answer to i unless i is asked for from here, and actor is who was
// asked.
func mine(tx *store.Tx, actor *models.Account, i *models.Interaction) error {
	me, err := store.Get[models.Account](tx, i.AccountID)
	switch {
	case err != nil:
		return err
	case !me.Local():
		return models.Refuse(models.Invalid, "not_ours", "nobody here asked that")
	case i.TargetAccountID != actor.ID:
		return models.Refuse(models.Forbidden, "not_asked", "%s was not asked, and cannot answer", actor.URI)
	}
	return nil
}

// Accepted takes in that actor agrees to i. stamp is what was read from actor's own
// server; uri names the Accept, which is all the stamp that older servers have.
func Accepted(tx *store.Tx, actor *models.Account, i *models.Interaction, uri models.IRI, stamp *models.Approval) error {
	if err := mine(tx, actor, i); err != nil {
		return err
	}
	if i.State == models.InteractDeleted {
		return models.Refuse(models.Gone, "deleted", "the post is gone")
	}
	at := uri
	if stamp != nil {
		if err := stamp.Holds(i, actor); err != nil {
			return err
		}
		at = stamp.URI
	} else if i.Kind == models.InteractQuote {
		return models.Refuse(models.Invalid, "no_stamp", "the Accept gives no stamp")
	}
	if i.State == models.InteractRevoked && i.Stamp == at {
		return models.Refuse(models.Gone, "revoked", "that stamp was taken back")
	}
	return settle(tx, i, turn{state: models.InteractAccepted, stamp: at})
}

// Rejected takes in that actor does not agree to i, or no longer; or that they object,
// where they wrote what is quoted with somebody here.
func Rejected(tx *store.Tx, actor *models.Account, i *models.Interaction, code, reason string) error {
	reason = text.Line(reason, maxReason)
	author, target, err := by(tx, i)
	if err != nil {
		return err
	}
	if author.Local() && author.ID != actor.ID {
		if ok, err := wrote(tx, target, actor); err != nil || !ok {
			return models.Refuse(models.Forbidden, "not_asked", "%s was not asked, and cannot answer", actor.URI)
		}
		who, err := store.Get[models.Account](tx, i.AccountID)
		if err != nil {
			return err
		}
		return objected(tx, author, actor, who, i, reason)
	}
	if err := mine(tx, actor, i); err != nil {
		return err
	}
	t := turn{state: models.InteractRejected, code: "rejected", reason: fmt.Sprintf("%s does not agree.", actor.Name())}
	if i.State == models.InteractAccepted || i.State == models.InteractRevoked {
		t = turn{state: models.InteractRevoked, code: "revoked", reason: fmt.Sprintf("%s took the consent back.", actor.Name())}
	}
	if code != "" {
		t.code = code
	}
	if reason != "" {
		t.reason = reason
	}
	return settle(tx, i, t)
}

// Revoked takes in that actor deleted a stamp, wherever it stands here. It reports
// whether it does.
func Revoked(tx *store.Tx, actor *models.Account, stamp models.IRI) (bool, error) {
	all, err := store.Find[models.Interaction](tx, "stamp = ?", stamp)
	if err != nil {
		return false, err
	}
	his := 0
	for _, i := range all {
		if i.TargetAccountID != actor.ID { // somebody claims it for what it is not about
			continue
		}
		his++
		t := turn{state: models.InteractRevoked, code: "revoked", reason: fmt.Sprintf("%s took the consent back.", actor.Name())}
		if err := settle(tx, i, t); err != nil {
			return true, err
		}
	}
	if len(all) > 0 && his == 0 {
		return true, models.Refuse(models.Forbidden, "not_its_author", "the stamp %s is not that of %s", stamp, actor.URI)
	}
	return his > 0, nil
}

// Recheck has a stamp looked at now, wherever it stands: somebody says that it is
// gone, and is not to be believed.
func Recheck(tx *store.Tx, stamp models.IRI) error {
	all, err := store.Find[models.Interaction](tx, "stamp = ? AND state = ?", stamp, models.InteractAccepted)
	if err != nil {
		return err
	}
	for _, i := range all {
		if tx.Site.Owns(i.Stamp) {
			continue
		}
		if err := look(tx, i); err != nil {
			return err
		}
	}
	return nil
}

// look has the stamp of i looked at after the commit.
func look(tx *store.Tx, i *models.Interaction) error {
	if _, err := store.Set[models.Interaction](tx, map[string]any{"check_at": tx.Now}, "id = ?", i.ID); err != nil {
		return err
	}
	return store.Wake(tx, Verify{i.ID})
}
