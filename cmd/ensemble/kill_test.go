package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ensemble/activities/collab"
	"ensemble/federation/fetch"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
	"ensemble/web/oauth"
)

// beEnsemble is the variable that makes the test binary the program itself: so a test
// can run it in a process that can be killed, without building it first.
const beEnsemble = "BE_ENSEMBLE"

func TestMain(m *testing.M) {
	if os.Getenv(beEnsemble) != "" {
		main() // which exits
	}
	os.Exit(m.Run())
}

// A process is a server of its own, which can be killed.
type process struct {
	t                              testing.TB
	domain, origin, folder, listen string
	database                       string // "" for the file in folder
	at                             string // where it is asked, if not at origin
	program                        string // "" for this test, which can be the program
	smtp                           string // where its mail goes; "" for nowhere
	net                            http.RoundTripper

	mu  sync.Mutex
	cmd *exec.Cmd
}

func newProcess(t testing.TB, name, dialect string) *process {
	h, err := newHouse(name, t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, domain: h.domain, origin: h.origin, folder: h.folder, listen: h.listen, net: fetch.Guarded(true)}
	if dialect == "postgres" {
		p.database = storetest.URL(t, dialect)
	}
	t.Cleanup(p.kill)
	return p
}

func (p *process) command(args ...string) *exec.Cmd {
	cmd := exec.Command(cmp.Or(p.program, os.Args[0]), append(args, "--loose")...)
	cmd.Env = append(os.Environ(), beEnsemble+"=1", "ENSEMBLE_CONFIG=", "ENSEMBLE_DOMAIN="+p.domain, "ENSEMBLE_ORIGIN="+p.origin,
		"ENSEMBLE_LISTEN="+p.listen, "ENSEMBLE_DATA="+p.folder, "ENSEMBLE_DATABASE_URL="+p.database, "ENSEMBLE_RATE_LIMIT=-1",
		"ENSEMBLE_LOG=info", "ENSEMBLE_SMTP="+p.smtp)
	return cmd
}

