package text

import (
	"strings"

	"ensemble/models"
)

// partnershipWords begin the label of a paid partnership, and join the last two
// names in it, in the languages of bylines.
var partnershipWords = map[string]struct{ with, and string }{
	"en": {"Paid partnership with ", " and "},
	"fr": {"Partenariat rémunéré avec ", " et "},
}

// Partnership says that a post in language was paid for by those who are named, in
// French under a French text and else in English; "" if nobody is.
func Partnership(language string, names ...string) string {
	if len(names) == 0 {
		return ""
	}
	w := partnershipWords[bylineLanguage(language)]
	return w.with + listed(names, w.and)
}

// listed joins names as a sentence does.
func listed(names []string, and string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + and + names[last]
}

// partnershipLine is the label in a byline; none without a sponsor.
func partnershipLine(credits []Credit, language string) []string {
	var cards []string
	for _, c := range credits {
		if c.Label == models.CreditSponsor {
			cards = append(cards, card(c.Name))
		}
	}
	if len(cards) == 0 {
		return nil
	}
	return []string{Partnership(language, cards...)}
}
