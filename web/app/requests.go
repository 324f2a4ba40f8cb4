package app

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

// requestRoutes are for what waits for an answer, apart from notifications.
func requestRoutes() []call.Route {
	get := func(path string, h call.Handler) call.Route {
		return call.Route{Method: "GET", Path: path, Page: true, Mode: call.Free, Handler: h}
	}
	post := func(path string, h call.Handler) call.Route {
		return call.Route{Method: "POST", Path: path, Page: true, Mode: call.Free, Handler: h}
	}
	return []call.Route{
		get("/requests", requestsPage), get("/requests/:id", requestPage), get("/requests/:id/decline", declinePage),
		post("/requests/:id/accept", acceptRequest), post("/requests/:id/suggest", suggestChange), post("/requests/:id/decline", declineRequest),
		post("/quote_requests/:id/:act", answerQuote),
	}
}

const ensembleV1 = "/api/ensemble/v1"

func collabAt(c *call.Call) string { return ensembleV1 + "/collabs/" + c.ID("id").String() }

// rooms is the navigation between what people do together.
func rooms(c *call.Call, here string) (tabs []page.Entry) {
	for _, e := range []page.Entry{{To: "/requests", Icon: "together"}, {To: "/collabs", Icon: "layers"}, {To: "/credits", Icon: "badge"}, {To: "/claims", Icon: "flag"}} {
		e.Label, e.Current = set.Say(c, "rooms."+e.To[1:]), e.To == here
		tabs = append(tabs, e)
	}
	return tabs
}

// mended shows a page once more with what was refused there, where that can be mended by
// who asked; else the refusal is the page.
func mended(c *call.Call, err error, show func(p page.Page, status int) (any, error)) (any, error) {
	var f *call.Failure
	if !errors.As(err, &f) || f.Status == http.StatusUnauthorized || f.Status == http.StatusNotFound || f.Status >= http.StatusInternalServerError && f.Status != http.StatusServiceUnavailable {
		return nil, err
	}
	return show(page.Page{Wrong: set.Refusal(c, err)}, f.Status)
}

// A deskView is all that waits, by kind.
type deskView struct {
	Groups []requestGroup
	Quotes []anInteraction
	Claims []aClaim
	Mine   []aCollab // wishes for a change of mine
}

type requestGroup struct {
	Kind    string
	Collabs []aCollab
}

// None reports whether nothing waits.
func (v deskView) None() bool {
	return len(v.Groups) == 0 && len(v.Quotes) == 0 && len(v.Claims) == 0 && len(v.Mine) == 0
}

type anInteraction struct {
	ID             models.ID               `json:"id,string"`
	Derivation     string                  `json:"derivation"`
	State          models.InteractionState `json:"state"`
	Code           string                  `json:"code"`
	Reason         string                  `json:"reason"`
	TargetStatusID models.ID               `json:"target_status_id,string"`
	Account        *anAccount              `json:"account"`
	Status         *aStatus                `json:"status"`
}

// requestsPage is GET /requests.
func requestsPage(c *call.Call) (any, error) {
	return showRequests(c, page.Page{}, http.StatusOK)
}

func showRequests(c *call.Call, p page.Page, status int) (any, error) {
	var v deskView
	all, err := collabsOf(c, url.Values{"open": {"true"}, "limit": {"40"}})
	if err != nil {
		return nil, err
	}
	for _, kind := range []string{"invitation", "version", "credit", "sponsor"} {
		g := requestGroup{Kind: kind}
		for _, one := range all {
			if !one.Mine() && one.Kind() == kind {
				g.Collabs = append(g.Collabs, one)
			}
		}
		if g.Collabs != nil {
			v.Groups = append(v.Groups, g)
		}
	}
	v.Mine = slices.DeleteFunc(slices.Clone(all), func(one aCollab) bool { return !one.Mine() })
	if v.Quotes, err = call.Fetch[[]anInteraction](c, http.MethodGet, ensembleV1+"/quote_requests", nil); err != nil {
		return nil, err
	}
	v.Claims, err = call.Fetch[[]aClaim](c, http.MethodGet, ensembleV1+"/claims", url.Values{"role": {"owner"}, "state[]": {"sent", "delivered"}})
	if err != nil {
		return nil, err
	}
	p.Title, p.Section, p.Tabs, p.View = set.Say(c, "requests.title"), "requests", rooms(c, "/requests"), v
	return set.Show(c, status, "requests.html", p)
}

// A requestView is an invitation, opened.
type requestView struct {
	Collab  aCollab
	Preview aPreview
	Since   *difference // what is new to who saw a version before
	Text    string      // the work in plain words
	Words   string      // what was typed, if it was refused
	Wording string
}

// requestPage is GET /requests/:id. To open an invitation is to have seen it.
func requestPage(c *call.Call) (any, error) { return showRequest(c, page.Page{}, http.StatusOK) }

func showRequest(c *call.Call, p page.Page, status int) (any, error) {
	v, err := readRequest(c)
	if err != nil {
		return nil, err
	}
	if !v.Collab.Asked() {
		return call.Redirect(v.Collab.Page()), nil
	}
	v.Words, v.Wording = c.Str("text"), or(c.Str("wording"), v.Text)
	p.Title, p.Section, p.Tabs = set.Say(c, "request.title."+v.Collab.Kind(), nameOf(v.Collab.Initiator)), "requests", rooms(c, "/requests")
	p.Shape, p.View = "wide", v
	return set.Show(c, status, "request.html", p)
}

