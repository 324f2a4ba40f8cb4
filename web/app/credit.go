package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

// creditRoutes are the pages of credits: those one got, those one asks for, and claims.
func creditRoutes() []call.Route {
	get := func(path string, h call.Handler) call.Route {
		return call.Route{Method: "GET", Path: path, Page: true, Mode: call.Free, Handler: h}
	}
	post := func(path string, h call.Handler) call.Route {
		return call.Route{Method: "POST", Path: path, Page: true, Mode: call.Free, Handler: h}
	}
	return []call.Route{
		get("/credits", myCredits), get("/credit", askCreditPage), post("/credit", askCredit),
		{Method: "GET", Path: "/@:name/credits", Who: call.Anyone, Page: true, Mode: call.Free, Handler: portfolio},
		get("/claim", claimPage), post("/claim", makeClaim), get("/claims", claimsPage), get("/claims/:id", oneClaim),
		post("/claims/:id/:act", actOnClaim),
		get("/derivatives/:id", derivativesPage), post("/derivatives/:id/:derivative/detach", detach),
	}
}

// toPost leads to the post that an answer of the API is.
func toPost(r *call.Reply) (any, error) {
	var s aStatus
	if err := json.Unmarshal(r.Body, &s); err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	return call.Redirect(s.Page()), nil
}

// A portfolioView is the public posts under which somebody is credited.
type portfolioView struct {
	Account  anAccount
	Mine     bool
	Statuses []aStatus
	Older    string
	Newer    string
}

// Begins is how the post begins, in plain words.
func (s aStatus) Begins() string { return text.Excerpt(s.Content, 120) }

// For is what somebody is credited for under a post, in words.
func (v portfolioView) For(s aStatus) string {
	var words []string
	for _, c := range s.Credits() {
		if c.Account.ID == v.Account.ID && c.CreditLabel != "" {
			words = append(words, c.CreditLabel)
		}
	}
	return strings.Join(words, ", ")
}

// myCredits is GET /credits.
func myCredits(c *call.Call) (any, error) {
	me, err := call.Fetch[anAccount](c, http.MethodGet, "/api/v1/accounts/verify_credentials", nil)
	if err != nil {
		return nil, err
	}
	return showCredits(c, me, "/credits", page.Page{Title: set.Say(c, "credits.title"), Section: "collabs", Tabs: rooms(c, "/credits")})
}

// portfolio is GET /@name/credits, for everybody.
func portfolio(c *call.Call) (any, error) {
	who, err := call.Fetch[anAccount](c, http.MethodGet, "/api/v1/accounts/lookup", url.Values{"acct": {c.Param("name")}})
	if err != nil {
		return nil, err
	}
	return showCredits(c, who, who.Page()+"/credits", page.Page{
		Title: set.Say(c, "credits.of", nameOf(who)), Self: c.Site.IRI(who.Page() + "/credits"), Image: models.IRI(who.Avatar), Kind: "profile",
	})
}

func showCredits(c *call.Call, who anAccount, at string, p page.Page) (any, error) {
	v := portfolioView{Account: who, Mine: who.ID == c.MyID()}
	var err error
	v.Statuses, err = call.Fetch[[]aStatus](c, http.MethodGet, ensembleV1+"/accounts/"+who.ID.String()+"/credits", url.Values{"max_id": {c.Query("max_id")}, "byline": {"0"}})
	if err != nil {
		return nil, err
	}
	if n := len(v.Statuses); n == 20 {
		v.Older = at + "?max_id=" + v.Statuses[n-1].ID.String()
	}
	p.View = v
	return set.Show(c, http.StatusOK, "credits.html", p)
}

// A askCreditView is a form by which to ask for a credit under a post of one's own, with
// how those stand that were asked for.
type askCreditView struct {
	Status  aStatus
	Labels  []models.CreditLabel
	Acct    string
	As      string
	Credits []struct {
		Account    anAccount `json:"account"`
		Label      string    `json:"label"`
		State      string    `json:"state"`
		ReasonCode string    `json:"reason_code"`
		Reason     string    `json:"reason"`
	}
}

// Word is what a label says.
func (askCreditView) Word(l models.CreditLabel, lang string) string { return text.CreditWord(l, lang) }

// askCreditPage is GET /credit?status=ID.
func askCreditPage(c *call.Call) (any, error) { return showCredit(c, page.Page{}, http.StatusOK) }

