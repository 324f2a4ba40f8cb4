package models

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits on a poll that is asked here. They are published to clients.
const (
	MinPollOptions = 2
	MaxPollOptions = 4
	MaxPollTitle   = 50 // code points
	MinPollTime    = 5 * time.Minute
	MaxPollTime    = 31 * 24 * time.Hour
)

// A PollOption is an answer that can be chosen.
type PollOption struct {
	Title string `json:"title"` // as its author's server wrote it
	Votes int    `json:"votes"` // -1 if it was not said
}

// A Question is a poll as it travels with its Note.
type Question struct {
	Options    []PollOption  `json:"options"`
	Multiple   bool          `json:"multiple,omitempty"` // anyOf, not oneOf
	Voters     int           `json:"voters"`             // people; -1 if it was not said
	Ends       time.Time     `json:"ends,omitzero"`
	Closed     time.Time     `json:"closed,omitzero"`
	Lasts      time.Duration `json:"lasts,omitempty"` // of one that is not out yet: it runs from its publication
	HideTotals bool          `json:"hide_totals,omitempty"`
}

// Check says why a person here may not ask q: Invalid, with a code.
func (q *Question) Check() error {
	seen := map[string]bool{}
	for i := range q.Options {
		title := strings.TrimSpace(q.Options[i].Title)
		switch {
		case title == "":
			return Refuse(Invalid, "empty_option", "every option of a poll needs words")
		case utf8.RuneCountInString(title) > MaxPollTitle:
			return Refuse(Invalid, "long_option", "an option of a poll has at most %d characters", MaxPollTitle)
		case seen[title]:
			return Refuse(Invalid, "same_option", "two options of this poll are the same")
		}
		seen[title] = true
		q.Options[i].Title = title
	}
	switch {
	case len(q.Options) < MinPollOptions:
		return Refuse(Invalid, "few_options", "a poll needs at least %d options", MinPollOptions)
	case len(q.Options) > MaxPollOptions:
		return Refuse(Invalid, "many_options", "a poll has at most %d options", MaxPollOptions)
	case q.Lasts == 0 && !q.Ends.IsZero(): // it runs already
	case q.Lasts < MinPollTime:
		return Refuse(Invalid, "too_soon", "a poll is open for at least %d seconds (expires_in)", int(MinPollTime.Seconds()))
	case q.Lasts > MaxPollTime:
		return Refuse(Invalid, "too_late", "a poll is open for at most %d seconds (expires_in)", int(MaxPollTime.Seconds()))
	}
	return nil
}

// Titles returns the options in order.
func (q *Question) Titles() []string {
	out := make([]string, len(q.Options))
	for i, o := range q.Options {
		out[i] = o.Title
	}
	return out
}

// SameQuestion reports whether a and b ask the same: the same options in the same
// order, of which as many may be chosen. nil asks nothing.
func SameQuestion(a, b *Question) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Multiple == b.Multiple && slices.Equal(a.Titles(), b.Titles())
}

// End returns when q ends, the zero time for never. Some peers say a future date
// as closed, and mean the end.
func (q *Question) End() time.Time {
	if q.Ends.IsZero() || !q.Closed.IsZero() && q.Closed.Before(q.Ends) {
		return q.Closed
	}
	return q.Ends
}

// A Poll is a question that a post asks, and how it stands. Of a poll that lives
// elsewhere the numbers are what its origin says.
type Poll struct {
	ID         ID // the post's
	AccountID  ID // who asks
	Local      bool
	Options    []PollOption `gorm:"serializer:json"`
	Multiple   bool
	HideTotals bool // until it is over
	Voters     int  // people; -1 if the origin does not say
	ExpiresAt  *time.Time
	ClosedAt   *time.Time // when those here were told that it is over
	TellAt     *time.Time // when peers are to be told how it stands
	ToldAt     *time.Time
	NewsAt     *time.Time // of one elsewhere: when its origin last said how it stands, or was asked
	CreatedAt  time.Time
}

// A PollVote is one choice of one account. A person who may choose several has
// several.
type PollVote struct {
	ID        ID
	URI       IRI
	PollID    ID
	AccountID ID
	Choice    int // from 0
	CreatedAt time.Time
}

// Over reports whether no more votes are taken.
func (p *Poll) Over(now time.Time) bool {
	return p.ClosedAt != nil || p.ExpiresAt != nil && !now.Before(*p.ExpiresAt)
}

// Veiled reports whether how often each option was chosen is not yet to be shown.
func (p *Poll) Veiled(now time.Time) bool { return p.HideTotals && !p.Over(now) }

// Choice returns the number of the option that is called title, and whether there
// is one.
func (p *Poll) Choice(title string) (int, bool) {
	i := slices.IndexFunc(p.Options, func(o PollOption) bool { return o.Title == title })
	if i < 0 {
		title = strings.TrimSpace(title)
		i = slices.IndexFunc(p.Options, func(o PollOption) bool { return strings.TrimSpace(o.Title) == title })
	}
	return i, i >= 0
}

// May says why by, who chose before already, may not choose choices now: Invalid,
// or Conflict for a second vote.
func (p *Poll) May(by ID, now time.Time, before, choices []int) error {
	for i, c := range choices {
		if c < 0 || c >= len(p.Options) {
			return Refuse(Invalid, "no_option", "this poll has no option %d", c)
		}
		if slices.Contains(choices[:i], c) {
			return Refuse(Invalid, "same_choice", "option %d is chosen twice", c)
		}
	}
	switch {
	case by == p.AccountID:
		return Refuse(Invalid, "own_poll", "who asks does not vote")
	case p.Over(now):
		return Refuse(Invalid, "poll_over", "this poll is over")
	case len(choices) == 0:
		return Refuse(Invalid, "no_choice", "a vote chooses an option")
	case !p.Multiple && len(before) > 0, slices.ContainsFunc(choices, func(c int) bool { return slices.Contains(before, c) }):
		return Refuse(Conflict, "already_voted", "there is a vote of this account already")
	case !p.Multiple && len(choices) > 1:
		return Refuse(Invalid, "one_choice", "in this poll one option is chosen, not %d", len(choices))
	}
	return nil
}

// Count adds choices; fresh says that they are the first ones of somebody. What an origin
// keeps to itself stays unknown.
func (p *Poll) Count(choices []int, fresh bool) {
	for _, c := range choices {
		if p.Options[c].Votes >= 0 {
			p.Options[c].Votes++
		}
	}
	if fresh && p.Voters >= 0 {
		p.Voters++
	}
}

// Claim takes the origin's numbers, and its end.
func (p *Poll) Claim(q *Question) {
	for i := range p.Options {
		p.Options[i].Votes = q.Options[i].Votes
	}
	p.Voters = q.Voters
	p.ExpiresAt = nil
	if end := q.End(); !end.IsZero() {
		p.ExpiresAt = &end
	}
}

// Question returns the poll as it travels at that time.
func (p *Poll) Question(now time.Time) *Question {
	q := &Question{Options: slices.Clone(p.Options), Multiple: p.Multiple, Voters: p.Voters, HideTotals: p.HideTotals}
	if p.ExpiresAt != nil {
		q.Ends = *p.ExpiresAt
	}
	if p.Over(now) {
		q.Closed = q.Ends
	}
	if p.Veiled(now) {
		for i := range q.Options {
			q.Options[i].Votes = -1
		}
	}
	return q
}
