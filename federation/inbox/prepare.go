package inbox

import (
	"context"
	"slices"

	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
)

// A message is an activity with all that was fetched to understand it.
type message struct {
	*models.Activity
	actor  *models.Account
	note   *models.Note          // the object, if it is a post whose origin stands behind it
	author *models.Account       // of note
	stamp  *models.Authorization // what an Accept gives
	grant  *models.Approval      // the same, where it is about an interaction
	about  *models.Account       // an account that the object or the target names
	who    *models.Account       // who did what is relayed
	raw    []byte
	gone   bool // the object's own server says that it is gone
}

// prepare does all of an activity that needs the network, before the transaction.
func (in *Inbox) prepare(ctx context.Context, a *models.Activity) (*message, error) {
	actor, err := in.Peers.Account(ctx, a.Actor)
	if err != nil {
		return nil, err
	}
	return in.prepareFrom(ctx, a, actor)
}

func (in *Inbox) prepareFrom(ctx context.Context, a *models.Activity, actor *models.Account) (*message, error) {
	m := &message{Activity: a, actor: actor}
	var err error
	switch a.Verb {
	case models.Create, models.Update:
		err = in.preparePost(ctx, m)
	case models.Announce:
		err = in.prepareAnnounce(ctx, m)
	case models.OfferVerb:
		err = in.prepareOffer(ctx, m)
	case models.Accept:
		err = in.prepareAccept(ctx, m)
	case models.Add, models.Remove:
		err = in.prepareRelay(ctx, m)
	case models.QuoteRequest, models.ReplyRequest, models.LikeRequest, models.AnnounceRequest:
		err = in.prepareRequest(ctx, m)
	case models.MoveVerb:
		err = in.prepareMove(ctx, m)
	case models.Delete:
		err = in.prepareDelete(ctx, m)
	}
	return m, err
}

// preparePost sees to it that a post is its origin's own word (rule G3): embedded,
// with its id on the actor's server and the actor as its first author; otherwise it
// is read from where it lives.
func (in *Inbox) preparePost(ctx context.Context, m *message) error {
	n := m.Object.Note
	if m.Object.Actor != nil || isActor(m.Object.Type) || m.Object.URI == m.Actor {
		if m.Object.URI != m.Actor {
			return models.Refuse(models.Forbidden, "not_self", "an account changes itself alone")
		}
		fresh, err := in.Peers.Refresh(ctx, m.Actor)
		if err == nil {
			m.actor = fresh
		}
		return err
	}
	if n != nil && n.URI.SameOrigin(m.Actor) && n.Author == m.Actor {
		m.note, m.author = n, m.actor
		return in.parents(ctx, m)
	}
	if n == nil && m.Object.Type != "" {
		return models.Refuse(models.Invalid, "unknown_object", "no use for a %s", m.Object.Type)
	}
	if m.Verb == models.Update && n != nil && n.URI.SameOrigin(m.Actor) {
		return models.Refuse(models.Forbidden, "not_author", "%s is not the first author of %s", m.Actor, n.URI)
	}
	if n != nil && n.URI.SameOrigin(m.Actor) && !n.URI.SameOrigin(n.Author) {
		return models.Refuse(models.Forbidden, "foreign_author", "the first author of %s is on another server", n.URI)
	}
	return in.read(ctx, m, m.Object.URI)
}

func isActor(kind string) bool {
	return slices.Contains([]string{"Person", "Service", "Application", "Group", "Organization"}, kind)
}

// read gets a post from its own server, unless it is here.
func (in *Inbox) read(ctx context.Context, m *message, uri models.IRI) error {
	if in.DB.Site.Owns(uri) {
		return nil
	}
	n, err := in.Peers.Note(ctx, uri)
	if err != nil {
		return err
	}
	author, err := in.Peers.Account(ctx, n.Author)
	if err != nil {
		return err
	}
	m.note, m.author = n, author
	return in.names(ctx, n)
}

// names sees that the accounts under a post are known here, as far as they can be
// had: a name that cannot is simply not shown.
func (in *Inbox) names(ctx context.Context, n *models.Note) error {
	for _, c := range n.Claims {
		if in.DB.Site.Owns(c.Account) {
			continue
		}
		if _, err := in.Peers.Account(ctx, c.Account); err != nil {
			in.Log.Debug("inbox: a co-author could not be had", "account", c.Account, "err", err)
		}
	}
	return nil
}

// parents gets the post that a reply answers, once, if somebody is to understand
// it; without it the reply stands alone.
func (in *Inbox) parents(ctx context.Context, m *message) error {
	return in.names(ctx, m.note)
}

