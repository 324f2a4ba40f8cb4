package app

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
	"ensemble/web/page"
)

// threadRoutes are the page of a post for who is signed in, and what one does with it.
func threadRoutes() []call.Route {
	const one = "/statuses/:id"
	return []call.Route{
		{Method: "GET", Path: one, Page: true, Mode: call.Free, Handler: statusPage},
		{Method: "GET", Path: one + "/history", Page: true, Mode: call.Free, Handler: historyPage},
		{Method: "GET", Path: one + "/favourites", Page: true, Mode: call.Free, Handler: favouritesPage},
		{Method: "GET", Path: one + "/boosts", Page: true, Mode: call.Free, Handler: boostsPage},
		{Method: "GET", Path: one + "/quotes", Page: true, Mode: call.Free, Handler: quotesPage},
		{Method: "GET", Path: one + "/delete", Page: true, Mode: call.Free, Handler: deletePage},
		{Method: "POST", Path: one + "/:act", Page: true, Mode: call.Free, Handler: act},
	}
}

type threadView struct {
	Ancestors, Replies []aStatus
	Status             aStatus
	Back               string
}

// thread is GET /@name/id for who is signed in: a post with what it answers and what
// answers it, wherever it is from.
func thread(c *call.Call) (any, error) {
	var id models.ID
	err := c.InRead(func(*store.Tx) error {
		a, err := named(c)
		if err != nil {
			return err
		}
		p, err := find(c, a)
		if err == nil {
			id = p.ID
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	s, err := status(c, id)
	if err != nil {
		return nil, err
	}
	if own := s.Account.Page(); !strings.EqualFold(own, "/@"+c.Param("name")) || s.ID != c.ID("id") {
		return call.Redirect(s.Page()), nil // it has one address
	}
	v := threadView{Status: s}
	around, err := call.Fetch[struct {
		Ancestors   []aStatus `json:"ancestors"`
		Descendants []aStatus `json:"descendants"`
	}](c, http.MethodGet, "/api/v1/statuses/"+s.ID.String()+"/context", url.Values{"byline": {"0"}})
	if err != nil {
		return nil, err
	}
	v.Status.Large = true
	v.Ancestors = veiled(c.MyID(), models.FilterThread, around.Ancestors)
	v.Replies = nested(s.ID, veiled(c.MyID(), models.FilterThread, around.Descendants))
	return set.Show(c, http.StatusOK, "thread.html", page.Page{
		Title: set.Say(c, "thread.title", s.Account.Plain()), Self: s.URL, URI: s.URI, Scripts: readingScripts, View: v,
	})
}

// deepest is how far replies are set in: phones are narrow.
const deepest = 4

// nested says of each reply how deep in the thread it is.
func nested(root models.ID, replies []aStatus) []aStatus {
	depth := map[models.ID]int{root: 0}
	for i := range replies {
		if to := replies[i].InReplyToID; to != nil {
			if d, ok := depth[*to]; ok {
				depth[replies[i].ID] = d + 1
				replies[i].Depth = min(d, deepest)
			}
		}
	}
	return replies
}

// statusPage is GET /statuses/:id, which leads to the page of the post; or the post as
// part of a page.
func statusPage(c *call.Call) (any, error) {
	s, err := status(c, c.ID("id"))
	if err != nil {
		return nil, err
	}
	if part(c) {
		return set.Show(c, http.StatusOK, "fragment.html", page.Page{View: timelineView{Statuses: []aStatus{s}}})
	}
	return call.Redirect(s.Proper().Page()), nil
}

// acts are what can be done with a post by a call of the same name.
var acts = map[string]bool{
	"favourite": true, "unfavourite": true, "reblog": true, "unreblog": true, "bookmark": true, "unbookmark": true,
	"mute": true, "unmute": true, "pin": true, "unpin": true,
}

// act is POST /statuses/:id/:act, and leads back to where it was done.
func act(c *call.Call) (any, error) {
	id, does := c.ID("id").String(), c.Param("act")
	var err error
	switch {
	case acts[does]:
		_, err = c.Ask(http.MethodPost, "/api/v1/statuses/"+id+"/"+does, nil)
	case does == "react" || does == "unreact":
		_, err = c.Ask(http.MethodPost, "/api/v1/statuses/"+id+"/"+does+"/"+url.PathEscape(c.Str("emoji")), nil)
	case does == "vote":
		_, err = c.Ask(http.MethodPost, "/api/v1/polls/"+c.ID("poll").String()+"/votes", url.Values{"choices[]": c.Strs("choices")})
	case does == "delete":
		if _, err = c.Ask(http.MethodDelete, "/api/v1/statuses/"+id, nil); err == nil {
			return call.Redirect("/home?done=post_deleted"), nil
		}
	default:
		return nil, noPage
	}
	if err != nil {
		return refused(c, err)
	}
	return back(c, "status-"+id), nil
}

// deletePage is GET /statuses/:id/delete, which asks whether that is meant.
func deletePage(c *call.Call) (any, error) {
	s, err := status(c, c.ID("id"))
	if err != nil {
		return nil, err
	}
	if !s.Mine(c.Me.Handle(c.Site)) {
		return nil, models.Errorf(models.Forbidden, "that post is not yours")
	}
	return set.Show(c, http.StatusOK, "post_delete.html", page.Page{Title: set.Say(c, "thread.delete_title"), Shape: "narrow", View: s})
}

func favouritesPage(c *call.Call) (any, error) { return reactors(c, "favourited_by") }
func boostsPage(c *call.Call) (any, error)     { return reactors(c, "reblogged_by") }

// reactors shows who did something with a post.
func reactors(c *call.Call, what string) (any, error) {
	s, err := status(c, c.ID("id"))
	if err != nil {
		return nil, err
	}
	who, around, err := list[anAccount](c, "/api/v1/statuses/"+s.ID.String()+"/"+what, url.Values{})
	if err != nil {
		return nil, err
	}
	return showPeople(c, peopleView{Title: set.Say(c, "thread."+what), Empty: "people.empty." + what, To: s.Page(), ToLabel: set.Say(c, "thread.back"), People: who, Pager: around})
}

// quotesPage is GET /statuses/:id/quotes.
func quotesPage(c *call.Call) (any, error) {
	id := c.ID("id").String()
	return place{title: set.Say(c, "thread.quotes"), section: "quotes", path: "/api/v1/statuses/" + id + "/quotes", in: models.FilterThread}.show(c)
}

type anEdit struct {
	Content          string    `json:"content"`
	SpoilerText      string    `json:"spoiler_text"`
	Sensitive        bool      `json:"sensitive"`
	CreatedAt        time.Time `json:"created_at"`
	MediaAttachments []aMedium `json:"media_attachments"`
	Emojis           []anEmoji `json:"emojis"`
	Poll             *struct {
		Options []struct {
			Title string `json:"title"`
		} `json:"options"`
	} `json:"poll"`
}

type historyView struct {
	Status   aStatus
	Versions []versionView // the newest first
}

// A versionView is a version of a post, as words that stayed, came and went.
type versionView struct {
	At             time.Time
	First          bool
	Warning, Text  []change
	Media, Choices []string // what is there, in words
	MediaChanged   bool
}

// historyPage is GET /statuses/:id/history: every version beside the one before it.
func historyPage(c *call.Call) (any, error) {
	s, err := status(c, c.ID("id"))
	if err != nil {
		return nil, err
	}
	edits, err := call.Fetch[[]anEdit](c, http.MethodGet, "/api/v1/statuses/"+s.ID.String()+"/history", url.Values{})
	if err != nil {
		return nil, err
	}
	v := historyView{Status: s}
	for i := range edits {
		before := anEdit{}
		if i > 0 {
			before = edits[i-1]
		}
		v.Versions = append([]versionView{compare(before, edits[i], i == 0)}, v.Versions...)
	}
	return set.Show(c, http.StatusOK, "edits.html", page.Page{Title: set.Say(c, "edits.title"), View: v})
}

func compare(before, e anEdit, first bool) versionView {
	v := versionView{At: e.CreatedAt, First: first}
	was, is := textOf(before.Content), textOf(e.Content)
	if first {
		was, before.SpoilerText = is, e.SpoilerText
	}
	v.Text, v.Warning = differences(was, is), differences(before.SpoilerText, e.SpoilerText)
	old := ""
	for _, m := range before.MediaAttachments {
		old += m.ID + m.URL + m.Description
	}
	now := ""
	for _, m := range e.MediaAttachments {
		now += m.ID + m.URL + m.Description
		v.Media = append(v.Media, or(m.Description, m.Type))
	}
	if e.Poll != nil {
		for _, o := range e.Poll.Options {
			v.Choices = append(v.Choices, o.Title)
		}
	}
	v.MediaChanged = !first && old != now
	return v
}
