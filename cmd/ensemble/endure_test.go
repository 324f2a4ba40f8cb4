package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

// A trial is a server that people use while it is disturbed, and what was promised to
// them meanwhile.
type trial struct {
	t         *testing.T
	processes []*process // one server; of PostgreSQL there may be several processes
	crowd     *crowd
	sender    *caller // whom everybody follows
	reader    *caller // who follows Pia
	rng       *rand.Rand

	mu      sync.Mutex
	sent    int      // by Pia
	kept    []string // posts of Pia's that were answered with 2xx
	said    []string // posts of sender's that were answered with 2xx
	back    []time.Duration
	kills   int
	stops   int
	memory  int // MiB
	healthy int // hosts of the crowd
}

// A toll is what a trial comes to.
type toll struct {
	Sent, Kept, Applied, Published, Delivered, Lost, Doubled, Repeated int
}

// newTrial starts a server with so many followers on so many others.
func newTrial(t *testing.T, dialect string, processes, hosts, followers int) *trial {
	t.Helper()
	return aTrial(t, newProcess(t, "one", dialect), processes, hosts, followers)
}

func aTrial(t *testing.T, first *process, processes, hosts, followers int) *trial {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	tr := &trial{t: t, crowd: newCrowd(t, hosts), rng: rand.New(rand.NewPCG(seed, 1)), healthy: hosts}
	tr.processes = []*process{first}
	for range processes - 1 {
		tr.processes = append(tr.processes, first.twin())
	}
	return tr.open(followers)
}

// open starts the processes, and has people move in.
func (tr *trial) open(followers int) *trial {
	tr.t.Helper()
	for _, p := range tr.processes {
		p.start()
		p.ready()
	}
	first := tr.processes[0]
	tr.sender, tr.reader = first.person("ada"), first.person("rae")
	tr.crowd.follow(first.open(), "ada", followers)
	id := ""
	tr.reader.until("find pia", func() error {
		found := tr.reader.do("GET", "/api/v2/search?resolve=true&type=accounts&q=@pia@"+tr.crowd.host(0), nil, "")
		a, _ := found["accounts"].([]any)
		if len(a) == 0 {
			return fmt.Errorf("nobody")
		}
		id = a[0].(object)["id"].(string)
		return nil
	})
	tr.reader.do("POST", "/api/v1/accounts/"+id+"/follow", object{}, "")
	tr.reader.until("follow pia", func() error {
		list, _ := tr.reader.do("GET", "/api/v1/accounts/relationships?id[]="+id, nil, "")["list"].([]object)
		if len(list) == 1 && list[0]["following"] == true {
			return nil
		}
		return fmt.Errorf("%v", list)
	})
	return tr
}

// twin is another process of the same server, on the same database.
func (p *process) twin() *process {
	p.t.Helper()
	h, err := newHouse("twin", p.t.TempDir(), 0)
	if err != nil {
		p.t.Fatal(err)
	}
	q := &process{t: p.t, domain: p.domain, origin: p.origin, folder: h.folder, listen: h.listen, net: p.net, database: p.database, at: h.origin}
	p.t.Cleanup(q.kill)
	return q
}

// load has people write until stop is closed, and at least so many posts each.
func (tr *trial) load(stop <-chan struct{}, least, pause int) (wait func()) {
	var all sync.WaitGroup
	guard := func(fn func()) func() {
		return func() {
			defer func() {
				if r := recover(); r != nil && r != errGaveUp {
					panic(r)
				}
			}()
			fn()
		}
	}
	going := func(i, pause int) bool {
		select {
		case <-stop:
			return i < least
		case <-time.After(time.Duration(pause) * time.Millisecond):
			return true
		}
	}
	inbox := tr.processes[0].origin + "/inbox"
	for range 3 {
		all.Go(func() {
			for i := 0; going(i, pause); i++ {
				uri, taken := tr.crowd.writes(inbox)
				tr.mu.Lock()
				tr.sent++
				if taken {
					tr.kept = append(tr.kept, uri)
				}
				tr.mu.Unlock()
			}
		})
	}
	all.Go(guard(func() {
		for i := 0; going(i, 8*pause); i++ { // each of these is some hundred letters
			c := *tr.sender
			c.process = tr.processes[i%len(tr.processes)]
			key := fmt.Sprint("post ", i)
			post := c.do("POST", "/api/v1/statuses", object{"status": key}, key)
			tr.mu.Lock()
			tr.said = append(tr.said, post["uri"].(string))
			tr.mu.Unlock()
		}
	}))
	return all.Wait
}

