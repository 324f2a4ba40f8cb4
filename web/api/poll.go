package api

import (
	"strconv"
	"time"

	"ensemble/activities/poll"
	"ensemble/activities/post"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// Poll is GET /api/v1/polls/:id. A poll is called as its post is. Somebody who is
// signed in and looks at one elsewhere has its server asked for news, for the next
// look.
func (a *API) Poll(c *call.Call) (any, error) {
	p, err := a.post(c)
	if err != nil {
		return nil, err
	}
	if c.Me != nil {
		if err := post.RefreshPoll(c.Tx, p); err != nil {
			return nil, err
		}
	}
	return pollOf(c, p)
}

// Vote is POST /api/v1/polls/:id/votes, with choices[] by number from 0.
func (a *API) Vote(c *call.Call) (any, error) {
	p, err := a.post(c)
	if err != nil {
		return nil, err
	}
	var choices []int
	for _, s := range c.Strs("choices") {
		n, err := strconv.Atoi(s)
		if err != nil {
			return nil, models.Refuse(models.Invalid, "no_option", "choices are numbers of options, from 0")
		}
		choices = append(choices, n)
	}
	if len(choices) > wholePoll {
		return nil, models.Refuse(models.Invalid, "no_option", "a poll has no %d options", len(choices))
	}
	if err := poll.Vote(c.Tx, c.Me, p, choices); err != nil {
		return nil, err
	}
	return pollOf(c, p)
}

// wholePoll is more options than a poll has anywhere.
const wholePoll = 100

func pollOf(c *call.Call, p *models.Post) (*pollJSON, error) {
	s := &shown{call: c, posts: map[models.ID]*models.Post{p.ID: p}}
	if err := s.gatherPolls([]models.ID{p.ID}); err != nil {
		return nil, err
	}
	v := s.poll(p)
	if v == nil {
		return nil, models.Errorf(models.NotFound, "there is no such poll here")
	}
	w := wishes{site: c.Site}
	w.add(p.URI, &v.Emojis, v.titles()...)
	return v, w.meet(c.Tx)
}

// question reads what somebody wants to ask with their post, nil if nothing.
func question(c *call.Call) *models.Question {
	titles := c.Strs("poll[options]")
	if len(titles) == 0 {
		return nil
	}
	q := &models.Question{
		Multiple: c.Bool("poll[multiple]"), HideTotals: c.Bool("poll[hide_totals]"),
		Lasts: time.Duration(min(max(c.Int("poll[expires_in]", 0), 0), maxSeconds)) * time.Second,
	}
	for _, t := range titles {
		q.Options = append(q.Options, models.PollOption{Title: t})
	}
	return q
}

// maxSeconds is a time that is too long for a poll, and not too long to multiply.
const maxSeconds = 1 << 30

// gatherPolls finds out what the posts ask, and what the reader chose.
func (s *shown) gatherPolls(ids []models.ID) (err error) {
	var asking []models.ID
	if s.polls, err = store.PollsOf(s.call.Tx, ids); err != nil {
		return err
	}
	for id := range s.polls {
		asking = append(asking, id)
	}
	s.ballots, err = store.BallotsOf(s.call.Tx, s.call.MyID(), asking)
	return err
}

// pollJSON is Mastodon's Poll.
type pollJSON struct {
	ID          models.ID    `json:"id,string"`
	ExpiresAt   *moment      `json:"expires_at"`
	Expired     bool         `json:"expired"`
	Multiple    bool         `json:"multiple"`
	VotesCount  int          `json:"votes_count"`
	VotersCount *int         `json:"voters_count"` // null where its origin does not say
	Options     []optionJSON `json:"options"`
	Emojis      []emojiJSON  `json:"emojis"`
	Voted       *bool        `json:"voted,omitempty"` // for who is signed in
	OwnVotes    *[]int       `json:"own_votes,omitempty"`
}

func (v *pollJSON) titles() []string {
	var out []string
	for _, o := range v.Options {
		out = append(out, o.Title)
	}
	return out
}

type optionJSON struct {
	Title      string `json:"title"`
	VotesCount *int   `json:"votes_count"` // null while it is hidden
}

// poll shows what p asks, nil if nothing.
func (s *shown) poll(p *models.Post) *pollJSON {
	row := s.polls[p.ID]
	if row == nil {
		return nil
	}
	now := s.call.Now()
	v := &pollJSON{
		ID: row.ID, ExpiresAt: momentOf(row.ExpiresAt), Expired: row.Over(now), Multiple: row.Multiple,
		Options: []optionJSON{}, Emojis: []emojiJSON{},
	}
	if row.Voters >= 0 {
		v.VotersCount = &row.Voters
	}
	for _, o := range row.Options {
		option := optionJSON{Title: text.Line(o.Title, models.MaxPollTitle*8)}
		v.VotesCount += max(o.Votes, 0)
		if o.Votes >= 0 && !row.Veiled(now) {
			option.VotesCount = &o.Votes
		}
		v.Options = append(v.Options, option)
	}
	if me := s.call.MyID(); me != 0 {
		mine := append([]int{}, s.ballots[row.ID]...)
		voted := len(mine) > 0 || me == row.AccountID
		v.Voted, v.OwnVotes = &voted, &mine
	}
	return v
}

// askedJSON is what a version of a post asked, without votes.
type askedJSON struct {
	Options  []titleJSON `json:"options"`
	Multiple bool        `json:"multiple"`
	Hidden   bool        `json:"hide_totals"`
	Lasts    int         `json:"expires_in,omitempty"` // seconds, of a draft: from its publication
	Emojis   []emojiJSON `json:"emojis"`
}

type titleJSON struct {
	Title string `json:"title"`
}

func askedView(q *models.Question) *askedJSON {
	if q == nil {
		return nil
	}
	v := &askedJSON{Multiple: q.Multiple, Hidden: q.HideTotals, Lasts: int(q.Lasts.Seconds()), Emojis: []emojiJSON{}}
	for _, o := range q.Options {
		v.Options = append(v.Options, titleJSON{text.Line(o.Title, models.MaxPollTitle*8)})
	}
	return v
}