func (p *process) start() {
	log, err := os.OpenFile(filepath.Join(p.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		p.t.Error(err)
		return
	}
	defer log.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd = p.command("serve")
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := p.cmd.Start(); err != nil {
		p.t.Error(err)
	}
}

// kill ends the process as a power cut would.
func (p *process) kill() { p.end(syscall.SIGKILL) }

func (p *process) end(s os.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil && p.cmd.Process != nil {
		_ = p.cmd.Process.Signal(s) // it may have ended by itself
		_ = p.cmd.Wait()
		p.cmd = nil
	}
}

// ready waits for the first good answer, and returns how long that took.
func (p *process) ready() time.Duration {
	begun := time.Now()
	for time.Since(begun) < 30*time.Second {
		if status, _, err := p.ask("GET", "/readyz", "", nil, ""); err == nil && status == 200 {
			return time.Since(begun)
		}
		time.Sleep(5 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(p.folder, "log"))
	p.t.Errorf("%s never got ready: %s", p.domain, log[max(0, len(log)-2000):])
	return 0
}

func (p *process) ask(method, path, token string, body []byte, key string) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, cmp.Or(p.at, p.origin)+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.Host = p.domain
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	resp, err := p.net.RoundTrip(r)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	return resp.StatusCode, out, err
}

// A caller is a person at a process, with an app that tries again.
type caller struct {
	*process
	name, token string
}

// until tries fn again and again.
func (p *process) until(what string, fn func() error) {
	p.t.Helper()
	var err error
	for limit := time.Now().Add(2 * time.Minute); time.Now().Before(limit); time.Sleep(60 * time.Millisecond) {
		if err = fn(); err == nil {
			return
		}
	}
	p.t.Errorf("%s at %s: %v", what, p.domain, err)
	panic(errGaveUp)
}

var errGaveUp = fmt.Errorf("gave up")

// person has an account made by the operator, and signs in through the form.
func (p *process) person(name string) *caller {
	p.t.Helper()
	c := &caller{process: p, name: name}
	p.until("account create", func() error {
		cmd := p.command("account", "create", name, "--email", name+"@example.org", "--password", "-")
		cmd.Stdin = strings.NewReader("correct horse\n")
		out, err := cmd.CombinedOutput()
		if err != nil && !strings.Contains(string(out), "taken") {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	})
	p.until("sign in", func() (err error) {
		c.token, err = oauth.Dance(context.Background(), p.net, p.origin, name, "correct horse", "read write follow")
		return err
	})
	return c
}

// do calls the API until it is answered for good.
func (c *caller) do(method, path string, body object, key string) (out object) {
	c.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		c.t.Error(err)
	}
	if body == nil {
		raw = nil
	}
	c.until(method+" "+path, func() error {
		status, answer, err := c.ask(method, path, c.token, raw, key)
		if err != nil {
			return err
		}
		out = nil
		if status/100 != 2 {
			return fmt.Errorf("%d %s", status, answer)
		}
		if json.Unmarshal(answer, &out) != nil {
			var list []object
			err = json.Unmarshal(answer, &list)
			out = object{"list": list}
		}
		return err
	})
	return out
}

func (c *caller) handle() string { return "@" + c.name + "@" + c.domain }

// knows returns the id that c's server has for other.
func (c *caller) knows(other *caller) (id string) {
	c.t.Helper()
	c.until("find "+other.handle(), func() error {
		found := c.do("GET", "/api/v2/search?resolve=true&type=accounts&q="+url.QueryEscape(other.handle()), nil, "")
		if a, _ := found["accounts"].([]any); len(a) > 0 {
			id = a[0].(object)["id"].(string)
			return nil
		}
		return fmt.Errorf("nobody")
	})
	return id
}

func (c *caller) follows(other *caller) {
	c.t.Helper()
	id := c.knows(other)
	c.do("POST", "/api/v1/accounts/"+id+"/follow", object{}, "")
	c.until("follow "+other.handle(), func() error {
		list, _ := c.do("GET", "/api/v1/accounts/relationships?id[]="+id, nil, "")["list"].([]object)
		if len(list) == 1 && list[0]["following"] == true {
			return nil
		}
		return fmt.Errorf("%v", list)
	})
}

// An exchange is what was answered with 2xx while servers were being killed.
type exchange struct {
	host, guest *caller
	uri, post   string // of the collab
	plain       string // of a post of host's alone
}

// exchange has two people write a post together, and one of them another alone.
func (c *caller) exchange(guest *caller, number int) exchange {
	key := fmt.Sprint("exchange ", number)
	plain := c.do("POST", "/api/v1/statuses", object{"status": fmt.Sprint("Alone ", number)}, key)
	made := c.do("POST", "/api/ensemble/v1/collabs", object{"status": fmt.Sprint("Together ", number), "coauthor_ids": []string{c.knows(guest)}}, key)
	x := exchange{host: c, guest: guest, uri: made["uri"].(string), post: made["post_uri"].(string), plain: plain["uri"].(string)}
	there := guest.sees(x.uri)
	guest.do("POST", collabsPath+there+"/accept", object{}, key)
	c.published(made["id"].(string))
	guest.published(there)
	return x
}

// sees waits for an invitation, and returns what c's server calls it.
func (c *caller) sees(uri string) (id string) {
	c.until("invitation", func() error {
		list, _ := c.do("GET", "/api/ensemble/v1/collabs?role=invitee&limit=40", nil, "")["list"].([]object)
		for _, one := range list {
			if one["uri"] == uri {
				id = one["id"].(string)
				return nil
			}
		}
		return fmt.Errorf("%s did not come", uri)
	})
	return id
}

func (c *caller) published(id string) {
	c.until("publish", func() error {
		got := c.do("GET", collabsPath+id, nil, "")
		if got["state"] == "published" {
			return nil
		}
		return fmt.Errorf("%v, %v", got["state"], got["my_state"])
	})
}

// A killer ends servers at random moments, and starts them again.
type killer struct {
	rng    *rand.Rand
	kills  int
	most   int
	health []time.Duration // from each start to the first good answer
}

func (k *killer) run(stop <-chan struct{}, all ...*process) {
	for k.kills < k.most { // on a slow machine, peace comes before the callers give up
		select {
		case <-stop:
			return
		case <-time.After(time.Duration(200+k.rng.IntN(1300)) * time.Millisecond):
		}
		p := all[k.rng.IntN(len(all))]
		p.kill()
		k.kills++
		if k.rng.IntN(3) == 0 { // sometimes it stays away for a while
			time.Sleep(time.Duration(k.rng.IntN(700)) * time.Millisecond)
		}
		p.start()
		k.health = append(k.health, p.ready())
	}
}

// TestKilledServersLoseNothing has people on two servers, each a process, write posts
// together while the servers are killed, again and again. What was answered with
// success is there in the end, and everything is there once.
func TestKilledServersLoseNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute")
	}
	for _, dialect := range storetest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			kills, rounds := 12, 12
			if dialect == "postgres" {
				kills, rounds = 5, 6
			}
			massacre(t, dialect, kills, rounds)
		})
	}
}

