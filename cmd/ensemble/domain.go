package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
)

type domainCmd struct {
	Block       domainBlockCmd    `cmd:"" help:"Have nothing to do with a server, nor with any below its domain."`
	Limit       domainLimitCmd    `cmd:"" help:"Show a server's people to none but those who follow them, or leave its pictures or reports out."`
	Unblock     domainUnblockCmd  `cmd:"" help:"Take the rule for a domain away, and restore what can be."`
	List        domainListCmd     `cmd:"" help:"List rules, servers that are let in, and lists that are subscribed to."`
	Import      domainImportCmd   `cmd:"" help:"Take rules over from a CSV file, as Mastodon exports it."`
	Export      domainExportCmd   `cmd:"" help:"Write all rules as CSV, as Mastodon does."`
	Allow       domainAllowCmd    `cmd:"" help:"Let a server in where federation.mode is allowlist."`
	Disallow    domainDisallowCmd `cmd:"" help:"Let it in no more."`
	Subscribe   subscribeCmd      `cmd:"" help:"Take rules over from an address, once a day."`
	Unsubscribe unsubscribeCmd    `cmd:"" help:"Do that no more."`
}

// ruleFlags are what all rules may have.
type ruleFlags struct {
	Domain    string `arg:"" help:"The domain."`
	Media     bool   `help:"Link none of its pictures."`
	NoReports bool   `help:"Take none of its reports."`
	Public    string `help:"Why, for everybody."`
	Private   string `help:"Why, for admins and the log."`
	Obfuscate bool   `help:"Show only a part of the domain to others."`
	DryRun    bool   `help:"Say what it would do, and do nothing."`
}

// errDry ends the transaction of a dry run.
var errDry = errors.New("a dry run")

// attempt runs do in a transaction, which comes to nothing if it is a dry run.
func attempt(w *world, dryRun bool, do func(*store.Tx) (string, error)) error {
	return withDB(w, func(db *store.DB) error {
		var text string
		err := db.Tx(w, func(tx *store.Tx) (err error) {
			if text, err = do(tx); err == nil && dryRun {
				err = errDry
			}
			return err
		})
		switch {
		case errors.Is(err, errDry):
			w.say("It would be so: %s", text)
			return nil
		case err != nil:
			return err
		}
		w.say("%s", text)
		return nil
	})
}

func (f ruleFlags) set(w *world, s models.Severity) error {
	return attempt(w, f.DryRun, func(tx *store.Tx) (string, error) {
		r, e, err := moderation.SetRule(tx, nil, models.DomainRule{
			Domain: f.Domain, Severity: s, RejectMedia: f.Media, RejectReports: f.NoReports,
			PublicComment: f.Public, PrivateComment: f.Private, Obfuscate: f.Obfuscate,
		}, f.Private)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%s: %s. %s.", r.Domain, r.Severity, e), nil
	})
}

type domainBlockCmd struct{ ruleFlags }

// Run blocks a server.
func (c domainBlockCmd) Run(w *world) error { return c.set(w, models.SeveritySuspend) }

type domainLimitCmd struct {
	ruleFlags
	Shown bool `help:"Leave its people where they are, for a rule that is about --media or --no-reports alone."`
}

// Run limits a server.
func (c domainLimitCmd) Run(w *world) error {
	if c.Shown {
		return c.set(w, models.SeverityNone)
	}
	return c.set(w, models.SeveritySilence)
}

type domainUnblockCmd struct {
	Domain string `arg:"" help:"The domain."`
	Reason string `help:"Why, for the log."`
	DryRun bool   `help:"Say what it would do, and do nothing."`
}

// Run takes a rule away.
func (c domainUnblockCmd) Run(w *world) error {
	return attempt(w, c.DryRun, func(tx *store.Tx) (string, error) {
		e, err := moderation.LiftRule(tx, nil, c.Domain, c.Reason)
		text := fmt.Sprintf("There is no rule for %s any more. %s.", c.Domain, e)
		if e.Lost > 0 {
			text += " Parts in works and invitations that ended stay so: they can be asked again."
		}
		return text, err
	})
}

type domainListCmd struct{}

// Run lists what is decided about other servers.
func (domainListCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		return db.Read(w, func(tx *store.Tx) error {
			rules, err := store.Find[models.DomainRule](tx, "1 = 1 ORDER BY domain")
			if err != nil {
				return err
			}
			for _, r := range rules {
				w.say("%s  %s  media %t, reports %t, by list %t  %s | %s", r.Domain, r.Severity, !r.RejectMedia, !r.RejectReports,
					r.ListID != 0, r.PublicComment, r.PrivateComment)
			}
			allows, err := store.Find[models.DomainAllow](tx, "1 = 1 ORDER BY domain")
			if err != nil {
				return err
			}
			for _, a := range allows {
				w.say("%s  let in", a.Domain)
			}
			lists, err := store.Find[models.DomainList](tx, "1 = 1 ORDER BY url")
			for _, l := range lists {
				w.say("%s  %s, %d rules, next at %s  %s", l.URL, l.State, l.Entries, l.NextAt.Format("2006-01-02 15:04"), l.LastError)
			}
			if len(rules)+len(allows)+len(lists) == 0 {
				w.say("There is no rule for any server.")
			}
			return err
		})
	})
}

type domainImportCmd struct {
	File   string `arg:"" help:"The file; - reads the standard input."`
	DryRun bool   `help:"Say what it would do, and do nothing."`
}

// Run takes rules over. If one makes no sense, none is.
func (c domainImportCmd) Run(w *world) error {
	raw, err := c.read(w)
	if err != nil {
		return err
	}
	rules, err := moderation.ParseList(raw)
	if err != nil {
		return err
	}
	return attempt(w, c.DryRun, func(tx *store.Tx) (string, error) {
		var m moderation.Merge
		err := m.Take(tx, nil, nil, rules)
		return m.String() + ".", err
	})
}

func (c domainImportCmd) read(w *world) ([]byte, error) {
	from := w.in
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // it was only read
		from = f
	}
	return io.ReadAll(io.LimitReader(from, moderation.MaxListBytes+1))
}

type domainExportCmd struct{}

// Run writes all rules.
func (domainExportCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		return db.Read(w, func(tx *store.Tx) error {
			rules, err := store.Find[models.DomainRule](tx, "1 = 1 ORDER BY domain")
			if err != nil {
				return err
			}
			raw, err := moderation.Export(rules)
			if err == nil {
				_, err = w.out.Write(raw)
			}
			return err
		})
	})
}

type domainAllowCmd struct {
	Domain string `arg:"" help:"The domain."`
}

// Run lets a server in.
func (c domainAllowCmd) Run(w *world) error {
	return attempt(w, false, func(tx *store.Tx) (string, error) {
		d, err := moderation.Allow(tx, nil, c.Domain)
		if err != nil {
			return "", err
		}
		return d.Domain + " is let in.", nil
	})
}

type domainDisallowCmd struct {
	Domain string `arg:"" help:"The domain."`
}

// Run takes that back.
func (c domainDisallowCmd) Run(w *world) error {
	return attempt(w, false, func(tx *store.Tx) (string, error) {
		return c.Domain + " is no longer on the list.", moderation.Disallow(tx, nil, c.Domain)
	})
}
