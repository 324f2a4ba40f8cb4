package store

import (
	"slices"
	"time"

	"ensemble/models"
)

// A Destination is another server that letters wait for, or whose letters an admin
// holds back.
type Destination struct {
	Host      string
	Waiting   int
	Oldest    *models.Delivery // nil if nothing waits
	Peer      *models.Peer     // never nil
	NextTry   *time.Time       // nil if nothing waits, or an admin holds it back
	LastError string           // a sentence, "" if nothing went wrong since the last success
}

// Since returns when the oldest letter was written.
func (d *Destination) Since() *time.Time {
	if d.Oldest == nil {
		return nil
	}
	return &d.Oldest.CreatedAt
}

const (
	waitingByHost = `SELECT host, count(*) AS waiting, min(id) AS oldest FROM deliveries WHERE state = 'queued' GROUP BY host ORDER BY min(id) LIMIT ?`
	waitingAt     = `SELECT host, count(*) AS waiting, min(id) AS oldest FROM deliveries WHERE state = 'queued' AND host = ? GROUP BY host`
)

type queued struct {
	Host    string
	Waiting int
	Oldest  models.ID
}

// Destinations returns the servers that letters wait for, that with the oldest first,
// and those that an admin holds back.
func Destinations(tx *Tx, limit int) ([]*Destination, error) {
	rows, err := scan[queued](tx, waitingByHost, limit)
	if err != nil {
		return nil, err
	}
	out, err := destinations(tx, rows)
	if err != nil {
		return nil, err
	}
	paused, err := Find[models.Peer](tx, "paused ORDER BY host LIMIT ?", limit)
	for _, p := range paused {
		if !slices.ContainsFunc(out, func(d *Destination) bool { return d.Host == p.Host }) {
			out = append(out, &Destination{Host: p.Host, Peer: p, LastError: p.LastError})
		}
	}
	return out, err
}

// DestinationOf returns what is known of one server, nil if it is not known here.
func DestinationOf(tx *Tx, host string) (*Destination, error) {
	rows, err := scan[queued](tx, waitingAt, host)
	if err != nil {
		return nil, err
	}
	if len(rows) > 0 {
		all, err := destinations(tx, rows)
		if err != nil {
			return nil, err
		}
		return all[0], nil
	}
	p, err := Maybe[models.Peer](tx, "host = ?", host)
	if err != nil || p == nil {
		return nil, err
	}
	return &Destination{Host: host, Peer: p, LastError: p.LastError}, nil
}

func destinations(tx *Tx, rows []queued) ([]*Destination, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	hosts, ids := make([]string, len(rows)), make([]models.ID, len(rows))
	for i, r := range rows {
		hosts[i], ids[i] = r.Host, r.Oldest
	}
	peers, err := Find[models.Peer](tx, "host IN ?", hosts)
	if err != nil {
		return nil, err
	}
	oldest, err := Find[models.Delivery](tx, "id IN ?", ids)
	if err != nil {
		return nil, err
	}
	out := make([]*Destination, len(rows))
	for i, r := range rows {
		d := &Destination{Host: r.Host, Waiting: r.Waiting, Peer: &models.Peer{Host: r.Host}}
		if at := slices.IndexFunc(peers, func(p *models.Peer) bool { return p.Host == r.Host }); at >= 0 {
			d.Peer = peers[at]
		}
		if at := slices.IndexFunc(oldest, func(o *models.Delivery) bool { return o.ID == r.Oldest }); at >= 0 {
			d.Oldest = oldest[at]
		}
		out[i] = d.judge()
	}
	return out, nil
}

func (d *Destination) judge() *Destination {
	d.LastError = d.Peer.LastError
	if d.Oldest == nil {
		return d
	}
	if d.LastError == "" {
		d.LastError = d.Oldest.LastError
	}
	if !d.Peer.Paused {
		next := d.Oldest.DueAt
		if t := d.Peer.NextTry; t != nil && t.After(next) {
			next = *t
		}
		d.NextTry = &next
	}
	return d
}