func showCredit(c *call.Call, p page.Page, status int) (any, error) {
	v := askCreditView{Labels: append(slices.Clone(labels), models.CreditSponsor), Acct: c.Str("acct"), As: c.Str("as")}
	var err error
	if v.Status, err = call.Fetch[aStatus](c, http.MethodGet, "/api/v1/statuses/"+c.ID("status").String(), url.Values{"byline": {"0"}}); err != nil {
		return nil, err
	}
	if v.Status.Account.ID != c.MyID() {
		return call.Redirect("/claim?status=" + v.Status.ID.String()), nil
	}
	r, err := c.Ask(http.MethodGet, ensembleV1+"/statuses/"+v.Status.ID.String()+"/credits", nil)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(r.Body, &v.Credits); err != nil {
		return nil, fmt.Errorf("read the credits: %w", err)
	}
	p.Title, p.Section, p.Tabs, p.View = set.Say(c, "credit.title"), "collabs", rooms(c, "/credits"), v
	return set.Show(c, status, "credit.html", p)
}

// askCredit is POST /credit.
func askCredit(c *call.Call) (any, error) {
	who := strings.TrimPrefix(strings.TrimSpace(c.Str("acct")), "@")
	_, err := c.Ask(http.MethodPost, ensembleV1+"/statuses/"+c.ID("status").String()+"/credits", url.Values{"acct": {who}, "as": {c.Str("as")}})
	if err != nil {
		return mended(c, err, func(p page.Page, status int) (any, error) { return showCredit(c, p, status) })
	}
	return call.Redirect("/credit?status=" + c.ID("status").String() + "&done=credit.asked"), nil
}

type aClaim struct {
	ID           models.ID         `json:"id,string"`
	Account      anAccount         `json:"account"`
	Owner        anAccount         `json:"owner"`
	StatusID     *models.ID        `json:"status_id,string"`
	StatusURI    models.IRI        `json:"status_uri"`
	Label        string            `json:"label"`
	Source       string            `json:"source"`
	Text         string            `json:"text"`
	State        models.ClaimState `json:"state"`
	DecidedBy    string            `json:"decided_by"`
	Reason       string            `json:"reason"`
	CreatedAt    time.Time         `json:"created_at"`
	ModeratorsAt time.Time         `json:"moderators_at"`
	EscalatedAt  *time.Time        `json:"escalated_at"`
	ExpiresAt    time.Time         `json:"expires_at"`
	AnsweredAt   *time.Time        `json:"answered_at"`
	Log          []anEvent         `json:"log"`
	Broken       int               `json:"log_broken_at"`
}

// Open reports whether it waits for an answer.
func (c aClaim) Open() bool { return c.State == models.ClaimSent || c.State == models.ClaimDelivered }

// Post is where the post can be read.
func (c aClaim) Post() string {
	if c.StatusID == nil {
		return string(c.StatusURI)
	}
	return c.Owner.Page() + "/" + c.StatusID.String()
}

// Who is how an actor of the log is shown.
func (c aClaim) Who(actor models.IRI) string {
	switch actor {
	case c.Account.URI:
		return nameOf(c.Account)
	case c.Owner.URI:
		return nameOf(c.Owner)
	}
	return string(actor)
}

// Mood colours the state beside its words.
func (c aClaim) Mood() string {
	switch {
	case c.State == models.ClaimAccepted:
		return "good"
	case c.Open():
		return "warm"
	}
	return "bad"
}

type claimView struct {
	Status           *aStatus
	URL              string
	As, Source, Text string
	Labels           []models.CreditLabel
}

// Word is what a label says.
func (claimView) Word(l models.CreditLabel, lang string) string { return text.CreditWord(l, lang) }

// claimPage is GET /claim?status=ID: "this is my work".
func claimPage(c *call.Call) (any, error) { return showClaim(c, page.Page{}, http.StatusOK) }

func showClaim(c *call.Call, p page.Page, status int) (any, error) {
	v := claimView{URL: c.Str("url"), As: c.Str("as"), Source: c.Str("source"), Text: c.Str("text"), Labels: labels}
	if id := c.ID("status"); id != 0 {
		s, err := call.Fetch[aStatus](c, http.MethodGet, "/api/v1/statuses/"+id.String(), url.Values{"byline": {"0"}})
		if err != nil {
			return nil, err
		}
		v.Status = &s
	}
	p.Title, p.Section, p.Tabs, p.View = set.Say(c, "claim.title"), "collabs", rooms(c, "/claims"), v
	return set.Show(c, status, "claim.html", p)
}

