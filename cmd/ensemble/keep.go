package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ensemble/activities/account"
	"ensemble/activities/collab"
	"ensemble/activities/legal"
	"ensemble/activities/moderation"
	"ensemble/activities/rollout"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/api"
)

// A knob is a setting that an admin may turn while the server runs.
type knob struct {
	name, help string
	check      func(string) error
	set        func(tx *store.Tx, by, value string) error // nil: it is written as it is
}

func knobs() []knob {
	return []knob{
		{name: collab.MaxCoauthorsSetting, help: "how many co-authors a post may have beside its author, 1 to 20 (5)", check: upTo(models.MaxCoauthors)},
		{name: collab.ReachSetting, help: "how many people a number about an author's followers has to stand for, 2 to 1000 (5)", check: between(models.LeastReach, 1000)},
		{name: rollout.StartSetting, help: "who may start a post with others: see 'ensemble rollout set --help' (everyone)", check: aRollout, set: startRule},
		{name: api.SettingTitle, help: "what the server calls itself", check: anything},
		{name: api.SettingDescription, help: "what it is for, in a line or two of plain text", check: anything},
		{name: api.SettingAbout, help: "more about it, HTML", check: anything},
		{name: api.SettingContact, help: "the e-mail address of who runs it", check: anything},
		{name: api.SettingThumbnail, help: "the address of its picture", check: anything},
		{name: api.SettingIcon, help: "the address of its small picture, a square of 192 pixels", check: anything},
		{name: api.SettingLanguages, help: "the languages of who runs it, separated by commas (en,fr)", check: anything},
		{name: legal.SettingPrivacy, help: "what becomes of people's data, in English: text with # headings and - lists; what stands in [[ ]] is to be filled in", check: anything},
		{name: legal.SettingPrivacy + legal.French, help: "the same in French", check: anything},
		{name: legal.SettingTerms, help: "the terms on which it is used, in English, likewise; nobody can sign up before they are complete", check: anything},
		{name: legal.SettingTerms + legal.French, help: "the same in French", check: anything},
		{name: api.SettingTermsDate, help: "from when on they hold, as 2026-01-31", check: aDay},
		{name: moderation.SettingRules, help: "its rules, one a line; one that stays as it is keeps its number", check: anything, set: ruleLines},
		{name: moderation.SettingRulesFrench, help: "the same rules in French, one a line in the same order", check: anything},
		{name: models.SettingStaffFactor, help: "required: those who look after the server have to sign in with a second step; or optional", check: oneOf("required", "optional")},
		{name: models.SettingFederation, help: "open, or allowlist: talk to none but those of 'ensemble domain allow'", check: oneOf("open", models.FederationAllowList)},
		{name: models.SettingAuthorized, help: "on: posts, lists and whole profiles are answered to signed requests of servers alone that are not blocked; or off", check: oneOf("on", "off")},
		{name: models.SettingTrends, help: "on: what many talk about is counted and shown; or off", check: oneOf("on", "off")},
		{name: models.SettingPublicBlocks, help: "who may see which servers are blocked: all, users or disabled", check: oneOf("all", "users", "disabled")},
		{name: account.SettingRegistrations, help: "who may sign up: open, approval, invite or closed (closed)", check: oneOf("open", "approval", "invite", "closed")},
		{name: account.SettingReason, help: "required: with approval, people say why they want an account; or optional", check: oneOf("required", "optional")},
		{name: account.SettingMinAge, help: "the age from which people may sign up, in years; their date of birth is asked, and not kept", check: between(1, 99)},
		{name: account.SettingMessage, help: "why nobody can sign up, in plain text", check: anything},
	}
}

func anything(string) error { return nil }

func aDay(s string) error {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return fmt.Errorf("it is a day as 2026-01-31, not %q", s)
	}
	return nil
}

func aRollout(s string) error {
	_, err := models.ParseRollout(s)
	return err
}

func startRule(tx *store.Tx, by, value string) error {
	_, err := rollout.Change(tx, by, value)
	return err
}

func ruleLines(tx *store.Tx, _, value string) error { return moderation.SetRuleLines(tx, value) }

func upTo(most int) func(string) error { return between(1, most) }

func between(least, most int) func(string) error {
	return func(s string) error {
		if n, err := strconv.Atoi(s); err != nil || n < least || n > most {
			return fmt.Errorf("it is a number from %d to %d, not %q", least, most, s)
		}
		return nil
	}
}

func oneOf(words ...string) func(string) error {
	return func(s string) error {
		if !slices.Contains(words, s) {
			return fmt.Errorf("it is one of %s, not %q", strings.Join(words, ", "), s)
		}
		return nil
	}
}

func findKnob(name string) (knob, error) {
	for _, k := range knobs() {
		if k.name == name {
			return k, nil
		}
	}
	return knob{}, fmt.Errorf("there is no setting %q: 'ensemble setting list' shows them", name)
}

