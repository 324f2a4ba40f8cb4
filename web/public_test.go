package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/store/storetest"
	"ensemble/web"
)

// tag has a post carry a tag, as its feature would.
func (s *server) tag(p *models.Post, tags ...string) {
	s.Helper()
	p.Tags = tags
	s.put(p)
	for _, t := range tags {
		s.put(&models.PostTag{PostID: p.ID, Tag: t})
	}
}

// holds checks that a page has these words, and lacks those that begin with a !.
func (s *server) holds(path string, words ...string) string {
	s.Helper()
	w := s.ask("GET", path, "Accept", "text/html")
	if w.Code != 200 {
		s.Fatalf("%s: got %d %s", path, w.Code, w.Body)
	}
	for _, word := range words {
		word, not := strings.CutPrefix(word, "!")
		if strings.Contains(w.Body.String(), word) == not {
			s.Errorf("%s: %q is there: %t", path, word, not)
			s.Logf("%s", w.Body)
		}
	}
	return w.Body.String()
}

// What carries a tag is there for everybody, as far as everybody may read it.
func TestTagPageForEverybody(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect, nil)
		bob, carol, dave := s.account("bob", "two.example"), s.account("carol", "two.example"), s.account("dave", "")
		carol.Limited = true
		dave.State = models.AccountSuspended
		s.put(carol, dave)
		for _, p := range []*models.Post{
			s.post(s.alice, "<p>from alice</p>", models.VisPublic), s.post(bob, "<p>from bob</p>", models.VisPublic),
			s.post(carol, "<p>from carol</p>", models.VisPublic), s.post(dave, "<p>from dave</p>", models.VisPublic),
			s.post(s.alice, "<p>unlisted</p>", models.VisUnlisted), s.post(s.alice, "<p>for followers</p>", models.VisFollowers),
		} {
			s.tag(p, "ink")
		}
		hidden := s.post(bob, "<p>taken out</p>", models.VisPublic)
		hidden.Hidden = true
		s.tag(hidden, "ink")
		private := []string{"!from carol", "!from dave", "!unlisted", "!for followers", "!taken out"}
		s.holds("/tags/ink", append(private, "<h1>#ink</h1>", "from alice", "from bob", `href="https://one.example/tags/ink"`, `name="robots" content="noindex"`,
			`type="application/rss+xml" href="https://one.example/tags/ink.rss"`, `type="application/atom+xml" href="https://one.example/tags/ink.atom"`,
			`property="og:title" content="#ink"`, "/auth/sign_in?return_to=", "!<script", "!<form")...)
		for ending, root := range map[string]string{".rss": "rss", ".atom": "feed"} {
			var got struct{ XMLName xml.Name }
			body := s.holds("/tags/Ink"+ending, append(private, "from alice", "from bob")...)
			if err := xml.Unmarshal([]byte(body), &got); err != nil || got.XMLName.Local != root {
				t.Errorf("%s: %v %v", ending, err, got)
			}
		}
		if w := s.ask("GET", "/tags/INK"); w.Code != 200 || !strings.Contains(w.Body.String(), `<link rel="canonical" href="https://one.example/tags/ink">`) {
			t.Errorf("in capitals: %d", w.Code)
		}
		for path, want := range map[string]int{"/tags/x.y": 404, "/tags/a%20b": 404, "/tags/%3Cb%3E": 404, "/tags/ink?max_id=x": 422, "/tags/nobody": 200, "/tags/caf%C3%A9.rss": 200} {
			if w := s.ask("GET", path); w.Code != want {
				t.Errorf("%s: got %d", path, w.Code)
			}
		}
		s.holds("/tags/nobody", "Nothing with this tag")
		if w := s.ask("GET", "/tags/ink", "Accept-Language", "fr"); !strings.Contains(w.Body.String(), `<html lang="fr">`) {
			t.Errorf("in French: %s", w.Body)
		}
	})
}

// A long list has pages, and each leads to those around it.
func TestTagPagesLeadOn(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", nil)
	var all []*models.Post
	for i := range 45 {
		p := s.post(s.alice, "<p>number "+models.ID(i+100).String()+".</p>", models.VisPublic)
		s.tag(p, "ink")
		all = append(all, p)
	}
	older := func(i int) string { return "?max_id=" + all[i].ID.String() }
	newer := func(i int) string { return "?min_id=" + all[i].ID.String() }
	s.holds("/tags/ink", "number 144", "number 125", "!number 124", `rel="next" href="/tags/ink`+older(25), `!rel="prev"`)
	s.holds("/tags/ink"+older(25), "number 124", "number 105", "!number 104", `rel="next" href="/tags/ink`+older(5), `rel="prev" href="/tags/ink`+newer(24))
	s.holds("/tags/ink"+older(5), "number 104", "number 100", `!rel="next"`, `rel="prev"`)
	s.holds("/tags/ink"+newer(24), "number 144", "number 125", `!rel="prev"`, `rel="next"`)
	s.holds("/@alice", `rel="next" href="/@alice`+older(25))
	s.holds("/@alice"+older(25), `rel="prev" href="/@alice`+newer(24))
}

