package collab

import (
	"ensemble/activities"
	"ensemble/activities/post"
	"ensemble/activities/rollout"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// Credit asks people to be named under a post of me's that is out already
// (FEATURES C18). Nobody is named anywhere before they accept, and the post stays
// as it is whatever they answer.
func Credit(tx *store.Tx, me *models.Account, p *models.Post, people []Invitee) (*models.Collab, error) {
	for i := range people {
		if people[i].Role = models.RoleCredit; people[i].Label == "" {
			return nil, models.Refuse(models.Invalid, "no_label", "say what the credit is for: illustration, photo, music…")
		}
	}
	c, err := jointly(tx, me, p)
	if err != nil {
		return nil, err
	}
	if err := Invite(tx, me, c, people); err != nil {
		return nil, err
	}
	return store.Get[models.Collab](tx, c.ID)
}

// jointly returns the collab that p, a post of me's, came of; for an ordinary post
// it makes one, in which nobody else is yet.
func jointly(tx *store.Tx, me *models.Account, p *models.Post) (*models.Collab, error) {
	p, err := store.Hold[models.Post](tx, p.ID)
	if err != nil {
		return nil, err
	}
	off, err := rollout.Off(tx)
	switch {
	case err != nil:
		return nil, err
	case p.AccountID != me.ID || !p.Local:
		return nil, models.Refuse(models.Forbidden, "not_initiator", "only who published it can name others under it")
	case off:
		return nil, rollout.Refusal(rollout.CodeOff)
	case p.Collab != "":
		return store.One[models.Collab](tx, "uri = ? AND post_id = ?", p.Collab, p.ID)
	case me.Locked:
		return nil, models.Refuse(models.Forbidden, "initiator_locked", "only public accounts name others under a post: yours is locked")
	case !p.Visibility.Open() || p.InReplyToURI != "":
		return nil, models.Refuse(models.Invalid, "not_public", "others are named under posts that are public or unlisted, and no replies")
	}
	return adopted(tx, me, p)
}

// adopted makes a collab of an ordinary post, as its first revision.
func adopted(tx *store.Tx, me *models.Account, p *models.Post) (*models.Collab, error) {
	id := models.NewID(tx.Now)
	c := &models.Collab{
		ID: id, URI: activities.NewURI(me, "collaborations", id), PostURI: p.URI, InitiatorID: me.ID, PostID: p.ID,
		State: models.CollabPublished, Quorum: models.QuorumNow, OnDecline: models.DeclinePublish,
		Moderation: models.ModerateInitiator, Published: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	n, err := post.Note(tx, p)
	if err != nil {
		return nil, err
	}
	if n, err = named(tx, n, c, nil); err != nil {
		return nil, err
	}
	if err := store.Put(tx, c); err != nil {
		return nil, err
	}
	r, err := keepRevision(tx, c, n, p.Source, 0)
	if err != nil {
		return nil, err
	}
	if err := stampPost(tx, c, p, r); err != nil {
		return nil, err
	}
	if _, err := store.Set[models.Post](tx, map[string]any{"collab": c.URI}, "id = ?", p.ID); err != nil {
		return nil, err
	}
	if err := touch(tx, c); err != nil {
		return nil, err
	}
	return c, record(tx, c, me.URI, "created", models.Event{})
}

// AnswerCredit says no to being credited, in one of five ways (models.CreditAnswer),
// with words if me likes. The asker sees which; the post goes on without me's name.
func AnswerCredit(tx *store.Tx, me *models.Account, c *models.Collab, code, words string) error {
	_, inv, err := asked(tx, me, c)
	if err != nil {
		return err
	}
	if !models.CreditAnswer(code) {
		return models.Errorf(models.Invalid, "the answers are as_coauthor, by_name_only, do_not_name, not_mine and not_allowed; not %q", code)
	}
	if inv.Role != models.RoleCredit {
		return models.Refuse(models.Invalid, "not_a_credit", "you are asked to be an author, not for a credit: accept or decline")
	}
	if words = text.Line(words, 1000); code == models.CreditByNameOnly && words == "" {
		words = me.Name()
	}
	return declineAs(tx, me, c, false, code, words)
}

// creditDeclined says in a sentence what an artist answered; "" for any other no.
func creditDeclined(guest *models.Account, code, words string) string {
	sentence := map[string]string{
		models.CreditAsCoauthor: guest.Name() + " would like to stand under the post as an author, and can be invited to.",
		models.CreditByNameOnly: guest.Name() + " would like to be credited in plain words, without a link: " + words,
		models.CreditDoNotName:  guest.Name() + " does not want to be named.",
		models.CreditNotMine:    guest.Name() + " says that this is not their work.",
		models.CreditNotAllowed: guest.Name() + " says that this use of their work was not permitted.",
	}[code]
	if sentence != "" && words != "" && code != models.CreditByNameOnly {
		sentence += " " + words
	}
	return sentence
}

// bylineOf returns who is named how in the byline of p: whose consent is verified.
func bylineOf(tx *store.Tx, p *models.Post) (authors []text.Name, credits []text.Credit, err error) {
	all, err := store.Find[models.Author](tx, "post_id = ? AND state = ? AND account_id <> 0 ORDER BY position", p.ID, models.AuthorVerified)
	if err != nil {
		return nil, nil, err
	}
	for _, a := range all {
		who, err := store.Get[models.Account](tx, a.AccountID)
		if err != nil {
			return nil, nil, err
		}
		if !who.Active() { // suspended, or of a server that is blocked
			continue
		}
		name := text.Name{URL: who.URL, Username: who.Username}
		if a.Role == models.RoleCoauthor {
			authors = append(authors, name)
		} else {
			credits = append(credits, text.Credit{Name: name, Label: a.Label})
		}
	}
	return authors, credits, nil
}
