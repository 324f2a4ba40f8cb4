package moderation

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"

	"ensemble/activities"
	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
)

// done says in words what moderators did.
var done = map[string]map[string]string{
	"none":      {"en": "a warning.", "fr": "un avertissement."},
	"sensitive": {"en": "all your pictures and films are shown as sensitive.", "fr": "toutes vos images et vidéos sont marquées comme sensibles."},
	"silence":   {"en": "your posts are shown to those alone who follow you.", "fr": "vos messages ne sont montrés qu’aux personnes qui vous suivent."},
	"suspend":   {"en": "your account is suspended.", "fr": "votre compte est suspendu."},
	"disable":   {"en": "your account is suspended.", "fr": "votre compte est suspendu."},
	"feature":   {"en": "you cannot use a part of the program any more.", "fr": "vous n’avez plus accès à une partie du programme."},
}

// Warn tells somebody who lives here what moderators have to say.
func Warn(tx *store.Tx, by, a *models.Account, text string) error {
	return Strike(tx, by, a, models.Warning{Action: "none", Text: text})
}

// Strike tells somebody who lives here what moderators do to them, and what they have to
// say about it: without words only if they do something. It is called before it is done.
func Strike(tx *store.Tx, by, a *models.Account, w models.Warning) error {
	if err := may(tx, by, a); err != nil {
		return err
	}
	w.Text = prose(w.Text, models.MaxReportComment)
	switch {
	case !a.Local():
		return models.Errorf(models.Invalid, "%s does not live here: report them to their server", a.Handle(tx.Site))
	case w.Text == "" && w.Action == "none":
		return models.Errorf(models.Invalid, "a warning needs words")
	}
	w.ID, w.AccountID, w.CreatedAt = models.NewID(tx.Now), a.ID, tx.Now
	if by != nil {
		w.ByID = by.ID
	}
	if w.ReportID != 0 {
		r, err := store.Get[models.Report](tx, w.ReportID)
		if err != nil {
			return err
		}
		w.PostIDs = r.PostIDs
	}
	link := tx.Site.IRI("/warnings/" + w.ID.String())
	if w.Action == "suspend" || w.Action == "disable" {
		key := rand.Text()
		w.Key, link = hashed(key), tx.Site.IRI("/appeal/"+key)
	}
	if err := store.Put(tx, &w); err != nil {
		return err
	}
	n := models.Notification{AccountID: a.ID, FromID: a.ID, Type: models.NoteWarning, Text: w.Text, WarningID: w.ID}
	if err := activities.Notify(tx, n); err != nil {
		return err
	}
	if err := account.Struck(tx, a, done[w.Action], w.Text, string(link)); err != nil || w.Action != "none" {
		return err // what is done beside has a line of its own
	}
	return did(tx, by, a, "account_warned", w.Text)
}

func hashed(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// undone notes at what somebody was told of an act that it holds no longer.
func undone(tx *store.Tx, a *models.Account, actions ...string) error {
	_, err := store.Set[models.Warning](tx, map[string]any{"undone_at": tx.Now}, "account_id = ? AND undone_at IS NULL AND action IN ?", a.ID, actions)
	return err
}

// Ban shuts an account that lives here out of one feature, or lets it in again. What
// the account did with it stays.
func Ban(tx *store.Tx, by, a *models.Account, f models.Feature, on bool, reason string) error {
	if err := may(tx, by, a); err != nil {
		return err
	}
	switch {
	case !known(f):
		return models.Errorf(models.Invalid, "a feature is collabs, claims or reports, not %q", prose(string(f), 40))
	case !a.Local():
		return models.Errorf(models.Invalid, "%s does not live here: limit or suspend them", a.Handle(tx.Site))
	case !on:
		return unban(tx, by, a, f, reason)
	}
	b := &models.FeatureBan{AccountID: a.ID, Feature: f, Reason: prose(reason, models.MaxReportComment), CreatedAt: tx.Now}
	if by != nil {
		b.ByID = by.ID
	}
	isNew, err := store.Add(tx, b)
	if err != nil || !isNew {
		return err
	}
	if err := Strike(tx, by, a, models.Warning{Action: "feature", Feature: f, Text: reason}); err != nil {
		return err
	}
	return did(tx, by, a, "feature_banned", string(f)+". "+reason)
}

func unban(tx *store.Tx, by, a *models.Account, f models.Feature, reason string) error {
	n, err := store.Delete[models.FeatureBan](tx, "account_id = ? AND feature = ?", a.ID, f)
	if err != nil || n == 0 {
		return err
	}
	if _, err := store.Set[models.Warning](tx, map[string]any{"undone_at": tx.Now}, "account_id = ? AND undone_at IS NULL AND feature = ?", a.ID, f); err != nil {
		return err
	}
	return did(tx, by, a, "feature_unbanned", string(f)+". "+reason)
}

func known(f models.Feature) bool {
	for _, k := range models.Features {
		if k == f {
			return true
		}
	}
	return false
}