// Files of other servers come through ours, or not at all where a rule keeps them out.
func TestGuestsAskNoOtherServer(t *testing.T) {
	t.Parallel()
	site := here
	site.FileKey = "key"
	s := newServerAt(t, site, "sqlite", nil)
	bob := s.account("bob", "two.example")
	p := s.post(bob, "<p>look :blob:</p>", models.VisPublic)
	p.Attachments = []models.Attachment{{Kind: "image", MediaType: "image/png", URL: "https://two.example/a.png", PreviewURL: "https://two.example/a-small.png", Alt: "a cat"}}
	s.put(&models.Emoji{ID: models.NewID(s.db.Now()), Shortcode: "blob", Domain: "two.example", URL: "https://two.example/blob.png"})
	s.tag(p, "ink")
	s.holds("/tags/ink", "/media/proxy/post/", "/media/proxy/emoji/", `alt="a cat"`, `!src="https://two.example`, `!href="https://two.example/a.png`)
	bob.NoMedia = true
	s.put(bob)
	s.holds("/tags/ink", "look", "!/media/proxy/post/")
}

// reply puts an answer into the store, as its feature would.
func (s *server) reply(by *models.Account, to *models.Post, content string, visibility models.Visibility) *models.Post {
	s.Helper()
	p := s.post(by, content, visibility)
	p.InReplyToID, p.InReplyToURI, p.InReplyToAccountID, p.ThreadID = to.ID, to.URI, to.AccountID, to.ThreadID
	if p.ThreadID == 0 {
		p.ThreadID = to.ID
	}
	to.RepliesCount++
	s.put(p, to)
	return p
}

// Under a post is the thread, as far as everybody may read it.
func TestThreadForEverybody(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect, func(c *web.Config) { withAPI(c); c.Limit = -1 })
		bob, dave := s.account("bob", "two.example"), s.account("dave", "")
		root := s.post(s.alice, "<p>the question</p>", models.VisPublic)
		first := s.reply(bob, root, "<p>first answer</p>", models.VisPublic)
		s.reply(s.alice, root, "<p>second answer</p>", models.VisUnlisted)
		deep := s.reply(s.alice, first, "<p>to the first</p>", models.VisPublic)
		s.reply(bob, root, "<p>for followers</p>", models.VisFollowers)
		secret := s.reply(bob, root, "<p>for alice alone</p>", models.VisDirect)
		s.reply(s.alice, secret, "<p>below a secret</p>", models.VisPublic)
		out := s.reply(bob, root, "<p>taken out</p>", models.VisPublic)
		out.Hidden = true
		s.put(out)
		s.reply(s.alice, out, "<p>below what was taken out</p>", models.VisPublic)
		s.reply(dave, root, "<p>from a suspended one</p>", models.VisPublic)
		dave.State = models.AccountSuspended
		s.put(dave)
		path := func(p *models.Post) string { return "/@alice/" + p.ID.String() }
		private := []string{"!for followers", "!for alice alone", "!taken out", "!from a suspended one"}
		body := s.holds(path(root), append(private, "the question", "first answer", "second answer", "to the first", "below a secret", `class="reply d1"`, "!<script")...)
		if a, b, c := strings.Index(body, "first answer"), strings.Index(body, "to the first"), strings.Index(body, "second answer"); a > b || b > c {
			t.Errorf("in another order than it is read in: %d %d %d", a, b, c)
		}
		body = s.holds(path(deep), append(private, "the question", "first answer", "to the first", "!second answer")...)
		if a, b, c := strings.Index(body, "the question</p></div>"), strings.Index(body, "first answer</p></div>"), strings.Index(body, "to the first</p></div>"); a < 0 || a > b || b > c {
			t.Errorf("what it answers is not before it: %d %d %d", a, b, c)
		}
		// The API shows a guest the same.
		var ctx struct{ Ancestors, Descendants []struct{ Content string } }
		if err := json.Unmarshal(s.ask("GET", "/api/v1/statuses/"+root.ID.String()+"/context").Body.Bytes(), &ctx); err != nil || len(ctx.Descendants) != 4 {
			t.Errorf("the API: %v %v", err, ctx)
		}
		for _, d := range ctx.Descendants {
			s.holds(path(root), d.Content)
		}
	})
}

