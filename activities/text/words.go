package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Gap stands between two texts in a list of words, so that no phrase goes across. It
// is no word.
const Gap = "¶"

// maxWord is how much of a word search knows, in bytes.
const maxWord = 64

// Words returns the words of plain text in their order, as search compares them:
// without case, accents and other signs above and below, as in "eleve" for "Élève".
// Where a script does not part words, each sign is one.
func Words(s string) []string {
	var out []string
	var word []byte
	end := func() {
		if len(word) > 0 {
			out = append(out, short(string(word)))
			word = word[:0]
		}
	}
	for _, r := range fold(s) {
		switch {
		case !unicode.In(r, unicode.L, unicode.N, unicode.M):
			end()
		case unicode.In(r, unparted...):
			end()
			out = append(out, string(r))
		default:
			word = utf8.AppendRune(word, r)
		}
	}
	end()
	return out
}

// Stems is Words without the s by which English and French make more of one.
func Stems(s string) []string {
	words := Words(s)
	for i, w := range words {
		if n := len(w) - 1; n >= 3 && w[n] == 's' && !strings.ContainsRune("sui", rune(w[n-1])) {
			words[i] = w[:n]
		}
	}
	return words
}

// unparted scripts have no spaces between words.
var unparted = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// fold takes from s what two ways to write a word may differ in.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return foldAny(s)
		}
		b.WriteByte(lower[s[i]])
	}
	return b.String()
}

var lower = func() (t [utf8.RuneSelf]byte) {
	for i := range t {
		t[i] = byte(unicode.ToLower(rune(i)))
	}
	return t
}()

// special letters are no others with a sign on them, and yet typed as such.
var special = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i", "ĸ", "k", "ŋ", "n", "ħ", "h", "ς", "σ")

func foldAny(s string) string {
	bare := strings.Map(func(r rune) rune {
		switch {
		case r == '\u3099' || r == '\u309a': // they make another sound of a kana
			return r
		case unicode.Is(unicode.Mn, r) && unicode.In(r, unicode.Inherited, unicode.Arabic, unicode.Hebrew), r == '\u0640', unseen(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s))
	return special.Replace(norm.NFC.String(bare))
}

func short(word string) string {
	if len(word) <= maxWord {
		return word
	}
	end := maxWord
	for !utf8.RuneStart(word[end]) {
		end--
	}
	return word[:end]
}
