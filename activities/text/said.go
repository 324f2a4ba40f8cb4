package text

import (
	"strings"
	"time"
)

// said are the sentences that are kept with notifications of ours, in English as they are
// kept and in French as they are told: %s stands for a name or somebody's own words, and %d
// for a day or a moment.
var said = [][2]string{
	{"%s asks you to publish a post together.", "%s vous invite à publier ensemble."},
	{"%s asks you to agree to a new version of your post.", "%s vous soumet une nouvelle version de votre publication commune."},
	{"%s asks you to confirm that a post is a paid partnership with you.", "%s vous demande de confirmer qu’une publication est un partenariat rémunéré avec vous."},
	{"%s still waits for your answer.", "%s attend toujours votre réponse."},
	{"%s still waits for your answer, until %d.", "%s attend toujours votre réponse, jusqu’au %d."},
	{"%s agreed to publish the post with you.", "%s accepte de publier avec vous."},
	{"%s declined.", "%s a refusé."},
	{"%s declined: %s", "%s a refusé : %s"},
	{"The server of %s refused the invitation: %s", "Le serveur de %s a refusé l’invitation : %s"},
	{"%s would like to stand under the post as an author, and can be invited to.", "%s préfère signer la publication : vous pouvez l’y inviter."},
	{"%s would like to be credited in plain words, without a link: %s", "%s préfère un crédit en toutes lettres, sans lien : %s"},
	{"%s does not want to be named.", "%s ne veut pas être nommé·e."},
	{"%s says that this is not their work.", "%s dit que ce n’est pas son travail."},
	{"%s says that this use of their work was not permitted.", "%s dit que cet usage de son travail n’était pas autorisé."},
	{"%s proposes another text.", "%s propose un autre texte."},
	{"%s asks for a change: %s", "%s demande un changement : %s"},
	{"%s did not answer in time.", "%s n’a pas répondu à temps."},
	{"The time to answer ran out.", "Le délai de réponse est écoulé."},
	{"%s left your post on %d.", "%s s’est retiré·e de votre publication le %d."},
	{"%s took your name off the post on %d.", "%s a retiré votre nom de la publication le %d."},
	{"%s withdrew the invitation.", "%s a retiré l’invitation."},
	{"The invitation could not be delivered to %s: %s", "L’invitation n’a pas pu être remise à %s : %s"},
	{"The server of %s was blocked by an admin of this server.", "Le serveur de %s a été bloqué par l’administration de ce serveur."},
	{"%s's account is gone.", "Le compte de %s n’existe plus."},
	{"%s's account is gone. You may keep a copy of the post that credits them.", "Le compte de %s n’existe plus. Vous pouvez garder une copie de la publication, qui le crédite."},
	{"%s names you as an author of a post without your consent. Your name is not shown here.", "%s vous présente comme l’auteur d’une publication sans votre accord. Votre nom n’est pas affiché ici."},
	{"%s asks you to take a reply out of your thread.", "%s vous demande de retirer une réponse de votre fil."},
	{"Posts of several authors were switched off for more than 30 days. The post is its first author's alone now.", "Les publications à plusieurs ont été désactivées pendant plus de 30 jours. Celle-ci n’est plus que de son premier auteur."},
	{"%s says that your post shows their work (%s), and asks for a credit.", "%s dit que votre publication montre son travail (%s) et demande un crédit."},
	{"%s withdrew their claim.", "%s a retiré sa revendication."},
	{"Your claim was accepted.", "Votre revendication a été acceptée."},
	{"Your claim was refused: %s", "Votre revendication a été refusée : %s"},
	{"Your claim is at an end: nobody answered in time.", "Votre revendication a pris fin : personne n’a répondu à temps."},
	{"Your claim is at an end. %s", "Votre revendication a pris fin. %s"},
	{"Your claim could not be delivered to %s: %s", "Votre revendication n’a pas pu être remise à %s : %s"},
	{"A credit claim by %s has had no answer for 7 days.", "Une revendication de crédit de %s est sans réponse depuis 7 jours."},
	{"The moderators of %s see your claim now.", "La modération de %s examine maintenant votre revendication."},
	{"%s quotes a post of yours and others. Its first author decides; you may object.", "%s cite une publication que vous avez écrite à plusieurs. Son premier auteur décide ; vous pouvez vous y opposer."},
	{"%s, who wrote this with you, objects to the quote by %s.", "%s, qui a écrit ceci avec vous, s’oppose à la citation de %s."},
	{"%s, who wrote this with you, objects to the duet by %s.", "%s, qui a écrit ceci avec vous, s’oppose au duo de %s."},
	{"%s lives at %s now, and you follow them there.", "%s vit désormais à %s, et vous l’y suivez."},
}

// Said returns a sentence that is kept with a notification of ours in the language of a
// locale, and any other one as it is.
func Said(locale, sentence string) string {
	if base, _, _ := strings.Cut(strings.ToLower(locale), "-"); base != "fr" {
		return sentence
	}
	for _, form := range said {
		if facts, ok := factsOf(form[0], sentence); ok {
			return told(form[1], facts)
		}
	}
	return sentence
}

// factsOf returns what stands in a sentence where a form has %s or %d.
func factsOf(form, sentence string) (facts []string, ok bool) {
	for {
		at := strings.IndexByte(form, '%')
		if at < 0 {
			return facts, form == sentence
		}
		rest, there := strings.CutPrefix(sentence, form[:at])
		if !there {
			return nil, false
		}
		day := form[at+1] == 'd'
		form = form[at+2:]
		next := form
		if i := strings.IndexByte(form, '%'); i >= 0 {
			next = form[:i]
		}
		end := len(rest) - len(next)
		if next != form { // more comes: the first that fits
			end = strings.Index(rest, next)
		}
		if end <= 0 || !strings.HasPrefix(rest[end:], next) {
			return nil, false
		}
		fact := rest[:end]
		if day {
			if fact, there = dayInFrench(fact); !there {
				return nil, false
			}
		}
		facts, sentence = append(facts, fact), rest[end:]
	}
}

// told puts facts into a form.
func told(form string, facts []string) string {
	var b strings.Builder
	for _, f := range facts {
		at := strings.IndexByte(form, '%')
		b.WriteString(form[:at] + f)
		form = form[at+2:]
	}
	return b.String() + form
}

var months = strings.Fields("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")

// dayInFrench reads a day or a moment as it is kept in a sentence.
func dayInFrench(s string) (string, bool) {
	for _, layout := range []string{"2 January 2006", "2 January 15:04 UTC", "2 January 2006 15:04 UTC"} {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		day, after, _ := strings.Cut(s, t.Month().String())
		if t.Day() == 1 {
			day = "1er "
		}
		return day + months[t.Month()-1] + strings.Replace(after, ":", " h ", 1), true
	}
	return "", false
}
