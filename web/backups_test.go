package web_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store/storetest"
	"ensemble/web"
	"ensemble/web/api"
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

// Who looks after the server sees what a smaller room for copies would drop before it is
// saved; what makes no sense is said on the same page.
func TestRoomForCopiesOnAPage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		cache := &room{size: 3 << 30, most: 4 << 30}
		s := newServer(t, dialect, func(c *web.Config) {
			c.API = (&api.API{Files: c.Files.(*files.Disk), Finder: nobody{}, Copies: cache, Machine: cache}).Routes()
		})
		s.role(models.RoleOwner)
		cookie := s.signIn("alice")
		for _, c := range []struct {
			path string
			code int
			says string
		}{
			{"/admin/storage", 200, `value="4"`}, {"/admin/storage?room=1", 200, "7 copies (2.1\u00a0GB) would go at once"}, {"/admin/storage?room=1,5&lang=fr", 200, "partiraient aussitôt"},
			{"/admin/storage?room=8", 200, "Nothing would go"}, {"/admin/storage?room=much", 422, "from 1 MiB to 100 TiB"}, {"/admin/storage?room=-1", 422, `value="-1"`}, {"/admin/storage?room=0.0001", 422, "0.0001"},
		} {
			w := s.ask("GET", c.path, "Cookie", cookie, "Accept", "text/html")
			if w.Code != c.code || !strings.Contains(w.Body.String(), c.says) || cache.most != 4<<30 {
				t.Errorf("%s: %d, want %d and %q", c.path, w.Code, c.code, c.says)
			}
		}
		if w := s.form(cookie, "/admin/storage", url.Values{"room": {"nothing"}}); w.Code != 422 || cache.most != 4<<30 {
			t.Errorf("what is no number: %d", w.Code)
		}
		if w := s.form(cookie, "/admin/storage", url.Values{"room": {"0.5"}}); w.Code != 303 || cache.most != 1<<29 {
			t.Errorf("saved: %d, and there is room for %d", w.Code, cache.most)
		}
		s.role(models.RoleModerator)
		if w := s.form(cookie, "/admin/storage", url.Values{"room": {"1"}}); w.Code != 403 || cache.most != 1<<29 {
			t.Errorf("a moderator: %d", w.Code)
		}
	})
}

// A room is copies that are numbers alone, and the machine that they are on.
type room struct {
	api.Machine
	size, most int64
}

func (r *room) Size() int64     { return r.size }
func (r *room) Most() int64     { return r.most }
func (r *room) SetMost(n int64) { r.most = n }
func (r *room) Over(most int64) (int, int64) {
	return int(7 * min(1, max(0, r.size-most))), max(0, r.size-most)
}

func (r *room) State(context.Context) api.MachineState {
	return api.MachineState{CacheSize: r.size, CacheMost: r.most}
}
