package moderation

import (
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// A Tally is how much there was to do in a quarter of a year. What was done is counted
// from the moderation log.
type Tally struct {
	From, To time.Time // To is the first moment after it
	Here     int       // reports of people here
	Afar     int       // reports of other servers
	Appeals  int
	Acts     map[string]int // by their codes in the log
}

// maxQuarters is how far back is counted.
const maxQuarters = 12

// Tallies counts each quarter since there was something to do, the latest first; the
// current one is counted so far.
func Tallies(tx *store.Tx) ([]Tally, error) {
	first, err := store.FirstAct(tx)
	if err != nil {
		return nil, err
	}
	if first.IsZero() {
		first = tx.Now
	}
	now := tx.Now.UTC()
	from := time.Date(now.Year(), (now.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	var out []Tally
	for ; len(out) < maxQuarters; from = from.AddDate(0, -3, 0) {
		t, err := tally(tx, from, from.AddDate(0, 3, 0))
		if err != nil {
			return nil, err
		}
		out = append(out, t)
		if !first.Before(from) {
			break
		}
	}
	return out, nil
}

func tally(tx *store.Tx, from, to time.Time) (t Tally, err error) {
	t = Tally{From: from, To: to, Acts: map[string]int{}}
	if t.Here, err = store.Count[models.Report](tx, "host = '' AND created_at >= ? AND created_at < ?", from, to); err != nil {
		return t, err
	}
	if t.Afar, err = store.Count[models.Report](tx, "host <> '' AND created_at >= ? AND created_at < ?", from, to); err != nil {
		return t, err
	}
	if t.Appeals, err = store.Count[models.Appeal](tx, "created_at >= ? AND created_at < ?", from, to); err != nil {
		return t, err
	}
	acts, err := store.CountActs(tx, from, to)
	for _, a := range acts {
		t.Acts[a.What] = a.Count
	}
	return t, err
}
