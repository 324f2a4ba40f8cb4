package moderation

import (
	"ensemble/models"
	"ensemble/models/store"
)

// Assign gives a report to by, who looks after it from now on; nil gives it back.
// who does it is by, unless it is given back by another.
func Assign(tx *store.Tx, by *models.Account, r *models.Report, mine bool) error {
	r, err := store.Hold[models.Report](tx, r.ID)
	if err != nil {
		return err
	}
	what := "report_unassigned"
	r.AssignedID = 0
	if mine && by != nil {
		what, r.AssignedID = "report_assigned", by.ID
	}
	return changed(tx, by, r, what, "")
}

// Close ends a report: moderators are done with it. A second time changes nothing.
func Close(tx *store.Tx, by *models.Account, r *models.Report, reason string) error {
	r, err := store.Hold[models.Report](tx, r.ID)
	if err != nil || r.State == models.ReportClosed {
		return err
	}
	r.State, r.ClosedAt, r.ClosedBy = models.ReportClosed, &tx.Now, 0
	if by != nil {
		r.ClosedBy = by.ID
	}
	return changed(tx, by, r, "report_closed", reason)
}

// Reopen begins a report anew.
func Reopen(tx *store.Tx, by *models.Account, r *models.Report, reason string) error {
	r, err := store.Hold[models.Report](tx, r.ID)
	if err != nil || r.State == models.ReportOpen {
		return err
	}
	r.State, r.ClosedAt, r.ClosedBy = models.ReportOpen, nil, 0
	return changed(tx, by, r, "report_reopened", reason)
}

// Sort puts a report into another category.
func Sort(tx *store.Tx, by *models.Account, r *models.Report, c models.ReportCategory, rules []string) error {
	if !c.Valid() {
		return models.Errorf(models.Invalid, "the category is spam, legal, violation or other, not %q", c)
	}
	r, err := store.Hold[models.Report](tx, r.ID)
	if err != nil {
		return err
	}
	r.Category, r.RuleIDs = c, rules
	return changed(tx, by, r, "report_sorted", string(c))
}

func changed(tx *store.Tx, by *models.Account, r *models.Report, what, reason string) error {
	r.UpdatedAt = tx.Now
	if err := store.Put(tx, r); err != nil {
		return err
	}
	return note(tx, by, models.ModerationAct{What: what, About: r.ID.String(), TargetID: r.TargetID, Reason: prose(reason, models.MaxReportComment)})
}

// A Way is how far the word of a report came to one server.
type Way struct {
	Host   string
	State  models.DeliveryState
	Reason string // a sentence, where it did not come through
}

// Ways returns how far each Flag about r came. What was brought more than a week
// ago is forgotten, and counts as done.
func Ways(tx *store.Tx, r *models.Report) ([]Way, error) {
	var out []Way
	for _, f := range r.Forwards {
		w := Way{Host: f.Host, State: models.DeliveryDone}
		said, err := store.Maybe[models.Outbound](tx, "uri = ?", f.Flag)
		if err != nil {
			return nil, err
		}
		if said != nil {
			if w, err = way(tx, f.Host, said); err != nil {
				return nil, err
			}
		}
		out = append(out, w)
	}
	return out, nil
}

func way(tx *store.Tx, host string, said *models.Outbound) (Way, error) {
	d, err := store.Maybe[models.Delivery](tx, "outbound_id = ?", said.ID)
	switch {
	case err != nil:
		return Way{}, err
	case d != nil:
		return Way{host, d.State, d.LastError}, nil
	case said.ExpandedAt == nil:
		return Way{Host: host, State: models.DeliveryQueued}, nil
	}
	return Way{host, models.DeliveryDropped, "this server does not talk to " + host}, nil
}
