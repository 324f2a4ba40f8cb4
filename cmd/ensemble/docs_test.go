package main

import (
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// docs/ADMIN.md names every command, and README leads to it.
func TestDocsNameEveryCommand(t *testing.T) {
	raw, err := os.ReadFile("../../docs/ADMIN.md")
	if err != nil {
		t.Fatal(err)
	}
	p, err := kong.New(&commands{})
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range p.Model.Leaves(true) {
		parent, last, _ := strings.Cut(leaf.Path(), " ")
		if !named(string(raw), parent, last) {
			t.Errorf("docs/ADMIN.md does not name %q", leaf.Path())
		}
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil || !strings.Contains(string(readme), "(docs/ADMIN.md)") {
		t.Errorf("README does not link docs/ADMIN.md: %v", err)
	}
}

// named reports whether a row of the tables has the command: the first word of a
// group's row is the whole of it, and the others follow it alone.
func named(doc, parent, last string) bool {
	for line := range strings.Lines(doc) {
		cell, _, _ := strings.Cut(strings.TrimPrefix(line, "| `ensemble "), " |")
		if !strings.HasPrefix(line, "| `ensemble "+parent) {
			continue
		}
		words := strings.FieldsFunc(strings.TrimPrefix(cell, parent), func(r rune) bool { return strings.ContainsRune("`, ", r) })
		if last == "" && len(words) == 0 {
			return true
		}
		for _, w := range words {
			if w == last {
				return true
			}
		}
	}
	return false
}
