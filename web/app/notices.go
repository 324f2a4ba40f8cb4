package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

// noticeRoutes are the notifications, and from whom one wants them.
func noticeRoutes() []call.Route {
	const all = "/notifications"
	return []call.Route{
		{Method: "GET", Path: all, Page: true, Mode: call.Free, Handler: notificationsPage},
		{Method: "POST", Path: all + "/read", Page: true, Mode: call.Free, Handler: readNotifications},
		{Method: "POST", Path: all + "/clear", Page: true, Mode: call.Free, Handler: clearNotifications},
		{Method: "POST", Path: all + "/dismiss", Page: true, Mode: call.Free, Handler: dismissNotification},
		{Method: "GET", Path: all + "/policy", Page: true, Mode: call.Free, Handler: policyPage},
		{Method: "POST", Path: all + "/policy", Page: true, Mode: call.Free, Handler: setPolicy},
		{Method: "GET", Path: all + "/requests", Page: true, Mode: call.Free, Handler: heldBackPage},
		{Method: "GET", Path: all + "/requests/:id", Page: true, Mode: call.Free, Handler: heldBackFrom},
		{Method: "POST", Path: all + "/requests/:id/:act", Page: true, Mode: call.Free, Handler: answerHeldBack},
	}
}

// ourNotices are the types that the API tells those alone who know them.
var ourNotices = []string{
	string(models.NoteCollabInvite), string(models.NoteCollabAccepted), string(models.NoteCollabDeclined), string(models.NoteCollabEnded),
	string(models.NoteCollabWarning), string(models.NoteCollabRequest), string(models.NoteQuoteRequest), string(models.NoteClaimRequest),
	string(models.NoteClaimUpdate), string(models.NoteMove),
}

// noticeKinds are what one can look at by itself.
var noticeKinds = map[string][]string{
	"mentions":   {string(models.NoteMention), string(models.NoteQuote), string(models.NoteQuoteRequest), string(models.NoteQuotedUpdate)},
	"collabs":    ourNotices[:6],
	"favourites": {string(models.NoteFavourite)},
	"boosts":     {string(models.NoteReblog)},
	"follows":    {string(models.NoteFollow), string(models.NoteFollowRequest), string(models.NoteMove)},
	"posts":      {string(models.NoteStatus), string(models.NotePoll), string(models.NoteUpdate)},
}

var noticeTabs = []string{"", "mentions", "collabs", "favourites", "boosts", "follows", "posts"}

type aNotice struct {
	Key      string     `json:"group_key"`
	Count    int        `json:"notifications_count"`
	Type     string     `json:"type"`
	Latest   models.ID  `json:"most_recent_notification_id,string"`
	At       time.Time  `json:"latest_page_notification_at"`
	Sample   []string   `json:"sample_account_ids"`
	StatusID *models.ID `json:"status_id,string"`
	CollabID *models.ID `json:"collab_id,string"`
	ClaimID  *models.ID `json:"claim_id,string"`
	Event    *struct {
		Target    string `json:"target_name"`
		Followers int    `json:"followers_count"`
		Following int    `json:"following_count"`
	} `json:"event"`
	Warning *struct {
		Action string `json:"action"`
		Text   string `json:"text"`
	} `json:"moderation_warning"`
	Report *struct {
		ID     models.ID `json:"id,string"`
		Target anAccount `json:"target_account"`
	} `json:"report"`
	Who    []anAccount `json:"-"`
	Status *aStatus    `json:"-"`
	New    bool        `json:"-"`
}

// Others are how many did the same beside the first.
func (n aNotice) Others() int { return max(n.Count, len(n.Who)) - 1 }

// Icon is the picture of what happened.
func (n aNotice) Icon() string {
	switch models.NotificationType(n.Type) {
	case models.NoteFavourite:
		return "heart"
	case models.NoteReblog:
		return "boost"
	case models.NoteMention:
		return "reply"
	case models.NoteFollow, models.NoteFollowRequest, models.NoteMove, models.NoteAdminSignUp:
		return "person"
	case models.NotePoll:
		return "poll"
	case models.NoteQuote, models.NoteQuoteRequest, models.NoteQuotedUpdate:
		return "quote"
	case models.NoteUpdate, models.NoteStatus:
		return "write"
	case models.NoteSevered, models.NoteWarning, models.NoteAdminReport, models.NoteCollabWarning:
		return "warning"
	}
	return "together"
}

// Impersonal reports whether nobody did it: the sentence stands by itself.
func (n aNotice) Impersonal() bool {
	t := models.NotificationType(n.Type)
	return t.Impersonal() || t == models.NoteAdminReport || t == models.NoteCollabEnded || t == models.NoteClaimUpdate
}

// Said is the type as words call it; polls of one's own have an end of their own.
func (n aNotice) Said() string { return strings.ReplaceAll(n.Type, ".", "_") }

// Snippet is how the post begins, or what it shows.
func (n aNotice) Snippet() string { return or(n.Status.Snippet(), "…") }

