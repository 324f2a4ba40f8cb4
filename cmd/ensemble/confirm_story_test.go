package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// confirming is Ada, who has published a post, and Eve, who made its picture and whose
// server cannot say so; link is what Ada hands over.
func confirming(n *network) (ada *person, m *mastodon, uri, id, link string) {
	n.t.Helper()
	ada = n.join("one.test").born("ada")
	m, all := n.mastodon("m.test", "eve", "mallory")
	uri, id = ada.posted("A poster.")
	v := ada.get("/api/ensemble/v1/accounts/" + ada.knows(all[0].person()) + "/collaborate")
	if ways := v["ways"].([]any); len(ways) != 2 || ways[1].(object)["code"] != "sign_in" {
		n.t.Fatalf("what can be done with eve: %v", v)
	}
	c := ada.post("/api/ensemble/v1/statuses/"+id+"/confirmations", object{"acct": "eve@m.test", "as": "illustration"})
	return ada, m, uri, id, c["link"].(string)
}

// unconfirmed sees that nobody is named, and that no token is left.
func unconfirmed(t *testing.T, why string, ada *person, m *mastodon, uri string) {
	t.Helper()
	s := ada.status(uri)
	if got := confirmedUnder(s); len(got) != 0 || strings.Contains(s["content"].(string), "eve") {
		t.Errorf("%s: confirmed are %v in %s", why, got, s["content"])
	}
	expect(t, why+": tokens left", m.live(), 0)
}

// Somebody on a Mastodon confirms a credit by signing in there, and takes it back the
// same way. It is never called a stamp, and never travels as one.
func TestCreditConfirmedBySignIn(t *testing.T) {
	story(t, func(n *network) {
		ada, m, uri, id, link := confirming(n)
		cy := ada.server.born("cy")
		unconfirmed(t, "asked", ada, m, uri)
		expect(t, "what others see of the asking", len(cy.list("/api/ensemble/v1/statuses/"+id+"/confirmations")), 0)

		eve := ada.server.browser()
		status, page, _ := eve.visit("GET", pathOf(link), nil, "Accept-Language", "fr")
		if status != 200 || !strings.Contains(page, "souhaite vous créditer") || !strings.Contains(page, "A poster.") || strings.Contains(page, "<script") {
			t.Errorf("the page in French: %d %s", status, page)
		}
		if status, _, _ := eve.visit("POST", pathOf(link), url.Values{}, "Origin", "https://evil.test", "Sec-Fetch-Site", "cross-site"); status != 403 {
			t.Errorf("a form from another site: %d", status)
		}
		at := m.approve(t, eve.submits(pathOf(link)))
		status, page = eve.comesBack(at)
		how := "confirmed by sign-in at m.test on " + n.now().UTC().Format("2 January 2006")
		if status != 200 || !strings.Contains(page, how) {
			t.Fatalf("after the sign-in: %d %s", status, page)
		}
		expect(t, "tokens left", m.live(), 0)
		expect(t, "tokens given back", len(m.revoked), 1)
		expect(t, "sign-ins that are kept", len(rowsOf[models.SignIn](ada.server, "id <> ''")), 0)

		s := ada.status(uri)
		if got := confirmedUnder(s); !slices.Equal(got, []string{"eve@m.test: " + how}) {
			t.Errorf("confirmed: %v", got)
		}
		if c := s["content"].(string); !strings.Contains(c, "Illustration: ") || !strings.Contains(c, "("+how+")") {
			t.Errorf("the byline: %s", c)
		}
		expect(t, "names with a stamp", len(s["coauthors"].([]any)), 0)
		_, doc := n.document(uri)
		if raw := string(marshal(t, doc)); strings.Contains(raw, "m.test") || doc["attributedTo"] != string(ada.uri) {
			t.Errorf("it travels: %s", raw)
		}
		if _, page, _ := eve.visit("GET", pathOf(s["url"]), nil); !strings.Contains(page, how) {
			t.Errorf("the page of the post: %s", page)
		}
		expect(t, "ada is told", len(ada.notices("collab_accepted")), 1)
		if status, _, _ := eve.visit("GET", pathOf(link), nil); status != 410 {
			t.Errorf("the link again: %d", status)
		}
		if status, _ := eve.comesBack(at); status != 403 {
			t.Errorf("the way back again: %d", status)
		}

		// Other words are not what was confirmed.
		ada.one("PUT", "/api/v1/statuses/"+id, object{"status": "Buy my tokens."}, 200)
		unconfirmed(t, "edited", ada, m, uri)
		ada.one("PUT", "/api/v1/statuses/"+id, object{"status": "A poster."}, 200)
		expect(t, "as it was", len(confirmedUnder(ada.status(uri))), 1)

		// Only who confirmed it takes it back.
		of := pathOf(s["confirmed"].([]any)[0].(object)["url"])
		m.mood(func() { m.signsIn = "mallory" })
		if status, page := eve.comesBack(m.approve(t, eve.submits(of))); status != 403 || !strings.Contains(page, "nothing was changed") {
			t.Errorf("mallory takes it back: %d %s", status, page)
		}
		expect(t, "after mallory tried", len(confirmedUnder(ada.status(uri))), 1)
		m.mood(func() { m.signsIn = "eve" })
		if status, page := eve.comesBack(m.approve(t, eve.submits(of))); status != 200 || !strings.Contains(page, "taken back") {
			t.Errorf("eve takes it back: %d %s", status, page)
		}
		unconfirmed(t, "taken back", ada, m, uri)
		ada.refused("POST", "/api/ensemble/v1/statuses/"+id+"/confirmations", object{"acct": "eve@m.test", "as": "illustration"}, 409)
	})
}

