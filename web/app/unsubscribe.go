package app

import (
	"net/http"

	"ensemble/activities/account"
	"ensemble/web/call"
	"ensemble/web/page"
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
	return showMail(c, unsubscribeView{
		Says: set.Say(c, "unsubscribe.ask"), Action: "/mail/unsubscribe/" + c.Str("key"), Button: set.Say(c, "unsubscribe.button"),
	})
}

func unsubscribe(c *call.Call) (any, error) {
	if err := account.Unsubscribe(c.Tx, c.Param("key")); err != nil {
		return nil, err
	}
	return showMail(c, unsubscribeView{Says: set.Say(c, "unsubscribe.done")})
}

func showMail(c *call.Call, v unsubscribeView) (any, error) {
	a, err := set.Show(c, http.StatusOK, "mail.html", page.Page{Title: set.Say(c, "unsubscribe.title"), View: v})
	if err != nil {
		return nil, err
	}
	a.Header.Set("Referrer-Policy", "no-referrer") // the address is the secret
	a.Header.Set("Cache-Control", "private, no-store")
	return a, nil
}