// makeClaim is POST /claim.
func makeClaim(c *call.Call) (any, error) {
	params := url.Values{"as": {c.Str("as")}, "source": {c.Str("source")}, "text": {c.Str("text")}, "url": {c.Str("url")}}
	if id := c.ID("status"); id != 0 {
		params.Set("status_id", id.String())
	}
	made, err := call.Fetch[aClaim](c, http.MethodPost, ensembleV1+"/claims", params)
	if err != nil {
		return mended(c, err, func(p page.Page, status int) (any, error) { return showClaim(c, p, status) })
	}
	return call.Redirect("/claims/" + made.ID.String() + "?done=claim.made"), nil
}

type claimsView struct {
	Made, Got []aClaim
}

// claimsPage is GET /claims: those one made, and those about one's own posts.
func claimsPage(c *call.Call) (any, error) {
	made, err := call.Fetch[[]aClaim](c, http.MethodGet, ensembleV1+"/claims", url.Values{"role": {"claimant"}, "limit": {"40"}})
	if err != nil {
		return nil, err
	}
	got, err := call.Fetch[[]aClaim](c, http.MethodGet, ensembleV1+"/claims", url.Values{"role": {"owner"}, "limit": {"40"}})
	if err != nil {
		return nil, err
	}
	return set.Show(c, http.StatusOK, "claims.html", page.Page{
		Title: set.Say(c, "claims.title"), Section: "collabs", Tabs: rooms(c, "/claims"), View: claimsView{made, got},
	})
}

type oneClaimView struct {
	Claim aClaim
	Mine  bool // the reader made it
}

// oneClaim is GET /claims/:id.
func oneClaim(c *call.Call) (any, error) { return showOneClaim(c, page.Page{}, http.StatusOK) }

func showOneClaim(c *call.Call, p page.Page, status int) (any, error) {
	one, err := call.Fetch[aClaim](c, http.MethodGet, ensembleV1+"/claims/"+c.ID("id").String(), nil)
	if err != nil {
		return nil, err
	}
	p.Title, p.Section, p.Tabs = set.Say(c, "claim.one"), "collabs", rooms(c, "/claims")
	p.View = oneClaimView{one, one.Account.ID == c.MyID()}
	return set.Show(c, status, "oneclaim.html", p)
}

// actOnClaim is POST /claims/:id/:act.
func actOnClaim(c *call.Call) (any, error) {
	if !slices.Contains([]string{"accept", "refuse", "withdraw"}, c.Param("act")) {
		return nil, models.Errorf(models.NotFound, "there is no such page here")
	}
	_, err := c.Ask(http.MethodPost, ensembleV1+"/claims/"+c.ID("id").String()+"/"+c.Param("act"), url.Values{"reason": {c.Str("reason")}})
	if err != nil {
		return mended(c, err, func(p page.Page, status int) (any, error) { return showOneClaim(c, p, status) })
	}
	return call.Redirect("/claims/" + c.ID("id").String() + "?done=claim." + c.Param("act")), nil
}

type derivativesView struct {
	Status  aStatus
	Made    []anInteraction
	Explain bool
}

// derivativesPage is GET /derivatives/:id: what others made of a post of one's own.
func derivativesPage(c *call.Call) (any, error) {
	return showDerivatives(c, page.Page{}, http.StatusOK)
}

func showDerivatives(c *call.Call, p page.Page, status int) (any, error) {
	var v derivativesView
	var err error
	if v.Status, err = call.Fetch[aStatus](c, http.MethodGet, "/api/v1/statuses/"+c.ID("id").String(), url.Values{"byline": {"0"}}); err != nil {
		return nil, err
	}
	if v.Made, err = call.Fetch[[]anInteraction](c, http.MethodGet, ensembleV1+"/statuses/"+c.ID("id").String()+"/derivatives", nil); err != nil {
		return nil, err
	}
	p.Title, p.Section, p.Tabs, p.View = set.Say(c, "derivatives.title"), "collabs", rooms(c, "/requests"), v
	return set.Show(c, status, "derivatives.html", p)
}

// detach is POST /derivatives/:id/:derivative/detach.
func detach(c *call.Call) (any, error) {
	_, err := c.Ask(http.MethodPost, ensembleV1+"/statuses/"+c.ID("id").String()+"/derivatives/"+c.ID("derivative").String()+"/detach", nil)
	if err != nil {
		return mended(c, err, func(p page.Page, status int) (any, error) { return showDerivatives(c, p, status) })
	}
	return call.Redirect("/derivatives/" + c.ID("id").String() + "?done=derivatives.detached"), nil
}
