package api_test

import (
	"bytes"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/store"
)

// picture returns the size and the format of what is kept at an address of ours.
func (s *server) picture(at string) (image.Config, string, []byte) {
	s.Helper()
	parts := strings.Split(strings.TrimPrefix(at, here.Origin+"/media/"), "/")
	if len(parts) != 3 {
		s.Fatalf("%q is no file of ours", at)
	}
	m := s.upload(parts[0])
	key := m.Key
	if strings.HasPrefix(parts[2], "small") {
		key = m.ThumbKey
	}
	f, _, err := s.disk.Open(key)
	if err != nil {
		s.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		s.Fatal(err)
	}
	config, kind, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		s.Fatalf("%s: %v", at, err)
	}
	return config, kind, b
}

func TestPortraits(t *testing.T) {
	each(t, func(s *server) {
		const at, avatar, header = "/api/v1/accounts/update_credentials", "/api/v1/profile/avatar", "/api/v1/profile/header"
		missing := s.get("ada", "/api/v1/accounts/verify_credentials").str("avatar")
		a := s.ask("ada", "PATCH", at, upload(t, "avatar")).is(200)
		if c, kind, _ := s.picture(a.str("avatar")); c.Width != 400 || c.Height != 400 || kind != "png" || a.str("avatar_static") != a.str("avatar") {
			t.Errorf("an avatar: %+v %s", c, kind)
		}
		first := a.str("avatar")
		a = s.ask("ada", "PATCH", at, upload(t, "header", "display_name", "Ada L.")).is(200).has("display_name", "Ada L.").has("avatar", first)
		if c, kind, _ := s.picture(a.str("header")); c.Width != 1500 || c.Height != 500 || kind != "png" || a.str("header_static") != a.str("header") {
			t.Errorf("a header: %+v %s", c, kind)
		}
		media := strings.Split(first, "/")[4]
		s.ask("ada", "DELETE", "/api/v1/media/"+media, nil).is(422)

		for why, c := range map[string]string{"a page": "<html>", "nothing": "", "a sound": "ID3\x04\x00\x00\x00\x00\x00\x00", "a broken one": "\x89PNG\r\n\x1a\nxx"} {
			for _, slot := range []string{"@avatar", "@header"} {
				if a := s.ask("ada", "PATCH", at, sending(t, slot, c, "display_name", "Eve")); a.status != 422 || a.str("error") == "" {
					t.Errorf("%s: %d %s", why, a.status, a.raw)
				}
			}
		}
		s.ask("ada", "PATCH", at, sending(t, "@avatar", upload(t, "file").String(), "@header", "<html>")).is(422)
		s.get("ada", "/api/v1/accounts/verify_credentials").has("display_name", "Ada L.").has("avatar", first)

		s.ask("ada/read", "DELETE", avatar, nil).is(403)
		s.ask("", "DELETE", header, nil).is(401)
		s.ask("ada", "DELETE", avatar, nil).is(200).has("avatar", missing).has("avatar_static", missing).has("header", a.str("header"))
		s.ask("ada", "DELETE", header, nil).is(200).has("avatar", missing)
		s.ask("ada", "DELETE", header, nil).is(200).shaped("", accountShape)
		s.do(func(tx *store.Tx) error {
			n, err := store.Count[models.Media](tx, "true")
			if n != 2 { // those that were taken away; they go in a day
				t.Errorf("%d uploads", n)
			}
			return err
		})
	}, "ada")
}

func TestPortraitThatMoves(t *testing.T) {
	sound(t) // or skips
	each(t, func(s *server) {
		a := s.ask("ada", "PATCH", "/api/v1/accounts/update_credentials", sending(t, "@avatar", movingGIF(t))).is(200)
		c, kind, b := s.picture(a.str("avatar"))
		if c.Width != 400 || c.Height != 400 || kind != "gif" || bytes.Count(b, []byte("\x21\xf9\x04")) < 4 {
			t.Errorf("%+v %s", c, kind)
		}
		if c, kind, _ := s.picture(a.str("avatar_static")); c.Width != 400 || kind != "png" || a.str("avatar_static") == a.str("avatar") {
			t.Errorf("still: %+v %s", c, kind)
		}
	}, "ada")
}

func TestPortraitsOfOthers(t *testing.T) {
	each(t, func(s *server) {
		s.db.Site.FileKey = "key"
		for name, at := range map[string]string{"gif": "/cat.gif", "jpg": "/cat.JPG", "unknown": "/cat"} {
			who := s.stranger(name)
			who.AvatarURL = "https://two.example" + at
			s.do(func(tx *store.Tx) error { return store.Put(tx, who) })
			a := s.get("ada", "/api/v1/accounts/"+who.ID.String())
			still := strings.Contains(a.str("avatar_static"), "/avatar-static/")
			if !strings.Contains(a.str("avatar"), "/media/proxy/account/"+who.ID.String()+"/avatar/") || still != (name != "jpg") {
				t.Errorf("%s: %s, %s", name, a.str("avatar"), a.str("avatar_static"))
			}
		}
	}, "ada")
}
