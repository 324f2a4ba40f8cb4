package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"ensemble/activities/confirm"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// A Witness has people sign in at their own servers.
type Witness interface {
	// Register makes us known to the server of who, fills in who we are there, and
	// returns the address to send the browser to.
	Register(ctx context.Context, s *models.SignIn, who *models.Account, state, challenge string) (to string, err error)
	// Identify is nil if code shows that it was who signed in.
	Identify(ctx context.Context, s *models.SignIn, who *models.Account, code string) error
}

// ConfirmRoutes returns the pages on which a credit is confirmed by signing in
// elsewhere; none without a Witness.
func ConfirmRoutes(w Witness) []call.Route {
	if w == nil {
		return nil
	}
	s := signIns{w}
	return []call.Route{
		{Method: "GET", Path: "/confirm/:secret", Who: call.Anyone, Page: true, Handler: askPage},
		{Method: "POST", Path: "/confirm/:secret", Who: call.Anyone, Page: true, Mode: call.Free, Rare: call.Apps, Handler: s.confirm},
		{Method: "GET", Path: "/confirmations/:id", Who: call.Anyone, Page: true, Handler: confirmedPage},
		{Method: "POST", Path: "/confirmations/:id", Who: call.Anyone, Page: true, Mode: call.Free, Rare: call.Apps, Handler: s.withdraw},
		{Method: "GET", Path: backPath, Who: call.Anyone, Page: true, Mode: call.Free, Handler: s.back},
	}
}

const backPath = "/auth/confirm"

type signIns struct{ Witness }

// confirmView is what the pages show of a credit.
type confirmView struct {
	Says    string // what is asked, or how it stands
	Explain string
	Action  string // where the form goes; "" for no form
	Button  string
	Digest  string
	Post    models.IRI
	Content template.HTML
	Files   []models.Attachment
}

// askPage is GET /confirm/:secret.
func askPage(c *call.Call) (any, error) {
	q, err := confirm.ByLink(c.Tx, c.Str("secret"))
	if err != nil {
		return nil, err
	}
	w := confirmWords[c.Language("en", "fr")]
	host := q.Who.URI.Host()
	return showConfirm(c, q, confirmView{
		Says:    fmt.Sprintf(w["ask"], q.Author.Handle(c.Site), "@"+q.Who.Username+"@"+q.Who.Domain) + creditFor(c, q),
		Explain: fmt.Sprintf(w["explain"], host), Action: "/confirm/" + c.Str("secret"), Button: fmt.Sprintf(w["sign_in"], host),
	})
}

