package web_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"log/slog"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
	"ensemble/web"
	"ensemble/web/api"
)

// A browser without scripts is somebody signed in.
type browser struct {
	*server
	cookie string
}

func writing(t *testing.T, dialect string) *browser {
	s := newServer(t, dialect, func(c *web.Config) {
		c.API = (&api.API{Files: c.Files.(*files.Disk), Finder: nobody{}, Writer: plainly{}}).Routes()
		c.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	})
	return &browser{s, s.signIn("alice")}
}

// plainly writes what a preview reads.
type plainly struct{}

func (plainly) Write(n *models.Note, _ models.Form) ([]byte, error) {
	return json.Marshal(map[string]any{"attributedTo": append([]models.IRI{n.Author}, n.Coauthors()...), "content": n.Content})
}

func (b *browser) open(path string, head ...string) *httptest.ResponseRecorder {
	b.Helper()
	return b.ask("GET", path, append([]string{"Cookie", b.cookie}, head...)...)
}

// send posts the form of /compose, with a picture if there is one. Of fields, some are
// always there.
func (b *browser) send(fields url.Values, pictures ...string) *httptest.ResponseRecorder {
	b.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range fields {
		for _, v := range values {
			b.must(w.WriteField(name, v))
		}
	}
	for i, alt := range pictures {
		n := string(rune('1' + i))
		part, err := w.CreateFormFile("file"+n, "p.png")
		b.must(err)
		b.must(png.Encode(part, image.NewRGBA(image.Rect(0, 0, 30, 20+i))))
		b.must(w.WriteField("alt"+n, alt))
	}
	b.must(w.Close())
	r := httptest.NewRequest("POST", "/compose", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Cookie", b.cookie)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	answer := httptest.NewRecorder()
	b.ServeHTTP(answer, r)
	return answer
}

func (b *browser) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// holds fails unless the page says all that, and not what begins with a !.
func (b *browser) holds(what string, w *httptest.ResponseRecorder, status int, want ...string) {
	b.Helper()
	if w.Code != status {
		b.Errorf("%s: %d, not %d: %s", what, w.Code, status, w.Body)
	}
	for _, text := range want {
		not, absent := strings.CutPrefix(text, "!")
		if strings.Contains(w.Body.String(), strings.TrimPrefix(text, "!")) == absent {
			b.Errorf("%s: %q is wrong in %s", what, not, w.Body)
		}
	}
}

func form(pairs ...string) url.Values {
	v := url.Values{"do": {"send"}, "kind": {"new"}, "visibility": {"public"}, "language": {"en"}, "quorum": {"all"}, "on_decline": {"delete"}, "moderation": {"initiator"}, "days": {"14"}, "lasts": {"86400"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Del(pairs[i])
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

var mediaField = regexp.MustCompile(`name="media" value="([1-9]\d+)"`)

func TestWritingWithoutScripts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		b := writing(t, dialect)
		if w := b.ask("GET", "/compose?text=x"); w.Code != 303 || !strings.HasPrefix(w.Header().Get("Location"), "/auth/sign_in?return_to=") {
			t.Errorf("a stranger: %d %s", w.Code, w.Header())
		}
		b.holds("the form", b.open("/compose"), 200, `<textarea id="status"`, `value="public" selected`, "Invite collaborators")
		b.holds("in French", b.open("/compose?lang=fr"), 200, `lang="fr"`, "Inviter des collaborateurs", "!Invite collaborators")
		b.holds("what was shared", b.open("/compose?title=A+page&url=https://x.example/"), 200, "A page\nhttps://x.example/")

		w := b.send(form("status", "Hello <b> world", "spoiler_text", "Dust"))
		if w.Code != 303 || !strings.HasPrefix(w.Header().Get("Location"), "/home?done=compose.posted") {
			t.Fatalf("a post: %d %s %s", w.Code, w.Header(), w.Body)
		}
		post := b.last()
		if post.Source != "Hello <b> world" || post.Summary != "Dust" || post.Visibility != models.VisPublic {
			t.Errorf("posted: %+v", post)
		}
		b.holds("nothing", b.send(form("status", " ")), 422, "A post needs words or a picture", `aria-invalid="true"`)
		kept := b.send(form("status", "Which one?", "option", "a", "option", "a", "spoiler_text", "kept"))
		b.holds("a poll that is none", kept, 422, "Two options of this poll are the same", "Which one?", `value="kept"`, `value="a"`)

		both := b.send(form("status", "Mugs", "option", "a", "option", "b"), "A blue mug", "")
		b.holds("a poll and pictures", both, 422, "not both", "A blue mug", "Mugs")
		ids := mediaField.FindAllStringSubmatch(both.Body.String(), -1)
		if len(ids) != 2 {
			t.Fatalf("what was uploaded is lost: %v", ids)
		}
		one, two := ids[0][1], ids[1][1]
		if w := b.send(form("status", "Mugs", "media", one, "media", two, "alt_"+one, "A blue mug", "alt_"+two, "A red mug", "focus_"+two, "0.5,-0.25")); w.Code != 303 {
			t.Fatalf("with pictures: %d %s", w.Code, w.Body)
		}
		if p := b.last(); len(p.Attachments) != 2 || p.Attachments[1].Alt != "A red mug" || p.Attachments[1].FocusX != 0.5 || p.Attachments[0].Alt != "A blue mug" {
			t.Errorf("with pictures: %+v", p.Attachments)
		}
	})
}

// last returns what alice wrote last.
func (b *browser) last() *models.Post {
	b.Helper()
	var p []*models.Post
	b.must(b.db.Read(b.Context(), func(tx *store.Tx) (err error) {
		p, err = store.Find[models.Post](tx, "account_id = ? ORDER BY id DESC LIMIT 1", b.alice.ID)
		return err
	}))
	if len(p) == 0 {
		b.Fatal("nothing was written")
	}
	return p[0]
}

func TestWritingAnAnswerAnEditAndAnew(t *testing.T) {
	t.Parallel()
	b := writing(t, "sqlite")
	bob := b.account("bob", "two.example")
	quiet := b.post(bob, "<p>a quiet word</p>", models.VisUnlisted)
	b.put(&models.Post{ID: quiet.ID, URI: quiet.URI, URL: quiet.URL, AccountID: bob.ID, Content: quiet.Content, Visibility: models.VisUnlisted, Summary: "soft", PublishedAt: quiet.PublishedAt, CreatedAt: quiet.CreatedAt})
	b.holds("an answer", b.open("/compose?in_reply_to="+quiet.ID.String()), 200, "\n@bob@two.example ", `value="unlisted" selected`, `value="soft"`, `class="cited"`, "!Invite collaborators")
	if w := b.send(form("kind", "reply", "status", "@bob@two.example yes", "in_reply_to_id", quiet.ID.String(), "visibility", "unlisted")); w.Code != 303 {
		t.Fatalf("the answer: %d %s", w.Code, w.Body)
	}
	answer := b.last()
	if answer.InReplyToID != quiet.ID {
		t.Errorf("it answers %d", answer.InReplyToID)
	}
	b.holds("an answer to nothing", b.open("/compose?in_reply_to=12345"), 404)
	b.holds("an answer to nonsense", b.open("/compose?in_reply_to=..%2Fx"), 404)
	b.holds("a private message", b.open("/compose?mention=bob@two.example&visibility=direct"), 200, "\n@bob@two.example ", `value="direct" selected`)

	b.holds("an edit", b.open("/compose?edit="+answer.ID.String()), 200, "@bob@two.example yes", "Save the changes", `!data-part="when"`)
	b.holds("an edit of what is another's", b.open("/compose?edit="+quiet.ID.String()), 404)
	if w := b.send(form("kind", "edit", "id", answer.ID.String(), "status", "@bob@two.example no", "visibility", "unlisted")); w.Code != 303 || !strings.Contains(w.Header().Get("Location"), "/@alice/"+answer.ID.String()) {
		t.Fatalf("the edit: %d %s", w.Code, w.Body)
	}
	if p := b.last(); p.ID != answer.ID || p.Source != "@bob@two.example no" {
		t.Errorf("edited: %+v", p)
	}

	if w := b.send(form("status", "Mugs"), "A blue mug"); w.Code != 303 {
		t.Fatalf("pictures: %d %s", w.Code, w.Body)
	}
	old := b.last()
	anew := b.open("/compose?redraft=" + old.ID.String())
	b.holds("a new draft", anew, 200, "Mugs", "A blue mug", "the old post is deleted for good")
	media := mediaField.FindStringSubmatch(anew.Body.String())[1]
	again := form("kind", "redraft", "id", old.ID.String(), "status", "Cups", "media", media, "alt_"+media, "A blue cup", "used_"+media, "true")
	wrong := form("kind", "redraft", "id", old.ID.String(), "status", strings.Repeat("x", 6000), "media", media)
	b.holds("a new draft that cannot be", b.send(wrong), 422, "longer than a post may be")
	if b.last().ID != old.ID {
		t.Error("the old post is gone, and there is no new one")
	}
	if w := b.send(again); w.Code != 303 {
		t.Fatalf("written anew: %d %s", w.Code, w.Body)
	}
	if p := b.last(); p.ID == old.ID || p.Source != "Cups" || len(p.Attachments) != 1 || p.Attachments[0].Alt != "A blue cup" {
		t.Errorf("anew: %+v", p)
	}
	b.holds("the old one", b.open("/compose?edit="+old.ID.String()), 404)
}

func TestWritingForLater(t *testing.T) {
	t.Parallel()
	b := writing(t, "sqlite")
	b.holds("too soon", b.send(form("status", "later", "at_local", b.db.Now().UTC().Format("2006-01-02T15:04"))), 422, "at least five minutes from now", "later")
	b.holds("no time", b.send(form("status", "later", "at_local", "tomorrow")), 422, "no date and time")
	at := b.db.Now().Add(48 * time.Hour).UTC()
	if w := b.send(form("status", "later", "at_local", at.Format("2006-01-02T15:04"))); w.Header().Get("Location") != "/drafts?done=compose.scheduled" {
		t.Fatalf("planned: %d %s", w.Code, w.Body)
	}
	w := b.open("/drafts?lang=fr")
	b.holds("what waits", w, 200, "later", at.Format("2006-01-02T15:04")+`"`, "Messages planifiés", "L’annuler")
	id := regexp.MustCompile(`id="planned-(\d+)"`).FindStringSubmatch(w.Body.String())[1]
	post := func(act, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/drafts/"+id+"/"+act, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", b.cookie)
		w := httptest.NewRecorder()
		b.ServeHTTP(w, r)
		return w
	}
	b.holds("no other time", post("move", "at_local="), 422, "no date and time", "later")
	b.holds("a past one", post("move", "at_local=2001-01-01T10:00"), 422, "at least five minutes")
	sooner := at.Add(-24 * time.Hour)
	if w := post("move", "zoned=true&at="+url.QueryEscape(sooner.Format(time.RFC3339))); w.Code != 303 {
		t.Errorf("moved: %d %s", w.Code, w.Body)
	}
	b.holds("moved", b.open("/drafts"), 200, sooner.Format("2006-01-02T15:04")+`"`)
	if w := post("cancel", ""); w.Code != 303 {
		t.Errorf("cancelled: %d %s", w.Code, w.Body)
	}
	b.holds("nothing waits", b.open("/drafts"), 200, "Nothing waits here")
}

