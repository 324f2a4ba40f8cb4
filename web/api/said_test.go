package api_test

import (
	"testing"
	"time"
)

// What is told of collabs is in the language of who reads it, whatever it was when it came
// about, for each reader.
func TestNotificationsAreInTheReadersLanguage(t *testing.T) {
	each(t, func(s *server) {
		const collabs, told = "/api/ensemble/v1/collabs", "/api/v1/notifications?types[]=collab_invite&types[]=collab_accepted&types[]=collab_declined&types[]=collab_request&types[]=collab_ended"
		speak := func(who, locale string) { s.ask(who, "PUT", "/api/ensemble/v1/me/language", "locale="+locale).is(200) }
		s.ask("bo", "PUT", "/api/ensemble/v1/me/collaborate", "policy=everyone").is(200)
		one := s.post("ada", collabs, map[string]any{"status": "Shall we?", "coauthor_ids": []string{s.id("bo")}}).str("id")
		s.get("bo", told).has("0.text", "ada asks you to publish a post together.")
		speak("bo", "fr")
		s.get("bo", told).has("0.text", "ada vous invite à publier ensemble.").has("0.fallback.title", nil)
		s.get("bo", told+"&supported_types[]=mention").has("0.fallback.title", "ada vous invite à publier ensemble.")
		s.get("bo", "/api/v2/notifications?types[]=collab_invite").has("notification_groups.0.text", "ada vous invite à publier ensemble.")
		speak("bo", "en")
		s.get("bo", told).has("0.text", "ada asks you to publish a post together.")
		s.post("bo", collabs+"/"+one+"/suggest", map[string]any{"text": "Sunday, please."})
		s.now = s.now.Add(25 * time.Hour)
		s.post("bo", collabs+"/"+one+"/decline", map[string]any{"confirm": true, "reason": "No time."})
		s.get("ada", told).has("0.text", "bo declined: No time.").has("1.text", "bo asks for a change: Sunday, please.")
		s.get("ada", collabs+"/"+one).has("outcome_text", "bo declined: No time.")
		speak("ada", "fr")
		s.get("ada", told).has("0.text", "bo a refusé : No time.").has("1.text", "bo demande un changement : Sunday, please.")
		s.get("ada", collabs+"/"+one).has("outcome_text", "bo a refusé : No time.")
	}, "ada", "bo")
}
