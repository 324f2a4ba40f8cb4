package federation_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"ensemble/activities"
	"ensemble/activities/account"
	"ensemble/federation"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

// A browser is a push service and the app behind it.
type browser struct {
	*testing.T
	key  *ecdh.PrivateKey
	auth []byte
	got  chan *http.Request
	says chan int
}

func newBrowser(t *testing.T) *browser {
	k, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, k, []byte("0123456789abcdef"), make(chan *http.Request, 10), make(chan int, 10)}
}

// RoundTrip answers as the test says.
func (b *browser) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	b.got <- r
	return &http.Response{StatusCode: <-b.says, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

func param(header, name string) []byte {
	for _, part := range strings.FieldsFunc(header, func(r rune) bool { return r == ';' || r == ',' || r == ' ' }) {
		if v, ok := strings.CutPrefix(part, name+"="); ok {
			b, _ := base64.RawURLEncoding.DecodeString(v)
			return b
		}
	}
	return nil
}

// opens decrypts a message as the specification has a user agent do it.
func (b *browser) opens(r *http.Request) map[string]string {
	b.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		b.Fatal(err)
	}
	mine := string(b.key.PublicKey().Bytes())
	var salt, theirs []byte
	var info, keyInfo, nonceInfo string
	standard := r.Header.Get("Content-Encoding") == "aes128gcm"
	if standard {
		salt, theirs = body[:16], body[21:21+int(body[20])]
		if size := binary.BigEndian.Uint32(body[16:20]); int(size) < len(body) {
			b.Errorf("a record of %d bytes holds %d", size, len(body))
		}
		body = body[21+int(body[20]):]
		info, keyInfo, nonceInfo = "WebPush: info\x00"+mine+string(theirs), "Content-Encoding: aes128gcm\x00", "Content-Encoding: nonce\x00"
	} else {
		salt, theirs = param(r.Header.Get("Encryption"), "salt"), param(r.Header.Get("Crypto-Key"), "dh")
		context := "P-256\x00\x00\x41" + mine + "\x00\x41" + string(theirs)
		info, keyInfo, nonceInfo = "Content-Encoding: auth\x00", "Content-Encoding: aesgcm\x00"+context, "Content-Encoding: nonce\x00"+context
	}
	public, err := ecdh.P256().NewPublicKey(theirs)
	if err != nil {
		b.Fatal(err)
	}
	shared, err := b.key.ECDH(public)
	if err != nil {
		b.Fatal(err)
	}
	derive := func(secret, salt []byte, info string, n int) []byte {
		k, err := hkdf.Key(sha256.New, secret, salt, info, n)
		if err != nil {
			b.Fatal(err)
		}
		return k
	}
	input := derive(shared, b.auth, info, 32)
	block, _ := aes.NewCipher(derive(input, salt, keyInfo, 16))
	gcm, _ := cipher.NewGCM(block)
	plain, err := gcm.Open(nil, derive(input, salt, nonceInfo, 12), body, nil)
	if err != nil {
		b.Fatalf("it does not open: %v", err)
	}
	if standard {
		plain = bytes.TrimSuffix(plain, []byte{2})
	} else {
		plain = bytes.TrimPrefix(plain, []byte{0, 0})
	}
	v := map[string]string{}
	if err := json.Unmarshal(plain, &v); err != nil {
		b.Fatalf("%q: %v", plain, err)
	}
	return v
}

// knows checks who sends (RFC 8292).
func (b *browser) knows(r *http.Request) []byte {
	b.Helper()
	auth := r.Header.Get("Authorization")
	token, key := strings.TrimPrefix(auth, "WebPush "), param(r.Header.Get("Crypto-Key"), "p256ecdsa")
	if rest, ok := strings.CutPrefix(auth, "vapid t="); ok {
		token, _, _ = strings.Cut(rest, ",")
		key = param(auth, "k")
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 || len(key) != 65 {
		b.Fatalf("no token: %s", auth)
	}
	sig, _ := base64.RawURLEncoding.DecodeString(parts[2])
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), key)
	if err != nil || len(sig) != 64 || !ecdsa.Verify(public, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
		b.Error("the token is not signed by the key that it names")
	}
	claims, _ := base64.RawURLEncoding.DecodeString(parts[1])
	if !strings.Contains(string(claims), `"aud":"https://push.example"`) {
		b.Errorf("claims %s", claims)
	}
	return key
}

