package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ensemble/web/oauth"
)

// A tooter is a person with toot, an app for the command line.
type tooter struct {
	t      *testing.T
	folder string // where it keeps who is signed in
	host   string
}

// TestAnAppOfTheCommandLine has a person use toot, as Debian has it, for a whole day.
func TestAnAppOfTheCommandLine(t *testing.T) {
	if _, err := exec.LookPath("toot"); err != nil {
		if os.Getenv("ENSEMBLE_NEEDS_PEER") != "" {
			t.Fatal("toot is not installed: .ci/install does that, and could not")
		}
		t.Skip("toot is not installed: '.ci/install toot' does that, on Debian")
	}
	t.Parallel()
	p := newProcess(t, "one", "sqlite")
	p.start()
	p.ready()
	p.person("ada")
	bo := p.person("bo")
	theirs := bo.do("POST", "/api/v1/statuses", object{"status": "Tea with #toot"}, "tea")["id"].(string)
	a := &tooter{t, t.TempDir(), strings.TrimPrefix(p.listen, "http://")}
	a.signsIn(p)
	picture := filepath.Join(a.folder, "a.png")
	if err := os.WriteFile(picture, drawing(t, 9), 0o600); err != nil {
		t.Fatal(err)
	}
	posted := a.does("post", "Hello from a terminal")
	mine := regexp.MustCompile(`/(\d{15,})\b`).FindStringSubmatch(posted)
	if mine == nil {
		t.Fatalf("post said %s", posted)
	}
	for _, c := range []struct{ args, says string }{
		{"auth", "ada@"},
		{"whoami", "@ada"},
		{"whois @bo", "@bo"},
		{"instance --disable-https " + a.host, "+ensemble"},
		{"follow @bo", "You are now following @bo"},
		{"following @ada", "bo"},
		{"followers @bo", "ada"},
		{"timeline -1", "Tea with"},
		{"timeline -1 --public --local", "Hello from a terminal"},
		{"timeline -1 --tag toot", "Tea with"},
		{"search bo", "bo"},
		{"thread " + theirs, "Tea with"},
		{"favourite " + theirs, "favourited"},
		{"unfavourite " + theirs, "unfavourited"},
		{"reblog " + theirs, "reblogged"},
		{"reblogged_by " + theirs, "ada"},
		{"unreblog " + theirs, "unreblogged"},
		{"bookmark " + theirs, "bookmarked"},
		{"bookmarks -1", "Tea with"},
		{"unbookmark " + theirs, "unbookmarked"},
		{"pin " + mine[1], "pinned"},
		{"unpin " + mine[1], "unpinned"},
		{"upload " + picture, "/media/"},
		{"post -v unlisted -p careful -m " + picture + " -d square look", "Toot posted"},
		{"post -r " + theirs + " milk?", "Toot posted"},
		{"post --scheduled-in 1hour later", "scheduled"},
		{"tags_follow toot", "You are now following #toot"},
		{"tags_followed", "toot"},
		{"tags_unfollow toot", "no longer following #toot"},
		{"mute @bo", "muted"},
		{"unmute @bo", "no longer muted"},
		{"block @bo", "now blocking"},
		{"unblock @bo", "no longer blocked"},
		{"unfollow @bo", "no longer following"},
		{"notifications", ""},
		{"delete " + mine[1], "deleted"},
		{"logout ada@" + a.host, "logged out"},
	} {
		t.Run(c.args, func(t *testing.T) {
			b := &tooter{t, a.folder, a.host}
			if said := b.does(strings.Fields(c.args)...); !strings.Contains(said, c.says) {
				t.Errorf("said %q, want %q in it", said, c.says)
			}
		})
	}
}

func (a *tooter) command(args ...string) (*exec.Cmd, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	cmd := exec.CommandContext(ctx, "toot", args...)
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+a.folder, "PYTHONUNBUFFERED=1", "BROWSER=true", "PYTHONWARNINGS=ignore")
	return cmd, cancel
}

// does runs a command, and returns what it said.
func (a *tooter) does(args ...string) string {
	a.t.Helper()
	cmd, cancel := a.command(append(args, "--no-color")...)
	defer cancel()
	out, err := cmd.CombinedOutput()
	if err != nil {
		a.t.Errorf("toot %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// signsIn goes to the address that toot shows, and types the code that the page shows.
func (a *tooter) signsIn(p *process) {
	a.t.Helper()
	cmd, cancel := a.command("login", "--disable-https", "-i", a.host, "--no-color")
	defer cancel()
	in, err := cmd.StdinPipe()
	if err != nil {
		a.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		a.t.Fatal(err)
	}
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	if err := cmd.Start(); err != nil {
		a.t.Fatal(err)
	}
	var said strings.Builder
	for lines := bufio.NewReader(out); ; {
		line, err := lines.ReadString('\n')
		said.WriteString(line)
		if at := regexp.MustCompile(`http://\S+/oauth/authorize\S+`).FindString(line); at != "" {
			code, err := oauth.Approve(context.Background(), p.net, at, "ada", "correct horse")
			if err != nil {
				a.t.Fatal(err)
			}
			fmt.Fprintf(in, "n\n%s\n", code)
			rest, _ := io.ReadAll(lines)
			said.Write(rest)
			break
		}
		if err != nil {
			break
		}
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		a.t.Fatalf("toot login: %v: %s %s", err, said.String(), wrong.String())
	}
}
