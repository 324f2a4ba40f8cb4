package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ensemble/activities/account"
	"ensemble/activities/setup"
	"ensemble/models"
	"ensemble/models/store"
)

// change is what the answers settle, as the pages do.
func (p *plan) change() (c setup.Change) {
	if s := p.answers["title"]; s != "" {
		c.Title = &s
	}
	if s := p.answers["languages"]; s != "" {
		all := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
		c.Languages = &all
	}
	if s := p.answers["sign_up"]; s != "" {
		c.Mode = &s
	}
	return c
}

// settles looks at an answer as the pages would.
func settles(name string) func(*plan, string) error {
	return func(p *plan, s string) error {
		only := &plan{answers: map[string]string{name: s}}
		return only.change().Check()
	}
}

// carryOut makes the database ready and writes the file: both, or neither.
func (p *plan) carryOut() error {
	c, err := p.config()
	if err != nil {
		return err
	}
	staged, err := p.stage()
	if err != nil {
		return err
	}
	defer os.Remove(staged) //nolint:errcheck // it was moved, or is of no use
	if c.onDisk() {
		unlock, err := lockFolder(filepath.Dir(c.Database))
		if err != nil {
			return err
		}
		defer unlock()
	}
	n, err := open(p, c.node(c.log(p.world)))
	if err != nil {
		return err
	}
	said, err := p.found(n.db)
	end, cancel := context.WithTimeout(context.Background(), tasksEnd)
	defer cancel()
	if err = errors.Join(err, n.stop(end)); err != nil {
		return err
	}
	if _, err := os.Stat(p.cmd.Config); err == nil {
		if err := os.Rename(p.cmd.Config, p.cmd.Config+".old"); err != nil {
			return fmt.Errorf("the old configuration cannot be kept: %w", err)
		}
	}
	if err := os.Rename(staged, p.cmd.Config); err != nil {
		return fmt.Errorf("the configuration cannot be written: %w", err)
	}
	p.tellNext(c, said)
	return nil
}

// found settles what was answered, and makes the owner, where there is none. It returns
// what to say of that.
func (p *plan) found(db *store.DB) (said []string, err error) {
	password, made := p.answers["password"], false
	if password == "" {
		password, made = newPassword(), true
	}
	hash, keys, err := secrets(password)
	if err != nil {
		return nil, err
	}
	err = db.Tx(p, func(tx *store.Tx) error {
		said = nil
		if err := setup.Settle(tx, nil, p.change()); err != nil {
			return err
		}
		has, err := setup.HasOwner(tx)
		if err != nil || p.answers["owner"] == "" {
			return err
		}
		if has {
			said = append(said, "The server has an owner already, so no other was made.")
			return nil
		}
		a, err := account.Create(tx, account.Spec{
			Username: p.answers["owner"], Email: p.answers["email"], Role: models.RoleOwner, Locale: p.answers["locale"],
		}, hash, keys)
		if err != nil {
			return err
		}
		said = append(said, fmt.Sprintf("%s owns the server.", a.Handle(tx.Site)))
		if made {
			said = append(said, fmt.Sprintf("The password is %s and is not shown again.", password))
		}
		return nil
	})
	return said, err
}

// tellNext says what was done, and what comes next.
func (p *plan) tellNext(c config, said []string) {
	p.say("%s is written, and the database is ready.", p.cmd.Config)
	for _, s := range said {
		p.say("%s", s)
	}
	how := "ensemble serve"
	if p.cmd.Config != cmp.Or(p.getenv("ENSEMBLE_CONFIG"), usualConfig) {
		how = "ENSEMBLE_CONFIG=" + p.cmd.Config + " ensemble serve"
	}
	p.say("Start it: %s", how)
	switch {
	case p.owned:
		p.say("What is settled on pages is at %s.", c.Site.IRI("/admin/settings"))
	case p.answers["owner"] == "":
		p.say("It prints the address at which its owner's account is made, and the rest is settled.")
	default:
		p.say("Then sign in and open %s: nobody can sign up before the terms are filled in there.", c.Site.IRI("/admin/setup"))
	}
}
