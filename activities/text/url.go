package text

import (
	"errors"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// A link's label shows so many letters of its address; the rest is there to be
// copied, and invisible.
const shownRunes = 30

// maxHost bounds an international host, for Punycode takes the square of its
// length to compute. A name in the DNS has at most 253 letters (RFC 1035 §2.3.4).
const maxHost = 512

// opener names the bracket that a closing one needs, to be part of an address.
var opener = map[byte]byte{')': '(', ']': '[', '}': '{'}

// address returns raw as it goes into an href: an absolute http or https address
// of a named host, in the spelling that Sanitize would give it.
func address(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return "", false
	}
	if u.Host, err = ascii(u.Host); err != nil {
		return "", false
	}
	return u.String(), true
}

// ascii spells an international host in Punycode (RFC 5891), and leaves others
// alone: a host with an underscore is no rule's, but it is on the web.
func ascii(host string) (string, error) {
	for i := range len(host) {
		if host[i] >= utf8.RuneSelf {
			if len(host) > maxHost {
				return "", errors.New("the host is too long")
			}
			return idna.Lookup.ToASCII(host)
		}
	}
	return host, nil
}

// urlLen returns how many bytes at the start of s are a web address, as a person
// would see it end; 0 if none is.
func urlLen(s string) int {
	start := schemeLen(s)
	if start == 0 {
		return 0
	}
	end := start + hostLen(s[start:])
	if !named(s[start:end]) {
		return 0
	}
	end += portLen(s[end:])
	if end == len(s) {
		return end
	}
	switch s[end] {
	case '@': // a name before a host: what is seen is not where it leads
		return 0
	case '/', '?', '#':
		return end + tailLen(s[end:])
	}
	return end
}

func schemeLen(s string) int {
	for _, scheme := range [...]string{"https://", "http://"} {
		if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			return len(scheme)
		}
	}
	return 0
}

func hostLen(s string) int {
	end := strings.IndexFunc(s, func(r rune) bool { return !inWord(r) && r != '.' && r != '-' })
	if end < 0 {
		end = len(s)
	}
	return len(strings.TrimRight(s[:end], ".-"))
}

// named reports whether a host is one of the open network, or this very machine,
// which a developer's posts may well name.
func named(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	return strings.Contains(host, ".") && !strings.HasPrefix(host, ".") && !strings.Contains(host, "..")
}

func portLen(s string) int {
	n := 1
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	if n < 2 || n > 6 || s[0] != ':' {
		return 0
	}
	return n
}

// tailLen returns how much of s is path, query and fragment, without the
// punctuation of the sentence around it.
func tailLen(s string) int {
	end := strings.IndexFunc(s, endsURL)
	if end < 0 {
		end = len(s)
	}
	s = s[:end]
	var count [utf8.RuneSelf]int
	for i := range len(s) {
		if s[i] < utf8.RuneSelf {
			count[s[i]]++
		}
	}
	for s != "" {
		r, size := utf8.DecodeLastRuneInString(s)
		if !trails(r, &count) {
			break
		}
		s = s[:len(s)-size]
	}
	return len(s)
}

// trails reports whether a last letter belongs to the sentence, and takes it off
// the count of brackets if it does.
func trails(r rune, count *[utf8.RuneSelf]int) bool {
	if strings.ContainsRune(".,;:!?'…“”‘’»", r) {
		return true
	}
	if r >= utf8.RuneSelf {
		return false
	}
	open, ok := opener[byte(r)]
	if !ok || count[r] <= count[open] {
		return false
	}
	count[r]--
	return true
}

// endsURL reports whether no address goes on after r: a space, a quotation mark,
// the punctuation of East Asia, and what could make it look like another one.
func endsURL(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || bidi(r) || r == utf8.RuneError ||
		strings.ContainsRune("<>\"`\u200b\ufeff、。，！？；：「」『』（）【】《》〈〉", r)
}

// bidi reports whether r is one of the characters that embed or override the
// direction of writing (Unicode UAX #9 §2). The mere marks are not among them:
// people who write from right to left need those.
func bidi(r rune) bool {
	return '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
}

// label splits an address as Mastodon shows it: a prefix that goes without
// saying, what is seen, and the rest.
func label(s string) (prefix, shown, rest string) {
	n := schemeLen(s)
	if len(s) > n+4 && strings.EqualFold(s[n:n+4], "www.") {
		n += 4
	}
	prefix, shown = s[:n], s[n:]
	runes := 0
	for i := range shown {
		if runes == shownRunes {
			return prefix, shown[:i], shown[i:]
		}
		runes++
	}
	return prefix, shown, ""
}
