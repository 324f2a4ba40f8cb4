package app

import (
	"net/http"

	"ensemble/activities/account"
	"ensemble/web/call"
)

// MailRoutes returns the pages that mails lead to. A mail program posts to the second
// one by itself, from wherever it is (RFC 8058 §3.1).
func MailRoutes() []call.Route {
	const path = "/mail/unsubscribe/:key"
	return []call.Route{
		{Method: "GET", Path: path, Who: call.Nobody, Page: true, Handler: askUnsubscribe},
		{Method: "POST", Path: path, Who: call.Nobody, Handler: unsubscribe},
	}
}

type unsubscribeView struct{ Says, Action, Button string }

func askUnsubscribe(c *call.Call) (any, error) {
	w := unsubscribeWords[c.Language("en", "fr")]
	return showMail(c, unsubscribeView{Says: w["ask"], Action: "/mail/unsubscribe/" + c.Str("key"), Button: w["button"]})
}

func unsubscribe(c *call.Call) (any, error) {
	if err := account.Unsubscribe(c.Tx, c.Param("key")); err != nil {
		return nil, err
	}
	return showMail(c, unsubscribeView{Says: unsubscribeWords[c.Language("en", "fr")]["done"]})
}

func showMail(c *call.Call, v unsubscribeView) (any, error) {
	a, err := show(c, http.StatusOK, "mail.html", page{Title: unsubscribeWords[c.Language("en", "fr")]["title"], View: v})
	if err != nil {
		return nil, err
	}
	a.Header.Set("Referrer-Policy", "no-referrer") // the address is the secret
	a.Header.Set("Cache-Control", "private, no-store")
	return a, nil
}

var unsubscribeWords = map[string]map[string]string{
	"en": {
		"title": "Mail", "ask": "Shall we no longer write to you about invitations that wait for your answer?",
		"button": "Do not write to me about them", "done": "Done. You can have it back in your settings.",
	},
	"fr": {
		"title": "Courrier", "ask": "Ne plus vous écrire au sujet des invitations en attente de votre réponse ?",
		"button": "Ne plus m’écrire à ce sujet", "done": "C’est fait. Vous pouvez y revenir dans vos réglages.",
	},
}
