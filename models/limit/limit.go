// Package limit says how often somebody may come: by an address, a token, an
// account or a server. Which library counts, and whom it forgets first when there
// are too many to remember, it keeps to itself.
package limit

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A Limiter lets each key come Max times at once, and gives those back evenly over
// Window (a token bucket). It remembers a bounded number of keys. Its methods may be
// called at once. A nil Limiter refuses nobody.
type Limiter struct {
	Max    int           // how often, 1 or more
	Window time.Duration // in what time
	Now    func() time.Time
	Size   int // how many keys it remembers; 0 means 65,536

	mu   sync.Mutex
	seen map[string]*rate.Limiter
}

// New returns a Limiter of so many in window, nil if max is below 1.
func New(max int, window time.Duration, now func() time.Time) *Limiter {
	if max < 1 {
		return nil
	}
	return &Limiter{Max: max, Window: window, Now: now}
}

// Take counts once for key, and returns how many are left, when all will be there
// again, and whether this one was still within the limit.
func (l *Limiter) Take(key string) (left int, reset time.Time, ok bool) {
	if l == nil {
		return 0, time.Time{}, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.Now()
	b := l.seen[key]
	if b == nil {
		l.room(now)
		b = rate.NewLimiter(l.every(), l.Max)
		l.seen[key] = b
	}
	ok = b.AllowN(now, 1)
	tokens := min(b.TokensAt(now), float64(l.Max))
	return max(0, int(tokens)), now.Add(l.until(float64(l.Max) - tokens)), ok
}

// Count is Take, writes the headers that say how much is left, and returns whether
// this one was within the limit. Of several limits that are counted the headers tell
// the one of which the least is left.
func (l *Limiter) Count(h http.Header, key string) bool {
	if l == nil {
		return true
	}
	left, reset, ok := l.Take(key)
	if other, err := strconv.Atoi(h.Get("X-RateLimit-Remaining")); err == nil && ok && other <= left {
		return true
	}
	h.Set("X-RateLimit-Limit", strconv.Itoa(l.Max))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
	h.Set("X-RateLimit-Reset", reset.UTC().Format("2006-01-02T15:04:05.000Z"))
	if !ok {
		h.Set("Retry-After", strconv.Itoa(int(l.Wait()/time.Second)+1)) // RFC 9110 §10.2.3
	}
	return ok
}

// Wait returns how long it takes until a key that was just refused may come again.
func (l *Limiter) Wait() time.Duration {
	if l == nil {
		return 0
	}
	return l.until(1)
}

// Full reports whether the next Take of key would be refused.
func (l *Limiter) Full(key string) bool {
	if l == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.seen[key]
	return b != nil && b.TokensAt(l.Now()) < 1
}

// Clear forgets key.
func (l *Limiter) Clear(key string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.seen, key)
}

func (l *Limiter) every() rate.Limit { return rate.Limit(float64(l.Max) / l.Window.Seconds()) }

// until is how long so many tokens take to come back.
func (l *Limiter) until(tokens float64) time.Duration {
	return time.Duration(max(0, tokens) * float64(l.Window) / float64(l.Max))
}

// room makes place for one more key: first those go that have all their tokens back,
// and if that is not enough an eighth of all, whichever.
func (l *Limiter) room(now time.Time) {
	size := l.Size
	if size == 0 {
		size = 1 << 16
	}
	if l.seen == nil {
		l.seen = map[string]*rate.Limiter{}
	}
	if len(l.seen) < size {
		return
	}
	for k, b := range l.seen {
		if b.TokensAt(now) >= float64(l.Max) {
			delete(l.seen, k)
		}
	}
	for k := range l.seen {
		if len(l.seen) <= size-max(1, size/8) {
			break
		}
		delete(l.seen, k)
	}
}
