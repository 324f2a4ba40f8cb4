package main

import (
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// Without a mail server the commands say so, and what is to be done; a wrong
// configuration is told in words that hold no password.
func TestMailWithoutAServer(t *testing.T) {
	env := atHomeEnv(t)
	ask := func(args ...string) (int, string) {
		w, out := testWorld(env)
		w.err = out
		code := run(w, args)
		return code, out.String()
	}
	if code, said := ask("account", "create", "zoe", "--email", "zoe@two.example"); code == 0 {
		t.Fatalf("there is no database yet: %s", said)
	}
	if code, said := ask("migrate"); code != 0 {
		t.Fatalf("migrate: %s", said)
	}
	if code, said := ask("mail", "test", "a@b.example"); code != 1 || !strings.Contains(said, "ENSEMBLE_SMTP is missing") {
		t.Errorf("test: %d %s", code, said)
	}
	if code, said := ask("mail", "list"); code != 0 || !strings.Contains(said, "No mail waits") {
		t.Errorf("list: %d %s", code, said)
	}
	if code, said := ask("account", "create", "zoe", "--email", "zoe@two.example"); code != 0 {
		t.Errorf("an account is made without mail: %s", said)
	}
	env["ENSEMBLE_SMTP"] = "smtp://u:secret@mail.example:25?tls=none"
	if code, said := ask("mail", "test", "a@b.example"); code != 1 || !strings.Contains(said, "on this machine alone") || strings.Contains(said, "secret") {
		t.Errorf("a bad server: %d %s", code, said)
	}
	env["ENSEMBLE_SMTP"] = "smtp://127.0.0.1:1?tls=none"
	if code, said := ask("mail", "test", "a@b.example"); code != 1 || !strings.Contains(said, "127.0.0.1:1") {
		t.Errorf("nobody there: %d %s", code, said)
	}
}

func TestDoctorSaysWhatBecameOfMail(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var said []string
	for _, f := range mailFindings([]store.MailBox{
		{State: models.MailQueued, Count: 3, Oldest: now.Add(-time.Hour)}, {State: models.MailFailed, Count: 2}, {State: models.MailSent, Count: 9},
	}, now) {
		said = append(said, f.mark+" "+f.text("en"))
	}
	if got := strings.Join(said, "|"); got != "warn 3 mails wait, the oldest for 1h0m0s.|warn 2 mails of the last month were given up." {
		t.Errorf("got %s", got)
	}
}
