package models

import (
	"strings"
	"testing"
	"time"
)

func asked(lasts time.Duration, titles ...string) *Question {
	q := &Question{Lasts: lasts}
	for _, t := range titles {
		q.Options = append(q.Options, PollOption{Title: t})
	}
	return q
}

func TestWhatMayBeAsked(t *testing.T) {
	for _, c := range []struct {
		name string
		q    *Question
		code string
	}{
		{"two options", asked(time.Hour, "a", "b"), ""},
		{"as many as there may be", asked(time.Hour, "a", "b", "c", "d"), ""},
		{"one option", asked(time.Hour, "a"), "few_options"},
		{"none", asked(time.Hour), "few_options"},
		{"one too many", asked(time.Hour, "a", "b", "c", "d", "e"), "many_options"},
		{"ten thousand", asked(time.Hour, strings.Split(strings.Repeat("x", 10000), "")...), "same_option"},
		{"an empty option", asked(time.Hour, "a", " \t"), "empty_option"},
		{"two that differ in space alone", asked(time.Hour, "a", " a "), "same_option"},
		{"the longest option", asked(time.Hour, "a", strings.Repeat("ä", 50)), ""},
		{"an option too long", asked(time.Hour, "a", strings.Repeat("ä", 51)), "long_option"},
		{"an option of a megabyte", asked(time.Hour, "a", strings.Repeat("b", 1<<20)), "long_option"},
		{"five minutes", asked(5*time.Minute, "a", "b"), ""},
		{"less", asked(5*time.Minute-time.Second, "a", "b"), "too_soon"},
		{"no time", asked(0, "a", "b"), "too_soon"},
		{"time before now", asked(-time.Hour, "a", "b"), "too_soon"},
		{"31 days", asked(31*24*time.Hour, "a", "b"), ""},
		{"more", asked(31*24*time.Hour+time.Second, "a", "b"), "too_late"},
		{"one that runs already", &Question{Options: asked(0, "a", "b").Options, Ends: time.Now()}, ""},
	} {
		err := c.q.Check()
		if CodeOf(err) != c.code || (err == nil) != (c.code == "") {
			t.Errorf("%s: got %v, want code %q", c.name, err, c.code)
		}
	}
}

func TestWhoMayVote(t *testing.T) {
	const author, voter ID = 1, 2
	now := time.Date(2026, 9, 1, 18, 0, 0, 0, time.UTC)
	later, before := now.Add(time.Hour), now.Add(-time.Second)
	poll := func(multiple bool, end, closed *time.Time) *Poll {
		return &Poll{AccountID: author, Options: asked(0, "a", "b", "c").Options, Multiple: multiple, ExpiresAt: end, ClosedAt: closed}
	}
	for _, c := range []struct {
		name    string
		p       *Poll
		by      ID
		had     []int
		choices []int
		code    string
	}{
		{"somebody", poll(false, &later, nil), voter, nil, []int{2}, ""},
		{"a poll without an end", poll(false, nil, nil), voter, nil, []int{0}, ""},
		{"the author", poll(false, &later, nil), author, nil, []int{0}, "own_poll"},
		{"at the end", poll(false, &now, nil), voter, nil, []int{0}, "poll_over"},
		{"after the end", poll(false, &before, nil), voter, nil, []int{0}, "poll_over"},
		{"after the close", poll(false, &later, &now), voter, nil, []int{0}, "poll_over"},
		{"nothing", poll(true, &later, nil), voter, nil, nil, "no_choice"},
		{"what is not there", poll(false, &later, nil), voter, nil, []int{3}, "no_option"},
		{"less than nothing", poll(true, &later, nil), voter, nil, []int{0, -1}, "no_option"},
		{"a second time", poll(false, &later, nil), voter, []int{1}, []int{0}, "already_voted"},
		{"the same a second time", poll(false, &later, nil), voter, []int{1}, []int{1}, "already_voted"},
		{"two of one", poll(false, &later, nil), voter, nil, []int{0, 1}, "one_choice"},
		{"two of many", poll(true, &later, nil), voter, nil, []int{0, 1}, ""},
		{"the same twice", poll(true, &later, nil), voter, nil, []int{1, 1}, "same_choice"},
		{"another of many", poll(true, &later, nil), voter, []int{0}, []int{1}, ""},
		{"the same of many again", poll(true, &later, nil), voter, []int{0}, []int{0}, "already_voted"},
	} {
		if err := c.p.May(c.by, now, c.had, c.choices); CodeOf(err) != c.code || (err == nil) != (c.code == "") {
			t.Errorf("%s: got %v, want code %q", c.name, err, c.code)
		}
	}
}

func TestTheEndOfAQuestion(t *testing.T) {
	early := time.Date(2026, 9, 1, 18, 0, 0, 0, time.UTC)
	late := early.Add(time.Hour)
	for _, c := range []struct {
		name string
		q    Question
		want time.Time
	}{
		{"never", Question{}, time.Time{}},
		{"its end", Question{Ends: late}, late},
		{"closed before its end", Question{Ends: late, Closed: early}, early},
		{"closed after its end", Question{Ends: early, Closed: late}, early},
		{"Pleroma's closed is an end", Question{Closed: late}, late},
	} {
		if got := c.q.End(); !got.Equal(c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestHiddenTotalsTravelAtTheEnd(t *testing.T) {
	now := time.Date(2026, 9, 1, 18, 0, 0, 0, time.UTC)
	end := now.Add(time.Hour)
	p := &Poll{Options: asked(0, "a", "b").Options, HideTotals: true, ExpiresAt: &end}
	p.Count([]int{1}, true)
	if q := p.Question(now); q.Options[1].Votes != -1 || q.Voters != 1 || !q.Closed.IsZero() {
		t.Errorf("before the end: %+v", q)
	}
	if q := p.Question(end); q.Options[1].Votes != 1 || q.Options[0].Votes != 0 || !q.Closed.Equal(end) {
		t.Errorf("after the end: %+v", q)
	}
}
