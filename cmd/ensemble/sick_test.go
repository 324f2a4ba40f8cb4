package main

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// A hospital is many servers that take posts in, or do not.
type hospital struct {
	mu    sync.Mutex
	took  map[string]time.Time // when each took its last letter
	tries map[string]int
	open  int // requests that are under way
	most  int
}

func (h *hospital) ward(kind string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			status := http.StatusNotFound
			if kind == "gone" {
				status = http.StatusGone
			}
			w.WriteHeader(status)
			return
		}
		h.mu.Lock()
		h.tries[r.Host]++
		h.open++
		h.most = max(h.most, h.open)
		h.mu.Unlock()
		defer func() {
			h.mu.Lock()
			h.open--
			h.mu.Unlock()
		}()
		switch kind {
		case "hangs":
			<-r.Context().Done()
			w.WriteHeader(http.StatusGatewayTimeout) // nobody reads it
		case "broken":
			w.WriteHeader(http.StatusInternalServerError)
		case "gone":
			w.WriteHeader(http.StatusGone)
		default:
			h.mu.Lock()
			h.took[r.Host] = time.Now()
			h.mu.Unlock()
			w.WriteHeader(http.StatusAccepted)
		}
	})
}

// TestSickDestinations has a person followed on servers that refuse, hang, break down,
// and are gone, and on healthy ones, for many days.
func TestSickDestinations(t *testing.T) {
	story(t, func(n *network) {
		h := &hospital{took: map[string]time.Time{}, tries: map[string]int{}}
		ada := n.join("one.test").born("ada")
		hosts := map[string][]string{}
		for _, kind := range []string{"well", "hangs", "broken", "gone", "refuses"} {
			many := map[string]int{"well": 30, "hangs": 80}[kind]
			for i := range max(many, 10) {
				host := fmt.Sprintf("%s%d.test", kind, i)
				hosts[kind] = append(hosts[kind], host)
				if kind != "refuses" { // nobody is there at all
					n.mu.Lock()
					n.handlers[host] = h.ward(kind)
					n.mu.Unlock()
				}
				ada.heardBy(host, kind == "gone")
			}
		}
		well := h.spread(ada, hosts["well"]) // with all the others
		t := ada.t
		t.Logf("the healthy ones had it after %s, and %d requests were under way at most", well.Round(time.Millisecond), h.most)
		if h.most > 1000 {
			t.Errorf("%d requests were under way at once", h.most)
		}
		if well > 8*time.Second { // those that hang do so for 10
			t.Errorf("the healthy servers waited for the sick ones: %s", well)
		}
		n.hold(func(s *server) bool { return s.count("deliveries", "state = 'queued' AND host LIKE 'gone%'") == 0 })
		n.gone(ada, hosts["gone"])
		n.mu.Lock()
		for _, host := range hosts["hangs"] { // it takes too long to see all of the days pass by
			delete(n.handlers, host)
		}
		n.mu.Unlock()
		n.days(ada, h, hosts)
	})
}

// heardBy has somebody on host follow p, by the database alone.
func (p *person) heardBy(host string, personal bool) {
	p.t.Helper()
	p.do(func(tx *store.Tx) error {
		uri := models.IRI("https://" + host + "/users/fan")
		a := &models.Account{
			ID: models.NewID(tx.Now), URI: uri, Username: "fan", Domain: host, Type: "Person", Inbox: uri + "/inbox",
			State: models.AccountActive, CreatedAt: tx.Now, UpdatedAt: tx.Now, FetchedAt: &tx.Now,
		}
		if !personal {
			a.SharedInbox = models.IRI("https://" + host + "/inbox")
		}
		if err := store.Put(tx, a); err != nil {
			return err
		}
		if _, err := store.Set[models.Account](tx, map[string]any{"followers_count": store.Expr("followers_count + 1")}, "id = ?", p.id); err != nil {
			return err
		}
		return store.Put(tx, &models.Follow{ID: models.NewID(tx.Now), URI: uri + "/follow", AccountID: a.ID, TargetID: p.id, Accepted: true, CreatedAt: tx.Now})
	})
}

