package graph

import (
	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// Block keeps target away from me: both stop hearing each other. What they wrote
// together is for collab.Sever.
func Block(tx *store.Tx, me, target *models.Account) error {
	if me.ID == target.ID {
		return models.Errorf(models.Invalid, "you cannot block yourself")
	}
	id := models.NewID(tx.Now)
	b := &models.Block{ID: id, URI: activities.NewURI(me, "blocks", id), AccountID: me.ID, TargetID: target.ID, CreatedAt: tx.Now}
	if isNew, err := block(tx, b); err != nil || !isNew || target.Local() {
		return err
	}
	return activities.Say(tx, me, &models.Activity{
		URI: b.URI, Verb: models.BlockVerb, Object: models.Ref(target.URI), To: []models.IRI{target.URI},
	}, activities.To(target))
}

// Blocked takes in that a peer's account blocks target, who lives here. Nobody is
// told.
func Blocked(tx *store.Tx, who *models.Account, uri models.IRI, target *models.Account) error {
	_, err := block(tx, &models.Block{
		ID: models.NewID(tx.Now), URI: uri, AccountID: who.ID, TargetID: target.ID, CreatedAt: tx.Now,
	})
	return err
}

func block(tx *store.Tx, b *models.Block) (bool, error) {
	if again, err := store.Any[models.Block](tx, "account_id = ? AND target_id = ?", b.AccountID, b.TargetID); err != nil || again {
		return false, err
	}
	isNew, err := store.Add(tx, b)
	if err != nil || !isNew {
		return false, err
	}
	follows, err := store.Find[models.Follow](tx, "(account_id = ? AND target_id = ?) OR (account_id = ? AND target_id = ?)",
		b.AccountID, b.TargetID, b.TargetID, b.AccountID)
	if err != nil {
		return false, err
	}
	for _, f := range follows {
		if err := end(tx, f); err != nil {
			return false, err
		}
	}
	_, err = store.Delete[models.Notification](tx, "account_id = ? AND from_id = ?", b.AccountID, b.TargetID)
	return true, err
}

// Unblock lets target come near again. Nothing that ended begins anew.
func Unblock(tx *store.Tx, me, target *models.Account) error {
	b, err := store.Maybe[models.Block](tx, "account_id = ? AND target_id = ?", me.ID, target.ID)
	if err != nil || b == nil {
		return err
	}
	if _, err := store.Delete[models.Block](tx, "id = ?", b.ID); err != nil || target.Local() {
		return err
	}
	inner := models.Activity{URI: b.URI, Verb: models.BlockVerb, Actor: me.URI, Object: models.Ref(target.URI)}
	return activities.Say(tx, me, &models.Activity{
		Verb: models.Undo, To: []models.IRI{target.URI},
		Object: models.Object{URI: b.URI, Type: string(models.BlockVerb), Activity: &inner},
	}, activities.To(target))
}

// Unblocked takes in that a peer's account lets target come near again.
func Unblocked(tx *store.Tx, who, target *models.Account) error {
	_, err := store.Delete[models.Block](tx, "account_id = ? AND target_id = ?", who.ID, target.ID)
	return err
}
