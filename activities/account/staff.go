package account

import (
	"slices"
	"strings"
	"time"

	"ensemble/activities"
	"ensemble/activities/mail"
	"ensemble/models"
	"ensemble/models/store"
)

// StaffNews is what moderators are told by mail, unless they would rather not.
var StaffNews = []string{"reports", "appeals", "sign_ups"}

// perHour is how many letters about one kind of news a moderator is sent in an hour; what
// comes above that stands in the queues.
const perHour = 20

// TellStaff writes to those who look after the server that something waits for them: one
// of StaffNews, about a, with the page where it is decided.
func TellStaff(tx *store.Tx, news string, a *models.Account, page string) error {
	kind := map[string]mail.Kind{"reports": mail.Reported, "appeals": mail.Appealed, "sign_ups": mail.Asked}[news]
	if mail.Ready(tx.Site) != nil {
		return nil
	}
	all, err := activities.Moderators(tx)
	for _, m := range all {
		if err == nil {
			err = tellOne(tx, m, news, mail.Letter{Kind: kind, Facts: map[string]string{"who": a.Handle(tx.Site)}, Link: string(tx.Site.IRI(page))})
		}
	}
	return err
}

func tellOne(tx *store.Tx, m *models.Account, news string, l mail.Letter) error {
	u, err := store.One[models.User](tx, "account_id = ?", m.ID)
	if err != nil || slices.Contains(strings.Fields(u.StaffMailOff), news) {
		return err
	}
	sent, err := store.Count[models.Mail](tx, "account_id = ? AND kind = ? AND created_at > ?", m.ID, string(l.Kind), tx.Now.Add(-time.Hour))
	if err != nil || sent >= perHour {
		return err
	}
	return tell(tx, m, u, l)
}

// SetStaffMail says which of StaffNews a is told by mail; what is not in wants stays as it
// is. Who does not look after the server is Forbidden to.
func SetStaffMail(tx *store.Tx, a *models.Account, wants map[string]bool) error {
	u, err := store.Hold[models.Account](tx, a.ID)
	if err != nil {
		return err
	}
	row, err := store.One[models.User](tx, "account_id = ?", u.ID)
	if err != nil {
		return err
	}
	if !row.Role.May(models.Judge) {
		return models.Refuse(models.Forbidden, "not_staff", "only those who look after the server are told of what waits there")
	}
	was := strings.Fields(row.StaffMailOff)
	off := slices.DeleteFunc(slices.Clone(StaffNews), func(news string) bool {
		want, said := wants[news]
		return said && want || !said && !slices.Contains(was, news)
	})
	_, err = store.Set[models.User](tx, map[string]any{"staff_mail_off": strings.Join(off, " ")}, "account_id = ?", a.ID)
	return err
}
