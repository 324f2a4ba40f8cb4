package stream

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A pipe is a connection whose other end reads when it is let.
type pipe struct {
	mu    sync.Mutex
	got   []string
	let   chan struct{} // nil: always
	ended string
	over  chan struct{}
}

func (*pipe) frame(label string, m *Message) []byte { return m.socket(label) }

func (p *pipe) write(frame []byte) error {
	if p.let != nil {
		if _, ok := <-p.let; !ok {
			return errors.New("cut")
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, string(frame))
	return nil
}

func (p *pipe) close(code int, _ string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = strconv.Itoa(code)
	close(p.over)
}

func (*pipe) hurry() int { return 1 }

func enter(t *testing.T, h *Hub, p *pipe) *Reader {
	t.Helper()
	p.over = make(chan struct{})
	r := &Reader{Owner: "ada"}
	if !r.open(h, p) {
		t.Fatal("the hub is full")
	}
	r.begin()
	return r
}

func TestReadersHearWhatTheyListenTo(t *testing.T) {
	h := New()
	p := &pipe{}
	r := enter(t, h, p)
	cats := Channel{"hashtag", "cats"}
	r.Listen(cats, `["hashtag","Cats"]`)
	r.Listen(cats, `["hashtag","cats"]`) // it does already
	h.Send(cats, &Message{Event: "update", Payload: `{"a":"<b>"}`})
	h.Send(Channel{"hashtag", "dogs"}, &Message{Event: "update", Payload: "no"})
	h.Send(cats, &Message{Event: "filters_changed", Bare: true})
	r.Unlisten(cats)
	h.Send(cats, &Message{Event: "update", Payload: "late"})
	if got := h.Listened("hashtag"); len(got) > 0 {
		t.Errorf("somebody listens to %q", got)
	}
	h.Close()
	<-p.over
	want := `{"stream":["hashtag","Cats"],"event":"update","payload":"{\"a\":\"<b>\"}"} {"stream":["hashtag","Cats"],"event":"filters_changed"}`
	if got := strings.Join(p.got, " "); got != want {
		t.Errorf("heard %s\nwant %s", got, want)
	}
	if p.ended != "1001" {
		t.Errorf("it ended with %s", p.ended)
	}
	if r := (&Reader{}); r.open(h, p) {
		t.Error("a closed hub takes readers")
	}
}

func TestSlowReadersAreDropped(t *testing.T) {
	for _, size := range []int{10, 200 << 10} {
		h := New()
		p := &pipe{let: make(chan struct{})}
		r := enter(t, h, p)
		ch := Channel{Kind: "public"}
		r.Listen(ch, `["public"]`)
		most := 0
		for i := range 2 * maxWaiting {
			h.Send(ch, &Message{Event: "update", Payload: strings.Repeat("x", size) + strconv.Itoa(i)})
			r.mu.Lock()
			most = max(most, r.bytes)
			r.mu.Unlock()
		}
		if most > maxWaitingBytes {
			t.Errorf("%d bytes waited", most)
		}
		close(p.let)
		<-p.over
		if p.ended != "1013" || len(h.Readers()) > 0 || !h.Empty() {
			t.Errorf("it ended with %s, and %d readers are left", p.ended, len(h.Readers()))
		}
		h.Close()
	}
}

func TestAnOwnerHasOnlySoMany(t *testing.T) {
	h := New()
	var all []*Reader
	for range MaxPerOwner {
		all = append(all, enter(t, h, &pipe{}))
	}
	if r := (&Reader{Owner: "ada"}); r.open(h, &pipe{}) {
		t.Error("one too many was let in")
	}
	if r := (&Reader{Owner: "bo"}); !r.open(h, &pipe{over: make(chan struct{})}) {
		t.Error("another was not let in")
	} else {
		r.begin()
	}
	all[0].End("enough")
	<-all[0].done
	if r := (&Reader{Owner: "ada"}); !r.open(h, &pipe{over: make(chan struct{})}) {
		t.Error("there is room again, and nobody was let in")
	} else {
		r.begin()
	}
	h.Close()
}

// An idle reader has no goroutine of its own for writing.
func TestIdleReadersCostNoGoroutine(t *testing.T) {
	h := New()
	before := runtime.NumGoroutine()
	for i := range 1000 {
		r := &Reader{Owner: strconv.Itoa(i)}
		r.open(h, &pipe{over: make(chan struct{})})
		r.begin()
		r.Listen(Channel{Kind: "public"}, `["public"]`)
	}
	h.Send(Channel{Kind: "public"}, &Message{Event: "update"})
	for end := time.Now().Add(20 * time.Second); runtime.NumGoroutine() > before+10; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines, and %d before", runtime.NumGoroutine(), before)
		}
	}
	h.Close()
}

func TestEventsAreWrittenAsLines(t *testing.T) {
	h := New()
	w := httptest.NewRecorder()
	r := &Reader{Owner: "ada"}
	err := h.Events(w, httptest.NewRequest("GET", "/", nil), r, func() {
		r.Listen(Channel{Kind: "user"}, "")
		h.Send(Channel{Kind: "user"}, &Message{Event: "delete", Payload: "7"})
		r.push(nil)
		r.mu.Lock()
		r.queue = append(r.queue, nil)
		r.mu.Unlock()
		r.End("enough")
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.Body.String(); !strings.HasPrefix(got, ":)\nevent: delete\ndata: 7\n\n") || !strings.Contains(got, ":thump\n") {
		t.Errorf("got %q", got)
	}
	h.Close()
}

// A connection that was taken from the HTTP server is noticed to be gone, and ends with
// the hub.
func TestEventsHaveTheirOwnConnection(t *testing.T) {
	h := New()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("X-More", "yes")
		r := &Reader{Owner: "ada"}
		if err := h.Events(w, q, r, func() { r.Listen(Channel{Kind: "user"}, "") }); err != nil {
			t.Error(err)
		}
	}))
	defer srv.Close()
	open := func() *bufio.Reader {
		resp, err := http.Get(srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		if got := resp.Header; got.Get("X-More") != "yes" || got.Get("Date") == "" || !resp.Close || !strings.HasPrefix(got.Get("Content-Type"), "text/event-stream") {
			t.Errorf("the head is %v", got)
		}
		b := bufio.NewReader(resp.Body)
		if first, err := b.ReadString('\n'); first != ":)\n" {
			t.Fatalf("it begins with %q (%v)", first, err)
		}
		if len(h.Readers()) == 2 {
			resp.Body.Close()
		}
		return b
	}
	stays := open()
	open()
	for end := time.Now().Add(20 * time.Second); len(h.Readers()) > 1; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("who has gone is still there")
		}
	}
	h.Send(Channel{Kind: "user"}, &Message{Event: "delete", Payload: "7"})
	h.Close()
	if rest, err := io.ReadAll(stays); string(rest) != "event: delete\ndata: 7\n\n" || err != nil {
		t.Errorf("heard %q (%v)", rest, err)
	}
}
