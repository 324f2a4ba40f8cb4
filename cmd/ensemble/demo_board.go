package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// A board shows how far the demo is: a line for each step that is done and, on a
// terminal, a bar below them for the one that runs.
type board struct {
	out      io.Writer
	terminal bool
	total    int
	done     int
	failed   int
	began    time.Time
}

func newBoard(out io.Writer, total int) *board {
	b := &board{out: out, total: total, began: time.Now()}
	if f, ok := out.(*os.File); ok {
		info, err := f.Stat()
		b.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
	}
	return b
}

const barWidth = 24

// begin shows that a step runs.
func (b *board) begin(text string) {
	if !b.terminal {
		return
	}
	full := barWidth * b.done / b.total
	b.print("\r\x1b[K%s%s %2d/%d  %s…", strings.Repeat("█", full), strings.Repeat("░", barWidth-full), b.done+1, b.total, cut(text, 46))
}

// end shows how a step went. where is the address at which it can be seen.
func (b *board) end(text, where string, more []string, err error) {
	b.done++
	mark := "✓"
	if err != nil {
		b.failed++
		mark = "✗"
	}
	if b.terminal {
		b.print("\r\x1b[K")
	}
	b.print("[%2d/%d] %s %s\n", b.done, b.total, mark, text)
	if where != "" {
		b.print("            %s\n", where)
	}
	for _, line := range more {
		b.print("          │ %s\n", line)
	}
	if err != nil {
		b.print("          expected otherwise: %s\n", sentence(err))
	}
}

// close shows the sum.
func (b *board) close() {
	took := time.Since(b.began).Round(100 * time.Millisecond)
	switch {
	case b.failed == 0 && b.done == b.total:
		b.print("\nAll %d steps went as they should, in %s.\n", b.total, took)
	case b.failed == 0:
		b.print("\nStopped after %d of %d steps, in %s.\n", b.done, b.total, took)
	default:
		b.print("\n%d of %d steps did not go as they should, and %d were not tried, in %s.\n", b.failed, b.total, b.total-b.done, took)
	}
}

func (b *board) print(format string, args ...any) {
	fmt.Fprintf(b.out, format, args...) // whoever closed the pipe does not want it
}

// cut shortens a text to a line.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1])
	}
	return s
}