// A long thread is on several pages.
func TestLongThreadsLeadOn(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", nil)
	root := s.post(s.alice, "<p>the question</p>", models.VisPublic)
	last := root
	for i := range 65 {
		s.reply(s.alice, root, "<p>number "+models.ID(i+100).String()+".</p>", models.VisPublic)
		if i < 30 {
			last = s.reply(s.alice, last, "<p>deeper "+models.ID(i+100).String()+".</p>", models.VisPublic)
		}
	}
	at := "/@alice/" + root.ID.String()
	s.holds(at, "number 100", "!number 164", `href="`+at+`?replies=2#replies"`, `<link rel="canonical" href="https://one.example`+at+`">`)
	s.holds(at+"?replies=3", "number 164", `href="`+at+`?replies=2#replies"`, "!replies=4")
	for _, page := range []string{"99", "-1", "x", "99999999999999999999"} {
		if w := s.ask("GET", at+"?replies="+page); w.Code != 200 && w.Code != 422 {
			t.Errorf("page %s: %d", page, w.Code)
		}
	}
	s.holds("/@alice/"+last.ID.String(), "deeper 128", "deeper 110", "!deeper 105", "the thread goes further back")
}

// What somebody made with others, and their media, are there for everybody; who has not
// agreed is on neither.
func TestProfileTabsForEverybody(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect, nil)
		bob, carol := s.account("bob", "two.example"), s.account("carol", "two.example")
		joint := func(content string, state models.AuthorState, visibility models.Visibility) *models.Post {
			p := s.post(s.alice, content, visibility)
			p.Collab = p.URI + "/collab"
			s.put(p, &models.Author{PostID: p.ID, URI: bob.URI, AccountID: bob.ID, Role: models.RoleCoauthor, State: state, NextCheck: s.db.Now()})
			return p
		}
		both := joint("<p>made by two</p>", models.AuthorVerified, models.VisPublic)
		s.put(&models.Author{PostID: both.ID, URI: carol.URI, AccountID: carol.ID, Position: 1, Role: models.RoleCoauthor, State: models.AuthorClaimed, NextCheck: s.db.Now()})
		joint("<p>nobody agreed</p>", models.AuthorClaimed, models.VisPublic)
		joint("<p>a secret</p>", models.AuthorVerified, models.VisFollowers)
		drawing := s.post(s.alice, "<p>a drawing</p>", models.VisPublic)
		drawing.Attachments = []models.Attachment{{MediaID: 1, Kind: "image", MediaType: "image/png", URL: "https://one.example/media/1/x/a.png", Alt: "a cat"}}
		s.put(drawing, &models.Feed{ID: drawing.ID, AccountID: s.alice.ID, PostID: drawing.ID, Kind: models.FeedPost, Visibility: drawing.Visibility, AuthorID: s.alice.ID, Media: true})
		answer := s.reply(s.alice, both, "<p>an answer</p>", models.VisPublic)
		s.put(&models.Feed{ID: answer.ID, AccountID: s.alice.ID, PostID: answer.ID, Kind: models.FeedPost, Visibility: answer.Visibility, AuthorID: s.alice.ID, Reply: true})
		all := func(words ...string) []string { return append(words, "!a secret", "!carol", "!<script") }
		s.holds("/@alice", all("made by two", "nobody agreed", "a drawing", "!an answer", `href="/@alice/collabs"`, `href="/@alice/media"`, `href="/@alice/credits"`)...)
		s.holds("/@alice/collabs", all("made by two", "@bob@two.example", "!nobody agreed", "!a drawing", `href="/@alice/collabs" aria-current="page"`,
			`<link rel="canonical" href="https://one.example/@alice/collabs">`)...)
		s.holds("/@alice/media", all("a drawing", "!made by two")...)
		s.holds("/@alice/with_replies", all("an answer", "made by two")...)
		if w := s.ask("GET", "/@bob@two.example/collabs"); w.Code != 302 || w.Header().Get("Location") != string(bob.URL) {
			t.Errorf("of somebody who lives elsewhere: %d %v", w.Code, w.Header())
		}
		if w := s.ask("GET", "/@nobody/collabs"); w.Code != 404 {
			t.Errorf("of nobody: %d", w.Code)
		}
	})
}

