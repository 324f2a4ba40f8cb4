package fetch

import (
	"net/http"
	"time"

	"code.dny.dev/ssrf"
)

// SetPatience makes the client give up sooner than a test does.
func (c *Client) SetPatience(d time.Duration) { c.patience = d }

// StrictTransport is the guarded one, on any port: a test cannot listen on 443.
func StrictTransport() http.RoundTripper {
	return newTransport(ssrf.New(ssrf.WithAnyPort()), false)
}

// LooseTransport is the guarded one of a loose site.
func LooseTransport() http.RoundTripper { return newTransport(guardian(true), true) }

// Safe reports what the guard of an open site says of an address and port.
func Safe(addr string) error { return guardian(false).Safe("tcp4", addr, nil) }

// ParseFinger is what WebFinger's answers are read with.
func ParseFinger(raw []byte) (acct, self string, ok bool) {
	f, ok := parseFinger(raw)
	return f.subject.String(), string(f.self), ok
}

// MaxFailures bounds what is remembered of failures.
const MaxFailures = maxFailures

// Fill remembers n failures, and returns how many are remembered.
func (c *Client) Fill(n int, name func(int) string, err error) int {
	for i := range n {
		c.failed.put(name(i), err, c.db.Now())
	}
	return len(c.failed.all)
}
