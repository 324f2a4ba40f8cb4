package wire

import (
	"strings"

	"ensemble/models"
)

const typeEmoji = "Emoji"

// emojis reads the custom emoji of a tag list. What no shortcode can be is left out.
func emojis(v value) []models.EmojiTag {
	var out []models.EmojiTag
	seen := map[string]bool{}
	for e := range v.all() {
		if e.typ(func(s string) bool { return s == typeEmoji }) != typeEmoji {
			continue
		}
		t := emoji(e)
		if t.URL != "" && models.Shortcode(t.Shortcode) && !seen[t.Shortcode] && len(out) < models.MaxEmojis {
			seen[t.Shortcode] = true
			out = append(out, t)
		}
	}
	return out
}

func emoji(v value) models.EmojiTag {
	icon := v.get("icon").one()
	t := models.EmojiTag{
		URI: v.get("id").iri(), Shortcode: strings.Trim(v.get("name").short(MaxName), ":"), URL: picture(icon),
		MediaType: icon.get("mediaType").short(128), Updated: v.get("updated").time(),
	}
	if icon.kind() == text {
		t.URL = icon.iri()
	}
	return t
}

// sayEmojis writes custom emoji as tags (Mastodon's extension toot:Emoji).
func sayEmojis(all []models.EmojiTag) []map[string]any {
	var out []map[string]any
	for _, e := range all {
		icon := map[string]any{"type": "Image", "url": e.URL}
		put(icon, "mediaType", e.MediaType)
		tag := map[string]any{"type": typeEmoji, "name": ":" + e.Shortcode + ":", "icon": icon}
		put(tag, "id", e.URI)
		putTime(tag, "updated", e.Updated)
		out = append(out, tag)
	}
	return out
}

// EncodeEmoji writes a custom emoji of ours as served on GET.
func EncodeEmoji(e models.EmojiTag) ([]byte, error) {
	n := newNoun(typeEmoji, e.URI)
	for key, what := range sayEmojis([]models.EmojiTag{e})[0] {
		if key != "id" && key != "type" {
			n.extra[key] = what
		}
	}
	return document(n, inlined)
}
