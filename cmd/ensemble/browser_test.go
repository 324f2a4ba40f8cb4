package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const browserFolder = "testdata/browser"

// TestJourneys has people walk through the pages of two real servers in headless
// Chromium: a journey per file of testdata/browser/journeys, whose steps are tests.
// Pictures of what they saw are left in bin/screens.
func TestJourneys(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(browserFolder, "journeys", "*.mjs"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no journeys: %v", err)
	}
	chromium := browserIsHere(t)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".mjs")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := &journey{t: t, name: name, chromium: chromium, post: newPostbox(t), servers: map[string]*process{}, people: map[string]*caller{}}
			for _, name := range []string{"one", "two"} {
				p := newProcess(t, name, "sqlite")
				p.smtp = j.post.url()
				p.start()
				j.servers[name] = p
			}
			t.Cleanup(j.logs)
			for _, p := range j.servers {
				p.ready()
			}
			j.walk()
		})
	}
}

// browserIsHere returns where Chromium is; without it, or what drives it, there is
// nothing to test with.
func browserIsHere(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err == nil {
		_, err = os.Stat(filepath.Join(browserFolder, "node_modules", "playwright-core"))
	}
	switch {
	case err == nil:
		return path
	case os.Getenv("ENSEMBLE_NEEDS_PEER") != "":
		t.Fatalf("no browser: .ci/install chromium and .ci/peer could not install one: %v", err)
	}
	t.Skipf("no browser to walk with: 'make test' installs it, where it can: %v", err)
	return ""
}

// A journey is a walk that is under way.
type journey struct {
	t              *testing.T
	name, chromium string
	post           *postbox
	servers        map[string]*process
	people         map[string]*caller
	in             io.Writer
	ended          bool
}

// A remark is what the walk says: a step, what it wants done, or its end.
type remark struct {
	Step, Error, Wrong string
	Took               int // ms
	End                bool

	Do, Server, Name, Role, In string
	Args                       []string
	Method, Path               string
	Body                       object
}

func (j *journey) walk() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "run.mjs", j.name)
	cmd.Dir = browserFolder
	var said bytes.Buffer
	cmd.Stderr = &said
	in, err := cmd.StdinPipe()
	if err != nil {
		j.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		j.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		j.t.Fatal(err)
	}
	j.in = in
	j.begin()
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r remark
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			j.t.Errorf("the walk said %s", lines.Text())
			continue
		}
		j.hear(r)
	}
	if err := cmd.Wait(); err != nil || !j.ended {
		j.t.Errorf("the walk did not come to its end: %v %s", err, said.String())
	}
}

// logs tells what the servers said last, of a journey that failed.
func (j *journey) logs() {
	if !j.t.Failed() {
		return
	}
	for name, p := range j.servers {
		log, _ := os.ReadFile(filepath.Join(p.folder, "log"))
		j.t.Logf("%s: %s", name, log[max(0, len(log)-6000):])
	}
}

func (j *journey) begin() {
	shots, err := filepath.Abs("../../bin/screens")
	if err != nil {
		j.t.Fatal(err)
	}
	var servers []object
	for name, p := range j.servers {
		servers = append(servers, object{"name": name, "domain": p.domain, "origin": p.origin})
	}
	j.answer(object{"servers": servers, "shots": shots, "chromium": j.chromium})
}

func (j *journey) answer(what object) {
	b, err := json.Marshal(what)
	if err != nil {
		j.t.Error(err)
	}
	fmt.Fprintf(j.in, "%s\n", b)
}

func (j *journey) hear(r remark) {
	switch {
	case r.End:
		j.ended = true
	case r.Wrong != "":
		j.t.Errorf("%s", r.Wrong)
	case r.Step != "":
		j.t.Run(r.Step, func(t *testing.T) {
			t.Logf("%.1f s", float64(r.Took)/1000)
			if r.Error != "" {
				t.Error(r.Error)
			}
		})
	default:
		got, err := j.do(r)
		if got == nil {
			got = object{}
		}
		if err != nil {
			got["error"] = err.Error()
		}
		j.answer(got)
	}
}

// do does what the walk cannot do in a browser.
func (j *journey) do(r remark) (got object, err error) {
	p := j.servers[r.Server]
	if p == nil {
		return nil, fmt.Errorf("there is no server %q", r.Server)
	}
	switch r.Do {
	case "stop":
		p.end(syscall.SIGTERM)
	case "start":
		if r.In == "no mail" {
			p.smtp = ""
		}
		p.start()
		p.ready()
	case "run":
		cmd := p.command(r.Args...)
		cmd.Stdin = strings.NewReader(r.In)
		out, err := cmd.CombinedOutput()
		return object{"out": string(out)}, err
	case "log": // what the server printed
		b, err := os.ReadFile(filepath.Join(p.folder, "log"))
		return object{"out": string(b)}, err
	case "person":
		return nil, j.person(r)
	case "mail": // what came to an address last, with a word in its subject
		return j.post.last(r.Name, r.In)
	case "call": // what the person's app asks of the API
		c := j.people[r.Name+"@"+r.Server]
		if c == nil {
			return nil, fmt.Errorf("nobody here is called %s", r.Name)
		}
		return object{"answer": c.do(r.Method, r.Path, r.Body, "")}, nil
	default:
		return nil, fmt.Errorf("nobody knows how to %s", r.Do)
	}
	return nil, nil
}

// person makes somebody with an account, and an app of theirs.
func (j *journey) person(r remark) error {
	at := r.Name + "@" + r.Server
	if j.people[at] == nil {
		j.people[at] = j.servers[r.Server].person(r.Name)
	}
	if r.Role == "" {
		return nil
	}
	out, err := j.servers[r.Server].command("account", "role", r.Name, r.Role).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}