// A duet is shown beside the original to everybody, without a script, once its author
// agreed; otherwise there is a link to it, or nothing.
func TestDuetForEverybody(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		site := here
		site.FileKey = "key"
		s := newServerAt(t, site, dialect, nil)
		bob := s.account("bob", "two.example")
		film := func(by *models.Account, content string, media models.Attachment) *models.Post {
			p := s.post(by, content, models.VisPublic)
			p.Attachments = []models.Attachment{media}
			s.put(p)
			return p
		}
		original := film(bob, "<p>the first voice</p>", models.Attachment{Kind: "video", MediaType: "video/mp4", URL: "https://two.example/a.mp4", Alt: "a song"})
		duet := film(s.alice, "<p>the second voice</p>", models.Attachment{MediaID: 1, Kind: "video", MediaType: "video/mp4", URL: "https://one.example/media/1/x/b.mp4", Alt: "another song"})
		now := s.db.Now()
		i := &models.Interaction{
			ID: models.NewID(now), Kind: models.InteractQuote, PostID: duet.ID, AccountID: s.alice.ID, ObjectURI: duet.URI, TargetURI: original.URI, TargetID: original.ID,
			TargetAccountID: bob.ID, State: models.InteractAccepted, Derivation: "duet", CreatedAt: now, UpdatedAt: now,
		}
		path := "/@alice/" + duet.ID.String()
		stand := func(state models.InteractionState) { i.State = state; s.put(i) }
		stand(models.InteractAccepted)
		s.holds(path, `class="sides"`, `aria-label="a song"`, `aria-label="another song"`, "/media/proxy/post/", "@bob", "the first voice", `src="/static/duet.js"`,
			`property="og:title" content="Alice: the second voice"`, `!src="https://two.example`, "!RE:")
		s.tag(duet, "sing")
		s.holds("/tags/sing", `class="sides"`, "!<script")
		for _, state := range []models.InteractionState{models.InteractPending, models.InteractRejected, models.InteractRevoked} {
			stand(state)
			s.holds(path, `!class="sides"`, `aria-label="another song"`, "!the first voice", "!a.mp4", "!"+string(original.URL), "!<script")
		}
		stand(models.InteractAccepted)
		for _, change := range []func(){func() { original.Sensitive = true }, func() { original.Attachments = nil }} {
			was := *original
			change()
			s.put(original)
			s.holds(path, `!class="sides"`, "RE: ", string(original.URL), `aria-label="another song"`, "!<script")
			*original = was
		}
		original.Visibility = models.VisFollowers
		s.put(original)
		s.holds(path, `!class="sides"`, "!the first voice", "!"+string(original.URL))
		original.Visibility, bob.State = models.VisPublic, models.AccountSuspended
		s.put(original, bob)
		s.holds(path, `!class="sides"`, "!the first voice", "!"+string(original.URL))
	})
}

// The picture beside a link to what several made has their names and, where nobody covered
// it, the work.
func TestSharePictureOfWhatSeveralMade(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", nil)
	bob := s.account("bob", "")
	red := image.NewRGBA(image.Rect(0, 0, 60, 40))
	draw.Draw(red, red.Bounds(), image.NewUniform(color.RGBA{200, 0, 0, 255}), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, red); err != nil {
		t.Fatal(err)
	}
	m := s.upload("image/png", "s3cret", 0)
	if _, err := s.disk.Put(context.Background(), m.ThumbKey, &b); err != nil {
		t.Fatal(err)
	}
	p := s.post(s.alice, "<p>a poster</p>", models.VisPublic)
	p.Attachments = []models.Attachment{{MediaID: m.ID, Kind: "image", MediaType: "image/png", URL: "https://one.example/media/1/s3cret/original.png"}}
	s.put(p)
	path, named := "/@alice/"+p.ID.String(), `property="og:image" content="`+string(p.URL)+`/share.png"`
	s.holds(path, "!"+named, `property="og:image" content="https://one.example/media/`)
	s.put(&models.Author{PostID: p.ID, URI: bob.URI, AccountID: bob.ID, Role: models.RoleCoauthor, State: models.AuthorVerified, NextCheck: s.db.Now()})
	s.holds(path, named)
	shows := func() bool {
		w := s.ask("GET", path+"/share.png")
		img, err := png.Decode(w.Body)
		if w.Code != 200 || err != nil || img.Bounds().Dx() != 1200 || img.Bounds().Dy() != 630 {
			t.Fatalf("got %d %v", w.Code, err)
		}
		r, g, _, _ := img.At(1000, 300).RGBA()
		return r > 0xb000 && g < 0x1000
	}
	if !shows() {
		t.Error("the work is not on it")
	}
	p.Sensitive = true
	if s.put(p); shows() {
		t.Error("it is shown though its authors covered it")
	}
	p.Sensitive, p.Summary = false, "a spider"
	if s.put(p); shows() {
		t.Error("it is shown though its authors warn of it")
	}
	p.Summary = ""
	if s.put(p); !shows() {
		t.Error("the work is not on it again")
	}
	if _, err := s.disk.Put(context.Background(), m.ThumbKey, strings.NewReader("no picture")); err != nil {
		t.Fatal(err)
	}
	if shows() {
		t.Error("a broken file is shown")
	}
}
