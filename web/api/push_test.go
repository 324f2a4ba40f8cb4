package api_test

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/store"
)

func TestPushSubscriptions(t *testing.T) {
	each(t, func(s *server) {
		const path = "/api/v1/push/subscription"
		k, err := ecdh.P256().GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		p256dh, auth := base64.URLEncoding.EncodeToString(k.PublicKey().Bytes()), base64.StdEncoding.EncodeToString([]byte("0123456789abcdef"))
		ask := func(endpoint, p256dh, auth string, data map[string]any) map[string]any {
			return map[string]any{
				"subscription": map[string]any{"endpoint": endpoint, "keys": map[string]string{"p256dh": p256dh, "auth": auth}, "standard": true}, "data": data,
			}
		}
		good := ask("https://push.example/1", p256dh, auth, map[string]any{"alerts": map[string]bool{"mention": true, "follow": false}, "policy": "followed"})
		s.ask("ada", "GET", path, nil).is(404)
		s.ask("ada", "PUT", path, "data[policy]=all").is(404)
		s.ask("ada/read write", "POST", path, good).is(403)
		s.ask("app/push", "POST", path, good).is(422)
		a := s.post("ada/push", path, good).has("endpoint", "https://push.example/1").has("alerts.mention", true).has("alerts.follow", false).
			has("policy", "followed").has("standard", true)
		if key, err := base64.RawURLEncoding.DecodeString(a.str("server_key")); err != nil || len(key) != 65 {
			t.Errorf("the server's key is %q", a.str("server_key"))
		}
		s.get("", "/api/v2/instance").has("configuration.vapid.public_key", a.str("server_key"))
		form := url.Values{
			"subscription[endpoint]": {"https://push.example/2"}, "subscription[keys][p256dh]": {p256dh}, "subscription[keys][auth]": {auth},
			"data[alerts][favourite]": {"1"},
		}
		s.post("ada/push", path, form.Encode()).has("endpoint", "https://push.example/2").has("alerts.favourite", true).has("alerts.mention", false).
			has("standard", false).has("policy", "all").has("server_key", a.str("server_key"))
		s.ask("ada/push", "PUT", path, "data[alerts][mention]=true&policy=follower").is(200).has("alerts.favourite", true).has("alerts.mention", true).has("policy", "follower")
		s.ask("ada/push", "PUT", path, "data[policy]=everybody").is(422)
		for _, bad := range []map[string]any{
			ask("ftp://push.example/1", p256dh, auth, nil), ask("", p256dh, auth, nil), ask("https://push.example/1", "x", auth, nil),
			ask("https://push.example/1", p256dh, "x", nil), ask("https://push.example/"+strings.Repeat("x", 3000), p256dh, auth, nil), {"subscription": 7},
		} {
			s.ask("ada/push", "POST", path, bad).is(422)
		}
		s.get("ada/push", path).has("endpoint", "https://push.example/2")
		s.do(func(tx *store.Tx) error {
			n, err := store.Count[models.PushSubscription](tx, "account_id = ? AND bearer = 'ada/push'", s.people["ada"].ID)
			if err == nil && n != 1 {
				t.Errorf("%d subscriptions", n)
			}
			return err
		})
		s.ask("ada/push", "DELETE", path, nil).is(200)
		s.ask("ada/push", "GET", path, nil).is(404)
	}, "ada")
}
