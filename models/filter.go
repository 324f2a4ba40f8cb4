package models

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits on what one may filter. Every text of a page is compared with every keyword.
const (
	MaxFilters        = 200  // of an account
	MaxFilterKeywords = 1000 // of an account
	MaxFilterPosts    = 1000 // of an account
	MaxFilterTitle    = 256  // code points
	MaxFilterKeyword  = 512  // code points
)

// A FilterContext is a kind of place in which a filter holds.
type FilterContext string

// The contexts, by Mastodon's names. Lists count as home, and tags as public.
const (
	FilterHome          FilterContext = "home"
	FilterNotifications FilterContext = "notifications"
	FilterPublic        FilterContext = "public"
	FilterThread        FilterContext = "thread"
	FilterAccount       FilterContext = "account"
)

// Valid reports whether c is a context.
func (c FilterContext) Valid() bool {
	return c == FilterHome || c == FilterNotifications || c == FilterPublic || c == FilterThread || c == FilterAccount
}

// A FilterAction is what becomes of a post that a filter matches.
type FilterAction string

// The actions. What is hidden leaves the server in no list of the filter's contexts;
// the others are for the client to do.
const (
	FilterWarn FilterAction = "warn"
	FilterHide FilterAction = "hide"
	FilterBlur FilterAction = "blur" // its media
)

// Valid reports whether a is an action.
func (a FilterAction) Valid() bool { return a == FilterWarn || a == FilterHide || a == FilterBlur }

// A Filter is what somebody does not want to come across.
type Filter struct {
	ID        ID
	AccountID ID
	Title     string
	Contexts  []FilterContext `gorm:"serializer:json"`
	Action    FilterAction
	ExpiresAt *time.Time // nil: it does not
	CreatedAt time.Time
}

// Check says what is wrong with a filter, nil if nothing is.
func (f *Filter) Check() error {
	switch {
	case strings.TrimSpace(f.Title) == "":
		return Errorf(Invalid, "Validation failed: Title can't be blank")
	case utf8.RuneCountInString(f.Title) > MaxFilterTitle:
		return Errorf(Invalid, "Validation failed: Title is too long (maximum is %d characters)", MaxFilterTitle)
	case len(f.Contexts) == 0 || slices.ContainsFunc(f.Contexts, func(c FilterContext) bool { return !c.Valid() }):
		return Errorf(Invalid, "Validation failed: Context None or invalid context supplied")
	case !f.Action.Valid():
		return Errorf(Invalid, "Validation failed: a filter can warn, hide or blur, not %.20q", f.Action)
	}
	return nil
}

// A FilterKeyword is words that a filter looks for.
type FilterKeyword struct {
	ID        ID
	FilterID  ID
	AccountID ID
	Keyword   string
	WholeWord bool
}

// Check says what is wrong with a keyword, nil if nothing is.
func (k *FilterKeyword) Check() error {
	switch n := utf8.RuneCountInString(k.Keyword); {
	case strings.TrimSpace(k.Keyword) == "":
		return Errorf(Invalid, "Validation failed: Keyword can't be blank")
	case n > MaxFilterKeyword:
		return Errorf(Invalid, "Validation failed: Keyword is too long (maximum is %d characters)", MaxFilterKeyword)
	}
	return nil
}

// A FilterPost is a single post that a filter matches.
type FilterPost struct {
	ID        ID
	FilterID  ID
	AccountID ID
	PostID    ID
}

// A Needle is a keyword, ready to be looked for.
type Needle struct {
	folded        string
	starts, stops bool // no letter may stand before it, or after
}

// Needle returns the keyword as it is looked for: upper case is lower case, and if the
// word is to be whole its ends that are letters or digits must not go on, as Mastodon
// has it.
func (k *FilterKeyword) Needle() Needle {
	n := Needle{folded: strings.Map(foldRune, k.Keyword)}
	first, _ := utf8.DecodeRuneInString(n.folded)
	last, _ := utf8.DecodeLastRuneInString(n.folded)
	n.starts, n.stops = k.WholeWord && wordRune(first), k.WholeWord && wordRune(last)
	return n
}

// A Haystack is text in which words are looked for.
type Haystack struct{ text, folded string }

// NewHaystack returns text as words are looked for in it.
func NewHaystack(text string) Haystack { return Haystack{text, strings.Map(foldRune, text)} }

// First returns the words of the text that meet one of the needles, as they are
// written there: those that come first. ok is false if none do.
func (h Haystack) First(needles []Needle) (words string, ok bool) {
	at, end := -1, 0
	for _, n := range needles {
		if i := n.in(h.folded); i >= 0 && (at < 0 || i < at) {
			at, end = i, i+len(n.folded)
		}
	}
	if at < 0 {
		return "", false
	}
	from := runeOffset(h.text, utf8.RuneCountInString(h.folded[:at]))
	to := from + runeOffset(h.text[from:], utf8.RuneCountInString(h.folded[at:end]))
	return h.text[from:to], true
}

// in returns where the needle is in a folded text first, -1 if nowhere.
func (n Needle) in(text string) int {
	for from := 0; ; {
		i := strings.Index(text[from:], n.folded)
		if i < 0 {
			return -1
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, size := utf8.DecodeRuneInString(text[i+len(n.folded):])
		if !(n.starts && wordRune(before)) && !(n.stops && size > 0 && wordRune(after)) {
			return i
		}
		_, size = utf8.DecodeRuneInString(text[i:])
		from = i + max(size, 1)
	}
}

// runeOffset returns at which byte of s the rune after the first n begins.
func runeOffset(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || unicode.Is(unicode.Pc, r)
}

// foldRune returns the least of the letters that differ from r by their case alone.
func foldRune(r rune) rune {
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}
