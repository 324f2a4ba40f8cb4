package app

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

// collabRoutes are the pages of what several people write, for those people.
func collabRoutes() []call.Route {
	const one = "/collabs/:id"
	get := func(path string, h call.Handler) call.Route {
		return call.Route{Method: "GET", Path: path, Page: true, Mode: call.Free, Handler: h}
	}
	post := func(path string, h call.Handler) call.Route {
		return call.Route{Method: "POST", Path: path, Page: true, Mode: call.Free, Handler: h}
	}
	return []call.Route{
		get("/collabs", collabsPage), get(one, collabPage), get(one+"/audit", auditPage), get(one+"/history.json", exportCollab),
		get(one+"/reach", reachPage), get(one+"/revise", revisePage), get(one+"/preview", previewPage),
		{Method: "POST", Path: one + "/revise", Page: true, Mode: call.Free, MaxBody: 110 << 20, Handler: reviseCollab},
		post(one+"/changes/:change", takeChange), post(one+"/replies/:reply/remove", removeReply), post(one+"/act/:act", actOnCollab),
	}
}

// folders are the states that are shown together.
var folders = []struct {
	Name   string
	States []string
}{
	{"open", []string{"draft", "offered", "revising"}},
	{"published", []string{"published", "revising"}},
	{"over", []string{"discarded", "deleted"}},
}

type collabsView struct {
	Folder       string
	Folders      []page.Entry
	Collabs      []aCollab
	Newer, Older string
}

// collabsPage is GET /collabs: those I started or was asked to join.
func collabsPage(c *call.Call) (any, error) {
	v := collabsView{Folder: c.Query("state")}
	at := slices.IndexFunc(folders, func(f struct {
		Name   string
		States []string
	}) bool {
		return f.Name == v.Folder
	})
	if at < 0 {
		at, v.Folder = 0, folders[0].Name
	}
	for i, f := range folders {
		v.Folders = append(v.Folders, page.Entry{To: "/collabs?state=" + f.Name, Label: set.Say(c, "collabs."+f.Name), Current: i == at})
	}
	const limit = 20
	var err error
	v.Collabs, err = collabsOf(c, url.Values{"state[]": folders[at].States, "max_id": {c.Query("max_id")}, "limit": {"20"}})
	if err != nil {
		return nil, err
	}
	if n := len(v.Collabs); n == limit {
		v.Older = "/collabs?state=" + v.Folder + "&max_id=" + v.Collabs[n-1].ID.String()
	}
	return set.Show(c, http.StatusOK, "collabs.html", page.Page{
		Title: set.Say(c, "collabs.title"), Section: "collabs", Tabs: rooms(c, "/collabs"), View: v,
	})
}

// A collabView is a collab with all that its people can do.
type collabView struct {
	Collab  aCollab
	Changes []wishView
	Replies []aStatus // that can be taken out of the thread
	Names   string    // what was typed to invite more people
	As      string
	Labels  []models.CreditLabel
}

// A wishView is a change that somebody wishes for, beside what there is.
type wishView struct {
	aChange
	Diff []change
}

// A sureAct is something that a form of the page does, when one is sure of it.
type sureAct struct {
	Act, Page string
	Bad       bool // it cannot be undone
}

// Acts are those that need no more than that one is sure.
func (v collabView) Acts() (acts []sureAct) {
	for _, name := range []string{"publish", "hide", "unhide", "keep", "leave", "withdraw", "discard"} {
		if !v.Collab.May(name) || name == "hide" && v.Collab.Hidden || name == "unhide" && !v.Collab.Hidden {
			continue
		}
		acts = append(acts, sureAct{name, v.Collab.Page(), name == "leave" || name == "withdraw" || name == "discard"})
	}
	return acts
}

// labels are what a credit can be for, in the order in which they are offered.
var labels = []models.CreditLabel{
	models.CreditPhoto, models.CreditIllustration, models.CreditMusic, models.CreditVideo, models.CreditText, models.CreditTranslation,
	models.CreditDesign, models.CreditSource, models.CreditAuthor,
}

// collabPage is GET /collabs/:id.
func collabPage(c *call.Call) (any, error) { return showCollab(c, page.Page{}, http.StatusOK) }

