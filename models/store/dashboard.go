package store

import (
	"slices"
	"time"

	"ensemble/models"
)

// Figures are what became of invitations to write together, as numbers alone.
type Figures struct {
	Started     int // collabs with somebody invited
	Invited     int
	Waiting     int
	Accepted    int
	Declined    int
	Expired     int
	Withdrawn   int // by who asked, or because of a block
	Undelivered int
	Left        int            // after they had accepted
	Reported    int            // reports about their posts, as far as these are here
	Median      *time.Duration // from the invitation to the answer; nil if too few answered
	Reasons     map[string]int // of those who declined, by code; few are OtherReason
}

// OtherReason is the reason of those whose reason too few gave.
const OtherReason = "other"

// fewReasons is how many have to give a reason for it to be told, and to answer for it to
// be told how long that took.
const fewReasons = 5

const (
	invitesBy = `SELECT i.state, i.reason_code AS reason, count(*) AS n FROM invites i JOIN collabs c ON c.id = i.collab_id
		WHERE i.created_at >= ? AND i.state <> 'draft' AND c.initiator_id IN (SELECT account_id FROM users) GROUP BY i.state, i.reason_code`
	collabsAsking = `SELECT count(DISTINCT i.collab_id) FROM invites i JOIN collabs c ON c.id = i.collab_id
		WHERE i.created_at >= ? AND i.state <> 'draft' AND c.initiator_id IN (SELECT account_id FROM users)`
	answerTimes = `SELECT i.sent_at, i.answered_at FROM invites i JOIN collabs c ON c.id = i.collab_id
		WHERE i.created_at >= ? AND i.sent_at IS NOT NULL AND i.answered_at IS NOT NULL AND c.initiator_id IN (SELECT account_id FROM users)
		ORDER BY i.id DESC LIMIT 10000`
)

// FiguresSince returns what became of the invitations that were made here since then.
func FiguresSince(tx *Tx, since time.Time) (*Figures, error) {
	f := &Figures{Reasons: map[string]int{}}
	rows, err := scan[struct {
		State  models.InviteState
		Reason string
		N      int
	}](tx, invitesBy, since)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		f.count(r.State, r.Reason, r.N)
	}
	few := 0
	for code, n := range f.Reasons {
		if n < fewReasons {
			few += n
			delete(f.Reasons, code)
		}
	}
	if few > 0 {
		f.Reasons[OtherReason] += few
	}
	if started, err := scan[int](tx, collabsAsking, since); err != nil {
		return nil, err
	} else if len(started) > 0 {
		f.Started = started[0]
	}
	if f.Reported, err = reported(tx, since); err != nil {
		return nil, err
	}
	f.Median, err = median(tx, since)
	return f, err
}

const (
	reportsSince = `SELECT id, post_ids FROM reports WHERE created_at >= ? ORDER BY id DESC LIMIT 10000`
	jointOfThese = `SELECT p.id FROM posts p JOIN collabs c ON c.post_uri = p.uri
		WHERE p.id IN @posts AND c.created_at >= @since AND c.published > 0 AND c.initiator_id IN (SELECT account_id FROM users)`
)

// reported counts the reports about posts of several that were begun here since then.
func reported(tx *Tx, since time.Time) (n int, err error) {
	reports, err := scan[*models.Report](tx, reportsSince, since)
	if err != nil {
		return 0, err
	}
	var about []models.ID
	for _, r := range reports {
		about = append(about, r.PostIDs...)
	}
	joint := map[models.ID]bool{}
	for some := range slices.Chunk(distinct(about), someViewers) {
		ids, err := scan[models.ID](tx, jointOfThese, map[string]any{"posts": some, "since": since})
		if err != nil {
			return 0, err
		}
		for _, id := range ids {
			joint[id] = true
		}
	}
	for _, r := range reports {
		if slices.ContainsFunc(r.PostIDs, func(id models.ID) bool { return joint[id] }) {
			n++
		}
	}
	return n, nil
}

func (f *Figures) count(state models.InviteState, reason string, n int) {
	f.Invited += n
	switch state {
	case models.InviteSent, models.InviteDelivered, models.InviteSeen:
		f.Waiting += n
	case models.InviteDeclined:
		f.Declined += n
		if reason == "" {
			reason = OtherReason
		}
		f.Reasons[reason] += n
	case models.InviteExpired:
		f.Expired += n
	case models.InviteWithdrawn, models.InviteCancelled:
		f.Withdrawn += n
	case models.InviteUndeliverable:
		f.Undelivered += n
	case models.InviteLeft:
		f.Left += n
		f.Accepted += n
	default:
		f.Accepted += n
	}
}

func median(tx *Tx, since time.Time) (*time.Duration, error) {
	rows, err := scan[struct{ SentAt, AnsweredAt time.Time }](tx, answerTimes, since)
	if err != nil || len(rows) < fewReasons {
		return nil, err
	}
	took := make([]time.Duration, len(rows))
	for i, r := range rows {
		took[i] = max(0, r.AnsweredAt.Sub(r.SentAt))
	}
	slices.Sort(took)
	return &took[len(took)/2], nil
}

// Health is how other servers do, as far as we write to them.
type Health struct {
	Known, Reached, Failing, Paused int // Reached: within the last day
	Waiting                         int // deliveries
}

// FederationHealth counts the servers that are known here.
func FederationHealth(tx *Tx) (Health, error) {
	rows, err := scan[Health](tx, `SELECT count(*) AS known, count(CASE WHEN last_ok >= ? THEN 1 END) AS reached,
		count(CASE WHEN failures > 0 THEN 1 END) AS failing, count(CASE WHEN paused THEN 1 END) AS paused,
		(SELECT count(*) FROM deliveries WHERE state = 'queued') AS waiting FROM peers`, tx.Now.Add(-24*time.Hour))
	if err != nil || len(rows) == 0 {
		return Health{}, err
	}
	return rows[0], nil
}

// MediaBytes returns how many bytes the files of people here are.
func MediaBytes(tx *Tx) (int64, error) {
	return number(tx, `SELECT CAST(coalesce(sum(size), 0) AS bigint) FROM media WHERE key <> ''`)
}

// DatabaseBytes returns how large the database is.
func DatabaseBytes(tx *Tx) (int64, error) {
	query := `SELECT pg_database_size(current_database())`
	if !tx.db.postgres {
		query = `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`
	}
	return number(tx, query)
}

// Dialect returns "sqlite" or "postgres".
func (tx *Tx) Dialect() string { return tx.db.Dialect() }
