package models

import (
	"strings"
	"testing"
)

func TestReactionNames(t *testing.T) {
	for _, c := range []struct {
		say, name string
		custom    bool
		ok        bool
	}{
		{"👍", "👍", false, true}, {"👍🏽", "👍🏽", false, true}, {"👩‍👩‍👧", "👩‍👩‍👧", false, true}, {"❤️", "❤️", false, true}, {"❤", "❤", false, true},
		{"🏴󠁧󠁢󠁷󠁬󠁳󠁿", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", false, true}, {"🇫🇷", "🇫🇷", false, true}, {"1️⃣", "1️⃣", false, true}, {"‼️", "‼️", false, true}, {"↔️", "↔️", false, true},
		{":blob:", "blob", true, true}, {":blob@mk.example:", "blob", true, true}, {":blob_cat-2:", "blob_cat-2", true, true},
		{"", "", false, false}, {"like", "like", false, false}, {"<b>👍</b>", "<b>👍</b>", false, false}, {":<img>:", "<img>", true, false},
		{"::", "", true, false}, {":blob", "blob", true, false}, {"7", "7", false, false}, {"👍 hello", "👍 hello", false, false}, {"日", "日", false, false},
		{strings.Repeat("👍", 1000), strings.Repeat("👍", 1000), false, false},
	} {
		if name, custom, ok := ReactionName(c.say); ok != c.ok || ok && (name != c.name || custom != c.custom) {
			t.Errorf("%q: got %q, custom %v, %v", c.say, name, custom, ok)
		}
	}
}
