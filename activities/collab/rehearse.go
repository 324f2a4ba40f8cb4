package collab

import (
	"ensemble/activities"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// Rehearse returns what p would be published as, under the names of all who would be
// asked; who asks nobody publishes alone. It refuses what Offer and post.Publish would,
// and changes nothing.
func Rehearse(tx *store.Tx, me *models.Account, p Proposal) (*Preview, error) {
	if len(p.Invitees) == 0 {
		n, err := post.Rehearse(tx, me, p.Draft)
		if err != nil {
			return nil, err
		}
		return &Preview{Note: n}, complete(tx, n)
	}
	if err := p.allowed(tx, me); err != nil {
		return nil, err
	}
	n, err := post.Compose(tx, me, p.Draft, post.NoteURI(me, models.NewID(tx.Now)))
	if err != nil {
		return nil, err
	}
	out := &Preview{}
	var names []name
	for _, i := range p.Invitees {
		out.Names = append(out.Names, PreviewName{Account: i.Account, Role: i.Role, Label: i.Label})
		names = append(names, name{account: i.Account, role: i.Role, label: i.Label})
	}
	c := &models.Collab{URI: activities.NewURI(me, "collaborations", models.NewID(tx.Now))}
	if out.Note, err = named(tx, n, c, names); err != nil {
		return nil, err
	}
	return out, complete(tx, out.Note)
}
