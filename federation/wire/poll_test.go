package wire

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"ensemble/models"
)

// asking is a post that asks something.
func asking() *models.Note {
	n := plainNote()
	n.Type = "Question"
	n.Poll = &models.Question{
		Options: []models.PollOption{{Title: "Celadon", Votes: 2}, {Title: "<b>Tenmoku</b>", Votes: 0}}, Voters: 2, Ends: at(0).Add(time.Hour),
	}
	return n
}

func vote() *models.Activity {
	id := alice + "#votes/1"
	n := &models.Note{URI: id, Type: "Note", Author: alice, Name: "Celadon", InReplyTo: "https://m.example/q", To: []models.IRI{bob}}
	return &models.Activity{
		URI: id + "/activity", Verb: models.Create, Actor: alice, To: n.To,
		Object: models.Object{URI: id, Type: "Note", Owner: alice, Note: n},
	}
}

func TestPollsTravel(t *testing.T) {
	closed, hidden := asking(), asking()
	closed.Poll.Multiple, closed.Poll.Closed, closed.Poll.Voters = true, closed.Poll.Ends, -1
	hidden.Poll.Options[0].Votes, hidden.Poll.Options[1].Votes = -1, -1
	for name, n := range map[string]*models.Note{"question": asking(), "question_closed": closed, "question_hidden": hidden} {
		body, err := EncodeNote(n, models.FormDual, true)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "ours/"+name+".json", body)
		if got, err := DecodeNote(body); err != nil || !reflect.DeepEqual(got, n) {
			t.Errorf("%s: got %+v, %v", name, got.Poll, err)
		}
	}
	body, err := Encode(vote(), models.FormDual)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "ours/vote.json", body)
	if got, err := Decode(body); err != nil || !reflect.DeepEqual(got, vote()) {
		t.Errorf("the vote: got %+v, %v", got, err)
	}
}

// A draft says what it asks and how long, and has no votes.
func TestDraftOfAPoll(t *testing.T) {
	n := asking()
	n.Poll.Ends, n.Poll.Lasts, n.Poll.Voters = time.Time{}, 30*time.Minute, -1
	n.Poll.Options[0].Votes, n.Poll.Options[1].Votes = -1, -1
	c := collaborationOf(n)
	body, err := EncodeCollaboration(c)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(body); strings.Contains(s, "totalItems") || strings.Contains(s, "votersCount") || !strings.Contains(s, `"PT1800S"`) {
		t.Errorf("the draft says %s", s)
	}
	if got, err := DecodeCollaboration(body); err != nil || !reflect.DeepEqual(got.Work.Poll, n.Poll) {
		t.Errorf("got %+v, %v", got.Work.Poll, err)
	}
}

