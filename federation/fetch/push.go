package fetch

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
	"net/http"
	"strconv"
	"time"

	"ensemble/models"
)

// What push services are told of a message (RFC 8030 §5, RFC 8292 §2). The draft encoding
// is spoken by apps still, and by no library that is kept: both are here.
const (
	pushLives  = 48 * time.Hour
	pushRecord = 4096
	tokenLives = 12 * time.Hour
)

var raw64 = base64.RawURLEncoding

// Push sends text to an app, encrypted so that its push service cannot read it. key is
// this server's own. NotFound and Gone mean that the subscription is no more.
func (c *Client) Push(ctx context.Context, s *models.PushSubscription, key *ecdh.PrivateKey, text []byte) error {
	at, err := c.address(s.Endpoint)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	body, head, err := sealPush(s, text)
	if err != nil {
		return models.Refuse(models.Invalid, codeKeyOwner, "the keys of the subscription are none: %v", err)
	}
	token, err := vapid(key, at.Scheme+"://"+at.Host, c.site.Origin, c.db.Now())
	if err != nil {
		return err
	}
	public := raw64.EncodeToString(key.PublicKey().Bytes())
	if s.Standard {
		head.Set("Authorization", "vapid t="+token+", k="+public)
	} else {
		head.Set("Authorization", "WebPush "+token)
		head.Set("Crypto-Key", head.Get("Crypto-Key")+";p256ecdsa="+public)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, at.String(), bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header = head
	r.Header.Set("Content-Type", "application/octet-stream")
	r.Header.Set("User-Agent", c.agent)
	r.Header.Set("TTL", strconv.Itoa(int(pushLives.Seconds())))
	r.Header.Set("Urgency", "normal")
	resp, err := c.http.Do(r)
	if err != nil {
		return c.explain(ctx, at.Host, err)
	}
	defer closeBody(resp)
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return nil
	}
	return outcome(resp, c.db.Now())
}

// sealPush encrypts text for the app (RFC 8291, or draft-ietf-webpush-encryption-04), and
// returns the headers that the app needs to read it.
func sealPush(s *models.PushSubscription, text []byte) ([]byte, http.Header, error) {
	theirs, err := ecdh.P256().NewPublicKey(s.P256dh)
	if err != nil {
		return nil, nil, err
	}
	ours, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	shared, err := ours.ECDH(theirs)
	if err != nil {
		return nil, nil, err
	}
	salt := make([]byte, 16)
	rand.Read(salt) //nolint:errcheck // never fails since Go 1.24
	public, head := ours.PublicKey().Bytes(), http.Header{}
	if s.Standard {
		info := "WebPush: info\x00" + string(s.P256dh) + string(public)
		sealed, err := seal(shared, s.Auth, salt, info, "Content-Encoding: aes128gcm\x00", "Content-Encoding: nonce\x00", append(text, 2))
		head.Set("Content-Encoding", "aes128gcm")
		lead := binary.BigEndian.AppendUint32(bytes.Clone(salt), pushRecord)
		lead = append(append(lead, byte(len(public))), public...)
		return append(lead, sealed...), head, err
	}
	both := "P-256\x00" + length(s.P256dh) + string(s.P256dh) + length(public) + string(public)
	sealed, err := seal(shared, s.Auth, salt, "Content-Encoding: auth\x00", "Content-Encoding: aesgcm\x00"+both, "Content-Encoding: nonce\x00"+both,
		append([]byte{0, 0}, text...))
	head.Set("Content-Encoding", "aesgcm")
	head.Set("Encryption", "salt="+raw64.EncodeToString(salt))
	head.Set("Crypto-Key", "dh="+raw64.EncodeToString(public))
	return sealed, head, err
}

func length(b []byte) string { return string(binary.BigEndian.AppendUint16(nil, uint16(len(b)))) }

// seal derives the keys of one message, and encrypts it.
func seal(shared, auth, salt []byte, info, keyInfo, nonceInfo string, plain []byte) ([]byte, error) {
	input, err := hkdf.Key(sha256.New, shared, auth, info, 32)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, input, salt, keyInfo, 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, input, salt, nonceInfo, 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return gcm.Seal(nil, nonce, plain, nil), nil
}

// vapid returns the token by which a push service knows who sends (RFC 8292 §2), a JWT
// signed by ES256.
func vapid(key *ecdh.PrivateKey, audience, subject string, now time.Time) (string, error) {
	claims, err := json.Marshal(map[string]any{"aud": audience, "exp": now.Add(tokenLives).Unix(), "sub": subject})
	if err != nil {
		return "", err
	}
	said := raw64.EncodeToString([]byte(`{"typ":"JWT","alg":"ES256"}`)) + "." + raw64.EncodeToString(claims)
	signer, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), key.Bytes())
	if err != nil {
		return "", fmt.Errorf("the key for push services: %w", err)
	}
	sum := sha256.Sum256([]byte(said))
	r, s, err := ecdsa.Sign(rand.Reader, signer, sum[:])
	if err != nil {
		return "", fmt.Errorf("sign for a push service: %w", err)
	}
	return said + "." + raw64.EncodeToString(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)), nil
}
