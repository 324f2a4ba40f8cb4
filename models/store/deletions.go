package store

import (
	"time"

	"ensemble/models"
)

const deletions = `SELECT o.* FROM outbounds o WHERE o.account_id = @me AND o.verb = 'Delete' AND o.id < @max AND o.id > @since`

// Deletions returns what me told other servers to delete, the newest first.
func Deletions(tx *Tx, me models.ID, w Window) ([]*models.Outbound, error) {
	args := w.bounds(map[string]any{"me": me})
	rows, err := scan[*models.Outbound](tx, deletions+w.order("o.id", args, 0), args)
	return cut(w, rows), err
}

// A Receipt says how far an activity has come at one server.
type Receipt struct {
	OutboundID models.ID
	Host       string
	State      models.DeliveryState
	Attempts   int
	LastError  string
	PeerError  string // why the server as a whole is not reached at present
	DueAt      time.Time
	NextTry    *time.Time // of the server as a whole
	DoneAt     *time.Time
	CreatedAt  time.Time
}

const receipts = `SELECT d.outbound_id, d.host, d.state, d.attempts, d.last_error, coalesce(p.last_error, '') AS peer_error,
	d.due_at, p.next_try, d.done_at, d.created_at
FROM deliveries d LEFT JOIN peers p ON p.host = d.host
WHERE d.outbound_id IN @outbounds ORDER BY d.host, d.id`

// Receipts returns how far activities have come, server by server.
func Receipts(tx *Tx, outbounds []models.ID) ([]Receipt, error) {
	if len(outbounds) == 0 {
		return nil, nil
	}
	return scan[Receipt](tx, receipts, map[string]any{"outbounds": outbounds})
}
