package api_test

import (
	"strings"
	"testing"

	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
)

// A rule keeps its number when it is said in other words, or elsewhere in the list; the
// number of one that was dropped is never another's.
func TestRulesKeepTheirNumbers(t *testing.T) {
	each(t, func(s *server) {
		s.role("al", models.RoleAdmin)
		s.role("mo", models.RoleModerator)
		const al, mo, at = "al" + staffed, "mo" + staffed, "/api/ensemble/v1/admin/rules"
		rule := func(id, text, french string) map[string]any {
			return map[string]any{"id": id, "text": text, "french": french}
		}
		set := func(rules ...any) *answer { return s.ask(al, "PUT", at, map[string]any{"rules": rules}) }
		s.setting("site.rules", "Be kind.\nNo advertising.\nSay who drew it.") // as before there were numbers
		s.get("", "/api/v1/instance/rules").has("0.id", "1").has("1.id", "2").has("2.id", "3").has("3", nil)
		report := s.post("bo", "/api/v1/reports", map[string]any{"account_id": s.id("ada"), "category": "violation", "rule_ids": []string{"2"}}).str("id")

		set(rule("3", "Say who made it.", "Dites qui l’a fait."), rule("", "Speak plainly.", ""), rule("1", "Be kind.", "")).is(200).
			has("0.id", "3").has("0.translations.fr.text", "Dites qui l’a fait.").has("1.id", "4").has("2.id", "1")
		s.get("", "/api/v1/instance/rules").has("0.id", "3").has("0.text", "Say who made it.").has("1.id", "4").has("2.id", "1").has("3", nil)
		s.get("", "/api/v2/instance").has("rules.1.id", "4")
		s.get(mo, "/api/v1/admin/reports/"+report).has("rules.0.id", "2").has("rules.0.text", "No advertising.").has("rules.1", nil)
		s.ask("bo", "POST", "/api/v1/reports", map[string]any{"account_id": s.id("ada"), "rule_ids": []string{"2"}}).is(422)

		set(rule("", "No advertising.", ""), rule("4", "Speak plainly.", "")).is(200).has("0.id", "5").has("1.id", "4")
		set(rule("", "Speak plainly.", ""), rule("5", "Advertise with care.", "")).is(200).has("0.id", "4").has("1.id", "5")
		set().is(200).holds()
		set(rule("", "Be kind.", "")).is(200).has("0.id", "6")

		for what, rules := range map[string][]any{
			"one that is gone": {rule("4", "Speak plainly.", "")}, "one that never was": {rule("99", "x", "")}, "no number": {rule("six", "x", "")},
			"minus one": {rule("-1", "x", "")}, "the same twice": {rule("6", "x", ""), rule("6", "y", "")},
			"the same words twice": {rule("6", "x", ""), rule("", "x", "")}, "no words": {rule("6", "", "Soyez aimable.")},
			"too long": {rule("6", strings.Repeat("x", 501), "")},
		} {
			t.Log(what)
			set(rules...).is(422)
		}
		s.ask(mo, "PUT", at, map[string]any{"rules": []any{rule("6", "x", "")}}).is(403)
		s.get("", "/api/v1/instance/rules").has("0.id", "6").has("0.text", "Be kind.").has("1", nil)

		s.do(func(tx *store.Tx) error { return moderation.SetRuleLines(tx, "No spam.\n\n Be kind. ") }) // of the command line
		s.get("", "/api/v1/instance/rules").has("0.id", "7").has("1.id", "6").has("2", nil)
	}, "ada", "bo", "al", "mo")
}
