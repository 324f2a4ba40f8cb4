package app

import (
	"net/http"
	"net/url"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
	"ensemble/web/page"
)

// post is GET /@name/id: the page of a post, for whoever may read it.
func post(c *call.Call) (any, error) {
	a, p, err := openPost(c)
	switch {
	case err != nil:
		return nil, err
	case c.WantsActivity():
		return elsewhere(p.URI), nil
	case p.AccountID != a.ID || !p.Local: // somebody wrote it with others: it has one page
		return elsewhere(p.URL), nil
	}
	v, err := viewGuest(c, p)
	if err != nil {
		return nil, err
	}
	tell := firstWords(or(p.Summary, v.Plain))
	var scripts []string
	if v.Duet != nil {
		scripts = []string{"duet.js"}
	}
	return set.Show(c, http.StatusOK, "post.html", page.Page{
		Title: v.Byline() + ": " + tell, Tell: tell, Self: p.URL, URI: p.URI, Image: v.Preview(), Kind: "article", Scripts: scripts, Embed: c.Site.IRI("/api/oembed?url=" + url.QueryEscape(string(p.URL))), Index: a.Indexable && p.Visibility == models.VisPublic, View: v,
	})
}

var noPost = models.Errorf(models.NotFound, "there is no such post here")

// openPost returns the post of a path, and the account it is under, if everybody may
// read it.
func openPost(c *call.Call) (*models.Account, *models.Post, error) {
	key := openKey{c.Param("name"), c.Param("id")}
	if o, ok := store.Recall[open](c.Tx, key); ok {
		return &o.account, &o.post, nil
	}
	a, err := named(c)
	if err != nil {
		return nil, nil, err
	}
	p, err := find(c, a)
	if err == nil && !p.Visibility.Open() {
		err = noPost
	}
	if err == nil {
		store.Remember(c.Tx, key, open{*a, *p}, 4000+len(p.Content)+len(p.Source), store.Person(a.ID), store.Post(p.ID))
	}
	return a, p, err
}

func viewOne(c *call.Call, p *models.Post) (*postView, error) {
	views, err := viewPosts(c.Tx, []models.ID{p.ID})
	if err == nil && len(views) == 0 {
		err = noPost
	}
	if err != nil {
		return nil, err
	}
	return &views[0], nil
}

// find returns the post of a path: its number is that of its address or, where a
// program made the link, its ID.
func find(c *call.Call, a *models.Account) (*models.Post, error) {
	id := c.ID("id")
	p, err := store.Maybe[models.Post](c.Tx, "uri = ? AND account_id = ?", string(a.URI)+"/notes/"+id.String(), a.ID)
	if err != nil || p != nil {
		return p, err
	}
	p, err = store.Get[models.Post](c.Tx, id)
	if err != nil || p.AccountID == a.ID {
		return p, err
	}
	if ok, err := store.Any[models.Author](c.Tx, "post_id = ? AND account_id = ? AND state = ?", p.ID, a.ID, models.AuthorVerified); err != nil || !ok {
		return nil, first(err, noPost)
	}
	return p, nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func or[S ~string](a, b S) S {
	if a != "" {
		return a
	}
	return b
}
