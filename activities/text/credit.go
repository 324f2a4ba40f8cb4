package text

import (
	"strings"

	"ensemble/models"
)

// A Credit is somebody who is named for a part in a work, and is no author of it.
type Credit struct {
	Name  Name
	Label models.CreditLabel
}

// creditWords say what a credit is for, in the languages of bylines.
var creditWords = map[string]map[models.CreditLabel]string{
	"en": {
		models.CreditAuthor: "Text and idea", models.CreditPhoto: "Photo", models.CreditIllustration: "Illustration", models.CreditMusic: "Music",
		models.CreditVideo: "Video", models.CreditText: "Text", models.CreditTranslation: "Translation", models.CreditDesign: "Design",
		models.CreditSource: "Source", models.CreditSponsor: "Paid partnership",
	},
	"fr": {
		models.CreditAuthor: "Texte et idée", models.CreditPhoto: "Photo", models.CreditIllustration: "Illustration", models.CreditMusic: "Musique",
		models.CreditVideo: "Vidéo", models.CreditText: "Texte", models.CreditTranslation: "Traduction", models.CreditDesign: "Graphisme",
		models.CreditSource: "Source", models.CreditSponsor: "Partenariat rémunéré",
	},
}

// CreditWord returns what a credit is for in a word, in French for a French text
// and else in English. A label that is not known here says itself.
func CreditWord(l models.CreditLabel, language string) string {
	if word := creditWords[bylineLanguage(language)][l]; word != "" {
		return word
	}
	if l == "" {
		return ""
	}
	return strings.ToUpper(string(l[:1])) + string(l[1:])
}

// bylineLanguage is the language of a byline under a text in language (BCP 47).
func bylineLanguage(language string) string {
	base, _, _ := strings.Cut(strings.ToLower(language), "-")
	if base == "fr" {
		return "fr"
	}
	return "en"
}

// creditLines writes the credits, one a line: "Illustration: @bo". Sponsors have a
// label of their own.
func creditLines(credits []Credit, language string) []string {
	var out []string
	for _, c := range credits {
		if word := CreditWord(c.Label, language); word != "" && c.Label != models.CreditSponsor {
			out = append(out, word+": "+card(c.Name))
		}
	}
	return out
}
