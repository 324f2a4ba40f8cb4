package graph

import (
	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// Depart is the task that ends what follows are left between somebody here and a
// server that they keep away.
type Depart struct {
	Account models.ID `json:"account,string"`
	Domain  string    `json:"domain"`
}

// Kind names the task in the queue.
func (Depart) Kind() string { return "depart" }

// departing is how many follows one turn ends.
const departing = 100

// BlockDomain keeps a whole server away from me: who lives there is not seen or heard,
// and both stop following. What was written together is for sever.Domain.
func BlockDomain(tx *store.Tx, me *models.Account, domain string) (string, error) {
	name, err := Domain(tx, domain)
	if err != nil {
		return "", err
	}
	b := &models.AccountDomainBlock{ID: models.NewID(tx.Now), AccountID: me.ID, Domain: name, CreatedAt: tx.Now}
	if isNew, err := store.Add(tx, b); err != nil || !isNew {
		return name, err
	}
	if _, err := store.Delete[models.Notification](tx, "account_id = ? AND from_id IN (SELECT id FROM accounts WHERE domain = ?)", me.ID, name); err != nil {
		return name, err
	}
	if err := parting(tx, me, name); err != nil {
		return name, err
	}
	more, err := Part(tx, me, name)
	if err == nil && more {
		err = store.Wake(tx, Depart{me.ID, name})
	}
	return name, err
}

// parting tells me how many follows are about to end.
func parting(tx *store.Tx, me *models.Account, domain string) (err error) {
	s := models.Severance{AccountID: me.ID, Kind: models.SeveredByOneself, TargetName: domain}
	s.Followers, err = store.Count[models.Follow](tx, "target_id = ? AND accepted AND account_id IN (SELECT id FROM accounts WHERE domain = ?)", me.ID, domain)
	if err != nil {
		return err
	}
	s.Following, err = store.Count[models.Follow](tx, "account_id = ? AND accepted AND target_id IN (SELECT id FROM accounts WHERE domain = ?)", me.ID, domain)
	if err != nil {
		return err
	}
	return activities.Severed(tx, s)
}

// Domain returns a domain as it is compared; one that is none, or our own, is Invalid.
func Domain(tx *store.Tx, domain string) (string, error) {
	name, ok := store.Hostname(domain)
	if !ok || len(name) > 253 {
		return "", models.Errorf(models.Invalid, "%q is not a domain", domain)
	}
	if own, _ := store.Hostname(tx.Site.Domain); name == own {
		return "", models.Errorf(models.Invalid, "that is this server: people here can be blocked one by one")
	}
	return name, nil
}

// Part ends some of the follows between me and those of a domain, and reports whether
// there are more.
func Part(tx *store.Tx, me *models.Account, domain string) (more bool, err error) {
	all, err := store.Find[models.Follow](tx, `(account_id = ? AND target_id IN (SELECT id FROM accounts WHERE domain = ?))
		OR (target_id = ? AND account_id IN (SELECT id FROM accounts WHERE domain = ?)) ORDER BY id LIMIT ?`,
		me.ID, domain, me.ID, domain, departing)
	if err != nil {
		return false, err
	}
	for _, f := range all {
		if f.AccountID == me.ID {
			err = withOther(tx, f.TargetID, func(other *models.Account) error { return Unfollow(tx, me, other) })
		} else {
			err = withOther(tx, f.AccountID, func(other *models.Account) error { return RejectFollow(tx, me, other) })
		}
		if err != nil {
			return false, err
		}
	}
	return len(all) == departing, nil
}

func withOther(tx *store.Tx, id models.ID, do func(*models.Account) error) error {
	other, err := store.Get[models.Account](tx, id)
	if err != nil {
		return err
	}
	return do(other)
}

// Departed works a Depart. A block that was taken back meanwhile ends it.
func Departed(tx *store.Tx, t Depart) (more bool, err error) {
	stands, err := store.Any[models.AccountDomainBlock](tx, "account_id = ? AND domain = ?", t.Account, t.Domain)
	if err != nil || !stands {
		return false, err
	}
	me, err := store.Hold[models.Account](tx, t.Account)
	if err != nil {
		return false, err
	}
	return Part(tx, me, t.Domain)
}

// UnblockDomain lets a server come near me again. Nothing that ended begins anew.
func UnblockDomain(tx *store.Tx, me *models.Account, domain string) error {
	name, err := Domain(tx, domain)
	if err != nil {
		return err
	}
	_, err = store.Delete[models.AccountDomainBlock](tx, "account_id = ? AND domain = ?", me.ID, name)
	return err
}
