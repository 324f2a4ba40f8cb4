package main

import (
	"database/sql"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

// everyCall says that every single call is to fail once, as in `make soak`. Otherwise
// they are drawn by lot, for there are some thousands.
var everyCall = os.Getenv("ENSEMBLE_SOAK") != ""

// lots is how many calls of a kind are drawn, and ruinTime how long one deed may take.
const (
	lots     = 5
	ruinTime = 5 * time.Second
)

// picture is what a test compares of a table: how many rows there are of each sort.
var pictured = map[string]string{
	"posts": "visibility", "feed": "kind", "notifications": "type", "collabs": "state", "invites": "state",
	"authors": "state", "stamps": "CASE WHEN revoked_at IS NULL THEN 'stands' ELSE 'revoked' END", "consents": "revision",
	"revisions": "number", "events": "what", "follows": "CASE WHEN accepted THEN 'accepted' ELSE 'asked' END",
	"tombstones": "former_type", "outbounds": "verb || CASE WHEN expanded_at IS NULL THEN ' unsaid' ELSE '' END",
	"deliveries": "state", "letters": "form", "replays": "'answer'",
	// A post may be brought twice at once, by its author and by who passes it on: one is first.
	"inbounds": "CASE WHEN outcome LIKE '% is here already' THEN 'applied' ELSE coalesce(outcome, '') END",
}

// snapshot counts what is in the databases of all servers.
func (n *network) snapshot() map[string]int {
	n.t.Helper()
	out := map[string]int{}
	for host, s := range n.hosts() {
		db := n.raw(s)
		for table, sort := range pictured {
			rows, err := db.Query(fmt.Sprintf("SELECT %s AS sort, count(*) FROM %s GROUP BY 1", sort, table))
			if err != nil {
				n.t.Fatalf("%s: %v", table, err)
			}
			for rows.Next() {
				var sort string
				var count int
				if err := rows.Scan(&sort, &count); err != nil {
					n.t.Fatal(err)
				}
				out[host+" "+table+" "+sort] = count
			}
			rows.Close()
		}
		for _, sum := range []string{"posts_count", "followers_count", "following_count"} {
			var total int
			if err := db.QueryRow("SELECT sum(" + sum + ") FROM accounts").Scan(&total); err != nil {
				n.t.Fatal(err)
			}
			out[host+" accounts "+sum] = total
		}
	}
	return out
}

func (n *network) hosts() map[string]*server {
	n.mu.Lock()
	defer n.mu.Unlock()
	return maps.Clone(n.servers)
}

// raw opens the database of a server behind its back.
func (n *network) raw(s *server) *sql.DB {
	n.t.Helper()
	if db := n.backdoors[s.host]; db != nil {
		return db
	}
	name, at := "pgx", s.database
	if n.dialect == "sqlite" {
		name, at = "sqlite", s.database+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(name, at)
	if err != nil {
		n.t.Fatal(err)
	}
	if n.backdoors == nil {
		n.backdoors = map[string]*sql.DB{}
	}
	n.backdoors[s.host] = db
	n.t.Cleanup(func() { db.Close() })
	return db
}

// difference is what was added to before, one line a sort.
func difference(before, after map[string]int) string {
	var out []string
	for k, v := range after {
		if d := v - before[k]; d != 0 {
			out = append(out, fmt.Sprintf("%s: %+d", k, d))
		}
	}
	for k, v := range before {
		if _, still := after[k]; !still {
			out = append(out, fmt.Sprintf("%s: %+d", k, -v))
		}
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// calm waits until nothing waits for anything: what is to be tried again later is tried
// again now.
func (n *network) calm() {
	n.t.Helper()
	limit := time.Now().Add(time.Minute)
	for quiet, i := 0, 0; quiet < 2; i++ {
		if n.putOff() == 0 {
			quiet++
			continue
		}
		quiet = 0
		if i%8 == 7 {
			n.push()
		}
		time.Sleep(5 * time.Millisecond)
		if time.Now().After(limit) {
			n.stuck()
		}
	}
}

// push has all that was put off tried now.
func (n *network) push() {
	for _, s := range n.all() {
		s.do(func(tx *store.Tx) error {
			if _, err := store.Set[models.Delivery](tx, map[string]any{"due_at": tx.Now}, "state = 'queued' AND due_at > ?", tx.Now); err != nil {
				return err
			}
			if _, err := store.Set[models.Inbound](tx, map[string]any{"due_at": tx.Now}, "done_at IS NULL AND due_at > ?", tx.Now); err != nil {
				return err
			}
			if _, err := store.Set[models.Author](tx, map[string]any{"next_check": tx.Now}, "state = 'claimed' AND next_check > ?", tx.Now); err != nil {
				return err
			}
			if _, err := store.Set[models.Peer](tx, map[string]any{"next_try": nil}, "next_try > ?", tx.Now); err != nil {
				return err
			}
			return store.Nudge(tx, "")
		})
		s.sweep()
	}
}

// putOff is how much there is that is to be tried again later.
func (n *network) putOff() (all int) {
	n.t.Helper()
	for _, s := range n.all() {
		for _, q := range []string{
			"SELECT count(*) FROM inbounds WHERE done_at IS NULL",
			"SELECT count(*) FROM deliveries WHERE state = 'queued'",
			"SELECT count(*) FROM outbounds WHERE expanded_at IS NULL",
			"SELECT count(*) FROM authors WHERE state = 'claimed'",
			"SELECT count(*) FROM river_job WHERE state IN ('retryable', 'available', 'running')",
		} {
			var some int
			if err := n.raw(s).QueryRow(q).Scan(&some); err != nil {
				n.t.Fatal(err)
			}
			all += some
		}
	}
	return all
}

// A deed is something a person does once. before makes what it is done to, and do does
// it with a key: again, if that failed.
type deed struct {
	name   string
	before func(key string) string
	do     func(thing, key string) (status int, answer object)
	after  func(thing string)
}

// TestWhateverCallOfTheDatabaseFails has each call of the driver fail once, on all servers,
// while somebody does something: what is answered with 5xx is sent again. In the end all
// tables hold what they hold when nothing fails.
func TestWhateverCallOfTheDatabaseFails(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		n := &network{t: t, dialect: dialect, servers: map[string]*server{}, handlers: map[string]http.Handler{}, down: map[string]bool{},
			faults: &storetest.Faults{}}
		ada, bo, cy := trio(n)
		for _, s := range n.all() {
			h := s.handler
			s.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				h.ServeHTTP(w, r.WithContext(storetest.Mark(r.Context())))
			})
		}
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		rng := rand.New(rand.NewPCG(seed, 1))
		for _, d := range deeds(ada, bo, cy) {
			n.ruin(d, rng)
		}
	})
}

