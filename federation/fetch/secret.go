package fetch

import (
	"sync"
	"time"

	"ensemble/models"
)

// secrets remembers for a moment which private key an account has: a post to 500
// servers is signed 500 times by the same.
type secrets struct {
	mu  sync.Mutex
	all map[models.ID]secret
}

// A secret is both private keys of an account, as PEM.
type secret struct {
	rsa, ed25519 string
	until        time.Time
}

const (
	secretFor  = 2 * time.Second
	maxSecrets = 1000
)

// get returns no keys for what is not known, or not any more.
func (s *secrets) get(id models.ID, now time.Time) secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := s.all[id]; now.Before(k.until) {
		return k
	}
	return secret{}
}

func (s *secrets) put(id models.ID, k secret, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil || len(s.all) >= maxSecrets {
		s.all = map[models.ID]secret{}
	}
	k.until = now.Add(secretFor)
	s.all[id] = k
}
