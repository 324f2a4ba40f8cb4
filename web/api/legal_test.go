package api_test

import (
	"strings"
	"testing"

	"ensemble/activities/legal"
	"ensemble/models/store"
)

// lawful writes the terms that people agree to.
func (s *server) lawful() {
	s.Helper()
	s.do(func(tx *store.Tx) error { return legal.Fill(tx, legal.Sample) })
}

// Nobody can sign up before the terms are complete; the server says so.
func TestTermsComeBeforePeople(t *testing.T) {
	each(t, func(s *server) {
		s.setting("registrations", "open")
		closed := func() {
			s.Helper()
			v := s.get("", "/api/v2/instance").has("registrations.enabled", false)
			if says := v.str("registrations.message"); !strings.Contains(says, "terms of service") {
				t.Errorf("it says %q", says)
			}
			s.get("", "/api/v1/instance").has("registrations", false)
		}
		closed()
		s.setting(legal.SettingTerms, "By [[name]].")
		closed()
		s.ask("", "GET", "/api/v1/instance/terms_of_service", nil).is(404)
		s.setting(legal.SettingTerms, "By Ada.")
		s.get("", "/api/v2/instance").has("registrations.enabled", true).has("registrations.message", nil)
		s.get("", "/api/v1/instance/terms_of_service").has("content", "<p>By Ada.</p>\n").has("effective", true)
		s.lawful()
		then := s.now.Format("2006-01-02T15:04:05.000Z")
		v := s.get("", "/api/v1/instance/terms_of_service").has("updated_at", then)
		if !strings.Contains(v.str("content"), "<h2>Who may have an account</h2>") {
			t.Errorf("it is %s", v.str("content"))
		}
		if v := s.get("", "/api/v1/instance/privacy_policy").has("updated_at", then); !strings.Contains(v.str("content"), "30 days") {
			t.Errorf("privacy is %s", v.str("content"))
		}
	}, "ada")
}
