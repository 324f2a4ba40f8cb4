package app

import (
	"html/template"
	"time"

	"ensemble/models"
)

// A proof is that somebody agreed to stand under a post: where it can be checked, and
// since when.
type proof struct {
	Name  template.HTML
	Acct  string
	Page  string
	Stamp models.IRI
	At    *time.Time
	For   string // of a credit: what for
}

// Proofs are those of all who are named beside who published it first.
func (s aStatus) Proofs() (all []proof) {
	for _, c := range s.Coauthors {
		all = append(all, proof{c.Account.Called(), c.Account.Acct, c.Account.Page(), c.Stamp, c.AcceptedAt, c.CreditLabel})
	}
	return all
}

// proofOf is the proof of one name under a post, as everybody sees it.
func proofOf(site models.Site, n *models.Author, a *models.Account, word string) proof {
	v := viewAccount(site, a)
	return proof{template.HTML(template.HTMLEscapeString(v.Name)), v.Handle[1:], string(v.URL), n.Stamp, n.AcceptedAt, word} //nolint:gosec // just escaped
}
