package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// What Ada writes. The first words are looked for where they must not be yet.
const (
	firstWords = "Before sunrise"
	firstText  = firstWords + " above the valley, after four hours of walking and three of waiting. #dawn"
)

// asking is everything before there is a post.
func (p *play) asking() []scene {
	return []scene{
		{"Ada writes a post with the picture and invites Bo to stand under it with her.", func() (where string, err error) {
			p.first, err = p.offers(firstText, p.media.ID)
			return "", err
		}, true},
		{"While Bo has not answered, nobody sees anything: no page, no outbox, no timeline, no search, no file.", p.nothing, false},
		{"Bo, on two, finds the invitation, and the terms in words.", p.arrives, true},
		{"Bo sees the post as it would be: text, picture, description. The picture's address is signed for him alone.", p.previews, false},
		{"Ada sees that Bo has seen it.", p.seen, false},
		{"Bo accepts. His server signs a stamp over exactly this text and this picture, and the post is published.", p.accepts, true},
	}
}

// nothing looks wherever a post could show, as a stranger.
func (p *play) nothing() (string, error) {
	c := p.first
	var errs []error
	for _, at := range []string{c.PostURI, c.URI, p.ada.house.origin + "/drafts/" + c.ID + "/" + p.media.ID, p.media.URL} {
		if status, _, err := p.look(at, asDocument); err != nil || status != 404 {
			errs = append(errs, fmt.Errorf("%s answers %d to a stranger, not 404 (%v)", at, status, err))
		}
	}
	q := url.QueryEscape(firstWords)
	for _, who := range []*player{p.ada, p.bo, p.cy} {
		for _, path := range []string{
			"/@" + who.login, "/users/" + who.login + "/outbox", "/users/" + who.login + "/outbox?page=true", "/users/" + who.login + "/featured",
			"/api/v1/timelines/public", "/api/v1/timelines/tag/dawn", "/api/v2/search?q=" + q, "/api/v1/accounts/lookup?acct=" + who.login,
			"/api/v1/accounts/" + who.id + "/statuses",
		} {
			errs = append(errs, p.silent(who.house.origin+path))
		}
	}
	var box struct{ TotalItems int }
	_, raw, err := p.look(p.ada.uri()+"/outbox", asDocument)
	if err == nil {
		err = json.Unmarshal(raw, &box)
	}
	if err == nil && box.TotalItems != 0 {
		err = fmt.Errorf("Ada's outbox counts %d, not 0", box.TotalItems)
	}
	return p.first.PostURI, errors.Join(append(errs, err)...)
}

// silent looks that a page does not speak of the pending post.
func (p *play) silent(at string) error {
	status, body, err := p.look(at, "")
	for _, word := range []string{firstWords, p.first.PostURI, p.first.URI} {
		if err == nil && strings.Contains(string(body), word) {
			err = fmt.Errorf("%s (%d) shows %q to a stranger", at, status, word)
		}
	}
	if err == nil && status >= 500 {
		err = fmt.Errorf("%s answers %d", at, status)
	}
	return err
}

func (p *play) arrives() (where string, err error) {
	if p.invited, err = p.bo.invitation(p.first.PostURI); err != nil {
		return "", err
	}
	if p.invited.Initiator.URI != p.ada.uri() || p.invited.MyState == "accepted" {
		return "", fmt.Errorf("it is from %s, and %s", p.invited.Initiator.URI, p.invited.MyState)
	}
	p.more = append(p.more, p.invited.Terms.Audience.Text, p.invited.Terms.Quorum.Text)
	return "", nil
}

func (p *play) previews() (string, error) {
	var c collabView
	err := p.until(func() (err error) {
		c, err = p.bo.collab(p.invited.ID)
		if err == nil && (c.Work == nil || len(c.Work.Media) != 1 || c.Work.Media[0].URL == "") {
			err = errors.New("the picture has not come to Bo's server")
		}
		return err
	})
	if err != nil {
		return "", err
	}
	picture := c.Work.Media[0]
	if !strings.Contains(c.Work.Content, firstWords) || picture.Description != alt {
		return "", fmt.Errorf("Bo reads %q, and the picture is described as %q", c.Work.Content, picture.Description)
	}
	if !strings.HasPrefix(picture.URL, p.bo.house.origin+"/") {
		return "", fmt.Errorf("Bo's picture is not on his own server, but at %s", picture.URL)
	}
	plain, _, _ := strings.Cut(picture.URL, "?")
	for at, want := range map[string]int{picture.URL: 200, plain: 404, picture.URL + "0": 404} {
		if status, _, err := p.look(at, ""); err != nil || status != want {
			return "", fmt.Errorf("%s answers %d, not %d (%v)", at, status, want, err)
		}
	}
	return "", nil
}

func (p *play) seen() (string, error) {
	return "", p.until(func() error {
		c, err := p.ada.collab(p.first.ID)
		if err == nil && (len(c.Invitees) != 1 || c.Invitees[0].SeenAt == nil) {
			err = errors.New("Ada's server does not know that Bo has seen it")
		}
		return err
	})
}

func (p *play) accepts() (string, error) {
	if err := p.bo.send("POST", "/api/ensemble/v1/collabs/"+p.invited.ID+"/accept", nil, nil); err != nil {
		return "", err
	}
	if err := p.waitFor(p.first.ID, "published"); err != nil {
		return "", err
	}
	s, err := p.ada.sees(p.first.PostURI)
	p.firstURL = s.URL
	return s.URL, err
}

