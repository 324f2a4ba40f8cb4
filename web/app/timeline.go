package app

import (
	"net/http"
	"net/url"
	"strings"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

// readRoutes are the timelines.
func readRoutes() []call.Route {
	return []call.Route{
		{Method: "GET", Path: "/home", Page: true, Mode: call.Free, Handler: homeTimeline},
		{Method: "GET", Path: "/local", Page: true, Mode: call.Free, Handler: localTimeline},
		{Method: "GET", Path: "/public", Page: true, Mode: call.Free, Handler: publicTimeline},
		{Method: "GET", Path: "/bookmarks", Page: true, Mode: call.Free, Handler: bookmarks},
		{Method: "GET", Path: "/favourites", Page: true, Mode: call.Free, Handler: favourites},
		{Method: "GET", Path: "/tags/:tag", Who: call.Anyone, Page: true, Mode: call.Free, Handler: tagFor},
		{Method: "POST", Path: "/tags/:tag/:act", Page: true, Mode: call.Free, Handler: followTag},
	}
}

// A timelineView is a page of posts.
type timelineView struct {
	Statuses []aStatus
	page.Pager
	Tag    *aTag
	List   *aList
	Stream string // of the API's streams, what is new here; "" for none
	Newest string // where a script finds what is newer; "" where nothing arrives
}

// A place is a list of posts.
type place struct {
	title, section, path string
	query                url.Values
	in                   models.FilterContext
	stream               string
	tag                  *aTag
	list                 *aList
}

// readingScripts are what pages with posts run.
var readingScripts = []string{"reading.js", "arrivals.js"}

// show asks for the place's posts and shows them, or that part of the page alone.
func (p place) show(c *call.Call) (any, error) {
	if p.query == nil {
		p.query = url.Values{}
	}
	all, around, err := statuses(c, p.path, p.query, p.in)
	if err != nil {
		return nil, err
	}
	v := timelineView{Statuses: all, Pager: around, Tag: p.tag, List: p.list}
	if p.stream != "" && c.Query("max_id") == "" {
		v.Stream, v.Newest = p.stream, c.Request.URL.EscapedPath()
	}
	name := "timeline.html"
	if part(c) {
		name = "fragment.html"
	}
	return set.Show(c, http.StatusOK, name, page.Page{Title: p.title, Section: p.section, Scripts: readingScripts, View: v})
}

func homeTimeline(c *call.Call) (any, error) {
	return place{title: set.Say(c, "timeline.home"), section: "home", path: "/api/v1/timelines/home", in: models.FilterHome, stream: "user"}.show(c)
}

func localTimeline(c *call.Call) (any, error) {
	return place{
		title: set.Say(c, "timeline.local"), section: "local", path: "/api/v1/timelines/public", query: url.Values{"local": {"true"}},
		in: models.FilterPublic, stream: "public/local",
	}.show(c)
}

func publicTimeline(c *call.Call) (any, error) {
	return place{title: set.Say(c, "timeline.public"), section: "public", path: "/api/v1/timelines/public", in: models.FilterPublic, stream: "public"}.show(c)
}

func bookmarks(c *call.Call) (any, error) {
	return place{title: set.Say(c, "timeline.bookmarks"), section: "bookmarks", path: "/api/v1/bookmarks"}.show(c)
}

func favourites(c *call.Call) (any, error) {
	return place{title: set.Say(c, "timeline.favourites"), section: "favourites", path: "/api/v1/favourites"}.show(c)
}

// tagTimeline is GET /tags/:tag for who is signed in.
func tagTimeline(c *call.Call) (any, error) {
	at := "/" + url.PathEscape(c.Param("tag"))
	tag, err := call.Fetch[aTag](c, http.MethodGet, "/api/v1/tags"+at, url.Values{})
	if err != nil {
		return nil, err
	}
	return place{
		title: "#" + tag.Name, section: "tags", path: "/api/v1/timelines/tag" + at, in: models.FilterPublic, tag: &tag,
		stream: "hashtag?tag=" + url.QueryEscape(tag.Name),
	}.show(c)
}

// followTag is POST /tags/:tag/follow and unfollow.
func followTag(c *call.Call) (any, error) {
	act := c.Param("act")
	if act != "follow" && act != "unfollow" {
		return nil, noPage
	}
	at := url.PathEscape(c.Param("tag"))
	if _, err := c.Ask(http.MethodPost, "/api/v1/tags/"+at+"/"+act, url.Values{}); err != nil {
		return refused(c, err)
	}
	return call.Redirect("/tags/" + at + "?done=tag_" + act), nil
}

var noPage = models.Errorf(models.NotFound, "there is no such page here")

// acct is a name as the API takes it.
func acct(name string) string { return strings.TrimPrefix(strings.TrimSpace(name), "@") }