// disturb ends a process and starts it again, and notes how long it took to serve.
func (tr *trial) disturb(how syscall.Signal) {
	p := tr.processes[tr.rng.IntN(len(tr.processes))]
	tr.measure()
	p.end(how)
	begun := time.Now()
	p.start()
	p.ready()
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.kills++
	tr.back = append(tr.back, time.Since(begun))
}

// measure notes how much memory the processes have.
func (tr *trial) measure() {
	for _, p := range tr.processes {
		p.mu.Lock()
		pid := 0
		if p.cmd != nil && p.cmd.Process != nil {
			pid = p.cmd.Process.Pid
		}
		p.mu.Unlock()
		raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
		if err != nil {
			continue // this system has none, or the process none any more
		}
		for line := range strings.Lines(string(raw)) {
			if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
				kib, _ := strconv.Atoi(f[1])
				tr.memory = max(tr.memory, kib>>10)
			}
		}
	}
}

// judge waits until nothing is left to do, and compares what is there with what was
// promised.
func (tr *trial) judge() (v toll) {
	tr.t.Helper()
	tr.measure()
	first := tr.processes[0]
	db := first.open()
	tr.until(db, 3*time.Minute)
	v.Sent, v.Kept, v.Published = tr.sent, len(tr.kept), len(tr.said)
	home := tr.home()
	for _, uri := range tr.kept {
		switch n := home[uri]; {
		case n == 0:
			v.Lost++
			tr.t.Errorf("%s was taken and is not in the home timeline", uri)
		case n > 1:
			v.Doubled += n - 1
			tr.t.Errorf("%s is %d times in the home timeline", uri, n)
		}
		v.Applied += min(1, home[uri])
	}
	err := db.Read(context.Background(), func(tx *store.Tx) error {
		own, err := store.Find[models.Outbound](tx, "verb = 'Create' ORDER BY id")
		if err != nil {
			return err
		}
		if len(own) != len(tr.said) {
			tr.t.Errorf("%d posts were published, %d were asked for", len(own), len(tr.said))
			v.Doubled += max(0, len(own)-len(tr.said))
		}
		var activities []string
		for _, uri := range tr.said {
			i := slices.IndexFunc(own, func(o *models.Outbound) bool { return string(o.ObjectURI) == uri })
			if i < 0 {
				tr.t.Errorf("%s was answered, and was never said", uri)
				v.Lost++
				continue
			}
			activities = append(activities, string(own[i].URI))
		}
		missing, repeated := tr.crowd.got(activities)
		v.Lost, v.Repeated = v.Lost+missing, repeated
		if missing > 0 {
			tr.t.Errorf("%d letters did not arrive", missing)
		}
		v.Delivered, err = store.Count[models.Delivery](tx, "state = 'done' AND outbound_id IN (SELECT id FROM outbounds WHERE verb = 'Create')")
		if err == nil && v.Delivered != len(activities)*tr.healthy {
			tr.t.Errorf("%d letters are delivered, says the database; %d should be", v.Delivered, len(activities)*tr.healthy)
		}
		return err
	})
	if err != nil {
		tr.t.Error(err)
	}
	return v
}

// until waits for rest. Hosts that do not answer are not waited for.
func (tr *trial) until(db *store.DB, patience time.Duration) {
	tr.t.Helper()
	var left int
	for limit := time.Now().Add(patience); time.Now().Before(limit); time.Sleep(50 * time.Millisecond) {
		err := db.Read(context.Background(), func(tx *store.Tx) error {
			unsaid, err := store.Count[models.Outbound](tx, "expanded_at IS NULL")
			if err != nil {
				return err
			}
			heard, err := store.Count[models.Inbound](tx, "done_at IS NULL")
			if err != nil {
				return err
			}
			letters, err := store.Find[models.Delivery](tx, "state = 'queued'")
			left = unsaid + heard
			for _, d := range letters {
				if !tr.crowd.isIll(d.Host) {
					left++
				}
			}
			return err
		})
		if err == nil && left == 0 {
			return
		}
	}
	tr.t.Errorf("%d things are still left to do", left)
	for _, p := range tr.processes {
		log, _ := os.ReadFile(filepath.Join(p.folder, "log"))
		tr.t.Logf("the log of %s ends:\n%s", p.listen, log[max(0, len(log)-3000):])
	}
}

