package app

import (
	"net/http"
	"net/url"
	"strings"

	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
	"ensemble/web/page"
)

// onTag is how many posts are on the page of a hashtag, and in its feeds.
const onTag = 20

// A tagView is what carries a hashtag, as everybody sees it.
type tagView struct {
	Name   string
	People int // who used it in the last week
	Posts  []postView
	page.Pager
}

// tagFor is GET /tags/:tag: with the ending of a feed it is that feed, for everybody.
func tagFor(c *call.Call) (any, error) {
	if _, ending := cutFeed(c.Param("tag")); ending != "" {
		return inRead(c, publicTag)
	}
	return signedIn(tagTimeline, publicTag)(c)
}

// publicTag is the page of a hashtag for everybody. No search engine is to list it: what
// is on it is found where it was said, if its author wants that.
func publicTag(c *call.Call) (any, error) {
	name, ending := cutFeed(c.Param("tag"))
	if !text.IsTag(name) || c.WantsActivity() {
		return nil, noTag
	}
	name = strings.ToLower(name)
	w := window(c, onTag)
	found, err := store.PublicPosts(c.Tx, store.Publics{Tag: name}, w)
	if err != nil {
		return nil, err
	}
	ids, around := turn(c, w, found)
	v := tagView{Name: name, Pager: around}
	if v.Posts, err = viewPosts(c.Tx, ids); err != nil {
		return nil, err
	}
	at := c.Site.IRI("/tags/" + url.PathEscape(name))
	tell := set.Say(c, "tag.tell", "#"+name, page.Title(c))
	if ending != "" {
		return feed{Title: "#" + name, Tell: tell, At: at, Posts: v.Posts}.answer(c, ending)
	}
	used, err := store.TagHistory(c.Tx, []string{name}, 7)
	for _, day := range used {
		v.People += day.Accounts
	}
	if err != nil {
		return nil, err
	}
	return set.Show(c, http.StatusOK, "tag.html", page.Page{
		Title: "#" + name, Tell: tell, Self: at, Image: v.picture(c), Kind: "website", Feeds: feedsOf(at), View: v,
	})
}

var noTag = models.Errorf(models.NotFound, "there is no such hashtag")

// picture is what previews of the page show: the newest picture that nobody covered.
func (v tagView) picture(c *call.Call) models.IRI {
	for _, p := range v.Posts {
		if a := p.picture(); a != nil {
			return a.URL
		}
	}
	return c.Site.IRI("/share.png")
}
