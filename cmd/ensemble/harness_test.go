package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"maps"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ensemble/activities/account"
	"ensemble/federation/fetch"
	"ensemble/federation/sign"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
	"ensemble/web/api"
	"ensemble/web/strict"
)

// A network is some servers in one process. What one posts to another goes through
// the whole of both, signatures included, but no wire. They share a clock that a
// story can move.
type network struct {
	t       *testing.T
	dialect string

	mu        sync.Mutex
	servers   map[string]*server
	handlers  map[string]http.Handler // hosts that are not ours
	down      map[string]bool
	offset    time.Duration
	wants     map[string]string
	lose      func(*http.Request, *http.Response) error // see after
	faults    *storetest.Faults                         // of all servers' databases; nil for none
	backdoors map[string]*sql.DB                        // see raw
	signers   int                                       // who have keys
	calls     int                                       // that the databases were asked for, in one try
}

// A server is one of them, and the people who live there.
type server struct {
	*node
	net      *network
	host     string
	database string // where it is
}

// A person lives on a server and has an app that is signed in.
type person struct {
	*server
	t     *testing.T
	name  string
	id    models.ID
	uri   models.IRI
	token string
}

// story tells fn once on each database.
func story(t *testing.T, fn func(n *network)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, dialect string) {
		fn(&network{t: t, dialect: dialect, servers: map[string]*server{}, handlers: map[string]http.Handler{}, down: map[string]bool{}})
	})
}

func (n *network) now() time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return time.Now().Add(n.offset)
}

// pass moves the clock of all servers, and lets them do what is due.
func (n *network) pass(d time.Duration) {
	n.t.Helper()
	n.mu.Lock()
	n.offset += d
	n.mu.Unlock()
	for _, s := range n.all() {
		s.sweep()
	}
	n.settle()
}

func (n *network) all() []*server {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Collect(maps.Values(n.servers))
}

// cut takes a server off the network, or puts it back.
func (n *network) cut(host string, down bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down[host] = down
}

// after has fn look at each answer on its way back; its error takes the answer's
// place. nil lets all pass.
func (n *network) after(fn func(*http.Request, *http.Response) error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lose = fn
}

// only has a host refuse every POST that lacks a header; "" ends that.
func (n *network) only(host, header string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.wants == nil {
		n.wants = map[string]string{}
	}
	n.wants[host] = header
}

func (n *network) wanted(host string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.wants[host]
}

