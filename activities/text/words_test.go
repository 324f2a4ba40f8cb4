package text

import (
	"strings"
	"testing"
)

func TestWordsAreComparedWithoutAccents(t *testing.T) {
	for in, want := range map[string]string{
		"":                                  "",
		"Élève, ÇA va?":                     "eleve ca va",
		"e\u0301le\u0300ve":                 "eleve",
		"don't l’été":                       "don t l ete",
		"STRASSE straße":                    "strasse strasse",
		"Łódź Øre Œuvre İstanbul ISPARTA":   "lodz ore oeuvre istanbul isparta",
		"#CamelCase @ada@one.example a_b-c": "camelcase ada one example a b c",
		"Ελλάδα ΕΛΛΆΔΑΣ ελλάδας": "ελλαδα ελλαδασ ελλαδασ",
		"Йод ёлка":             "иод елка",
		"東京 タワー ｶﾞ が":          "東 京 タ ワ ー ガ が",
		"ภาษาไทย":              "ภ า ษ า ไ ท ย",
		"한국어 갑":                "한국어 갑",
		"हिन्दी भाषा":          "हिन्दी भाषा",
		"مُحَمَّد محمــد":      "محمد محمد",
		"שָׁלוֹם":              "שלום",
		"a\u200bb ﬁn ① 12,5 🎉": "ab fin 1 12 5",
		"¶":                    "",
	} {
		if got := strings.Join(Words(in), " "); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	for _, long := range Words(strings.Repeat("é", 500) + " " + strings.Repeat("ж", 500)) {
		if len(long) > maxWord {
			t.Errorf("a word has %d bytes", len(long))
		}
	}
}

func TestStemsAreOfOneAndOfMany(t *testing.T) {
	const in, want = "cats les chats glass bus Paris was élèves", "cat les chat glass bus paris was eleve"
	if got := strings.Join(Stems(in), " "); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
