package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// BenchmarkReads is the rows of the table about what is asked most.
func BenchmarkReads(b *testing.B) {
	for range b.N {
		onEach(b, func(b *testing.B, dialect string) {
			s := &sheet{b: b, dialect: dialect}
			s.reads()
			s.crowd()
			s.process()
			s.print()
		})
	}
}

// asked is what is asked most, and what one answer may cost. What is asked in a home
// after something new is written is among it.
var asked = []struct{ name, reach string }{
	{"home timeline of 20", "0.25"}, {"home timeline, somebody else said something", "0.30"}, {"status", "0.06"}, {"actor", "0.08"}, {"WebFinger", "0.04"},
	{"public timeline of 20", "0.60"}, {"20 notifications", "0.60"}, {"instance", "0.08"}, {"20 statuses of an account", "0.50"},
}

// reads asks what is asked most, with 10,000 and with 100,000 statuses there.
func (s *sheet) reads() {
	got := map[string][]float64{}
	for _, posts := range []int{10_000, 100_000} {
		r := newRig(s.b, s.dialect, 5)
		people := r.strangers(1000)
		var pairs [][2]*models.Account
		for i, p := range people {
			if i%5 == 0 {
				pairs = append(pairs, [2]*models.Account{r.me, p})
			}
			if posts == 100_000 {
				pairs = append(pairs, [2]*models.Account{p, r.me})
			}
		}
		r.following(pairs...)
		last := r.history(people, posts)
		r.told(people, last)
		r.analyze()
		for name, ask := range r.questions(last, people[0]) {
			for range 30 {
				ask()
			}
			got[name] = append(got[name], r.used(400, ask))
		}
		got["home timeline, somebody else said something"] = append(got["home timeline, somebody else said something"], r.homeWithNews(people[1]))
		r.halt()
	}
	for _, q := range asked {
		s.row(q.name+", with 10,000 and 100,000 statuses", q.reach, "%.3f and %.3f", got[q.name][0], got[q.name][1])
	}
}

// told notifies me of what people did to a post.
func (r *rig) told(people []*models.Account, post models.ID) {
	r.b.Helper()
	r.do(func(tx *store.Tx) error {
		var all []*models.Notification
		for i := range 100 {
			n := &models.Notification{ID: models.NewID(tx.Now), AccountID: r.me.ID, FromID: people[i].ID, Type: models.NoteFollow, CreatedAt: tx.Now}
			if i%2 == 0 {
				n.Type, n.PostID = models.NoteMention, post
			}
			all = append(all, n)
		}
		return store.AddAll(tx, all)
	})
}

func (r *rig) questions(last models.ID, author *models.Account) map[string]func() {
	activity := func(path string) func() {
		q := httptest.NewRequest("GET", path, nil)
		q.Host = "one.test"
		q.Header.Set("Accept", "application/activity+json")
		return func() { r.found(q.Clone(context.Background())) }
	}
	api := func(path string) func() {
		return func() { r.call("GET", path, nil) }
	}
	return map[string]func(){
		"home timeline of 20":       api("/api/v1/timelines/home?limit=20"),
		"status":                    api("/api/v1/statuses/" + last.String()),
		"public timeline of 20":     api("/api/v1/timelines/public?limit=20"),
		"20 notifications":          api("/api/v1/notifications?limit=20"),
		"20 statuses of an account": api("/api/v1/accounts/" + author.ID.String() + "/statuses?limit=20"),
		"instance":                  api("/api/v2/instance"),
		"actor":                     activity("/users/local0"),
		"WebFinger":                 activity("/.well-known/webfinger?resource=acct:local0@one.test"),
	}
}

// homeWithNews is what a home timeline costs after each post of somebody whom me does
// not hear: on a busy server nearly all are.
func (r *rig) homeWithNews(by *models.Account) float64 {
	r.b.Helper()
	say := func() {
		r.do(func(tx *store.Tx) error {
			id := models.NewID(tx.Now)
			return store.Put(tx, &models.Feed{ID: id, AccountID: by.ID, PostID: id, Kind: models.FeedPost, Visibility: models.VisPublic, AuthorID: by.ID})
		})
	}
	const times = 200
	alone := r.used(times, say)
	return r.used(times, func() {
		say()
		r.call("GET", "/api/v1/timelines/home?limit=20", nil)
	}) - alone
}

// crowd has somebody say a post to many who hear them, on 50 servers.
func (s *sheet) crowd() {
	const servers = 50
	var got []float64
	for _, many := range []int{1000, 10_000} {
		r := newRig(s.b, s.dialect, 5)
		crowd := r.crowd(servers, many)
		for some := range len(crowd) / 500 {
			var pairs [][2]*models.Account
			for _, a := range crowd[some*500 : some*500+500] {
				pairs = append(pairs, [2]*models.Account{a, r.me})
			}
			r.following(pairs...)
		}
		r.analyze()
		say := func() {
			before := r.took.Load()
			r.call("POST", "/api/v1/statuses", object{"status": fmt.Sprint("Post of ", time.Now())})
			for limit := time.Now().Add(time.Minute); r.took.Load() < before+servers && time.Now().Before(limit); {
				time.Sleep(2 * time.Millisecond)
			}
			r.rest()
		}
		say() // which dialect a server speaks is learned once
		got = append(got, r.used(5, say))
		r.halt()
	}
	s.row("a post to 1,000 and 10,000 followers on 50 servers", "10 times", "%.0f and %.0f: %.1f times", got[0], got[1], got[1]/got[0])
}

// crowd makes accounts elsewhere, on so many servers.
func (r *rig) crowd(servers, many int) []*models.Account {
	r.b.Helper()
	all := r.strangers(many)
	r.do(func(tx *store.Tx) error {
		_, err := store.Set[models.Account](tx, map[string]any{
			"shared_inbox": store.Expr(fmt.Sprintf("'https://host' || (id %% %d) || '.test/inbox'", servers)),
		}, "domain <> ''")
		return err
	})
	return all
}

// process starts the program as it is released twice, and looks at it the second time.
func (s *sheet) process() {
	if s.dialect != "sqlite" {
		return
	}
	p := newProcess(s.b, "one", s.dialect)
	p.program = released(s.b)
	p.start()
	p.ready()
	p.kill()
	p.start()
	took := p.ready()
	time.Sleep(2 * time.Second)
	s.row("start to the first healthy answer", "0.3 s", "%.2f s", took.Seconds())
	raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if _, rest, ok := strings.Cut(string(raw), "VmRSS:"); ok {
		kb, _ := strconv.Atoi(strings.Fields(rest)[0])
		s.row("idle memory", "60 MB", "%d MB", kb/1024)
	}
	p.kill()
}

// released builds the program without what debuggers read.
func released(b *testing.B) string {
	b.Helper()
	at := filepath.Join(b.TempDir(), "ensemble")
	if out, err := exec.Command("go", "build", "-trimpath", "-ldflags=-w -s", "-o", at, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return at
}
