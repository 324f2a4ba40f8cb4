package moderation

import (
	"ensemble/models"
	"ensemble/models/store"
)

// Allow puts a domain on the list of those that are let in where the setting
// federation.mode is allowlist.
func Allow(tx *store.Tx, by *models.Account, domain string) (*models.DomainAllow, error) {
	d, ok := store.Hostname(domain)
	if !ok {
		return nil, models.Errorf(models.Invalid, "%q is not a domain", prose(domain, 100))
	}
	a := &models.DomainAllow{ID: models.NewID(tx.Now), Domain: d, CreatedAt: tx.Now}
	isNew, err := store.Add(tx, a)
	if err != nil {
		return nil, err
	}
	if !isNew {
		return store.One[models.DomainAllow](tx, "domain = ?", d)
	}
	return a, note(tx, by, models.ModerationAct{What: "domain_allowed", About: d})
}

// Disallow takes it off.
func Disallow(tx *store.Tx, by *models.Account, domain string) error {
	d, ok := store.Hostname(domain)
	if !ok {
		return models.Errorf(models.Invalid, "%q is not a domain", prose(domain, 100))
	}
	n, err := store.Delete[models.DomainAllow](tx, "domain = ?", d)
	if err != nil || n == 0 {
		if err == nil {
			err = models.Errorf(models.NotFound, "%s is not listed", d)
		}
		return err
	}
	return note(tx, by, models.ModerationAct{What: "domain_disallowed", About: d})
}
