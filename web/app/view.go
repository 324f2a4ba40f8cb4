package app

import (
	"html/template"
	"maps"
	"slices"
	"time"

	"ensemble/activities/confirm"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
	"ensemble/web/page"
)

// How posts are shown to everybody, from what is known of them here.

// A stack is posts, and what their views are made of.
type stack struct {
	site     models.Site
	posts    map[models.ID]*models.Post
	accounts map[models.ID]*models.Account
	names    map[models.ID][]*models.Author
	standing map[models.ID][]confirm.Standing
	polls    map[models.ID]*models.Poll
	emoji    map[string]pictures               // by the domain of who uses them, "" for this server
	quoted   map[models.ID][]models.ID         // posts
	quotes   map[models.ID]*models.Interaction // that were agreed to, by quoting post
	others   map[models.ID]*models.Post        // that are quoted so
	asked    map[models.ID][]models.ID         // who was asked to confirm a credit elsewhere
}

// viewPosts returns how posts are shown to anybody, in the order of their IDs; it
// leaves out those that not everybody may read.
func viewPosts(tx *store.Tx, ids []models.ID) ([]postView, error) {
	views, missing := recalled(tx, ids)
	if len(missing) > 0 {
		s, err := gather(tx, missing)
		if err != nil {
			return nil, err
		}
		for _, id := range missing {
			if p := s.posts[id]; p != nil && p.Visibility.Open() && s.accounts[p.AccountID] != nil && s.accounts[p.AccountID].Active() {
				v := s.view(p).withConfirmed(s.standing[id])
				v.Poll = viewPoll(s.polls[id], s.of(p), tx.Now)
				views[id] = s.remember(tx, p, v)
			}
		}
	}
	var out []postView
	for _, id := range ids {
		if v, ok := views[id]; ok {
			out = append(out, v)
		}
	}
	return out, nil
}

func gather(tx *store.Tx, ids []models.ID) (s *stack, err error) {
	s = &stack{site: tx.Site, names: map[models.ID][]*models.Author{}}
	if s.posts, err = store.PostsByID(tx, ids); err != nil {
		return nil, err
	}
	if s.standing, err = confirm.Under(tx, s.posts); err != nil {
		return nil, err
	}
	if s.asked, err = confirm.Asked(tx, ids); err != nil {
		return nil, err
	}
	if err := s.gatherQuotes(tx); err != nil {
		return nil, err
	}
	names, err := store.AuthorsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	var who []models.ID
	for _, of := range []map[models.ID]*models.Post{s.posts, s.others} {
		for _, p := range of {
			who = append(who, p.AccountID)
		}
	}
	for _, n := range names {
		who = append(who, n.AccountID)
		s.names[n.PostID] = append(s.names[n.PostID], n)
	}
	if s.accounts, err = store.AccountsByID(tx, who); err != nil {
		return nil, err
	}
	if s.polls, err = store.PollsOf(tx, ids); err != nil {
		return nil, err
	}
	return s, s.gatherEmoji(tx)
}

// gatherEmoji finds the custom emoji that the posts use, but for those of servers whose
// pictures a rule keeps out.
func (s *stack) gatherEmoji(tx *store.Tx) error {
	var codes, domains []string
	for _, p := range slices.AppendSeq(slices.Collect(maps.Values(s.posts)), maps.Values(s.others)) {
		texts := []string{p.Content}
		if poll := s.polls[p.ID]; poll != nil {
			for _, o := range poll.Options {
				texts = append(texts, o.Title)
			}
		}
		if used := models.Shortcodes(texts...); used != nil {
			codes, domains = append(codes, used...), append(domains, s.domain(p))
		}
	}
	if codes == nil {
		return nil
	}
	slices.Sort(codes)
	slices.Sort(domains)
	codes, domains = slices.Compact(codes), slices.Compact(domains)
	known, err := store.Find[models.Emoji](tx, "shortcode IN ? AND domain IN ?", codes, domains)
	if err != nil || len(known) == 0 {
		return err
	}
	hidden, err := store.Unpictured(tx, domains)
	s.emoji = map[string]pictures{}
	for _, e := range known {
		if hidden[e.Domain] {
			continue
		}
		if s.emoji[e.Domain] == nil {
			s.emoji[e.Domain] = pictures{}
		}
		s.emoji[e.Domain][e.Shortcode] = s.site.Proxied(models.ProxyEmoji, e.ID, "image", e.URL)
	}
	return err
}

// domain is where the emoji of a post are from.
func (s *stack) domain(p *models.Post) string {
	if s.site.Owns(p.URI) {
		return ""
	}
	return p.URI.Host()
}

