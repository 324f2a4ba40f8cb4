package app

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"time"

	"ensemble/activities/confirm"
	"ensemble/activities/text"
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
	v, err := viewOne(c, p)
	if err != nil {
		return nil, err
	}
	tell := firstWords(or(p.Summary, v.Plain))
	return set.Show(c, http.StatusOK, "post.html", page.Page{
		Title: v.Byline() + ": " + tell, Tell: tell, Self: p.URL, URI: p.URI, Image: v.Preview(), Kind: "article", Embed: c.Site.IRI("/api/oembed?url=" + url.QueryEscape(string(p.URL))), Index: a.Indexable && p.Visibility == models.VisPublic, View: v,
	})
}

var noPost = models.Errorf(models.NotFound, "there is no such post here")

// openPost returns the post of a path, and the account it is under, if everybody may
// read it.
func openPost(c *call.Call) (*models.Account, *models.Post, error) {
	a, err := named(c)
	if err != nil {
		return nil, nil, err
	}
	p, err := find(c, a)
	if err == nil && !p.Visibility.Open() {
		err = noPost
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

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

type postView struct {
	URL         models.IRI
	Authors     []accountView // the primary one first
	Credits     []creditView
	Proofs      []proof
	Content     template.HTML
	Plain       string // what Content says
	Summary     string
	Poll        *pollView
	Sensitive   bool
	Language    string
	Published   time.Time
	Edited      *time.Time
	Attachments []models.Attachment
	Likes       int
	Boosts      int
	Replies     int
}

// Byline names the authors in a line.
func (p postView) Byline() string {
	line := p.Authors[0].Name
	for _, a := range p.Authors[1:] {
		line += ", " + a.Name
	}
	return line
}

// Preview returns the picture for a link to the post.
func (p postView) Preview() models.IRI {
	for _, a := range p.Attachments {
		if a.Kind == "image" && !p.Sensitive {
			return a.URL
		}
	}
	return p.URL + "/share.png"
}

// viewPosts returns how posts are shown to anybody, in the order of their IDs; it
// leaves out those that not everybody may read.
func viewPosts(tx *store.Tx, ids []models.ID) ([]postView, error) {
	posts, err := store.PostsByID(tx, ids)
	if err != nil {
		return nil, err
	}
	standing, err := confirm.Under(tx, posts)
	if err != nil {
		return nil, err
	}
	if err := quotes(tx, posts); err != nil {
		return nil, err
	}
	names, err := store.AuthorsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	var who []models.ID
	for _, p := range posts {
		who = append(who, p.AccountID)
	}
	for _, n := range names {
		who = append(who, n.AccountID)
	}
	accounts, err := store.AccountsByID(tx, who)
	if err != nil {
		return nil, err
	}
	asked, emoji, err := extras(tx, ids)
	if err != nil {
		return nil, err
	}
	var out []postView
	for _, id := range ids {
		if p := posts[id]; p != nil && p.Visibility.Open() && accounts[p.AccountID] != nil {
			v := viewPost(tx.Site, p, names, accounts).withConfirmed(standing[id])
			v.Plain = text.Plain(string(v.Content))
			if p.Local {
				v.Content = emoji.in(string(v.Content))
				v.Poll = viewPoll(asked[id], emoji, tx.Now)
			}
			out = append(out, v)
		}
	}
	return out, nil
}

// A creditView is somebody who is named for a part in a post.
type creditView struct {
	Label string // in a word; "" if it does not say for what
	accountView
}

func viewPost(site models.Site, p *models.Post, names []*models.Author, accounts map[models.ID]*models.Account) postView {
	v := postView{
		URL: p.URL, Content: template.HTML(p.Content), //nolint:gosec // sanitised where it came in
		Summary: p.Summary, Sensitive: p.Sensitive, Language: p.Language, Published: p.PublishedAt, Edited: p.EditedAt,
		Attachments: slices.Clone(p.Attachments), Likes: p.LikesCount, Boosts: p.BoostsCount, Replies: p.RepliesCount,
		Authors: []accountView{viewAccount(site, accounts[p.AccountID])},
	}
	for _, n := range names {
		a := accounts[n.AccountID]
		switch {
		case n.PostID != p.ID || n.State != models.AuthorVerified || a == nil || !a.Active():
		case n.Role == models.RoleCoauthor:
			v.Authors, v.Proofs = append(v.Authors, viewAccount(site, a)), append(v.Proofs, proofOf(site, n, a, ""))
		case n.Role == models.RoleCredit:
			word := text.CreditWord(n.Label, p.Language)
			v.Credits, v.Proofs = append(v.Credits, creditView{word, viewAccount(site, a)}), append(v.Proofs, proofOf(site, n, a, word))
		}
	}
	return v
}
