package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
	"time"

	"ensemble/activities/confirm"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
	"ensemble/web/page"
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
	host := q.Who.URI.Host()
	return showConfirm(c, q, confirmView{
		Says:    set.Say(c, "confirm.ask", q.Author.Handle(c.Site), "@"+q.Who.Username+"@"+q.Who.Domain) + creditFor(c, q),
		Explain: set.Say(c, "confirm.explain", host), Action: "/confirm/" + c.Str("secret"), Button: set.Say(c, "confirm.sign_in", host),
	})
}

// confirmedPage is GET /confirmations/:id: how a credit stands, for everybody.
func confirmedPage(c *call.Call) (any, error) {
	q, err := confirm.ByID(c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	who, host := "@"+q.Who.Username+"@"+q.Who.Domain, q.Who.URI.Host()
	v := confirmView{Says: set.Say(c, "confirm.over", who)}
	if q.State == models.ConfirmConfirmed {
		how := text.Confirmed{Host: host, At: *q.ConfirmedAt}.How(c.Language(page.Languages...))
		v = confirmView{
			Says: who + ": " + how + "." + creditFor(c, q), Explain: set.Say(c, "confirm.weaker"),
			Action: "/confirmations/" + q.ID.String(), Button: set.Say(c, "confirm.withdraw", host),
		}
		if !q.Stands() {
			v.Explain = set.Say(c, "confirm.edited")
		}
	}
	return showConfirm(c, q, v)
}

func creditFor(c *call.Call, q *confirm.Question) string {
	if word := text.CreditWord(q.Label, c.Language(page.Languages...)); word != "" {
		return " (" + word + ")"
	}
	return ""
}

func showConfirm(c *call.Call, q *confirm.Question, v confirmView) (any, error) {
	v.Digest, v.Post, v.Files = q.Now, q.Post.URL, q.Post.Attachments
	v.Content = template.HTML(q.Post.Content) //nolint:gosec // sanitised where it came in
	a, err := set.Show(c, http.StatusOK, "confirm.html", page.Page{Title: set.Say(c, "confirm.title"), View: v})
	if err != nil {
		return nil, err
	}
	page.LeadOn(a, q.Who.URI.Origin())
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

// withConfirmed returns p with such credits.
func (p postView) withConfirmed(standing []confirm.Standing) postView {
	for _, s := range standing {
		p.Confirmed = append(p.Confirmed, confirmedCredit{s.Credit(), "@" + s.Who.Username + "@" + s.Who.Domain})
	}
	return p
}

// A confirmedCredit is one that was confirmed by signing in elsewhere.
type confirmedCredit struct {
	text.Confirmed
	Handle string
}

// For is what somebody is credited for, in a word of a language; "" if nobody said.
func (c confirmedCredit) For(lang string) string { return text.CreditWord(c.Label, lang) }

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
