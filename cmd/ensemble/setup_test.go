package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ensemble/activities/account"
	"ensemble/activities/setup"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

// A desk is where somebody sets a server up.
type desk struct {
	*testing.T
	env  map[string]string
	file string
	data string
}

func newDesk(t *testing.T) *desk {
	folder := t.TempDir()
	return &desk{T: t, env: map[string]string{}, file: filepath.Join(folder, "ensemble.env"), data: filepath.Join(folder, "data")}
}

// run answers 'ensemble setup' with lines, and returns its exit code and what it said.
func (d *desk) run(lines string, args ...string) (int, string) {
	d.Helper()
	var out bytes.Buffer
	w := &world{Context: d.Context(), in: strings.NewReader(lines), out: &out, err: &out, getenv: func(name string) string { return d.env[name] }}
	code := run(w, append([]string{"setup", "-config", d.file}, args...))
	return code, out.String()
}

// untouched is an error if anything was written.
func (d *desk) untouched(what string) {
	d.Helper()
	for _, name := range []string{d.file, d.file + ".new", d.file + ".old", d.data} {
		if _, err := os.Stat(name); err == nil {
			d.Errorf("%s: %s is there", what, filepath.Base(name))
		}
	}
}

// look reads the server that was set up.
func (d *desk) look(fn func(config, *store.Tx) error) {
	d.Helper()
	w := &world{Context: d.Context(), in: strings.NewReader(""), out: io.Discard, err: io.Discard, getenv: func(name string) string {
		if name == "ENSEMBLE_CONFIG" {
			return d.file
		}
		return d.env[name]
	}}
	c, err := w.config()
	if err == nil {
		err = withDB(w, func(db *store.DB) error { return db.Read(w, func(tx *store.Tx) error { return fn(c, tx) }) })
	}
	if err != nil {
		d.Error(err)
	}
}

