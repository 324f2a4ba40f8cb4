package stream

import (
	"encoding/json"
	"strings"
	"sync"
)

// A Message is an event and what clients are told of it. However many it is sent to, it
// is written out once for each stream.
type Message struct {
	Event   string
	Payload string // one line; mostly JSON
	Bare    bool   // the event says all

	mu     sync.Mutex
	frames map[string][]byte
}

// socket writes the message as Mastodon's WebSocket does: label names the stream, as a
// JSON list.
func (m *Message) socket(label string) []byte {
	return m.frame(label, func() []byte {
		f := struct {
			Stream  json.RawMessage `json:"stream"`
			Event   string          `json:"event"`
			Payload *string         `json:"payload,omitempty"`
		}{json.RawMessage(label), m.Event, &m.Payload}
		if m.Bare {
			f.Payload = nil
		}
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if e.Encode(f) != nil {
			return nil
		}
		return []byte(strings.TrimSuffix(b.String(), "\n"))
	})
}

// lines writes the message as a server-sent event (HTML §9.2.6).
func (m *Message) lines() []byte {
	return m.frame("", func() []byte { return []byte("event: " + m.Event + "\ndata: " + m.Payload + "\n\n") })
}

func (m *Message) frame(label string, write func() []byte) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.frames[label] == nil {
		if m.frames == nil {
			m.frames = map[string][]byte{}
		}
		m.frames[label] = write()
	}
	return m.frames[label]
}
