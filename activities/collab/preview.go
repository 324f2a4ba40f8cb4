package collab

import (
	"slices"

	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// A Preview is a work as it would be sent if it were published now.
type Preview struct {
	Note     *models.Note
	Revision int
	Names    []PreviewName // beside the first author, in order
}

// A PreviewName is somebody who would stand under the work.
type PreviewName struct {
	Account *models.Account
	Role    models.CollabRole
	Label   models.CreditLabel
	Agreed  bool // and does not only wait to be asked
}

// Foresee returns the version of c's work that concerns me, under the names that
// would stand: of those who agreed and, unless agreed, of those who are still asked.
// It changes nothing. Who is out of it is Forbidden to look, and what was purged is
// Gone.
func Foresee(tx *store.Tx, me *models.Account, c *models.Collab, agreed bool) (*Preview, error) {
	mine, _, err := Mine(tx, me, c)
	if err != nil {
		return nil, err
	}
	number := c.Revision
	if mine != nil {
		if mine.Ended() {
			return nil, models.Refuse(models.Forbidden, "out_of_it", "you are no longer part of this post")
		}
		if mine.Revision > 0 {
			number = mine.Revision
		}
	}
	r, err := store.Maybe[models.Revision](tx, "collab_id = ? AND number = ?", c.ID, number)
	if err != nil {
		return nil, err
	}
	if r == nil || r.Note == nil {
		return nil, models.Errorf(models.Gone, "the text of this post was deleted")
	}
	p := &Preview{Revision: r.Number}
	if p.Names, err = foreseen(tx, c, agreed); err != nil {
		return nil, err
	}
	var names []name
	for _, n := range p.Names {
		names = append(names, name{account: n.Account, role: n.Role, label: n.Label})
	}
	if p.Note, err = named(tx, r.Note, c, names); err != nil {
		return nil, err
	}
	return p, complete(tx, p.Note)
}

// foreseen returns who would stand under c. Elsewhere than at its initiator's, what is
// known of the others' consent is what the published post says.
func foreseen(tx *store.Tx, c *models.Collab, agreed bool) (out []PreviewName, err error) {
	if c.SuspendedAt != nil {
		return nil, nil
	}
	all, err := invites(tx, c)
	if err != nil {
		return nil, err
	}
	var standing []*models.Author
	if c.PostID != 0 {
		if standing, err = store.Find[models.Author](tx, "post_id = ? AND state = ?", c.PostID, models.AuthorVerified); err != nil {
			return nil, err
		}
	}
	for _, inv := range all {
		who, err := store.Get[models.Account](tx, inv.AccountID)
		if err != nil {
			return nil, err
		}
		shown := slices.ContainsFunc(standing, func(a *models.Author) bool { return a.URI == who.URI })
		yes := shown || inv.Consented()
		if !who.Active() || inv.Ended() && !shown || !yes && (agreed || !inv.Open() && inv.State != models.InviteDraft) {
			continue
		}
		out = append(out, PreviewName{Account: who, Role: inv.Role, Label: inv.Label, Agreed: yes})
	}
	return out, nil
}

// complete adds to n what a post of ours gets when it is published.
func complete(tx *store.Tx, n *models.Note) (err error) {
	texts := []string{n.Content}
	if n.Summary != nil {
		texts = append(texts, *n.Summary)
	}
	if n.Poll != nil {
		q := *n.Poll
		q.Options, q.Voters = slices.Clone(q.Options), 0
		for i := range q.Options {
			q.Options[i].Votes = 0 // nobody has voted
		}
		if q.Ends.IsZero() {
			q.Ends = tx.Now.Add(q.Lasts)
		}
		n.Type, n.Poll, texts = "Question", &q, append(texts, q.Titles()...)
	}
	if tx.Site.Owns(n.URI) {
		n.Emojis, err = activities.Emojis(tx, texts...)
	}
	return err
}
