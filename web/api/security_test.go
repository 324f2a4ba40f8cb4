package api_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
)

const secretWord = "correct-horse"

func (s *server) password(name string) {
	s.Helper()
	hash, err := account.Hash(secretWord)
	if err != nil {
		s.Fatal(err)
	}
	s.do(func(tx *store.Tx) error { return account.SetPassword(tx, s.people[name], hash) })
}

// code is what an app shows for a secret, by RFC 6238, made here by hand.
func (s *server) code(secret string) string {
	s.Helper()
	s.now = s.now.Add(time.Minute)
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		s.Fatal(err)
	}
	var step [8]byte
	binary.BigEndian.PutUint64(step[:], uint64(s.now.Unix()/30))
	m := hmac.New(sha1.New, key)
	m.Write(step[:])
	sum := m.Sum(nil)
	from := sum[19] & 0xf
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[from:from+4])&0x7fffffff%1_000_000)
}

const mePath = "/api/ensemble/v1/me"

// Codes are set up, asked for, and switched off, with the password each time.
func TestCodesAreSetUp(t *testing.T) {
	each(t, func(s *server) {
		s.password("ada")
		s.ask("ada", "POST", mePath+"/totp", "password=wrong").is(403).has("code", "wrong_password")
		s.ask("ada", "POST", mePath+"/totp/confirm", "code=123456").is(409)
		v := s.post("ada", mePath+"/totp", "password="+secretWord)
		secret := v.str("secret")
		if !strings.HasPrefix(v.str("uri"), "otpauth://totp/one.example:ada?") || !strings.Contains(v.str("uri"), "secret="+secret) {
			t.Errorf("the address is %s", v.str("uri"))
		}
		s.get("ada", mePath+"/security").has("totp", false)
		s.ask("ada", "POST", mePath+"/totp/confirm", "code=000000").is(403).has("code", "wrong_code")
		codes := s.post("ada", mePath+"/totp/confirm", "code="+s.code(secret))
		if n := len(codes.at("recovery_codes").([]any)); n != 10 {
			t.Errorf("%d recovery codes", n)
		}
		s.get("ada", mePath+"/security").has("totp", true).has("recovery_codes_left", 10)
		s.ask("ada", "POST", mePath+"/totp", "password="+secretWord).is(409)
		s.ask("ada", "POST", mePath+"/recovery_codes", "password="+secretWord).is(403)
		s.post("ada", mePath+"/recovery_codes", "password="+secretWord+"&code="+codes.str("recovery_codes.0"))
		s.ask("ada", "DELETE", mePath+"/totp", "password="+secretWord+"&code="+codes.str("recovery_codes.1")).is(403)
		s.ask("ada", "DELETE", mePath+"/totp", "password="+secretWord+"&code="+s.code(secret)).is(200).has("totp", false).has("recovery_codes_left", 0)
		s.ask("ada", "DELETE", mePath+"/totp", "password="+secretWord).is(409)
		s.ask("bo", "POST", mePath+"/recovery_codes", "password=x").is(403)
		kinds := []string{}
		for _, m := range s.mails("ada@one.example") {
			kinds = append(kinds, m.Kind)
		}
		if strings.Join(kinds, " ") != "factor_changed factor_changed factor_changed" {
			t.Errorf("told: %v", kinds)
		}
	}, "ada", "bo")
}

func TestPasswordsOfAppsAreNotGuessed(t *testing.T) {
	each(t, func(s *server) {
		s.password("ada")
		for range 10 {
			s.ask("ada", "POST", mePath+"/totp", "password=wrong").is(403)
		}
		a := s.ask("ada", "POST", mePath+"/totp", "password="+secretWord).is(429)
		if a.header.Get("Retry-After") == "" || a.header.Get("X-RateLimit-Limit") != "10" {
			t.Errorf("headers: %v", a.header)
		}
		s.ask("ada/read", "POST", mePath+"/totp", "password="+secretWord).is(403)
		s.now = s.now.Add(16 * time.Minute)
		s.post("ada", mePath+"/totp", "password="+secretWord)
	}, "ada")
}

