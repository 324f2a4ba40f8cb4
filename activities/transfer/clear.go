package transfer

import (
	"strings"

	"ensemble/activities/graph"
	"ensemble/activities/react"
	"ensemble/models"
	"ensemble/models/store"
)

// clearing is how much of what a file does not name one transaction takes away.
const clearing = 100

// Clear takes away some of what the file of an import that overwrites does not name,
// and reports whether there is more. When there is not, the import runs.
func Clear(tx *store.Tx, id models.ID) (more bool, err error) {
	i, err := store.Hold[models.Import](tx, id)
	if err != nil || i.State != models.ImportWaiting {
		return false, err
	}
	me, err := store.Get[models.Account](tx, i.AccountID)
	if err != nil {
		return false, err
	}
	named, err := names(tx, i)
	if err != nil {
		return false, err
	}
	all, err := store.Decided(tx, me.ID, i.Kind)
	if err != nil {
		return false, err
	}
	done := 0
	for _, d := range all {
		if named[nameOf(tx.Site, i.Kind, d)] {
			continue
		}
		if done == clearing {
			return true, nil
		}
		if err := undo(tx, me, i.Kind, d); err != nil {
			return false, err
		}
		done++
	}
	_, err = store.Set[models.Import](tx, map[string]any{"state": models.ImportRunning}, "id = ?", i.ID)
	return false, err
}

// names are what the file names, as nameOf writes it.
func names(tx *store.Tx, i *models.Import) (map[string]bool, error) {
	rows, err := store.Find[models.ImportRow](tx, "import_id = ?", i.ID)
	out := make(map[string]bool, len(rows))
	for _, r := range rows {
		switch i.Kind {
		case models.ImportDomains:
			name, _ := store.Hostname(r.Item.Domain)
			out[name] = true
		case models.ImportBookmarks:
			out[string(r.Item.URI)] = true
		case models.ImportLists:
			out[strings.TrimSpace(r.Item.List)+"\n"+whole(tx.Site, r.Item.Acct)] = true
		default:
			out[whole(tx.Site, r.Item.Acct)] = true
		}
	}
	return out, err
}

func nameOf(site models.Site, kind models.ImportKind, d store.Decision) string {
	switch kind {
	case models.ImportDomains, models.ImportBookmarks:
		return d.Name
	case models.ImportLists:
		return d.Name + "\n" + strings.ToLower(acctOf(site, d))
	}
	return strings.ToLower(acctOf(site, d))
}

// whole is an address with its domain, in lower case.
func whole(site models.Site, acct string) string {
	if !strings.Contains(acct, "@") {
		acct += "@" + site.Domain
	}
	return strings.ToLower(acct)
}

func undo(tx *store.Tx, me *models.Account, kind models.ImportKind, d store.Decision) error {
	switch kind {
	case models.ImportDomains:
		return graph.UnblockDomain(tx, me, d.Name)
	case models.ImportBookmarks:
		p, err := store.ByURI[models.Post](tx, models.IRI(d.Name))
		if err != nil {
			return err
		}
		return react.Unbookmark(tx, me, p)
	case models.ImportLists:
		list, err := store.One[models.List](tx, "account_id = ? AND title = ? AND id IN (SELECT list_id FROM list_members WHERE account_id = ?)", me.ID, d.Name, d.ID)
		if err != nil {
			return err
		}
		return graph.Delist(tx, list, []models.ID{d.ID})
	}
	target, err := store.Get[models.Account](tx, d.ID)
	if err != nil {
		return err
	}
	switch kind {
	case models.ImportFollowing:
		return graph.Unfollow(tx, me, target)
	case models.ImportBlocking:
		return graph.Unblock(tx, me, target)
	default:
		return graph.Unmute(tx, me, target)
	}
}
