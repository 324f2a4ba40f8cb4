package moderation

import (
	"ensemble/activities/account"
	"ensemble/activities/collab"
	"ensemble/models"
	"ensemble/models/store"
)

// May is nil if by may act on a: see may.
func May(tx *store.Tx, by, a *models.Account) error { return may(tx, by, a) }

// may refuses acts on the server itself, on what is gone, and on one's equals and
// betters. by is nil for the command line, which may do everything.
func may(tx *store.Tx, by, a *models.Account) error {
	switch {
	case a.System:
		return models.Errorf(models.Forbidden, "the server itself cannot be moderated")
	case a.State == models.AccountDeleted:
		return models.Errorf(models.Gone, "%s is gone", a.Handle(tx.Site))
	case by == nil:
		return nil
	}
	mine, err := rank(tx, by)
	if err != nil {
		return err
	}
	theirs, err := rank(tx, a)
	if err == nil && theirs >= mine {
		err = models.Errorf(models.Forbidden, "only somebody above %s may do that", a.Handle(tx.Site))
	}
	return err
}

func rank(tx *store.Tx, a *models.Account) (int, error) {
	u, err := store.Maybe[models.User](tx, "account_id = ?", a.ID)
	if err != nil || u == nil {
		return 0, err
	}
	return u.Role.Rank(), nil
}

// did notes an act on an account.
func did(tx *store.Tx, by, a *models.Account, what, reason string) error {
	return note(tx, by, models.ModerationAct{What: what, About: string(a.URI), TargetID: a.ID, Reason: prose(reason, models.MaxReportComment)})
}

// Suspend shuts an account out, wherever it lives: its tokens and sessions end, what
// it was about to say is not said, its stamps are taken back, and its name is off
// what it wrote with others. All of that holds with the commit.
func Suspend(tx *store.Tx, by, a *models.Account, reason string) error {
	if err := may(tx, by, a); err != nil {
		return err
	}
	if !a.Active() && a.ByDomain != models.SeveritySuspend {
		return models.Errorf(models.Conflict, "%s is %s already", a.Handle(tx.Site), a.State)
	}
	if a.Local() {
		if err := collab.Detach(tx, a); err != nil {
			return err
		}
	}
	a, err := store.Get[models.Account](tx, a.ID) // its counts have changed
	if err != nil {
		return err
	}
	a.ByDomain = "" // from now on it is a matter of its own
	if err := account.Suspend(tx, a, true); err != nil {
		return err
	}
	if _, err := store.Set[models.Delivery](tx, map[string]any{
		"state": models.DeliveryDropped, "last_error": "its sender is suspended", "done_at": tx.Now,
	}, `account_id = ? AND state = 'queued' AND outbound_id IN (SELECT id FROM outbounds WHERE verb NOT IN ('Delete', 'Undo', 'Leave', 'Reject'))`,
		a.ID); err != nil {
		return err
	}
	if err := rename(tx, []*models.Account{a}); err != nil {
		return err
	}
	return did(tx, by, a, "account_suspended", reason)
}

// Unsuspend ends a suspension. What was taken back stays so; people sign in anew.
func Unsuspend(tx *store.Tx, by, a *models.Account, reason string) error {
	if err := may(tx, by, a); err != nil {
		return err
	}
	switch {
	case a.State != models.AccountSuspended:
		return models.Errorf(models.Conflict, "%s is not suspended, but %s", a.Handle(tx.Site), a.State)
	case a.ByDomain == models.SeveritySuspend:
		return models.Errorf(models.Conflict, "the whole server of %s is blocked: lift that block", a.Handle(tx.Site))
	}
	a, err := store.Get[models.Account](tx, a.ID)
	if err != nil {
		return err
	}
	if !a.Local() {
		if why, err := store.Shut(tx, a.URI.Host()); err != nil || why != "" {
			if err == nil {
				err = models.Errorf(models.Conflict, "%s: lift that first", why)
			}
			return err
		}
	}
	if err := account.Suspend(tx, a, false); err != nil {
		return err
	}
	if err := rename(tx, []*models.Account{a}); err != nil {
		return err
	}
	if err := undone(tx, a, "suspend", "disable"); err != nil {
		return err
	}
	return did(tx, by, a, "account_unsuspended", reason)
}

// Limit hides an account from those who do not follow it, or shows it again.
func Limit(tx *store.Tx, by, a *models.Account, on bool, reason string) error {
	return flip(tx, by, a, "limited", a.Limited, on, reason)
}

// Sensitize has all media of an account shown as sensitive, or as it says itself.
func Sensitize(tx *store.Tx, by, a *models.Account, on bool, reason string) error {
	return flip(tx, by, a, "sensitized", a.Sensitized, on, reason)
}

func flip(tx *store.Tx, by, a *models.Account, column string, was, on bool, reason string) error {
	if err := may(tx, by, a); err != nil || was == on {
		return err
	}
	if _, err := store.Set[models.Account](tx, map[string]any{column: on, "updated_at": tx.Now}, "id = ?", a.ID); err != nil {
		return err
	}
	what := "account_" + column
	if !on {
		what = "account_un" + column
		if err := undone(tx, a, map[string]string{"limited": "silence", "sensitized": "sensitive"}[column]); err != nil {
			return err
		}
	}
	return did(tx, by, a, what, reason)
}

// Settle closes the report, if there is one, because of which something was done.
func Settle(tx *store.Tx, by *models.Account, report models.ID, reason string) error {
	if report == 0 {
		return nil
	}
	r, err := store.Get[models.Report](tx, report)
	if err != nil {
		return err
	}
	return Close(tx, by, r, reason)
}
