// Package legal is what a server says of itself by law, in French and English: its
// terms of service and what becomes of people's data, with templates to begin from
// (FEATURES E22). Who runs the server fills in their blanks; nobody can sign up before
// the terms are complete.
package legal

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// The settings that hold the texts, in English, and with .fr after it in French.
const (
	SettingPrivacy   = "site.privacy_policy"
	SettingTerms     = "site.terms"
	SettingTermsDate = "site.terms_date" // from when on they hold
	French           = ".fr"
)

// MaxText is how long a text is, in letters.
const MaxText = 60_000

// A Kind is which text is meant.
type Kind string

// The kinds.
const (
	Terms   Kind = "terms"
	Privacy Kind = "privacy"
)

// Kinds are all kinds, and Languages those in which each can be written.
var (
	Kinds     = []Kind{Terms, Privacy}
	Languages = []string{"en", "fr"}
)

func (k Kind) setting(lang string) string {
	name := map[Kind]string{Terms: SettingTerms, Privacy: SettingPrivacy}[k]
	if lang == "fr" {
		name += French
	}
	return name
}

// A Text is one of the texts in one language.
type Text struct {
	Kind      Kind
	Lang      string
	Source    string // "" if nobody wrote it
	UpdatedAt *time.Time
}

var blank = regexp.MustCompile(`\[\[[^\[\]\n]*\]\]`)

// Blanks returns what still has to be filled in, each once.
func (t Text) Blanks() []string {
	all := blank.FindAllString(t.Source, -1)
	slices.Sort(all)
	return slices.Compact(all)
}

// Complete reports whether the text is there and has no blanks.
func (t Text) Complete() bool { return t.Source != "" && len(t.Blanks()) == 0 }

// HTML is the text as it is shown. One that begins with a tag was written as HTML.
func (t Text) HTML() string {
	if strings.HasPrefix(t.Source, "<") {
		return text.Sanitize(t.Source)
	}
	return text.Prose(t.Source)
}

// All returns every text: first the terms in each language, and then privacy.
func All(tx *store.Tx) ([]Text, error) {
	var names []string
	for _, k := range Kinds {
		for _, lang := range Languages {
			names = append(names, k.setting(lang))
		}
	}
	rows, err := store.Find[models.Setting](tx, "name IN ?", names)
	if err != nil {
		return nil, err
	}
	var all []Text
	for _, k := range Kinds {
		for _, lang := range Languages {
			t := Text{Kind: k, Lang: lang}
			if i := slices.IndexFunc(rows, func(s *models.Setting) bool { return s.Name == k.setting(lang) }); i >= 0 {
				t.Source, t.UpdatedAt = strings.TrimSpace(rows[i].Value), rows[i].UpdatedAt
			}
			all = append(all, t)
		}
	}
	return all, nil
}

// In returns a text as it is to be read in a language: in another one if it is written in
// that alone. nil is for none: what has blanks is not shown to anybody.
func In(tx *store.Tx, k Kind, lang string) (*Text, error) {
	all, err := All(tx)
	if err != nil {
		return nil, err
	}
	var found *Text
	for _, t := range all {
		if t.Kind == k && t.Complete() && (found == nil || t.Lang == lang) {
			found = &t
		}
	}
	return found, nil
}

// Ready reports whether the terms can be agreed to: they are written in one language or
// more, and nothing that is written has blanks.
func Ready(tx *store.Tx) (bool, error) {
	all, err := All(tx)
	written := false
	for _, t := range all {
		if len(t.Blanks()) > 0 {
			return false, err
		}
		written = written || t.Kind == Terms && t.Source != ""
	}
	return written, err
}

// Write keeps a text, which may have blanks yet; "" takes it away. What is the same
// already keeps its date.
func Write(tx *store.Tx, k Kind, lang, source string) error {
	source = strings.TrimSpace(strings.ReplaceAll(source, "\r\n", "\n"))
	switch {
	case !slices.Contains(Kinds, k) || !slices.Contains(Languages, lang):
		return models.Refuse(models.NotFound, "no_such_text", "there is no such text: terms and privacy are written in en and fr")
	case utf8.RuneCountInString(source) > MaxText:
		return models.Refuse(models.Invalid, "text_long", "a text has at most %d letters", MaxText)
	}
	name := k.setting(lang)
	if source == "" {
		_, err := store.Delete[models.Setting](tx, "name = ?", name)
		return err
	}
	was, err := store.Maybe[models.Setting](tx, "name = ?", name)
	if err != nil || was != nil && was.Value == source {
		return err
	}
	return store.Put(tx, &models.Setting{Name: name, Value: source, UpdatedAt: &tx.Now})
}
