package activities

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"slices"

	"ensemble/models"
	"ensemble/models/store"
)

// Push is the task that pushes a notification to one app.
type Push struct {
	Subscription models.ID `json:"subscription,string"`
	Notification models.ID `json:"notification,string"`
}

// Kind names the task in the queue.
func (Push) Kind() string { return "push" }

// Travels says that it waits for another server.
func (Push) Travels() {}

// push has n pushed to the apps of its reader that want it.
func push(tx *store.Tx, n *models.Notification) error {
	all, err := store.Find[models.PushSubscription](tx, "account_id = ? AND policy <> ?", n.AccountID, models.PushNone)
	if err != nil {
		return err
	}
	for _, s := range all {
		if !slices.Contains(s.Alerts, n.Type) {
			continue
		}
		if wanted, err := pushes(tx, s.Policy, n); err != nil {
			return err
		} else if wanted {
			if err := store.Enqueue(tx, Push{s.ID, n.ID}); err != nil {
				return err
			}
		}
	}
	return nil
}

func pushes(tx *store.Tx, p models.PushPolicy, n *models.Notification) (bool, error) {
	switch p {
	case models.PushFollowed:
		return Follows(tx, n.AccountID, n.FromID)
	case models.PushFollower:
		return Follows(tx, n.FromID, n.AccountID)
	}
	return true, nil
}

// pushKey names the setting that holds the private key by which push services know this
// server.
const pushKey = "push.key"

// PushKey returns the key of RFC 8292 that this server has. The first call makes it.
func PushKey(tx *store.Tx) (*ecdh.PrivateKey, error) {
	s, err := store.Maybe[models.Setting](tx, "name = ?", pushKey)
	if err != nil {
		return nil, err
	}
	if s == nil {
		k, err := ecdh.P256().GenerateKey(rand.Reader)
		if err != nil {
			return nil, err
		}
		if _, err := store.Add(tx, &models.Setting{Name: pushKey, Value: base64.RawURLEncoding.EncodeToString(k.Bytes())}); err != nil {
			return nil, err
		}
		if s, err = store.One[models.Setting](tx, "name = ?", pushKey); err != nil {
			return nil, err
		}
	}
	b, err := base64.RawURLEncoding.DecodeString(s.Value)
	if err != nil {
		return nil, err
	}
	return ecdh.P256().NewPrivateKey(b)
}

// PushPublic returns the public half of PushKey as apps want it, "" before there is one.
func PushPublic(tx *store.Tx) (string, error) {
	if has, err := store.Any[models.Setting](tx, "name = ?", pushKey); err != nil || !has {
		return "", err
	}
	k, err := PushKey(tx)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(k.PublicKey().Bytes()), nil
}
