package call

import (
	"sync"
	"time"
)

// A Limiter counts how often each key comes in a window of time, and refuses what
// is above Max. It remembers a bounded number of keys.
type Limiter struct {
	Max    int           // within one window
	Window time.Duration // how long a count stands
	Now    func() time.Time
	Size   int // how many keys it remembers; 0 means 65,536

	mu   sync.Mutex
	seen map[string]tally
}

type tally struct {
	n     int
	until time.Time
}

// Take counts once for key, and returns how many are left until reset, and
// whether this one was still within the limit.
func (l *Limiter) Take(key string) (left int, reset time.Time, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.Now()
	t, known := l.seen[key]
	if !known || !now.Before(t.until) {
		t = tally{until: now.Add(l.Window)}
		if !known {
			l.room(now)
		}
	}
	if t.n <= l.Max {
		t.n++
	}
	l.seen[key] = t
	return max(0, l.Max-t.n), t.until, t.n <= l.Max
}

// Full reports whether the next Take of key would be refused.
func (l *Limiter) Full(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	t, ok := l.seen[key]
	return ok && t.n >= l.Max && l.Now().Before(t.until)
}

// Clear forgets key.
func (l *Limiter) Clear(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.seen, key)
}

// room makes place for one more key: first those whose window is over go, and if
// there are none an eighth of all, whichever.
func (l *Limiter) room(now time.Time) {
	size := l.Size
	if size == 0 {
		size = 1 << 16
	}
	if l.seen == nil {
		l.seen = map[string]tally{}
	}
	if len(l.seen) < size {
		return
	}
	for k, t := range l.seen {
		if !now.Before(t.until) {
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
