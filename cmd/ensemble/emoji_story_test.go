package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

func dot(t *testing.T, edge int) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, edge, edge))); err != nil {
		t.Fatal(err)
	}
	return &b
}

// shortcodes are the custom emoji of a view, and where they are.
func shortcodes(v object) (codes []string, urls map[string]string) {
	urls = map[string]string{}
	for _, e := range v["emojis"].([]any) {
		code := e.(object)["shortcode"].(string)
		codes = append(codes, code)
		urls[code] = e.(object)["url"].(string)
	}
	return codes, urls
}

func hasEmoji(t *testing.T, what string, v object, want ...string) {
	t.Helper()
	if codes, _ := shortcodes(v); strings.Join(codes, " ") != strings.Join(want, " ") {
		t.Errorf("%s: got %v, want %v", what, codes, want)
	}
}

// Our emoji go with posts, warnings, polls and names, and are shown elsewhere.
func TestCustomEmoji(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		add := func(code string, pic *bytes.Buffer) error {
			return addEmoji(context.Background(), ada.db, ada.files, code, "", pic)
		}
		for _, code := range []string{"mug", "bowl", "kiln"} {
			if err := add(code, dot(t, 64)); err != nil {
				t.Fatal(err)
			}
		}
		for code, pic := range map[string]*bytes.Buffer{
			"<b>x</b>": dot(t, 8), "": dot(t, 8), "no picture": bytes.NewBufferString("x"), "text": bytes.NewBufferString("<svg/>"),
			"large": bytes.NewBuffer(append(dot(t, 8).Bytes(), make([]byte, 50<<20)...)),
		} {
			if err := add(code, pic); models.KindOf(err) != models.Invalid {
				t.Errorf("%q is taken: %v", code, err)
			}
		}
		listed := ada.list("/api/v1/custom_emojis")
		expect(t, "emoji", len(listed), 3)
		at := listed[0]["url"].(string)
		raw := ada.call(nil, "GET", strings.TrimPrefix(at, "https://one.test"), nil, 200)
		if _, err := png.Decode(bytes.NewReader(raw)); err != nil {
			t.Errorf("%s: %v", at, err)
		}
		ada.one("PATCH", "/api/v1/accounts/update_credentials", object{"display_name": "Ada :kiln:"}, 200)
		s := ada.post("/api/v1/statuses", object{
			"status": "A :mug: and :nothing: at 10:30:00", "spoiler_text": "Clay :bowl:",
			"poll": object{"options": []string{"A :mug:", "A vase"}, "expires_in": 3600},
		})
		n.settle()
		uri := s["uri"].(string)
		for _, p := range []*person{ada, bo, cy} {
			v := p.seen(uri)
			hasEmoji(t, "the post at "+p.host, v, "mug", "bowl")
			hasEmoji(t, "the poll at "+p.host, v["poll"].(object), "mug")
			hasEmoji(t, "the name at "+p.host, v["account"].(object), "kiln")
		}
		bo.post("/api/v1/statuses/"+bo.seen(uri)["id"].(string)+"/reblog", nil)
		n.settle()
		for _, v := range cy.list("/api/v1/timelines/home") {
			hasEmoji(t, "in cy's home", v, "mug", "bowl")
		}
		_, doc := n.document(uri)
		tags := doc["tag"].([]any)
		expect(t, "tags", len(tags), 2)
		id := tags[1].(object)["id"].(string) // of mug
		status, e := n.document(id)
		if status != 200 || e["type"] != "Emoji" || e["name"] != ":mug:" || e["icon"] == nil {
			t.Errorf("the document of an emoji: %d %v", status, e)
		}
		plain := bo.post("/api/v1/statuses", object{"status": "Our own :mug:"})
		hasEmoji(t, "another server's emoji are not ours", bo.seen(plain["uri"]))

		ada.do(func(tx *store.Tx) error { return dropEmoji(tx, "mug") })
		n.pass(25 * time.Hour)
		if err := ada.fed.Clean(context.Background()); err != nil {
			t.Fatal(err)
		}
		n.settle()
		hasEmoji(t, "after one was taken away", ada.seen(uri), "bowl")
		expect(t, "pictures of emoji", len(rowsOf[models.Media](ada.server, "1 = 1")), 2)
		if status, _ := n.document(id); status != 404 {
			t.Errorf("its document: %d", status)
		}
	})
}

