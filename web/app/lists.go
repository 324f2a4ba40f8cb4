package app

import (
	"net/http"
	"net/url"
	"time"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

// listRoutes are lists of people, and conversations between few.
func listRoutes() []call.Route {
	const all, one = "/lists", "/lists/:id"
	return []call.Route{
		{Method: "GET", Path: all, Page: true, Mode: call.Free, Handler: listsPage},
		{Method: "POST", Path: all, Page: true, Mode: call.Free, Handler: makeList},
		{Method: "GET", Path: one, Page: true, Mode: call.Free, Handler: listTimeline},
		{Method: "GET", Path: one + "/edit", Page: true, Mode: call.Free, Handler: listEditPage},
		{Method: "POST", Path: one, Page: true, Mode: call.Free, Handler: changeList},
		{Method: "POST", Path: one + "/:act", Page: true, Mode: call.Free, Handler: listAct},
		{Method: "GET", Path: "/conversations", Page: true, Mode: call.Free, Handler: conversations},
		{Method: "POST", Path: "/conversations/:id/:act", Page: true, Mode: call.Free, Handler: conversationAct},
	}
}

type aList struct {
	ID        models.ID            `json:"id,string"`
	Title     string               `json:"title"`
	Replies   models.RepliesPolicy `json:"replies_policy"`
	Exclusive bool                 `json:"exclusive"`
}

// Policies are what replies a list can hold.
func (aList) Policies() []models.RepliesPolicy {
	return []models.RepliesPolicy{models.RepliesList, models.RepliesFollowed, models.RepliesNone}
}

type listsView struct {
	Lists []aList
	New   aList // as it was typed
}

// listsPage is GET /lists.
func listsPage(c *call.Call) (any, error) {
	return showLists(c, http.StatusOK, aList{Replies: models.RepliesList}, "")
}

func showLists(c *call.Call, code int, typed aList, wrong string) (any, error) {
	all, err := call.Fetch[[]aList](c, http.MethodGet, "/api/v1/lists", url.Values{})
	if err != nil {
		return nil, err
	}
	return set.Show(c, code, "lists.html", page.Page{Title: set.Say(c, "lists.title"), Section: "lists", Wrong: wrong, View: listsView{all, typed}})
}

// typedList is a list as a form says it.
func typedList(c *call.Call) (aList, url.Values) {
	l := aList{Title: c.Str("title"), Replies: models.RepliesPolicy(c.Str("replies_policy")), Exclusive: c.Bool("exclusive")}
	q := url.Values{"title": {l.Title}, "replies_policy": {string(l.Replies)}, "exclusive": {"false"}}
	if l.Exclusive {
		q.Set("exclusive", "true")
	}
	return l, q
}

// makeList is POST /lists.
func makeList(c *call.Call) (any, error) {
	l, q := typedList(c)
	made, err := call.Fetch[aList](c, http.MethodPost, "/api/v1/lists", q)
	if code := call.StatusOf(err); err != nil && code < http.StatusInternalServerError {
		return showLists(c, code, l, set.Refusal(c, err))
	}
	if err != nil {
		return nil, err
	}
	return call.Redirect("/lists/" + made.ID.String() + "/edit?done=list_made"), nil
}

func listPath(c *call.Call) string { return "/api/v1/lists/" + c.ID("id").String() }

// listTimeline is GET /lists/:id.
func listTimeline(c *call.Call) (any, error) {
	l, err := call.Fetch[aList](c, http.MethodGet, listPath(c), url.Values{})
	if err != nil {
		return nil, err
	}
	id := l.ID.String()
	return place{
		title: l.Title, section: "list", path: "/api/v1/timelines/list/" + id, in: models.FilterHome, list: &l, stream: "list?list=" + id,
	}.show(c)
}

type listView struct {
	List    aList
	Members []anAccount
	Query   string
	Found   []anAccount // who may be added
}

// Has reports whether somebody is on the list.
func (v listView) Has(a anAccount) bool {
	for _, m := range v.Members {
		if m.ID == a.ID {
			return true
		}
	}
	return false
}

// listEditPage is GET /lists/:id/edit: what it is called, who is on it, and its end.
func listEditPage(c *call.Call) (any, error) {
	l, err := call.Fetch[aList](c, http.MethodGet, listPath(c), url.Values{})
	if err != nil {
		return nil, err
	}
	return showList(c, http.StatusOK, l, "")
}

func showList(c *call.Call, code int, l aList, wrong string) (any, error) {
	v := listView{List: l, Query: c.Query("q")}
	var err error
	if v.Members, err = call.Fetch[[]anAccount](c, http.MethodGet, listPath(c)+"/accounts", url.Values{"limit": {"0"}}); err != nil {
		return nil, err
	}
	if v.Query != "" {
		q := url.Values{"q": {v.Query}, "following": {"true"}, "limit": {"20"}}
		if v.Found, err = call.Fetch[[]anAccount](c, http.MethodGet, "/api/v1/accounts/search", q); err != nil {
			return nil, err
		}
	}
	return set.Show(c, code, "list.html", page.Page{Title: set.Say(c, "lists.edit", l.Title), Section: "lists", Wrong: wrong, View: v})
}

// changeList is POST /lists/:id.
func changeList(c *call.Call) (any, error) {
	l, q := typedList(c)
	l.ID = c.ID("id")
	_, err := c.Ask(http.MethodPut, listPath(c), q)
	if code := call.StatusOf(err); err != nil && code < http.StatusInternalServerError && code != http.StatusNotFound {
		return showList(c, code, l, set.Refusal(c, err))
	}
	if err != nil {
		return nil, err
	}
	return call.Redirect("/lists/" + l.ID.String() + "?done=list_changed"), nil
}

// listAct is POST /lists/:id/delete, add and remove.
func listAct(c *call.Call) (any, error) {
	to, q := "/lists/"+c.ID("id").String()+"/edit", url.Values{"account_ids[]": {c.ID("account").String()}}
	var err error
	switch c.Param("act") {
	case "delete":
		_, err = c.Ask(http.MethodDelete, listPath(c), nil)
		to = "/lists?done=list_deleted"
	case "add":
		_, err = c.Ask(http.MethodPost, listPath(c)+"/accounts", q)
		to += "?done=list_added"
	case "remove":
		_, err = c.Ask(http.MethodDelete, listPath(c)+"/accounts", q)
		to += "?done=list_removed"
	default:
		return nil, noPage
	}
	if err != nil {
		return refused(c, err)
	}
	return call.Redirect(to), nil
}

type aConversation struct {
	ID       models.ID   `json:"id,string"`
	Unread   bool        `json:"unread"`
	Accounts []anAccount `json:"accounts"`
	Last     *aStatus    `json:"last_status"`
}

// At is when something was said last.
func (v aConversation) At() time.Time { return v.Last.CreatedAt }

type conversationsView struct {
	Conversations []aConversation
	page.Pager
}

// conversations is GET /conversations.
func conversations(c *call.Call) (any, error) {
	all, around, err := list[aConversation](c, "/api/v1/conversations", url.Values{})
	if err != nil {
		return nil, err
	}
	return set.Show(c, http.StatusOK, "conversations.html", page.Page{
		Title: set.Say(c, "talks.title"), Section: "conversations", View: conversationsView{all, around},
	})
}

// conversationAct is POST /conversations/:id/read, unread, open and delete.
func conversationAct(c *call.Call) (any, error) {
	at, act := "/api/v1/conversations/"+c.ID("id").String(), c.Param("act")
	var err error
	switch act {
	case "read", "unread":
		_, err = c.Ask(http.MethodPost, at+"/"+act, nil)
	case "open":
		talk, err := call.Fetch[aConversation](c, http.MethodPost, at+"/read", nil)
		if err != nil || talk.Last == nil {
			return refused(c, first(err, noPage))
		}
		return call.Redirect(talk.Last.Page()), nil
	case "delete":
		_, err = c.Ask(http.MethodDelete, at, nil)
	default:
		return nil, noPage
	}
	if err != nil {
		return refused(c, err)
	}
	return call.Redirect("/conversations?done=talk_" + act), nil
}