type settingCmd struct {
	List settingListCmd `cmd:"" help:"Show all settings."`
	Get  settingGetCmd  `cmd:"" help:"Show one setting."`
	Set  settingSetCmd  `cmd:"" help:"Change a setting; an empty value takes it back."`
}

type settingListCmd struct{}

// Run shows all settings but secrets.
func (settingListCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		for _, k := range knobs() {
			value, err := readSetting(w, db, k.name)
			if err != nil {
				return err
			}
			w.say("%s=%s\n    %s", k.name, value, k.help)
		}
		return nil
	})
}

type settingGetCmd struct {
	Name string `arg:""`
}

// Run shows one setting.
func (s settingGetCmd) Run(w *world) error {
	if _, err := findKnob(s.Name); err != nil {
		return err
	}
	return withDB(w, func(db *store.DB) error {
		value, err := readSetting(w, db, s.Name)
		if err == nil {
			w.say("%s", value)
		}
		return err
	})
}

func readSetting(w *world, db *store.DB, name string) (value string, err error) {
	err = db.Read(w, func(tx *store.Tx) error {
		s, err := store.Maybe[models.Setting](tx, "name = ?", name)
		if s != nil {
			value = s.Value
		}
		return err
	})
	return value, err
}

type settingSetCmd struct {
	Name  string `arg:""`
	Value string `arg:""`
}

// Run changes a setting. The running server sees it at once.
func (s settingSetCmd) Run(w *world) error {
	k, err := findKnob(s.Name)
	if err != nil {
		return err
	}
	if s.Value != "" {
		if err := k.check(s.Value); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return withDB(w, func(db *store.DB) error {
		err := db.Tx(w, func(tx *store.Tx) error {
			if k.set != nil {
				return k.set(tx, w.operator(), s.Value)
			}
			if s.Value == "" {
				_, err := store.Delete[models.Setting](tx, "name = ?", s.Name)
				return err
			}
			return store.Put(tx, &models.Setting{Name: s.Name, Value: s.Value, UpdatedAt: &tx.Now})
		})
		if err == nil {
			w.say("%s=%s", s.Name, s.Value)
		}
		return err
	})
}

type migrateCmd struct{}

// Run brings the schema up to date.
func (migrateCmd) Run(w *world) error {
	c, err := w.config()
	if err != nil {
		return err
	}
	db, err := store.Open(w, store.Config{URL: c.Database, Site: c.Site, Log: c.log(w)})
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // what was done is committed
	from, err := db.SchemaVersion(w)
	if err != nil {
		return err
	}
	if err := db.Migrate(w); err != nil {
		return err
	}
	to, err := db.SchemaVersion(w)
	switch {
	case err != nil:
		return err
	case from == to:
		w.say("The database was up to date already: schema %d.", to)
	default:
		w.say("The database went from schema %d to %d.", from, to)
	}
	return nil
}

type auditCmd struct {
	Check auditCheckCmd `cmd:"" help:"Look for links that were changed or taken out."`
}

type auditCheckCmd struct {
	Collab string `arg:"" default:"all" help:"The number of one collab, or all."`
}

// Run checks audit trails, and says which link is the first that does not hold.
func (a auditCheckCmd) Run(w *world) error {
	return withDB(w, func(db *store.DB) error {
		checked, broken, err := a.check(w, db)
		switch {
		case err != nil:
			return err
		case broken > 0:
			w.say("%d of %d audit trails were tampered with.", broken, checked)
			return exit(1)
		case checked == 0:
			w.say("There is no audit trail here.")
		case checked == 1:
			w.say("The audit trail holds.")
		default:
			w.say("All %d audit trails hold.", checked)
		}
		return nil
	})
}

// check reads the trails a hundred at a time.
func (a auditCheckCmd) check(w *world, db *store.DB) (checked, broken int, err error) {
	where, last := "id > ? ORDER BY id LIMIT 100", models.ID(0)
	if a.Collab != "all" {
		id, err := models.ParseID(a.Collab)
		if err != nil {
			return 0, 0, err
		}
		where, last = "id = ?", id
	}
	for n := -1; n != 0 && (a.Collab == "all" || n < 0); {
		err = db.Read(w, func(tx *store.Tx) error {
			all, err := store.Find[models.Collab](tx, where, last)
			n = len(all)
			for _, c := range all {
				link, auditErr := collab.Audit(tx, c)
				err = errors.Join(err, auditErr)
				if link > 0 {
					broken++
					w.say("Collab %d (%s): link %d is broken.", c.ID, c.URI, link)
				}
				checked, last = checked+1, c.ID
			}
			return err
		})
		if err != nil {
			return checked, broken, err
		}
	}
	if checked == 0 && a.Collab != "all" {
		return 0, 0, fmt.Errorf("there is no collab %s here", a.Collab)
	}
	return checked, broken, nil
}
