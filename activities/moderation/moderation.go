// Package moderation is what those who answer for a server do about people and
// servers that do wrong, and what others ask them to do. It stands above the other
// features, for an act of a moderator reaches into all of them: follows end, stamps
// are revoked, letters are dropped. Every act leaves a line in the moderation log,
// in the transaction of the act.
package moderation

import (
	"strings"
	"unicode"

	"ensemble/activities"
	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
)

// commandLine is who the log names for what was done without an account.
const commandLine = "command line"

// note writes a line of the log. by is nil for the command line.
func note(tx *store.Tx, by *models.Account, a models.ModerationAct) error {
	a.ID, a.At, a.Who = models.NewID(tx.Now), tx.Now, commandLine
	if by != nil {
		a.AccountID, a.Who = by.ID, by.Acct()
	}
	return store.Put(tx, &a)
}

// Note writes a line of the log about what no account is the matter of: about is a domain,
// an address, or a number.
func Note(tx *store.Tx, by *models.Account, what, about, reason string) error {
	return note(tx, by, models.ModerationAct{What: what, About: about, Reason: prose(reason, models.MaxReportComment)})
}

// Log returns what was done, the newest first. about narrows it to one domain,
// address or number, if it is not "".
func Log(tx *store.Tx, about string, limit int) ([]*models.ModerationAct, error) {
	if about == "" {
		return store.Find[models.ModerationAct](tx, "1 = 1 ORDER BY id DESC LIMIT ?", limit)
	}
	return store.Find[models.ModerationAct](tx, "about = ? ORDER BY id DESC LIMIT ?", about, limit)
}

// tell puts a report before the moderators.
func tell(tx *store.Tx, r *models.Report) error {
	all, err := activities.Moderators(tx)
	if err != nil {
		return err
	}
	for _, m := range all {
		n := models.Notification{AccountID: m.ID, FromID: r.AccountID, Type: models.NoteAdminReport, ReportID: r.ID}
		if err := activities.Notify(tx, n); err != nil {
			return err
		}
	}
	about, err := store.Get[models.Account](tx, r.TargetID)
	if err != nil {
		return err
	}
	return account.TellStaff(tx, "reports", about, "/admin/reports/"+r.ID.String())
}

// system is the account by which this server speaks for itself.
func system(tx *store.Tx) (*models.Account, error) {
	return store.One[models.Account](tx, "system AND domain = ''")
}

// prose is what may be kept and shown, on a page or a terminal, of what somebody
// wrote: at most so many letters, in lines, without control characters.
func prose(s string, letters int) string {
	s = strings.Map(func(r rune) rune {
		if r != '\n' && !unicode.IsGraphic(r) {
			return ' '
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
	if r := []rune(strings.TrimSpace(s)); len(r) > letters {
		return string(r[:letters]) + "…"
	}
	return strings.TrimSpace(s)
}