func TestPollTraits(t *testing.T) {
	read := func(name string) *models.Note {
		t.Helper()
		a, err := Decode(readFile(t, "peers/"+name+".json"))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return a.Object.Note
	}
	end := time.Date(2026, 9, 2, 10, 0, 0, 0, time.UTC)
	for name, want := range map[string]*models.Question{
		"mastodon_question":        {Options: []models.PollOption{{Title: "Celadon", Votes: 3}, {Title: "Tenmoku", Votes: 1}}, Voters: 4, Ends: end},
		"mastodon_update_question": {Options: []models.PollOption{{Title: "Celadon", Votes: 9}, {Title: "Tenmoku", Votes: 1}}, Voters: 10, Ends: end, Closed: end},
		"misskey_question":         {Options: []models.PollOption{{Title: "Celadon", Votes: 2}, {Title: "Tenmoku"}}, Multiple: true, Voters: -1, Ends: end},
		"pleroma_question":         {Options: []models.PollOption{{Title: "Celadon", Votes: 1}, {Title: "Tenmoku"}}, Voters: -1, Closed: end},
		"gotosocial_question":      {Options: []models.PollOption{{Title: "Celadon"}, {Title: "Tenmoku", Votes: 3}}, Voters: 3, Ends: end.Add(-22 * time.Hour), Closed: end.Add(-22 * time.Hour)},
	} {
		if got := read(name).Poll; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	for _, name := range []string{"mastodon_vote", "misskey_vote", "pleroma_vote", "gotosocial_vote"} {
		if n := read(name); n.Name != "Celadon" || n.InReplyTo != work1 || n.Poll != nil {
			t.Errorf("%s: got %+v", name, n)
		}
	}
	if n := read("mastodon_create"); n.Name != "" || n.Poll != nil {
		t.Errorf("a post is no vote: %+v", n)
	}
}

func TestStrangePolls(t *testing.T) {
	const head = `{"id":"https://m.example/1","type":"Question","attributedTo":"https://m.example/u","published":"2026-09-01T10:00:00Z","content":"x",`
	many := strings.TrimSuffix(strings.Repeat(`{"name":"x"},`, MaxOptions+1), ",")
	for _, c := range []struct{ name, rest, code string }{
		{"too many options", `"oneOf":[` + many + `]}`, "many_options"},
		{"ten thousand options", `"oneOf":[` + strings.TrimSuffix(strings.Repeat(`{"name":"x"},`, 10000), ",") + `]}`, "many_options"},
		{"an option of a megabyte", `"anyOf":[{"name":"` + strings.Repeat("x", 1000<<10) + `"}]}`, "long_option"},
		{"an option without a name", `"anyOf":[{"name":"a"},{}]}`, "empty_option"},
		{"an option that is no object", `"anyOf":[7]}`, "empty_option"},
		{"an option of spaces", `"anyOf":[{"name":"  "}]}`, "empty_option"},
	} {
		if n, err := DecodeNote([]byte(head + c.rest)); models.CodeOf(err) != c.code {
			t.Errorf("%s: got %+v, %v, want %s", c.name, n, err, c.code)
		}
	}
	for _, c := range []struct{ name, rest, want string }{
		{"no options", `"oneOf":[]}`, "null"},
		{"nothing asked", `"endTime":"2026-09-01T10:00:00Z"}`, "null"},
		{"one option, not in a list", `"oneOf":{"name":"a"}}`, `{"options":[{"title":"a","votes":-1}],"voters":-1}`},
		{"numbers that are none", `"oneOf":[{"name":"a","replies":{"totalItems":-3}},{"name":"b","replies":{"totalItems":1e99}},{"name":"c","replies":{"totalItems":"4"}}],"votersCount":-1}`,
			`{"options":[{"title":"a","votes":-1},{"title":"b","votes":-1},{"title":"c","votes":-1}],"voters":-1}`},
		{"closed, without a word of when", `"oneOf":[{"name":"a"}],"closed":true}`, `{"options":[{"title":"a","votes":-1}],"voters":-1,"closed":"2026-09-01T10:00:00Z"}`},
		{"not closed", `"oneOf":[{"name":"a"}],"closed":false}`, `{"options":[{"title":"a","votes":-1}],"voters":-1}`},
	} {
		n, err := DecodeNote([]byte(head + c.rest))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got, _ := json.Marshal(n.Poll); string(got) != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// GoToSocial says all that one chooses in one Create.
func TestVotesInAList(t *testing.T) {
	ballot := func(name, by, poll string) string {
		return `{"id":"https://g.example/users/g/statuses/1/activity#vote/` + name + `","type":"Note","name":"` + name + `","attributedTo":"` + by +
			`","inReplyTo":"` + poll + `","to":"https://a.example/users/alice"}`
	}
	const g, poll = "https://g.example/users/g", "https://a.example/q"
	body := func(all ...string) []byte {
		return []byte(`{"@context":"https://www.w3.org/ns/activitystreams","id":"https://g.example/users/g/activity#vote/https://a.example/q","type":"Create",
			"actor":"` + g + `","to":"https://a.example/users/alice","published":"2026-09-01T18:03:00Z","object":[` + strings.Join(all, ",") + `]}`)
	}
	a, err := Decode(body(ballot("Celadon", g, poll), ballot("Tenmoku", g, poll), ballot("Raku", g, poll)))
	if err != nil {
		t.Fatal(err)
	}
	if a.Object.Note == nil || a.Object.Note.Name != "Celadon" || len(a.Ballots) != 2 || a.Ballots[0].Name != "Tenmoku" || a.Ballots[1].Name != "Raku" {
		t.Errorf("read as %+v and %+v", a.Object.Note, a.Ballots)
	}
	for name, all := range map[string][]string{
		"another's vote":      {ballot("a", g, poll), ballot("b", "https://g.example/users/h", poll)},
		"a vote elsewhere":    {ballot("a", g, poll), ballot("b", g, poll+"2")},
		"a post":              {ballot("a", g, poll), `{"id":"https://g.example/1","type":"Note","content":"x","attributedTo":"` + g + `","inReplyTo":"` + poll + `"}`},
		"more than there are": slices.Repeat([]string{ballot("a", g, poll)}, MaxOptions+1),
	} {
		if a, err := Decode(body(all...)); models.KindOf(err) != models.Invalid {
			t.Errorf("%s: read as %+v, %v", name, a, err)
		}
	}
}
