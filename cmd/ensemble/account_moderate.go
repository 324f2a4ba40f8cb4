package main

import (
	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
)

type suspendCmd struct {
	Name   string `arg:"" help:"Whom: a name from here, or @name@domain."`
	Reason string `help:"Why, for the log."`
}

// Run suspends an account. What it agreed to write with others ends first, so that
// its stamps are taken back and everybody is told.
func (c suspendCmd) Run(w *world) error {
	return withAccount(w, c.Name, func(tx *store.Tx, a *models.Account) error { return moderation.Suspend(tx, nil, a, c.Reason) },
		func(a *models.Account, site models.Site) { w.say("%s is suspended.", a.Handle(site)) })
}

type unsuspendCmd struct {
	Name   string `arg:"" help:"Whom: a name from here, or @name@domain."`
	Reason string `help:"Why, for the log."`
}

// Run ends a suspension.
func (c unsuspendCmd) Run(w *world) error {
	return withAccount(w, c.Name, func(tx *store.Tx, a *models.Account) error { return moderation.Unsuspend(tx, nil, a, c.Reason) },
		func(a *models.Account, site models.Site) {
			w.say("%s is no longer suspended. What was taken back stays so.", a.Handle(site))
		})
}

type limitCmd struct {
	Name   string `arg:"" help:"Whom: a name from here, or @name@domain."`
	Off    bool   `help:"Show it again."`
	Reason string `help:"Why, for the log."`
}

// Run hides an account from those who do not follow it.
func (c limitCmd) Run(w *world) error {
	return withAccount(w, c.Name, func(tx *store.Tx, a *models.Account) error { return moderation.Limit(tx, nil, a, !c.Off, c.Reason) },
		func(a *models.Account, site models.Site) { w.say("%s: limited is %t now.", a.Handle(site), !c.Off) })
}

type sensitiveCmd struct {
	Name   string `arg:"" help:"Whom: a name from here, or @name@domain."`
	Off    bool   `help:"Show them as they are again."`
	Reason string `help:"Why, for the log."`
}

// Run has all media of an account shown as sensitive.
func (c sensitiveCmd) Run(w *world) error {
	return withAccount(w, c.Name, func(tx *store.Tx, a *models.Account) error { return moderation.Sensitize(tx, nil, a, !c.Off, c.Reason) },
		func(a *models.Account, site models.Site) { w.say("%s: sensitive is %t now.", a.Handle(site), !c.Off) })
}

type warnCmd struct {
	Name string `arg:"" help:"Whom, who lives here."`
	Text string `arg:"" help:"What to tell them."`
}

// Run tells somebody what moderators have to say.
func (c warnCmd) Run(w *world) error {
	return withAccount(w, c.Name, func(tx *store.Tx, a *models.Account) error { return moderation.Warn(tx, nil, a, c.Text) },
		func(a *models.Account, site models.Site) { w.say("%s is warned.", a.Handle(site)) })
}
