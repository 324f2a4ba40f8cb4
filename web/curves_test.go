package web_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/store/storetest"
)

// The overview draws how the server did, says the same in words and as a table, and
// leaves a gap where it did not run.
func TestCurvesOnTheOverview(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect, withAPI)
		s.role(models.RoleAdmin)
		cookie := s.signIn("alice")
		page := func(path, lang string) *httptest.ResponseRecorder {
			return s.ask("GET", path, "Cookie", cookie, "Accept", "text/html", "Accept-Language", lang)
		}
		if w := page("/admin", "en"); w.Code != 200 || !strings.Contains(w.Body.String(), "come back in a quarter of an hour") {
			t.Fatalf("before anything was measured: %d %s", w.Code, w.Body)
		}
		now := models.SlotOf(s.db.Now())
		for i := range int64(100) {
			if i > 40 && i < 60 {
				continue
			}
			n := max(0, i-1) // the last step has one or two of them
			s.put(&models.Sample{Slot: now - i, TaskAge: 10 * n, Tasks: n, DeliveryAge: 60 * n, Deliveries: 2 * n, Memory: 50e6 + n*1e5, DatabaseSize: 2e6, MediaSize: 30e6, CacheSize: 8e6})
		}
		for _, c := range []struct{ path, lang, want string }{
			{"/admin", "en", "Oldest task"}, {"/admin", "en", "<b>0 seconds</b>"}, {"/admin", "en", "at most 16 minutes"}, {"/admin", "en", "at most 60\u00a0MB"}, {"/admin", "en", "<b>40\u00a0MB</b>"},
			{"/admin?span=week", "en", `aria-current="true">A week`}, {"/admin?span=fortnight", "fr", "au plus 1 heure"}, {"/admin", "fr", "Plus ancienne tâche"}, {"/admin", "fr", "Au fil du temps"},
		} {
			w := page(c.path+func() string {
				if strings.Contains(c.path, "?") {
					return "&lang=" + c.lang
				}
				return "?lang=" + c.lang
			}(), c.lang)
			if w.Code != 200 || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("%s in %s lacks %s", c.path, c.lang, c.want)
			}
			if len(w.Body.String()) > 80_000 {
				t.Errorf("%s has %d bytes", c.path, w.Body.Len())
			}
		}
		body := page("/admin", "en").Body.String()
		if n := strings.Count(body, `class="stroke"`); n != 12 {
			t.Errorf("there are %d lines, want two in each of six curves", n)
		}
		if w := page("/admin?span=year", "en"); w.Code != 422 {
			t.Errorf("another span: %d", w.Code)
		}
	})
}
