package app

import (
	"html/template"

	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// gatherQuotes finds what the posts quote, if the author of that agreed and anybody may
// read it. What a post says of that itself is left out.
func (s *stack) gatherQuotes(tx *store.Tx) error {
	var ids, targets []models.ID
	for id := range s.posts {
		ids = append(ids, id)
	}
	all, err := store.InteractionsOf(tx, 0, ids)
	if err != nil || len(all) == 0 {
		return err
	}
	s.quoted, s.quotes = map[models.ID][]models.ID{}, map[models.ID]*models.Interaction{}
	for _, i := range all {
		s.quoted[i.PostID] = append(s.quoted[i.PostID], i.TargetID)
		p := s.posts[i.PostID]
		if p == nil || i.Kind != models.InteractQuote || i.Legacy {
			continue
		}
		p.Content = text.StripQuoted(p.Content)
		if i.State == models.InteractAccepted && i.TargetID != 0 {
			s.quotes[p.ID] = i
			targets = append(targets, i.TargetID)
		}
	}
	s.others, err = store.PostsByID(tx, targets)
	return err
}

// quote shows what v quotes: beside it, if v is a duet that can be, and else as a link.
func (s *stack) quote(v *postView) {
	i := s.quotes[v.ID]
	if i == nil {
		return
	}
	q := s.others[i.TargetID]
	if q == nil || !q.Visibility.Open() || s.accounts[q.AccountID] == nil || !s.accounts[q.AccountID].Active() {
		return
	}
	if i.Derivation == models.Duet {
		v.Duet = s.duet(v, q)
	}
	if v.Duet == nil {
		v.Content = template.HTML(text.Quoted(or(q.URL, q.URI), nil)) + v.Content //nolint:gosec // our own words, and an address in them
	}
}

// A guestDuet is a duet as everybody sees it; the template of who is signed in shows it.
type guestDuet struct {
	Sides []duetSide
	With  duetWords
	Rest  aStatus // none: what else there is stays with the post
}

type duetWords struct {
	Language string
	HTML     template.HTML
}

// duet is v beside what it was made with; nil if one of them has no media that can be
// shown at once.
func (s *stack) duet(v *postView, q *models.Post) *guestDuet {
	by := s.accounts[q.AccountID]
	theirs := attached(s.site, q, by)
	if len(v.Attachments) == 0 || len(theirs) == 0 || v.Sensitive || q.Sensitive || by.Sensitized || q.Summary != "" {
		return nil
	}
	side := func(key string, name string, page models.IRI, a models.Attachment) duetSide {
		return duetSide{key, name, template.HTML(template.HTMLEscapeString(name)), string(page), aMedium{ //nolint:gosec // just escaped
			Type: a.Kind, URL: string(a.URL), PreviewURL: string(a.PreviewURL), Description: a.Alt,
		}}
	}
	said, _ := text.SplitByline(text.StripQuoted(q.Content))
	d := &guestDuet{
		Sides: []duetSide{side("answer", v.Authors[0].Name, v.URL, v.Attachments[0]), side("original", by.Name(), or(q.URL, q.URI), theirs[0])},
		With:  duetWords{q.Language, s.of(q).in(said)},
	}
	v.Attachments = v.Attachments[1:]
	return d
}
