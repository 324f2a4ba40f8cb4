package main

import (
	"context"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"ensemble/federation/sign"
	"ensemble/models"
	"ensemble/models/store"
)

// at returns the environment of a server for this machine, with a folder and a port
// of its own.
func atHomeEnv(t *testing.T) map[string]string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return map[string]string{"ENSEMBLE_LISTEN": l.Addr().String(), "ENSEMBLE_DATA": t.TempDir()}
}

// lines is an output that another goroutine reads.
type lines struct{ c chan string }

func (l lines) Write(b []byte) (int, error) {
	l.c <- string(b)
	return len(b), nil
}

// serving runs the server of env until the test stops it, and returns what it said
// before it was ready.
func serving(t *testing.T, env map[string]string) (said string, stop func()) {
	t.Helper()
	w, _ := testWorld(env)
	out := lines{make(chan string, 100)}
	ctx, cancel := context.WithCancel(context.Background())
	w.Context, w.out = ctx, out
	code := make(chan int, 1)
	go func() { code <- run(w, []string{"serve"}) }()
	stop = func() {
		cancel()
		if got := <-code; got != 0 {
			t.Errorf("a server that was stopped ended with %d", got)
		}
	}
	for patience := time.After(time.Minute); ; {
		select {
		case line := <-out.c:
			said += line
			if strings.Contains(line, "is ready at") {
				return said, stop
			}
		case got := <-code:
			t.Fatalf("the server ended with %d: %s", got, said)
		case <-patience:
			t.Fatal("the server is not ready after a minute")
		}
	}
}

func TestServeWithoutConfiguration(t *testing.T) {
	t.Parallel()
	env := atHomeEnv(t)
	said, stop := serving(t, env)
	if !strings.Contains(said, "Sign in as owner with the password ") {
		t.Errorf("got %q, want a first account", said)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"health"}, 0, "answers"},
		{[]string{"doctor"}, 0, "ok    The actor of this server answers"},
		{[]string{"account", "create", "zoe", "--email", "zoe@localhost"}, 0, "The password is"},
		{[]string{"account", "create", "zoe", "--email", "zoe2@localhost"}, 1, ""},
		{[]string{"account", "role", "@zoe@localhost:" + strings.Split(env["ENSEMBLE_LISTEN"], ":")[1], "moderator"}, 0, "is now moderator"},
		{[]string{"account", "suspend", "zoe"}, 0, "is suspended"},
		{[]string{"account", "unsuspend", "zoe"}, 0, "no longer suspended"},
		{[]string{"account", "password", "nobody"}, 1, ""},
		{[]string{"setting", "set", "collab.max_coauthors", "21"}, 1, ""},
		{[]string{"setting", "set", "collab.max_coauthors", "1"}, 0, "collab.max_coauthors=1"},
		{[]string{"setting", "get", "collab.max_coauthors"}, 0, "1\n"},
		{[]string{"setting", "get", secretSetting}, 1, ""},
		{[]string{"audit", "check"}, 0, "no audit trail"},
		{[]string{"migrate"}, 0, "up to date already"},
	} {
		w, out := testWorld(env)
		if code := run(w, c.args); code != c.code || !strings.Contains(out.String(), c.says) {
			t.Errorf("%v: got exit %d and %q, want %d and %q in it", c.args, code, out, c.code, c.says)
		}
	}
	var complaint strings.Builder
	w, _ := testWorld(env)
	w.err = &complaint
	if code := run(w, []string{"serve"}); code != 1 || !strings.Contains(complaint.String(), "another Ensemble (process ") {
		t.Errorf("a second server in the folder: got exit %d and %q", code, complaint.String())
	}
	stop()
	said, stop = serving(t, env)
	stop()
	if strings.Contains(said, "password") {
		t.Errorf("the second start made an account again: %q", said)
	}
}

func TestOneServerAFolder(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	unlock, err := lockFolder(folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockFolder(folder); err == nil || !strings.Contains(err.Error(), "another Ensemble") {
		t.Errorf("got %v, want a refusal", err)
	}
	unlock()
	unlock, err = lockFolder(folder)
	if err != nil {
		t.Fatalf("a folder that was let go: %v", err)
	}
	unlock()
}

// broken opens a node's database, and spoils it.
func broken(t *testing.T, env map[string]string, spoil func(tx *store.Tx) error) {
	t.Helper()
	w, _ := testWorld(env)
	c, err := w.config()
	if err != nil {
		t.Fatal(err)
	}
	n, err := open(context.Background(), c.node(c.log(w)))
	if err != nil {
		t.Fatal(err)
	}
	if err := n.db.Tx(context.Background(), spoil); err != nil {
		t.Fatal(err)
	}
	if err := n.stop(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestDoctorSeesBrokenKeys(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		columns map[string]any
		says    string
	}{
		"a key that cannot be read":        {map[string]any{"rsa": "no key"}, "cannot be read"},
		"a key that is somebody else's":    {map[string]any{"rsa": otherKeys(t).RSA}, "does not fit"},
		"a proof key of somebody else":     {map[string]any{"ed25519": otherKeys(t).Ed25519}, "of the one for proofs"},
		"an RSA key where proofs are made": {map[string]any{"ed25519": otherKeys(t).RSA}, "of the one for proofs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := atHomeEnv(t)
			broken(t, env, func(tx *store.Tx) error {
				_, err := store.Set[models.PrivateKey](tx, c.columns, "true")
				return err
			})
			w, out := testWorld(env)
			if code := run(w, []string{"doctor"}); code != 1 || !strings.Contains(out.String(), "fail  The keys of @") || !strings.Contains(out.String(), c.says) {
				t.Errorf("got exit %d and\n%s\nwant %q in it", code, out, c.says)
			}
		})
	}
}

func otherKeys(t *testing.T) models.KeyPair {
	t.Helper()
	k, err := sign.NewPair()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestDoctorWithoutDatabase(t *testing.T) {
	t.Parallel()
	env := atHomeEnv(t)
	w, out := testWorld(env)
	if code := run(w, []string{"doctor"}); code != 1 || !strings.Contains(out.String(), "There is no database") {
		t.Errorf("got exit %d and %s", code, out)
	}
	if _, err := os.Stat(env["ENSEMBLE_DATA"] + "/ensemble.db"); err == nil {
		t.Error("the doctor made a database")
	}
}

func TestAnotherNameIsRefused(t *testing.T) {
	t.Parallel()
	env := atHomeEnv(t)
	broken(t, env, func(*store.Tx) error { return nil })
	env["ENSEMBLE_DOMAIN"] = "other.example"
	var complaint strings.Builder
	w, _ := testWorld(env)
	w.err = &complaint
	if code := run(w, []string{"serve"}); code != 1 || !strings.Contains(complaint.String(), "this database belongs to") {
		t.Errorf("got exit %d and %q", code, complaint.String())
	}
}
