package app

import (
	"cmp"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ensemble/models"
)

// What else the API says of posts, and how that is shown.

type aRole struct {
	Name string `json:"name"`
}

type aMention struct {
	ID   models.ID  `json:"id,string"`
	URL  models.IRI `json:"url"`
	Acct string     `json:"acct"`
}

type aTag struct {
	Name      string     `json:"name"`
	URL       models.IRI `json:"url"`
	Following bool       `json:"following"`
	History   []struct {
		Uses     string `json:"uses"`
		Accounts string `json:"accounts"`
	} `json:"history"`
}

// Page is where we show what carries the tag.
func (t aTag) Page() string { return "/tags/" + url.PathEscape(t.Name) }

// People are how many used it in the last week.
func (t aTag) People() (n int) {
	for _, day := range t.History {
		some, _ := strconv.Atoi(day.Accounts) // our own API wrote it
		n += some
	}
	return n
}

type aReaction struct {
	Name  string     `json:"name"`
	Count int        `json:"count"`
	Me    bool       `json:"me"`
	URL   models.IRI `json:"url"`
}

// Custom reports whether it is an emoji of some server, and none of Unicode.
func (r aReaction) Custom() bool { return strings.Contains(r.Name, "@") }

// Palette are the emoji that are offered to react with.
func (s aStatus) Palette() []string {
	return []string{"👍", "❤️", "😂", "😮", "😢", "🎉"}
}

// An anApproval is how far something has come that needs somebody's consent.
type anApproval struct {
	Kind  models.InteractionKind  `json:"kind"`
	State models.InteractionState `json:"state"`
	Code  string                  `json:"code"`
}

type aPartnership struct {
	Text     string      `json:"text"`
	Partners []aCoauthor `json:"partners"`
}

type aConfirmation struct {
	Account anAccount  `json:"account"`
	Text    string     `json:"text"`
	URL     models.IRI `json:"url"`
}

type aFiltering struct {
	Filter struct {
		Title   string                 `json:"title"`
		Action  string                 `json:"filter_action"`
		Context []models.FilterContext `json:"context"`
	} `json:"filter"`
}

// An aVeil is why a post is not shown at once: the titles of the reader's filters.
type aVeil struct {
	Title string
	Blur  bool // its media alone
}

// veiled measures posts by the filters that hold in places of that kind, and leaves out
// those that are to be hidden there. Nobody's own words are.
func veiled(me models.ID, in models.FilterContext, all []aStatus) []aStatus {
	var out []aStatus
	for _, s := range all {
		if !s.hidden(me, in) {
			s.cover(me, in)
			out = append(out, s)
		}
	}
	return out
}

func (s *aStatus) hidden(me models.ID, in models.FilterContext) bool {
	if s.proper().Account.ID == me {
		return false
	}
	hide := false
	s.eachFilter(in, func(f aFiltering) { hide = hide || f.Filter.Action == string(models.FilterHide) })
	return hide
}

func (s *aStatus) eachFilter(in models.FilterContext, fn func(aFiltering)) {
	for _, f := range s.Filtered {
		if in == "" || slices.Contains(f.Filter.Context, in) {
			fn(f)
		}
	}
}

// cover puts a veil before what a filter wants covered.
func (s *aStatus) cover(me models.ID, in models.FilterContext) {
	p := s.proper()
	if p.Account.ID == me {
		return
	}
	var warn, blur []string
	s.eachFilter(in, func(f aFiltering) {
		if f.Filter.Action == string(models.FilterBlur) {
			blur = append(blur, f.Filter.Title)
		} else {
			warn = append(warn, f.Filter.Title)
		}
	})
	switch {
	case warn != nil:
		p.Veil = &aVeil{Title: strings.Join(warn, ", ")}
	case blur != nil && p.MediaAttachments != nil:
		p.Veil = &aVeil{Title: strings.Join(blur, ", "), Blur: true}
	}
}

// Proper is what a boost boosts, and any other post itself.
func (s aStatus) Proper() aStatus { return *s.proper() }

func (s *aStatus) proper() *aStatus {
	if s.Reblog != nil {
		return s.Reblog
	}
	return s
}

// Warned is the title of the filter that covers the whole post, "" for none.
func (s aStatus) Warned() string {
	if s.Veil == nil || s.Veil.Blur {
		return ""
	}
	return s.Veil.Title
}

