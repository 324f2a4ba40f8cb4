package stream

import (
	"net/http"
	"time"
)

// Events answers the request with server-sent events, until either side ends it. begun
// is called when the answer has begun. ErrFull is the only error that is not answered.
func (h *Hub) Events(w http.ResponseWriter, q *http.Request, r *Reader, begun func()) error {
	e := &events{w: w, rc: http.NewResponseController(w)}
	if !r.open(h, e) {
		return ErrFull
	}
	head := w.Header()
	head.Set("Content-Type", "text/event-stream; charset=utf-8")
	head.Set("Cache-Control", "private, no-store")
	head.Set("X-Accel-Buffering", "no")   // for proxies that would wait for more
	_ = e.rc.SetReadDeadline(time.Time{}) // what cannot be set is not limited
	r.push([]byte(":)\n"))
	r.begin()
	begun()
	select {
	case <-q.Context().Done():
		r.abandon()
		<-r.done
	case <-r.done:
	}
	return nil
}

// events is an answer that goes on.
type events struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

func (*events) frame(_ string, m *Message) []byte { return m.lines() }

func (e *events) write(frame []byte) error {
	if frame == nil {
		frame = []byte(":thump\n")
	}
	_ = e.rc.SetWriteDeadline(time.Now().Add(patience)) // a recorder in a test has none
	if _, err := e.w.Write(frame); err != nil {
		return err
	}
	return e.rc.Flush()
}

func (*events) close(int, string) {}

func (*events) hurry() int { return 2 }
