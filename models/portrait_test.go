package models

import "testing"

func TestBlank(t *testing.T) {
	t.Parallel()
	site := Site{Origin: "https://one.example"}
	seen := map[IRI]bool{}
	for _, name := range []string{"ada", "Abe", "ali", "amy", "ann", "asa", "ava", "axl"} {
		seen[site.Blank(&Account{Username: name, URI: IRI("https://two.example/users/" + name)})] = true
	}
	if len(seen) < 4 {
		t.Errorf("eight people have %d pictures: %v", len(seen), seen)
	}
	for name, want := range map[string]string{"": "", "_x": "?of=_", "Zoë": "?of=z", "9": "?of=9", "étienne": "?of=_"} {
		got := string(site.Blank(&Account{Username: name}))
		if rest := got[len("https://one.example/avatars/original/missing.png"):]; len(rest) < len(want) || rest[:len(want)] != want {
			t.Errorf("%q: got %s, want …%s", name, got, want)
		}
	}
}