// led returns what the post says, with links to people and tags that lead to our pages.
func (s aStatus) led() string {
	var swaps []string
	for _, m := range s.Mentions {
		swaps = append(swaps, `href="`+template.HTMLEscapeString(string(m.URL))+`"`, `href="/@`+template.HTMLEscapeString(m.Acct)+`"`)
	}
	for _, t := range s.Tags {
		if t.URL != "" {
			swaps = append(swaps, `href="`+template.HTMLEscapeString(string(t.URL))+`"`, `href="`+t.Page()+`"`)
		}
	}
	if swaps == nil {
		return s.Content
	}
	return strings.NewReplacer(swaps...).Replace(s.Content)
}

// ReplyTo is the name of who is answered, "" if that is nobody who is named.
func (s aStatus) ReplyTo() string {
	if s.InReplyToAccountID == nil {
		return ""
	}
	if *s.InReplyToAccountID == s.Account.ID {
		return s.Account.Acct
	}
	for _, m := range s.Mentions {
		if m.ID == *s.InReplyToAccountID {
			return m.Acct
		}
	}
	return ""
}

// Joint is the number of the collaboration behind it, "" of what one wrote alone.
func (s aStatus) Joint() string {
	if s.Collab == nil || s.Collab.ID == nil {
		return ""
	}
	return s.Collab.ID.String()
}

// Foreign is the domain of who wrote it elsewhere, "" for those here.
func (s aStatus) Foreign() string { return s.Account.Foreign() }

// Snippet is how it begins.
func (s aStatus) Snippet() string { return firstWords(or(s.SpoilerText, textOf(s.Content))) }

// Boostable reports whether the reader may boost it.
func (s aStatus) Boostable(handle string) bool {
	return s.Visibility.Open() || s.Visibility == models.VisFollowers && s.Mine(handle)
}

// IsPinned reports whether the reader has it on their profile.
func (s aStatus) IsPinned() bool { return s.Pinned != nil && *s.Pinned }

// Audience is the icon of who may read it.
func (s aStatus) Audience() string {
	switch s.Visibility {
	case models.VisPublic:
		return "globe"
	case models.VisUnlisted:
		return "moon"
	case models.VisFollowers:
		return "lock"
	}
	return "mail"
}

// Covered reports whether media are to be shown on demand alone.
func (s aStatus) Covered() bool {
	return s.Sensitive && s.SpoilerText == "" || s.Veil != nil && s.Veil.Blur
}

// Grid says how many media there are, up to four.
func (s aStatus) Grid() int { return min(len(s.MediaAttachments), 4) }

// Carded reports whether the link card is worth showing: media and quotes come first.
func (s aStatus) Carded() bool {
	return s.Card != nil && s.Card.Title != "" && len(s.MediaAttachments) == 0 && s.Quote == nil
}

// Focus is the class of a picture that keeps what matters in view: fx and fy are tenths
// from the left and the top.
func (m aMedium) Focus() string {
	if m.Meta.Focus == nil {
		return ""
	}
	tenth := func(f float64) string { return strconv.Itoa(int(min(max((f+1)*5+.5, 0), 10))) }
	return "fx" + tenth(m.Meta.Focus.X) + " fy" + tenth(-m.Meta.Focus.Y)
}

// Wide and High are the size of the preview, 0 where nobody knows.
func (m aMedium) Wide() int { return cmp.Or(m.Meta.Small.Width, m.Meta.Original.Width) }

// High is the height beside Wide.
func (m aMedium) High() int { return cmp.Or(m.Meta.Small.Height, m.Meta.Original.Height) }

// Open reports whether the reader may vote now.
func (p aPoll) Open() bool { return !p.Expired && !p.Voted }

// HTML is a choice with its emoji.
func (p aPoll) HTML(i int) template.HTML {
	return emojis(p.Emojis).in(template.HTMLEscapeString(p.Options[i].Title))
}

// Share is how many of a hundred chose it, -1 while that is hidden.
func (p aPoll) Share(i int) int {
	n := p.Options[i].VotesCount
	if n == nil {
		return -1
	}
	all := p.VotesCount
	if p.VotersCount != nil && p.Multiple {
		all = *p.VotersCount
	}
	if all == 0 {
		return 0
	}
	return min((*n*100+all/2)/all, 100)
}

// Chose reports whether the reader chose it.
func (p aPoll) Chose(i int) bool { return slices.Contains(p.OwnVotes, i) }

// Voters are how many voted, or votes where nobody knows that.
func (p aPoll) Voters() int {
	if p.VotersCount != nil {
		return *p.VotersCount
	}
	return p.VotesCount
}

// Stands is how a quote stands, as a word that pages know.
func (q aQuote) Stands() string {
	switch q.State {
	case "pending", "rejected", "revoked", "deleted", "unauthorized", "blocked_account", "blocked_domain", "muted_account":
		return q.State
	}
	return "unauthorized"
}

// Host is the site that the link leads to.
func (c aCard) Host() string {
	u, err := url.Parse(c.URL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
