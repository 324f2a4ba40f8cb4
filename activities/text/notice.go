package text

import (
	"strings"

	"ensemble/models"
)

// notices are the titles of notifications, for screens that show nothing else.
var notices = map[string]map[models.NotificationType]string{
	"en": {
		models.NoteMention: "%s mentioned you", models.NoteStatus: "%s just posted", models.NoteReblog: "%s boosted your post",
		models.NoteFollow: "%s is now following you", models.NoteFollowRequest: "%s asks to follow you",
		models.NoteFavourite: "%s favourited your post", models.NotePoll: "A poll by %s has ended", models.NoteUpdate: "%s edited a post",
		models.NoteQuote: "%s quoted your post", models.NoteQuotedUpdate: "%s edited a post that you quoted",
		models.NoteAdminSignUp: "%s signed up", models.NoteAdminReport: "%s made a report",
		models.NoteSevered: "A server was blocked, and you lost people there", models.NoteWarning: "The moderators of this server have a message for you", "": "News of %s",
	},
	"fr": {
		models.NoteMention: "%s vous a mentionné·e", models.NoteStatus: "%s vient de publier", models.NoteReblog: "%s a partagé votre message",
		models.NoteFollow: "%s vous suit", models.NoteFollowRequest: "%s demande à vous suivre",
		models.NoteFavourite: "%s a ajouté votre message à ses favoris", models.NotePoll: "Un sondage de %s est terminé", models.NoteUpdate: "%s a modifié un message",
		models.NoteQuote: "%s a cité votre message", models.NoteQuotedUpdate: "%s a modifié un message que vous avez cité",
		models.NoteAdminSignUp: "%s s’est inscrit·e", models.NoteAdminReport: "%s a fait un signalement",
		models.NoteSevered: "Un serveur a été bloqué, et vous y avez perdu des contacts", models.NoteWarning: "La modération de ce serveur a un message pour vous", "": "Des nouvelles de %s",
	},
}

// Notice says in a line what somebody called name did, in the language of a locale.
func Notice(locale string, t models.NotificationType, name string) string {
	base, _, _ := strings.Cut(strings.ToLower(locale), "-")
	words := notices[base]
	if words == nil {
		words = notices["en"]
	}
	form := words[t]
	if form == "" {
		form = words[""]
	}
	return strings.Replace(form, "%s", name, 1)
}
