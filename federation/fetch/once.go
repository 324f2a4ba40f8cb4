package fetch

import (
	"context"
	"errors"
	"sync"
	"time"

	"ensemble/models"
)

// How long a failure is the answer to the next one who asks, and how many are kept.
const (
	failedBriefly = time.Minute // what may soon be better
	failedLonger  = 5 * time.Minute
	maxFailures   = 4096
)

// flight runs fn, or waits for one that somebody else runs under the same key. If
// that one ended for a reason of theirs, such as their budget, fn is run after all.
func flight[T any](ctx context.Context, c *Client, key string, fn func() (T, error)) (T, error) {
	led := false
	v, err, _ := c.flights.Do(key, func() (any, error) {
		led = true
		return fn()
	})
	if !led && theirs(err) && ctx.Err() == nil {
		return fn()
	}
	out, _ := v.(T) // nil of an interface is the zero T
	return out, err
}

// theirs reports whether an error is about who asked, not about what was asked for.
func theirs(err error) bool {
	code := models.CodeOf(err)
	return code == codeBudget || code == codeGivenUp || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// failures remembers what could not be had (SECURITY rule 9). Its zero value is
// ready.
type failures struct {
	mu  sync.Mutex
	all map[string]failure
}

type failure struct {
	err   error
	until time.Time
}

// get returns how key failed, if that is not long ago.
func (f *failures) get(key string, now time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	past, ok := f.all[key]
	switch {
	case !ok:
		return nil
	case !now.Before(past.until):
		delete(f.all, key)
		return nil
	}
	return past.err
}

// put notes how key ended. A success clears it; what is about who asked, or wrong
// with this server, is nobody else's failure.
func (f *failures) put(key string, err error, now time.Time) {
	if theirs(err) || models.KindOf(err) == models.Internal || models.CodeOf(err) == codeBlocked { // a block is looked up each time
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err == nil {
		delete(f.all, key)
		return
	}
	if f.all == nil {
		f.all = map[string]failure{}
	}
	if len(f.all) >= maxFailures {
		f.forgetOne()
	}
	f.all[key] = failure{err, now.Add(lasts(err))}
}

// forgetOne drops any one failure: a map gives a random one.
func (f *failures) forgetOne() {
	for key := range f.all {
		delete(f.all, key)
		return
	}
}

func lasts(err error) time.Duration {
	switch models.KindOf(err) {
	case models.Unreachable, models.NotFound:
		return failedBriefly
	}
	return failedLonger
}