func TestNotificationsArePushed(t *testing.T) {
	for _, standard := range []bool{true, false} {
		storetest.Each(t, func(t *testing.T, dialect string) {
			b := newBrowser(t)
			db := storetest.New(t, dialect, models.Site{Domain: "one.example", Origin: "https://one.example"}, nil)
			log := slog.New(slog.NewTextHandler(t.Output(), nil))
			s := federation.New(federation.Config{DB: db, Transport: b, Log: log})
			w := store.NewWorkers(db)
			s.Work(w)
			ctx := context.Background()
			if err := db.Start(ctx, w); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Stop(ctx) })
			do := func(fn func(tx *store.Tx) error) {
				t.Helper()
				if err := db.Tx(ctx, fn); err != nil {
					t.Fatal(err)
				}
			}
			people := map[string]*models.Account{}
			sub := &models.PushSubscription{
				TokenID: 7, Bearer: "the token", Endpoint: "https://push.example/to/ada", P256dh: b.key.PublicKey().Bytes(), Auth: b.auth,
				Alerts: []models.NotificationType{models.NoteFollow, models.NoteFavourite}, Policy: models.PushAll, Standard: standard,
			}
			do(func(tx *store.Tx) (err error) {
				for i, name := range []string{"ada", "bo", "cy", "di", "ed"} {
					spec := account.Spec{Username: name, Email: name + "@one.example", Locale: "fr"}
					if people[name], err = account.Create(tx, spec, "no hash", models.KeyPair{RSAPublic: "pem", Ed25519Multibase: fmt.Sprint("z", i)}); err != nil {
						return err
					}
				}
				if _, err := activities.PushKey(tx); err != nil {
					return err
				}
				sub.ID, sub.AccountID, sub.CreatedAt = models.NewID(tx.Now), people["ada"].ID, tx.Now
				token := &models.Token{ID: 7, Hash: "h", AccountID: sub.AccountID, CreatedAt: tx.Now}
				return firstErr(store.Put(tx, token), store.Put(tx, sub))
			})
			tell := func(who string, kind models.NotificationType) {
				t.Helper()
				do(func(tx *store.Tx) error {
					return activities.Notify(tx, models.Notification{AccountID: people["ada"].ID, FromID: people[who].ID, Type: kind})
				})
			}
			next := func(status int) *http.Request {
				t.Helper()
				select {
				case r := <-b.got:
					b.says <- status
					return r
				case <-time.After(40 * time.Second):
					t.Fatal("nothing is pushed")
					return nil
				}
			}
			tell("bo", models.NoteUpdate) // nobody asked for it
			tell("bo", models.NoteFollow)
			r := next(201)
			v := b.opens(r)
			if v["notification_type"] != "follow" || v["access_token"] != "the token" || v["preferred_locale"] != "fr" || v["title"] != "bo vous suit" || v["icon"] == "" || v["notification_id"] == "" {
				t.Errorf("pushed %v", v)
			}
			if r.Header.Get("TTL") != "172800" || r.URL.String() != string(sub.Endpoint) {
				t.Errorf("%s %v", r.URL, r.Header)
			}
			key := b.knows(r)
			do(func(tx *store.Tx) error {
				k, err := activities.PushKey(tx)
				if err == nil && !bytes.Equal(k.PublicKey().Bytes(), key) {
					t.Error("it is signed by another key than apps are told")
				}
				return err
			})
			tell("cy", models.NoteFollow)
			next(503) // and again
			if v := b.opens(next(201)); v["title"] != "cy vous suit" {
				t.Errorf("pushed %v", v)
			}
			state := func(st models.AccountState) {
				t.Helper()
				do(func(tx *store.Tx) error {
					_, err := store.Set[models.Account](tx, map[string]any{"state": st}, "id = ?", people["ada"].ID)
					return err
				})
			}
			state(models.AccountSuspended)
			tell("ed", models.NoteFollow) // and nobody hears of it
			for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
				if busy, err := db.Busy(ctx); err == nil && busy == 0 {
					break
				} else if len(b.got) > 0 || time.Now().After(end) {
					t.Fatalf("somebody who is suspended is pushed to (%d tasks, %v)", busy, err)
				}
			}
			state(models.AccountActive)
			tell("di", models.NoteFollow)
			if v := b.opens(next(410)); v["title"] != "di vous suit" {
				t.Errorf("pushed %v", v)
			}
			for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
				left := 0
				do(func(tx *store.Tx) (err error) {
					left, err = store.Count[models.PushSubscription](tx, "true")
					return err
				})
				if left == 0 {
					break
				}
				if time.Now().After(end) {
					t.Fatal("the subscription is still there")
				}
			}
			tell("ed", models.NoteFollow)
			select {
			case r := <-b.got:
				t.Errorf("pushed to %s", r.URL)
			default:
			}
		})
	}
}

func firstErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
