package api

import (
	"cmp"
	"time"

	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) deletionRoutes() []call.Route {
	return []call.Route{
		{Method: "GET", Path: "/api/ensemble/v1/deletions", Scope: "read:statuses", Handler: a.Deletions},
	}
}

// What a server said to a deletion.
const (
	deletionConfirmed = "confirmed" // it answered that it took the message
	deletionWaiting   = "waiting"   // it has not been reached yet, and is tried again
	deletionRefused   = "refused"   // it will not take it, or was never reached
)

// deletionJSON is something that was deleted or taken back, and what each server
// that was told has said.
type deletionJSON struct {
	ID        models.ID            `json:"id,string"`
	URI       models.IRI           `json:"uri"`  // of what is gone
	What      string               `json:"what"` // Note, CollaborationAuthorization…
	At        moment               `json:"at"`
	Told      bool                 `json:"told"` // it is known by now which servers are to hear it
	Confirmed int                  `json:"confirmed"`
	Waiting   int                  `json:"waiting"`
	Refused   int                  `json:"refused"`
	Servers   []deletionServerJSON `json:"servers"`
}

type deletionServerJSON struct {
	Host     string  `json:"host"`
	State    string  `json:"state"`
	At       moment  `json:"at"`       // when it confirmed or refused; of one that waits, since when
	Next     *moment `json:"next_try"` // of one that waits
	Reason   string  `json:"reason"`
	Attempts int     `json:"attempts"`
}

// Deletions is GET /api/ensemble/v1/deletions: what I deleted or took back in the
// last 30 days, and which servers confirmed that they heard it. That a server
// confirms does not prove that it deletes; only that it cannot say it never knew.
func (a *API) Deletions(c *call.Call) (any, error) {
	w := window(c, 20, 40)
	rows, err := store.Deletions(c.Tx, c.Me.ID, w)
	if err != nil {
		return nil, err
	}
	if n := len(rows); n > 0 {
		link(c, w, rows[0].ID, rows[n-1].ID, n)
	}
	receipts, err := receiptsOf(c.Tx, rows)
	if err != nil {
		return nil, err
	}
	out := []deletionJSON{}
	for _, o := range rows {
		out = append(out, deletion(c, o, receipts))
	}
	return out, nil
}

// receiptsOf returns which servers confirmed that they heard of each.
func receiptsOf(tx *store.Tx, said []*models.Outbound) ([]store.Receipt, error) {
	ids := make([]models.ID, len(said))
	for i, o := range said {
		ids[i] = o.ID
	}
	return store.Receipts(tx, ids)
}

func deletion(c *call.Call, o *models.Outbound, receipts []store.Receipt) deletionJSON {
	v := deletionJSON{ID: o.ID, URI: o.ObjectURI, At: moment(o.CreatedAt), Told: o.ExpandedAt != nil, Servers: []deletionServerJSON{}}
	v.What = kindOf(o)
	for _, r := range receipts {
		if r.OutboundID != o.ID {
			continue
		}
		s := atServer(r)
		s.Reason = text.Failure(language(c), s.Reason)
		if last := len(v.Servers) - 1; last >= 0 && v.Servers[last].Host == s.Host { // another inbox there
			if rank(s.State) > rank(v.Servers[last].State) {
				v.Servers[last] = s
			}
			continue
		}
		v.Servers = append(v.Servers, s)
	}
	for _, s := range v.Servers {
		switch s.State {
		case deletionConfirmed:
			v.Confirmed++
		case deletionWaiting:
			v.Waiting++
		default:
			v.Refused++
		}
	}
	return v
}

// rank puts the worst last: a server is as far as its slowest inbox.
func rank(state string) int {
	return map[string]int{deletionConfirmed: 0, deletionRefused: 1, deletionWaiting: 2}[state]
}

func atServer(r store.Receipt) deletionServerJSON {
	s := deletionServerJSON{Host: r.Host, Attempts: r.Attempts, At: moment(r.CreatedAt)}
	if r.DoneAt != nil {
		s.At = moment(*r.DoneAt)
	}
	switch r.State {
	case models.DeliveryDone:
		s.State = deletionConfirmed
	case models.DeliveryQueued:
		s.State, s.Reason = deletionWaiting, cmp.Or(r.LastError, r.PeerError)
		next := latest(r.DueAt, r.NextTry)
		s.Next = momentOf(&next)
	default:
		s.State, s.Reason = deletionRefused, r.LastError
	}
	return s
}

func latest(a time.Time, b *time.Time) time.Time {
	if b != nil && b.After(a) {
		return *b
	}
	return a
}
