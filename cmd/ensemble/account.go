package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"ensemble/activities/account"
	"ensemble/federation/sign"
	"ensemble/models"
	"ensemble/models/store"
)

type accountCmd struct {
	Create    createCmd    `cmd:"" help:"Make an account."`
	Password  passwordCmd  `cmd:"" help:"Give an account a new password, and sign it out everywhere."`
	Role      roleCmd      `cmd:"" help:"Make somebody user, pilot, support, finance, moderator, admin or owner."`
	Pending   pendingCmd   `cmd:"" help:"List who signed up and waits to be let in."`
	Approve   approveCmd   `cmd:"" help:"Let somebody in who waits."`
	Reject    rejectCmd    `cmd:"" help:"Turn somebody away who waits: nothing of it stays."`
	Suspend   suspendCmd   `cmd:"" help:"Shut an account out, from here or from elsewhere."`
	Unsuspend unsuspendCmd `cmd:"" help:"Let a suspended account in again."`
	Limit     limitCmd     `cmd:"" help:"Show an account to none but those who follow it."`
	Sensitive sensitiveCmd `cmd:"" help:"Show all its pictures and films as sensitive."`
	Warn      warnCmd      `cmd:"" help:"Tell somebody who lives here what moderators have to say."`
	Alias     aliasCmd     `cmd:"" help:"Say under which other accounts somebody is known: those may then move here."`
	Move      moveCmd      `cmd:"" help:"Move somebody to an account elsewhere, with followers and joint posts."`
	Delete    deleteCmd    `cmd:"" help:"Take an account that lives here away for good, with all it wrote, and tell every server."`
}

type createCmd struct {
	Name     string      `arg:"" help:"The name before the @."`
	Email    string      `required:"" help:"The address to sign in with."`
	Password string      `help:"The password; - reads it from the standard input; without it one is made and printed."`
	Role     models.Role `default:"user" help:"user, pilot, support, finance, moderator, admin or owner."`
	Locale   string      `default:"en" help:"The language of pages and mails for them: en or fr."`
}

// Run makes an account.
func (c createCmd) Run(w *world) error {
	password, made, err := w.password(c.Password)
	if err != nil {
		return err
	}
	return withDB(w, func(db *store.DB) error {
		a, err := createAccount(w, db, account.Spec{Username: c.Name, Email: c.Email, Role: c.Role, Locale: c.Locale}, password)
		if err != nil {
			return err
		}
		w.say("%s is there now, with the role %s.", a.Handle(db.Site), c.Role)
		w.tell(made, password)
		return nil
	})
}

// createAccount makes an account. What takes long is done before its transaction.
func createAccount(ctx context.Context, db *store.DB, s account.Spec, password string) (a *models.Account, err error) {
	hash, k, err := secrets(password)
	if err != nil {
		return nil, err
	}
	err = db.Tx(ctx, func(tx *store.Tx) error {
		a, err = account.Create(tx, s, hash, k)
		return err
	})
	return a, err
}

// secrets returns what a new account is kept by: the hash of its password, and its keys.
func secrets(password string) (hash string, k models.KeyPair, err error) {
	if hash, err = account.Hash(password); err == nil {
		k, err = sign.NewPair()
	}
	return hash, k, err
}

// password returns the password that a flag gives: itself, what stands on the input
// if it is -, or one that is made up.
func (w *world) password(flag string) (password string, made bool, err error) {
	switch flag {
	case "":
		return newPassword(), true, nil
	case "-":
		line, err := bufio.NewReader(w.in).ReadString('\n')
		if password = strings.TrimRight(line, "\r\n"); password == "" {
			return "", false, fmt.Errorf("there is no password on the standard input: %w", err)
		}
		return password, false, nil
	}
	return flag, false, nil
}

// tell shows a password that was made up, once.
func (w *world) tell(made bool, password string) {
	if made {
		w.say("The password is %s and is not shown again.", password)
	}
}

// newPassword makes a password of 80 bits that can be read aloud.
func newPassword() string {
	s := strings.ToLower(rand.Text())
	return s[0:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:16]
}

type passwordCmd struct {
	Name     string `arg:"" help:"Whose."`
	Password string `help:"The password; - reads it from the standard input; without it one is made and printed."`
}

// Run gives an account a new password.
func (c passwordCmd) Run(w *world) error {
	password, made, err := w.password(c.Password)
	if err != nil {
		return err
	}
	hash, err := account.Hash(password)
	if err != nil {
		return err
	}
	return withAccount(w, c.Name, func(tx *store.Tx, a *models.Account) error {
		if !a.Local() || a.System {
			return fmt.Errorf("%s does not live here, so there is no password to change", a.Handle(tx.Site))
		}
		return account.SetPassword(tx, a, hash)
	}, func(a *models.Account, site models.Site) {
		w.say("%s has a new password, and is signed out everywhere.", a.Handle(site))
		w.tell(made, password)
	})
}

type roleCmd struct {
	Name string      `arg:"" help:"Whose."`
	Role models.Role `arg:"" help:"user, pilot, moderator, admin or owner."`
}

// Run gives an account a role.
func (c roleCmd) Run(w *world) error {
	return withAccount(w, c.Name, func(tx *store.Tx, a *models.Account) error { return account.SetRole(tx, a, c.Role) },
		func(a *models.Account, site models.Site) { w.say("%s is now %s.", a.Handle(site), c.Role) })
}

// withAccount does something with an account in a transaction, and then says so.
func withAccount(w *world, name string, do func(*store.Tx, *models.Account) error, done func(*models.Account, models.Site)) error {
	return withDB(w, func(db *store.DB) error {
		var a *models.Account
		err := db.Tx(w, func(tx *store.Tx) (err error) {
			if a, err = findAccount(tx, name); err != nil {
				return err
			}
			return do(tx, a)
		})
		if err == nil {
			done(a, db.Site)
		}
		return err
	})
}

// findAccount finds an account by its name, or as @name@domain.
func findAccount(tx *store.Tx, acct string) (*models.Account, error) {
	name, domain, _ := strings.Cut(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(acct)), "@"), "@")
	if domain == tx.Site.Domain {
		domain = ""
	}
	a, err := store.Maybe[models.Account](tx, "lower(username) = ? AND domain = ?", name, domain)
	if err == nil && a == nil {
		err = fmt.Errorf("there is no account called %s here", acct)
	}
	return a, err
}
