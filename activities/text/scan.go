package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxTagRunes bounds a hashtag: a longer one is a rant.
const maxTagRunes = 100

// An entityKind is what a stretch of source stands for.
type entityKind int

const (
	urlEntity entityKind = iota
	mentionEntity
	tagEntity
)

// An entity is a stretch of source that is more than words. name is the address,
// the acct, or the tag as typed.
type entity struct {
	kind       entityKind
	start, end int
	name       string
}

// entities returns what s holds, in order; none overlap. A stretch that is part
// of an address or an e-mail address is nothing else besides.
func entities(s string) []entity {
	var found []entity
	prev := rune(' ')
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		e, ok := entityAt(s[i:], r, prev)
		if !ok {
			prev = r
			i += size
			continue
		}
		e.start += i
		e.end += i
		found = append(found, e)
		i = e.end
		prev, _ = utf8.DecodeLastRuneInString(s[:i])
	}
	return found
}

// entityAt returns the entity that s opens with, if its first letter r may open
// one after prev.
func entityAt(s string, r, prev rune) (entity, bool) {
	switch r {
	case 'h', 'H':
		if n := urlLen(s); n > 0 && !joinsURL(prev) {
			return entity{urlEntity, 0, n, s[:n]}, true
		}
	case '@':
		if n := handleLen(s[1:]); n > 0 && !inWord(prev) && !strings.ContainsRune("=/@", prev) {
			return entity{mentionEntity, 0, 1 + n, acct(s[1 : 1+n])}, true
		}
	case '#', '＃':
		mark := utf8.RuneLen(r)
		if n := tagLen(s[mark:]); n > 0 && !inWord(prev) && !strings.ContainsRune("=/)&", prev) {
			return entity{tagEntity, 0, mark + n, s[mark : mark+n]}, true
		}
	}
	return entity{}, false
}

// joinsURL reports whether r right before an address makes it part of something
// else. Only Latin letters do: Chinese and Japanese are written without spaces.
func joinsURL(r rune) bool {
	return r < utf8.RuneSelf && inWord(r) || strings.ContainsRune("@#$/", r)
}

func inWord(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)
}

// handleLen returns how many bytes of s, which follows an @, are user or
// user@domain; a domain may have a port, as in demos.
func handleLen(s string) int {
	n := dottedLen(s, inUsername)
	if n == 0 || n == len(s) || s[n] != '@' {
		return n
	}
	domain := dottedLen(s[n+1:], inDomain)
	if domain == 0 {
		return n
	}
	end := n + 1 + domain
	return end + portLen(s[end:])
}

// dottedLen returns how many bytes of s are words, with dots and hyphens only
// between them.
func dottedLen(s string, word func(rune) bool) int {
	end := 0
	for i, r := range s {
		switch {
		case word(r):
			end = i + utf8.RuneLen(r)
		case i > 0 && (r == '.' || r == '-'):
		default:
			return end
		}
	}
	return end
}

func inUsername(r rune) bool { return r < utf8.RuneSelf && inWord(r) }

func inDomain(r rune) bool { return r != utf8.RuneError && inWord(r) }

// acct spells a handle as accounts are looked up: the name as typed, for some
// servers tell Bob from bob, and the domain in lower case and ASCII.
func acct(handle string) string {
	name, domain, whole := strings.Cut(handle, "@")
	if !whole {
		return name
	}
	domain = strings.ToLower(domain)
	if plain, err := ascii(domain); err == nil {
		domain = plain
	}
	return name + "@" + domain
}

// tagLen returns how many bytes of s, which follows a #, are a hashtag: letters,
// digits and underscores, with one letter at least. The joiners of Persian,
// Catalan and Japanese count between letters only.
func tagLen(s string) int {
	end, runes, letter := 0, 0, false
	for i, r := range s {
		joins := r == '\u200c' || r == '·' || r == '・'
		if !inWord(r) && (!joins || end == 0) {
			break
		}
		runes++
		letter = letter || unicode.IsLetter(r)
		if !joins {
			end = i + utf8.RuneLen(r)
		}
	}
	if !letter || runes > maxTagRunes {
		return 0
	}
	return end
}

// IsTag reports whether name is a hashtag, written without its #.
func IsTag(name string) bool { return name != "" && tagLen(name) == len(name) }