// Leads is where one goes on from it.
func (n aNotice) Leads() string {
	switch t := models.NotificationType(n.Type); {
	case t == models.NoteCollabInvite && n.CollabID != nil:
		return "/requests/" + n.CollabID.String()
	case n.CollabID != nil:
		return "/collabs/" + n.CollabID.String()
	case n.ClaimID != nil:
		return "/claims/" + n.ClaimID.String()
	case t == models.NoteQuoteRequest, t == models.NoteClaimRequest, t == models.NoteClaimUpdate, t == models.NoteCollabInvite:
		return "/requests"
	case t == models.NoteFollowRequest:
		return "/follow_requests"
	case t == models.NoteAdminReport && n.Report != nil:
		return "/admin/reports/" + n.Report.ID.String()
	case n.Warning != nil:
		return "/warnings"
	case n.Status != nil:
		return n.Status.Page()
	case len(n.Who) > 0:
		return n.Who[0].Page()
	}
	return "/notifications"
}

// Words reports whether the post itself is shown whole: somebody speaks to the reader.
func (n aNotice) Words() bool {
	switch models.NotificationType(n.Type) {
	case models.NoteMention, models.NoteQuote, models.NoteStatus, models.NoteUpdate, models.NotePoll, models.NoteCollabWarning:
		return n.Status != nil
	}
	return false
}

type noticesView struct {
	Notices []aNotice
	Kind    string
	Newest  models.ID // that nobody has read
	Read    models.ID // up to where it was read before
	Held    int       // people whose notifications are held back
	Asking  int       // who ask to follow, as far as the first page says
	From    *anAccount
	Request models.ID
	page.Pager
}

// Tabs are the kinds.
func (noticesView) Tabs() []string { return noticeTabs }

// notificationsPage is GET /notifications, of one kind or of all.
func notificationsPage(c *call.Call) (any, error) {
	v := noticesView{Kind: c.Query("kind")}
	q := url.Values{}
	if v.Kind != "" {
		if noticeKinds[v.Kind] == nil {
			return nil, noPage
		}
		q["types[]"] = noticeKinds[v.Kind]
	}
	if err := v.ask(c, q); err != nil {
		return nil, err
	}
	if part(c) {
		return set.Show(c, http.StatusOK, "notices.html", page.Page{View: v})
	}
	policy, err := call.Fetch[aPolicy](c, http.MethodGet, "/api/v2/notifications/policy", url.Values{})
	if err != nil {
		return nil, err
	}
	v.Held = policy.Summary.Requests
	if c.Me.Locked {
		asking, err := call.Fetch[[]anAccount](c, http.MethodGet, "/api/v1/follow_requests", url.Values{})
		if err != nil {
			return nil, err
		}
		v.Asking = len(asking)
	}
	return set.Show(c, http.StatusOK, "notifications.html", page.Page{Title: set.Say(c, "notices.title"), Section: "notifications", Scripts: readingScripts, View: v})
}

// ask reads a page of groups, and puts together what the API tells apart.
func (v *noticesView) ask(c *call.Call, q url.Values) error {
	q["supported_types[]"], q["byline"] = ourNotices, []string{"0"}
	for _, name := range []string{"max_id", "min_id"} {
		if id := c.Query(name); id != "" {
			q.Set(name, id)
		}
	}
	r, err := c.Ask(http.MethodGet, "/api/v2/notifications", q)
	if err != nil {
		return err
	}
	var got struct {
		Accounts []anAccount `json:"accounts"`
		Statuses []aStatus   `json:"statuses"`
		Groups   []aNotice   `json:"notification_groups"`
	}
	if err := json.Unmarshal(r.Body, &got); err != nil {
		return fmt.Errorf("read notifications: %w", err)
	}
	if v.Read, err = lastRead(c); err != nil {
		return err
	}
	people, posts := map[string]anAccount{}, map[models.ID]*aStatus{}
	for _, a := range got.Accounts {
		people[a.ID.String()] = a
	}
	for i := range got.Statuses {
		s := &got.Statuses[i]
		s.cover(c.MyID(), models.FilterNotifications)
		posts[s.ID] = s
	}
	for _, n := range got.Groups {
		for _, id := range n.Sample {
			if a, ok := people[id]; ok {
				n.Who = append(n.Who, a)
			}
		}
		if n.StatusID != nil {
			n.Status = posts[*n.StatusID]
		}
		n.New = n.Latest > v.Read
		v.Newest = max(v.Newest, n.Latest)
		v.Notices = append(v.Notices, n)
	}
	v.Pager = page.Around(c, r)
	return nil
}

// lastRead is the marker of notifications.
func lastRead(c *call.Call) (models.ID, error) {
	marks, err := call.Fetch[map[string]struct {
		ID models.ID `json:"last_read_id,string"`
	}](c, http.MethodGet, "/api/v1/markers", url.Values{"timeline[]": {"notifications"}})
	return marks["notifications"].ID, err
}

