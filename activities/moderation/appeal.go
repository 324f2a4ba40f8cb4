package moderation

import (
	"crypto/rand"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
)

// WarningBy returns what was done to whoever has the key of a letter about it: they may
// be unable to sign in.
func WarningBy(tx *store.Tx, key string) (*models.Warning, error) {
	w, err := store.Maybe[models.Warning](tx, "key = ? AND key <> ''", hashed(key))
	if err == nil && (w == nil || tx.Now.Sub(w.CreatedAt) > models.AppealFor) {
		err = models.Refuse(models.NotFound, "no_warning", "there is nothing under this address any more")
	}
	return w, err
}

// Opened makes a new key for the suspension of a, who proved who they are. It is "" if
// nothing was told to them when that was done.
func Opened(tx *store.Tx, a *models.Account) (string, error) {
	w, err := store.Find[models.Warning](tx, "account_id = ? AND action IN ? AND undone_at IS NULL ORDER BY id DESC LIMIT 1", a.ID, []string{"suspend", "disable"})
	if err != nil || len(w) == 0 {
		return "", err
	}
	key := rand.Text()
	_, err = store.Set[models.Warning](tx, map[string]any{"key": hashed(key)}, "id = ?", w[0].ID)
	return key, err
}

// AppealOf returns the appeal against w, nil for none.
func AppealOf(tx *store.Tx, w *models.Warning) (*models.Appeal, error) {
	return store.Maybe[models.Appeal](tx, "warning_id = ?", w.ID)
}

// Appeal says against w, which was done to its account, what that has to say: once.
func Appeal(tx *store.Tx, w *models.Warning, text string) (*models.Appeal, error) {
	letters := len([]rune(text))
	text = prose(text, models.MaxReportComment)
	switch {
	case text == "":
		return nil, models.Refuse(models.Invalid, "appeal_empty", "an appeal needs words")
	case letters > models.MaxReportComment:
		return nil, models.Refuse(models.Invalid, "appeal_long", "an appeal has at most %d letters", models.MaxReportComment)
	case w.UndoneAt != nil:
		return nil, models.Refuse(models.Conflict, "appeal_undone", "that was taken back already")
	case tx.Now.Sub(w.CreatedAt) > models.AppealFor:
		return nil, models.Refuse(models.Conflict, "appeal_late", "that was too long ago")
	}
	p := &models.Appeal{
		ID: models.NewID(tx.Now), WarningID: w.ID, AccountID: w.AccountID, Text: text, State: models.AppealPending, CreatedAt: tx.Now,
	}
	isNew, err := store.Add(tx, p)
	switch {
	case err != nil:
		return nil, err
	case !isNew:
		return nil, models.Refuse(models.Conflict, "appeal_again", "there is an appeal against that already")
	}
	who, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil {
		return nil, err
	}
	return p, account.TellStaff(tx, "appeals", who, "/admin/appeals")
}

// Waiting returns how much waits for moderators, by kind.
func Waiting(tx *store.Tx) (map[string]int, error) {
	out := map[string]int{}
	var err error
	count := func(name string, n int, failed error) {
		if out[name] = n; err == nil {
			err = failed
		}
	}
	n, failed := store.Count[models.Report](tx, "state = ?", models.ReportOpen)
	count("reports", n, failed)
	n, failed = store.Count[models.Appeal](tx, "state = ?", models.AppealPending)
	count("appeals", n, failed)
	n, failed = store.Count[models.SignUp](tx, "needs_approval AND confirmed_at IS NOT NULL AND approved_at IS NULL AND done_at IS NULL")
	count("sign_ups", n, failed)
	n, failed = store.Count[models.CreditClaim](tx, "escalated_at IS NOT NULL AND state IN ? AND owner_id IN (SELECT id FROM accounts WHERE domain = '')", models.OpenClaims())
	count("claims", n, failed)
	return out, err
}

// Decide answers an appeal. If it is granted, what was done is taken back.
func Decide(tx *store.Tx, by *models.Account, p *models.Appeal, grant bool, answer string) error {
	p, err := store.Hold[models.Appeal](tx, p.ID)
	if err != nil {
		return err
	}
	if p.State != models.AppealPending {
		return models.Refuse(models.Conflict, "appeal_decided", "this appeal was decided already")
	}
	a, err := store.Hold[models.Account](tx, p.AccountID)
	if err != nil {
		return err
	}
	if err := may(tx, by, a); err != nil {
		return err
	}
	p.State, p.Answer, p.DecidedAt = models.AppealRejected, prose(answer, models.MaxReportComment), &tx.Now
	what := "appeal_rejected"
	if grant {
		p.State, what = models.AppealApproved, "appeal_approved"
	}
	if by != nil {
		p.DecidedBy = by.ID
	}
	if err := store.Put(tx, p); err != nil {
		return err
	}
	if err := did(tx, by, a, what, answer); err != nil || !grant {
		return err
	}
	w, err := store.Get[models.Warning](tx, p.WarningID)
	if err != nil {
		return err
	}
	return takeBack(tx, by, a, w)
}

// takeBack undoes what a warning tells of, as far as it still holds.
func takeBack(tx *store.Tx, by, a *models.Account, w *models.Warning) (err error) {
	const reason = "by appeal"
	switch w.Action {
	case "sensitive":
		err = Sensitize(tx, by, a, false, reason)
	case "silence":
		err = Limit(tx, by, a, false, reason)
	case "suspend", "disable":
		if a.State == models.AccountSuspended {
			err = Unsuspend(tx, by, a, reason)
		}
	case "feature":
		err = Ban(tx, by, a, w.Feature, false, reason)
	}
	if err != nil {
		return err
	}
	_, err = store.Set[models.Warning](tx, map[string]any{"undone_at": tx.Now}, "id = ?", w.ID)
	return err
}
