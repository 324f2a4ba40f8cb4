package main

import (
	"fmt"
	"strings"

	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
)

type reportCmd struct {
	List   reportListCmd   `cmd:"" help:"List reports, the newest first."`
	Show   reportShowCmd   `cmd:"" help:"Show a report, and which servers were told of it."`
	Close  reportCloseCmd  `cmd:"" help:"Close a report."`
	Reopen reportReopenCmd `cmd:"" help:"Open a report again."`
	Log    reportLogCmd    `cmd:"" help:"Show what moderators did: who, what, when and why."`
}

type reportListCmd struct {
	All bool `help:"Closed ones too."`
}

// Run lists reports.
func (c reportListCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		return db.Read(w, func(tx *store.Tx) error {
			q := store.Docket{State: models.ReportOpen}
			if c.All {
				q.State = ""
			}
			rows, err := store.Reports(tx, q, store.Window{Limit: 200})
			if err != nil {
				return err
			}
			for _, r := range rows {
				line, err := reportLine(tx, r)
				if err != nil {
					return err
				}
				w.say("%s", line)
			}
			if len(rows) == 0 {
				w.say("There is nothing to do.")
			}
			return nil
		})
	})
}

func reportLine(tx *store.Tx, r *models.Report) (string, error) {
	target, err := store.Get[models.Account](tx, r.TargetID)
	if err != nil {
		return "", err
	}
	from, err := reporter(tx, r)
	if err != nil {
		return "", err
	}
	first, _, _ := strings.Cut(r.Comment, "\n")
	return fmt.Sprintf("%d  %s  %s  %s, by %s, %d posts, %s: %s",
		r.ID, r.CreatedAt.Format("2006-01-02 15:04"), r.State, target.Handle(tx.Site), from, len(r.PostIDs), r.Category, first), nil
}

// reporter is who a report is from: of another server, just which one.
func reporter(tx *store.Tx, r *models.Report) (string, error) {
	if r.Host != "" {
		return r.Host, nil
	}
	a, err := store.Get[models.Account](tx, r.AccountID)
	if err != nil {
		return "", err
	}
	return a.Handle(tx.Site), nil
}

type reportShowCmd struct {
	ID string `arg:"" help:"The number of the report."`
}

// Run shows a report.
func (c reportShowCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		return db.Read(w, func(tx *store.Tx) error {
			r, err := findReport(tx, c.ID)
			if err != nil {
				return err
			}
			line, err := reportLine(tx, r)
			if err != nil {
				return err
			}
			w.say("%s\n%s", line, r.Comment)
			for _, id := range r.PostIDs {
				if p, err := store.Maybe[models.Post](tx, "id = ?", id); err == nil && p != nil {
					w.say("  about %s", p.URI)
				}
			}
			ways, err := moderation.Ways(tx, r)
			for _, to := range ways {
				w.say("  told to %s: %s %s", to.Host, to.State, to.Reason)
			}
			return err
		})
	})
}

func findReport(tx *store.Tx, number string) (*models.Report, error) {
	id, err := models.ParseID(number)
	if err != nil {
		return nil, err
	}
	return store.Get[models.Report](tx, id)
}

type reportCloseCmd struct {
	ID     string `arg:"" help:"The number of the report."`
	Reason string `help:"Why, for the log."`
}

// Run closes a report.
func (c reportCloseCmd) Run(w *world) error {
	return withReport(w, c.ID, func(tx *store.Tx, r *models.Report) error { return moderation.Close(tx, nil, r, c.Reason) })
}

type reportReopenCmd struct {
	ID     string `arg:"" help:"The number of the report."`
	Reason string `help:"Why, for the log."`
}

// Run opens a report again.
func (c reportReopenCmd) Run(w *world) error {
	return withReport(w, c.ID, func(tx *store.Tx, r *models.Report) error { return moderation.Reopen(tx, nil, r, c.Reason) })
}

func withReport(w *world, number string, do func(*store.Tx, *models.Report) error) error {
	return withDB(w, func(db *store.DB) error {
		var r *models.Report
		err := db.Tx(w, func(tx *store.Tx) (err error) {
			if r, err = findReport(tx, number); err != nil {
				return err
			}
			if err = do(tx, r); err == nil {
				r, err = findReport(tx, number)
			}
			return err
		})
		if err == nil {
			w.say("Report %d is %s.", r.ID, r.State)
		}
		return err
	})
}

type reportLogCmd struct {
	About string `arg:"" optional:"" help:"One domain, address or number of a report; without it, everything."`
}

// Run shows the moderation log.
func (c reportLogCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		return db.Read(w, func(tx *store.Tx) error {
			acts, err := moderation.Log(tx, c.About, 200)
			for _, a := range acts {
				w.say("%s  %s  %s %s  %s", a.At.Format("2006-01-02 15:04:05"), a.Who, a.What, a.About, a.Reason)
			}
			return err
		})
	})
}