func readRequest(c *call.Call) (v requestView, err error) {
	if v.Collab, err = collabOf(c); err != nil || !v.Collab.Asked() {
		return v, err
	}
	if v.Preview, err = call.Fetch[aPreview](c, http.MethodGet, collabAt(c)+"/preview", nil); err != nil {
		return v, err
	}
	versions, err := call.Fetch[[]aVersion](c, http.MethodGet, collabAt(c)+"/versions", nil)
	for _, one := range versions {
		if one.Revision == v.Preview.Revision {
			v.Text = one.Text
		}
	}
	v.Since = since(versions, v.Preview.Revision)
	return v, err
}

// acceptRequest is POST /requests/:id/accept.
func acceptRequest(c *call.Call) (any, error) {
	if err := stillThat(c); err != nil {
		return mended(c, err, func(p page.Page, status int) (any, error) { return showRequest(c, p, status) })
	}
	_, err := c.Ask(http.MethodPost, collabAt(c)+"/accept", url.Values{"covers_edits": {c.Str("covers_edits")}})
	if err != nil {
		return mended(c, err, func(p page.Page, status int) (any, error) { return showRequest(c, p, status) })
	}
	return call.Redirect("/collabs/" + c.ID("id").String() + "?done=request.accepted"), nil
}

// stillThat refuses a yes to another version than the one that was on the page.
func stillThat(c *call.Call) error {
	one, err := collabOf(c)
	if err == nil && c.Str("digest") != "" && one.Digest != c.Str("digest") {
		err = call.Fail(http.StatusConflict, "newer_version", "there is a newer version by now: read it first")
	}
	return err
}

// suggestChange is POST /requests/:id/suggest.
func suggestChange(c *call.Call) (any, error) {
	wish := url.Values{"text": {c.Str("text")}}
	if c.Str("wording") != c.Str("was") {
		wish.Set("wording", c.Str("wording"))
	}
	if _, err := c.Ask(http.MethodPost, collabAt(c)+"/suggest", wish); err != nil {
		return mended(c, err, func(p page.Page, status int) (any, error) { return showRequest(c, p, status) })
	}
	return call.Redirect("/requests/" + c.ID("id").String() + "?done=request.suggested"), nil
}

// declinePage is GET /requests/:id/decline: the second time of asking, with what would
// happen.
func declinePage(c *call.Call) (any, error) { return showDecline(c, page.Page{}, http.StatusOK) }

func showDecline(c *call.Call, p page.Page, status int) (any, error) {
	one, err := collabOf(c)
	if err != nil {
		return nil, err
	}
	if !one.May("decline") {
		return call.Redirect(one.Page()), nil
	}
	v := declineView{Collab: one, Reason: c.Str("reason"), Answer: c.Str("answer")}
	if v.Means = set.Say(c, v.means()); strings.Contains(v.Means, "%s") {
		v.Means = set.Say(c, v.means(), nameOf(one.Initiator))
	}
	p.Title, p.Section, p.Shape, p.View = set.Say(c, "decline.title."+one.Kind()), "requests", "narrow", v
	return set.Show(c, status, "decline.html", p)
}

type declineView struct {
	Collab         aCollab
	Means          string // what a no does
	Reason, Answer string
}

// means is the key of the sentence that says what a no does.
func (v declineView) means() string {
	switch {
	case v.Collab.MyState == models.InviteReapproval:
		return "decline.means.version"
	case v.Collab.Role == string(models.RoleCredit):
		return "decline.means.credit"
	case v.Collab.Live():
		return "decline.means.live"
	case v.Collab.Quorum == models.QuorumAll && v.Collab.OnDecline == models.DeclineDelete:
		return "decline.means.delete"
	case v.Collab.Quorum == models.QuorumAll && v.Collab.OnDecline == models.DeclineDraft:
		return "decline.means.draft"
	}
	return "decline.means.publish"
}

// Answers are the ways of saying no to a credit.
func (v declineView) Answers() []string {
	if v.Collab.Kind() != "credit" {
		return nil
	}
	return []string{models.CreditAsCoauthor, models.CreditByNameOnly, models.CreditDoNotName, models.CreditNotMine, models.CreditNotAllowed}
}

// declineRequest is POST /requests/:id/decline.
func declineRequest(c *call.Call) (any, error) {
	params := url.Values{"confirm": {"true"}, "reason": {c.Str("reason")}, "never_again": {c.Str("never_again")}, "answer": {c.Str("answer")}}
	if _, err := c.Ask(http.MethodPost, collabAt(c)+"/decline", params); err != nil {
		return mended(c, err, func(p page.Page, status int) (any, error) { return showDecline(c, p, status) })
	}
	if c.Str("answer") != "" {
		return call.Redirect("/requests?done=request.answered"), nil
	}
	return call.Redirect("/requests?done=request.declined"), nil
}

// answerQuote is POST /quote_requests/:id/:act.
func answerQuote(c *call.Call) (any, error) {
	if !slices.Contains([]string{"accept", "reject", "object"}, c.Param("act")) {
		return nil, models.Errorf(models.NotFound, "there is no such page here")
	}
	_, err := c.Ask(http.MethodPost, ensembleV1+"/quote_requests/"+c.ID("id").String()+"/"+c.Param("act"), url.Values{"reason": {c.Str("reason")}})
	if err != nil {
		return mended(c, err, func(p page.Page, status int) (any, error) { return showRequests(c, p, status) })
	}
	return call.Redirect("/requests?done=request.quote_" + c.Param("act")), nil
}
