package oauth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

// An authenticator holds one passkey (WebAuthn §6), ES256, without attestation.
type authenticator struct {
	t       *testing.T
	key     *ecdsa.PrivateKey
	id      []byte
	user    []byte
	counter uint32
	origin  string
}

func newAuthenticator(t *testing.T, origin string) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &authenticator{t: t, key: key, id: []byte(rand.Text()), origin: origin}
}

var b64 = base64.RawURLEncoding

const (
	present  = 0x01
	verified = 0x04
	attested = 0x40
)

func (a *authenticator) data(flags byte) []byte {
	u, err := url.Parse(a.origin)
	if err != nil {
		a.t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(u.Hostname()))
	a.counter++
	return binary.BigEndian.AppendUint32(append(sum[:], flags), a.counter)
}

func (a *authenticator) client(kind, challenge string) []byte {
	raw, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.origin, "crossOrigin": false})
	if err != nil {
		a.t.Fatal(err)
	}
	return raw
}

// options reads what a browser is asked.
func options(t *testing.T, v any) (challenge string, user []byte) {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var o struct {
		Challenge string
		User      struct{ ID string }
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		t.Fatal(err)
	}
	if user, err = b64.DecodeString(strings.TrimRight(o.User.ID, "=")); err != nil {
		t.Fatal(err)
	}
	return o.Challenge, user
}

// create answers navigator.credentials.create (§7.1): CBOR by hand.
func (a *authenticator) create(v any) []byte {
	a.t.Helper()
	challenge, user := options(a.t, v)
	a.user = user
	public, err := a.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		a.t.Fatal(err)
	}
	data := append(a.data(present|verified|attested), make([]byte, 16)...)
	data = append(binary.BigEndian.AppendUint16(data, uint16(len(a.id))), a.id...)
	data = append(data, 0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20)
	data = append(append(data, public[1:33]...), 0x22, 0x58, 0x20)
	data = append(data, public[33:]...)
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59"), byte(len(data)>>8), byte(len(data)))
	return a.answer(map[string]any{
		"clientDataJSON": b64.EncodeToString(a.client("webauthn.create", challenge)), "attestationObject": b64.EncodeToString(append(object, data...)),
	})
}

