package stream

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Why a connection ends (RFC 6455 §7.4.1).
const (
	goingAway = websocket.CloseGoingAway
	policy    = websocket.ClosePolicyViolation
	tooSlow   = websocket.CloseTryAgainLater
)

// maxMessage is how much a client may say at once, in bytes.
const maxMessage = 4 << 10

// ErrFull is the error for one connection too many, or a hub that closes.
var ErrFull = errors.New("stream: no more connections are taken")

// upgrader opens WebSockets. Any page may: what counts is the token, and no cookie.
var upgrader = websocket.Upgrader{
	HandshakeTimeout: patience, ReadBufferSize: 512, WriteBufferSize: 1 << 10, WriteBufferPool: &sync.Pool{},
	CheckOrigin: func(*http.Request) bool { return true },
}

// Upgrades reports whether the request asks for a WebSocket.
func Upgrades(r *http.Request) bool { return websocket.IsWebSocketUpgrade(r) }

// Socket turns the request into a WebSocket, and returns when that is done: the
// connection goes on by itself. begun is called first, and then heard with each message
// of the client, one at a time. An error other than ErrFull was answered already.
func (h *Hub) Socket(w http.ResponseWriter, q *http.Request, r *Reader, begun func(), heard func([]byte)) error {
	s := &socket{}
	if !r.open(h, s) {
		return ErrFull
	}
	var head http.Header
	if p := strings.TrimSpace(q.Header.Get("Sec-WebSocket-Protocol")); p != "" {
		first, _, _ := strings.Cut(p, ",") // a token: browsers want it back
		head = http.Header{"Sec-Websocket-Protocol": {strings.TrimSpace(first)}}
	}
	var err error
	s.ws, err = upgrader.Upgrade(w, q, head)
	if err != nil {
		r.end(policy, "")
		r.begin()
		return err
	}
	s.up()
	r.begin()
	begun() // here, for the stack of who reads stays small
	h.work.Go(func() {
		s.read(heard)
		r.abandon()
	})
	return nil
}

// open lets the reader in. Nothing is written until begin.
func (r *Reader) open(h *Hub, c conn) bool {
	r.hub, r.conn, r.done, r.writing = h, c, make(chan struct{}), true
	return h.enter(r)
}

// begin writes what waits, from now on.
func (r *Reader) begin() { r.hub.work.Go(r.drain) }

// abandon is the end by the client: there is nobody to write to.
func (r *Reader) abandon() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queue, r.bytes = nil, 0
	r.part(websocket.CloseNormalClosure, "")
}

// A socket is a WebSocket.
type socket struct {
	ws *websocket.Conn // nil if it could not be opened
}

func (s *socket) up() {
	s.ws.SetReadLimit(maxMessage)
	s.alive("") //nolint:errcheck // never fails
	s.ws.SetPongHandler(s.alive)
}

// alive gives the client time until two signs of life of ours went unanswered.
func (s *socket) alive(string) error {
	return s.ws.SetReadDeadline(time.Now().Add(2*pulseEvery*time.Second + patience))
}

func (s *socket) read(heard func([]byte)) {
	for {
		kind, b, err := s.ws.ReadMessage()
		if err != nil {
			return
		}
		if kind == websocket.TextMessage {
			heard(b)
		}
	}
}

func (*socket) frame(label string, m *Message) []byte { return m.socket(label) }

func (s *socket) write(frame []byte) error {
	if frame == nil {
		return s.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(patience))
	}
	if err := s.ws.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	return s.ws.WriteMessage(websocket.TextMessage, frame)
}

func (s *socket) close(code int, why string) {
	if s.ws == nil {
		return
	}
	_ = s.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, why), time.Now().Add(time.Second)) // they may be gone
	_ = s.ws.Close()                                                                                                    // and nothing is left to say
}

func (*socket) hurry() int { return 1 }