// published is what everybody sees then.
func (p *play) published() []scene {
	return []scene{
		{"One, two and three show the same post, with the same number: by Ada and Bo, in that order.", func() (string, error) {
			return p.first.PostURI, p.everywhere(p.first.PostURI, p.ada, p.bo)
		}, true},
		{"Cy follows both, and finds it in her timeline once.", func() (string, error) { return "", p.once(p.first.PostURI) }, false},
		{"It stands on Bo's own profile, at home and as three shows it.", p.grid, false},
		{"Servers that know one author only can read the others in the text.", p.byline, false},
		{"Bo's consent can be read by anybody, on Bo's server.", p.consent, true},
		{"'ensemble verify' checks it from outside: no database, no account.", func() (string, error) { return "", p.verify(p.firstURL, 0) }, false},
		{"Cy likes it: one, two and three count 1.", func() (string, error) { return p.firstURL, p.likes("favourite", 1) }, false},
		{"Cy thinks again: they count 0.", func() (string, error) { return p.firstURL, p.likes("unfavourite", 0) }, false},
	}
}

// everywhere waits until all three show a post by these authors.
func (p *play) everywhere(post string, authors ...*player) error {
	var want []string
	for _, a := range authors {
		want = append(want, a.uri())
	}
	for _, who := range []*player{p.ada, p.bo, p.cy} {
		err := p.until(func() error {
			s, err := who.sees(post)
			if err == nil && !slices.Equal(s.authors(), want) {
				err = fmt.Errorf("%s shows it by %v, and it is by %v", who.house.name, s.authors(), want)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// once waits until a post is in Cy's timeline, where it may be only once.
func (p *play) once(post string) error {
	return p.until(func() error {
		var home []statusView
		if err := p.cy.get("/api/v1/timelines/home?limit=40", &home); err != nil {
			return err
		}
		n := 0
		for _, s := range home {
			if s.URI == post {
				n++
			}
		}
		if n != 1 {
			return fmt.Errorf("Cy finds it %d times", n)
		}
		return nil
	})
}

// grid looks for the post among Bo's, on his server and on Cy's.
func (p *play) grid() (string, error) {
	bo, err := p.cy.knows(p.bo)
	if err != nil {
		return "", err
	}
	for who, id := range map[*player]string{p.bo: p.bo.id, p.cy: bo} {
		err := p.until(func() error {
			var all []statusView
			if err := who.get("/api/v1/accounts/"+id+"/statuses", &all); err != nil {
				return err
			}
			if !slices.ContainsFunc(all, func(s statusView) bool { return s.URI == p.first.PostURI }) {
				return fmt.Errorf("%s does not list it among Bo's posts", who.house.name)
			}
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	status, page, err := p.look(p.bo.page(), "text/html")
	if err == nil && (status != 200 || !strings.Contains(string(page), firstWords)) {
		err = fmt.Errorf("Bo's page (%d) does not show it", status)
	}
	return p.bo.page(), err
}

func (p *play) byline() (string, error) {
	_, raw, err := p.look(p.first.PostURI, asDocument)
	if err != nil {
		return "", err
	}
	var n struct {
		Content      string
		AttributedTo any
	}
	if err := json.Unmarshal(raw, &n); err != nil {
		return "", err
	}
	at := strings.Index(n.Content, "p-collab-byline")
	if at < 0 || !strings.Contains(n.Content[at:], `href="`+p.bo.page()+`"`) {
		return "", fmt.Errorf("the text has no line that names Bo: %s", n.Content)
	}
	return "", nil
}

func (p *play) consent() (string, error) {
	s, err := p.cy.sees(p.first.PostURI)
	if err != nil {
		return "", err
	}
	if len(s.Coauthors) != 1 {
		return "", fmt.Errorf("three knows %d co-authors, not 1", len(s.Coauthors))
	}
	p.stamp = s.Coauthors[0].Stamp
	status, raw, err := p.look(p.stamp, asDocument)
	if err != nil {
		return "", err
	}
	if status != 200 || !strings.HasPrefix(p.stamp, p.bo.house.origin+"/") || !strings.Contains(string(raw), "CollaborationAuthorization") {
		return "", fmt.Errorf("%s answers %d: %s", p.stamp, status, raw[:min(len(raw), 200)])
	}
	return p.stamp, nil
}

// verify runs the command of that name, and shows what it says.
func (p *play) verify(what string, want int) error {
	said, code, err := p.do(p.cy.house, "", "verify", what)
	if err != nil {
		return err
	}
	p.more = append(p.more, strings.Split(strings.TrimRight(said, "\n"), "\n")...)
	if code != want {
		return fmt.Errorf("'ensemble verify' ended with %d, not %d", code, want)
	}
	return nil
}

// likes has Cy like a post, or not, and waits until all three count so many.
func (p *play) likes(verb string, want int) error {
	s, err := p.cy.sees(p.first.PostURI)
	if err != nil {
		return err
	}
	if err := p.cy.send("POST", "/api/v1/statuses/"+s.ID+"/"+verb, nil, nil); err != nil {
		return err
	}
	for _, who := range []*player{p.ada, p.bo, p.cy} {
		err := p.until(func() error {
			s, err := who.sees(p.first.PostURI)
			if err == nil && s.Favourites != want {
				err = fmt.Errorf("%s counts %d, not %d", who.house.name, s.Favourites, want)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