// ruin does d again and again, each time with another call that fails.
func (n *network) ruin(d deed, rng *rand.Rand) {
	n.t.Helper()
	begun, want := time.Now(), ""
	tries := 0
	attempt := func(at int, tasks, commits bool) bool {
		tries++
		key := fmt.Sprint(d.name, " ", tries)
		thing := d.before(key)
		n.calm()
		before := n.snapshot()
		n.faults.Arm(at, tasks, commits)
		status, answer := 0, object(nil)
		for again := 0; again < 3 && (status == 0 || status >= 500); again++ {
			status, answer = d.do(thing, key)
		}
		n.calm()
		call, calls := n.faults.Met()
		n.calls = calls
		n.faults.Arm(0, false, false)
		if status != 200 {
			n.t.Errorf("%s: %d %v after %q failed", d.name, status, answer, call)
		}
		got := difference(before, n.snapshot())
		if want == "" {
			want = got
		}
		if got != want {
			n.t.Errorf("%s: call %d (tasks %v, lost answer %v) failed: %s\nleft\n%s\nwant\n%s", d.name, at, tasks, commits, call, got, want)
		}
		if d.after != nil {
			d.after(thing)
		}
		return call != ""
	}
	attempt(0, false, false)
	for _, kind := range []struct{ tasks, commits bool }{{false, false}, {false, true}, {true, false}, {true, true}} {
		if everyCall {
			for at := 1; attempt(at, kind.tasks, kind.commits) && !n.t.Failed(); at++ {
			}
			continue
		}
		attempt(math.MaxInt, kind.tasks, kind.commits)
		for _, at := range rng.Perm(n.calls)[:min(n.calls, lots)] {
			if n.t.Failed() || time.Since(begun) > ruinTime {
				break
			}
			attempt(at+1, kind.tasks, kind.commits)
		}
	}
	n.t.Logf("%s: %d times in %s", d.name, tries, time.Since(begun).Round(time.Millisecond))
}

// deeds are what is done on a server that others hear of.
func deeds(ada, bo, cy *person) []deed {
	n := ada.net
	asked := func(key string) string {
		_, c := ada.send("POST", "/api/ensemble/v1/collabs", object{"status": key, "coauthor_ids": []string{ada.knows(bo)}})
		n.calm()
		there, _ := bo.collabOf(c["uri"].(string))
		return there.ID.String()
	}
	nothing := func(string) string { return "" }
	adaThere, boHere := cy.knows(ada), ada.knows(bo)
	return []deed{
		{"post", nothing, func(_, key string) (int, object) {
			return ada.send("POST", "/api/v1/statuses", object{"status": key}, "Idempotency-Key", key)
		}, nil},
		{"delete", func(key string) string {
			_, p := ada.send("POST", "/api/v1/statuses", object{"status": key})
			return p["id"].(string)
		}, func(id, key string) (int, object) {
			status, answer := ada.send("DELETE", "/api/v1/statuses/"+id, object{}, "Idempotency-Key", key)
			if status == 404 { // it went the first time, and the answer was lost
				status = 200
			}
			return status, answer
		}, nil},
		{"follow", func(string) string {
			cy.send("POST", "/api/v1/accounts/"+adaThere+"/unfollow", object{})
			return adaThere
		}, func(id, key string) (int, object) {
			return cy.send("POST", "/api/v1/accounts/"+id+"/follow", object{}, "Idempotency-Key", key)
		}, nil},
		{"offer", nothing, func(_, key string) (int, object) {
			return ada.send("POST", "/api/ensemble/v1/collabs", object{"status": key, "coauthor_ids": []string{boHere}}, "Idempotency-Key", key)
		}, func(string) {
			for _, c := range rowsOf[models.Collab](ada.server, "state = ?", models.CollabOffered) {
				ada.send("POST", collabsPath+c.ID.String()+"/withdraw", object{})
			}
			n.calm()
		}},
		{"accept", asked, func(id, key string) (int, object) {
			return bo.send("POST", collabsPath+id+"/accept", object{}, "Idempotency-Key", key)
		}, nil},
		{"leave", func(key string) string {
			id := asked(key)
			bo.send("POST", collabsPath+id+"/accept", object{})
			n.calm()
			return id
		}, func(id, key string) (int, object) {
			return bo.send("POST", collabsPath+id+"/leave", object{}, "Idempotency-Key", key)
		}, nil},
	}
}
