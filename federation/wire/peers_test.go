package wire

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"ensemble/models"
)

func peerFiles(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/peers/*.json")
	if err != nil || len(names) < 40 {
		t.Fatalf("got %d peers' documents, %v", len(names), err)
	}
	for i := range names {
		names[i] = strings.TrimSuffix(filepath.Base(names[i]), ".json")
	}
	return names
}

// What the big peers send is read as the goldens in testdata/read say.
func TestPeers(t *testing.T) {
	for _, name := range peerFiles(t) {
		raw := readFile(t, "peers/"+name+".json")
		var got any
		var err error
		if strings.HasSuffix(name, "_actor") && !strings.Contains(name, "delete") {
			got, err = DecodeActor(raw)
		} else {
			if _, err := Peek(raw); err != nil {
				t.Errorf("%s: Peek: %v", name, err)
			}
			got, err = Decode(raw)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		body, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "read/"+name+".json", body)
	}
}

// traits returns what reads an activity of a peer, and what states a thing about it in words.
func traits(t *testing.T) (read func(name string) *models.Activity, check func(ok bool, sentence string)) {
	read = func(name string) *models.Activity {
		t.Helper()
		a, err := Decode(readFile(t, "peers/"+name+".json"))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return a
	}
	return read, func(ok bool, sentence string) {
		t.Helper()
		if !ok {
			t.Error("it is not so that " + sentence)
		}
	}
}

// The traits that are easily broken, in words.
func TestPeerTraits(t *testing.T) {
	read, check := traits(t)
	n := read("mastodon_create").Object.Note
	check(n.Language == "en" && n.ContentMap == nil, "Mastodon's language is read off its contentMap")
	check(n.Summary == nil && n.Likes.Total == 4 && n.Replies.Total == -1, "Mastodon's counts are read")
	check(len(n.Mentions) == 1 && len(n.Tags) == 1 && n.Attachments[0].Kind == "image", "Mastodon's tags are sorted")
	check(*read("mastodon_update").Object.Note.Summary == "CW: pottery", "a content warning is no address")
	g := read("gotosocial_create").Object.Note
	check(g.Published.Equal(at(0).Add(-8*60*60*1e9-3*60*1e9)) && len(g.To) == 1 && len(g.ContentMap) == 2, "GoToSocial's scalars are lists")
	check(read("misskey_create").Object.Note.Quote == work1Of("a"), "Misskey's quote is read")
	check(read("misskey_like").Reason == "", "a reaction is no reason")
	check(read("pleroma_create").Object.Note.Attachments[0].URL == "https://pl.example/media/a.png", "Pleroma's Links are followed")
	v := read("peertube_create").Object.Note
	check(v.Author == "https://pt.example/accounts/pat" && len(v.Claims) == 0 && v.Language == "fr", "a PeerTube channel is no author")
	check(v.URL == "https://pt.example/videos/watch/u1" && !strings.Contains(v.Content, "<clay>"), "PeerTube's markdown is escaped")
	l := read("lemmy_announce_create").Object.Activity.Object.Note
	check(strings.Contains(l.Content, "Best clay &amp; glaze?") && l.Type == "Page", "Lemmy's title is in the content")
	check(read("lemmy_announce_undo_like").Object.Activity.Object.Activity.Verb == models.LikeVerb, "two activities may be nested")
	f := read("fedify_create")
	check(f.To[0] == models.Public && f.Object.Note.Attachments[0].Width == 5, "Fedify's Public is ours")
}

func work1Of(host string) models.IRI {
	return models.IRI("https://" + host + ".example/users/alice/notes/1")
}
