package wire

import (
	"testing"

	"ensemble/models"
)

func TestReactionTraits(t *testing.T) {
	for name, want := range map[string]struct {
		verb  models.Verb
		says  string
		emoji int
	}{
		"pleroma_emoji_react":  {models.EmojiReact, "👍", 0},
		"akkoma_emoji_react":   {models.EmojiReact, ":blobcat:", 1},
		"misskey_like":         {models.LikeVerb, ":blobcat:", 1},
		"misskey_like_unicode": {models.LikeVerb, "🎉", 0},
		"mastodon_like":        {models.LikeVerb, "", 0},
	} {
		a, err := Decode(readFile(t, "peers/"+name+".json"))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if a.Verb != want.verb || a.Reaction != want.says || len(a.Emojis) != want.emoji || a.Reason != "" || a.Object.URI != work1 {
			t.Errorf("%s: got %+v", name, a)
		}
	}
	a, err := Decode(readFile(t, "peers/pleroma_undo_emoji_react.json"))
	if err != nil || a.Object.Activity == nil || a.Object.Activity.Reaction != "👍" {
		t.Errorf("the undoing: got %+v, %v", a, err)
	}
}
