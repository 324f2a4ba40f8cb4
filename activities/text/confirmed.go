package text

import (
	"strconv"
	"strings"
	"time"
)

// A Confirmed is a credit that somebody confirmed by signing in at Host.
type Confirmed struct {
	Credit
	Host string
	At   time.Time
}

var frenchMonths = strings.Fields("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")

// How says by what a credit is known, in French under a French text and else in
// English. It calls it neither stamped nor verified: nobody else can check it.
func (c Confirmed) How(language string) string {
	at := c.At.UTC()
	if bylineLanguage(language) == "fr" {
		day := strconv.Itoa(at.Day())
		if day == "1" {
			day = "1er"
		}
		return "confirmé par connexion à " + c.Host + " le " + day + " " + frenchMonths[at.Month()-1] + " " + strconv.Itoa(at.Year())
	}
	return "confirmed by sign-in at " + c.Host + " on " + at.Format("2 January 2006")
}

// WithConfirmed returns html with such credits at the end of its byline. They are
// shown here, and are no part of what travels or is signed.
func WithConfirmed(html, language string, credits []Confirmed) string {
	if len(credits) == 0 {
		return html
	}
	var lines []string
	body, byline := SplitByline(html)
	if byline != "" {
		lines = append(lines, strings.TrimSuffix(strings.TrimPrefix(byline, bylineOpen), bylineClose))
	}
	for _, c := range credits {
		with := CreditWord(c.Label, language)
		switch {
		case with != "":
			with += ": "
		case bylineLanguage(language) == "fr":
			with = "Avec "
		default:
			with = "With "
		}
		lines = append(lines, with+card(c.Name)+" ("+inText.Replace(c.How(language))+")")
	}
	return body + bylineOpen + strings.Join(lines, "<br>") + bylineClose
}
