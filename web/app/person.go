package app

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

// personRoutes are the profiles of people for who is signed in, and what one decides
// about them.
func personRoutes() []call.Route {
	const one = "/@:name"
	return []call.Route{
		{Method: "GET", Path: one + "/with_replies", Who: call.Anyone, Page: true, Mode: call.Free, Handler: signedIn(person, profile)},
		{Method: "GET", Path: one + "/media", Who: call.Anyone, Page: true, Mode: call.Free, Handler: signedIn(person, profile)},
		{Method: "GET", Path: one + "/collabs", Who: call.Anyone, Page: true, Mode: call.Free, Handler: signedIn(person, profile)},
		{Method: "GET", Path: one + "/followers", Page: true, Mode: call.Free, Handler: followersPage},
		{Method: "GET", Path: one + "/following", Page: true, Mode: call.Free, Handler: followingPage},
		{Method: "GET", Path: "/people/:id", Page: true, Mode: call.Free, Handler: personByID},
		{Method: "GET", Path: "/people/:id/:act", Page: true, Mode: call.Free, Handler: askAbout},
		{Method: "POST", Path: "/people/:id/:act", Page: true, Mode: call.Free, Handler: decide},
		{Method: "GET", Path: "/follow_requests", Page: true, Mode: call.Free, Handler: followRequests},
	}
}

type aRelationship struct {
	ID                  models.ID  `json:"id,string"`
	Following           bool       `json:"following"`
	ShowingReblogs      bool       `json:"showing_reblogs"`
	Notifying           bool       `json:"notifying"`
	FollowedBy          bool       `json:"followed_by"`
	Blocking            bool       `json:"blocking"`
	BlockedBy           bool       `json:"blocked_by"`
	Muting              bool       `json:"muting"`
	MutingNotifications bool       `json:"muting_notifications"`
	MutingExpiresAt     *time.Time `json:"muting_expires_at"`
	Requested           bool       `json:"requested"`
	RequestedBy         bool       `json:"requested_by"`
	DomainBlocking      bool       `json:"domain_blocking"`
	Note                string     `json:"note"`
}

type aFeaturedTag struct {
	Name  string `json:"name"`
	Count string `json:"statuses_count"`
}

// A personView is somebody's profile.
type personView struct {
	Account  anAccount
	Self     bool
	Tie      aRelationship
	Tags     []aFeaturedTag
	Familiar []anAccount
	Tab      string // "", with_replies, media or collabs
	Tagged   string
	Pinned   []aStatus
	Statuses []aStatus
	page.Pager
}

// FirstFamiliar are those of whom there is room to name.
func (v personView) FirstFamiliar() []anAccount { return v.Familiar[:min(len(v.Familiar), 3)] }

// Tabs are the lists of the profile.
func (v personView) Tabs() []string { return profileTabs }

var profileTabs = []string{"", "with_replies", "media", "collabs"}

// lookup asks for the account of the path; one that nobody here has met is looked for
// where it lives.
func lookup(c *call.Call) (anAccount, error) {
	name := acct(c.Param("name"))
	a, err := call.Fetch[anAccount](c, http.MethodGet, "/api/v1/accounts/lookup", url.Values{"acct": {name}})
	if call.StatusOf(err) != http.StatusNotFound || !strings.Contains(name, "@") {
		return a, err
	}
	found, err := call.Fetch[struct {
		Accounts []anAccount `json:"accounts"`
	}](c, http.MethodGet, "/api/v2/search", url.Values{"q": {"@" + name}, "resolve": {"true"}, "type": {"accounts"}, "limit": {"1"}})
	if err == nil && len(found.Accounts) == 1 && strings.EqualFold(found.Accounts[0].Acct, name) {
		return found.Accounts[0], nil
	}
	if err == nil {
		err = models.Errorf(models.NotFound, "there is no such account here")
	}
	return a, err
}

