package models

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// MaxReactions is how many emoji one account may leave at one post.
const MaxReactions = 20

// A Reaction is an emoji that somebody left at a post.
type Reaction struct {
	ID        ID
	URI       IRI // of the EmojiReact, or of the Like that carried it
	AccountID ID
	PostID    ID
	Name      string // an emoji of Unicode, or a shortcode
	Domain    string // whose shortcode; "" for Unicode
	CreatedAt time.Time
}

// ReactionName reads what a reaction says: an emoji of Unicode, or a shortcode between
// colons, with or without the host it is of. ok is false for all else.
func ReactionName(s string) (name string, custom, ok bool) {
	s = strings.TrimSpace(s)
	if inner, colon := strings.CutPrefix(s, ":"); colon {
		inner, colon = strings.CutSuffix(inner, ":")
		code, _, _ := strings.Cut(inner, "@")
		return code, true, colon && Shortcode(code)
	}
	return s, false, unicodeEmoji(s)
}

// unicodeEmoji reports whether s is made of what emoji are made of, and not long.
func unicodeEmoji(s string) bool {
	if s == "" || len(s) > 64 || !utf8.ValidString(s) {
		return false
	}
	shape := false
	for _, r := range s {
		switch {
		case unicode.Is(unicode.So, r), r == 0x20E3: // 0x20E3 makes a keycap of a digit
			shape = true
		case r == 0x203C, r == 0x2049, r == 0x3030, r == 0x303D, unicode.Is(unicode.Sm, r) && r > 0x2000: // ‼ ⁉ 〰 〽 ↔
			shape = true
		case unicode.Is(unicode.Sk, r) && r > 0x2000, r == 0xFE0F, r == 0x200D, r >= 0xE0020 && r <= 0xE007F:
		case r >= '0' && r <= '9', r == '#', r == '*':
		default:
			return false
		}
	}
	return shape
}
