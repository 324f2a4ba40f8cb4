package wire

import (
	"strings"
	"time"

	"github.com/go-fed/activity/streams"

	"ensemble/models"
)

// Limits on a poll that is read. What breaks them is refused whole: a poll of which
// some options are missing is another poll.
const (
	MaxOptions = 64
	MaxTitle   = 1024 // bytes
)

// question reads what a Question asks. One that names no options is an ordinary post.
func question(v value, n *models.Note) error {
	options, multiple := v.get("oneOf"), false
	if options.kind() == null {
		options, multiple = v.get("anyOf"), true
	}
	if n.Type != "Question" || options.kind() == null {
		return nil
	}
	q := &models.Question{Multiple: multiple, Voters: v.get("votersCount").whole(-1), Ends: v.get("endTime").time()}
	if v.get("votersCount").kind() == null {
		q.Voters = v.get("toot:votersCount").whole(-1)
	}
	for o := range options.all() {
		title := o.get("name").one().str()
		switch {
		case len(q.Options) == MaxOptions:
			return models.Refuse(models.Invalid, "many_options", "The poll has more than %d options.", MaxOptions)
		case len(title) > MaxTitle:
			return models.Refuse(models.Invalid, "long_option", "An option of the poll is longer than %d bytes.", MaxTitle)
		case strings.TrimSpace(title) == "":
			return models.Refuse(models.Invalid, "empty_option", "An option of the poll has no name.")
		}
		q.Options = append(q.Options, models.PollOption{Title: title, Votes: o.get("replies").one().get("totalItems").whole(-1)})
	}
	if len(q.Options) == 0 {
		return nil
	}
	q.Closed = closed(v.get("closed"), n, q)
	if d := seconds(v.get("duration").short(32)); q.Ends.IsZero() && d > 0 && d <= models.MaxPollTime.Seconds() {
		q.Lasts = time.Duration(d) * time.Second
	}
	n.Poll = q
	return nil
}

// closed reads when a poll was closed (ActivityStreams vocabulary §2.2): a moment,
// or only that it was.
func closed(v value, n *models.Note, q *models.Question) time.Time {
	v = v.one()
	if t := v.time(); !t.IsZero() {
		return t
	}
	switch {
	case v.kind() == null, v.kind() == boolean && !v.is(), v.kind() == text && v.str() == "false":
		return time.Time{}
	case !n.Updated.IsZero():
		return n.Updated
	case !n.Published.IsZero():
		return n.Published
	}
	return time.Unix(0, 0).UTC()
}

// sayQuestion writes what a post asks, and how it stands. A draft has no votes yet,
// and no end: it says how long it will run.
func sayQuestion(m map[string]any, q *models.Question, draft bool) {
	if q == nil {
		return
	}
	options := []map[string]any{}
	for _, o := range q.Options {
		option := map[string]any{"type": "Note", "name": o.Title}
		if !draft {
			replies := map[string]any{"type": string(Unordered)}
			if o.Votes >= 0 {
				replies["totalItems"] = o.Votes
			}
			option["replies"] = replies
		}
		options = append(options, option)
	}
	key := "oneOf"
	if q.Multiple {
		key = "anyOf"
	}
	m[key] = options
	if draft && q.Lasts > 0 {
		m["duration"] = duration(q.Lasts.Seconds())
		return
	}
	putTime(m, "endTime", q.Ends)
	putTime(m, "closed", q.Closed)
	if q.Voters >= 0 && !draft {
		m["votersCount"] = q.Voters
	}
}

// ballot reads the option that a Note chooses, "" if it is a post: a vote has a name
// and no words, and answers a Question.
func ballot(v value, n *models.Note) string {
	if n.Type != "Note" || n.Content != "" || n.InReplyTo == "" || len(n.Attachments) > 0 {
		return ""
	}
	return v.get("name").short(MaxTitle + 1) // longer than any option
}

// ballots reads the votes of a Create beside its first: GoToSocial says all that one
// chooses at once. A list in which something else stands is refused whole.
func ballots(v value, a *models.Activity) ([]*models.Note, error) {
	if first := a.Object.Note; a.Verb != models.Create || first == nil || first.Name == "" || v.kind() != list {
		return nil, nil
	}
	var out []*models.Note
	i := 0
	for o := range v.all() {
		if i++; i == 1 {
			continue
		}
		if i > MaxOptions {
			return nil, models.Refuse(models.Invalid, "many_options", "Nobody chooses more than %d options.", MaxOptions)
		}
		n, err := note(o)
		if err != nil {
			return nil, err
		}
		if n.Name == "" || n.Author != a.Object.Note.Author || n.InReplyTo != a.Object.Note.InReplyTo {
			return nil, models.Refuse(models.Invalid, "no_votes", "The list is not of one account's votes in one poll.")
		}
		out = append(out, n)
	}
	return out, nil
}

// newBallot makes the Note by which somebody votes.
func newBallot(n *models.Note) post {
	p := post{streams.NewActivityStreamsNote(), "Note", map[string]any{}}
	p.SetJSONLDId(jsonID(n.URI))
	p.SetActivityStreamsAttributedTo(attributedTo(n.Author))
	p.extra["inReplyTo"], p.extra["name"] = n.InReplyTo, n.Name
	putList(p.extra, "to", n.To)
	return p
}
