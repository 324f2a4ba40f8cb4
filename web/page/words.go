package page

import (
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/fr"
)

// Languages are those that pages speak, the first by default.
var Languages = []string{"en", "fr"}

type locale = locales.Translator

var localesOf = map[string]locale{"en": en.New(), "fr": fr.New()}

// A word is a text in each language. With a count it has a form for one and one for
// others, as the plural rules of the language have it (CLDR).
type word map[string]forms

type forms struct{ One, Other string }

// UnmarshalJSON reads "text" or {"one": "text", "other": "text"}.
func (f *forms) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &f.Other) == nil {
		return nil
	}
	var both struct{ One, Other string }
	err := json.Unmarshal(b, &both)
	*f = forms(both)
	return err
}

// A catalogue is what can be said, by key.
type catalogue map[string]word

func (w catalogue) has(key string) bool { return w[key] != nil }

func (w catalogue) read(files fs.FS, name string) {
	b, err := fs.ReadFile(files, name)
	if err != nil {
		panic(err)
	}
	var more catalogue
	if err := json.Unmarshal(b, &more); err != nil {
		panic(fmt.Errorf("%s: %w", name, err))
	}
	for key := range more {
		if w.has(key) {
			panic(name + ": " + key + " is said twice")
		}
	}
	maps.Copy(w, more)
}

// T returns what the key says, with args in its %s and %d. A key that nothing is said
// for is shown as it is: the test of the room finds it.
func (p *Page) T(key string, args ...any) string {
	f, ok := p.set.words[key][p.Lang]
	if !ok {
		return "[" + key + "]"
	}
	if len(args) == 0 {
		return f.Other
	}
	return fmt.Sprintf(f.Other, args...)
}

// Can reports whether something is said for the key.
func (p *Page) Can(key string) bool { return p.set.words.has(key) }

// N returns n of the thing that the key names: its %s is the number.
func (p *Page) N(key string, n int, args ...any) string {
	f, ok := p.set.words[key][p.Lang]
	if !ok {
		return "[" + key + "]"
	}
	text := f.Other
	if p.local.CardinalPluralRule(float64(n), 0) == locales.PluralRuleOne && f.One != "" {
		text = f.One
	}
	return fmt.Sprintf(text, append([]any{p.Num(n)}, args...)...)
}

// Num writes a number: 1,234 or 1 234.
func (p *Page) Num(n int) string { return p.local.FmtNumber(float64(n), 0) }

// Day writes a date: 2 January 2026.
func (p *Page) Day(t time.Time) string { return p.local.FmtDateLong(t.UTC()) }

// Moment writes a date and time as an element that says it to programs, too. Scripts
// turn it into the time of the reader's own place.
func (p *Page) Moment(t time.Time) template.HTML {
	t = t.UTC()
	return template.HTML(`<time datetime="` + t.Format(time.RFC3339) + `">` + //nolint:gosec // made of dates alone
		template.HTMLEscapeString(p.local.FmtDateMedium(t)+", "+t.Format("15:04")) + " UTC</time>")
}

// Size writes a number of bytes: 1.5 MB or 1,5 Mo.
func (p *Page) Size(bytes int64) string {
	units := strings.Fields(p.T("size.units"))
	n, i := float64(bytes), 0
	for n >= 1000 && i < len(units)-1 {
		n, i = n/1000, i+1
	}
	digits := uint64(0)
	if i > 0 && n < 10 {
		digits = 1
	}
	return p.local.FmtNumber(n, digits) + "\u00a0" + units[i]
}

// Lasting writes a duration in its largest unit: 3 days.
func (p *Page) Lasting(d time.Duration) string {
	for _, u := range []struct {
		key  string
		unit time.Duration
	}{{"lasting.days", 24 * time.Hour}, {"lasting.hours", time.Hour}, {"lasting.minutes", time.Minute}} {
		if d >= u.unit {
			return p.N(u.key, int(d/u.unit))
		}
	}
	return p.N("lasting.seconds", int(d/time.Second))
}

// said finds the keys that a template says: T "key", N "key", and (print "key." .X).
var said = regexp.MustCompile(`(?:\.T|\.N|\.Can)\s+(?:\(print\s+)?"([^"]+)"`)

// Gaps returns what is wrong with the words of the set, for its test: keys that a
// template says and no catalogue has, keys that lack a language or a plural, or whose
// %s differ between languages. A key that ends with a dot stands for all that begin
// with it.
func (s *Set) Gaps() (gaps []string) {
	for _, text := range s.texts {
		for _, m := range said.FindAllStringSubmatch(text, -1) {
			if !s.words.begins(m[1]) {
				gaps = append(gaps, "nothing is said for "+m[1])
			}
		}
	}
	for key, word := range s.words {
		first := word[Languages[0]]
		for _, l := range Languages {
			f, ok := word[l]
			switch {
			case !ok || strings.TrimSpace(f.Other) == "":
				gaps = append(gaps, key+" is not said in "+l)
			case (f.One == "") != (first.One == ""):
				gaps = append(gaps, key+" has a plural in one language alone")
			case verbs(f.Other) != verbs(first.Other):
				gaps = append(gaps, key+" takes other arguments in "+l)
			}
		}
	}
	slices.Sort(gaps)
	return slices.Compact(gaps)
}

func (w catalogue) begins(key string) bool {
	if !strings.HasSuffix(key, ".") {
		return w.has(key)
	}
	for k := range w {
		if strings.HasPrefix(k, key) {
			return true
		}
	}
	return false
}

var verb = regexp.MustCompile(`%(?:\[(\d)\])?[sd]`)

// verbs returns how many arguments a text takes.
func verbs(text string) int {
	n := 0
	for i, m := range verb.FindAllStringSubmatch(text, -1) {
		at := i + 1
		if m[1] != "" {
			at, _ = strconv.Atoi(m[1]) // it is a digit
		}
		n = max(n, at)
	}
	return n
}