// person is GET /@name for who is signed in, and the lists below it.
func person(c *call.Call) (any, error) {
	a, err := lookup(c)
	if err != nil {
		return nil, err
	}
	return showPerson(c, a, http.StatusOK, "")
}

// showPerson shows a profile; wrong is what was refused on it.
func showPerson(c *call.Call, a anAccount, code int, wrong string) (any, error) {
	v := personView{Account: a, Self: a.ID == c.MyID(), Tagged: c.Query("tagged")}
	v.Tab = tabOf(c)
	if err := v.ask(c); err != nil {
		return nil, err
	}
	if part(c) {
		return set.Show(c, code, "fragment.html", page.Page{View: timelineView{Statuses: v.Statuses}})
	}
	p := page.Page{Title: a.Plain() + " (@" + a.Acct + ")", Self: a.URL, URI: a.URI, Scripts: readingScripts, View: v, Wrong: wrong}
	if v.Self {
		p.Section = "profile"
	}
	return set.Show(c, code, "person.html", p)
}

// tabOf is the list of a profile that the path names, "" for the first.
func tabOf(c *call.Call) string {
	tail, ok := strings.CutPrefix(c.Request.URL.Path, "/@"+c.Param("name")+"/")
	if !ok {
		return ""
	}
	return tail
}

// ask fills in what is not in the account itself.
func (v *personView) ask(c *call.Call) (err error) {
	id := v.Account.ID.String()
	ties, err := call.Fetch[[]aRelationship](c, http.MethodGet, "/api/v1/accounts/relationships", url.Values{"id[]": {id}})
	if err != nil {
		return err
	}
	if len(ties) == 1 {
		v.Tie = ties[0]
	}
	q := url.Values{}
	switch v.Tab {
	case "":
		q.Set("exclude_replies", "true")
	case "media":
		q.Set("only_media", "true")
	case "collabs":
		q.Set("only_collabs", "true")
	}
	if v.Tagged != "" {
		q.Set("tagged", v.Tagged)
	}
	at := "/api/v1/accounts/" + id
	if v.Statuses, v.Pager, err = statuses(c, at+"/statuses", q, models.FilterAccount); err != nil {
		return err
	}
	if v.Tags, err = call.Fetch[[]aFeaturedTag](c, http.MethodGet, at+"/featured_tags", url.Values{}); err != nil {
		return err
	}
	if v.Tab == "" && v.Tagged == "" && c.Query("max_id") == "" && c.Query("min_id") == "" {
		pinned, err := call.Fetch[[]aStatus](c, http.MethodGet, at+"/statuses", url.Values{"pinned": {"true"}, "byline": {"0"}})
		if err != nil {
			return err
		}
		v.Pinned = veiled(c.MyID(), models.FilterAccount, pinned)
	}
	if v.Self {
		return nil
	}
	familiar, err := call.Fetch[[]struct {
		Accounts []anAccount `json:"accounts"`
	}](c, http.MethodGet, "/api/v1/accounts/familiar_followers", url.Values{"id[]": {id}})
	if err == nil && len(familiar) == 1 {
		v.Familiar = familiar[0].Accounts
	}
	return err
}

// accountByID is the one that the path names by its ID.
func accountByID(c *call.Call) (anAccount, error) {
	return call.Fetch[anAccount](c, http.MethodGet, "/api/v1/accounts/"+c.ID("id").String(), url.Values{})
}

// personByID is GET /people/:id.
func personByID(c *call.Call) (any, error) {
	a, err := accountByID(c)
	if err != nil {
		return nil, err
	}
	return call.Redirect(a.Page()), nil
}

// A decision is what one can decide about somebody.
type decision struct {
	path  string // of the API, after the account's
	asks  bool   // there is a page that asks whether that is meant
	query url.Values
}

