package text_test

import (
	"testing"

	"ensemble/activities/text"
)

func TestSentencesOfNotificationsInFrench(t *testing.T) {
	for kept, want := range map[string]string{
		"Ada asks you to publish a post together.":                     "Ada vous invite à publier ensemble.",
		"Ada declined: no time: really. No.":                           "Ada a refusé : no time: really. No.",
		"Bo took your name off the post on 1 August 2026.":             "Bo a retiré votre nom de la publication le 1er août 2026.",
		"Bo still waits for your answer, until 12 February 09:05 UTC.": "Bo attend toujours votre réponse, jusqu’au 12 février 09 h 05 UTC.",
		"Bo still waits for your answer, until pigs fly.":              "Bo still waits for your answer, until pigs fly.",
		"50% Bo agreed to publish the post with you.":                  "50% Bo accepte de publier avec vous.",
		"The time to answer ran out.":                                  "Le délai de réponse est écoulé.",
		"bo, who wrote this with you, objects to the duet by cy.":      "bo, qui a écrit ceci avec vous, s’oppose au duo de cy.",
		" agreed to publish the post with you.":                        " agreed to publish the post with you.",
		"Somebody's own words.":                                        "Somebody's own words.",
		"":                                                             "",
	} {
		if got := text.Said("fr-CA", kept); got != want {
			t.Errorf("%q: got %q, want %q", kept, got, want)
		}
		for _, locale := range []string{"en", "", "de"} {
			if got := text.Said(locale, kept); got != kept {
				t.Errorf("%q in %q: got %q", kept, locale, got)
			}
		}
	}
}
