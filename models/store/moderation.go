package store

import (
	"strings"
	"time"

	"ensemble/models"
)

// A Docket says which reports are wanted.
type Docket struct {
	State   models.ReportState // "" for any
	By      models.ID          // 0 for anybody
	Against models.ID
	Domain  string // of the target; "" for any
}

const docket = `SELECT r.* FROM reports r JOIN accounts a ON a.id = r.target_id
WHERE r.id < @max AND r.id > @since AND (@state = '' OR r.state = @state)
AND (CAST(@by AS bigint) = 0 OR r.account_id = @by) AND (CAST(@against AS bigint) = 0 OR r.target_id = @against)
AND (@domain = '' OR a.domain = @domain)`

// Reports returns what moderators were told.
func Reports(tx *Tx, q Docket, w Window) ([]*models.Report, error) {
	args := w.bounds(map[string]any{"state": string(q.State), "by": q.By, "against": q.Against, "domain": strings.ToLower(q.Domain)})
	rows, err := scan[*models.Report](tx, docket+w.order("r.id", args, 0), args)
	return cut(w, rows), err
}

const rules = `SELECT r.* FROM domain_rules r WHERE r.id < @max AND r.id > @since`

// Rules returns what was decided about other servers, the newest rule first.
func Rules(tx *Tx, w Window) ([]*models.DomainRule, error) {
	args := w.bounds(map[string]any{})
	rows, err := scan[*models.DomainRule](tx, rules+w.order("r.id", args, 0), args)
	return cut(w, rows), err
}

// A Roll says which accounts moderators want to see.
type Roll struct {
	Local, Remote, Suspended, Silenced, Sensitized, Staff bool
	Name                                                  string // begins so
	Domain                                                string
	Pending                                               bool // they wait to be let in
	Active                                                bool
}

const roll = `SELECT a.id FROM accounts a WHERE a.id < @max AND a.id > @since AND NOT a.system AND a.state <> 'deleted'
AND (NOT @local OR a.domain = '') AND (NOT @remote OR a.domain <> '') AND (NOT @suspended OR a.state = 'suspended')
AND (NOT @pending OR a.state = 'pending') AND (NOT @active OR a.state = 'active')
AND (NOT @silenced OR a.limited OR a.by_domain = 'silence') AND (NOT @sensitized OR a.sensitized)
AND (NOT @staff OR a.id IN (SELECT account_id FROM users WHERE role <> 'user'))
AND lower(a.username) LIKE @name ESCAPE '\' AND (@domain = '' OR a.domain = @domain)`

// AccountsFor returns the accounts of a roll, the newest first.
func AccountsFor(tx *Tx, q Roll, w Window) ([]models.ID, error) {
	args := w.bounds(map[string]any{
		"local": q.Local, "remote": q.Remote, "suspended": q.Suspended, "silenced": q.Silenced, "sensitized": q.Sensitized,
		"staff": q.Staff, "pending": q.Pending, "active": q.Active, "name": literal(strings.ToLower(q.Name)) + "%", "domain": strings.ToLower(q.Domain),
	})
	rows, err := scan[models.ID](tx, roll+w.order("a.id", args, 0), args)
	return cut(w, rows), err
}

// A Journal says which lines of the moderation log are wanted; "" and 0 for any.
type Journal struct {
	What, Who, About string
	Target           models.ID
}

const journal = `SELECT l.* FROM moderation_log l WHERE l.id < @max AND l.id > @since AND (@what = '' OR l.what = @what)
AND (@who = '' OR l.who = @who) AND (@about = '' OR l.about = @about) AND (CAST(@target AS bigint) = 0 OR l.target_id = @target)`

// Acts returns what was done, the newest first.
func Acts(tx *Tx, q Journal, w Window) ([]*models.ModerationAct, error) {
	args := w.bounds(map[string]any{"what": q.What, "who": q.Who, "about": q.About, "target": q.Target})
	rows, err := scan[*models.ModerationAct](tx, journal+w.order("l.id", args, 0), args)
	return cut(w, rows), err
}

// An ActCount is how often something was done.
type ActCount struct {
	What  string
	Count int
}

// CountActs counts what was done from one time to another, by kind.
func CountActs(tx *Tx, from, to time.Time) ([]ActCount, error) {
	return scan[ActCount](tx, `SELECT what, count(*) AS count FROM moderation_log WHERE at >= @from AND at < @to GROUP BY what ORDER BY what`,
		map[string]any{"from": from, "to": to})
}

// FirstAct returns the time of the oldest report, or the oldest line of the log; zero if
// there is neither.
func FirstAct(tx *Tx) (first time.Time, err error) {
	acts, err := Find[models.ModerationAct](tx, "id > 0 ORDER BY at, id LIMIT 1")
	if err != nil {
		return first, err
	}
	reports, err := Find[models.Report](tx, "id > 0 ORDER BY id LIMIT 1")
	for _, a := range acts {
		first = a.At
	}
	for _, r := range reports {
		if first.IsZero() || r.CreatedAt.Before(first) {
			first = r.CreatedAt
		}
	}
	return first, err
}
