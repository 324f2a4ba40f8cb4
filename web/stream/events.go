package stream

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Events answers the request with server-sent events, until either side ends it. begun
// is called when the answer has begun. ErrFull is the only error that is not answered.
//
// The connection is taken from the HTTP server, whose goroutine and buffers are five
// times as large as what is left, and the answer ends with it. Where it cannot be taken,
// Events returns at the end of the answer.
func (h *Hub) Events(w http.ResponseWriter, q *http.Request, r *Reader, begun func()) error {
	e := &events{}
	if !r.open(h, e) {
		return ErrFull
	}
	head := w.Header()
	head.Set("Content-Type", "text/event-stream; charset=utf-8")
	head.Set("Cache-Control", "private, no-store")
	head.Set("X-Accel-Buffering", "no") // for proxies that would wait for more
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		e.out = answered{w, http.NewResponseController(w)}
		r.answer(q, begun)
		return nil
	}
	e.out = c
	r.push(opening(head))
	r.begin()
	begun()
	h.work.Go(func() {
		wait(c)
		r.abandon()
	})
	return nil
}

// answer has r told by an answer that goes on, until its end.
func (r *Reader) answer(q *http.Request, begun func()) {
	r.push([]byte(":)\n"))
	r.begin()
	begun()
	select {
	case <-q.Context().Done():
		r.abandon()
		<-r.done
	case <-r.done:
	}
}

// opening is the beginning of an answer that ends with its connection (RFC 9112 §6.3).
func opening(head http.Header) []byte {
	var b bytes.Buffer
	head = head.Clone()
	head.Set("Connection", "close")
	head.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	b.WriteString("HTTP/1.1 200 OK\r\n")
	_ = head.Write(&b) // a buffer takes all
	fmt.Fprint(&b, "\r\n:)\n")
	return b.Bytes()
}

// events are written to out.
type events struct{ out out }

// An out is a connection that is nobody else's, or an answer.
type out interface {
	io.WriteCloser
	SetWriteDeadline(time.Time) error
}

func (*events) frame(_ string, m *Message) []byte { return m.lines() }

func (e *events) write(frame []byte) error {
	if frame == nil {
		frame = []byte(":thump\n")
	}
	if err := e.out.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	_, err := e.out.Write(frame)
	return err
}

func (e *events) close(int, string) { _ = e.out.Close() } // nothing is left to say

func (*events) hurry() int { return 2 }

// wait returns when the client has gone, or says more than it has to.
func wait(c net.Conn) {
	b := make([]byte, 16)
	for heard := 0; heard < maxMessage; {
		n, err := c.Read(b)
		if err != nil {
			return
		}
		heard += n
	}
}

// answered is an answer that goes on.
type answered struct {
	http.ResponseWriter
	rc *http.ResponseController
}

// Write writes b at once.
func (a answered) Write(b []byte) (int, error) {
	n, err := a.ResponseWriter.Write(b)
	if err == nil {
		err = a.rc.Flush()
	}
	return n, err
}

// SetWriteDeadline limits the next write, where that can be: a recorder in a test has no
// such limit.
func (a answered) SetWriteDeadline(t time.Time) error {
	_ = a.rc.SetReadDeadline(time.Time{})
	_ = a.rc.SetWriteDeadline(t)
	return nil
}

// Close leaves the end to the server.
func (answered) Close() error { return nil }
