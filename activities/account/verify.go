package account

import (
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// Verify is the task that looks whether the pages that a profile names link back to
// it.
type Verify struct {
	Account models.ID `json:"account,string"`
}

// Kind names the task in the queue.
func (Verify) Kind() string { return "links" }

// Linked returns the page that a field of a profile names, "" if it names none.
func Linked(f models.Field) models.IRI { return models.IRI(text.FirstLink(f.Value)) }

// Back reports whether a page links back to a, by rel=me.
func Back(page []byte, a *models.Account) bool {
	return text.LinksBack(page, string(a.URL), string(a.URI))
}

// Verified notes which of the pages that a's profile names link back to it; true is
// for those that do. Those of whom nothing is said stay as they are.
func Verified(tx *store.Tx, id models.ID, pages map[models.IRI]bool) error {
	a, err := store.Hold[models.Account](tx, id)
	if err != nil {
		return err
	}
	changed := false
	for i, f := range a.Fields {
		back, looked := pages[Linked(f)]
		if !looked || back == (f.VerifiedAt != nil) {
			continue
		}
		changed = true
		a.Fields[i].VerifiedAt = nil
		if back {
			a.Fields[i].VerifiedAt = &tx.Now
		}
	}
	if !changed {
		return nil
	}
	_, err = store.Change(tx, a, "fields")
	return err
}

// LookAnew has the links of a's profile looked at, if it has any.
func LookAnew(tx *store.Tx, a *models.Account) error {
	for _, f := range a.Fields {
		if Linked(f) != "" {
			return store.Wake(tx, Verify{a.ID})
		}
	}
	return nil
}
