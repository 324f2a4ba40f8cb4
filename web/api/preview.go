package api

import (
	"encoding/json"
	"fmt"
	"strings"

	"ensemble/activities/collab"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) previewRoutes() []call.Route {
	return []call.Route{
		{Method: "GET", Path: "/api/ensemble/v1/collabs/:id/preview", Scope: "read:statuses", Handler: a.PreviewCollab},
		{Method: "POST", Path: "/api/ensemble/v1/preview", Scope: "read:statuses", Mode: call.Read, Prepare: a.PreviewDraft},
	}
}

// A Writer writes a post as peers of a kind are sent it.
type Writer interface {
	Write(n *models.Note, form models.Form) ([]byte, error)
}

// previewJSON is a collab's post as it would go out now, by the eyes of others.
type previewJSON struct {
	Revision int           `json:"revision"`
	Names    []prenameJSON `json:"names"` // who would stand beside the first author
	Readers  []readerJSON  `json:"readers"`
}

type prenameJSON struct {
	Account  accountJSON        `json:"account"`
	Role     models.CollabRole  `json:"role"`
	CreditAs models.CreditLabel `json:"credit_as"`
	Agreed   bool               `json:"agreed"` // false: named only if they still accept
}

// readerJSON is the post as one kind of software shows it.
type readerJSON struct {
	Reader   string            `json:"reader"` // mastodon or ensemble
	Form     models.Form       `json:"form"`   // in which the authors are written for it
	Authors  []string          `json:"authors"`
	Credits  []string          `json:"credits"`
	Content  string            `json:"content"` // as it is sent
	Text     string            `json:"text"`    // the same in plain words
	Byline   string            `json:"byline"`  // the part of text that names the others
	Warning  string            `json:"spoiler_text"`
	Hidden   bool              `json:"sensitive"`
	Language string            `json:"language"`
	Media    []premediaJSON    `json:"media"`
	Poll     *prepollJSON      `json:"poll"`
	Audience models.Visibility `json:"visibility"`
	Lost     []sentenceJSON    `json:"lost"`
	Document json.RawMessage   `json:"document"` // what is sent: a file's address is given to it when it is published
}

type premediaJSON struct {
	Type        string  `json:"type"`
	MediaType   string  `json:"media_type"`
	Description *string `json:"description"`
}

type prepollJSON struct {
	Options  []string `json:"options"`
	Multiple bool     `json:"multiple"`
}

// PreviewCollab is GET /api/ensemble/v1/collabs/:id/preview: how a Mastodon and how
// an Ensemble will show it, read off what either is sent. It has the names of those
// who agreed and who are still asked; with agreed=true, of the former alone.
func (a *API) PreviewCollab(c *call.Call) (any, error) {
	row, err := seat(c)
	if err != nil {
		return nil, err
	}
	p, err := collab.Foresee(c.Tx, c.Me, row, c.Bool("agreed"))
	if err != nil {
		return nil, err
	}
	host, err := store.Get[models.Account](c.Tx, row.InitiatorID)
	if err != nil {
		return nil, err
	}
	return a.foreseen(c, host, p)
}

// PreviewDraft is POST /api/ensemble/v1/preview: the same for what was not sent yet. It
// takes what POST /api/ensemble/v1/collabs does, refuses what that would, keeps nothing
// and asks nobody.
func (a *API) PreviewDraft(c *call.Call) (call.Handler, error) {
	mentions := a.mentioned(c.Ctx(), c.Site, c.Str("status"))
	guests, err := a.guests(c)
	if err != nil {
		return nil, err
	}
	return func(c *call.Call) (any, error) {
		people, err := invitees(c, guests)
		if err != nil {
			return nil, err
		}
		can, others, err := able(c, people)
		if err != nil {
			return nil, err
		}
		if len(others) > 0 && c.Str("unable") != wayMention {
			return cannotAsk(c, others[0])
		}
		p := collab.Proposal{PublishAt: publishAt(c)}
		if len(can) > 0 {
			p, err = proposal(c, mentions, can)
		} else {
			p.Draft, err = draft(c, mentions)
		}
		if err != nil {
			return nil, err
		}
		p.Draft = mentioning(c, p.Draft, others)
		foreseen, err := collab.Rehearse(c.Tx, c.Me, p)
		if err != nil {
			return nil, err
		}
		return a.foreseen(c, c.Me, foreseen)
	}, nil
}

