package graph

import (
	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// Sever ends a follow because the server of one of the two was blocked, and writes
// down what it was. me lives here, other there.
func Sever(tx *store.Tx, f *models.Follow, domain string, me, other models.ID) error {
	s := &models.Severed{
		ID: models.NewID(tx.Now), Domain: domain, AccountID: me, TargetID: other, Follower: f.TargetID == me, URI: f.URI,
		Accepted: f.Accepted, ShowBoosts: f.ShowBoosts, Notify: f.Notify, CreatedAt: tx.Now,
	}
	if err := store.Put(tx, s); err != nil {
		return err
	}
	return end(tx, f)
}

// Rejoin restores what Sever ended, as far as that is ours: who follows us, since
// their server never heard that it ended, and our own wish to hear them, which is
// said anew and holds once they answer. It reports whether it did.
func Rejoin(tx *store.Tx, s *models.Severed, me, other *models.Account) (bool, error) {
	if !me.Active() || !other.Active() {
		return false, nil
	}
	if shut, err := activities.Blocked(tx, me.ID, other.ID); err != nil || shut {
		return false, err
	}
	f := &models.Follow{ID: models.NewID(tx.Now), URI: s.URI, ShowBoosts: s.ShowBoosts, Notify: s.Notify, CreatedAt: tx.Now}
	f.AccountID, f.TargetID = me.ID, other.ID
	if s.Follower {
		f.AccountID, f.TargetID = other.ID, me.ID
	} else { // said anew, under a new name
		f.URI = activities.NewURI(me, "follows", f.ID)
	}
	isNew, err := store.Add(tx, f)
	if err != nil || !isNew {
		return false, err
	}
	if _, err := store.Set[models.Severed](tx, map[string]any{"restored_at": tx.Now}, "id = ?", s.ID); err != nil {
		return false, err
	}
	if s.Follower {
		if !s.Accepted {
			return true, nil
		}
		return true, hold(tx, f, other, me)
	}
	return true, activities.Say(tx, me, &models.Activity{
		URI: f.URI, Verb: models.FollowVerb, Object: models.Ref(other.URI), To: []models.IRI{other.URI},
	}, activities.To(other))
}
