package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ensemble/federation/sign"
	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/store"
)

// BenchmarkTable measures what Ensemble promises about its costs, and prints it beside
// the promise: CPU time of this process and of PostgreSQL's together. What costs little
// is done so often that a clock tick does not matter.
func BenchmarkTable(b *testing.B) {
	b.Run("all", func(b *testing.B) {
		for range b.N {
			onEach(b, func(b *testing.B, dialect string) {
				s := &sheet{b: b, dialect: dialect}
				s.inbox()
				s.newcomers()
				s.fan()
				s.reads()
				s.pages()
				s.crowd()
				s.search()
				s.process()
				s.streams()
				s.print()
			})
		}
	})
}

// A sheet is the table of one database.
type sheet struct {
	b       *testing.B
	dialect string
	rows    []string
}

func (s *sheet) row(what, reach, format string, args ...any) {
	s.rows = append(s.rows, fmt.Sprintf("%-52s %-18s %s", what, reach, fmt.Sprintf(format, args...)))
	s.b.Log(s.rows[len(s.rows)-1])
}

func (s *sheet) print() {
	fmt.Printf("\n%s\n%-52s %-18s %s\n%s\n", s.dialect, "what (CPU ms unless it says otherwise)", "reach", "got", strings.Join(s.rows, "\n"))
}

// used returns the CPU time in ms of each of n calls of fn, PostgreSQL's included.
func (r *rig) used(n int, fn func()) float64 {
	r.b.Helper()
	begun, theirs := cpu(r.b), r.postgresCPU()
	for range n {
		fn()
	}
	return float64(cpu(r.b)-begun+r.postgresCPU()-theirs) / float64(n) / 1e6
}

// postgresCPU is what PostgreSQL has used so far, by the processes of its server.
func (r *rig) postgresCPU() (all time.Duration) {
	if r.db.Dialect() == "sqlite" {
		return 0
	}
	if r.postmaster == 0 {
		r.postmaster = r.findPostmaster()
	}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, at := range stats {
		raw, err := os.ReadFile(at) // it may be gone
		_, rest, ok := strings.Cut(string(raw), ") ")
		f := strings.Fields(rest)
		if err != nil || !ok || len(f) < 15 {
			continue
		}
		folder := filepath.Dir(at)
		switch {
		case f[1] == strconv.Itoa(r.postmaster):
			all += ran(folder)
		case filepath.Base(folder) == strconv.Itoa(r.postmaster):
			for _, ticks := range f[11:15] { // its own, and that of children that ended
				n, _ := strconv.Atoi(ticks)
				all += time.Duration(n) * 10 * time.Millisecond
			}
		}
	}
	return all
}

// ran is how long a process was on a CPU, to the nanosecond.
func ran(folder string) time.Duration {
	raw, _ := os.ReadFile(folder + "/schedstat")
	first, _, _ := strings.Cut(string(raw), " ")
	n, _ := strconv.ParseInt(first, 10, 64)
	return time.Duration(n)
}

func (r *rig) findPostmaster() int {
	pid := 0
	db := r.raw()
	defer db.Close()
	if err := db.QueryRow("SELECT pg_backend_pid()").Scan(&pid); err != nil {
		r.b.Fatal(err)
	}
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		r.b.Skip("PostgreSQL is on another machine, and its CPU time is not known here")
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	parent, err := strconv.Atoi(strings.Fields(rest)[1])
	if err != nil {
		r.b.Fatal(err)
	}
	return parent
}

// inbox takes public posts in while nobody looks on at a stream: how many live here, and
// follow who writes, costs nothing.
func (s *sheet) inbox() {
	for _, c := range []struct {
		people int
		follow string
	}{{5, "one follows"}, {1000, "one follows"}, {1000, "all follow"}} {
		r := newRig(s.b, s.dialect, c.people)
		them := r.strangers(1)[0]
		pairs := [][2]*models.Account{{r.me, them}}
		if c.follow == "all follow" {
			pairs = nil
			r.do(func(tx *store.Tx) error {
				all, err := store.Find[models.Account](tx, "domain = '' AND NOT system")
				for _, a := range all {
					pairs = append(pairs, [2]*models.Account{a, them})
				}
				return err
			})
		}
		r.following(pairs...)
		r.history([]*models.Account{them}, 1000)
		r.analyze()
		r.take(r.letters(them, 0, 50)) // statements are prepared, and the shard's drain is awake
		letters := r.letters(them, 50, 400)
		got := r.used(1, func() { r.take(letters) }) / 400
		reach := "0.80"
		if s.dialect == "postgres" {
			reach = "1.60"
		}
		s.row(fmt.Sprintf("inbox: a post taken in, %d live here, %s", c.people, c.follow), reach, "%.2f", got)
		r.halt()
	}
}

// take has letters taken in, and waits until they have taken effect.
func (r *rig) take(letters []*http.Request) {
	r.b.Helper()
	for _, q := range letters {
		if w := r.serve(q); w.Code != 202 {
			r.b.Fatalf("inbox: %d %s", w.Code, w.Body)
		}
	}
	r.rest()
}