// readNotifications is POST /notifications/read: up to the one that is sent.
func readNotifications(c *call.Call) (any, error) {
	q := url.Values{"notifications[last_read_id]": {c.ID("id").String()}}
	if _, err := c.Ask(http.MethodPost, "/api/v1/markers", q); err != nil {
		return refused(c, err)
	}
	return call.Redirect("/notifications?done=notices_read"), nil
}

func clearNotifications(c *call.Call) (any, error) {
	if _, err := c.Ask(http.MethodPost, "/api/v1/notifications/clear", url.Values{}); err != nil {
		return refused(c, err)
	}
	return call.Redirect("/notifications?done=notices_cleared"), nil
}

// dismissNotification is POST /notifications/dismiss: those of one group.
func dismissNotification(c *call.Call) (any, error) {
	if _, err := c.Ask(http.MethodPost, "/api/v2/notifications/"+url.PathEscape(c.Str("key"))+"/dismiss", url.Values{}); err != nil {
		return refused(c, err)
	}
	return back(c, ""), nil
}

type aPolicy struct {
	ForNotFollowing    string `json:"for_not_following"`
	ForNotFollowers    string `json:"for_not_followers"`
	ForNewAccounts     string `json:"for_new_accounts"`
	ForPrivateMentions string `json:"for_private_mentions"`
	ForLimitedAccounts string `json:"for_limited_accounts"`
	Summary            struct {
		Requests int `json:"pending_requests_count"`
	} `json:"summary"`
}

// A rule is a part of the policy.
type rule struct{ Name, Value string }

// Rules are its parts.
func (p aPolicy) Rules() []rule {
	return []rule{
		{"for_not_following", p.ForNotFollowing}, {"for_not_followers", p.ForNotFollowers}, {"for_new_accounts", p.ForNewAccounts},
		{"for_private_mentions", p.ForPrivateMentions}, {"for_limited_accounts", p.ForLimitedAccounts},
	}
}

// Choices are what a rule can say.
func (rule) Choices() []string { return []string{"accept", "filter", "drop"} }

func policyPage(c *call.Call) (any, error) {
	p, err := call.Fetch[aPolicy](c, http.MethodGet, "/api/v2/notifications/policy", url.Values{})
	if err != nil {
		return nil, err
	}
	return set.Show(c, http.StatusOK, "notice_policy.html", page.Page{Title: set.Say(c, "notices.policy"), Section: "notifications", View: p})
}

func setPolicy(c *call.Call) (any, error) {
	q := url.Values{}
	for _, r := range (aPolicy{}).Rules() {
		if c.Has(r.Name) {
			q.Set(r.Name, c.Str(r.Name))
		}
	}
	if _, err := c.Ask(http.MethodPatch, "/api/v2/notifications/policy", q); err != nil {
		return refused(c, err)
	}
	return call.Redirect("/notifications/policy?done=notice_policy"), nil
}

type aRequest struct {
	ID      models.ID `json:"id,string"`
	Updated time.Time `json:"updated_at"`
	Count   string    `json:"notifications_count"`
	Account anAccount `json:"account"`
	Status  *aStatus  `json:"last_status"`
}

type requestsView struct {
	Requests []aRequest
	page.Pager
}

// heldBackPage is GET /notifications/requests: people whose notifications wait.
func heldBackPage(c *call.Call) (any, error) {
	all, around, err := list[aRequest](c, "/api/v1/notifications/requests", url.Values{})
	if err != nil {
		return nil, err
	}
	return set.Show(c, http.StatusOK, "requests_held.html", page.Page{Title: set.Say(c, "held.title"), Section: "notifications", View: requestsView{all, around}})
}

// heldBackFrom is GET /notifications/requests/:id: what somebody told, and was held back.
func heldBackFrom(c *call.Call) (any, error) {
	r, err := call.Fetch[aRequest](c, http.MethodGet, "/api/v1/notifications/requests/"+c.ID("id").String(), url.Values{})
	if err != nil {
		return nil, err
	}
	v := noticesView{From: &r.Account, Request: r.ID}
	if err := v.ask(c, url.Values{"account_id": {r.Account.ID.String()}}); err != nil {
		return nil, err
	}
	return set.Show(c, http.StatusOK, "notifications.html", page.Page{
		Title: set.Say(c, "held.from", r.Account.Plain()), Section: "notifications", Scripts: []string{"reading.js"}, View: v,
	})
}

// answerHeldBack is POST /notifications/requests/:id/accept and dismiss.
func answerHeldBack(c *call.Call) (any, error) {
	act := c.Param("act")
	if !slices.Contains([]string{"accept", "dismiss"}, act) {
		return nil, noPage
	}
	if _, err := c.Ask(http.MethodPost, "/api/v1/notifications/requests/"+c.ID("id").String()+"/"+act, url.Values{}); err != nil {
		return refused(c, err)
	}
	return call.Redirect("/notifications/requests?done=held_" + act), nil
}
