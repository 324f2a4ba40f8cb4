package wire

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"ensemble/models"
)

func blob() models.EmojiTag {
	return models.EmojiTag{
		URI: "https://a.example/emojis/1", Shortcode: "blob_cat", URL: "https://a.example/media/1/x/original.png", MediaType: "image/png", Updated: at(0),
	}
}

func TestEmojisTravel(t *testing.T) {
	n := asking()
	n.Content, n.Emojis = "<p>Hello :blob_cat:</p>", []models.EmojiTag{blob()}
	body, err := EncodeNote(n, models.FormDual, true)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "ours/note_emoji.json", body)
	if got, err := DecodeNote(body); err != nil || !reflect.DeepEqual(got, n) {
		t.Errorf("got %+v, %v", got, err)
	}
	a := account()
	a.Emojis = []models.EmojiTag{blob()}
	if body, err = EncodeActor(a, models.Site{Domain: "a.example", Origin: "https://a.example"}); err != nil {
		t.Fatal(err)
	}
	if got, err := DecodeActor(body); err != nil || !reflect.DeepEqual(got.Emojis, a.Emojis) {
		t.Errorf("got %+v, %v", got.Emojis, err)
	}
	if body, err = EncodeEmoji(blob()); err != nil {
		t.Fatal(err)
	}
	golden(t, "ours/emoji.json", body)
}

// What Mastodon, Misskey and Pleroma write is read; what no emoji is, is not.
func TestEmojiTags(t *testing.T) {
	const note = `{"id":"https://m.example/1","type":"Note","attributedTo":"https://m.example/u","content":"x","tag":[%s]}`
	for _, c := range []struct{ name, tag, want string }{
		{"Mastodon", `{"id":"https://m.example/emojis/9","type":"Emoji","name":":blob:","updated":"2026-09-01T18:03:00Z","icon":{"type":"Image","mediaType":"image/png","url":"https://files.m.example/9.png"}}`,
			"blob https://files.m.example/9.png image/png"},
		{"Misskey", `{"id":"https://mk.example/emojis/blob","type":"Emoji","name":":blob:","updated":"2026-09-01T18:03:00.000Z","icon":{"type":"Image","mediaType":"image/png","url":"https://mk.example/files/9"},"_misskey_license":{"freeText":null}}`,
			"blob https://mk.example/files/9 image/png"},
		{"Pleroma", `{"icon":{"type":"Image","url":"https://pl.example/emoji/blob.png"},"id":"https://pl.example/emoji/blob.png","name":":blob:","type":"Emoji","updated":"1970-01-01T00:00:00Z"}`,
			"blob https://pl.example/emoji/blob.png "},
		{"without an id", `{"type":"Emoji","name":"blob","icon":"https://m.example/9.png"}`, "blob https://m.example/9.png "},
		{"HTML", `{"type":"Emoji","name":":<script>:","icon":"https://m.example/9.png"}`, ""},
		{"spaces", `{"type":"Emoji","name":": :","icon":"https://m.example/9.png"}`, ""},
		{"a long name", `{"type":"Emoji","name":":` + strings.Repeat("a", 2000) + `:","icon":"https://m.example/9.png"}`, ""},
		{"no picture", `{"type":"Emoji","name":":blob:"}`, ""},
		{"a script for a picture", `{"type":"Emoji","name":":blob:","icon":{"url":"javascript:alert(1)"}}`, ""},
		{"twice", strings.Repeat(`{"type":"Emoji","name":":blob:","icon":"https://m.example/9.png"},`, 2) + `7`, "blob https://m.example/9.png "},
	} {
		n, err := DecodeNote([]byte(fmt.Sprintf(note, c.tag)))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, e := range n.Emojis {
			got = append(got, fmt.Sprintf("%s %s %s", e.Shortcode, e.URL, e.MediaType))
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: got %q, want %q", c.name, s, c.want)
		}
	}
	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprintf(`{"type":"Emoji","name":":e%d:","icon":"https://m.example/9.png"}`, i))
	}
	if n, err := DecodeNote([]byte(fmt.Sprintf(note, strings.Join(many, ",")))); err != nil || len(n.Emojis) != models.MaxEmojis {
		t.Errorf("of a thousand %d are read, %v", len(n.Emojis), err)
	}
}
