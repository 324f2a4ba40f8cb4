package main

import (
	"cmp"
	"fmt"
	"strings"

	"ensemble/activities/rollout"
	"ensemble/models"
	"ensemble/models/store"
)

type rolloutCmd struct {
	Show rolloutShowCmd `cmd:"" default:"1" help:"Show who may start a post of several authors."`
	Set  rolloutSetCmd  `cmd:"" help:"Say who may start one. The running server follows at once."`
	Off  rolloutOffCmd  `cmd:"" help:"Switch posts of several authors off: each becomes its first author's, boosted by the others. Reversible for 30 days."`
	On   rolloutOnCmd   `cmd:"" help:"Switch them on again, with the names they had."`
	Log  rolloutLogCmd  `cmd:"" help:"Show who changed what, and when."`
}

// operator is who sits at this command line, as far as it is known.
func (w *world) operator() string {
	return "operator " + cmp.Or(w.getenv("SUDO_USER"), w.getenv("USER"), w.getenv("LOGNAME"), "unknown")
}

type rolloutShowCmd struct{}

// Run shows the rule and what the public is told.
func (rolloutShowCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		return db.Read(w, func(tx *store.Tx) error {
			r, err := rollout.Rule(tx)
			if err != nil {
				return err
			}
			n, err := rollout.Tell(tx, "en")
			if err != nil {
				return err
			}
			w.say("%s=%s\nstate: %s", rollout.StartSetting, r, n.State)
			for _, line := range []string{n.Start, n.Take, n.Dates, n.End} {
				if line != "" {
					w.say("%s", line)
				}
			}
			return nil
		})
	})
}

type rolloutSetCmd struct {
	Everyone  bool     `help:"Everybody may start them."`
	Nobody    bool     `help:"Nobody may."`
	Roles     []string `help:"These roles: user, pilot, moderator, admin, owner."`
	Accounts  []string `help:"These accounts, whatever else is said."`
	Countries []string `help:"Who chose one of these countries in their settings, as in FR."`
	Percent   int      `help:"So many of a hundred accounts, always the same ones."`
	From      string   `help:"Not before, as in 2026-11-01 or 2026-11-01T18:00:00Z."`
	To        string   `help:"Not after."`
	End       string   `help:"What happens after that: close (nobody starts new ones) or open (everybody may)."`
}

// Run sets the rule. What is not said is no condition.
func (c rolloutSetCmd) Run(w *world) error {
	text := c.rule()
	if text == "" {
		return fmt.Errorf("say --everyone, --nobody, or conditions: --roles, --countries, --percent, --accounts")
	}
	return withDB(w, func(db *store.DB) error {
		var r *models.Rollout
		err := db.Tx(w, func(tx *store.Tx) (err error) {
			r, err = rollout.Change(tx, w.operator(), text)
			return err
		})
		if err == nil {
			w.say("%s=%s", rollout.StartSetting, r)
		}
		return err
	})
}

func (c rolloutSetCmd) rule() string {
	var out []string
	if c.Everyone {
		out = append(out, string(models.RolloutEveryone))
	}
	if c.Nobody {
		out = append(out, string(models.RolloutNobody))
	}
	percent := ""
	if c.Percent != 0 {
		percent = fmt.Sprint(c.Percent)
	}
	for _, pair := range [][2]string{
		{"roles", strings.Join(c.Roles, ",")}, {"accounts", strings.Join(c.Accounts, ",")},
		{"countries", strings.Join(c.Countries, ",")}, {"percent", percent}, {"from", c.From}, {"to", c.To}, {"end", c.End},
	} {
		if pair[1] != "" {
			out = append(out, pair[0]+"="+pair[1])
		}
	}
	return strings.Join(out, " ")
}

type rolloutOffCmd struct {
	Yes bool `help:"Really."`
}

// Run switches posts of several authors off.
func (c rolloutOffCmd) Run(w *world) error {
	if !c.Yes {
		return fmt.Errorf("every post of several authors that was started here becomes its first author's alone, boosted by the others; " +
			"'ensemble rollout on' undoes that for 30 days, and then it is final: say --yes if you mean it")
	}
	return withDB(w, func(db *store.DB) error {
		var s *models.Sunset
		err := db.Tx(w, func(tx *store.Tx) (err error) {
			s, err = rollout.SwitchOff(tx, w.operator())
			return err
		})
		if err == nil {
			w.say("Posts of several authors are off. 'ensemble rollout on' brings them back until %s.", s.FinalAt.Format("2 January 2006 15:04 UTC"))
		}
		return err
	})
}

type rolloutOnCmd struct{}

// Run switches them on again.
func (rolloutOnCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		restores := false
		err := db.Tx(w, func(tx *store.Tx) (err error) {
			restores, err = rollout.SwitchOn(tx, w.operator())
			return err
		})
		switch {
		case err != nil:
		case restores:
			w.say("Posts of several authors are on again. The names come back within seconds, with the same stamps.")
		default:
			w.say("Posts of several authors can be started again. The 30 days are over: those of before stay as they are.")
		}
		return err
	})
}

type rolloutLogCmd struct{}

// Run shows the log, the newest first.
func (rolloutLogCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		return db.Read(w, func(tx *store.Tx) error {
			all, err := rollout.Log(tx, 100)
			for _, e := range all {
				w.say("%s  %s  %q -> %q", e.At.UTC().Format("2006-01-02 15:04:05 UTC"), e.Actor, e.Before, e.After)
			}
			return err
		})
	})
}
