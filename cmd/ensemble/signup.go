package main

import (
	"fmt"
	"time"

	"ensemble/activities/account"
	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
)

type pendingCmd struct{}

// Run lists who waits to be let in.
func (pendingCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		return db.Read(w, func(tx *store.Tx) error {
			rows, err := store.Find[models.SignUp](tx, "done_at IS NULL ORDER BY created_at")
			for _, s := range rows {
				a, getErr := store.Get[models.Account](tx, s.AccountID)
				if getErr != nil {
					return getErr
				}
				w.say("%s  @%s  %s (confirmed: %t)  approved: %t\n    %s", s.CreatedAt.Format("2006-01-02 15:04"), a.Username, s.Email, s.ConfirmedAt != nil, s.Approved(), s.Reason)
			}
			if err == nil && len(rows) == 0 {
				w.say("Nobody waits to be let in.")
			}
			return err
		})
	})
}

type approveCmd struct {
	Name string `arg:"" help:"Whom."`
}

// Run lets somebody in.
func (c approveCmd) Run(w *world) error {
	return withAccount(w, c.Name, func(tx *store.Tx, a *models.Account) error { return moderation.Approve(tx, nil, a) },
		func(a *models.Account, site models.Site) {
			w.say("%s is approved, and comes in once the e-mail address is confirmed.", a.Handle(site))
		})
}

type rejectCmd struct {
	Name   string `arg:"" help:"Whom."`
	Reason string `help:"Why, for the log."`
}

// Run turns somebody away.
func (c rejectCmd) Run(w *world) error {
	return withAccount(w, c.Name, func(tx *store.Tx, a *models.Account) error { return moderation.Reject(tx, nil, a, c.Reason) },
		func(a *models.Account, site models.Site) {
			w.say("%s is turned away. Nothing of it stays here.", a.Handle(site))
		})
}

type inviteCmd struct {
	Create inviteCreateCmd `cmd:"" help:"Make a code that lets people sign up."`
	List   inviteListCmd   `cmd:"" help:"List such codes."`
	Revoke inviteRevokeCmd `cmd:"" help:"End one."`
}

type inviteCreateCmd struct {
	Uses int           `help:"How often it can be used; 0 for any number." default:"1"`
	For  time.Duration `help:"For how long, such as 72h; 0 for ever." default:"168h"`
}

// Run makes a code.
func (c inviteCreateCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		return db.Tx(w, func(tx *store.Tx) error {
			spec := models.InviteCode{MaxUses: c.Uses}
			if c.For > 0 {
				ends := tx.Now.Add(c.For)
				spec.ExpiresAt = &ends
			}
			i, err := account.NewInvite(tx, nil, spec)
			if err == nil {
				w.say("%s", tx.Site.IRI("/invite/"+i.Code))
			}
			return err
		})
	})
}

type inviteListCmd struct{}

// Run lists codes.
func (inviteListCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		return db.Read(w, func(tx *store.Tx) error {
			rows, err := store.Find[models.InviteCode](tx, "true ORDER BY id")
			for _, i := range rows {
				state := "over"
				if i.Good(tx.Now) {
					state = "good"
				}
				w.say("%d  %s  %s  used %d of %d times", i.ID, i.Code, state, i.Uses, i.MaxUses)
			}
			return err
		})
	})
}

type inviteRevokeCmd struct {
	ID models.ID `arg:"" help:"Its number in the list."`
}

// Run ends a code.
func (c inviteRevokeCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		return db.Tx(w, func(tx *store.Tx) error { return account.RevokeInvite(tx, c.ID) })
	})
}

type barCmd struct {
	Email barEmailCmd `cmd:"" help:"Keep e-mail addresses of a domain from being signed up with."`
	IP    barIPCmd    `cmd:"" name:"ip" help:"Make a rule for an address or a network."`
	List  barListCmd  `cmd:"" help:"List both kinds of rules."`
	Lift  barLiftCmd  `cmd:"" help:"Take a rule back."`
}

type barEmailCmd struct {
	Domain   string `arg:"" help:"The domain; those below it are meant, too."`
	Approval bool   `help:"Have a moderator look, in place of refusing."`
}

// Run bars a domain.
func (c barEmailCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		return db.Tx(w, func(tx *store.Tx) error {
			b, err := account.BlockEmails(tx, c.Domain, c.Approval)
			if err == nil {
				w.say("Rule %d: addresses of %s.", b.ID, b.Domain)
			}
			return err
		})
	})
}

type barIPCmd struct {
	Network  string            `arg:"" help:"Such as 192.0.2.0/24."`
	Severity models.IPSeverity `default:"sign_up_block" help:"sign_up_requires_approval, sign_up_block or no_access."`
	For      time.Duration     `help:"For how long; 0 for ever."`
	Comment  string            `help:"Why."`
}

// Run makes a rule for a network.
func (c barIPCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		return db.Tx(w, func(tx *store.Tx) error {
			b := &models.IPBlock{ID: models.NewID(tx.Now), IP: c.Network, Severity: c.Severity, Comment: c.Comment, CreatedAt: tx.Now}
			if c.For > 0 {
				ends := tx.Now.Add(c.For)
				b.ExpiresAt = &ends
			}
			err := account.BlockIP(tx, b)
			if err == nil {
				w.say("Rule %d: %s from %s.", b.ID, b.Severity, b.IP)
			}
			return err
		})
	})
}

type barListCmd struct{}

// Run lists rules.
func (barListCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		return db.Read(w, func(tx *store.Tx) error {
			emails, err := store.Find[models.EmailDomainBlock](tx, "true ORDER BY id")
			if err != nil {
				return err
			}
			for _, b := range emails {
				w.say("%d  addresses of %s  (a moderator looks: %t)", b.ID, b.Domain, b.AllowWithApproval)
			}
			ips, err := store.Find[models.IPBlock](tx, "true ORDER BY id")
			for _, b := range ips {
				w.say("%d  %s  from %s  %s", b.ID, b.Severity, b.IP, b.Comment)
			}
			return err
		})
	})
}

type barLiftCmd struct {
	ID models.ID `arg:"" help:"The number of the rule."`
}

// Run takes a rule back.
func (c barLiftCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		return db.Tx(w, func(tx *store.Tx) error {
			n, err := store.Delete[models.EmailDomainBlock](tx, "id = ?", c.ID)
			if err == nil && n == 0 {
				n, err = store.Delete[models.IPBlock](tx, "id = ?", c.ID)
			}
			if err == nil && n == 0 {
				err = fmt.Errorf("there is no rule %d: 'ensemble bar list' shows them", c.ID)
			}
			return err
		})
	})
}
