package web_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

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
		c.API = (&api.API{Files: c.Files.(*files.Disk), Finder: nobody{}}).Routes()
	})
	return &browser{s, s.signIn("alice")}
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
