package api_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/strict"
)

// A watched server has its streams on, at an address.
type watched struct {
	*server
	at string
}

// watch turns the streams on. Tokens of the people are in force.
func (s *server) watch(tokens ...string) *watched {
	s.Helper()
	http := httptest.NewServer(s.router)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.api.Stream(ctx, s.db, slog.New(slog.NewTextHandler(s.Output(), nil)))
	}()
	s.Cleanup(func() {
		s.api.Hub.Close()
		http.Close()
		cancel()
		<-ended
	})
	for name := range s.people {
		tokens = append(tokens, name)
	}
	s.do(func(tx *store.Tx) error {
		for _, bearer := range tokens {
			t := &models.Token{ID: models.NewID(tx.Now), Hash: bearer, CreatedAt: tx.Now}
			if who, _, _ := strings.Cut(bearer, "/"); s.people[who] != nil {
				t.AccountID = s.people[who].ID
			}
			if err := store.Put(tx, t); err != nil {
				return err
			}
		}
		return nil
	})
	w := &watched{s, strings.TrimPrefix(http.URL, "http://")}
	w.heard()
	return w
}

// heard waits until this process hears what it streams itself.
func (w *watched) heard() {
	w.Helper()
	c := w.socket("/api/v1/streaming?stream=public:remote", "Authorization: Bearer "+w.someone())
	defer c.Close()
	for range 100 {
		w.do(func(tx *store.Tx) error {
			store.Stream(tx, models.StreamEvent{Kind: models.StreamDelete, Entry: 1, Public: true})
			return nil
		})
		if _, ok := c.within(100 * time.Millisecond); ok {
			return
		}
	}
	w.Fatal("nothing is streamed")
}

func (w *watched) someone() string {
	for name, a := range w.people {
		if a.Local() {
			return name
		}
	}
	return "app"
}

// A wire is a client's end of a stream, in RFC 6455's own bytes or as lines.
type wire struct {
	testing.TB
	net.Conn
	r       *bufio.Reader
	decoder *strict.Decoder
	status  int
	header  http.Header
	got     chan told
}

// told is what a stream said, or how it ended.
type told struct {
	Stream  []string
	Event   string
	Payload *string
	Error   string
	Status  int
	closed  string
}

// String is what tests compare: the stream, the event, and the ID that is in the payload.
func (m told) String() string {
	if m.closed != "" {
		return "closed " + m.closed
	}
	if m.Error != "" {
		return fmt.Sprintf("error %d", m.Status)
	}
	payload := "-"
	if m.Payload != nil {
		payload = *m.Payload
		var v struct{ ID, Type, What string }
		if json.Unmarshal([]byte(payload), &v) == nil && v.ID+v.What != "" {
			payload = strings.TrimSpace(v.ID + " " + v.What)
			if v.Type != "" {
				payload = v.Type
			}
		}
	}
	return strings.TrimSpace(strings.Join(m.Stream, " ")+" "+m.Event) + " " + payload
}

// open asks for path with more headers.
func (w *watched) open(path string, headers ...string) *wire {
	w.Helper()
	conn, err := net.Dial("tcp", w.at)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: one.example\r\n%s\r\n", path, strings.Join(append(headers, ""), "\r\n"))
	c := &wire{TB: w.T, decoder: decoder(w.T), Conn: conn, r: bufio.NewReader(conn), got: make(chan told, 1000)}
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		w.Fatal(err)
	}
	c.status, c.header = resp.StatusCode, resp.Header
	if resp.StatusCode == 200 {
		c.r = bufio.NewReader(resp.Body)
	}
	return c
}

