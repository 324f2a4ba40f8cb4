package models_test

import (
	"fmt"
	"testing"
	"time"

	. "ensemble/models"
)

func TestWhoMayStart(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	pilot := Candidate{Account: "https://one.example/users/ada", Username: "Ada", Role: RolePilot, Country: "FR"}
	for _, c := range []struct {
		name, rule string
		who        Candidate
		want       string
	}{
		{"no rule lets everybody", "", pilot, ""},
		{"everyone", "everyone", Candidate{}, ""},
		{"nobody", "nobody", pilot, RolloutForNobody},
		{"a role", "roles=pilot", pilot, ""},
		{"another role", "roles=admin,owner", pilot, RolloutNotInGroup},
		{"a role and a country", "roles=pilot countries=FR,BE", pilot, ""},
		{"a role and another country", "roles=pilot countries=BE", pilot, RolloutNotInGroup},
		{"an account that meets no condition", "roles=owner accounts=ada", pilot, ""},
		{"named accounts alone let in nobody else", "accounts=bo", pilot, RolloutNotInGroup},
		{"before the beginning", "everyone from=2026-11-23", pilot, RolloutNotYet},
		{"a named account before the beginning", "accounts=ada from=2026-11-23", pilot, RolloutNotYet},
		{"on the last second", "roles=pilot to=2026-11-22T12:00:01Z", pilot, ""},
		{"at the end", "roles=pilot to=2026-11-22T12:00:00Z", pilot, RolloutOver},
		{"an end that opens", "roles=owner to=2026-11-22 end=open", pilot, ""},
		{"all of them", "percent=100", pilot, ""},
	} {
		r, err := ParseRollout(c.rule)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := r.Refuses("collabs", c.who, now); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		again, err := ParseRollout(r.String())
		if err != nil || again.String() != r.String() {
			t.Errorf("%s: %q is read back as %v, %v", c.name, r, again, err)
		}
	}
}

func TestRolloutRefusesNonsense(t *testing.T) {
	for _, rule := range []string{
		"some", "percent=0", "percent=101", "percent=x", "roles=king", "countries=FRA", "from=tomorrow", "end=never",
		"everyone roles=pilot", "nobody percent=5", "roles=pilot everyone", "colour=red", "from=2026-02-01 to=2026-01-01",
	} {
		if r, err := ParseRollout(rule); err == nil {
			t.Errorf("%q was read as %q", rule, r)
		}
	}
}

func TestAShareIsStable(t *testing.T) {
	in := func(percent int) map[IRI]bool {
		r := &Rollout{Scope: RolloutSome, Percent: percent}
		out := map[IRI]bool{}
		for i := range 2000 {
			who := IRI(fmt.Sprintf("https://one.example/users/u%d", i))
			if r.Refuses("collabs", Candidate{Account: who}, time.Time{}) == "" {
				out[who] = true
			}
		}
		return out
	}
	few, more := in(10), in(30)
	if len(few) < 140 || len(few) > 260 || len(more) < 500 || len(more) > 700 {
		t.Errorf("10 %% and 30 %% of 2000 are %d and %d", len(few), len(more))
	}
	for who := range few {
		if !more[who] {
			t.Fatalf("%s was in at 10 %% and is out at 30 %%", who)
		}
	}
}