// Somebody answers on a terminal: what makes no sense is asked again, with the reason.
func TestSetupAsks(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	answers := strings.Join([]string{
		"https://One.example", "one.example", "nowhere", "127.0.0.1:9999", d.data, "mysql://x", "postgres://ensemble@127.0.0.1:1/none", "-",
		"carrier pigeon", "", "bucket", "-", "Our house", "english!", "fr, en", "maybe", "approval", "no name", "root", "olga", "nowhere", "olga@one.example", "short", "", "de", "fr", "what?", "yes",
	}, "\n") + "\n"
	code, said := d.run(answers)
	if code != 0 {
		t.Fatalf("it ended with %d: %s", code, said)
	}
	for _, reason := range []string{
		"lower case, without https://", "ENSEMBLE_LISTEN is an address", "not mysql", "the database does not answer", "ENSEMBLE_SMTP:", "https://s3.example", "languages are codes", "open, approval, invite or closed, not",
		"letters, digits and underscores", `"root" is reserved`, "no e-mail address", "8 to 256", "en or fr, not", "yes or no.", "The password is ", "ensemble serve", "https://one.example/admin/setup",
	} {
		if !strings.Contains(said, reason) {
			t.Errorf("it does not say %q: %s", reason, said)
		}
	}
	if info, err := os.Stat(d.file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	_, word, _ := strings.Cut(said, "The password is ")
	word, _, _ = strings.Cut(word, " ")
	d.look(func(c config, tx *store.Tx) error {
		if c.Site.Domain != "one.example" || c.Listen != "127.0.0.1:9999" || c.Data != d.data || c.Mail != nil || !c.onDisk() {
			t.Errorf("the configuration is %+v", c)
		}
		s, err := setup.Read(tx)
		if err != nil || s.Title != "Our house" || strings.Join(s.Languages, " ") != "fr en" || s.Registrations.Mode != "approval" {
			t.Errorf("settled is %+v, %v", s, err)
		}
		a, err := account.Authenticate(tx, "olga", word)
		if err != nil {
			return err
		}
		u, err := store.One[models.User](tx, "account_id = ?", a.ID)
		if err == nil && (u.Role != models.RoleOwner || u.Locale != "fr" || u.Email != "olga@one.example") {
			t.Errorf("the owner is %+v", u)
		}
		return err
	})
	if code, said := d.run("no\n"); code == 0 || !strings.Contains(said, "nothing was changed") {
		t.Errorf("a no to writing it anew: %d %s", code, said)
	}
	if code, said := d.run("yes\nother.example\n" + strings.Repeat("\n", 20)); code == 0 || !strings.Contains(said, "can never change") {
		t.Errorf("another domain: %d %s", code, said)
	}
	if code, said := d.run("yes\n" + strings.Repeat("\n", 6) + "yes\n"); code != 0 || !strings.Contains(said, "has an owner already") {
		t.Errorf("a second time: %d %s", code, said)
	}
	d.look(func(_ config, tx *store.Tx) error {
		s, err := setup.Read(tx)
		if s.Title != "Our house" || s.Registrations.Mode != "approval" {
			t.Errorf("after a second time there is %+v", s)
		}
		return err
	})
	if old, err := os.ReadFile(d.file + ".old"); err != nil || !strings.Contains(string(old), "one.example") {
		t.Errorf("the old one is %s, %v", old, err)
	}
}

// Wherever the answers end, nothing was done.
func TestSetupEndsWithItsInput(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	all := []string{"one.example", "", d.data, "", "", "", "", "fr", "open", "olga", "olga@one.example", "a long password", "fr"}
	for n := range len(all) + 1 {
		lines := strings.Join(all[:n], "\n")
		if n > 0 {
			lines += "\n"
		}
		if code, said := d.run(lines); code == 0 || !strings.Contains(said, "nothing was changed") {
			t.Errorf("after %d answers: %d %s", n, code, said)
		}
		d.untouched("after " + all[max(0, n-1)])
	}
	if code, said := d.run(strings.Join(all, "\n") + "\nno\n"); code == 0 || !strings.Contains(said, "nothing was changed") {
		t.Errorf("a no at the end: %d %s", code, said)
	}
	d.untouched("after a no")
}

// Flags say it all without a question, on both databases; nothing is replaced that was not
// to be.
func TestSetupByFlags(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		d := newDesk(t)
		flags := []string{"-yes", "-domain", "one.example", "-data", d.data, "-languages", "fr", "-sign-up", "invite"}
		if dialect == "postgres" {
			flags = append(flags, "-database", storetest.URL(t, dialect))
		}
		owner := []string{"-owner", "olga", "-email", "olga@one.example", "-password", "a long password"}
		for _, bad := range [][]string{
			{"-sign-up", "maybe"}, {"-owner", "no name"}, {"-owner", "olga"}, {"-languages", "english!"}, {"-smtp", "pigeon"}, {"-s3", "https://s3.example"}, {"-title", "a\nENSEMBLE_DOMAIN=evil.example"}, {"-listen", "x"},
			{"-owner", "olga", "-email", "olga@one.example", "-password", "short"},
		} {
			if code, said := d.run("", append(flags, bad...)...); code == 0 {
				t.Errorf("%v was taken: %s", bad, said)
			}
			d.untouched(strings.Join(bad, " "))
		}
		if code, said := d.run("", append(flags, owner...)...); code != 0 || strings.Contains(said, "a long password") {
			t.Fatalf("it ended with %d: %s", code, said)
		}
		d.look(func(c config, tx *store.Tx) error {
			if c.Site.Domain != "one.example" || c.onDisk() != (dialect == "sqlite") {
				t.Errorf("the configuration is %+v", c)
			}
			_, err := account.Authenticate(tx, "olga@one.example", "a long password")
			return err
		})
		if code, said := d.run("", flags...); code == 0 || !strings.Contains(said, "-overwrite") {
			t.Errorf("a second time: %d %s", code, said)
		}
		d.env["ENSEMBLE_LISTEN"] = "127.0.0.1:7777"
		if code, said := d.run("", append(flags, "-overwrite")...); code != 0 {
			t.Errorf("with -overwrite: %d %s", code, said)
		}
		if text, err := os.ReadFile(d.file); err != nil || strings.Contains(string(text), "ENSEMBLE_LISTEN") || !strings.Contains(string(text), `ENSEMBLE_DOMAIN="one.example"`) {
			t.Errorf("the file is %s, %v", text, err)
		}
	})
}
