// Package rollout is trying a feature out with some before it is there for all, and
// taking it away again (FEATURES C23, C24): who may start it, until when, and a log
// of who decided that. Everybody may always take part in what others started.
package rollout

import (
	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// Collabs is the feature of posts of several authors.
const Collabs = "collabs"

// StartSetting names the setting that says who may start a post together, as
// models.ParseRollout reads it.
const StartSetting = "collab.start"

// CodeOff is why nobody can do anything with a feature that is switched off.
const CodeOff = "collabs_off"

// Rule returns who may start a post together. It is read anew each time: a change
// takes effect everywhere at once.
func Rule(tx *store.Tx) (*models.Rollout, error) {
	text, err := rule(tx)
	if err != nil {
		return nil, err
	}
	return models.ParseRollout(text)
}

func rule(tx *store.Tx) (string, error) {
	s, err := store.Maybe[models.Setting](tx, "name = ?", StartSetting)
	if err != nil || s == nil {
		return "", err
	}
	return s.Value, nil
}

// Switch returns whether posts of several authors are switched off here.
func Switch(tx *store.Tx) (*models.Sunset, error) {
	return store.Maybe[models.Sunset](tx, "feature = ?", Collabs)
}

// Off reports whether posts of several authors are switched off here.
func Off(tx *store.Tx) (bool, error) {
	s, err := Switch(tx)
	return s.Off(), err
}

// MayStart returns nil if me may start a post together now, and otherwise the
// refusal, of kind Forbidden, in words.
func MayStart(tx *store.Tx, me *models.Account) error {
	off, err := Off(tx)
	if err != nil {
		return err
	}
	if off {
		return Refusal(CodeOff)
	}
	if err := activities.Let(tx, me, models.FeatureCollabs); err != nil {
		return err
	}
	r, err := Rule(tx)
	if err != nil {
		return err
	}
	u, err := store.Maybe[models.User](tx, "account_id = ?", me.ID)
	if err != nil {
		return err
	}
	p := models.Candidate{Account: me.URI, Username: me.Username}
	if u != nil {
		p.Role, p.Country = u.Role, u.Country
	}
	if code := r.Refuses(Collabs, p, tx.Now); code != "" {
		return Refusal(code)
	}
	return nil
}

// sentences say why somebody may not start a post together.
var sentences = map[string]string{
	models.RolloutForNobody:  "nobody starts a post together on this server at present; you can still accept invitations",
	models.RolloutNotYet:     "the test of posts of several authors has not begun yet on this server; you can still accept invitations",
	models.RolloutOver:       "the test of posts of several authors is over on this server; you can still accept invitations",
	models.RolloutNotInGroup: "posts of several authors are being tried out with some accounts, and yours is not among them; you can still accept invitations",
	CodeOff:                  "posts of several authors are switched off on this server",
}

// Refusal returns the refusal of that code.
func Refusal(code string) error {
	return models.Refuse(models.Forbidden, code, "%s", sentences[code])
}

// Change sets who may start a post together, and writes down that by did so. The
// empty rule is that of a server where nothing was ever set: everyone.
func Change(tx *store.Tx, by, text string) (*models.Rollout, error) {
	r, err := models.ParseRollout(text)
	if err != nil {
		return nil, err
	}
	before, err := rule(tx)
	if err != nil {
		return nil, err
	}
	after := r.String()
	if text == "" {
		_, err = store.Delete[models.Setting](tx, "name = ?", StartSetting)
	} else {
		err = store.Put(tx, &models.Setting{Name: StartSetting, Value: after})
	}
	if err != nil {
		return nil, err
	}
	return r, note(tx, by, orEveryone(before), after)
}

func orEveryone(s string) string {
	if s == "" {
		return string(models.RolloutEveryone)
	}
	return s
}

func note(tx *store.Tx, by, before, after string) error {
	return store.Put(tx, &models.RolloutChange{
		ID: models.NewID(tx.Now), Feature: Collabs, Actor: by, Before: before, After: after, At: tx.Now,
	})
}

// Log returns who changed what, the newest first.
func Log(tx *store.Tx, limit int) ([]*models.RolloutChange, error) {
	return store.Find[models.RolloutChange](tx, "feature = ? ORDER BY id DESC LIMIT ?", Collabs, limit)
}

// SwitchOff takes posts of several authors away. The sweeps of the server convert
// what stands; for 30 days SwitchOn can restore it.
func SwitchOff(tx *store.Tx, by string) (*models.Sunset, error) {
	s, err := Switch(tx)
	if err != nil {
		return nil, err
	}
	if s.Off() {
		return s, models.Refuse(models.Conflict, "is_off", "posts of several authors are switched off already, since %s", s.OffAt.Format("2 January 2006 15:04 UTC"))
	}
	final := tx.Now.Add(models.SunsetGrace)
	s = &models.Sunset{Feature: Collabs, OffAt: &tx.Now, FinalAt: &final}
	if err := store.Put(tx, s); err != nil {
		return nil, err
	}
	return s, note(tx, by, "on", "off")
}

// SwitchOn brings them back. What was converted is restored, if the 30 days are not
// over.
func SwitchOn(tx *store.Tx, by string) (restores bool, err error) {
	s, err := Switch(tx)
	if err != nil {
		return false, err
	}
	if !s.Off() {
		return false, models.Refuse(models.Conflict, "is_on", "posts of several authors are not switched off")
	}
	restores = tx.Now.Before(*s.FinalAt)
	if err := store.Put(tx, &models.Sunset{Feature: Collabs}); err != nil {
		return false, err
	}
	return restores, note(tx, by, "off", "on")
}