func showCollab(c *call.Call, p page.Page, status int) (any, error) {
	one, err := collabOf(c)
	if err != nil {
		return nil, err
	}
	for i, inv := range one.Invitees {
		one.Invitees[i].Remindable = inv.RemindFrom != nil && !c.Now().Before(*inv.RemindFrom)
	}
	v := collabView{Collab: one, Labels: labels, Names: c.Str("acct"), As: c.Str("as")}
	if err := v.wishes(c); err != nil {
		return nil, err
	}
	if one.Live() && (one.Mine() || one.May("leave")) {
		if v.Replies, err = repliesTo(c, *one.StatusID); err != nil {
			return nil, err
		}
	}
	p.Title, p.Section, p.Tabs, p.View = or(one.Begins(), set.Say(c, "collab.untitled")), "collabs", rooms(c, "/collabs"), v
	p.Scripts = append(p.Scripts, "collab.js")
	return set.Show(c, status, "collab.html", p)
}

func (v *collabView) wishes(c *call.Call) error {
	if len(v.Collab.Changes) == 0 {
		return nil
	}
	versions, err := call.Fetch[[]aVersion](c, http.MethodGet, collabAt(c)+"/versions", nil)
	if call.StatusOf(err) == http.StatusForbidden { // out of it, and shown no words
		return nil
	}
	for _, w := range v.Collab.Changes {
		wish := wishView{aChange: w}
		for _, version := range versions {
			if w.Wording != nil && version.Revision == w.Revision {
				wish.Diff = differences(version.Text, *w.Wording)
			}
		}
		v.Changes = append(v.Changes, wish)
	}
	return err
}

// repliesTo are the answers below a post.
func repliesTo(c *call.Call, id models.ID) ([]aStatus, error) {
	thread, err := call.Fetch[struct {
		Descendants []aStatus `json:"descendants"`
	}](c, http.MethodGet, "/api/v1/statuses/"+id.String()+"/context", nil)
	if call.StatusOf(err) == http.StatusNotFound {
		return nil, nil
	}
	return thread.Descendants[:min(50, len(thread.Descendants))], err
}

// collabActs are what a form of the page may do, with the fields that it sends on.
var collabActs = map[string][]string{
	"leave": nil, "withdraw": nil, "hide": nil, "unhide": nil, "publish": nil, "keep": nil, "discard": nil,
	"remove": {"account_id"}, "remind": {"account_id"}, "schedule": {"scheduled_at"}, "invite": {"acct", "as"},
}

// actOnCollab is POST /collabs/:id/act/:act.
func actOnCollab(c *call.Call) (any, error) {
	act := c.Param("act")
	fields, known := collabActs[act]
	if !known {
		return nil, models.Errorf(models.NotFound, "there is no such page here")
	}
	method, path, params := http.MethodPost, collabAt(c)+"/"+act, url.Values{}
	for _, f := range fields {
		params.Set(f, c.Str(f))
	}
	switch act {
	case "discard":
		method, path = http.MethodDelete, collabAt(c)
	case "invite":
		params = invitation(c)
	case "schedule":
		params.Set("scheduled_at", utcMoment(c.Str("scheduled_at")))
	}
	r, err := c.Ask(method, path, params)
	if err != nil {
		return mended(c, err, func(p page.Page, status int) (any, error) { return showCollab(c, p, status) })
	}
	if act == "publish" || act == "keep" {
		return toPost(r)
	}
	return call.Redirect("/collabs/" + c.ID("id").String() + "?done=collab." + act), nil
}

// invitation is somebody to ask as the form names them: a co-author, or who is thanked
// for a part.
func invitation(c *call.Call) url.Values {
	who := strings.TrimPrefix(strings.TrimSpace(c.Str("acct")), "@")
	params := url.Values{"coauthors[0][acct]": {who}, "coauthors[0][role]": {string(models.RoleCoauthor)}}
	if as := c.Str("as"); as != "" {
		params.Set("coauthors[0][role]", string(models.RoleCredit))
		params.Set("coauthors[0][as]", as)
	}
	return params
}

// utcMoment is a time that a form sent, without seconds and in UTC, as the API reads it.
func utcMoment(s string) string {
	if t, err := time.Parse("2006-01-02T15:04", s); err == nil {
		return t.Format(time.RFC3339)
	}
	return s
}

// removeReply is POST /collabs/:id/replies/:reply/remove.
func removeReply(c *call.Call) (any, error) {
	if _, err := c.Ask(http.MethodPost, collabAt(c)+"/replies/"+c.ID("reply").String()+"/remove", nil); err != nil {
		return mended(c, err, func(p page.Page, status int) (any, error) { return showCollab(c, p, status) })
	}
	return call.Redirect("/collabs/" + c.ID("id").String() + "?done=collab.reply_removed"), nil
}

