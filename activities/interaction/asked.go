package interaction

import (
	"fmt"

	"ensemble/activities"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// A Request is what a peer asks by a …Request: that Who does Object to Target. Note
// is the quoting post or the reply, as its own server says it; nil for the others.
type Request struct {
	URI    models.IRI
	Kind   models.InteractionKind
	Who    *models.Account
	Target *models.Post
	Object models.IRI
	Note   *models.Note
}

// Asked answers a request: at once where Target's policy says, and else when its
// author does. It reports whether the answer is yes. What was taken back once is not
// allowed again.
func Asked(tx *store.Tx, r Request) (bool, error) {
	author, err := store.Get[models.Account](tx, r.Target.AccountID)
	if err != nil {
		return false, err
	}
	if !author.Local() {
		return false, copied(tx, r)
	}
	i, err := r.known(tx)
	switch {
	case err != nil:
		return false, err
	case i != nil && i.AccountID != r.Who.ID:
		return false, models.Refuse(models.Forbidden, "not_its_author", "%s is not what %s does", r.Object, r.Who.URI)
	case i != nil && i.State == models.InteractAccepted:
		i.RequestURI = r.URI
		return true, yes(tx, author, r.Who, i)
	case i != nil && (i.State == models.InteractRevoked || i.State == models.InteractRejected):
		i.RequestURI = r.URI
		return false, no(tx, author, r.Who, i, "refused_before", fmt.Sprintf("%s has refused this before.", author.Name()))
	}
	derivation := ""
	if r.Note != nil {
		derivation = r.Note.Derivation
	}
	v, err := r.verdict(tx, derivation)
	if err != nil {
		return false, err
	}
	if v == post.Denied {
		i := &models.Interaction{Kind: r.Kind, RequestURI: r.URI, ObjectURI: r.Object, TargetURI: r.Target.URI, Derivation: derivation}
		return false, no(tx, author, r.Who, i, "denied", fmt.Sprintf("%s does not allow a %s of this post.", author.Name(), noun(i)))
	}
	if i, err = r.keep(tx, derivation); err != nil {
		return false, err
	}
	if v == post.Manual {
		return false, post.TellAsked(tx, r.Who, r.Target, i)
	}
	return true, allow(tx, author, r.Who, r.Target, i)
}

func (r Request) known(tx *store.Tx) (*models.Interaction, error) {
	return store.Maybe[models.Interaction](tx, "kind = ? AND object_uri = ? AND target_uri = ?", r.Kind, r.Object, r.Target.URI)
}

// verdict is what the policy says; who may not read a post may do nothing to it.
func (r Request) verdict(tx *store.Tx, derivation string) (post.Verdict, error) {
	if ok, err := post.Visible(tx, r.Who, r.Target); err != nil || !ok {
		return post.Denied, err
	}
	return post.May(tx, r.Who, r.Target, r.Kind, derivation)
}

// keep writes the request down, and the post that it shows.
func (r Request) keep(tx *store.Tx, derivation string) (*models.Interaction, error) {
	var id models.ID
	if r.Note != nil {
		p, err := r.take(tx)
		if err != nil {
			return nil, err
		}
		id = p.ID
	}
	i, err := r.known(tx)
	if err != nil {
		return nil, err
	}
	if i == nil {
		i = &models.Interaction{
			ID: models.NewID(tx.Now), Kind: r.Kind, AccountID: r.Who.ID, ObjectURI: r.Object, State: models.InteractPending,
			TargetURI: r.Target.URI, TargetID: r.Target.ID, TargetAccountID: r.Target.AccountID, CreatedAt: tx.Now,
		}
	}
	i.PostID, i.RequestURI, i.Derivation, i.UpdatedAt, i.Legacy = id, r.URI, derivation, tx.Now, false
	i.Code, i.Reason = "asked", "Its author is asked."
	return i, store.Put(tx, i)
}

func (r Request) take(tx *store.Tx) (*models.Post, error) {
	p, err := store.Maybe[models.Post](tx, "uri = ?", r.Note.URI)
	if err != nil || p != nil {
		return p, err
	}
	if gone, err := store.Any[models.Tombstone](tx, "uri = ?", r.Note.URI); err != nil || gone {
		return nil, models.Refuse(models.Gone, "gone", "%s was deleted", r.Note.URI)
	}
	if p, err = post.Take(tx, r.Who, r.Note); err != nil {
		return nil, err
	}
	return p, Landed(tx, p, r.Note)
}

// allow agrees to i, gives it a stamp, and says so.
func allow(tx *store.Tx, author, who *models.Account, target *models.Post, i *models.Interaction) error {
	if err := settle(tx, i, turn{state: models.InteractAccepted, stamp: post.StampURI(author, i.ID)}); err != nil {
		return err
	}
	i, err := store.Get[models.Interaction](tx, i.ID)
	if err != nil {
		return err
	}
	if err := post.TellAsked(tx, who, target, i); err != nil || who.Local() {
		return err
	}
	return yes(tx, author, who, i)
}

func yes(tx *store.Tx, author, who *models.Account, i *models.Interaction) error {
	return activities.Say(tx, author, &models.Activity{
		Verb: models.Accept, Object: asked(who, i), Result: i.Stamp, To: []models.IRI{who.URI},
	}, activities.To(who))
}

func no(tx *store.Tx, author, who *models.Account, i *models.Interaction, code, reason string) error {
	if who.Local() || i.RequestURI == "" {
		return nil
	}
	return activities.Say(tx, author, &models.Activity{
		Verb: models.Reject, Object: asked(who, i), Code: code, Reason: reason, To: []models.IRI{who.URI},
	}, activities.To(who))
}

// asked is the request of who's that i is, to be answered.
func asked(who *models.Account, i *models.Interaction) models.Object {
	return models.Object{URI: i.RequestURI, Type: string(i.Kind.Request()), Activity: &models.Activity{
		URI: i.RequestURI, Verb: i.Kind.Request(), Actor: who.URI, Object: models.Ref(i.TargetURI), Instrument: models.Ref(i.ObjectURI),
	}}
}

// copied takes in the copy of a request that a co-author of the quoted post gets:
// those who live here are told, and may object.
func copied(tx *store.Tx, r Request) error {
	if r.Kind != models.InteractQuote {
		return models.Refuse(models.Invalid, "not_ours", "%s is not of this server", r.Target.URI)
	}
	here := false
	coauthors, err := post.Coauthors(tx, r.Target)
	if err != nil {
		return err
	}
	for _, c := range coauthors {
		here = here || c.Local()
	}
	if !here {
		return models.Refuse(models.Invalid, "not_ours", "nobody here wrote %s", r.Target.URI)
	}
	p, err := r.take(tx)
	if err != nil {
		return err
	}
	i, err := r.known(tx)
	if err != nil || i == nil {
		return err
	}
	i.PostID, i.RequestURI = p.ID, r.URI
	if _, err := store.Change(tx, i, "post_id", "request_uri"); err != nil {
		return err
	}
	return post.TellAsked(tx, r.Who, r.Target, i)
}
