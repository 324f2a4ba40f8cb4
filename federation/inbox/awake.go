package inbox

import (
	"context"
	"sync"
	"time"
)

// A drain that is at work here is told by a bell of what came meanwhile, and stays up a
// little after the last: a task in the queue costs more than to take an activity in.
// Nothing depends on the bell, for what came is in the database before it rings: a
// drain that ends in an error is tried again, and a sweep finds what was left.

const (
	lingers = 30 * time.Millisecond
	longest = time.Minute // then the task makes room for the next
)

type drains struct {
	mu  sync.Mutex
	all [shards]drainState
}

type drainState struct {
	awake    bool
	expected int           // transactions that count on the drain, and have not ended
	bell     chan struct{} // holds one ring
}

func (d *drains) rise(shard int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := &d.all[shard]
	s.awake = true
	if s.bell == nil {
		s.bell = make(chan struct{}, 1)
	}
}

func (d *drains) lie(shard int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all[shard].awake = false
}

// count reports whether the drain of a shard is awake, and has it wait for a
// transaction that is about to begin. If so, ring must follow.
func (d *drains) count(shard int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := &d.all[shard]
	if s.awake {
		s.expected++
	}
	return s.awake
}

// ring ends what count began.
func (d *drains) ring(shard int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := &d.all[shard]
	s.expected--
	select {
	case s.bell <- struct{}{}:
	default:
	}
}

// gather waits a moment, so that what comes close after another takes effect together
// with what comes then.
func (d *drains) gather(ctx context.Context) {
	select {
	case <-time.After(10 * time.Millisecond):
	case <-ctx.Done():
	}
}

// more waits until something came for a shard; false if nothing did for a while: then
// the drain lies down.
func (d *drains) more(ctx context.Context, shard int) bool {
	d.mu.Lock()
	bell := d.all[shard].bell
	d.mu.Unlock()
	for {
		select {
		case <-bell:
			return true
		case <-ctx.Done():
			d.lie(shard)
			return false
		case <-time.After(lingers):
		}
		d.mu.Lock()
		s := &d.all[shard]
		if s.expected == 0 && len(bell) == 0 {
			s.awake = false
			d.mu.Unlock()
			return false
		}
		d.mu.Unlock()
	}
}