// What must not confirm anything does not, says why, and leaves nothing behind.
func TestForgedConfirmations(t *testing.T) {
	story(t, func(n *network) {
		ada, m, uri, id, link := confirming(n)
		eve := ada.server.browser()
		refused := func(why string, want int, status int, page string) {
			t.Helper()
			if status != want || len(page) < 100 {
				t.Errorf("%s: got %d, want %d: %s", why, status, want, cutoff([]byte(page)))
			}
			unconfirmed(t, why, ada, m, uri)
		}
		back := func() *url.URL { t.Helper(); return m.approve(t, eve.submits(pathOf(link))) }

		m.mood(func() { m.signsIn = "mallory" })
		status, page := eve.comesBack(back())
		refused("another account", 403, status, page)
		if !strings.Contains(page, "@mallory") || !strings.Contains(page, "@eve@m.test") {
			t.Errorf("the refusal names nobody: %s", page)
		}
		m.mood(func() { m.signsIn = "eve" })

		at := back()
		at.RawQuery = url.Values{"code": {at.Query().Get("code")}}.Encode()
		status, page = eve.comesBack(at)
		refused("no state", 403, status, page)
		at = back()
		at.RawQuery = url.Values{"code": {at.Query().Get("code")}, "state": {"guessed"}}.Encode()
		status, page = eve.comesBack(at)
		refused("another state", 403, status, page)
		at = back()
		status, page = ada.server.browser().comesBack(at)
		refused("another browser", 403, status, page)
		at = back()
		at.RawQuery = url.Values{"error": {"access_denied"}, "state": {at.Query().Get("state")}}.Encode()
		status, page = eve.comesBack(at)
		refused("a no", 403, status, page)
		at = back()
		m.mood(func() { clear(m.codes) })
		status, page = eve.comesBack(at)
		refused("a code that was used", 403, status, page)
		at = back()
		n.pass(models.SignInTTL + time.Minute)
		status, page = eve.comesBack(at)
		refused("too late", 403, status, page)
		at = back()
		ada.one("PUT", "/api/v1/statuses/"+id, object{"status": "A poster!"}, 200)
		status, page = eve.comesBack(at)
		refused("another text", 409, status, page)

		// The other server lies, or sends us where nobody should go.
		for why, says := range map[string]func(object) object{
			"says it is eve of elsewhere": func(o object) object { o["uri"] = "https://evil.test/users/eve"; return o },
			"says it is nobody":           func(o object) object { return object{} },
			"another acct":                func(o object) object { o["acct"] = "mallory@evil.test"; return o },
		} {
			m.mood(func() { m.says = says })
			status, page = eve.comesBack(back())
			refused(why, 403, status, page)
		}
		m.mood(func() { m.says = func(o object) object { return o } })
		hits := 0
		n.mu.Lock()
		n.handlers["inside.test"] = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits++ })
		n.mu.Unlock()
		for _, to := range []string{"https://127.0.0.1/x", "http://localhost:8080/x", "https://inside.test/x"} {
			for _, at := range []string{"/oauth/token", "/api/v1/accounts/verify_credentials"} {
				m.mood(func() {
					m.instead[at] = func(w http.ResponseWriter, q *http.Request) { http.Redirect(w, q, to, http.StatusTemporaryRedirect) }
				})
				status, page = eve.comesBack(back())
				refused(at+" leads to "+to, 422, status, page)
				m.mood(func() { clear(m.instead) })
			}
		}
		m.mood(func() {
			m.instead["/api/v1/apps"] = func(w http.ResponseWriter, q *http.Request) {
				http.Redirect(w, q, "https://127.0.0.1/x", http.StatusTemporaryRedirect)
			}
		})
		_, ask, _ := eve.visit("GET", pathOf(link), nil)
		_, rest, _ := strings.Cut(ask, `name="digest" value="`)
		digest, _, _ := strings.Cut(rest, `"`)
		status, page, _ = eve.visit("POST", pathOf(link), url.Values{"digest": {digest}})
		refused("apps lead elsewhere", 422, status, page)
		m.mood(func() { clear(m.instead) })
		expect(t, "requests that were led astray", hits, 0)

		// WebFinger gives the name to another actor.
		m.mood(func() {
			m.instead["/.well-known/webfinger"] = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/jrd+json")
				_, _ = w.Write([]byte(`{"subject":"acct:eve@m.test","links":[{"rel":"self","type":"application/activity+json","href":"https://m.test/users/mallory"}]}`))
			}
		})
		status, page = eve.comesBack(back())
		refused("WebFinger says another", 403, status, page)
		m.mood(func() { clear(m.instead) })

		// A new link makes the old one void; and a link runs out.
		fresh := ada.post("/api/ensemble/v1/statuses/"+id+"/confirmations", object{"acct": "eve@m.test", "as": "illustration"})["link"]
		if status, _, _ := eve.visit("GET", pathOf(link), nil); status != 410 {
			t.Errorf("the older link: %d", status)
		}
		at = m.approve(t, eve.submits(pathOf(fresh)))
		n.pass(models.ConfirmLinkTTL)
		status, page = eve.comesBack(at)
		refused("the link ran out", 403, status, page)
		if status, _, _ := eve.visit("GET", pathOf(fresh), nil); status != 410 {
			t.Errorf("a link that ran out: %d", status)
		}

		// Whoever can be asked is asked; and nobody asks under what is not theirs.
		bo := n.join("two.test").born("bo")
		ada.refused("POST", "/api/ensemble/v1/statuses/"+id+"/confirmations", object{"acct": "bo@two.test", "as": "photo"}, 422)
		cy := ada.server.born("cy")
		cy.refused("POST", "/api/ensemble/v1/statuses/"+id+"/confirmations", object{"acct": "eve@m.test", "as": "photo"}, 403)
		_ = bo

		// The control: all is well, but Ada takes it back.
		last := ada.post("/api/ensemble/v1/statuses/"+id+"/confirmations", object{"acct": "eve@m.test"})
		if status, page := eve.comesBack(m.approve(t, eve.submits(pathOf(last["link"])))); status != 200 {
			t.Errorf("the control: %d %s", status, page)
		}
		expect(t, "the control", len(confirmedUnder(ada.status(uri))), 1)
		cy.refused("DELETE", "/api/ensemble/v1/statuses/"+id+"/confirmations/"+last["id"].(string), nil, 404)
		ada.refused("DELETE", "/api/ensemble/v1/statuses/1/confirmations/"+last["id"].(string), nil, 404)
		ada.one("DELETE", "/api/ensemble/v1/statuses/"+id+"/confirmations/"+last["id"].(string), nil, 200)
		unconfirmed(t, "ada took it back", ada, m, uri)
		ada.server.do(func(tx *store.Tx) error {
			kept, err := store.Count[models.SignIn](tx, "expires_at > ?", tx.Now)
			expect(t, "sign-ins under way", kept, 0)
			return err
		})
	})
}
