package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// A scene is one step of the demo.
type scene struct {
	text string
	do   func() (where string, err error)
	gate bool // without it the later ones make no sense
}

// A play is what happens on a stage.
type play struct {
	*stage
	ada, bo, cy *player
	board       *board
	more        []string // lines to show below the step that runs

	photo                      []byte
	media                      mediaView
	first, second, third       collabView // as Ada sees them
	firstURL, stamp, lastStamp string
	invited                    collabView // as Bo sees one
	saved                      string     // a file with a copy of a post
}

func newPlay(s *stage) *play {
	p := &play{stage: s}
	for i, who := range []**player{&p.ada, &p.bo, &p.cy} {
		name := []string{"Ada", "Bo", "Cy"}[i]
		*who = &player{stage: s, house: s.houses[i], name: name, login: strings.ToLower(name), password: newPassword()}
	}
	return p
}

// run plays all scenes, and returns how many did not go as they should. Its error
// says that somebody stopped it.
func (p *play) run() (failed int, err error) {
	scenes := slices.Concat(p.beginning(), p.asking(), p.published(), p.declining(), p.leaving())
	p.board = newBoard(p.out, len(scenes))
	for _, s := range scenes {
		p.board.begin(s.text)
		p.more = nil
		where, err := s.do()
		if p.Err() != nil {
			p.board.close()
			return p.board.failed, errors.New("the demo was stopped before its end")
		}
		p.board.end(s.text, where, p.more, err)
		if err != nil && s.gate {
			break
		}
	}
	p.board.close()
	return p.board.failed, nil
}

// farewell says what to do with the servers, which stay.
func (p *play) farewell() {
	p.say("\nThe three servers stay until you press Ctrl-C. Look around:\n")
	for _, who := range []*player{p.ada, p.bo, p.cy} {
		p.say("  %-4s %-36s sign in as %-4s with the password %s", who.name, who.page(), who.login, who.password)
	}
	p.say("\n  The post of Ada and Bo: %s", first(p.firstURL, "(there is none)"))
	p.say("  Check it yourself:      ensemble verify --loose %s", first(p.firstURL, p.first.PostURI))
	p.say("  Any client program for Mastodon's API that takes http signs in, too.")
	p.say("  The folders and logs are in %s.", p.folder)
}

// beginning brings servers and people together.
func (p *play) beginning() []scene {
	return []scene{
		{"Three servers start, each a process with a database, keys and a folder of its own.", p.openAll, true},
		{"Their operators make accounts: " + p.ada.handle() + ", " + p.bo.handle() + " and " + p.cy.handle() + ".", func() (string, error) {
			return "", each(p, (*player).create)
		}, true},
		{"Each signs in with an app: the sign-in form, a code, PKCE, a token.", func() (string, error) {
			return p.ada.page(), each(p, (*player).signIn)
		}, true},
		{"Cy, on three, finds Ada and Bo by their handles and follows both.", func() (string, error) {
			return p.cy.page(), errors.Join(p.cy.follows(p.ada), p.cy.follows(p.bo))
		}, true},
		{"Bo follows Ada: he may be invited by people whom he follows, and by nobody else.", func() (string, error) {
			return p.bo.page(), p.bo.follows(p.ada)
		}, true},
		{"Ada uploads a photograph of 12 megapixels; where it was taken is not kept.", p.uploads, true},
	}
}

func (p *play) openAll() (string, error) {
	for _, h := range p.houses {
		if err := p.open(h); err != nil {
			return "", err
		}
	}
	for _, h := range p.houses {
		if err := p.ready(h); err != nil {
			return "", err
		}
		p.more = append(p.more, h.origin)
	}
	return "", nil
}

// each does something with all three at the same time.
func each(p *play, do func(*player) error) error {
	var wg sync.WaitGroup
	errs := make([]error, 3)
	for i, who := range []*player{p.ada, p.bo, p.cy} {
		wg.Go(func() { errs[i] = do(who) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

const alt = "Five ridges of hills in the haze, one behind the other, before a low sun"

func (p *play) uploads() (string, error) {
	var err error
	if p.photo, err = photograph(); err != nil {
		return "", err
	}
	if p.media, err = p.ada.picture(p.photo, alt); err != nil {
		return "", err
	}
	status, kept, err := p.look(p.media.URL, "")
	if err != nil {
		return "", err
	}
	if status != 200 {
		return "", fmt.Errorf("the picture is not at %s (%d)", p.media.URL, status)
	}
	for _, secret := range []string{camera, "Exif"} {
		if !strings.Contains(string(p.photo), secret) || strings.Contains(string(kept), secret) {
			return "", fmt.Errorf("the picture still says %q", secret)
		}
	}
	p.more = append(p.more, fmt.Sprintf("%.1f MB came in with camera and place, %.1f MB were kept without.", mega(p.photo), mega(kept)))
	return "", nil
}

func mega(b []byte) float64 { return float64(len(b)) / 1e6 }

// offers has Ada invite Bo to a post.
func (p *play) offers(text string, media ...string) (c collabView, err error) {
	bo, err := p.ada.knows(p.bo)
	if err != nil {
		return c, err
	}
	err = p.ada.send("POST", "/api/ensemble/v1/collabs", fields{
		"status": text, "media_ids": media, "coauthor_ids": []string{bo}, "visibility": "public", "language": "en",
	}, &c)
	if err == nil && c.State != "offered" {
		err = fmt.Errorf("it should be offered, and is %q", c.State)
	}
	return c, err
}

// joint has Ada and Bo publish a post, and returns it as Ada sees it.
func (p *play) joint(text string) (c collabView, err error) {
	if c, err = p.offers(text); err != nil {
		return c, err
	}
	invited, err := p.bo.invitation(c.PostURI)
	if err != nil {
		return c, err
	}
	if err := p.bo.send("POST", "/api/ensemble/v1/collabs/"+invited.ID+"/accept", nil, nil); err != nil {
		return c, err
	}
	p.invited = invited
	return c, p.waitFor(c.ID, "published")
}

// waitFor waits until Ada's server has a work in a state.
func (p *play) waitFor(id, state string) error {
	return p.until(func() error {
		c, err := p.ada.collab(id)
		if err == nil && c.State != state {
			err = fmt.Errorf("the post is %q, and should be %q", c.State, state)
		}
		return err
	})
}
