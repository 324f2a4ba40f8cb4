package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestConfig(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ensemble.conf")
	text := "# Ours.\n\nENSEMBLE_DOMAIN=file.example\nexport ENSEMBLE_TITLE=\"Of the file\"\nENSEMBLE_LISTEN = 127.0.0.1:9000\nENSEMBLE_DATA=\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		"ENSEMBLE_CONFIG": file, "ENSEMBLE_TITLE": "Of the environment", "ENSEMBLE_LISTEN": "", "ENSEMBLE_WEB_DOMAIN": "",
		"ENSEMBLE_TRUSTED_PROXIES": "10.0.0.0/8, ::1", "ENSEMBLE_LOG": "debug,json", "ENSEMBLE_RATE_LIMIT": "-1",
	}
	c, err := readConfig(func(name string) string { return env[name] }, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, check := range []struct{ what, got, want string }{
		{"the file says what the environment does not", c.Site.Domain, "file.example"},
		{"the environment goes before the file", c.Site.Title, "Of the environment"},
		{"what is empty in the environment is as if it were not there", c.Listen, "127.0.0.1:9000"},
		{"what is empty in the file has its default", c.Data, "data"},
		{"pages are at the domain, over https", c.Site.Origin, "https://file.example"},
		{"the database is in the data folder", c.Database, filepath.Join("data", "ensemble.db")},
	} {
		if check.got != check.want {
			t.Errorf("%s: got %q, want %q", check.what, check.got, check.want)
		}
	}
	if c.Local || c.Site.Loose || c.Level != slog.LevelDebug || !c.JSON || c.Limit != -1 || !slices.Equal(c.Proxies, []string{"10.0.0.0/8", "::1"}) {
		t.Errorf("got %+v", c)
	}
}

func TestConfigWithoutAny(t *testing.T) {
	t.Parallel()
	c, err := readConfig(func(string) string { return "" }, false)
	if err != nil {
		t.Fatal(err)
	}
	if !c.Local || !c.Site.Loose || c.Site.Domain != "localhost:8080" || c.Site.Origin != "http://localhost:8080" || c.Listen != "127.0.0.1:8080" {
		t.Errorf("got %+v", c)
	}
}

func TestConfigRefusals(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ensemble.conf")
	if err := os.WriteFile(file, []byte("ENSEMBLE_DOMAIN=a.example\nENSEMBLE_DOMIAN=a.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		env  map[string]string
		says string
	}{
		{"a domain is no address", map[string]string{"ENSEMBLE_DOMAIN": "https://a.example"}, "without https://"},
		{"a domain is in lower case", map[string]string{"ENSEMBLE_DOMAIN": "A.example"}, "lower case"},
		{"a server without a domain stays at home", map[string]string{"ENSEMBLE_LISTEN": "0.0.0.0:8080"}, "for this machine alone"},
		{"an origin is for demos", map[string]string{"ENSEMBLE_DOMAIN": "a.example", "ENSEMBLE_ORIGIN": "http://a.example"}, "--loose"},
		{"pages of no domain", map[string]string{"ENSEMBLE_WEB_DOMAIN": "a.example"}, "ENSEMBLE_DOMAIN is missing"},
		{"a proxy is an address", map[string]string{"ENSEMBLE_TRUSTED_PROXIES": "all"}, "neither"},
		{"a log has levels", map[string]string{"ENSEMBLE_LOG": "loud"}, "loud"},
		{"a limit is a number", map[string]string{"ENSEMBLE_RATE_LIMIT": "many"}, "many"},
		{"a limit that there is not", map[string]string{"ENSEMBLE_LIMITS": "wishes=3"}, "wishes"},
		{"a limit out of bounds", map[string]string{"ENSEMBLE_LIMITS": "nesting=1000"}, "at most 32"},
		{"a misspelled line of the file", map[string]string{"ENSEMBLE_CONFIG": file}, "line 2"},
		{"a file that is not there", map[string]string{"ENSEMBLE_CONFIG": file + "0"}, "cannot be read"},
	} {
		_, err := readConfig(func(name string) string { return c.env[name] }, false)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want %q in it", c.name, err, c.says)
		}
	}
}

func TestOneDashIsAsGoodAsTwo(t *testing.T) {
	t.Parallel()
	got := oldStyle([]string{"demo", "-once", "--data", "-x", "-", "-1", "-h"})
	if want := []string{"demo", "--once", "--data", "-x", "-", "-1", "-h"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
