package stream

import (
	"sync"
	"time"
)

// What may wait for a reader, and how long one write may take.
const (
	maxWaiting      = 256     // messages
	maxWaitingBytes = 1 << 20 // of them all, unless it is one alone
	patience        = 10 * time.Second
	// MaxStreams is how many streams one reader listens to.
	MaxStreams = 100
)

// A conn is how a reader is reached.
type conn interface {
	frame(label string, m *Message) []byte
	// write writes a frame, or a sign of life if it is nil, within patience.
	write(frame []byte) error
	// close says why, where that can be said.
	close(code int, why string)
	// hurry is by how much its signs of life come more often.
	hurry() int
}

// A Reader is one connection of a client.
type Reader struct {
	// About is what the one who let it in keeps with it, and Owner whose connections
	// are counted together.
	About any
	Owner string

	hub     *Hub
	conn    conn
	turn    int
	streams []streamed // guarded by the hub's lock

	mu      sync.Mutex
	queue   [][]byte
	bytes   int
	writing bool
	gone    bool
	code    int
	why     string
	done    chan struct{}
}

// streamed is a channel that a reader listens to, and what it calls it.
type streamed struct {
	channel Channel
	label   string
}

// Listen has the reader told what is sent to the channel. label is how the stream is
// called then, as a JSON list. It reports false for one stream too many.
func (r *Reader) Listen(c Channel, label string) bool {
	h := r.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.readers[r] {
		return true // it has gone meanwhile
	}
	for _, s := range r.streams {
		if s.channel == c {
			return true
		}
	}
	if len(r.streams) == MaxStreams {
		return false
	}
	r.streams = append(r.streams, streamed{c, label})
	if h.channels[c.Kind] == nil {
		h.channels[c.Kind] = map[string][]*Reader{}
	}
	h.channels[c.Kind][c.Of] = append(h.channels[c.Kind][c.Of], r)
	return true
}

// Unlisten is the end of Listen.
func (r *Reader) Unlisten(c Channel) {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	for i, s := range r.streams {
		if s.channel == c {
			r.streams = append(r.streams[:i:i], r.streams[i+1:]...)
			r.hub.drop(c, r)
			return
		}
	}
}

// Tell sends the reader what goes to a channel that it listens to.
func (r *Reader) Tell(c Channel, m *Message) {
	r.hub.mu.Lock()
	label, found := "", false
	for _, s := range r.streams {
		if s.channel == c {
			label, found = s.label, true
		}
	}
	r.hub.mu.Unlock()
	if found {
		r.push(r.conn.frame(label, m))
	}
}

// Say sends the reader something that is of no stream: an error.
func (r *Reader) Say(text string) { r.push([]byte(text)) }

// End ends the connection, and says why.
func (r *Reader) End(why string) { r.end(policy, why) }

// push has a frame written, in its turn: a nil one is a sign of life. Nobody waits for
// that; who has too much waiting is dropped.
func (r *Reader) push(frame []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gone || frame == nil && len(r.queue) > 0 {
		return
	}
	if len(r.queue) >= maxWaiting || len(r.queue) > 0 && r.bytes+len(frame) > maxWaitingBytes {
		r.queue, r.bytes = nil, 0
		r.part(tooSlow, "you read too slowly")
		return
	}
	r.queue, r.bytes = append(r.queue, frame), r.bytes+len(frame)
	r.work()
}

// end parts with the reader after what waits is written.
func (r *Reader) end(code int, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.part(code, why)
}

func (r *Reader) part(code int, why string) {
	if !r.gone {
		r.gone, r.code, r.why = true, code, why
		r.work()
	}
}

// work has somebody write what waits. An idle reader costs no goroutine.
func (r *Reader) work() {
	if !r.writing {
		r.writing = true
		r.hub.work.Go(r.drain)
	}
}

func (r *Reader) drain() {
	for {
		r.mu.Lock()
		if len(r.queue) == 0 {
			gone := r.gone
			r.queue, r.writing = nil, gone // nobody writes after the last word
			r.mu.Unlock()
			if gone {
				r.finish()
			}
			return
		}
		frame := r.queue[0]
		r.queue, r.bytes = r.queue[1:], r.bytes-len(frame)
		r.mu.Unlock()
		if err := r.conn.write(frame); err != nil {
			r.mu.Lock()
			r.queue, r.bytes, r.gone = nil, 0, true
			r.mu.Unlock()
		}
	}
}

// finish is the last thing that happens to a reader.
func (r *Reader) finish() {
	r.hub.leave(r)
	r.conn.close(r.code, r.why)
	close(r.done)
	r.hub.work.Done()
}
