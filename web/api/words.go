package api

import (
	"fmt"
	"html"
	"strings"

	"ensemble/models"
	"ensemble/web/call"
)

// sentenceJSON is something we say, with a code by which a client may say it in
// its own words.
type sentenceJSON struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// sentences are what this package says in answers, in each language we speak.
// Refusals of features come in English with a code; those of an invitation have a
// translation here.
var sentences = map[string]map[string]string{
	"en": {
		"audience_public":   "This post is public. Your name will be public.",
		"audience_unlisted": "This post is unlisted: it is not in public timelines, but anyone with its address can read it. Your name will be public.",
		"decline_delete":    "If somebody declines, or the time runs out, the post is deleted for good: text, media and every copy.",
		"decline_draft":     "If somebody declines, or the time runs out, the post becomes %s's private draft again. Nothing is published.",
		"decline_publish":   "If somebody declines, or the time runs out, the post is published with those who accepted.",
		"confirm_delete":    "Declining deletes this post for good, here and on every server, with its media. Nobody can undo that. Send confirm=true to decline.",
		"confirm_draft":     "Declining turns this post back into %s's private draft. Send confirm=true to decline.",
		"confirm_publish":   "Declining takes your name off this post; it may be published with the others. Send confirm=true to decline.",
		"confirm_live":      "The post stays as it is under the names it has; declining refuses the new version. Send confirm=true to decline.",
		"quorum_all":        "It is published when everybody has accepted.",
		"quorum_any":        "It is published when the first person accepts; others are named as they accept.",
		"quorum_now":        "It is published at once; names are added as people accept.",
		"way_mention":       "Mention %s, as unverified: send unable=mention. Nothing says that they agreed.",
		"way_sign_in":       "Credit %s once they confirmed it by signing in at their own server: publish, then make a link for them (POST …/statuses/:id/confirmations).",
		"terms_missing":     "Nobody can sign up yet: who runs this server has not completed its terms of service.",
		"notice_elsewhere":  "This app does not show invitations to write together. Answer on the web page of your server.",

		"and":          "and",
		"lost_authors": "Mastodon shows %s as the author, with a line of text that names %s.",
		"lost_profile": "It is not among the posts on the profile of %s there: their followers see it as their boost.",
		"lost_credits": "Mastodon has no credits: %s stands in a line of text.",
		"lost_consent": "Nobody there sees whether those who are named agreed.",

		"reach_few":     "Fewer than %s, or none.",
		"reach_reached": "At least %s of your followers have it: at home here, or their server confirmed it.",
		"reach_servers": "At least %s other servers where you have followers confirmed it.",
		"reach_people":  "At least %s of your followers did something with it.",
		"reach_likes":   "At least %s of your followers like it.",
		"reach_boosts":  "At least %s of your followers passed it on.",
		"reach_replies": "At least %s of your followers answered.",
	},
	"fr": {
		"audience_public":   "Cette publication est publique. Votre nom sera public.",
		"audience_unlisted": "Cette publication est non listée : elle n’est pas dans les fils publics, mais toute personne qui a son adresse peut la lire. Votre nom sera public.",
		"decline_delete":    "Si quelqu’un refuse, ou si le délai passe, la publication est supprimée pour de bon : texte, médias et toutes les copies.",
		"decline_draft":     "Si quelqu’un refuse, ou si le délai passe, la publication redevient un brouillon privé de %s. Rien n’est publié.",
		"decline_publish":   "Si quelqu’un refuse, ou si le délai passe, elle est publiée avec les personnes qui ont accepté.",
		"confirm_delete":    "Refuser supprime cette publication pour de bon, ici et sur tous les serveurs, avec ses médias. Personne ne peut l’annuler. Envoyez confirm=true pour refuser.",
		"confirm_draft":     "Refuser fait de cette publication un brouillon privé de %s. Envoyez confirm=true pour refuser.",
		"confirm_publish":   "Refuser retire votre nom de cette publication ; elle peut paraître avec les autres. Envoyez confirm=true pour refuser.",
		"confirm_live":      "La publication reste comme elle est, sous les noms qu’elle porte ; vous refusez la nouvelle version. Envoyez confirm=true pour refuser.",
		"quorum_all":        "Elle paraît quand tout le monde a accepté.",
		"quorum_any":        "Elle paraît dès la première acceptation ; les autres noms s’ajoutent à mesure.",
		"quorum_now":        "Elle paraît tout de suite ; les noms s’ajoutent à mesure des acceptations.",
		"way_mention":       "Mentionner %s, sans vérification : envoyez unable=mention. Rien ne dira que cette personne est d’accord.",
		"way_sign_in":       "Créditer %s après confirmation par connexion à son propre serveur : publiez, puis créez un lien à lui remettre (POST …/statuses/:id/confirmations).",
		"terms_missing":     "Les inscriptions ne sont pas encore possibles : les conditions d’utilisation de ce serveur ne sont pas terminées.",
		"notice_elsewhere":  "Cette application n’affiche pas les invitations à publier ensemble. Répondez sur la page web de votre serveur.",

		"and":          "et",
		"lost_authors": "Mastodon montre %s comme auteur, avec une ligne de texte qui nomme %s.",
		"lost_profile": "La publication n’y est pas parmi celles du profil de %s : ses abonnés la voient comme un partage.",
		"lost_credits": "Mastodon ne connaît pas les crédits : %s figure dans une ligne de texte.",
		"lost_consent": "Personne n’y voit si les personnes nommées ont donné leur accord.",

		"reach_few":     "Moins de %s, ou aucun.",
		"reach_reached": "Au moins %s de vos abonnés l’ont : dans leur fil ici, ou leur serveur l’a confirmé.",
		"reach_servers": "Au moins %s autres serveurs où vous avez des abonnés l’ont confirmé.",
		"reach_people":  "Au moins %s de vos abonnés ont réagi.",
		"reach_likes":   "Au moins %s de vos abonnés l’aiment.",
		"reach_boosts":  "Au moins %s de vos abonnés l’ont partagé.",
		"reach_replies": "Au moins %s de vos abonnés ont répondu.",

		"start rollout_nobody":       "Personne ne lance de publication à plusieurs sur ce serveur pour le moment ; vous pouvez toujours accepter des invitations.",
		"start rollout_not_yet":      "L’essai des publications à plusieurs n’a pas encore commencé sur ce serveur ; vous pouvez toujours accepter des invitations.",
		"start rollout_over":         "L’essai des publications à plusieurs est terminé sur ce serveur ; vous pouvez toujours accepter des invitations.",
		"start rollout_not_in_group": "Les publications à plusieurs sont à l’essai avec certains comptes, dont le vôtre ne fait pas partie ; vous pouvez toujours accepter des invitations.",
		"start collabs_off":          "Les publications à plusieurs sont désactivées sur ce serveur.",

		"invite initiator_locked": "Seuls les comptes publics lancent une publication commune : le vôtre est verrouillé.",
		"invite self":             "Vous êtes déjà la première personne à signer.",
		"invite account_gone":     "%s ne peut pas recevoir d’invitation : le compte n’est pas actif.",
		"invite no_support":       "Le serveur de %s ne connaît pas les publications communes. Vous pouvez mentionner cette personne.",
		"invite policy_nobody":    "%s n’accepte aucune invitation.",
		"invite policy_following": "%s accepte les invitations des comptes qu’il ou elle suit, et ne vous suit pas.",
		"invite policy_mutuals":   "%s accepte les invitations des comptes mutuels, et vous ne suivez pas ce compte.",
		"invite blocked":          "%s ne peut pas recevoir d’invitation.",
		"invite server_blocked":   "Ce serveur et celui de %s ne communiquent pas.",
		"invite never_again":      "%s ne veut plus recevoir d’invitation de votre part.",

		"import_unreachable": "Le serveur ne répond pas.",
		"import_gone":        "Ce compte n’est plus actif.",
		"import_self":        "C’est votre propre compte.",
		"import_not_yours":   "Vous ne pouvez pas lire cette publication.",
		"import_no_post":     "Il n’y a pas de publication à cette adresse.",
		"import_no_address":  "Ce n’est pas l’adresse d’un compte.",
		"import_not_own":     "Quelqu’un d’autre a écrit cette publication.",
		"import_direct":      "Une mention privée n’est pas importée : elle appartient aussi aux autres.",
		"import_no_file":     "Un fichier de la publication manque dans l’archive.",
		"import_no_date":     "La publication ne dit pas quand elle est parue.",
		"import_unknown":     "Personne ne porte ce nom ici.",
		"import_not_found":   "Introuvable.",
		"import_invalid":     "Cette ligne n’a pas de sens.",
		"import_forbidden":   "Ce n’est pas permis : un blocage vous sépare.",
	},
}