// confirmedPage is GET /confirmations/:id: how a credit stands, for everybody.
func confirmedPage(c *call.Call) (any, error) {
	q, err := confirm.ByID(c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	w, who, host := confirmWords[c.Language("en", "fr")], "@"+q.Who.Username+"@"+q.Who.Domain, q.Who.URI.Host()
	v := confirmView{Says: fmt.Sprintf(w["over"], who)}
	if q.State == models.ConfirmConfirmed {
		how := text.Confirmed{Host: host, At: *q.ConfirmedAt}.How(c.Language("en", "fr"))
		v = confirmView{
			Says: who + ": " + how + "." + creditFor(c, q), Explain: w["weaker"],
			Action: "/confirmations/" + q.ID.String(), Button: fmt.Sprintf(w["withdraw"], host),
		}
		if !q.Stands() {
			v.Explain = w["edited"]
		}
	}
	return showConfirm(c, q, v)
}

func creditFor(c *call.Call, q *confirm.Question) string {
	if word := text.CreditWord(q.Label, c.Language("en", "fr")); word != "" {
		return " (" + word + ")"
	}
	return ""
}

func showConfirm(c *call.Call, q *confirm.Question, v confirmView) (any, error) {
	v.Digest, v.Post, v.Files = q.Now, q.Post.URL, q.Post.Attachments
	v.Content = template.HTML(q.Post.Content) //nolint:gosec // sanitised where it came in
	a, err := show(c, http.StatusOK, "confirm.html", page{Title: confirmWords[c.Language("en", "fr")]["title"], View: v})
	if err != nil {
		return nil, err
	}
	// Chromium holds redirects after a form to this as well.
	if at := q.Who.URI.Origin(); !strings.ContainsAny(at, " ;,'\"*") {
		a.Header.Set("Content-Security-Policy", strings.Replace(policy, "form-action 'self'", "form-action 'self' "+at, 1))
	}
	a.Header.Set("Referrer-Policy", "no-referrer") // the address is the secret
	a.Header.Set("Cache-Control", "private, no-store")
	return a, nil
}

// confirm is POST /confirm/:secret: on to the person's own server.
func (s signIns) confirm(c *call.Call) (any, error) {
	var q *confirm.Question
	err := c.InRead(func(tx *store.Tx) (err error) { q, err = confirm.ByLink(tx, c.Str("secret")); return err })
	if err != nil {
		return nil, err
	}
	if c.Str("digest") != q.Now {
		return nil, models.Refuse(models.Conflict, "text_changed", "the post was changed meanwhile: open the link again and read it; nothing was confirmed")
	}
	return s.begin(c, q, false)
}

// withdraw is POST /confirmations/:id.
func (s signIns) withdraw(c *call.Call) (any, error) {
	var q *confirm.Question
	err := c.InRead(func(tx *store.Tx) (err error) { q, err = confirm.ByID(tx, c.ID("id")); return err })
	switch {
	case err != nil:
		return nil, err
	case q.State != models.ConfirmConfirmed:
		return call.Redirect("/confirmations/" + q.ID.String()), nil
	}
	return s.begin(c, q, true)
}

// begin sends the browser to sign in. Only the same browser can come back.
func (s signIns) begin(c *call.Call, q *confirm.Question, withdraws bool) (any, error) {
	state, browser, verifier := rand.Text()+rand.Text(), rand.Text()+rand.Text(), rand.Text()+rand.Text()
	sum := sha256.Sum256([]byte(verifier))
	row := &models.SignIn{
		ID: confirm.Hash(state), ConfirmationID: q.ID, Browser: confirm.Hash(browser), Withdraws: withdraws,
		Digest: q.Now, LinkHash: q.LinkHash, Verifier: verifier, Redirect: c.Site.Origin + backPath,
	}
	to, err := s.Register(c.Ctx(), row, q.Who, state, base64.RawURLEncoding.EncodeToString(sum[:]))
	if err != nil {
		return nil, err
	}
	if err := c.InTx(func(tx *store.Tx) error { return confirm.Begin(tx, row) }); err != nil {
		return nil, err
	}
	setBrowser(c, browser, int(models.SignInTTL/time.Second))
	return call.Redirect(to), nil
}

// back is GET /auth/confirm: the browser comes from its own server.
func (s signIns) back(c *call.Call) (any, error) {
	browser := ""
	if cookie, err := c.Request.Cookie(browserName(c.Site)); err == nil {
		browser = cookie.Value
	}
	var row *models.SignIn
	var q *confirm.Question
	err := c.InTx(func(tx *store.Tx) (err error) { row, q, err = confirm.Return(tx, c.Str("state"), browser); return err })
	if err != nil {
		return nil, err
	}
	setBrowser(c, "", -1)
	if code := c.Str("code"); code == "" || len(code) > 4096 || c.Str("error") != "" {
		return nil, models.Refuse(models.Forbidden, "not_signed_in", "you did not sign in at %s, so nothing was changed", q.Who.URI.Host())
	}
	if err := s.Identify(c.Ctx(), row, q.Who, c.Str("code")); err != nil {
		return nil, err
	}
	done := confirm.Confirmed
	if row.Withdraws {
		done = confirm.Withdrawn
	}
	if err := c.InTx(func(tx *store.Tx) error { _, err := done(tx, row); return err }); err != nil {
		return nil, err
	}
	return call.Redirect("/confirmations/" + q.ID.String()), nil
}

// withConfirmed returns p with such credits in its byline.
func (p postView) withConfirmed(standing []confirm.Standing) postView {
	var credits []text.Confirmed
	for _, s := range standing {
		credits = append(credits, s.Credit())
	}
	p.Content = template.HTML(text.WithConfirmed(string(p.Content), p.Language, credits)) //nolint:gosec // as above, and our own words
	return p
}

func browserName(site models.Site) string {
	if site.Secure() {
		return "__Host-ensemble-confirm"
	}
	return "ensemble-confirm"
}

func setBrowser(c *call.Call, value string, seconds int) {
	http.SetCookie(c.Writer, &http.Cookie{
		Name: browserName(c.Site), Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: c.Site.Secure(), SameSite: http.SameSiteLaxMode, // it has to come back from another site
	})
}

var confirmWords = map[string]map[string]string{
	"en": {
		"title":    "Confirm a credit",
		"ask":      "%s would like to credit you, %s, under this post",
		"explain":  "If you agree, sign in at %s. This server learns who you are, gives the access back at once, and keeps who confirmed which text, and when. You can take it back by signing in again.",
		"sign_in":  "Agree, and sign in at %s",
		"weaker":   "Their server said who signed in here. Other servers cannot check it.",
		"edited":   "The post was changed since. The credit is not shown with the new text.",
		"withdraw": "This is me: take it back by signing in at %s",
		"over":     "%s confirmed a credit under this post, and it was taken back.",
	},
	"fr": {
		"title":    "Confirmer un crédit",
		"ask":      "%s souhaite vous créditer, %s, sous cette publication",
		"explain":  "Si vous êtes d’accord, connectez-vous à %s. Ce serveur apprend qui vous êtes, rend l’accès aussitôt, et garde qui a confirmé quel texte, et quand. Vous pouvez revenir dessus en vous connectant à nouveau.",
		"sign_in":  "Accepter, et se connecter à %s",
		"weaker":   "Son serveur a dit qui s’est connecté. Les autres serveurs ne peuvent pas le vérifier.",
		"edited":   "La publication a changé depuis. Le crédit n’est pas montré avec le nouveau texte.",
		"withdraw": "C’est moi : retirer ce crédit en me connectant à %s",
		"over":     "%s avait confirmé un crédit sous cette publication ; il a été retiré.",
	},
}