// get answers navigator.credentials.get (§7.2).
func (a *authenticator) get(challenge string, flags byte) []byte {
	a.t.Helper()
	data, client := a.data(flags), a.client("webauthn.get", challenge)
	sum := sha256.Sum256(client)
	digest := sha256.Sum256(append(append([]byte{}, data...), sum[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, a.key, digest[:])
	if err != nil {
		a.t.Fatal(err)
	}
	return a.answer(map[string]any{
		"clientDataJSON": b64.EncodeToString(client), "authenticatorData": b64.EncodeToString(data),
		"signature": b64.EncodeToString(sig), "userHandle": b64.EncodeToString(a.user),
	})
}

func (a *authenticator) answer(response map[string]any) []byte {
	raw, err := json.Marshal(map[string]any{"id": b64.EncodeToString(a.id), "rawId": b64.EncodeToString(a.id), "type": "public-key", "response": response})
	if err != nil {
		a.t.Fatal(err)
	}
	return raw
}

func (s *server) postJSON(b *http.Client, path string, v any) answer {
	s.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		s.Fatal(err)
	}
	r, err := http.NewRequest("POST", s.origin+path, strings.NewReader(string(raw)))
	if err != nil {
		s.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := b.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.Fatal(err)
	}
	return answer{resp.StatusCode, string(body), resp.Header}
}

type asked struct {
	Handle    string
	PublicKey json.RawMessage `json:"publicKey"`
}

// assertion asks for what a browser is to sign.
func (s *server) assertion(b *http.Client, second string) (a asked, challenge string) {
	s.Helper()
	got := s.postJSON(b, "/auth/passkey/options", map[string]string{"second": second})
	if err := json.Unmarshal([]byte(got.body), &a); err != nil || got.status != 200 {
		s.Fatalf("options: %d %s", got.status, got.body)
	}
	challenge, _ = options(s.T, a.PublicKey)
	return a, challenge
}

func (s *server) take(b *http.Client, handle string, credential []byte) answer {
	s.Helper()
	return s.postJSON(b, "/auth/passkey", map[string]any{"handle": handle, "credential": json.RawMessage(credential)})
}

// A passkey signs in by itself, and after a password; each answer is taken once.
func TestPasskeys(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		const origin = "http://one.example" // passkeys want a name
		s := newServerAt(t, dialect, origin)
		hash, err := account.Hash(password)
		if err != nil {
			t.Fatal(err)
		}
		key, thief := newAuthenticator(t, origin), newAuthenticator(t, origin)
		var recovery []string
		s.tx(func(tx *store.Tx) error {
			if err := account.SetPassword(tx, s.alice, hash); err != nil {
				return err
			}
			o, handle, err := account.BeginPasskey(tx, s.alice)
			if err != nil {
				return err
			}
			made := key.create(o)
			p, codes, err := account.AddPasskey(tx, s.alice, handle, " My\nphone ", made)
			if err != nil {
				return err
			}
			if recovery = codes; p.Name != "My phone" || len(codes) != 10 {
				t.Errorf("the passkey %q with %d codes", p.Name, len(codes))
			}
			if _, _, err := account.AddPasskey(tx, s.alice, handle, "again", made); models.CodeOf(err) != "bad_passkey" {
				t.Errorf("the same answer again: %v", err)
			}
			return nil
		})
		thief.id, thief.user = key.id, key.user

		b := s.browser()
		a, challenge := s.assertion(b, "false")
		if got := s.take(b, a.Handle, key.get(challenge, present)); got.status != 403 || s.isIn(b) {
			t.Errorf("without a password, by whoever holds it: %d %s", got.status, got.body)
		}
		a, challenge = s.assertion(b, "false")
		if got := s.take(b, a.Handle, thief.get(challenge, present|verified)); got.status != 403 {
			t.Errorf("another key: %d", got.status)
		}
		a, challenge = s.assertion(b, "false")
		far := *key
		far.origin = "https://evil.example"
		if got := s.take(b, a.Handle, far.get(challenge, present|verified)); got.status != 403 {
			t.Errorf("from another site: %d", got.status)
		}
		a, challenge = s.assertion(b, "false")
		good := key.get(challenge, present|verified)
		if got := s.take(b, a.Handle, good); got.status != 200 || !s.isIn(b) {
			t.Fatalf("by itself: %d %s", got.status, got.body)
		}
		if got := s.take(s.browser(), a.Handle, good); got.status != 403 {
			t.Errorf("the same answer again: %d", got.status)
		}

		second := s.browser()
		page := s.signIn(second)
		if page.status != 200 || s.isIn(second) || !strings.Contains(page.body, `data-second="true"`) || !strings.Contains(page.header.Get("Content-Security-Policy"), "script-src 'self'") {
			t.Errorf("the password alone: %d %s", page.status, page.body)
		}
		a, challenge = s.assertion(second, "true")
		if got := s.take(second, a.Handle, key.get(challenge, present)); got.status != 200 || !s.isIn(second) {
			t.Errorf("after the password: %d %s", got.status, got.body)
		}
		third := s.browser()
		s.signIn(third)
		if got := s.step(third, recovery[0]); got.status != 303 {
			t.Errorf("a recovery code in its place: %d %s", got.status, got.body)
		}
		a, challenge = s.assertion(third, "false")
		key.counter = 0
		if got := s.take(third, a.Handle, key.get(challenge, present|verified)); got.status != 403 {
			t.Errorf("a copy, whose counter is behind: %d", got.status)
		}
		s.tx(func(tx *store.Tx) error {
			all, err := account.Passkeys(tx, s.alice)
			if err != nil || len(all) != 1 || all[0].LastUsedAt == nil {
				t.Errorf("passkeys: %+v %v", all, err)
				return err
			}
			if _, err := account.RenamePasskey(tx, s.alice, all[0].ID, "Old phone"); err != nil {
				return err
			}
			return account.RemovePasskey(tx, s.alice, all[0].ID)
		})
		if got := s.signIn(s.browser()); got.status != 303 {
			t.Errorf("with the password alone, once it is gone: %d", got.status)
		}
	})
}
