package web_test

import (
	"net/url"
	"testing"
	"time"

	"ensemble/models"
)

// A poll shows what it may: choices to who can vote, results to who did and when it is
// over, and no numbers while they are hidden.
func TestPollsArePages(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	bob := r.account("bob", "two.example")
	poll := func(change func(*models.Poll)) *models.Post {
		p := r.post(bob, "<p>which?</p>", models.VisPublic)
		end := r.db.Now().Add(time.Hour)
		q := &models.Poll{ID: p.ID, AccountID: bob.ID, Voters: 3, ExpiresAt: &end, Options: []models.PollOption{{Title: "Tea", Votes: 1}, {Title: "Coffee", Votes: 2}}}
		change(q)
		r.put(q)
		return p
	}
	at := func(p *models.Post) string { return "/@bob@two.example/" + p.ID.String() }
	past := r.db.Now().Add(-time.Minute)
	one := poll(func(*models.Poll) {})
	r.says(r.get(at(one), 200), `type="radio" name="choices" value="0"`, "3 people voted", "Open until")
	r.says(r.get(at(poll(func(q *models.Poll) { q.Multiple = true })), 200), `type="checkbox" name="choices" value="1"`)
	r.says(r.get(at(poll(func(q *models.Poll) { q.ExpiresAt = &past })), 200), "67%", "Closed")
	r.says(r.get(at(poll(func(q *models.Poll) { q.ExpiresAt = nil })), 200), "3 people voted · Open")
	for what, form := range map[string]url.Values{
		"nothing": {}, "no such choice": {"choices": {"7"}}, "words": {"choices": {"tea"}}, "two of one": {"choices": {"0", "1"}},
	} {
		form.Set("poll", one.ID.String())
		if w := r.send("/statuses/"+one.ID.String()+"/vote", form); w.Code < 400 || w.Code >= 500 {
			t.Errorf("%s: %d %s", what, w.Code, w.Body)
		}
	}
	r.speak("fr")
	r.says(r.get(at(one), 200), "3 personnes ont voté", "Voter")
	r.says(r.get(at(poll(func(q *models.Poll) { q.ExpiresAt = &past })), 200), "67 %", "Terminé")
}
