package app

import (
	"html/template"
	"net/http"
	"strings"
	"time"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
	"ensemble/web/page"
)

const onProfile = 20 // posts on a profile's page

// profile is GET /@name and the lists below it, and sends on to where those live who live
// elsewhere.
func profile(c *call.Call) (any, error) {
	name, ending := cutFeed(c.Param("name"))
	a, err := accountNamed(c, name)
	switch {
	case err != nil:
		return nil, err
	case c.WantsActivity():
		return elsewhere(a.URI), nil
	case !a.Local():
		return elsewhere(a.URL), nil
	}
	w := window(c, onProfile)
	tab := tabOf(c)
	entries, err := store.ProfilePosts(c.Tx, store.Profile{
		Of: a.ID, NoReplies: tab == "", NoBoosts: true, Media: tab == "media", Collabs: tab == "collabs", Agreed: tab == "collabs",
	}, w)
	if err != nil {
		return nil, err
	}
	ids, around := turn(c, w, entries)
	posts, err := viewPosts(c.Tx, ids)
	if err != nil {
		return nil, err
	}
	if ending != "" {
		return feed{
			Title: set.Say(c, "feed.posts", a.Name()), Tell: firstWords(a.NoteSource), At: a.URL, Image: viewAccount(c.Site, a).Avatar, Posts: posts,
		}.answer(c, ending)
	}
	v := profileView{Tab: tab, accountView: viewAccount(c.Site, a), Note: template.HTML(a.Note), Posts: posts} //nolint:gosec // sanitised where it came in
	v.Header = c.Site.Proxied(models.ProxyAccount, a.ID, "header", models.IRI(a.HeaderURL))
	v.Joined, v.URI = a.CreatedAt, a.URI
	if v.Moved, err = movedTo(c, a); err != nil {
		return nil, err
	}
	v.Pager = around
	at := a.URL
	if tab != "" {
		at += models.IRI("/" + tab)
	}
	v.Followers, v.Following, v.Count = a.FollowersCount, a.FollowingCount, a.PostsCount
	for _, f := range a.Fields {
		v.Fields = append(v.Fields, fieldView{f.Name, template.HTML(f.Value), f.VerifiedAt != nil}) //nolint:gosec // sanitised
	}
	return set.Show(c, http.StatusOK, "profile.html", page.Page{
		Title: a.Name() + " (" + v.Handle + ")", Tell: firstWords(a.NoteSource), Self: at, URI: a.URI, Image: v.Avatar,
		Kind: "profile", Feeds: feedsOf(a.URL), Index: a.Indexable, View: v,
	})
}

// named returns the account of the path: a name, or name@domain.
func named(c *call.Call) (*models.Account, error) { return accountNamed(c, c.Param("name")) }

func accountNamed(c *call.Call, handle string) (*models.Account, error) {
	name, domain, _ := strings.Cut(handle, "@")
	if strings.EqualFold(domain, c.Site.Domain) {
		domain = ""
	}
	a, err := store.One[models.Account](c.Tx, "lower(username) = ? AND domain = ?", strings.ToLower(name), strings.ToLower(domain))
	switch {
	case err != nil:
		return nil, err
	case a.System, a.State == models.AccountPending:
		return nil, models.Errorf(models.NotFound, "there is no such account here")
	case !a.Active():
		return nil, models.Errorf(models.Gone, "this account is no longer here")
	}
	return a, nil
}

// elsewhere sends to an address that may be another server's.
func elsewhere(to models.IRI) call.Answer {
	if to.Origin() == "" {
		return call.Answer{Status: http.StatusNotFound, Type: "text/plain; charset=utf-8"}
	}
	a := call.Redirect(page.Escape(to))
	a.Status = http.StatusFound
	a.Header = http.Header{"Vary": {"Accept"}}
	return a
}

type profileView struct {
	accountView
	Tab                         string // one of profileTabs
	Note                        template.HTML
	Fields                      []fieldView
	Followers, Following, Count int
	Posts                       []postView
	Header, URI                 models.IRI
	Joined                      time.Time
	Moved                       *accountView // where they live now
	page.Pager
}

// Path is where the profile is here.
func (v profileView) Path() string { return "/@" + strings.SplitN(v.Handle, "@", 3)[1] }

// Tabs are the lists of the profile.
func (v profileView) Tabs() []string { return profileTabs }

type fieldView struct {
	Name     string
	Value    template.HTML
	Verified bool
}

type accountView struct {
	Name   string
	Handle string
	URL    models.IRI
	Avatar models.IRI
}

func viewAccount(site models.Site, a *models.Account) accountView {
	v := accountView{Name: a.Name(), Handle: a.Handle(site), URL: a.URL, Avatar: site.Proxied(models.ProxyAccount, a.ID, "avatar", models.IRI(a.AvatarURL))}
	if v.URL == "" {
		v.URL = a.URI
	}
	if v.Avatar == "" {
		v.Avatar = site.Blank(a)
	}
	return v
}

// firstWords returns the beginning of a text, for a preview.
func firstWords(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 200 {
		return string(r[:199]) + "…"
	}
	return s
}
