package main

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

// A cluster is a PostgreSQL of a test's own, which it may stop.
type cluster struct {
	t       *testing.T
	url     string
	control string // a command line of pg_ctl
}

// newCluster starts one that keeps what it committed when it is stopped at once.
func newCluster(t *testing.T) *cluster {
	t.Helper()
	cmd := exec.Command("../../.ci/with-postgres", "sh", "-c", `echo "$ENSEMBLE_TEST_POSTGRES"; echo "$ENSEMBLE_TEST_POSTGRES_CTL"; exec cat`)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "ENSEMBLE_TEST_POSTGRES") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "SYNCHRONOUS=on")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close() // cat ends, and the script buries the server
		_ = cmd.Wait()
	})
	c, lines := &cluster{t: t}, bufio.NewScanner(out)
	for _, to := range []*string{&c.url, &c.control} {
		if !lines.Scan() {
			t.Fatalf("there is no PostgreSQL to stop: %v", lines.Err())
		}
		*to = lines.Text()
	}
	db, err := store.Open(t.Context(), store.Config{URL: c.url})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *cluster) ctl(args string) {
	c.t.Helper()
	// Its output is let go: the server it starts would hold on to a pipe.
	if err := exec.Command("sh", "-c", c.control+" "+args+" >/dev/null 2>&1").Run(); err != nil {
		c.t.Errorf("pg_ctl %s: %v", args, err)
	}
}

// bounce stops PostgreSQL as a crash would, and starts it again after a while. In
// between the server says that it is not ready.
func (tr *trial) bounce(c *cluster, away time.Duration) {
	tr.t.Helper()
	p := tr.processes[0]
	c.ctl("-m immediate -w stop")
	if status, _, err := p.ask("GET", "/readyz", "", nil, ""); err == nil && status != 503 {
		tr.t.Errorf("without a database readyz answers %d", status)
	}
	if status, _, err := p.ask("GET", "/healthz", "", nil, ""); err != nil || status != 200 {
		tr.t.Errorf("without a database healthz answers %d (%v)", status, err)
	}
	time.Sleep(away)
	c.ctl("-w -t 60 start")
	begun := time.Now()
	p.ready()
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.stops++
	tr.back = append(tr.back, time.Since(begun))
}

// onCluster is newTrial on a PostgreSQL that may be stopped.
func onCluster(t *testing.T, c *cluster, processes, hosts, followers int) *trial {
	t.Helper()
	first := newProcess(t, "one", "sqlite")
	first.database = c.url
	return aTrial(t, first, processes, hosts, followers)
}

// TestStoppedPostgresLosesNothing stops PostgreSQL at once, several times, while the
// server stays up. What was answered is there, and the server goes on by itself: once it
// is away for so long that the queue gives up what it was to note.
func TestStoppedPostgresLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	c := newCluster(t)
	tr := onCluster(t, c, 1, 20, 200)
	pid := tr.processes[0].cmd.Process.Pid
	away := []time.Duration{0, 9 * time.Second, time.Second}
	tr.runs(14*time.Second, 3, 50, func() {
		if len(away) > 0 {
			tr.bounce(c, away[0])
			away = away[1:]
		}
	})
	for ; len(away) > 0; away = away[1:] { // on a slow machine they did not all fit
		tr.bounce(c, away[0])
	}
	if p := tr.processes[0]; p.cmd.Process.Pid != pid || p.cmd.ProcessState != nil {
		t.Error("the server did not stay up")
	}
	tr.locked()
}

// locked sees that each process has the lock that says that it lives.
func (tr *trial) locked() {
	tr.t.Helper()
	db := tr.processes[0].open()
	have := 0
	for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit) && have != len(tr.processes); time.Sleep(50 * time.Millisecond) {
		have, _ = db.Living(tr.t.Context())
	}
	if have != len(tr.processes) {
		tr.t.Errorf("%d processes are known to live, want %d", have, len(tr.processes))
	}
}

// TestSoak is a mixture of all that can happen to a server, for as long as ENSEMBLE_SOAK
// says, on each database: see `make soak`. Without that it is some seconds long.
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute")
	}
	length := 6 * time.Second
	if s := os.Getenv("ENSEMBLE_SOAK"); s != "" {
		var err error
		if length, err = time.ParseDuration(s); err != nil {
			t.Fatalf("ENSEMBLE_SOAK is no duration: %v", err)
		}
	}
	for _, dialect := range storetest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			kill := func(tr *trial) func() { return func() { tr.disturb(syscall.SIGKILL) } }
			term := func(tr *trial) func() { return func() { tr.disturb(syscall.SIGTERM) } }
			if dialect == "sqlite" {
				tr := newTrial(t, dialect, 1, 40, 400)
				tr.sicken()
				tr.runs(length, 3, 20, kill(tr), kill(tr), term(tr))
				return
			}
			c := newCluster(t)
			tr := onCluster(t, c, 2, 40, 400)
			tr.sicken()
			tr.runs(length, 3, 20, kill(tr), kill(tr), term(tr), func() { tr.bounce(c, time.Duration(tr.rng.IntN(4))*time.Second) })
			tr.locked()
		})
	}
}

// sicken has some of the hosts answer 500, some 410, and some never.
func (tr *trial) sicken() {
	for i, status := range []int{500, 410, -1, 500, 410, -1} {
		tr.crowd.ails(i+1, status)
		tr.healthy--
	}
}
