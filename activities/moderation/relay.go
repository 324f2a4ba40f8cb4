package moderation

import (
	"slices"

	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// AddRelay asks a relay to pass public posts on: one of Mastodon's style by its inbox,
// or, if actor is not nil, one of LitePub's by its actor.
func AddRelay(tx *store.Tx, by *models.Account, address models.IRI, actor *models.Account) (*models.Relay, error) {
	if address.Origin() == "" || tx.Site.Owns(address) {
		return nil, models.Errorf(models.Invalid, "%q is not the address of a relay", prose(string(address), 200))
	}
	if why, err := store.Shut(tx, address.Host()); err != nil || why != "" {
		if err == nil {
			err = models.Errorf(models.Forbidden, "%s", why)
		}
		return nil, err
	}
	me, err := system(tx)
	if err != nil {
		return nil, err
	}
	id := models.NewID(tx.Now)
	r := &models.Relay{
		ID: id, Address: address, Style: models.RelayMastodon, Inbox: address, FollowURI: activities.NewURI(me, "follows", id),
		State: models.RelayAsked, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	what := models.Public
	if actor != nil {
		r.Style, r.Inbox, r.Actor, what = models.RelayLitePub, actor.Inbox, actor.URI, actor.URI
	}
	isNew, err := store.Add(tx, r)
	if err != nil {
		return nil, err
	}
	if !isNew {
		return nil, models.Errorf(models.Conflict, "%s is among the relays already", address)
	}
	follow := &models.Activity{URI: r.FollowURI, Verb: models.FollowVerb, Object: models.Ref(what), To: []models.IRI{what}}
	if err := activities.Say(tx, me, follow, activities.To(mailbox(r))); err != nil {
		return nil, err
	}
	return r, note(tx, by, models.ModerationAct{What: "relay_added", About: string(address)})
}

// mailbox is a relay as somebody to whom a thing is said.
func mailbox(r *models.Relay) *models.Account {
	return &models.Account{URI: r.Actor, Domain: r.Inbox.Host(), Inbox: r.Inbox}
}

// RemoveRelay ends that, and tells the relay.
func RemoveRelay(tx *store.Tx, by *models.Account, address models.IRI) error {
	r, err := store.One[models.Relay](tx, "address = ?", address)
	if err != nil {
		return err
	}
	me, err := system(tx)
	if err != nil {
		return err
	}
	what := models.Public
	if r.Style == models.RelayLitePub {
		what = r.Actor
	}
	inner := models.Activity{URI: r.FollowURI, Verb: models.FollowVerb, Actor: me.URI, Object: models.Ref(what)}
	undo := &models.Activity{
		Verb: models.Undo, To: []models.IRI{what},
		Object: models.Object{URI: r.FollowURI, Type: string(models.FollowVerb), Activity: &inner},
	}
	if err := activities.Say(tx, me, undo, activities.To(mailbox(r))); err != nil {
		return err
	}
	if _, err := store.Delete[models.Relay](tx, "id = ?", r.ID); err != nil {
		return err
	}
	return note(tx, by, models.ModerationAct{What: "relay_removed", About: string(address)})
}

// RelayAnswered takes in that actor answers a Follow. It reports whether that was our
// asking of a relay, of whose server actor is.
func RelayAnswered(tx *store.Tx, actor *models.Account, follow models.IRI, yes bool) (bool, error) {
	r, err := store.Maybe[models.Relay](tx, "follow_uri = ?", follow)
	if err != nil || r == nil {
		return false, err
	}
	if r, err = store.Hold[models.Relay](tx, r.ID); err != nil {
		return true, err
	}
	if !actor.URI.SameOrigin(r.Inbox) || r.Actor != "" && r.Actor != actor.URI {
		return true, models.Refuse(models.Forbidden, "not_the_relay", "%s does not speak for the relay %s", actor.URI, r.Address)
	}
	r.Actor, r.State, r.UpdatedAt = actor.URI, models.RelayRefused, tx.Now
	if yes {
		r.State = models.RelayAccepted
	}
	return true, store.Put(tx, r)
}

// RelayFollows takes in that actor asks to hear this server itself: a relay of
// LitePub's style does, if we asked it before; nobody else may.
func RelayFollows(tx *store.Tx, actor *models.Account, follow models.IRI) error {
	r, err := store.Maybe[models.Relay](tx, "actor = ? AND style = ?", actor.URI, models.RelayLitePub)
	if err != nil {
		return err
	}
	if r == nil {
		return models.Errorf(models.Forbidden, "the instance itself cannot be followed")
	}
	me, err := system(tx)
	if err != nil {
		return err
	}
	inner := models.Activity{URI: follow, Verb: models.FollowVerb, Actor: actor.URI, Object: models.Ref(me.URI)}
	return activities.Say(tx, me, &models.Activity{
		Verb: models.Accept, To: []models.IRI{actor.URI},
		Object: models.Object{URI: follow, Type: string(models.FollowVerb), Activity: &inner},
	}, activities.To(mailbox(r)))
}

// RelayOf returns the relay, which has accepted, that actor speaks for; nil if it
// speaks for none.
func RelayOf(tx *store.Tx, actor models.IRI) (*models.Relay, error) {
	return store.Maybe[models.Relay](tx, "actor = ? AND state = ?", actor, models.RelayAccepted)
}

// Relayed returns the inboxes of relays that are to have what was said here, and says
// to those of LitePub's style what they understand: that there is a new post.
func Relayed(tx *store.Tx, out *models.Outbound) ([]models.IRI, error) {
	a := out.Activity
	if a == nil || !slices.Contains(a.To, models.Public) {
		return nil, nil
	}
	switch {
	case (a.Verb == models.Create || a.Verb == models.Update) && a.Object.Note != nil:
	case a.Verb == models.Delete && (a.Object.Former == "" || a.Object.Former == "Note"):
	default:
		return nil, nil
	}
	all, err := store.Find[models.Relay](tx, "state = ? ORDER BY id", models.RelayAccepted)
	if err != nil {
		return nil, err
	}
	var inboxes []models.IRI
	for _, r := range all {
		if r.Style == models.RelayMastodon || a.Verb != models.Create {
			inboxes = append(inboxes, r.Inbox)
			continue
		}
		if err := announce(tx, r, a.Object.URI); err != nil {
			return nil, err
		}
	}
	return inboxes, nil
}

func announce(tx *store.Tx, r *models.Relay, post models.IRI) error {
	me, err := system(tx)
	if err != nil {
		return err
	}
	return activities.Say(tx, me, &models.Activity{
		Verb: models.Announce, Object: models.Ref(post), To: []models.IRI{models.Public}, Cc: []models.IRI{me.Followers, r.Actor},
	}, activities.To(mailbox(r)))
}

// RelayWay returns how far our asking of a relay came.
func RelayWay(tx *store.Tx, r *models.Relay) (Way, error) {
	said, err := store.Maybe[models.Outbound](tx, "uri = ?", r.FollowURI)
	if err != nil || said == nil {
		return Way{Host: r.Inbox.Host(), State: models.DeliveryDone}, err
	}
	return way(tx, r.Inbox.Host(), said)
}