func (in *Inbox) prepareAnnounce(ctx context.Context, m *message) error {
	uri := m.Object.URI
	if in.DB.Site.Owns(uri) {
		return nil
	}
	here := false
	err := in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if here, err = store.Any[models.Post](tx, "uri = ?", uri); err != nil || here {
			return err
		}
		if relay, err := moderation.RelayOf(tx, m.Actor); err != nil || relay != nil {
			return err
		}
		followed, err := store.Any[models.Follow](tx, "target_id = ? AND accepted", m.actor.ID)
		if err == nil && !followed {
			err = models.Refuse(models.Invalid, "not_followed", "nobody here follows %s", m.actor.URI)
		}
		return err
	})
	if err != nil || here {
		return err
	}
	return in.read(ctx, m, uri)
}

// prepareOffer sees that everybody who is invited is known here: the invited are
// shown with whom they would stand.
func (in *Inbox) prepareOffer(ctx context.Context, m *message) error {
	o := m.Object.Collaboration
	if m.Object.Claim != nil {
		return in.target(ctx, m, m.Target.URI)
	}
	if o == nil {
		return models.Refuse(models.Invalid, "unknown_offer", "no use for an Offer of a %s", m.Object.Type) // rule G5
	}
	if len(o.Invited) > models.MaxCoauthors {
		return models.Refuse(models.Invalid, "too_many_coauthors", "an offer names at most %d people", models.MaxCoauthors)
	}
	for _, i := range o.Invited {
		if in.DB.Site.Owns(i.Account) {
			continue
		}
		if _, err := in.Peers.Account(ctx, i.Account); models.KindOf(err) == models.Unreachable {
			return err
		}
	}
	if err := in.formers(ctx, m); err != nil {
		return err
	}
	return in.target(ctx, m, m.Target.URI)
}

// target finds the account here that uri names.
func (in *Inbox) target(ctx context.Context, m *message, uri models.IRI) error {
	return in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		m.about, err = store.ByURI[models.Account](tx, uri)
		return err
	})
}

// prepareAccept reads the stamp that an Accept gives from its own server: what is
// only embedded is never believed (forged case 7).
func (in *Inbox) prepareAccept(ctx context.Context, m *message) error {
	if m.Result == "" {
		return nil
	}
	if about, err := in.aboutInteraction(ctx, m); err != nil || about {
		if err == nil {
			m.grant, err = in.Peers.Approval(ctx, m.Result, m.actor)
		}
		return err
	}
	var err error
	m.stamp, err = in.Peers.Stamp(ctx, m.Result, m.actor)
	return err
}

func (in *Inbox) prepareRelay(ctx context.Context, m *message) error {
	inner := m.Object.Activity
	if inner == nil || in.DB.Site.Owns(inner.Actor) {
		if inner != nil {
			return in.local(ctx, m, inner.Actor)
		}
		return nil
	}
	who, err := in.Peers.Account(ctx, inner.Actor)
	if err == nil {
		m.who = who
	}
	return nil // the count is believed without knowing who
}

func (in *Inbox) local(ctx context.Context, m *message, uri models.IRI) error {
	return in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		m.who, err = store.Maybe[models.Account](tx, "uri = ?", uri)
		return err
	})
}

// prepareMove reads both ends of a move: the new account must name the old one.
func (in *Inbox) prepareMove(ctx context.Context, m *message) error {
	if m.Object.URI != m.Actor || m.Target.URI == "" {
		return models.Refuse(models.Forbidden, "not_self", "an account moves itself alone")
	}
	fresh, err := in.Peers.Refresh(ctx, m.Actor)
	if err != nil {
		return err
	}
	to, err := in.Peers.Refresh(ctx, m.Target.URI)
	if err != nil {
		return err
	}
	if fresh.MovedTo != to.URI || !slices.Contains(to.AlsoKnownAs, fresh.URI) {
		return models.Refuse(models.Forbidden, "not_mutual", "%s does not say that it was %s", to.URI, fresh.URI)
	}
	if to.Moved() || !to.Active() {
		return models.Refuse(models.Forbidden, "chain", "%s moved away itself", to.URI)
	}
	m.actor, m.about = fresh, to
	return nil
}

// prepareDelete asks whether an account that says it is gone really is.
func (in *Inbox) prepareDelete(ctx context.Context, m *message) error {
	if m.Object.URI != m.Actor {
		return nil
	}
	_, err := in.Peers.Document(ctx, m.Actor)
	switch models.KindOf(err) {
	case models.Gone, models.NotFound:
		m.gone = true
		return nil
	case "":
		return models.Refuse(models.Forbidden, "not_gone", "%s says it is gone, and is not", m.Actor)
	default:
		return err
	}
}
