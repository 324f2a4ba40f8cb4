package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// declining is a post that never comes to be.
func (p *play) declining() []scene {
	return []scene{
		{"Ada invites Bo to another post. Bo declines, and is first told what that does.", p.hesitates, true},
		{"Bo confirms: the post that never was is gone for good, with its picture and every copy.", p.declines, false},
	}
}

func (p *play) hesitates() (string, error) {
	media, err := p.ada.picture(p.photo, alt)
	if err != nil {
		return "", err
	}
	p.media = media
	if p.second, err = p.offers("A draft that Bo will not put his name to.", media.ID); err != nil {
		return "", err
	}
	if p.invited, err = p.bo.invitation(p.second.PostURI); err != nil {
		return "", err
	}
	err = p.bo.send("POST", "/api/ensemble/v1/collabs/"+p.invited.ID+"/decline", fields{}, nil)
	var no *refusal
	if !errors.As(err, &no) || no.Status != 409 {
		return "", fmt.Errorf("the first 'decline' should be refused with what it means: %w", first409(err))
	}
	p.more = append(p.more, no.Text)
	return "", nil
}

func first409(err error) error {
	if err == nil {
		return errors.New("it was done at once")
	}
	return err
}

// declines looks, after Bo did, that nothing is left anywhere.
func (p *play) declines() (string, error) {
	before, err := p.bo.collab(p.invited.ID)
	if err != nil {
		return "", err
	}
	if err := p.bo.send("POST", "/api/ensemble/v1/collabs/"+p.invited.ID+"/decline", fields{"confirm": true}, nil); err != nil {
		return "", err
	}
	if err := p.waitFor(p.second.ID, "discarded"); err != nil {
		return "", err
	}
	gone := map[string]bool{ // and whether it must be said that it once was
		p.second.PostURI: true, p.second.URI: false, p.media.URL: false,
		p.ada.house.origin + "/drafts/" + p.second.ID + "/" + p.media.ID: false,
	}
	if before.Work != nil {
		for _, m := range before.Work.Media {
			if m.URL != "" {
				gone[m.URL] = false
			}
		}
	}
	for at, forever := range gone {
		err := p.until(func() error {
			status, _, err := p.look(at, asDocument)
			if err == nil && status != 410 && (forever || status != 404) {
				err = fmt.Errorf("%s answers %d", at, status)
			}
			return err
		})
		if err != nil {
			return "", err
		}
	}
	for who, id := range map[*player]string{p.ada: p.second.ID, p.bo: p.invited.ID} {
		if c, err := who.collab(id); err != nil || c.Work != nil {
			return "", fmt.Errorf("%s's server still has the text (%v)", who.name, err)
		}
	}
	return p.second.PostURI, nil
}

// leaving is how somebody takes their name off a post that is public.
func (p *play) leaving() []scene {
	return []scene{
		{"Ada and Bo publish a third post, and a stranger keeps a copy of it.", p.copied, true},
		{"Bo leaves it. His server takes the stamp back within seconds.", p.leaves, true},
		{"The post stays, and one, two and three show Ada alone.", p.alone, false},
		{"'ensemble verify' on the stranger's copy: Bo's name there is worth nothing any more.", func() (string, error) {
			return "", p.verify(p.saved, 1)
		}, false},
		{"'ensemble verify' on the post as it is now: it names nobody who did not agree.", func() (string, error) {
			return "", p.verify(p.third.PostURI, 0)
		}, false},
		{"The first post stands as it was, by Ada and Bo, and is in Cy's timeline once.", func() (string, error) {
			return p.firstURL, errors.Join(p.everywhere(p.first.PostURI, p.ada, p.bo), p.once(p.first.PostURI))
		}, false},
		{"Who did what, and when, is in an audit trail on each server, and no link of it was changed.", p.audited, false},
	}
}

func (p *play) copied() (where string, err error) {
	if p.third, err = p.joint("A third one, under which Bo will not stay."); err != nil {
		return "", err
	}
	if err := p.everywhere(p.third.PostURI, p.ada, p.bo); err != nil {
		return "", err
	}
	s, err := p.cy.sees(p.third.PostURI)
	if err != nil {
		return "", err
	}
	p.lastStamp = s.Coauthors[0].Stamp
	status, raw, err := p.look(p.third.PostURI, asDocument)
	if err == nil && status != 200 {
		err = fmt.Errorf("%s answers %d", p.third.PostURI, status)
	}
	if err != nil {
		return "", err
	}
	p.saved = filepath.Join(p.folder, "copy.json")
	return s.URL, os.WriteFile(p.saved, raw, 0o600)
}

func (p *play) leaves() (string, error) {
	began := time.Now()
	if err := p.bo.send("POST", "/api/ensemble/v1/collabs/"+p.invited.ID+"/leave", nil, nil); err != nil {
		return "", err
	}
	err := p.until(func() error {
		status, _, err := p.look(p.lastStamp, asDocument)
		if err == nil && status != 410 {
			err = fmt.Errorf("the stamp answers %d, not 410", status)
		}
		return err
	})
	if took := time.Since(began); err == nil && took > 5*time.Second {
		err = fmt.Errorf("it took %s", took.Round(time.Second))
	}
	return p.lastStamp, err
}

func (p *play) alone() (string, error) {
	if err := p.everywhere(p.third.PostURI, p.ada); err != nil {
		return "", err
	}
	var s statusView
	err := p.until(func() (err error) { // three drops his name at once, and then hears of the new text
		s, err = p.cy.sees(p.third.PostURI)
		if err == nil && strings.Contains(s.Content, p.bo.page()) {
			err = fmt.Errorf("the text still names Bo: %s", s.Content)
		}
		return err
	})
	return s.URL, errors.Join(err, p.once(p.third.PostURI))
}

func (p *play) audited() (string, error) {
	for _, h := range p.houses {
		said, code, err := p.do(h, "", "audit", "check")
		if err != nil {
			return "", err
		}
		p.more = append(p.more, h.name+": "+strings.TrimSpace(said))
		if code != 0 {
			return "", fmt.Errorf("'ensemble audit check' ended with %d on %s", code, h.name)
		}
	}
	return "", nil
}
