package transfer

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"ensemble/models"
	"ensemble/models/store"
)

// Write returns what me has of a kind, as Mastodon exports it.
func Write(tx *store.Tx, me *models.Account, kind models.ImportKind) ([]byte, error) {
	var lines [][]string
	switch kind {
	case models.ImportFollowing:
		lines = append(lines, []string{"Account address", "Show boosts", "Notify on new posts", "Languages"})
	case models.ImportMuting:
		lines = append(lines, []string{"Account address", "Hide notifications"})
	}
	all, err := store.Decided(tx, me.ID, kind)
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		lines = append(lines, lineOf(tx.Site, kind, d))
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(lines); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func lineOf(site models.Site, kind models.ImportKind, d store.Decision) []string {
	acct := acctOf(site, d)
	switch kind {
	case models.ImportFollowing:
		return []string{acct, strconv.FormatBool(d.ShowBoosts), strconv.FormatBool(d.Notify), strings.Join(d.Languages, ", ")}
	case models.ImportMuting:
		return []string{acct, strconv.FormatBool(d.Notify)}
	case models.ImportLists:
		return []string{d.Name, acct}
	case models.ImportDomains, models.ImportBookmarks:
		return []string{d.Name}
	}
	return []string{acct}
}

// acctOf is the whole address of an account, also of one that lives here.
func acctOf(site models.Site, d store.Decision) string {
	if d.Domain == "" {
		return d.Username + "@" + site.Domain
	}
	return d.Username + "@" + d.Domain
}
