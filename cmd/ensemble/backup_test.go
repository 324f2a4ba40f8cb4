package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"ensemble/models/store/storetest"
)

// A server is backed up while it runs; the backup goes where there is nothing, and what
// comes back is what was there. Whatever is damaged, or in the way, is refused.
func TestBackupAndRestore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		p := newProcess(t, "one", dialect)
		p.start()
		p.ready()
		ada := p.person("ada")
		id := ada.do("POST", "/api/v1/statuses", object{"status": "to be kept"}, "")["id"].(string)
		if err := os.MkdirAll(filepath.Join(p.folder, "media", "ab"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(p.folder, "media", "ab", "cd.png"), []byte("a picture"), 0o600); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "backup.tar")
		run := func(want int, says string, p *process, args ...string) {
			t.Helper()
			out, err := p.command(args...).CombinedOutput()
			got := 0
			if err != nil {
				got = 1
			}
			if got != want || !strings.Contains(string(out), says) {
				t.Fatalf("ensemble %s: got %d %s, want %d and %q", args[0], got, out, want, says)
			}
		}
		run(0, "every checksum is right", p, "backup", file)
		run(1, "a backup overwrites nothing", p, "backup", file)
		p.end(syscall.SIGTERM)
		run(1, "a restore overwrites nothing", p, "restore", file)

		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		broken := filepath.Join(t.TempDir(), "broken.tar")
		for name, b := range map[string][]byte{
			"a picture that is another": bytes.Replace(raw, []byte("a picture"), []byte("b picture"), 1),
			"the half":                  raw[:len(raw)/2],
			"nothing":                   {},
		} {
			if err := os.WriteFile(broken, b, 0o600); err != nil {
				t.Fatal(err)
			}
			if m, err := verifyBackup(broken); err == nil {
				t.Errorf("%s is a good backup: %+v", name, m)
			}
		}

		q := newProcess(t, "one", dialect)
		run(1, "the domain of a server can never change", q, "restore", file)
		q.domain, q.origin, q.listen = p.domain, p.origin, p.listen
		run(1, "damaged", q, "restore", broken2(t, raw))
		if dialect == "postgres" { // the test's own are never empty
			c, err := pgx.Connect(t.Context(), q.database)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Exec(t.Context(), "DROP SCHEMA public CASCADE; CREATE SCHEMA public"); err != nil {
				t.Fatal(err)
			}
			if err := c.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		run(0, "are back", q, "restore", file)
		if b, err := os.ReadFile(filepath.Join(q.folder, "media", "ab", "cd.png")); err != nil || string(b) != "a picture" {
			t.Errorf("the picture is %q, %v", b, err)
		}
		q.start()
		q.ready()
		ada.process = q
		if got := ada.do("GET", "/api/v1/statuses/"+id, nil, "")["content"]; !strings.Contains(got.(string), "to be kept") {
			t.Errorf("the post is %v", got)
		}
	})
}

func broken2(t *testing.T, raw []byte) string {
	name := filepath.Join(t.TempDir(), "damaged.tar")
	if err := os.WriteFile(name, bytes.Replace(raw, []byte("a picture"), []byte("b picture"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
