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

type secret struct {
	pem   string
	until time.Time
}

const (
	secretFor  = 2 * time.Second
	maxSecrets = 1000
)

// get returns "" for what is not known, or not any more.
func (s *secrets) get(id models.ID, now time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := s.all[id]; now.Before(k.until) {
		return k.pem
	}
	return ""
}

func (s *secrets) put(id models.ID, pem string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil || len(s.all) >= maxSecrets {
		s.all = map[models.ID]secret{}
	}
	s.all[id] = secret{pem, now.Add(secretFor)}
}
