package web_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store/storetest"
)

// The page of backups says how each went, in both languages, and gives none away.
func TestBackupsPage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect, withAPI)
		cookie := s.signIn("alice")
		if w := s.ask("GET", "/admin/backups", "Cookie", cookie, "Accept", "text/html"); w.Code != 403 {
			t.Errorf("whoever comes: %d", w.Code)
		}
		s.role(models.RoleModerator)
		if w := s.form(cookie, "/admin/backups", url.Values{"act": {"make"}}); w.Code != 403 {
			t.Errorf("a moderator: %d", w.Code)
		}
		s.role(models.RoleAdmin)
		now := s.db.Now()
		put := func(ago time.Duration, b models.Backup) {
			b.CreatedAt = now.Add(-ago)
			b.ID = models.NewID(b.CreatedAt)
			b.FinishedAt, b.ProvedAt, b.Dialect, b.Program = &b.CreatedAt, &b.CreatedAt, "sqlite", "9.9.9"
			s.put(&b)
		}
		put(5*time.Hour, models.Backup{State: models.BackupDone, Proof: models.ProofRestored, File: "good.tar", Size: 1_500_000, Files: 3, Version: 265})
		put(4*time.Hour, models.Backup{State: models.BackupDone, Proof: models.ProofRead, ProofError: "the role may not", File: "read.tar", Auto: true})
		put(3*time.Hour, models.Backup{State: models.BackupFailed, Code: "disk_full", Error: "no space left on device"})
		put(2*time.Hour, models.Backup{State: models.BackupInterrupted, Code: "interrupted", Error: "ended"})
		put(time.Hour, models.Backup{State: models.BackupDone, Proof: models.ProofBad, ProofError: "<b>media/x</b> is damaged", File: "bad.tar", Outside: true})
		says := func(lang string, words ...string) {
			t.Helper()
			w := s.ask("GET", "/admin/backups?lang="+lang, "Cookie", cookie, "Accept", "text/html")
			for _, word := range words {
				word, not := strings.CutPrefix(word, "!")
				if w.Code != 200 || strings.Contains(w.Body.String(), word) == not {
					t.Errorf("%d: %q is there: %t", w.Code, word, not)
				}
			}
			if strings.Contains(w.Body.String(), `.tar"`) || strings.Contains(w.Body.String(), "download>") {
				t.Error("there is a link to a backup")
			}
		}
		says("en", "every table has the rows it had", "1.5\u00a0MB", "3 uploads", "schema 265", "version 9.9.9", "The disk is full", "no space left", "The server was stopped", "Not good",
			"&lt;b&gt;media/x&lt;/b&gt; is damaged", "may not make a database", "The last backup is not good", "!disabled", "none is planned", "kept elsewhere")
		says("fr", "Le disque est plein", "Le serveur a été arrêté", "1,5\u00a0Mo", "La dernière sauvegarde n’est pas bonne", "ne se télécharge pas ici", "!Back up")
		if w := s.ask("GET", "/admin", "Cookie", cookie, "Accept", "text/html"); !strings.Contains(w.Body.String(), "The last backup is not good") {
			t.Error("the overview says nothing of it")
		}
		for _, c := range []struct {
			form url.Values
			want int
			says string
		}{
			{url.Values{"act": {"plan"}, "hour": {"25"}, "keep": {"3"}}, 422, "from 0 to 23"}, {url.Values{"act": {"plan"}, "hour": {"3"}, "keep": {"1000"}}, 422, "From 1 to 90"},
			{url.Values{"act": {"delete"}, "id": {"77"}}, 404, ""}, {url.Values{"act": {"download"}}, 404, ""}, {url.Values{"act": {"plan"}, "hour": {"3"}, "keep": {"4"}}, 303, ""},
			{url.Values{"act": {"make"}}, 303, ""}, {url.Values{"act": {"make"}}, 409, "one at a time"},
		} {
			if w := s.form(cookie, "/admin/backups", c.form); w.Code != c.want || !strings.Contains(w.Body.String(), c.says) {
				t.Errorf("%v: %d, want %d and %q", c.form, w.Code, c.want, c.says)
			}
		}
		says("en", "About to begin", "disabled", "selected>03:00 UTC", `value="4"`)
		if w := s.ask("GET", "/admin/backups/good.tar", "Cookie", cookie); w.Code != 404 {
			t.Errorf("a backup is given away: %d", w.Code)
		}
	})
}