func (c *crowd) isIll(host string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ill[host] != 0
}

// home counts the posts in the reader's home timeline.
func (tr *trial) home() map[string]int {
	tr.t.Helper()
	seen := map[string]int{}
	for page := ""; ; {
		list, _ := tr.reader.do("GET", "/api/v1/timelines/home?limit=40"+page, nil, "")["list"].([]object)
		if len(list) == 0 {
			return seen
		}
		for _, p := range list {
			seen[p["uri"].(string)]++
			page = "&max_id=" + p["id"].(string)
		}
	}
}

// report writes the verdict down as a table.
func (tr *trial) report(v toll) {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	worst := time.Duration(0)
	for _, d := range tr.back {
		worst = max(worst, d)
	}
	fmt.Fprintln(w, "sent\tkept\tapplied\tpublished\tdelivered\tlost\tdoubled\trepeated\tkills\tstops\tworst recovery\tmemory\t")
	fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t%d MiB\t\n", v.Sent, v.Kept, v.Applied, v.Published, v.Delivered, v.Lost, v.Doubled,
		v.Repeated, tr.kills, tr.stops, worst.Round(time.Millisecond), tr.memory)
	w.Flush()
	tr.t.Logf("\n%s", b.String())
	if most := (tr.kills + tr.stops) * v.Delivered; v.Repeated > most { // a drain writes down what it brought once a second
		tr.t.Errorf("%d letters came again, and with %d ends that can be %d at most", v.Repeated, tr.kills+tr.stops, most)
	}
	if worst > 30*time.Second {
		tr.t.Errorf("it took %s to serve again", worst)
	}
}

// runs goes on for a while, with something happening now and then.
func (tr *trial) runs(length time.Duration, least, pause int, events ...func()) {
	tr.t.Helper()
	defer func() {
		if r := recover(); r != nil && r != errGaveUp { // who gave up has said why
			panic(r)
		}
	}()
	stop := make(chan struct{})
	wait := tr.load(stop, least, pause)
	for limit := time.Now().Add(length); time.Now().Before(limit); {
		time.Sleep(time.Duration(300+tr.rng.IntN(1200)) * time.Millisecond)
		if len(events) > 0 {
			events[tr.rng.IntN(len(events))]()
		}
	}
	close(stop)
	wait()
	tr.report(tr.judge())
}

// TestKilledServerKeepsWhatItTook kills a server, again and again, while another posts
// signed activities to it as fast as it is answered, and while it brings posts to ten
// thousand followers on two hundred servers.
func TestKilledServerKeepsWhatItTook(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	for _, dialect := range storetest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			tr := newTrial(t, dialect, 1, 200, 10_000)
			tr.runs(8*time.Second, 3, 100, func() { tr.disturb(syscall.SIGKILL) })
		})
	}
}

// TestThreeProcessesShareTheWork has three processes on one PostgreSQL. Any of them may
// end, in good order or not.
func TestThreeProcessesShareTheWork(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	tr := newTrial(t, "postgres", 3, 50, 500)
	tr.settings()
	tr.runs(8*time.Second, 3, 100, func() { tr.disturb(syscall.SIGKILL) }, func() { tr.disturb(syscall.SIGTERM) })
	workers := map[string]bool{}
	db := tr.processes[0].open()
	names, err := db.WorkedBy(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for name, n := range names {
		workers[name] = true
		t.Logf("%s did %d tasks", name, n)
	}
	if len(workers) < 3 {
		t.Errorf("%d processes did all of the work", len(workers))
	}
}

// settings changes a setting by the command line, and looks for it in every process.
func (tr *trial) settings() {
	tr.t.Helper()
	out, err := tr.processes[0].command("setting", "set", "collab.max_coauthors", "7").CombinedOutput()
	if err != nil {
		tr.t.Fatalf("%v: %s", err, out)
	}
	for _, p := range tr.processes {
		c := *tr.sender
		c.process = p
		c.until("the setting", func() error {
			_, raw, err := c.ask("GET", "/api/v2/instance", c.token, nil, "")
			if err == nil && !strings.Contains(string(raw), `"max_authors":7`) {
				err = fmt.Errorf("%s", cutoff(json.RawMessage(raw)))
			}
			return err
		})
	}
}