// say returns a sentence in the language of who calls.
func say(c *call.Call, code string, args ...any) sentenceJSON {
	format := sentences[language(c)][code]
	if strings.Contains(format, "%s") {
		return sentenceJSON{code, fmt.Sprintf(format, args...)}
	}
	return sentenceJSON{code, format}
}

// orElse returns the sentence in the language of who calls, or text if we have none.
func orElse(c *call.Call, code, text string, args ...any) string {
	if sentences[language(c)][code] == "" {
		return text
	}
	return say(c, code, args...).Text
}

// language is what the request asks for, else what the person chose.
func language(c *call.Call) string {
	wanted := c.GetHeader("Accept-Language")
	if wanted == "" && c.User != nil {
		wanted = c.User.Locale
	}
	for _, tag := range strings.Split(strings.ToLower(wanted), ",") {
		base, _, _ := strings.Cut(strings.TrimSpace(tag), ";")
		base, _, _ = strings.Cut(base, "-")
		if _, ok := sentences[base]; ok {
			return base
		}
	}
	return "en"
}

// confirmNeeded is the refusal that says what a decline would do.
func confirmNeeded(s sentenceJSON) error {
	return &models.Error{Kind: models.Conflict, Code: "confirm_needed", Text: s.Text}
}

func escape(s string) string { return html.EscapeString(s) }
