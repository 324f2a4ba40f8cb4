package models

import "testing"

func TestFilterMatches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keyword string
		whole   bool
		text    string
		want    string
		ok      bool
	}{
		{"cat", false, "Concatenated", "cat", true},
		{"cat", true, "concatenated", "", false},
		{"cat", true, "a CAT.", "CAT", true},
		{"cat", true, "cat", "cat", true},
		{"cat", true, "cats", "", false},
		{"cat", true, "concat and cat_ and cat9 and Cat!", "Cat", true},
		{"#cat", true, "so#cat", "#cat", true},
		{"#cat", true, "#cats", "", false},
		{"c++", true, "C++11", "C++", true},
		{"ÉTÉ", true, "en été", "été", true},
		{"été", true, "étés", "", false},
		{"ß", false, "STRAẞE", "ẞ", true},
		{"k", true, "\u212a", "\u212a", true}, // the Kelvin sign is a K of three bytes
		{"x.y", true, "xzy", "", false},
		{"two words", true, "these TWO WORDS here", "TWO WORDS", true},
		{"猫", false, "黒猫です", "猫", true},
		{"猫", true, "黒猫です", "", false},
		{"a\u0301", true, "a\u0301!", "a\u0301", true},
		{"\xff", false, "plain", "", false},
		{"b", false, "\xff\xfeB", "B", true},
	} {
		k := FilterKeyword{Keyword: c.keyword, WholeWord: c.whole}
		got, ok := NewHaystack(c.text).First([]Needle{k.Needle()})
		if got != c.want || ok != c.ok {
			t.Errorf("%q (whole %v) in %q: got %q, %v", c.keyword, c.whole, c.text, got, ok)
		}
	}
}

func TestFilterTakesWhatComesFirst(t *testing.T) {
	t.Parallel()
	needles := []Needle{(&FilterKeyword{Keyword: "dog"}).Needle(), (&FilterKeyword{Keyword: "cat"}).Needle()}
	if got, ok := NewHaystack("a Cat and a Dog").First(needles); got != "Cat" || !ok {
		t.Errorf("got %q, %v", got, ok)
	}
}
