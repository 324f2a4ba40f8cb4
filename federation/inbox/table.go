package inbox

import (
	"cmp"
	"strings"

	"ensemble/activities/collab"
	"ensemble/activities/graph"
	"ensemble/activities/interaction"
	"ensemble/activities/moderation"
	"ensemble/activities/poll"
	"ensemble/activities/post"
	"ensemble/activities/react"
	"ensemble/models"
	"ensemble/models/store"
)

// table lists all that a peer can tell us, and who listens. What a verb means
// depends on what it is about (rule G5).
var table = map[models.Verb]func(*message, *store.Tx) error{
	models.Create:          (*message).create,
	models.Update:          (*message).update,
	models.Delete:          (*message).remove,
	models.FollowVerb:      (*message).follow,
	models.Accept:          (*message).accept,
	models.TentativeAccept: (*message).tentative,
	models.Reject:          (*message).reject,
	models.Undo:            (*message).undo,
	models.Announce:        (*message).announce,
	models.LikeVerb:        (*message).like,
	models.EmojiReact:      (*message).react,
	models.BlockVerb:       (*message).block,
	models.OfferVerb:       (*message).offer,
	models.Leave:           (*message).leave,
	models.Add:             (*message).add,
	models.Remove:          (*message).take,
	models.MoveVerb:        (*message).move,
	models.Flag:            (*message).flag,
	models.QuoteRequest:    (*message).request,
	models.ReplyRequest:    (*message).request,
	models.LikeRequest:     (*message).request,
	models.AnnounceRequest: (*message).request,
}

func (m *message) dispatch(tx *store.Tx) error {
	if err := refresh(tx, []*message{m}); err != nil {
		return err
	}
	return m.perform(tx)
}

func (m *message) perform(tx *store.Tx) error {
	fn, ok := table[m.Verb]
	if !ok {
		return models.Refuse(models.Invalid, "unknown_verb", "nobody here listens for %s", m.Verb)
	}
	if !m.actor.Active() && !m.gone {
		return models.Refuse(models.Forbidden, "suspended", "%s is suspended here", m.actor.URI)
	}
	owner, err := m.audience(tx) // before a Delete takes the post away
	if err != nil {
		return err
	}
	if err := fn(m, tx); err != nil {
		return err
	}
	return m.forward(tx, owner)
}

func (m *message) create(tx *store.Tx) error {
	if m.note == nil {
		return nil // it is ours
	}
	if m.note.Name != "" {
		for _, n := range append([]*models.Note{m.note}, m.Ballots...) { // all, or none
			if err := poll.Voted(tx, m.author, n); err != nil {
				return err
			}
		}
		return nil
	}
	p, err := post.Created(tx, m.author, m.note)
	if err != nil || p == nil {
		return err
	}
	if err := post.Dangles(tx, p); err != nil {
		return err
	}
	return arrived(tx, p, m.note)
}

func (m *message) update(tx *store.Tx) error {
	if m.note == nil {
		return m.changed(tx) // an actor, whom prepare has read
	}
	p, err := post.Updated(tx, m.author, m.note)
	if err == nil && p == nil && m.namesUs(tx) { // somebody here came to stand under it
		p, err = post.Created(tx, m.author, m.note)
	}
	if err != nil || p == nil {
		return err
	}
	return landed(tx, p, m.note)
}

func (m *message) follow(tx *store.Tx) error {
	target, err := store.ByURI[models.Account](tx, m.Object.URI)
	if err != nil {
		return err
	}
	if target.System {
		return moderation.RelayFollows(tx, m.actor, m.URI)
	}
	return graph.Followed(tx, m.actor, m.URI, target)
}

// accept answers an offer of ours, or a follow.
func (m *message) accept(tx *store.Tx) error {
	if i, err := m.interaction(tx); err != nil || i != nil {
		return m.consented(tx, i, err)
	}
	if done, err := m.claimAnswered(tx); err != nil || done {
		return err
	}
	if m.Result != "" || m.isOffer(tx) {
		return collab.Accepted(tx, m.actor, m.Object.URI, m.stamp)
	}
	if asked, err := moderation.RelayAnswered(tx, m.actor, m.Object.URI, true); err != nil || asked {
		return err
	}
	me, err := m.follower(tx)
	if err != nil {
		return err
	}
	return graph.Accepted(tx, m.actor, me)
}