// foreseen shows p, by host, as each kind of reader is sent it.
func (a *API) foreseen(c *call.Call, host *models.Account, p *collab.Preview) (any, error) {
	v := previewJSON{Revision: p.Revision, Names: []prenameJSON{}}
	people := map[models.IRI]*models.Account{host.URI: host}
	for _, n := range p.Names {
		people[n.Account.URI] = n.Account
		v.Names = append(v.Names, prenameJSON{accountView(c.Site, n.Account), n.Role, n.Label, n.Agreed})
	}
	for _, r := range []struct {
		name string
		form models.Form
	}{{"mastodon", models.FormDual}, {"ensemble", models.FormArray}} {
		raw, err := a.Writer.Write(p.Note, r.form)
		if err != nil {
			return nil, fmt.Errorf("preview of %s: %w", p.Note.URI, err)
		}
		view, err := readAs(c, r.name, raw, people, p)
		if err != nil {
			return nil, err
		}
		view.Form, view.Audience = r.form, models.VisibilityOf(p.Note.To, p.Note.Cc, host.Followers)
		v.Readers = append(v.Readers, *view)
	}
	return v, nil
}

// sentPost is what a reader takes from a post.
type sentPost struct {
	AttributedTo  oneOrMany         `json:"attributedTo"`
	Content       string            `json:"content"`
	ContentMap    map[string]string `json:"contentMap"`
	Summary       string            `json:"summary"`
	Sensitive     bool              `json:"sensitive"`
	OneOf         []struct{ Name string }
	AnyOf         []struct{ Name string }
	Collaborators []struct {
		Collaborator models.IRI
		Role         models.CollabRole
		CreditedAs   models.CreditLabel
	}
	Attachment []struct{ Type, MediaType, Name string }
}

// oneOrMany is an address or a list of them.
type oneOrMany []models.IRI

// UnmarshalJSON reads either.
func (o *oneOrMany) UnmarshalJSON(raw []byte) error {
	var one models.IRI
	if json.Unmarshal(raw, &one) == nil {
		*o = oneOrMany{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]models.IRI)(o))
}

// readAs reads raw as that software does: Mastodon knows one author, and shows the
// words; an Ensemble shows every author whose consent it could check.
func readAs(c *call.Call, reader string, raw []byte, people map[models.IRI]*models.Account, p *collab.Preview) (*readerJSON, error) {
	var n sentPost
	if err := json.Unmarshal(raw, &n); err != nil {
		return nil, fmt.Errorf("preview: %w", err)
	}
	handle := func(i models.IRI) string {
		if a := people[i]; a != nil {
			return a.Handle(c.Site)
		}
		return string(i)
	}
	shown := text.Sanitize(n.Content)
	_, byline := text.SplitByline(shown)
	v := &readerJSON{
		Reader: reader, Authors: []string{}, Credits: []string{}, Content: n.Content, Text: text.Plain(shown), Byline: text.Plain(byline),
		Warning: n.Summary, Hidden: n.Sensitive, Media: []premediaJSON{}, Lost: []sentenceJSON{}, Document: raw,
	}
	for tag := range n.ContentMap {
		v.Language = tag
	}
	for i, author := range n.AttributedTo {
		if i == 0 || reader == "ensemble" {
			v.Authors = append(v.Authors, handle(author))
		}
	}
	for _, cl := range n.Collaborators {
		if cl.Role == models.RoleCredit && reader == "ensemble" {
			v.Credits = append(v.Credits, strings.TrimPrefix(text.CreditWord(cl.CreditedAs, p.Note.Language)+": "+handle(cl.Collaborator), ": "))
		}
	}
	for _, m := range n.Attachment {
		v.Media = append(v.Media, premediaJSON{m.Type, m.MediaType, orNull(m.Name)})
	}
	if options := append(n.OneOf, n.AnyOf...); len(options) > 0 {
		v.Poll = &prepollJSON{Multiple: len(n.AnyOf) > 0}
		for _, o := range options {
			v.Poll.Options = append(v.Poll.Options, o.Name)
		}
	}
	if reader != "ensemble" {
		v.Lost = lost(c, v.Authors[0], p, handle)
	}
	return v, nil
}

// lost says what a reader who knows one author will not see.
func lost(c *call.Call, author string, p *collab.Preview, handle func(models.IRI) string) []sentenceJSON {
	var coauthors, credits []string
	for _, n := range p.Names {
		if n.Role == models.RoleCoauthor {
			coauthors = append(coauthors, handle(n.Account.URI))
		} else {
			credits = append(credits, handle(n.Account.URI))
		}
	}
	out := []sentenceJSON{}
	if len(coauthors) > 0 {
		all := listed(c, coauthors)
		out = append(out, say(c, "lost_authors", author, all), say(c, "lost_profile", all))
	}
	if len(credits) > 0 {
		out = append(out, say(c, "lost_credits", listed(c, credits)))
	}
	if len(p.Names) > 0 {
		out = append(out, say(c, "lost_consent"))
	}
	return out
}

// listed writes names in a sentence: a, b and c.
func listed(c *call.Call, all []string) string {
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	and := " " + say(c, "and").Text + " "
	return strings.Join(all[:len(all)-1], ", ") + and + all[len(all)-1]
}
