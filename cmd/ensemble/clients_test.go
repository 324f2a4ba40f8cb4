package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ensemble/web/oauth"
)

// off are the methods of libraries that this server answers no, and what with: sign-ups
// are closed, nothing is translated, nobody is told whom it blocks, no post links there,
// and Mastodon 3 did away with the timeline of direct posts.
var off = map[string]map[string]int{
	"megalodon": {"registerAccount": 401},
	"masto": {
		"v1.accounts.create": 403, "v1.statuses.$.translate": 404, "v1.instance.domainBlocks.fetch": 404,
		"v1.timelines.link.list": 404, "v1.timelines.direct.list": 404,
		"v1.notifications.requests.$.dismiss": 404, // it was accepted just before
	},
}

// notYet are the beginnings of methods that may be answered no as long as they are not
// built.
var notYet = []string{}

// An outcome is what a method of a library came to.
type outcome struct {
	Authorize, Method, Error string
	Status                   int
	End                      bool
}

// TestLibrariesOfApps has the libraries that apps are written with sign in here, as an
// app would, and call every method they have. See testdata/clients.
func TestLibrariesOfApps(t *testing.T) {
	for _, library := range []string{"megalodon", "masto"} {
		t.Run(library, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join("testdata", "clients")
			if _, err := os.Stat(filepath.Join(folder, "node_modules", library)); err != nil {
				if os.Getenv("ENSEMBLE_NEEDS_PEER") != "" {
					t.Fatalf("%s is not installed: .ci/peer does that, and could not", library)
				}
				t.Skipf("%s is not installed: 'make test' does that, where npm is", library)
			}
			p := newProcess(t, "one", "sqlite")
			p.start()
			p.ready()
			p.person("ada")
			bo := p.person("bo")
			p.walk(t, library, folder, bo)
		})
	}
}

// walk runs the walk of a library, and makes a test of each outcome.
func (p *process) walk(t *testing.T, library, folder string, bo *caller) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", library+".mjs", p.origin)
	cmd.Dir = folder
	var said bytes.Buffer
	cmd.Stderr = &said
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended, seen := false, map[string]bool{}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var o outcome
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			t.Errorf("%s said %s", library, lines.Text())
			continue
		}
		switch {
		case o.Authorize != "":
			code, err := oauth.Approve(ctx, p.net, o.Authorize, "ada", "correct horse")
			if err != nil {
				t.Errorf("ada could not allow it: %v", err)
			}
			fmt.Fprintf(in, "{\"code\":%q,\"other\":%q}\n", code, bo.token)
		case o.End:
			ended = true
		default:
			seen[o.Method] = true
			t.Run(o.Method, func(t *testing.T) { o.judge(t, library) })
		}
	}
	if err := cmd.Wait(); err != nil || !ended {
		log, _ := os.ReadFile(filepath.Join(p.folder, "log"))
		t.Errorf("the walk of %s did not come to its end: %v %s\n%s", library, err, said.String(), log[max(0, len(log)-1000):])
	}
	for method := range off[library] {
		if !seen[method] {
			t.Errorf("%s is in the table of what is answered no, and was not called", method)
		}
	}
}

func (o outcome) judge(t *testing.T, library string) {
	want, no := off[library][o.Method]
	missing := o.Status == http.StatusNotFound || o.Status == http.StatusMethodNotAllowed
	switch {
	case no && o.Error == "":
		t.Errorf("it is answered by now: take it out of the table")
	case no && o.Status != want:
		t.Errorf("answered %d, want %d: %s", o.Status, want, o.Error)
	case no || o.Error == "":
	case missing && slices.ContainsFunc(notYet, func(begins string) bool { return strings.HasPrefix(o.Method, begins) }):
		t.Skipf("not yet: %d %s", o.Status, o.Error)
	default:
		t.Errorf("%d %s", o.Status, o.Error)
	}
}