var decisions = map[string]decision{
	"follow":      {path: "/follow"},
	"unfollow":    {path: "/unfollow"},
	"block":       {path: "/block", asks: true},
	"unblock":     {path: "/unblock"},
	"mute":        {path: "/mute", asks: true},
	"unmute":      {path: "/unmute"},
	"remove":      {path: "/remove_from_followers", asks: true},
	"notify":      {path: "/follow", query: url.Values{"notify": {"true"}}},
	"unnotify":    {path: "/follow", query: url.Values{"notify": {"false"}}},
	"hide_boosts": {path: "/follow", query: url.Values{"reblogs": {"false"}}},
	"show_boosts": {path: "/follow", query: url.Values{"reblogs": {"true"}}},
	"note":        {path: "/note"},
	"authorize":   {},
	"reject":      {},
}

// askAbout is GET /people/:id/:act: whether that is meant.
func askAbout(c *call.Call) (any, error) {
	if !decisions[c.Param("act")].asks {
		return nil, noPage
	}
	a, err := accountByID(c)
	if err != nil {
		return nil, err
	}
	return set.Show(c, http.StatusOK, "person_decide.html", page.Page{
		Title: set.Say(c, "person.asks_about."+c.Param("act"), "@"+a.Acct), Shape: "narrow", View: decideView{a, c.Param("act")},
	})
}

type decideView struct {
	Account anAccount
	Act     string
}

// decide is POST /people/:id/:act.
func decide(c *call.Call) (any, error) {
	act := c.Param("act")
	d, known := decisions[act]
	if !known {
		return nil, noPage
	}
	a, err := accountByID(c)
	if err != nil {
		return nil, err
	}
	if d.path == "" {
		return answerFollow(c, a, act)
	}
	q := url.Values{}
	for name, v := range d.query {
		q[name] = v
	}
	switch act {
	case "mute":
		q.Set("notifications", strconv.FormatBool(c.Bool("notifications")))
		q.Set("duration", c.Str("duration"))
	case "note":
		q.Set("comment", c.Str("comment"))
	}
	if _, err := c.Ask(http.MethodPost, "/api/v1/accounts/"+a.ID.String()+d.path, q); err != nil {
		return refused(c, err)
	}
	return call.Redirect(a.Page() + "?done=person_" + act), nil
}

// answerFollow lets somebody follow, or not.
func answerFollow(c *call.Call, a anAccount, act string) (any, error) {
	if _, err := c.Ask(http.MethodPost, "/api/v1/follow_requests/"+a.ID.String()+"/"+act, url.Values{}); err != nil {
		return refused(c, err)
	}
	return call.Redirect("/follow_requests?done=person_" + act), nil
}

// A peopleView is a list of people.
type peopleView struct {
	Title, Empty string
	To, ToLabel  string // where one comes from
	People       []anAccount
	Asking       bool // they wait for an answer
	page.Pager
}

func showPeople(c *call.Call, v peopleView) (any, error) {
	return set.Show(c, http.StatusOK, "people.html", page.Page{Title: v.Title, View: v})
}

func followersPage(c *call.Call) (any, error) { return circle(c, "followers") }
func followingPage(c *call.Call) (any, error) { return circle(c, "following") }

// circle shows who follows somebody, or whom they follow.
func circle(c *call.Call, which string) (any, error) {
	a, err := lookup(c)
	if err != nil {
		return nil, err
	}
	who, around, err := list[anAccount](c, "/api/v1/accounts/"+a.ID.String()+"/"+which, url.Values{})
	if err != nil {
		return nil, err
	}
	v := peopleView{Title: set.Say(c, "people."+which, a.Plain()), To: a.Page(), ToLabel: set.Say(c, "people.back"), Empty: "people.empty." + which, People: who, Pager: around}
	if a.HideLists && a.ID != c.MyID() {
		v.Empty = "people.hidden"
	}
	return showPeople(c, v)
}

// followRequests is GET /follow_requests.
func followRequests(c *call.Call) (any, error) {
	who, around, err := list[anAccount](c, "/api/v1/follow_requests", url.Values{})
	if err != nil {
		return nil, err
	}
	return showPeople(c, peopleView{Title: set.Say(c, "people.requests"), Empty: "people.empty.requests", People: who, Asking: true, Pager: around})
}
