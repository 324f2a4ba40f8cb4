package limit

import (
	"fmt"
	"testing"
	"time"
)

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func TestOneMayComeMaxTimesAndThenEvenly(t *testing.T) {
	c := &clock{time.Unix(1e9, 0)}
	l := &Limiter{Max: 3, Window: 30 * time.Second, Now: c.now}
	for i, want := range []int{2, 1, 0} {
		left, reset, ok := l.Take("a")
		if !ok || left != want || !reset.Equal(c.at.Add(time.Duration(i+1)*10*time.Second)) {
			t.Errorf("%d: %d left until %v, %v", i, left, reset, ok)
		}
	}
	if _, _, ok := l.Take("a"); ok || !l.Full("a") {
		t.Error("a fourth one passes")
	}
	if _, _, ok := l.Take("b"); !ok {
		t.Error("another key is refused")
	}
	c.at = c.at.Add(l.Wait())
	if _, _, ok := l.Take("a"); !ok {
		t.Error("refused after the time it was told to wait")
	}
	if _, _, ok := l.Take("a"); ok {
		t.Error("all came back at once")
	}
	l.Clear("a")
	if left, _, ok := l.Take("a"); !ok || left != 2 {
		t.Errorf("after Clear: %d, %v", left, ok)
	}
}

func TestALimiterIsBounded(t *testing.T) {
	c := &clock{time.Unix(1e9, 0)}
	l := &Limiter{Max: 1, Window: time.Minute, Now: c.now, Size: 100}
	for i := range 10_000 {
		l.Take(fmt.Sprint(i))
	}
	if n := len(l.seen); n > 100 || n < 50 {
		t.Errorf("remembers %d keys, want at most 100", n)
	}
}

func TestNoLimiterRefusesNobody(t *testing.T) {
	var l *Limiter
	if _, _, ok := l.Take("a"); !ok || l.Full("a") || l.Wait() != 0 {
		t.Error("nil refuses")
	}
	l.Clear("a")
}
