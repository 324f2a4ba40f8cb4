package admin

import "testing"

func TestWordsAreComplete(t *testing.T) {
	for _, gap := range set.Gaps() {
		t.Error(gap)
	}
	for _, s := range sections {
		if s.name != "" && !set.In("fr").Can("admin."+s.name) {
			t.Errorf("nothing is said for the section %s", s.name)
		}
	}
}