// RoundTrip carries a request to the server that it is for.
func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	if net.ParseIP(r.URL.Hostname()) != nil { // no server of ours: the real guard decides
		return fetch.Guarded(false).RoundTrip(r)
	}
	n.mu.Lock()
	h, s, down, lose := n.handlers[r.URL.Host], n.servers[r.URL.Host], n.down[r.URL.Host], n.lose
	n.mu.Unlock()
	if s != nil {
		h = s.handler
	}
	if h == nil || down {
		return nil, fmt.Errorf("dial %s: connection refused", r.URL.Host)
	}
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	in := httptest.NewRequestWithContext(r.Context(), r.Method, r.URL.RequestURI(), bytes.NewReader(body))
	in.Header = r.Header.Clone()
	in.Host = r.URL.Host
	in.RemoteAddr = "203.0.113.7:1234"
	w := httptest.NewRecorder()
	if must := n.wanted(r.URL.Host); must != "" && r.Method == "POST" && in.Header.Get(must) == "" {
		w.WriteHeader(http.StatusUnauthorized)
	} else {
		h.ServeHTTP(w, in)
	}
	resp := w.Result()
	resp.Request = r
	if lose != nil {
		if err := lose(r, resp); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

// join adds a server to the network.
func (n *network) join(host string, tweaks ...func(*nodeConfig)) *server {
	n.t.Helper()
	return n.joinAs(host, host, tweaks...)
}

// joinAs adds a server whose people's handles end in domain, which it answers for.
func (n *network) joinAs(host, domain string, tweaks ...func(*nodeConfig)) *server {
	n.t.Helper()
	c := nodeConfig{
		Site:     models.Site{Domain: domain, Origin: "https://" + host, Title: host},
		Database: storetest.URL(n.t, n.dialect), Data: n.t.TempDir(), Secret: []byte("a secret of " + host),
		Limit: -1, Now: n.now, Transport: n, Keys: n.keys, Log: slog.New(slog.NewTextHandler(testWriter{n.t, host}, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	c.Doubt = func(kept, fresh []byte) { n.t.Errorf("what %s kept is\n%s\nand not\n%s", host, kept, fresh) }
	for _, tweak := range tweaks {
		tweak(&c)
	}
	if n.faults != nil {
		c.Calls = n.faults.Do
	}
	nd, err := open(context.Background(), c)
	if err != nil {
		n.t.Fatal(err)
	}
	s := &server{node: nd, net: n, host: host, database: c.Database}
	n.mu.Lock()
	n.servers[host] = s
	n.servers[domain] = s
	n.mu.Unlock()
	w := store.NewWorkers(nd.db)
	nd.fed.Work(w)
	nd.transfers(w)
	if err := nd.db.Start(context.Background(), w); err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := nd.stop(ctx); err != nil {
			n.t.Log(err)
		}
	})
	return s
}

// testWriter shows a server's log where the test fails.
type testWriter struct {
	t    *testing.T
	host string
}

func (w testWriter) Write(b []byte) (int, error) {
	defer func() { _ = recover() }() // a log line after the test's end is nobody's
	w.t.Logf("%s: %s", w.host, bytes.TrimSpace(b))
	return len(b), nil
}

func (s *server) sweep() {
	s.net.t.Helper()
	if err := errors.Join(s.fed.Sweep(context.Background()), s.bring(context.Background())); err != nil {
		s.net.t.Fatal(err)
	}
}

// settle waits until no server has anything left to do now.
func (n *network) settle() {
	n.t.Helper()
	limit := time.After(60 * time.Second)
	sweep := time.NewTicker(5 * time.Second) // as a server does
	defer sweep.Stop()
	for quiet := 0; quiet < 2; {
		busy := 0
		for _, s := range n.all() {
			b, err := s.db.Busy(context.Background())
			if err != nil {
				n.t.Fatal(err)
			}
			busy += b + s.waiting()
		}
		if busy == 0 && n.patience() {
			continue
		}
		if busy == 0 {
			quiet++
			continue
		}
		quiet = 0
		select {
		case <-time.After(5 * time.Millisecond):
		case <-sweep.C:
			for _, s := range n.all() {
				s.sweep()
			}
		case <-limit:
			n.stuck()
		}
	}
}

// patience lets some seconds pass if a server waits to look at a stamp again: a post
// may reach it before it reaches the author's own server, and then the stamp is not
// to be seen yet. It reports whether it did.
func (n *network) patience() bool {
	n.t.Helper()
	soon := false
	for _, s := range n.all() {
		s.do(func(tx *store.Tx) error {
			some, err := store.Any[models.Author](tx, "state = 'claimed' AND next_check > ? AND next_check < ?", tx.Now, tx.Now.Add(30*time.Second))
			soon = soon || some
			return err
		})
	}
	if soon {
		n.mu.Lock()
		n.offset += 6 * time.Second
		n.mu.Unlock()
		for _, s := range n.all() {
			s.sweep()
		}
	}
	return soon
}

// stuck says what the servers that never come to rest are busy with.
func (n *network) stuck() {
	n.t.Helper()
	for _, s := range n.all() {
		b, err := s.db.Busy(context.Background())
		n.t.Logf("%s: %d tasks (%v), %d waiting", s.host, b, err, s.waiting())
		s.do(func(tx *store.Tx) error {
			in, err := store.Find[models.Inbound](tx, "done_at IS NULL")
			for _, i := range in {
				n.t.Logf("  in %s %s due %v", i.URI, i.Outcome, i.DueAt)
			}
			if err != nil {
				return err
			}
			out, err := store.Find[models.Delivery](tx, "state = 'queued'")
			for _, d := range out {
				n.t.Logf("  to %s due %v, %d: %s", d.Inbox, d.DueAt, d.Attempts, d.LastError)
			}
			if err != nil {
				return err
			}
			waits, err := store.Find[models.Outbound](tx, "expanded_at IS NULL")
			for _, o := range waits {
				n.t.Logf("  unsaid %s %s", o.Verb, o.URI)
			}
			return err
		})
	}
	n.t.Fatal("the network never came to rest")
}

// waiting returns how much there is that a task is yet to be woken for: between the
// end of one drain and the next there is no task at all.
func (s *server) waiting() (n int) {
	err := s.db.Read(context.Background(), func(tx *store.Tx) error {
		for _, count := range []func() (int, error){
			func() (int, error) { return store.Count[models.Outbound](tx, "expanded_at IS NULL") },
			func() (int, error) { return store.Count[models.Inbound](tx, "done_at IS NULL AND due_at <= ?", tx.Now) },
			func() (int, error) {
				return store.Count[models.Delivery](tx, `state = 'queued' AND due_at <= ? AND host NOT IN
					(SELECT host FROM peers WHERE next_try > ? OR paused)`, tx.Now, tx.Now)
			},
			func() (int, error) {
				return store.Count[models.Author](tx, "state = 'claimed' AND next_check <= ?", tx.Now)
			},
		} {
			k, err := count()
			if err != nil {
				return err
			}
			n += k
		}
		return nil
	})
	if err != nil {
		s.net.t.Fatal(err)
	}
	return n
}

// hurry has what was put off tried again now.
func (n *network) hurry() {
	n.t.Helper()
	for _, s := range n.all() {
		s.do(func(tx *store.Tx) error {
			if _, err := store.Set[models.Delivery](tx, map[string]any{"due_at": tx.Now}, "state = 'queued'"); err != nil {
				return err
			}
			if _, err := store.Set[models.Inbound](tx, map[string]any{"due_at": tx.Now}, "done_at IS NULL"); err != nil {
				return err
			}
			return store.Nudge(tx, "")
		})
		s.sweep()
	}
	n.settle()
}

func (s *server) do(fn func(*store.Tx) error) {
	s.net.t.Helper()
	if err := s.db.Tx(context.Background(), fn); err != nil {
		s.net.t.Fatal(err)
	}
}

// pairs are the keys of each network's first signer, second, and so on: making one takes
// longer than most stories.
var pairs struct {
	sync.Mutex
	made []models.KeyPair
}

// keys returns a pair that nobody else on n signs with.
func (n *network) keys() (k models.KeyPair, err error) {
	n.mu.Lock()
	i := n.signers
	n.signers++
	n.mu.Unlock()
	pairs.Lock()
	defer pairs.Unlock()
	for len(pairs.made) <= i {
		if k, err = sign.NewPair(); err != nil {
			return k, err
		}
		pairs.made = append(pairs.made, k)
	}
	return pairs.made[i], nil
}

// born makes a person on s, with an app.
func (s *server) born(name string) *person {
	s.net.t.Helper()
	k, err := s.net.keys()
	if err != nil {
		s.net.t.Fatal(err)
	}
	p := &person{server: s, t: s.net.t, name: name, token: name + "-token-at-" + s.host}
	s.do(func(tx *store.Tx) error {
		a, err := account.Create(tx, account.Spec{Username: name, Email: name + "@" + s.host + ".example"}, "-", k)
		if err != nil {
			return err
		}
		p.id, p.uri = a.ID, a.URI
		sum := sha256.Sum256([]byte(p.token))
		app := &models.App{ID: models.NewID(tx.Now), ClientID: "app-" + name, Name: "A test", Scopes: "read write follow"}
		app.CreatedAt = tx.Now
		if err := store.Put(tx, app); err != nil {
			return err
		}
		return store.Put(tx, &models.Token{
			ID: models.NewID(tx.Now), Hash: hex.EncodeToString(sum[:]), ClientID: app.ClientID, AccountID: a.ID,
			Scopes: "read write follow", CreatedAt: tx.Now,
		})
	})
	return p
}

// An object is some JSON.
type object = map[string]any

// call asks s for something as p, nil for nobody, and expects that status.
func (s *server) call(p *person, method, path string, body any, want int) json.RawMessage {
	s.net.t.Helper()
	status, raw := s.ask(p, method, path, body)
	if status != want {
		s.net.t.Fatalf("%s %s%s: got %d %s, want %d", method, s.host, path, status, cutoff(raw), want)
	}
	return raw
}

func cutoff(b []byte) string {
	if len(b) > 600 {
		return string(b[:600]) + "…"
	}
	return string(b)
}

func (s *server) ask(p *person, method, path string, body any) (int, json.RawMessage) {
	var r *http.Request
	switch b := body.(type) {
	case nil:
		r = httptest.NewRequest(method, path, nil)
	case url.Values:
		r = httptest.NewRequest(method, path, strings.NewReader(b.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	case *upload:
		r = httptest.NewRequest(method, path, &b.body)
		r.Header.Set("Content-Type", b.kind)
	default:
		if m, ok := body.(object); ok && m == nil {
			body = object{}
		}
		raw, err := json.Marshal(body)
		if err != nil {
			s.net.t.Fatal(err)
		}
		r = httptest.NewRequest(method, path, bytes.NewReader(raw))
		r.Header.Set("Content-Type", "application/json")
	}
	r.Host = s.host
	if p != nil {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if err := decoder(s.net.t).Answers(method, path, w.Code, w.Body.Bytes()); err != nil {
		s.net.t.Errorf("a strict client stumbles: %v", err)
	}
	return w.Code, w.Body.Bytes()
}

// entities are what strict clients demand.
var entities = sync.OnceValues(func() (*strict.Decoder, error) {
	return strict.New((&api.API{}).Routes())
})

func decoder(t testing.TB) *strict.Decoder {
	t.Helper()
	d, err := entities()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (p *person) get(path string) object { return p.one("GET", path, nil, 200) }

func (p *person) post(path string, body any) object { return p.one("POST", path, body, 200) }

func (p *person) one(method, path string, body any, want int) object {
	p.t.Helper()
	raw := p.call(p, method, path, body, want)
	var out object
	if err := json.Unmarshal(raw, &out); err != nil {
		p.t.Fatalf("%s %s: %v in %s", method, path, err, cutoff(raw))
	}
	return out
}

func (p *person) list(path string) []object {
	p.t.Helper()
	raw := p.call(p, "GET", path, nil, 200)
	var out []object
	if err := json.Unmarshal(raw, &out); err != nil {
		p.t.Fatalf("GET %s: %v in %s", path, err, cutoff(raw))
	}
	return out
}

// refused expects an error with a sentence, and returns it.
func (p *person) refused(method, path string, body any, want int) string {
	p.t.Helper()
	out := p.one(method, path, body, want)
	text, _ := out["error"].(string)
	if len(text) < 8 {
		p.t.Errorf("%s %s: %d without a sentence: %v", method, path, want, out)
	}
	return text
}

// knows returns the id that p's server has for other.
func (p *person) knows(other *person) string {
	p.t.Helper()
	found := p.get("/api/v2/search?resolve=true&type=accounts&q=" + url.QueryEscape("@"+other.name+"@"+other.host))
	accounts, _ := found["accounts"].([]any)
	if len(accounts) == 0 {
		p.t.Fatalf("%s@%s cannot find %s@%s", p.name, p.host, other.name, other.host)
	}
	return accounts[0].(object)["id"].(string)
}

// follows has p follow others, and waits until they do.
func (p *person) follows(others ...*person) {
	p.t.Helper()
	for _, o := range others {
		id := p.knows(o)
		p.post("/api/v1/accounts/"+id+"/follow", nil)
		p.net.settle()
		rel := p.list("/api/v1/accounts/relationships?id[]=" + id)
		if rel[0]["following"] != true {
			p.t.Fatalf("%s does not follow %s: %v", p.name, o.name, rel[0])
		}
	}
}

type upload struct {
	body bytes.Buffer
	kind string
}

// picture uploads a small photograph and returns its id.
func (p *person) picture(alt string) string {
	p.t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 320, 240))
	for y := range 240 {
		for x := range 320 {
			img.Set(x, y, color.RGBA{uint8(x), uint8(y), uint8(x + y), 255})
		}
	}
	u := &upload{}
	m := multipart.NewWriter(&u.body)
	f, err := m.CreateFormFile("file", "mug.jpg")
	if err != nil {
		p.t.Fatal(err)
	}
	if err := jpeg.Encode(f, img, nil); err != nil {
		p.t.Fatal(err)
	}
	if err := m.WriteField("description", alt); err != nil {
		p.t.Fatal(err)
	}
	m.Close()
	u.kind = m.FormDataContentType()
	return p.post("/api/v2/media", u)["id"].(string)
}

// document reads an ActivityStreams document as anybody would.
func (n *network) document(uri string) (int, object) {
	n.t.Helper()
	r, err := http.NewRequest("GET", uri, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	r.Header.Set("Accept", "application/activity+json")
	resp, err := n.RoundTrip(r)
	if err != nil {
		n.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	var out object
	_ = json.Unmarshal(raw, &out)
	return resp.StatusCode, out
}

func names(status object) []string {
	out := []string{status["account"].(object)["acct"].(string)}
	co, _ := status["coauthors"].([]any)
	for _, c := range co {
		out = append(out, c.(object)["account"].(object)["acct"].(string))
	}
	return out
}