const workers = 3

func massacre(t *testing.T, dialect string, kills, rounds int) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	begun := time.Now()
	one, two := newProcess(t, "one", dialect), newProcess(t, "two", dialect)
	k := &killer{rng: rand.New(rand.NewPCG(seed, 1)), most: 2 * kills}
	for _, p := range []*process{one, two} {
		p.start()
		t.Logf("%s is ready after %s", p.domain, p.ready())
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		k.run(stop, one, two)
	}()
	x := exchanges(one, two, rounds, func() bool { return k.kills < kills && time.Since(begun) < 60*time.Second })
	close(stop)
	<-stopped
	slices.Sort(k.health)
	if len(k.health) > 0 {
		t.Logf("%d kills, %d exchanges in %s; first good answer after a start: median %s, worst %s",
			k.kills, len(x), time.Since(begun).Round(time.Second), k.health[len(k.health)/2].Round(time.Millisecond), k.health[len(k.health)-1].Round(time.Millisecond))
	}
	for _, p := range []*process{one, two} { // each may have something for the other
		p.rest()
	}
	for _, p := range []*process{one, two} {
		p.end(syscall.SIGTERM)
		if err := p.open().Read(context.Background(), func(tx *store.Tx) error { return examine(p, tx, x) }); err != nil {
			t.Error(err)
		}
	}
	if t.Failed() {
		for _, p := range []*process{one, two} {
			log, _ := os.ReadFile(filepath.Join(p.folder, "log"))
			t.Logf("the log of %s ends:\n%s", p.domain, log[max(0, len(log)-2000):])
		}
	}
}

// exchanges has some pairs write together until there were so many, and as long as more
// is true.
func exchanges(one, two *process, rounds int, more func() bool) (all []exchange) {
	var mu sync.Mutex
	var done sync.WaitGroup
	number := 0
	next := func() int {
		mu.Lock()
		defer mu.Unlock()
		if number >= rounds && !more() {
			return -1
		}
		number++
		return number
	}
	for w := range workers {
		done.Go(func() {
			defer func() {
				if r := recover(); r != nil && r != errGaveUp {
					panic(r)
				}
			}()
			ada, bo := one.person(fmt.Sprint("ada", w)), two.person(fmt.Sprint("bo", w))
			ada.follows(bo)
			bo.follows(ada)
			for n := next(); n > 0; n = next() {
				x := exchange{}
				if n%2 == 0 {
					x = ada.exchange(bo, n)
				} else {
					x = bo.exchange(ada, n)
				}
				mu.Lock()
				all = append(all, x)
				mu.Unlock()
			}
		})
	}
	done.Wait()
	return all
}

// open opens the database of a server.
func (p *process) open() *store.DB {
	p.t.Helper()
	path := p.database
	if path == "" {
		path = filepath.Join(p.folder, "ensemble.db")
	}
	db, err := store.Open(context.Background(), store.Config{URL: path, Site: models.Site{Domain: p.domain, Origin: p.origin, Loose: true}})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { db.Close() })
	return db
}

// rest waits until a server has nothing left to do.
func (p *process) rest() {
	p.t.Helper()
	defer func() { _ = recover() }() // until has said so
	db := p.open()
	p.until("rest", func() error { return atRest(db) })
}

