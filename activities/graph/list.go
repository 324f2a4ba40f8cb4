package graph

import (
	"strings"

	"ensemble/models"
	"ensemble/models/store"
)

// A Listing is what may be said of a list; nil leaves a thing as it is.
type Listing struct {
	Title     *string
	Replies   *models.RepliesPolicy
	Exclusive *bool
}

func (l Listing) give(to *models.List) error {
	if l.Title != nil {
		to.Title = strings.TrimSpace(*l.Title)
	}
	if l.Replies != nil {
		to.RepliesPolicy = *l.Replies
	}
	if l.Exclusive != nil {
		to.Exclusive = *l.Exclusive
	}
	switch {
	case to.Title == "":
		return models.Errorf(models.Invalid, "Validation failed: Title can't be blank")
	case len([]rune(to.Title)) > models.MaxListTitle:
		return models.Errorf(models.Invalid, "Validation failed: Title is longer than %d characters", models.MaxListTitle)
	case !to.RepliesPolicy.Valid():
		return models.Errorf(models.Invalid, "%q is not a valid replies_policy: it is followed, list or none", to.RepliesPolicy)
	}
	return nil
}

// MakeList makes a list of me's.
func MakeList(tx *store.Tx, me *models.Account, l Listing) (*models.List, error) {
	if _, err := store.Hold[models.Account](tx, me.ID); err != nil { // one at a time is counted
		return nil, err
	}
	n, err := store.Count[models.List](tx, "account_id = ?", me.ID)
	if err == nil && n >= models.MaxLists {
		err = models.Errorf(models.Invalid, "Validation failed: You have reached the maximum number of lists")
	}
	if err != nil {
		return nil, err
	}
	list := &models.List{ID: models.NewID(tx.Now), AccountID: me.ID, RepliesPolicy: models.RepliesList, CreatedAt: tx.Now}
	if err := l.give(list); err != nil {
		return nil, err
	}
	return list, store.Put(tx, list)
}

// MyList returns a list of me's; anybody else's is NotFound.
func MyList(tx *store.Tx, me *models.Account, id models.ID) (*models.List, error) {
	return store.One[models.List](tx, "id = ? AND account_id = ?", id, me.ID)
}

// ChangeList changes a list.
func ChangeList(tx *store.Tx, list *models.List, l Listing) error {
	if err := l.give(list); err != nil {
		return err
	}
	return store.Put(tx, list)
}

// DropList takes a list away.
func DropList(tx *store.Tx, list *models.List) error {
	if _, err := store.Delete[models.ListMember](tx, "list_id = ?", list.ID); err != nil {
		return err
	}
	_, err := store.Delete[models.List](tx, "id = ?", list.ID)
	return err
}

// Enlist puts accounts on a list: all of them, or none. Its owner follows them, or has
// asked to; one who is not followed is NotFound, one who is there already Invalid.
func Enlist(tx *store.Tx, list *models.List, accounts []models.ID) error {
	for _, id := range accounts {
		there, err := store.Any[models.Follow](tx, "account_id = ? AND target_id = ?", list.AccountID, id)
		if err != nil {
			return err
		}
		if !there && id != list.AccountID {
			return models.Errorf(models.NotFound, "Record not found: you do not follow that account")
		}
		isNew, err := store.Add(tx, &models.ListMember{ListID: list.ID, AccountID: id})
		if err != nil {
			return err
		}
		if !isNew {
			return models.Errorf(models.Invalid, "Validation failed: Account has already been taken")
		}
	}
	return nil
}

// Delist takes accounts off a list.
func Delist(tx *store.Tx, list *models.List, accounts []models.ID) error {
	if len(accounts) == 0 {
		return nil
	}
	_, err := store.Delete[models.ListMember](tx, "list_id = ? AND account_id IN ?", list.ID, accounts)
	return err
}

// carryLists puts to on those lists of me's that old is on.
func carryLists(tx *store.Tx, me, old, to *models.Account) error {
	all, err := store.Find[models.ListMember](tx, "account_id = ? AND list_id IN (SELECT id FROM lists WHERE account_id = ?)", old.ID, me.ID)
	if err != nil {
		return err
	}
	for _, m := range all {
		if _, err := store.Add(tx, &models.ListMember{ListID: m.ListID, AccountID: to.ID}); err != nil {
			return err
		}
	}
	return nil
}
