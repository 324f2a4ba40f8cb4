package api_test

import (
	"strings"
	"testing"
	"time"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
)

// mails returns what waits to be sent to an address, the oldest first.
func (s *server) mails(to string) (rows []*models.Mail) {
	s.Helper()
	s.do(func(tx *store.Tx) (err error) {
		rows, err = store.Find[models.Mail](tx, "recipient = ? ORDER BY id", to)
		return err
	})
	return rows
}

// Invitations that wait a day are told by mail, at the pace that was chosen, and no
// longer once that was ended.
func TestInvitationsThatWaitAreToldByMail(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		s.post("ada", "/api/ensemble/v1/collabs", "status=Two+of+us&coauthor_ids[]="+s.id("bo"))
		pass := func(d time.Duration, want int) {
			t.Helper()
			s.now = s.now.Add(d)
			s.do(account.Digests)
			s.do(account.Digests)
			if got := len(s.mails("bo@one.example")); got != want {
				t.Fatalf("%d mails, want %d", got, want)
			}
		}
		pass(time.Hour, 0)
		pass(24*time.Hour, 1)
		m := s.mails("bo@one.example")[0]
		if m.Subject != "One: one invitation to answer" || !strings.Contains(m.Plain, "from ada (@ada@one.example)") {
			t.Errorf("the mail: %s %s", m.Subject, m.Plain)
		}
		pass(6*24*time.Hour, 1)
		s.ask("bo", "PUT", "/api/ensemble/v1/me/mail", "digest=hourly").is(422)
		s.ask("bo", "PUT", "/api/ensemble/v1/me/mail", "digest=daily").is(200).has("digest", "daily").has("email", "bo@one.example")
		pass(0, 2)
		pass(25*time.Hour, 3)
		key := m.Unsubscribe[strings.LastIndex(m.Unsubscribe, "/")+1:]
		s.do(func(tx *store.Tx) error { return account.Unsubscribe(tx, key) })
		s.get("bo", "/api/ensemble/v1/me/mail").has("digest", "off")
		pass(3*24*time.Hour, 3)
		if len(s.mails("ada@one.example")) != 0 {
			t.Error("who invites is told, too")
		}
	}, "ada", "bo")
}
