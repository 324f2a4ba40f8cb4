package models

import (
	"strings"
	"testing"
)

func TestShortcodes(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"one", "Hello :blob:", "blob"},
		{"two in a row", ":a::b:", "a b"},
		{"twice", ":a: :a:", "a"},
		{"a time of day", "at 10:30:45", "30"},
		{"in HTML", "<p>:blob_cat:</p>", "blob_cat"},
		{"HTML is none", ":<b>x</b>:", ""},
		{"spaces are none", ": a :", ""},
		{"an empty one", "::", ""},
		{"an open one", ":a", ""},
		{"too long", ":" + strings.Repeat("a", 65) + ":", ""},
		{"an address", "https://a.example/x", ""},
	} {
		if got := strings.Join(Shortcodes(c.text), " "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	if n := len(Shortcodes(strings.Repeat(":", 1<<20))); n != 0 {
		t.Errorf("a million colons are %d shortcodes", n)
	}
}

func TestElsewhere(t *testing.T) {
	for at, want := range map[IRI]bool{
		"https://files.a.example/1.png": true, "https://127.0.0.1/1.png": false, "http://[::1]/1.png": false,
		"http://localhost/1.png": false, "https://10.0.0.7:8080/1.png": false, "http://printer.local/x": false, "": false,
		"https://a.localhost/1.png": false, "file:///etc/passwd": false,
	} {
		if Elsewhere(at) != want {
			t.Errorf("%s: got %v", at, !want)
		}
	}
}