func (m *message) reject(tx *store.Tx) error {
	if i, err := m.interaction(tx); err != nil || i != nil {
		return m.refused(tx, i, err)
	}
	if done, err := m.claimAnswered(tx); err != nil || done {
		return err
	}
	if m.isOffer(tx) {
		return collab.Declined(tx, m.actor, m.Object.URI, m.Code, m.Reason)
	}
	if asked, err := moderation.RelayAnswered(tx, m.actor, m.Object.URI, false); err != nil || asked {
		return err
	}
	me, err := m.follower(tx)
	if err != nil {
		return err
	}
	return graph.Rejected(tx, m.actor, me)
}

// follower returns who, here, asked to hear the actor by the follow that is the
// object. Some servers send back another id, and the follow inside it.
func (m *message) follower(tx *store.Tx) (*models.Account, error) {
	f, err := store.Maybe[models.Follow](tx, "uri = ? AND target_id = ?", m.Object.URI, m.actor.ID)
	if err != nil {
		return nil, err
	}
	if f != nil {
		return store.Get[models.Account](tx, f.AccountID)
	}
	inner := m.Object.Activity
	if inner == nil || inner.Verb != models.FollowVerb || inner.Object.URI != m.Actor || !tx.Site.Owns(inner.Actor) {
		return nil, models.Refuse(models.NotFound, "unknown_object", "nobody here did %s", m.Object.URI)
	}
	return store.ByURI[models.Account](tx, inner.Actor)
}

// undo takes back what the same actor did before: known by its address, or by what
// is shown of it.
func (m *message) undo(tx *store.Tx) error {
	uri := m.Object.URI
	if inner := m.Object.Activity; inner != nil && inner.Actor != m.Actor {
		return models.Refuse(models.Forbidden, "not_actor", "%s did not do that", m.Actor)
	}
	if inv, err := store.Any[models.Invite](tx, "offer_uri = ?", uri); err != nil || inv {
		if err == nil {
			err = collab.Withdrawn(tx, m.actor, uri)
		}
		return err
	}
	if done, err := collab.Unclaimed(tx, m.actor, uri); err != nil || done {
		return err
	}
	if all, err := react.Unreacted(tx, m.actor, uri); err != nil || all {
		return err
	}
	if l, err := store.Maybe[models.Like](tx, "uri = ? AND account_id = ?", uri, m.actor.ID); err != nil || l != nil {
		return onPost(tx, l, err, func(l *models.Like) models.ID { return l.PostID }, m.unlike)
	}
	if b, err := store.Maybe[models.Boost](tx, "uri = ? AND account_id = ?", uri, m.actor.ID); err != nil || b != nil {
		return onPost(tx, b, err, func(b *models.Boost) models.ID { return b.PostID }, m.unboost)
	}
	if inner := m.Object.Activity; inner != nil {
		return m.undoShown(tx, inner)
	}
	if f, err := store.Maybe[models.Follow](tx, "uri = ? AND account_id = ?", uri, m.actor.ID); err != nil || f != nil {
		if err != nil {
			return err
		}
		return m.unfollow(tx, f.TargetID)
	}
	return nil
}

func (m *message) unlike(tx *store.Tx, p *models.Post) error  { return react.Unliked(tx, m.actor, p) }
func (m *message) unboost(tx *store.Tx, p *models.Post) error { return react.Unboosted(tx, m.actor, p) }

func onPost[T any](tx *store.Tx, row *T, err error, id func(*T) models.ID, fn func(*store.Tx, *models.Post) error) error {
	if err != nil {
		return err
	}
	p, err := store.Get[models.Post](tx, id(row))
	if err != nil {
		return err
	}
	return fn(tx, p)
}

// undoShown takes back an activity that is known by its object alone.
func (m *message) undoShown(tx *store.Tx, inner *models.Activity) error {
	switch inner.Verb {
	case models.FollowVerb, models.BlockVerb:
		target, err := store.ByURI[models.Account](tx, inner.Object.URI)
		if err != nil {
			return err
		}
		if inner.Verb == models.BlockVerb {
			return graph.Unblocked(tx, m.actor, target)
		}
		return graph.Unfollowed(tx, m.actor, target)
	case models.LikeVerb, models.Announce, models.EmojiReact:
		p, err := store.Maybe[models.Post](tx, "uri = ?", inner.Object.URI)
		if err != nil || p == nil {
			return err
		}
		if inner.Verb == models.EmojiReact || inner.Reaction != "" {
			if err := react.UnreactedWith(tx, m.actor, p, inner.Reaction); err != nil || inner.Verb == models.EmojiReact {
				return err
			}
		}
		if inner.Verb == models.LikeVerb {
			return m.unlike(tx, p)
		}
		return m.unboost(tx, p)
	}
	return nil
}