func (s *stack) of(p *models.Post) pictures { return s.emoji[s.domain(p)] }

func (s *stack) view(p *models.Post) postView {
	author := s.accounts[p.AccountID]
	said, _ := text.SplitByline(p.Content) // the names that hold are shown over it
	v := postView{
		ID: p.ID, URL: or(p.URL, p.URI), Content: s.of(p).in(said), Plain: text.Plain(said), Summary: p.Summary, Language: p.Language,
		Sensitive: p.Sensitive || author.Sensitized && len(p.Attachments) > 0, Published: p.PublishedAt, Edited: p.EditedAt,
		Attachments: attached(s.site, p, author), Likes: p.LikesCount, Boosts: p.BoostsCount, Replies: p.RepliesCount,
		Authors: []accountView{viewAccount(s.site, author)},
	}
	for _, n := range s.names[p.ID] {
		a := s.accounts[n.AccountID]
		switch {
		case n.State != models.AuthorVerified || a == nil || !a.Active():
		case n.Role == models.RoleCoauthor:
			v.Authors, v.Proofs = append(v.Authors, viewAccount(s.site, a)), append(v.Proofs, proofOf(s.site, n, a, ""))
		case n.Role == models.RoleCredit:
			word := text.CreditWord(n.Label, p.Language)
			v.Credits, v.Proofs = append(v.Credits, creditView{word, viewAccount(s.site, a)}), append(v.Proofs, proofOf(s.site, n, a, word))
		}
	}
	s.quote(&v)
	return v
}

// attached are the media of a post. What is on another server comes from here, or not
// at all where a rule keeps it out.
func attached(site models.Site, p *models.Post, by *models.Account) []models.Attachment {
	if by.NoMedia {
		return nil
	}
	all := slices.Clone(p.Attachments)
	for i := range all {
		if f := &all[i]; f.MediaID == 0 {
			slot := models.ID(i).String()
			f.PreviewURL = site.Proxied(models.ProxyPost, p.ID, slot+"-small", f.PreviewURL)
			f.URL = site.Proxied(models.ProxyPost, p.ID, slot, f.URL)
		}
	}
	return all
}

// window is the part of a list that a page of it asks for, and one entry more.
func window(c *call.Call, size int) store.Window {
	p := c.Page(size, size)
	return store.Window{Max: p.MaxID, Min: p.MinID, Limit: size + 1}
}

// turn returns what is on the page that a window is of, and where the pages around are.
func turn(c *call.Call, w store.Window, found []store.Entry) (ids []models.ID, around page.Pager) {
	more := len(found) == w.Limit
	switch {
	case more && w.Min != 0:
		found = found[1:]
	case more:
		found = found[:w.Limit-1]
	}
	for _, e := range found {
		ids = append(ids, e.PostID)
	}
	if len(found) == 0 {
		return nil, around
	}
	if w.Max != 0 || w.Min != 0 && more {
		around.Newer = page.Here(c, "min_id", found[0].ID.String())
	}
	if w.Min != 0 || more {
		around.Older = page.Here(c, "max_id", found[len(found)-1].ID.String())
	}
	return ids, around
}

// A postView is a post, as everybody sees it.
type postView struct {
	ID          models.ID
	URL         models.IRI
	Authors     []accountView // the primary one first
	Credits     []creditView
	Confirmed   []confirmedCredit
	Proofs      []proof
	Content     template.HTML
	Plain       string // what Content says
	Summary     string
	Poll        *pollView
	Duet        *guestDuet // nil if it is none, or cannot be shown as one
	Sensitive   bool
	Language    string
	Published   time.Time
	Edited      *time.Time
	Attachments []models.Attachment
	Likes       int
	Boosts      int
	Replies     int
	page.Drawn
}

// Byline names the authors in a line.
func (p postView) Byline() string {
	line := p.Authors[0].Name
	for _, a := range p.Authors[1:] {
		line += ", " + a.Name
	}
	return line
}

// Preview returns the picture for a link to the post. Of what several made it has their
// names on it.
func (p postView) Preview() models.IRI {
	if a := p.picture(); a != nil && len(p.Authors) == 1 {
		return a.URL
	}
	return p.URL + "/share.png"
}

// picture is the first picture of the post that nobody covered; nil for none.
func (p postView) picture() *models.Attachment {
	if p.Sensitive || p.Summary != "" {
		return nil
	}
	if i := slices.IndexFunc(p.Attachments, func(a models.Attachment) bool { return a.Kind == "image" }); i >= 0 {
		return &p.Attachments[i]
	}
	return nil
}

// A creditView is somebody who is named for a part in a post.
type creditView struct {
	Label string // in a word; "" if it does not say for what
	accountView
}