// takeChange is POST /collabs/:id/changes/:change: the text that somebody wishes for
// becomes the next version.
func takeChange(c *call.Call) (any, error) {
	one, err := collabOf(c)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(one.Changes, func(w aChange) bool { return w.ID == c.ID("change") && w.Wording != nil && w.Open })
	if at < 0 {
		return call.Redirect(one.Page()), nil
	}
	if _, err := c.Ask(http.MethodPost, collabAt(c)+"/revise", url.Values{"status": {*one.Changes[at].Wording}}); err != nil {
		return mended(c, err, func(p page.Page, status int) (any, error) { return showCollab(c, p, status) })
	}
	return call.Redirect(one.Page() + "?done=collab.revised"), nil
}

// previewPage is GET /collabs/:id/preview: the post by the eyes of others, for who
// started it.
func previewPage(c *call.Call) (any, error) {
	v, err := readRequest(c)
	if err != nil {
		return nil, err
	}
	if v.Preview.Revision == 0 {
		if v.Preview, err = call.Fetch[aPreview](c, http.MethodGet, collabAt(c)+"/preview", nil); err != nil {
			return nil, err
		}
	}
	return set.Show(c, http.StatusOK, "preview.html", page.Page{
		Title: set.Say(c, "preview.title"), Section: "collabs", Tabs: rooms(c, "/collabs"), Shape: "wide", View: v,
	})
}

// An auditView is the trail of a collab, and whether its chain holds.
type auditView struct {
	Collab aCollab     `json:"collab"`
	Events []anEvent   `json:"events"`
	Broken int         `json:"first_broken"`
	Method string      `json:"method"`
	Names  []anAccount `json:"-"`
}

// Who is how an actor is shown: by name, if they are one of its people.
func (v auditView) Who(actor models.IRI) string {
	for _, a := range v.Names {
		if a.URI == actor {
			return nameOf(a)
		}
	}
	return string(actor)
}

// About is whom or what the reason of an event names, if it is no sentence.
func (v auditView) About(e anEvent) string {
	if name := v.Who(models.IRI(e.Reason)); name != e.Reason {
		return name
	}
	return e.Reason
}

// auditPage is GET /collabs/:id/audit.
func auditPage(c *call.Call) (any, error) {
	v, err := call.Fetch[auditView](c, http.MethodGet, collabAt(c)+"/history.json", nil)
	if err != nil {
		return nil, err
	}
	v.Names = append(v.Names, v.Collab.Initiator)
	for _, i := range v.Collab.Invitees {
		v.Names = append(v.Names, i.Account)
	}
	return set.Show(c, http.StatusOK, "audit.html", page.Page{
		Title: set.Say(c, "audit.title"), Section: "collabs", Tabs: rooms(c, "/collabs"), Shape: "wide", View: v,
	})
}

// exportCollab is GET /collabs/:id/history.json: the same to keep.
func exportCollab(c *call.Call) (any, error) {
	r, err := c.Ask(http.MethodGet, collabAt(c)+"/history.json", nil)
	if err != nil {
		return nil, err
	}
	a := call.Raw("application/json", r.Body)
	a.Header = http.Header{"Content-Disposition": r.Header.Values("Content-Disposition")}
	return a, nil
}

// A reachView is how far a post went among the reader's own followers.
type reachView struct {
	Collab    aCollab
	AsOf      string `json:"as_of"`
	Threshold int    `json:"threshold"`
	Measures  []struct {
		Code    string `json:"code"`
		AtLeast *int   `json:"at_least"`
	} `json:"measures"`
}

// Day is when the numbers were made.
func (v reachView) Day() time.Time {
	t, _ := time.Parse(time.DateOnly, v.AsOf) // zero, if it cannot be read
	return t
}

// Few are the measures that stand for too few people to be told.
func (v reachView) Few() (codes []string) {
	for _, m := range v.Measures {
		if m.AtLeast == nil {
			codes = append(codes, m.Code)
		}
	}
	return codes
}

// Most is the largest number.
func (v reachView) Most() int {
	most := 1
	for _, m := range v.Measures {
		if m.AtLeast != nil {
			most = max(most, *m.AtLeast)
		}
	}
	return most
}

// reachPage is GET /collabs/:id/reach.
func reachPage(c *call.Call) (any, error) {
	one, err := collabOf(c)
	if err != nil {
		return nil, err
	}
	v, err := call.Fetch[reachView](c, http.MethodGet, collabAt(c)+"/reach", nil)
	if err != nil {
		return mended(c, err, func(p page.Page, status int) (any, error) { return showCollab(c, p, status) })
	}
	v.Collab = one
	return set.Show(c, http.StatusOK, "reach.html", page.Page{
		Title: set.Say(c, "reach.title"), Section: "collabs", Tabs: rooms(c, "/collabs"), View: v,
	})
}