func (m *message) announce(tx *store.Tx) error {
	if relay, err := moderation.RelayOf(tx, m.Actor); err != nil || relay != nil {
		if err == nil {
			err = m.relayed(tx)
		}
		return err
	}
	p, err := store.Maybe[models.Post](tx, "uri = ?", m.Object.URI)
	if err != nil {
		return err
	}
	if p == nil && m.note != nil {
		if gone, err := store.Any[models.Tombstone](tx, "uri = ?", m.note.URI); err != nil || gone {
			return err
		}
		if p, err = post.Take(tx, m.author, m.note); err != nil {
			return err
		}
		if err := landed(tx, p, m.note); err != nil {
			return err
		}
	}
	if p == nil {
		return models.Refuse(models.NotFound, "no_post", "there is no post %s", m.Object.URI)
	}
	if p, err = store.Hold[models.Post](tx, p.ID); err != nil { // a check of the same account's stamp waits
		return err
	}
	if err := react.Boosted(tx, m.actor, m.URI, p); err != nil {
		return err
	}
	return collab.Heralded(tx, m.actor, p)
}

func (m *message) like(tx *store.Tx) error {
	p, err := store.ByURI[models.Post](tx, m.Object.URI)
	if err != nil {
		return err
	}
	if err := react.Liked(tx, m.actor, m.URI, p); err != nil {
		return err
	}
	return m.likeWith(tx, p)
}

func (m *message) block(tx *store.Tx) error {
	target, err := store.ByURI[models.Account](tx, m.Object.URI)
	if err != nil || !target.Local() {
		return err
	}
	if err := graph.Blocked(tx, m.actor, m.URI, target); err != nil {
		return err
	}
	if err := interaction.Severed(tx, m.actor, target); err != nil {
		return err
	}
	return collab.Severed(tx, m.actor, target)
}

func (m *message) leave(tx *store.Tx) error { return collab.Left(tx, m.actor, m.Object.URI) }

// add is a relay of the initiator's: something was counted.
// or something is on top of the actor's profile now.
func (m *message) add(tx *store.Tx) error {
	if m.features() {
		return m.featured(tx)
	}
	if others, err := othersFeatured(tx, m); err != nil || others {
		return cmp.Or(err, models.Refuse(models.Forbidden, "not_own_collection", "%s is not a collection of %s", m.Target.URI, m.Actor))
	}
	return collab.Relayed(tx, m.actor, m.Activity, m.who)
}

// take is Remove: of somebody from a collab, of a reply from a thread, or a relay.
func (m *message) take(tx *store.Tx) error {
	if m.features() {
		return m.featured(tx)
	}
	target := string(m.Target.URI)
	if uri, ok := strings.CutSuffix(target, "/collaborators"); ok {
		guest, err := store.ByURI[models.Account](tx, m.Object.URI)
		if err != nil || !guest.Local() {
			return err
		}
		return collab.Removed(tx, m.actor, models.IRI(uri), guest)
	}
	uri, ok := strings.CutSuffix(target, "/replies")
	if !ok {
		return collab.Relayed(tx, m.actor, m.Activity, m.who)
	}
	thread, err := store.Maybe[models.Post](tx, "uri = ?", uri)
	if err != nil || thread == nil {
		return err
	}
	reply, err := store.Maybe[models.Post](tx, "uri = ?", m.Object.URI)
	if err != nil {
		return err
	}
	if reply != nil {
		if err := collab.ReplyRemoved(tx, m.actor, thread, reply); err != nil {
			return err
		}
	}
	if thread.AccountID == m.actor.ID && m.Target.Owner == m.Actor {
		return counted(collab.Relayed(tx, m.actor, m.Activity, nil))
	}
	return nil
}

// counted lets pass that nobody here is an author: the reply is out all the same.
func counted(err error) error {
	if models.CodeOf(err) == "no_author_here" {
		return nil
	}
	return err
}

func (m *message) move(tx *store.Tx) error {
	if err := graph.Moved(tx, m.actor, m.about); err != nil {
		return err
	}
	return collab.Moved(tx, m.actor, m.about)
}
