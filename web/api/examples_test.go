package api_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ensemble/models"
	"ensemble/web/openapi"
)

// TestExamplesAreAnswers asks for what the document of our own API shows as examples, and
// compares what is in them by name. To write them anew, from real answers:
// go test ./web/api -run TestExamplesAreAnswers/sqlite -update
func TestExamplesAreAnswers(t *testing.T) {
	at := filepath.Join("..", "openapi", "examples.json")
	each(t, func(s *server) {
		got := s.examples()
		if *update {
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			e.SetIndent("", " ")
			if err := e.Encode(got); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(at, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		raw, err := os.ReadFile(at)
		if err != nil {
			t.Fatal(err)
		}
		var shown map[string]map[string]any
		if err := json.Unmarshal(raw, &shown); err != nil {
			t.Fatal(err)
		}
		if a, b := slices.Sorted(maps.Keys(shown)), slices.Sorted(maps.Keys(got)); !slices.Equal(a, b) {
			t.Errorf("there are examples of %v, and answers of %v: write them anew with -update", a, b)
		}
		for name, example := range shown {
			if a, b := slices.Sorted(maps.Keys(example)), slices.Sorted(maps.Keys(got[name])); !slices.Equal(a, b) {
				t.Errorf("the example of %s has %v, and an answer %v: write them anew with -update", name, a, b)
			}
		}
	}, "ada", "bo", "cy", "mo")
}

// examples are answers, by what they are.
func (s *server) examples() map[string]map[string]any {
	s.Helper()
	const v1 = openapi.Prefix
	out := map[string]map[string]any{}
	keep := func(name string, a *answer, at ...string) {
		s.Helper()
		v := a.body
		if len(at) > 0 {
			v = a.at(at[0])
		}
		m, is := v.(map[string]any)
		if !is {
			s.Fatalf("%s: no example of %s in %s", a.what, name, a.raw)
		}
		out[name] = m
	}
	s.follow("bo", "ada")
	keep("Ensemble::Ability", s.get("ada", v1+"/accounts/"+s.id("bo")+"/collaborate"))
	keep("Error", s.ask("ada", "POST", v1+"/collabs", "status=x&coauthor_ids[]="+s.id("cy")).is(403))
	row := s.invite("quorum=any&on_decline=publish")
	one := v1 + "/collabs/" + row.str("id")
	keep("Ensemble::Collab", s.get("bo", one))
	id := s.post("bo", one+"/accept", nil).str("status_id")
	keep("Ensemble::Event", s.get("ada", one+"/history"), "0")
	keep("Ensemble::Reach", s.get("ada", one+"/reach"))
	mine := s.say("ada", "status=A+mug")
	claim := s.post("cy", v1+"/claims", "status_id="+mine+"&as=illustration&source=https://cy.example/mugs&text=I+drew+it.")
	keep("Ensemble::Claim", claim)
	s.post("ada", v1+"/claims/"+claim.str("id")+"/accept", nil)
	keep("Ensemble::Credit", s.get("", v1+"/statuses/"+mine+"/credits"), "0")
	s.post("ada", "/api/v1/statuses/"+id+"/favourite", nil)
	keep("Ensemble::Policy", s.ask("ada", "PUT", v1+"/me/collaborate", "policy=mutuals").is(200))
	keep("Ensemble::Capabilities", s.get("ada", v1+"/capabilities"))
	keep("Ensemble::Mail", s.get("ada", v1+"/me/mail"))
	keep("Ensemble::Security", s.get("ada", v1+"/me/security"))
	keep("Ensemble::Rollouts", s.get("", v1+"/rollout"))
	keep("Ensemble::Import", s.post("ada", v1+"/imports", map[string]any{"type": "following", "data": "Account address\nbo@two.example\n"}))
	keep("Ensemble::Archive", s.post("ada", v1+"/archives", nil))
	s.role("mo", models.RoleOwner)
	keep("Ensemble::InviteCode", s.post("mo"+staffed, v1+"/admin/invites", "max_uses=5&expires_in=604800"))
	keep("Announcement", s.post("mo"+staffed, v1+"/admin/announcements", "text=Maintenance+on+Sunday."))
	return out
}