// newcomers are remote actors of whom nothing is known, who follow somebody here.
func (s *sheet) newcomers() {
	const many = 200
	r := newRig(s.b, s.dialect, 5)
	var asked, told atomic.Int64
	r.net.Store(func(q *http.Request) (*http.Response, error) {
		if q.Method == http.MethodPost {
			told.Add(1)
			return answer(q, 202, nil), nil
		}
		asked.Add(1)
		return answer(q, 200, r.stranger(q)), nil
	})
	var letters []*http.Request
	for i := range many + 5 {
		them := &models.Account{URI: models.IRI(fmt.Sprintf("https://new%d.test/users/them", i))}
		them.KeyID = them.URI + "#main-key"
		letters = append(letters, r.signed(them, object{
			"@context": "https://www.w3.org/ns/activitystreams", "id": them.URI + "/follows/1", "type": "Follow", "actor": them.URI, "object": r.me.URI,
		}))
	}
	r.take(letters[:5])
	for limit := time.Now().Add(30 * time.Second); told.Load() < 5 && time.Now().Before(limit); {
		time.Sleep(5 * time.Millisecond)
	}
	asked.Store(0)
	got := r.used(1, func() {
		r.take(letters[5:])
		for limit := time.Now().Add(30 * time.Second); told.Load() < many+5 && time.Now().Before(limit); {
			time.Sleep(5 * time.Millisecond)
		}
		r.rest()
	}) / many
	s.row("a new remote actor follows: look-ups", "2", "%.1f (%d of %d answered)", float64(asked.Load())/many, told.Load()-5, many)
	s.row("a new remote actor follows, and gets its Accept", "5", "%.2f", got)
	r.halt()
}

// stranger answers for a host of one actor.
func (r *rig) stranger(q *http.Request) []byte {
	uri := models.IRI("https://" + q.URL.Host + "/users/them")
	if strings.HasPrefix(q.URL.Path, "/.well-known/webfinger") {
		raw, _ := json.Marshal(object{"subject": "acct:them@" + q.URL.Host, "links": []object{{"rel": "self", "type": "application/activity+json", "href": uri}}})
		return raw
	}
	raw, _ := wire.EncodeActor(&models.Account{
		URI: uri, URL: uri, Username: "them", Type: "Person", Inbox: uri + "/inbox", Outbox: uri + "/outbox", Followers: uri + "/followers",
		SharedInbox: models.IRI("https://" + q.URL.Host + "/inbox"), KeyID: uri + "#main-key", PublicKey: r.keys.RSAPublic, State: models.AccountActive,
	}, models.Site{Domain: q.URL.Host, Origin: "https://" + q.URL.Host})
	return raw
}

func answer(q *http.Request, status int, body []byte) *http.Response {
	kind := "application/activity+json"
	if strings.HasPrefix(q.URL.Path, "/.well-known/") {
		kind = "application/jrd+json"
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {kind}}, ContentLength: int64(len(body)),
		Body: io.NopCloser(strings.NewReader(string(body))), Request: q,
	}
}

// fan says posts to followers on 500 servers.
func (s *sheet) fan() {
	const hosts = 500
	r := newRig(s.b, s.dialect, 5)
	var pairs [][2]*models.Account
	crowd := r.strangers(hosts)
	for _, c := range crowd {
		pairs = append(pairs, [2]*models.Account{c, r.me})
	}
	r.following(pairs...)
	r.analyze()
	var got atomic.Int64
	slow := func(wait func(host string) time.Duration) {
		r.net.Store(func(q *http.Request) (*http.Response, error) {
			if d := wait(q.URL.Host); d > 0 {
				select {
				case <-time.After(d):
				case <-q.Context().Done():
					return nil, q.Context().Err()
				}
			}
			got.Add(1)
			return answer(q, 202, nil), nil
		})
	}
	say := func(reached int64) time.Duration {
		got.Store(0)
		at := time.Now()
		r.call("POST", "/api/v1/statuses", object{"status": fmt.Sprint("Post of ", at)})
		for got.Load() < reached && time.Since(at) < time.Minute {
			time.Sleep(2 * time.Millisecond)
		}
		return time.Since(at)
	}
	slow(func(string) time.Duration { return 0 })
	say(hosts) // which dialect a server speaks is learned once
	r.rest()
	letter := r.used(3, func() { say(hosts); r.rest() }) / hosts
	one := s.signature(r)
	s.row("fan-out to 500 servers: a letter", "1.5 signatures", "%.2f signatures (%.2f and %.2f ms)", letter/one, letter, one)
	fast := say(hosts)
	r.rest()
	slow(func(string) time.Duration { return 100 * time.Millisecond })
	s.row("fan-out, servers that take 100 ms: the last after", "2 s", "%.2f s", say(hosts).Seconds())
	r.rest()
	slow(func(host string) time.Duration {
		if sum := sha256.Sum256([]byte(host)); sum[0] < 77 { // three in ten
			return time.Hour
		}
		return 0
	})
	healthy := int64(0)
	for _, c := range crowd {
		if sum := sha256.Sum256([]byte(c.Domain)); sum[0] >= 77 {
			healthy++
		}
	}
	s.row("30 % hang: the last healthy one after", "as without", "%.2f s, without %.2f s", say(healthy).Seconds(), fast.Seconds())
	r.halt()
}

// signature is what one RSA-2048 signature costs at this moment.
func (s *sheet) signature(r *rig) float64 {
	var ring sign.Keyring
	key, err := ring.Key("https://one.test/users/me#main-key", r.keys.RSA)
	if err != nil {
		s.b.Fatal(err)
	}
	body := []byte(strings.Repeat("x", 2000))
	return r.used(300, func() {
		q := httptest.NewRequest("POST", "https://host.test/inbox", nil)
		if err := sign.Sign(q, body, key, sign.Cavage, time.Now()); err != nil {
			s.b.Fatal(err)
		}
	})
}

// BenchmarkNewcomers is the row of the table about actors that were not known.
func BenchmarkNewcomers(b *testing.B) {
	for range b.N {
		onEach(b, func(b *testing.B, dialect string) { (&sheet{b: b, dialect: dialect}).newcomers() })
	}
}

// BenchmarkInbox is the rows of the table about a post that comes in.
func BenchmarkInbox(b *testing.B) {
	for range b.N {
		onEach(b, func(b *testing.B, dialect string) { (&sheet{b: b, dialect: dialect}).inbox() })
	}
}