// spread publishes a post, and returns how long it took until all of hosts had it.
func (h *hospital) spread(p *person, hosts []string) time.Duration {
	p.t.Helper()
	begun := time.Now()
	p.post("/api/v1/statuses", object{"status": fmt.Sprint("At ", begun)})
	for limit := time.After(90 * time.Second); ; {
		left := 0
		h.mu.Lock()
		for _, host := range hosts {
			if h.took[host].Before(begun) {
				left++
			}
		}
		h.mu.Unlock()
		if left == 0 {
			return time.Since(begun)
		}
		select {
		case <-limit:
			p.t.Fatalf("%d healthy servers never had it", left)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// hold waits until it is so on every server.
func (n *network) hold(so func(*server) bool) {
	n.t.Helper()
	for limit := time.Now().Add(90 * time.Second); time.Now().Before(limit); time.Sleep(20 * time.Millisecond) {
		ok := true
		for _, s := range n.all() {
			ok = ok && so(s)
		}
		if ok {
			return
		}
	}
	n.stuck()
}

func (s *server) count(table, where string) (n int) {
	s.net.t.Helper()
	if err := s.net.raw(s).QueryRow("SELECT count(*) FROM " + table + " WHERE " + where).Scan(&n); err != nil {
		s.net.t.Fatal(err)
	}
	return n
}

// gone sees that those whose server says 410 of them are deleted here, and follow nobody.
func (n *network) gone(ada *person, hosts []string) {
	n.t.Helper()
	n.hold(func(s *server) bool {
		return s.count("accounts", "domain LIKE 'gone%' AND state = 'deleted'") == len(hosts)
	})
	if left := ada.count("follows", "account_id IN (SELECT id FROM accounts WHERE domain LIKE 'gone%')"); left != 0 {
		n.t.Errorf("%d of those who are gone still follow", left)
	}
	for _, d := range rowsOf[models.Delivery](ada.server, "host LIKE 'gone%'") {
		if d.State != models.DeliveryRefused || !strings.Contains(d.LastError, "gone") {
			n.t.Errorf("the letter to %s is %s: %s", d.Host, d.State, d.LastError)
		}
	}
}

// days lets ten days pass for those who do not answer: tries are few and fewer, the
// number of goroutines does not grow, and letters end when they are too old.
func (n *network) days(ada *person, h *hospital, hosts map[string][]string) {
	n.t.Helper()
	sick := 0
	for _, kind := range []string{"hangs", "broken", "refuses"} {
		sick += len(hosts[kind])
	}
	for range 20 {
		ada.post("/api/v1/statuses", object{"status": "One of many"})
	}
	n.hold(func(s *server) bool { return s.count("outbounds", "expanded_at IS NULL") == 0 })
	if queued := ada.count("deliveries", "state = 'queued' AND host NOT LIKE 'well%'"); queued != 21*sick {
		n.t.Errorf("%d letters wait for the sick, want %d", queued, 21*sick)
	}
	before := runtime.NumGoroutine()
	tries := h.of("broken0.test")
	for range 10 {
		for range 2 {
			n.mu.Lock()
			n.offset += 12 * time.Hour
			n.mu.Unlock()
			swept := time.Time{}
			n.hold(func(s *server) bool {
				if time.Since(swept) > 300*time.Millisecond {
					swept = time.Now()
					s.sweep()
				}
				return s.count("deliveries", "state = 'queued' AND host LIKE 'well%'") == 0 && s.idle()
			})
		}
	}
	if grown := runtime.NumGoroutine() - before; grown > 100 {
		n.t.Errorf("there are %d goroutines more", grown)
	}
	if got := h.of("broken0.test") - tries; got < 6 || got > 30 {
		n.t.Errorf("a broken server was tried %d times in ten days", got)
	}
	if left := ada.count("deliveries", "state = 'queued'"); left != 0 {
		n.t.Errorf("%d letters are still tried after ten days", left)
	}
	for _, d := range rowsOf[models.Delivery](ada.server, "host LIKE 'broken%' OR host LIKE 'refuses%' OR host LIKE 'hangs%'") {
		if d.State != models.DeliveryDropped || !strings.HasPrefix(d.LastError, "given up: ") {
			n.t.Errorf("the letter to %s is %s: %q", d.Host, d.State, d.LastError)
		}
	}
	if slow := h.spread(ada, hosts["well"]); slow > 8*time.Second {
		n.t.Errorf("ten days later the healthy ones wait for %s", slow)
	}
}

// of returns how often a host was tried.
func (h *hospital) of(host string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.tries[host]
}

// idle reports whether no letter is being tried.
func (s *server) idle() bool {
	s.net.t.Helper()
	due := 0
	s.read(func(tx *store.Tx) error {
		hosts, err := store.HostsDue(tx, 500)
		due = len(hosts)
		return err
	})
	return due == 0
}
