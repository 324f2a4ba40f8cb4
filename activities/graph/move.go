package graph

import (
	"slices"

	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// Carry is the task that carries the followers of an account that moved over to
// the new one.
type Carry struct {
	Move models.ID `json:"move,string"`
}

// Kind names the task in the queue.
func (Carry) Kind() string { return "carry" }

// carried is how many followers one turn of the task carries over.
const carried = 50

// Move says that me, who lives here, lives at to from now on: to's profile, read
// just now, names me. Its followers are told, and also. Whoever moved says nothing
// more, and can take it back: see Stay.
func Move(tx *store.Tx, me, to *models.Account, also []*models.Account) error {
	me, err := store.Hold[models.Account](tx, me.ID)
	if err != nil {
		return err
	}
	if err := mayMove(tx, me, to); err != nil {
		return err
	}
	me.MovedTo, me.MovedAt, me.UpdatedAt = to.URI, &tx.Now, tx.Now
	if err := store.Put(tx, me); err != nil {
		return err
	}
	also = append(slices.Clone(also), to)
	if err := activities.Say(tx, me, &models.Activity{
		Verb: models.MoveVerb, Object: models.Ref(me.URI), Target: models.Ref(to.URI), To: []models.IRI{me.Followers},
	}, activities.Audience{Followers: true, To: also}); err != nil {
		return err
	}
	return Moved(tx, me, to)
}

func mayMove(tx *store.Tx, me, to *models.Account) error {
	switch {
	case !me.Local() || me.System || !me.Active():
		return models.Errorf(models.Forbidden, "only people who live here can move from here")
	case me.ID == to.ID:
		return models.Errorf(models.Invalid, "you cannot move to where you are")
	case me.Moved():
		return models.Refuse(models.Conflict, "moved", "you moved to %s already", me.MovedTo)
	case me.MovedAt != nil && tx.Now.Sub(*me.MovedAt) < models.MoveCooldown:
		return models.Refuse(models.TooMany, "moved_lately", "you moved on %s: an account moves once in 30 days", me.MovedAt.Format("2 January 2006"))
	case !to.Active() || to.System:
		return models.Errorf(models.Invalid, "nobody can move to %s", to.Acct())
	case to.Moved():
		return models.Refuse(models.Invalid, "chain", "%s moved away itself", to.Acct())
	case !to.Names(me.URI):
		return models.Refuse(models.Forbidden, "not_mutual", "%s does not name you as an alias: sign in there and add %s first", to.Acct(), me.Handle(tx.Site))
	}
	return nil
}

// Stay takes me's Move back. Who was carried over hears the new account still, and
// the next Move waits as if this one had held.
func Stay(tx *store.Tx, me *models.Account) error {
	me, err := store.Hold[models.Account](tx, me.ID)
	if err != nil || !me.Moved() {
		return err
	}
	me.MovedTo, me.UpdatedAt = "", tx.Now
	if err := store.Put(tx, me); err != nil {
		return err
	}
	return activities.Changed(tx, me)
}

// Moved takes in that old lives at to from now on, as both say: who follows old
// here is carried over, a batch at a time. A Move is taken in once; one to
// somewhere else within 30 days, and more of them than a server or one new account
// may cause, are refused.
func Moved(tx *store.Tx, old, to *models.Account) error {
	before, err := store.Maybe[models.Move](tx, "account_id = ?", old.ID)
	if err != nil || before != nil && before.TargetID == to.ID {
		return err
	}
	if before != nil && tx.Now.Sub(before.CreatedAt) < models.MoveCooldown {
		return models.Refuse(models.TooMany, "moved_lately", "%s moved on %s", old.URI, before.CreatedAt.Format("2 January 2006"))
	}
	if err := fewMoves(tx, old, to); err != nil {
		return err
	}
	if before != nil {
		if _, err := store.Delete[models.Move](tx, "id = ?", before.ID); err != nil {
			return err
		}
	}
	mv := &models.Move{ID: models.NewID(tx.Now), AccountID: old.ID, TargetID: to.ID, Host: old.URI.Host(), CreatedAt: tx.Now}
	if err := store.Put(tx, mv); err != nil {
		return err
	}
	return store.Wake(tx, Carry{mv.ID})
}

func fewMoves(tx *store.Tx, old, to *models.Account) error {
	day := tx.Now.AddDate(0, 0, -1)
	if n, err := store.Count[models.Move](tx, "target_id = ? AND created_at > ?", to.ID, day); err != nil || n >= models.MaxMovesToOne {
		if err == nil {
			err = models.Refuse(models.TooMany, "too_many_moves", "too many accounts became %s today", to.URI)
		}
		return err
	}
	n, err := store.Count[models.Move](tx, "host = ? AND created_at > ?", old.URI.Host(), day)
	if err == nil && n >= models.MaxMovesOfHost && !old.Local() {
		err = models.Refuse(models.TooMany, "too_many_moves", "too many accounts left %s today", old.URI.Host())
	}
	return err
}

// CarryOver carries a batch over, and reports whether there are more.
func CarryOver(tx *store.Tx, move models.ID) (more bool, err error) {
	mv, err := store.Hold[models.Move](tx, move)
	if err != nil || mv.CarriedAt != nil {
		return false, err
	}
	old, err := store.Get[models.Account](tx, mv.AccountID)
	if err != nil {
		return false, err
	}
	to, err := store.Get[models.Account](tx, mv.TargetID)
	if err != nil {
		return false, err
	}
	all, err := store.Find[models.Follow](tx, "target_id = ? AND account_id IN (SELECT account_id FROM users) ORDER BY id LIMIT ?", old.ID, carried)
	if err != nil {
		return false, err
	}
	for _, f := range all {
		if err := carry(tx, f, old, to); err != nil {
			return false, err
		}
	}
	if len(all) == carried {
		return true, nil
	}
	mv.CarriedAt = &tx.Now
	if err := store.Put(tx, mv); err != nil {
		return false, err
	}
	for _, carry := range []func(tx *store.Tx, old, to *models.Account) error{carryBlocks, carryMutes, carryNotes} {
		if err := carry(tx, old, to); err != nil {
			return false, err
		}
	}
	return false, nil
}

// carry has who follows old follow to instead, and tells them.
func carry(tx *store.Tx, f *models.Follow, old, to *models.Account) error {
	me, err := store.Get[models.Account](tx, f.AccountID)
	if err != nil {
		return err
	}
	switch err := FollowAs(tx, me, to, termsOf(f)); models.KindOf(err) {
	case "":
		if err := carryLists(tx, me, old, to); err != nil {
			return err
		}
		err = activities.Notify(tx, models.Notification{
			AccountID: me.ID, FromID: to.ID, Type: models.NoteMove,
			Text: old.Handle(tx.Site) + " lives at " + to.Handle(tx.Site) + " now, and you follow them there.",
		})
		if err != nil {
			return err
		}
	case models.Invalid, models.Forbidden: // it is me, or one of the two blocks the other
	default:
		return err
	}
	return Unfollow(tx, me, old)
}

// carryBlocks has who blocks old block to as well, unless they follow it.
func carryBlocks(tx *store.Tx, old, to *models.Account) error {
	all, err := store.Find[models.Block](tx, `target_id = ? AND account_id IN (SELECT account_id FROM users) AND account_id <> ?
		AND account_id NOT IN (SELECT account_id FROM follows WHERE target_id = ?)`, old.ID, to.ID, to.ID)
	if err != nil {
		return err
	}
	for _, b := range all {
		me, err := store.Get[models.Account](tx, b.AccountID)
		if err != nil {
			return err
		}
		if err := Block(tx, me, to); err != nil {
			return err
		}
	}
	return nil
}