func TestInvitingSaysBeforehandWhatTheOtherCanDo(t *testing.T) {
	t.Parallel()
	b := writing(t, "sqlite")
	for name, policy := range map[string]models.CollabPolicy{"bob": models.CollabEveryone, "mia": models.CollabUnknown, "nan": models.CollabNobody} {
		a := b.account(name, "two.example")
		a.Collaborates = policy
		b.put(a)
	}
	b.holds("an invitation", b.open("/compose?with=bob@two.example"), 200, "Full collaboration", "@bob@two.example")
	b.holds("of somebody whose server is another kind", b.open("/compose?with=mia@two.example&lang=fr"), 200, "Mention seulement", "ne peut pas répondre à une invitation")
	b.holds("of who wants none", b.open("/compose?with=nan@two.example"), 200, "Cannot be invited", "from nobody")
	b.holds("of nobody", b.open("/compose?with=zed@two.example"), 200, "Nobody was found by that handle")

	b.holds("a look ahead", b.send(form("do", "preview", "status", "Together", "who", "bob@two.example")), 200, "How it will look", "@alice@one.example", "shows @alice@one.example as the author", "Together</p>")
	first := form("status", "Together", "who", "@bob@two.example", "who", "mia@two.example", "role", "coauthor", "role", "credit:photo")
	b.holds("sent unseen", b.send(first), 200, "Nothing was sent yet", "Full collaboration", "Mention only", `value="credit:photo" selected`, "Together")
	seen := form("status", "Together", "who", "bob@two.example", "who", "mia@two.example", "role", "coauthor", "role", "credit:photo", "known", "bob@two.example", "known", "mia@two.example")
	b.holds("of who can only be mentioned", b.send(seen), 422, "Tick below", "Together")
	seen.Set("unable", "true")
	seen.Set("days", "91")
	b.holds("for too long", b.send(seen), 422, "between 1 and 90 days", `value="91"`)
	seen.Set("days", "10")
	seen.Set("visibility", "private")
	b.holds("to few", b.send(seen), 422, "public or quiet public")
	seen.Set("visibility", "public")
	w := b.send(seen)
	if w.Code != 303 || !strings.HasPrefix(w.Header().Get("Location"), "/collabs/") {
		t.Fatalf("invited: %d %s", w.Code, w.Body)
	}
	var invites []*models.Invite
	b.must(b.db.Read(b.Context(), func(tx *store.Tx) (err error) {
		invites, err = store.Find[models.Invite](tx, "state = ?", models.InviteSent)
		return err
	}))
	if len(invites) != 1 || invites[0].Role != models.RoleCoauthor {
		t.Errorf("invited: %+v", invites)
	}
	b.holds("what waits", b.open("/drafts"), 200, "As soon as the others agree", "@bob@two.example")

	b.alice.Locked = true
	b.put(b.alice)
	b.holds("a locked account", b.open("/compose"), 200, "yours is locked", "!Search for people")
	b.alice.Locked = false
	b.put(b.alice, &models.Setting{Name: "collab.start", Value: "nobody"})
	b.holds("while nobody may", b.open("/compose?lang=fr"), 200, "Personne ne lance", "!compose.start")
}
