package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"ensemble/activities/mail"
	"ensemble/models"
	"ensemble/models/store"
)

// readMail comes after readSite, which makes the site anew.
func (c *config) readMail(v values) (err error) {
	address, from := v["ENSEMBLE_SMTP"], v["ENSEMBLE_MAIL_FROM"]
	if address == "" {
		if from != "" {
			return errors.New("ENSEMBLE_MAIL_FROM says who mail comes from, but ENSEMBLE_SMTP, the server that takes it, is missing")
		}
		return nil
	}
	if c.Mail, err = mail.ParseServer(address); err != nil {
		return fmt.Errorf("ENSEMBLE_SMTP: %w", err)
	}
	c.Site.MailFrom = cmp.Or(from, "no-reply@"+mail.Host(c.Site.Domain))
	if !mail.Valid(c.Site.MailFrom) {
		return fmt.Errorf("ENSEMBLE_MAIL_FROM is an e-mail address such as no-reply@ensemble.example, not %q", c.Site.MailFrom)
	}
	return nil
}

type mailCmd struct {
	Test mailTestCmd `cmd:"" help:"Send a test to an address, and say what the mail server answers."`
	List mailListCmd `cmd:"" help:"List mails that wait, or were given up."`
}

type mailTestCmd struct {
	Address string `arg:"" help:"Where to."`
	Locale  string `default:"en" help:"en or fr."`
}

// Run sends a test now, without the queue.
func (t mailTestCmd) Run(w *world) error {
	c, err := w.config()
	if err != nil {
		return err
	}
	if c.Mail == nil {
		return errors.New("this server sends no mail: ENSEMBLE_SMTP is missing; 'ensemble serve --help' says what it is")
	}
	now := time.Now().UTC()
	m, err := mail.Compose(c.Site, models.NewID(now), now, mail.Letter{Kind: mail.Test, To: t.Address, Locale: t.Locale})
	if err != nil {
		return err
	}
	if err := c.Mail.Deliver(w, c.Site, m); err != nil {
		return fmt.Errorf("the mail was not taken: %w", err)
	}
	w.say("%s took a mail from %s to %s. Whether it arrives is theirs to say: look for it, among spam too.", c.Mail, c.Site.MailFrom, t.Address)
	return nil
}

type mailListCmd struct {
	All bool `help:"Those that were sent, too."`
}

// Run lists mails of the last month.
func (l mailListCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		return db.Read(w, func(tx *store.Tx) error {
			rows, err := store.Find[models.Mail](tx, "state <> ? OR ? ORDER BY id DESC LIMIT 200", models.MailSent, l.All)
			for _, m := range rows {
				w.say("%s  %-16s %-6s %s  tried %d times  %s", m.CreatedAt.Format("2006-01-02 15:04"), m.Kind, m.State, m.Recipient, m.Attempts, m.LastError)
			}
			if err == nil && len(rows) == 0 {
				w.say("No mail waits, and none was given up.")
			}
			return err
		})
	})
}

// mail looks whether mail can be sent, and what became of it.
func (d *doctor) mail() []finding {
	if d.config.Mail == nil {
		return []finding{warn("Set ENSEMBLE_SMTP; 'ensemble serve --help' says how. 'ensemble account create' and 'password' work without.",
			"No mail can be sent, so people can neither sign up nor choose a new password by themselves.")}
	}
	ctx, cancel := context.WithTimeout(d, time.Minute)
	defer cancel()
	var out []finding
	if err := d.config.Mail.Check(ctx, d.config.Site); err != nil {
		out = append(out, fail("Are ENSEMBLE_SMTP, its name and its password right? Try 'ensemble mail test ADDRESS'.", "The mail server does not let us in: %s", sentence(err)))
	} else {
		out = append(out, ok("The mail server lets us in: %s.", d.config.Mail))
	}
	var boxes []store.MailBox
	err := d.db.Read(d, func(tx *store.Tx) (err error) {
		boxes, err = store.MailBoxes(tx)
		return err
	})
	if err != nil {
		return append(out, fail("", "The mails cannot be read: %s", sentence(err)))
	}
	return append(out, mailFindings(boxes, d.db.Now())...)
}

func mailFindings(boxes []store.MailBox, now time.Time) (out []finding) {
	for _, b := range boxes {
		switch wait := now.Sub(b.Oldest).Round(time.Minute); {
		case b.State == models.MailQueued && wait > 10*time.Minute:
			out = append(out, warn("'ensemble mail list' says why.", "%d mails wait, the oldest for %s.", b.Count, wait))
		case b.State == models.MailQueued:
			out = append(out, ok("%d mails wait to be sent.", b.Count))
		case b.State == models.MailFailed:
			out = append(out, warn("'ensemble mail list' says why.", "%d mails of the last month were given up.", b.Count))
		}
	}
	return out
}