func atRest(db *store.DB) error {
	busy, err := db.Busy(context.Background())
	if err != nil || busy > 0 {
		return fmt.Errorf("%d tasks are left (%w)", busy, err)
	}
	return db.Read(context.Background(), func(tx *store.Tx) error {
		letters, err := store.Count[models.Delivery](tx, "state = 'queued'")
		if err != nil {
			return err
		}
		heard, err := store.Count[models.Inbound](tx, "done_at IS NULL")
		if err == nil && letters+heard > 0 {
			err = fmt.Errorf("%d letters wait, and %d activities", letters, heard)
		}
		return err
	})
}

func examine(p *process, tx *store.Tx, all []exchange) error {
	p.t.Helper()
	own := 0
	for _, x := range all {
		if x.host.process == p {
			own++
		}
		if err := survived(p, tx, x); err != nil {
			return err
		}
	}
	made, err := store.Count[models.Collab](tx, "initiator_id IN (SELECT account_id FROM users)")
	if err == nil && made != own {
		p.t.Errorf("%s: %d collabs were made for %d asked for", p.domain, made, own)
	}
	notes, err := store.Find[models.Notification](tx, "type <> ?", models.NoteCollabRequest)
	told := map[string]bool{}
	for _, n := range notes {
		key := fmt.Sprint(n.AccountID, n.FromID, n.Type, n.PostID, n.CollabID, n.Text)
		if told[key] {
			p.t.Errorf("%s told twice: %s %s", p.domain, n.Type, n.Text)
		}
		told[key] = true
	}
	if err != nil {
		return err
	}
	return counted(p, tx)
}

// survived looks for all that an exchange should have left behind.
func survived(p *process, tx *store.Tx, x exchange) error {
	for _, uri := range []string{x.post, x.plain} {
		posts, err := store.Find[models.Post](tx, "uri = ?", uri)
		if err != nil || len(posts) != 1 {
			p.t.Errorf("%s has %d times %s (%v)", p.domain, len(posts), uri, err)
			continue
		}
		entries, err := store.Count[models.Feed](tx, "post_id = ? AND kind = ?", posts[0].ID, models.FeedPost)
		if err != nil || entries != 1 {
			p.t.Errorf("%s: %d entries of %s (%v)", p.domain, entries, uri, err)
		}
	}
	c, err := store.ByURI[models.Collab](tx, models.IRI(x.uri))
	if err != nil {
		p.t.Errorf("%s: %s: %v", p.domain, x.uri, err)
		return nil
	}
	invites, err := store.Find[models.Invite](tx, "collab_id = ?", c.ID)
	if err != nil {
		return err
	}
	if c.State != models.CollabPublished || len(invites) != 1 || invites[0].State != models.InviteActive {
		p.t.Errorf("%s: %s is %s, %+v", p.domain, x.uri, c.State, invites)
	}
	names, err := store.Find[models.Author](tx, "post_id = ? AND state = ?", c.PostID, models.AuthorVerified)
	if err != nil || len(names) != 1 {
		p.t.Errorf("%s: %s has %d co-authors (%v)", p.domain, x.post, len(names), err)
	}
	if x.guest.process == p {
		if stamps, err := store.Count[models.Stamp](tx, "collab_id = ?", c.ID); err != nil || stamps != 1 {
			p.t.Errorf("%s: %d stamps for %s (%v)", p.domain, stamps, x.uri, err)
		}
	}
	link, err := collab.Audit(tx, c)
	if err == nil && link != 0 {
		p.t.Errorf("%s: the trail of %s breaks at %d", p.domain, x.uri, link)
	}
	return err
}

// counted compares what is counted with what is there.
func counted(p *process, tx *store.Tx) error {
	people, err := store.Find[models.Account](tx, "NOT system")
	for _, a := range people {
		posts, _ := store.Count[models.Feed](tx, "account_id = ? AND kind <> ?", a.ID, models.FeedBoost)
		hears, _ := store.Count[models.Follow](tx, "account_id = ? AND accepted", a.ID)
		heard, _ := store.Count[models.Follow](tx, "target_id = ? AND accepted", a.ID)
		if posts != a.PostsCount || a.Local() && (hears != a.FollowingCount || heard != a.FollowersCount) {
			p.t.Errorf("%s: %s has %d posts, hears %d and is heard by %d; counted were %d, %d, %d", p.domain, a.URI,
				posts, hears, heard, a.PostsCount, a.FollowingCount, a.FollowersCount)
		}
	}
	return err
}
