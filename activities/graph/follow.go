// Package graph is who hears whom, and who keeps whom away: follows, the requests
// that locked accounts answer, and blocks.
package graph

import (
	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// Follow asks to hear target. If target is locked, or lives elsewhere, it holds
// once they accept. Doing it again changes what is shown.
func Follow(tx *store.Tx, me, target *models.Account, showBoosts, notify bool) error {
	return FollowAs(tx, me, target, Terms{ShowBoosts: &showBoosts, Notify: &notify})
}

// FollowAs is Follow on some terms; those that are not given stay as they are, or as
// usual: with boosts, in all languages, and without a notice of each post.
func FollowAs(tx *store.Tx, me, target *models.Account, t Terms) error {
	if me.ID == target.ID {
		return models.Errorf(models.Invalid, "you cannot follow yourself")
	}
	if err := t.check(); err != nil {
		return err
	}
	if err := shut(tx, me, target); err != nil {
		return err
	}
	old, err := store.Maybe[models.Follow](tx, "account_id = ? AND target_id = ?", me.ID, target.ID)
	if err != nil {
		return err
	}
	if old != nil {
		t.give(old)
		return store.Put(tx, old)
	}
	id := models.NewID(tx.Now)
	f := &models.Follow{
		ID: id, URI: activities.NewURI(me, "follows", id), AccountID: me.ID, TargetID: target.ID, ShowBoosts: true, CreatedAt: tx.Now,
	}
	t.give(f)
	if err := store.Put(tx, f); err != nil {
		return err
	}
	if target.Local() {
		return arrived(tx, me, target, f)
	}
	return activities.Say(tx, me, &models.Activity{
		URI: f.URI, Verb: models.FollowVerb, Object: models.Ref(target.URI), To: []models.IRI{target.URI},
	}, activities.To(target))
}

// Followed takes in that a peer's account asks to hear target, who lives here.
func Followed(tx *store.Tx, who *models.Account, uri models.IRI, target *models.Account) error {
	if !target.Local() || !target.Active() {
		return models.Errorf(models.NotFound, "nobody called %s lives here", target.URI)
	}
	if shut, err := activities.Blocked(tx, who.ID, target.ID); err != nil || shut {
		if err == nil {
			err = answer(tx, target, who, uri, models.Reject)
		}
		return err
	}
	f, err := store.Maybe[models.Follow](tx, "account_id = ? AND target_id = ?", who.ID, target.ID)
	if err != nil {
		return err
	}
	if f != nil { // asked again, perhaps because our answer was lost
		f.URI = uri
		if err := store.Put(tx, f); err != nil || !f.Accepted {
			return err
		}
		return answer(tx, target, who, uri, models.Accept)
	}
	f = &models.Follow{
		ID: models.NewID(tx.Now), URI: uri, AccountID: who.ID, TargetID: target.ID, ShowBoosts: true, CreatedAt: tx.Now,
	}
	if err := store.Put(tx, f); err != nil {
		return err
	}
	return arrived(tx, who, target, f)
}

// arrived is a follow that reached target, who lives here.
func arrived(tx *store.Tx, who, target *models.Account, f *models.Follow) error {
	if target.System {
		return models.Errorf(models.Forbidden, "the instance itself cannot be followed")
	}
	kind, locked := models.NoteFollow, target.Locked || who.Silenced()
	if locked {
		kind = models.NoteFollowRequest
	}
	if err := activities.Notify(tx, models.Notification{AccountID: target.ID, FromID: who.ID, Type: kind}); err != nil || locked {
		return err
	}
	if err := hold(tx, f, who, target); err != nil || who.Local() {
		return err
	}
	return answer(tx, target, who, f.URI, models.Accept)
}

func hold(tx *store.Tx, f *models.Follow, who, target *models.Account) error {
	won, err := store.Set[models.Follow](tx, map[string]any{"accepted": true}, "id = ? AND NOT accepted", f.ID)
	if err != nil || won == 0 {
		return err
	}
	return counts(tx, who.ID, target.ID, "+ 1")
}

// counts changes how many who follows and how many follow target by one.
func counts(tx *store.Tx, who, target models.ID, by string) error {
	if _, err := store.Set[models.Account](tx, map[string]any{"following_count": store.Expr("following_count " + by)}, "id = ?", who); err != nil {
		return err
	}
	_, err := store.Set[models.Account](tx, map[string]any{"followers_count": store.Expr("followers_count " + by)}, "id = ?", target)
	return err
}

func answer(tx *store.Tx, me, who *models.Account, follow models.IRI, verb models.Verb) error {
	if who.Local() {
		return nil
	}
	inner := models.Activity{URI: follow, Verb: models.FollowVerb, Actor: who.URI, Object: models.Ref(me.URI)}
	return activities.Say(tx, me, &models.Activity{
		Verb: verb, To: []models.IRI{who.URI},
		Object: models.Object{URI: follow, Type: string(models.FollowVerb), Activity: &inner},
	}, activities.To(who))
}

// AcceptFollow lets follower hear me.
func AcceptFollow(tx *store.Tx, me, follower *models.Account) error {
	f, err := request(tx, follower.ID, me.ID)
	if err != nil {
		return err
	}
	if err := hold(tx, f, follower, me); err != nil {
		return err
	}
	if err := settle(tx, me, follower); err != nil {
		return err
	}
	return answer(tx, me, follower, f.URI, models.Accept)
}

// RejectFollow does not; it also ends a follow that was accepted.
func RejectFollow(tx *store.Tx, me, follower *models.Account) error {
	f, err := store.One[models.Follow](tx, "account_id = ? AND target_id = ?", follower.ID, me.ID)
	if err != nil {
		return err
	}
	if err := end(tx, f); err != nil {
		return err
	}
	if err := settle(tx, me, follower); err != nil {
		return err
	}
	return answer(tx, me, follower, f.URI, models.Reject)
}

// settle takes the request away from me's notifications.
func settle(tx *store.Tx, me, follower *models.Account) error {
	_, err := store.Delete[models.Notification](tx, "account_id = ? AND from_id = ? AND type = ?", me.ID, follower.ID, models.NoteFollowRequest)
	return err
}

func request(tx *store.Tx, who, target models.ID) (*models.Follow, error) {
	f, err := store.Maybe[models.Follow](tx, "account_id = ? AND target_id = ? AND NOT accepted", who, target)
	if err == nil && f == nil {
		err = models.Errorf(models.NotFound, "there is no such request")
	}
	return f, err
}

// Accepted takes in that target, who lives elsewhere, lets me hear them.
func Accepted(tx *store.Tx, target, me *models.Account) error {
	f, err := request(tx, me.ID, target.ID)
	if err != nil {
		return err
	}
	return hold(tx, f, me, target)
}

// Rejected takes in that they do not, or no longer.
func Rejected(tx *store.Tx, target, me *models.Account) error {
	f, err := store.One[models.Follow](tx, "account_id = ? AND target_id = ?", me.ID, target.ID)
	if err != nil {
		return err
	}
	return end(tx, f)
}

// Unfollow stops hearing target.
func Unfollow(tx *store.Tx, me, target *models.Account) error {
	f, err := store.Maybe[models.Follow](tx, "account_id = ? AND target_id = ?", me.ID, target.ID)
	if err != nil || f == nil {
		return err
	}
	if err := end(tx, f); err != nil || target.Local() {
		return err
	}
	inner := models.Activity{URI: f.URI, Verb: models.FollowVerb, Actor: me.URI, Object: models.Ref(target.URI)}
	return activities.Say(tx, me, &models.Activity{
		Verb: models.Undo, To: []models.IRI{target.URI},
		Object: models.Object{URI: f.URI, Type: string(models.FollowVerb), Activity: &inner},
	}, activities.To(target))
}

// Unfollowed takes in that a peer's account stopped hearing target.
func Unfollowed(tx *store.Tx, who, target *models.Account) error {
	f, err := store.Maybe[models.Follow](tx, "account_id = ? AND target_id = ?", who.ID, target.ID)
	if err != nil || f == nil {
		return err
	}
	return end(tx, f)
}

func end(tx *store.Tx, f *models.Follow) error {
	if _, err := store.Delete[models.Follow](tx, "id = ?", f.ID); err != nil {
		return err
	}
	if err := leave(tx, f); err != nil || !f.Accepted {
		return err
	}
	return counts(tx, f.AccountID, f.TargetID, "- 1")
}
