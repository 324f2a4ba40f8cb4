package graph

import (
	"ensemble/models"
	"ensemble/models/store"
)

// Gone takes away what an account that is no more left with others, and they with it:
// mutes, notes, endorsements, and places on lists.
func Gone(tx *store.Tx, who models.ID) error {
	for _, clear := range []func() (int, error){
		func() (int, error) {
			return store.Delete[models.Mute](tx, "account_id = ? OR target_id = ?", who, who)
		},
		func() (int, error) {
			return store.Delete[models.AccountNote](tx, "account_id = ? OR target_id = ?", who, who)
		},
		func() (int, error) {
			return store.Delete[models.ListMember](tx, "account_id = ? OR list_id IN (SELECT id FROM lists WHERE account_id = ?)", who, who)
		},
		func() (int, error) {
			return store.Delete[models.Endorsement](tx, "account_id = ? OR target_id = ?", who, who)
		},
		func() (int, error) {
			return store.Delete[models.Dismissal](tx, "account_id = ? OR target_id = ?", who, who)
		},
		func() (int, error) { return store.Delete[models.List](tx, "account_id = ?", who) },
		func() (int, error) { return store.Delete[models.AccountDomainBlock](tx, "account_id = ?", who) },
		func() (int, error) { return store.Delete[models.TagFollow](tx, "account_id = ?", who) },
	} {
		if _, err := clear(); err != nil {
			return err
		}
	}
	return nil
}
