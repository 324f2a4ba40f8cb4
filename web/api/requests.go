package api

import (
	"slices"

	"ensemble/activities/collab"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// requestRoutes are for what waits for an answer of the person's.
func (a *API) requestRoutes() []call.Route {
	const v1, read = "/api/ensemble/v1", "read:statuses"
	return []call.Route{
		{Method: "GET", Path: v1 + "/requests/count", Scope: read, Handler: a.CountRequests},
		{Method: "GET", Path: v1 + "/collabs/:id/versions", Scope: read, Handler: a.Versions},
	}
}

// CountRequests is GET /api/ensemble/v1/requests/count: how many invitations, wishes
// for a change, requests to be quoted and claims wait for my answer.
func (a *API) CountRequests(c *call.Call) (any, error) {
	n, err := store.CountRequests(c.Tx, c.Me.ID)
	return map[string]int{"count": n}, err
}

// versionJSON is one version of a work, as far as it can be compared with another.
type versionJSON struct {
	Revision    int                `json:"revision"`
	CreatedAt   moment             `json:"created_at"`
	Digest      string             `json:"digest"`
	Text        string             `json:"text"` // in plain words
	SpoilerText string             `json:"spoiler_text"`
	Sensitive   bool               `json:"sensitive"`
	Language    *string            `json:"language"`
	Visibility  models.Visibility  `json:"visibility"`
	Media       []versionMediaJSON `json:"media"`
	Published   bool               `json:"published"` // it is the one that the world sees
	Agreed      bool               `json:"agreed"`    // the reader agreed to it, or wrote it
}

type versionMediaJSON struct {
	Digest      string  `json:"digest"`
	Type        string  `json:"type"`
	Description *string `json:"description"`
}

// Versions is GET /api/ensemble/v1/collabs/:id/versions: the versions of the work that
// the reader was shown, the oldest first. What was purged is left out.
func (a *API) Versions(c *call.Call) (any, error) {
	row, err := seat(c)
	if err != nil {
		return nil, err
	}
	all, err := collab.Versions(c.Tx, c.Me, row)
	if err != nil {
		return nil, err
	}
	out := []versionJSON{}
	for _, v := range all {
		n := v.Note
		shown, _ := text.SplitByline(text.Sanitize(n.Content))
		j := versionJSON{
			Revision: v.Number, CreatedAt: moment(v.CreatedAt), Digest: v.Digest, Text: text.Plain(shown), Sensitive: n.Sensitive,
			Language: orNull(n.Language), Visibility: models.VisibilityOf(n.To, n.Cc, ""), Media: []versionMediaJSON{},
			Published: v.Number == row.Published, Agreed: v.Agreed,
		}
		if n.Summary != nil {
			j.SpoilerText = *n.Summary
		}
		for _, m := range n.Attachments {
			j.Media = append(j.Media, versionMediaJSON{m.Digest, m.Kind, orNull(m.Alt)})
		}
		out = append(out, j)
	}
	return out, nil
}

// changeJSON is a change that somebody wishes for before they answer.
type changeJSON struct {
	ID        models.ID   `json:"id,string"`
	Account   accountJSON `json:"account"`
	Revision  int         `json:"revision"` // the one it is about
	Text      string      `json:"text"`     // what they say
	Wording   *string     `json:"wording"`  // the whole text as they would agree to it
	Open      bool        `json:"open"`     // nobody has taken it up, and they have not answered
	CreatedAt moment      `json:"created_at"`
}

// wishes gathers what was wished of collabs.
func (d *desk) wishes(ids []models.ID) error {
	all, err := store.ChangesOf(d.call.Tx, ids)
	d.changes = map[models.ID][]*models.ChangeRequest{}
	for _, w := range all {
		d.changes[w.CollabID] = append(d.changes[w.CollabID], w)
	}
	return err
}

// wished shows them to who started the collab; to others, their own.
func (d *desk) wished(row *models.Collab, mine *models.Invite) []changeJSON {
	out := []changeJSON{}
	for _, w := range d.changes[row.ID] {
		if mine != nil && mine.AccountID != w.AccountID {
			continue
		}
		waits := slices.ContainsFunc(d.invites[row.ID], func(i *models.Invite) bool {
			return i.AccountID == w.AccountID && (i.Open() || i.State == models.InviteReapproval)
		})
		out = append(out, changeJSON{
			ID: w.ID, Account: d.person(w.AccountID), Revision: w.Revision, Text: w.Words, Wording: orNull(w.Wording),
			Open: waits && w.Revision == row.Revision && !row.Over(), CreatedAt: moment(w.CreatedAt),
		})
	}
	return out
}