// socket opens a WebSocket.
func (w *watched) socket(path string, headers ...string) *wire {
	w.Helper()
	c := w.open(path, append(headers, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")...)
	if c.status == 101 {
		go c.frames()
	}
	return c
}

// events opens server-sent events.
func (w *watched) events(path string, headers ...string) *wire {
	w.Helper()
	c := w.open(path, headers...)
	if c.status == 200 {
		go c.sent()
	}
	return c
}

func (c *wire) frames() {
	for {
		op, body, err := c.frame()
		switch {
		case err != nil:
			c.got <- told{closed: "cut"}
			return
		case op == 8:
			c.got <- told{closed: fmt.Sprint(binary.BigEndian.Uint16(body))}
			return
		case op == 9:
			c.send(10, body)
		case op == 1:
			var m told
			if err := json.Unmarshal(body, &m); err != nil {
				c.Error(err)
			}
			c.got <- m
		}
	}
}

func (c *wire) frame() (op byte, body []byte, err error) {
	var head [2]byte
	if _, err = io.ReadFull(c.r, head[:]); err != nil {
		return 0, nil, err
	}
	size := uint64(head[1] & 127)
	switch size {
	case 126:
		var b [2]byte
		_, err = io.ReadFull(c.r, b[:])
		size = uint64(binary.BigEndian.Uint16(b[:]))
	case 127:
		var b [8]byte
		_, err = io.ReadFull(c.r, b[:])
		size = binary.BigEndian.Uint64(b[:])
	}
	if err != nil || size > 1<<24 {
		return 0, nil, fmt.Errorf("a frame of %d bytes: %w", size, err)
	}
	body = make([]byte, size)
	_, err = io.ReadFull(c.r, body)
	return head[0] & 15, body, err
}

// send writes a masked frame of no more than 125 bytes, or 65535.
func (c *wire) send(op byte, body []byte) {
	c.Helper()
	frame := []byte{0x80 | op, 0x80 | byte(len(body))}
	if len(body) > 125 {
		frame = append([]byte{0x80 | op, 0x80 | 126}, byte(len(body)>>8), byte(len(body)))
	}
	mask := make([]byte, 4)
	rand.Read(mask)
	frame = append(frame, mask...)
	for i, b := range body {
		frame = append(frame, b^mask[i%4])
	}
	if _, err := c.Write(frame); err != nil {
		c.Error(err)
	}
}

// say sends a message of the client's.
func (c *wire) say(format string, args ...any) *wire {
	c.Helper()
	c.send(1, fmt.Appendf(nil, format, args...))
	return c
}

func (c *wire) sent() {
	var m told
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			c.got <- told{closed: "cut"}
			return
		}
		line = strings.TrimSuffix(line, "\n")
		if event, ok := strings.CutPrefix(line, "event: "); ok {
			m.Event = event
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			m.Payload = &data
		}
		if line == "" {
			c.got <- m
			m = told{}
		}
	}
}

func (c *wire) within(d time.Duration) (told, bool) {
	select {
	case m := <-c.got:
		return m, true
	case <-time.After(d):
		return told{}, false
	}
}

// hears checks what comes next, in order. What is not to come is shown by what comes
// after it.
func (c *wire) hears(want ...string) *wire {
	c.Helper()
	for _, w := range want {
		m, ok := c.within(30 * time.Second)
		if !ok {
			c.Fatalf("nothing came, want %q", w)
		}
		c.strictly(m)
		if m.String() != w {
			c.Fatalf("heard %q, want %q (%v)", m, w, m.Error)
		}
	}
	return c
}

// strictly reads what an event holds as the strictest clients do.
func (c *wire) strictly(m told) {
	c.Helper()
	as := map[string][2]string{
		"update": {"GET", "/api/v1/statuses/1"}, "status.update": {"GET", "/api/v1/statuses/1"},
		"notification": {"GET", "/api/v1/notifications/1"}, "conversation": {"POST", "/api/v1/conversations/1/read"},
	}
	if at, ok := as[m.Event]; ok {
		if err := c.decoder.Answers(at[0], at[1], 200, []byte(*m.Payload)); err != nil {
			c.Errorf("a strict client stumbles: %v", err)
		}
	}
}

// settled waits until a subscription that was asked for before is there: an unknown
// stream is refused in its turn.
func (c *wire) settled() *wire {
	c.Helper()
	return c.say(`{"type":"subscribe","stream":"none"}`).hears("error 400")
}
