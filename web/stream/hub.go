// Package stream keeps open the connections by which clients are told of news: who
// listens to which channel, and what waits to be written to whom. It knows WebSocket
// (RFC 6455) and server-sent events, and keeps both to itself; what there is to tell,
// and to whom, its caller knows. Who reads too slowly is dropped.
package stream

import (
	"slices"
	"sync"
	"time"
)

// A Channel is what readers listen to: of a kind, as "user", and of somebody or
// something, as the ID of an account or a hashtag.
type Channel struct{ Kind, Of string }

// Hub is all the readers of this process.
type Hub struct {
	mu       sync.Mutex
	readers  map[*Reader]bool
	owners   map[string]int // how many readers each has
	channels map[string]map[string][]*Reader
	closed   bool
	beat     int // counts seconds
	stop     chan struct{}
	work     sync.WaitGroup
}

// New returns a hub without readers. Its Close ends what it began.
func New() *Hub {
	h := &Hub{
		readers: map[*Reader]bool{}, owners: map[string]int{}, channels: map[string]map[string][]*Reader{}, stop: make(chan struct{}),
	}
	h.work.Go(h.pulse)
	return h
}

// MaxPerOwner is how many connections one owner has at a time.
const MaxPerOwner = 100

// pulseEvery is how long, in seconds, until a reader is pinged again: half of that for
// server-sent events, which proxies cut off sooner.
const pulseEvery = 30

// Close ends every connection, as a server does that goes away, and waits for that.
func (h *Hub) Close() {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return
	}
	h.closed = true
	close(h.stop)
	all := h.all()
	h.mu.Unlock()
	for _, r := range all {
		r.end(goingAway, "the server stops")
	}
	h.work.Wait()
}

// Readers are all who are connected.
func (h *Hub) Readers() []*Reader {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all()
}

func (h *Hub) all() []*Reader {
	out := make([]*Reader, 0, len(h.readers))
	for r := range h.readers {
		out = append(out, r)
	}
	return out
}

// Empty reports whether nobody is connected.
func (h *Hub) Empty() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.readers) == 0
}

// Listened are those of whom somebody listens to channels of that kind.
func (h *Hub) Listened(kind string) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]string, 0, len(h.channels[kind]))
	for of := range h.channels[kind] {
		out = append(out, of)
	}
	return out
}

// On are who listens to the channel.
func (h *Hub) On(c Channel) []*Reader {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.channels[c.Kind][c.Of])
}

// Send tells everybody who listens to the channel.
func (h *Hub) Send(c Channel, m *Message) {
	for _, r := range h.On(c) {
		r.Tell(c, m)
	}
}

// enter lets a reader in, unless the hub closes or its owner has too many.
func (h *Hub) enter(r *Reader) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || h.owners[r.Owner] >= MaxPerOwner {
		return false
	}
	r.turn = len(h.readers)
	h.readers[r] = true
	h.owners[r.Owner]++
	h.work.Add(1)
	return true
}

func (h *Hub) leave(r *Reader) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.readers[r] {
		return
	}
	delete(h.readers, r)
	if h.owners[r.Owner]--; h.owners[r.Owner] == 0 {
		delete(h.owners, r.Owner)
	}
	for _, s := range r.streams {
		h.drop(s.channel, r)
	}
	r.streams = nil
}

func (h *Hub) drop(c Channel, r *Reader) {
	left := slices.DeleteFunc(h.channels[c.Kind][c.Of], func(x *Reader) bool { return x == r })
	if len(left) > 0 {
		h.channels[c.Kind][c.Of] = left
		return
	}
	delete(h.channels[c.Kind], c.Of)
}

// pulse keeps connections alive, and finds those that are dead: some each second.
func (h *Hub) pulse() {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-h.stop:
			return
		case <-t.C:
		}
		h.mu.Lock()
		h.beat++
		var due []*Reader
		for r := range h.readers {
			if (r.turn+h.beat)%(pulseEvery/r.conn.hurry()) == 0 {
				due = append(due, r)
			}
		}
		h.mu.Unlock()
		for _, r := range due {
			r.push(nil)
		}
	}
}
