package api

import (
	"crypto/ecdh"
	"encoding/base64"
	"slices"
	"strings"

	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) pushRoutes() []call.Route {
	const path = "/api/v1/push/subscription"
	return []call.Route{
		{Method: "GET", Path: path, Scope: "push", Handler: a.PushSubscription},
		{Method: "POST", Path: path, Scope: "push", Handler: a.Subscribe},
		{Method: "PUT", Path: path, Scope: "push", Handler: a.Resubscribe},
		{Method: "DELETE", Path: path, Scope: "push", Handler: a.Unsubscribe},
	}
}

// maxEndpoint is how long the address of a push service may be.
const maxEndpoint = 2048

func subscription(c *call.Call) (*models.PushSubscription, error) {
	return store.One[models.PushSubscription](c.Tx, "token_id = ?", c.Token.ID)
}

// PushSubscription is GET /api/v1/push/subscription.
func (a *API) PushSubscription(c *call.Call) (any, error) {
	s, err := subscription(c)
	if err != nil {
		return nil, err
	}
	return pushView(c, s)
}

// Subscribe is POST /api/v1/push/subscription. It takes the place of what the token had.
func (a *API) Subscribe(c *call.Call) (any, error) {
	s := &models.PushSubscription{
		ID: models.NewID(c.Tx.Now), TokenID: c.Token.ID, AccountID: c.Me.ID, Endpoint: models.IRI(c.Str("subscription[endpoint]")),
		Bearer: c.Bearer(), Policy: models.PushAll, CreatedAt: c.Tx.Now,
	}
	s.Standard = c.Bool("subscription[standard]")
	var err error
	if s.P256dh, err = pushBytes(c.Str("subscription[keys][p256dh]")); err == nil {
		_, err = ecdh.P256().NewPublicKey(s.P256dh)
	}
	if err != nil {
		return nil, models.Errorf(models.Invalid, "Validation failed: p256dh is no public key of P-256")
	}
	if s.Auth, err = pushBytes(c.Str("subscription[keys][auth]")); err != nil || len(s.Auth) != 16 {
		return nil, models.Errorf(models.Invalid, "Validation failed: auth is no secret of 16 bytes")
	}
	secure := strings.HasPrefix(string(s.Endpoint), "https://") || c.Site.Loose && strings.HasPrefix(string(s.Endpoint), "http://")
	if !secure || s.Endpoint.Origin() == "" || len(s.Endpoint) > maxEndpoint {
		return nil, models.Errorf(models.Invalid, "Validation failed: Endpoint is not a valid URL")
	}
	if err := pushData(c, s); err != nil {
		return nil, err
	}
	if _, err := store.Delete[models.PushSubscription](c.Tx, "token_id = ?", c.Token.ID); err != nil {
		return nil, err
	}
	if _, err := activities.PushKey(c.Tx); err != nil {
		return nil, err
	}
	if err := store.Put(c.Tx, s); err != nil {
		return nil, err
	}
	return pushView(c, s)
}

// pushBytes reads base64 of either alphabet, with padding and without.
func pushBytes(s string) ([]byte, error) {
	s = strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(s)
	return base64.RawURLEncoding.DecodeString(s)
}

// Resubscribe is PUT /api/v1/push/subscription: other alerts, or another policy.
func (a *API) Resubscribe(c *call.Call) (any, error) {
	s, err := subscription(c)
	if err != nil {
		return nil, err
	}
	if err := pushData(c, s); err != nil {
		return nil, err
	}
	if err := store.Put(c.Tx, s); err != nil {
		return nil, err
	}
	return pushView(c, s)
}

// pushData reads what is wanted, and from whom. What is not named stays.
func pushData(c *call.Call, s *models.PushSubscription) error {
	policy := c.Str("data[policy]")
	if policy == "" {
		policy = c.Str("policy")
	}
	if policy != "" {
		if s.Policy = models.PushPolicy(policy); !s.Policy.Valid() {
			return models.Errorf(models.Invalid, "Validation failed: policy can be all, followed, follower or none, not %.20q", policy)
		}
	}
	for _, t := range slices.Concat(known, joint) {
		name := "data[alerts][" + string(t) + "]"
		if !c.Has(name) {
			continue
		}
		s.Alerts = slices.DeleteFunc(s.Alerts, func(x models.NotificationType) bool { return x == t })
		if c.Bool(name) {
			s.Alerts = append(s.Alerts, t)
		}
	}
	return nil
}

// Unsubscribe is DELETE /api/v1/push/subscription.
func (a *API) Unsubscribe(c *call.Call) (any, error) {
	_, err := store.Delete[models.PushSubscription](c.Tx, "token_id = ?", c.Token.ID)
	return nil, err
}

type pushJSON struct {
	ID        models.ID                        `json:"id,string"`
	Endpoint  models.IRI                       `json:"endpoint"`
	Standard  bool                             `json:"standard"`
	Alerts    map[models.NotificationType]bool `json:"alerts"`
	Policy    models.PushPolicy                `json:"policy"`
	ServerKey string                           `json:"server_key"`
}

func pushView(c *call.Call, s *models.PushSubscription) (any, error) {
	v := pushJSON{s.ID, s.Endpoint, s.Standard, map[models.NotificationType]bool{}, s.Policy, ""}
	for _, t := range known {
		v.Alerts[t] = slices.Contains(s.Alerts, t)
	}
	for _, t := range s.Alerts {
		v.Alerts[t] = true
	}
	var err error
	v.ServerKey, err = activities.PushPublic(c.Tx)
	return v, err
}