// Of what others call their emoji we keep what can be one, by their host, and take
// only what is newer in its place.
func TestEmojiElsewhere(t *testing.T) {
	story(t, func(n *network) {
		bo := n.join("two.test").born("bo")
		mallory, _ := n.evil()
		mallory.followedBy(bo)
		tag := func(code, at string, fields object) object {
			e := object{"type": "Emoji", "name": ":" + code + ":", "icon": object{"type": "Image", "url": at}}
			for k, v := range fields {
				e[k] = v
			}
			return e
		}
		when := func(d time.Duration) string { return n.now().Add(d).UTC().Format(time.RFC3339) }
		says := func(content string, tags ...any) object {
			t.Helper()
			note := mallory.writes(content, object{"tag": tags})
			expect(t, content, mallory.sends(bo.server, mallory.does("Create", note, nil)), "applied")
			return bo.seen(note["id"])
		}
		pic := func(name string, body []byte) string {
			return mallory.on("https://evil.test/"+name, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
		}
		first, second := pic("1.png", dot(t, 16).Bytes()), pic("2.png", dot(t, 24).Bytes())
		large := pic("large.png", append(dot(t, 16).Bytes(), make([]byte, 50<<20)...))
		v := says("A :blob: and :big:", tag("blob", first, object{"updated": when(-time.Hour), "id": "https://evil.test/emojis/1"}), tag("big", large, nil))
		hasEmoji(t, "the post", v, "blob", "big")
		_, urls := shortcodes(v)
		if w := bo.server.fetchFile(urls["blob"]); w.Code != 200 || !strings.HasPrefix(urls["blob"], "https://two.test/media/proxy/emoji/") {
			t.Errorf("the picture at %s: %d", urls["blob"], w.Code)
		}
		if w := bo.server.fetchFile(urls["big"]); w.Code != 404 {
			t.Errorf("a picture of 50 MB: %d", w.Code)
		}
		row := func(code string) *models.Emoji {
			t.Helper()
			rows := rowsOf[models.Emoji](bo.server, "domain = 'evil.test' AND shortcode = ?", code)
			if len(rows) != 1 {
				t.Fatalf("%s: got %d rows", code, len(rows))
			}
			return rows[0]
		}
		for _, later := range []object{{"updated": when(-2 * time.Hour)}, nil, {"id": "https://three.test/emojis/1", "updated": when(-time.Minute)}} {
			says("Again :blob:", tag("blob", second, later))
			expect(t, fmt.Sprint("after ", later), string(row("blob").URL), first)
		}
		says("Newer :blob:", tag("blob", second, object{"updated": when(-time.Minute)}))
		expect(t, "a newer one", string(row("blob").URL), second)
		v = says("Bad :a: :b: :c: :d: :e:", tag("a", "http://127.0.0.1:8080/x.png", nil), tag("b", "https://[::1]/x.png", nil),
			tag("c", "http://localhost/x.png", nil), tag("<img src=x>", first, nil), tag("d", "https://10.1.2.3/x.png", nil),
			tag("e", "file:///etc/passwd", nil))
		hasEmoji(t, "bad ones", v)
		if raw := fmt.Sprint(v); strings.Contains(raw, "127.0.0.1") || strings.Contains(raw, "<img") {
			t.Errorf("the post: %s", raw)
		}
		local := bo.post("/api/v1/statuses", object{"status": "Ours :blob:"})
		hasEmoji(t, "bo's own", bo.seen(local["uri"]))
		expect(t, "in the picker", len(bo.list("/api/v1/custom_emojis")), 0)
	})
}