// Another password signs everything out but the app that asked.
func TestPasswordIsChanged(t *testing.T) {
	each(t, func(s *server) {
		s.password("ada")
		s.do(func(tx *store.Tx) error {
			return store.Put(tx, &models.Session{ID: "one", AccountID: s.people["ada"].ID, CreatedAt: s.now, ExpiresAt: s.now.Add(time.Hour)})
		})
		s.ask("ada", "PUT", mePath+"/password", "password="+secretWord+"&new_password=short").is(422)
		s.ask("ada", "PUT", mePath+"/password", "password=wrong&new_password=another+password").is(403)
		s.get("ada", mePath+"/sessions").has("0.id", "one")
		s.ask("ada", "PUT", mePath+"/password", "password="+secretWord+"&new_password=another+password").is(200)
		s.get("ada", mePath+"/sessions").has("0", nil)
		s.ask("ada", "POST", mePath+"/totp", "password="+secretWord).is(403)
		s.post("ada", mePath+"/totp", "password=another+password")
	}, "ada")
}

// Another address is confirmed there, and told to the old one; whose it is already is
// told to them alone.
func TestAddressIsChanged(t *testing.T) {
	each(t, func(s *server) {
		s.password("ada")
		s.ask("ada", "POST", mePath+"/email", "password=wrong&email=ada@two.example").is(403)
		s.ask("ada", "POST", mePath+"/email", "password="+secretWord+"&email=nowhere").is(422)
		s.ask("ada", "POST", mePath+"/email", "password="+secretWord+"&email=bo@one.example").is(200)
		if m := s.mails("bo@one.example"); len(m) != 1 || m[0].Kind != "taken" {
			t.Errorf("bo is told: %v", m)
		}
		s.ask("ada", "POST", mePath+"/email", "password="+secretWord+"&email=Ada@two.example").is(200)
		s.get("ada", mePath+"/mail").has("email", "ada@one.example").has("unconfirmed_email", "ada@two.example")
		m := s.mails("ada@two.example")[0]
		_, secret, _ := strings.Cut(m.Plain, "/auth/email?token=")
		secret, _, _ = strings.Cut(secret, "\n")
		s.do(func(tx *store.Tx) error { _, err := account.NewAddress(tx, secret); return err })
		s.get("ada", mePath+"/mail").has("email", "ada@two.example").has("unconfirmed_email", nil)
		if m := s.mails("ada@one.example"); len(m) != 1 || m[0].Kind != "address_changed" || !strings.Contains(m[0].Plain, "ada@two.example") {
			t.Errorf("the old address is told: %+v", m)
		}
		s.ask("ada", "POST", mePath+"/email", "password="+secretWord+"&email=ada@three.example").is(200)
		s.ask("ada", "DELETE", mePath+"/email", nil).is(200)
		s.get("ada", mePath+"/mail").has("unconfirmed_email", nil)
	}, "ada", "bo")
}

// Who goes takes along all they did, and the name is never given again.
func TestOneselfIsDeleted(t *testing.T) {
	each(t, func(s *server) {
		s.password("ada")
		id := s.say("bo", "status=hi")
		s.say("ada", "status=mine")
		s.follow("ada", "bo")
		s.post("ada", "/api/v1/statuses/"+id+"/favourite", nil)
		s.post("ada", "/api/v1/statuses/"+id+"/reblog", nil)
		s.post("ada", "/api/v1/featured_tags", "name=cats")
		s.get("bo", "/api/v1/statuses/"+id).has("favourites_count", 1).has("reblogs_count", 1)
		s.ask("ada", "POST", mePath+"/delete", "password="+secretWord).is(422).has("code", "confirm")
		s.ask("ada", "POST", mePath+"/delete", "password=wrong&confirm=true").is(403)
		s.ask("ada", "POST", mePath+"/delete", "password="+secretWord+"&confirm=true").is(200)
		s.get("bo", "/api/v1/statuses/"+id).has("favourites_count", 0).has("reblogs_count", 0)
		s.get("bo", "/api/v1/statuses/"+id+"/favourited_by").holds()
		s.get("bo", "/api/v1/accounts/"+s.id("bo")).has("followers_count", 0)
		s.ask("bo", "GET", "/api/v1/accounts/"+s.id("ada"), nil).is(404)
		s.do(func(tx *store.Tx) error {
			gone, err := store.Any[models.Outbound](tx, "account_id = ? AND verb = 'Delete'", s.people["ada"].ID)
			if !gone {
				t.Error("no Delete goes to peers")
			}
			u, err2 := store.One[models.User](tx, "account_id = ?", s.people["ada"].ID)
			if strings.Contains(u.Email, "ada") || u.PasswordHash != "" {
				t.Errorf("kept of the person: %+v", u)
			}
			_, again := account.Create(tx, account.Spec{Username: "Ada", Email: "ada@one.example"}, "no hash", models.KeyPair{})
			if models.KindOf(again) != models.Conflict {
				t.Errorf("the name again: %v", again)
			}
			if err == nil {
				err = err2
			}
			return err
		})
	}, "ada", "bo")
}
