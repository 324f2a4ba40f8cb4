package text

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// maxDepth bounds how deep elements may nest; deeper ones go, and their words
// stay.
const maxDepth = 32

var (
	// headings become paragraphs in bold: a post has no place in a page's outline.
	headings = []string{"h1", "h2", "h3", "h4", "h5", "h6"}
	// containers become paragraphs, so that their words do not run together.
	containers = []string{"div", "section", "article", "figure", "figcaption", "dt", "dd", "tr"}
	lists      = []string{"ul", "ol"}
	ruby       = []string{"ruby"}
	blocks     = []string{"p", "pre", "blockquote", "ul", "ol", "li"}
)

// A tidier writes elements that the policy let pass so that they nest as HTML
// wants them to, and a browser reads exactly what is written. It reads tokens
// and keeps a stack, rather than a tree, for its work to grow no faster than its
// input.
type tidier struct {
	out  []byte
	open []string
	due  int  // bytes that the end tags of open will take
	full bool // nothing more fits
}

func tidy(safe string) string {
	var t tidier
	z := html.NewTokenizer(strings.NewReader(safe))
	for !t.full {
		switch z.Next() {
		case html.ErrorToken: // the end, for a reader of a string fails in no other way
			t.closeTo(0)
			return string(t.out)
		case html.TextToken:
			t.text(z.Token().Data)
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			t.start(token.Data, token.Attr)
		case html.EndTagToken:
			name, _ := z.TagName()
			t.end(string(name))
		}
	}
	t.closeTo(0)
	return string(t.out)
}

func (t *tidier) text(s string) {
	s = inText.Replace(legible(s))
	if room := maxBytes - len(t.out) - t.due; len(s) > room {
		t.full = true
		s = cutText(s, room)
	}
	t.out = append(t.out, s...)
}

// cutText cuts escaped text, and leaves no half of an entity.
func cutText(s string, max int) string {
	s = cut(s, max)
	if amp := strings.LastIndexByte(s, '&'); amp >= 0 && !strings.Contains(s[amp:], ";") {
		return s[:amp]
	}
	return s
}

// start opens an element, after closing what it may not be in. One that is out
// of place is not opened.
func (t *tidier) start(name string, attrs []html.Attribute) {
	switch {
	case slices.Contains(headings, name):
		t.start("p", nil)
		t.start("strong", nil)
		return
	case slices.Contains(containers, name):
		t.start("p", nil)
		return
	case name == "br":
		t.write("<br>", 0)
		return
	case name == "li":
		if !t.upTo(lists, "blockquote") {
			return
		}
	case name == "rt" || name == "rp":
		if !t.upTo(ruby, blocks...) {
			return
		}
	case name == "a":
		t.closeNearest("a")
	case slices.Contains(blocks, name):
		t.closeNearest("p")
		t.closeNearest("pre")
	}
	t.push(name, attrs)
}

func (t *tidier) push(name string, attrs []html.Attribute) {
	tag := openTag(name, attrs)
	if tag == "" || len(t.open) == maxDepth {
		return
	}
	if t.write(tag, endTagLen(name)) {
		t.open = append(t.open, name)
		t.due += endTagLen(name)
	}
}

// write adds a tag if it fits, and leaves room for what it will need after.
func (t *tidier) write(tag string, after int) bool {
	if len(t.out)+len(tag)+t.due+after > maxBytes {
		t.full = true
		return false
	}
	t.out = append(t.out, tag...)
	return true
}

func endTagLen(name string) int { return len("</>") + len(name) }

// end closes the nearest element of that name and all within it; without one,
// the tag means nothing.
func (t *tidier) end(name string) {
	if slices.Contains(headings, name) || slices.Contains(containers, name) {
		name = "p"
	}
	t.closeNearest(name)
}

// upTo closes what is within the nearest of parents, and reports false if there
// is none before a barrier.
func (t *tidier) upTo(parents []string, barriers ...string) bool {
	i := t.nearest(parents...)
	if i < 0 || i < t.nearest(barriers...) {
		return false
	}
	t.closeTo(i + 1)
	return true
}

func (t *tidier) closeNearest(name string) {
	if i := t.nearest(name); i >= 0 {
		t.closeTo(i)
	}
}

func (t *tidier) nearest(names ...string) int {
	for i, name := range slices.Backward(t.open) {
		if slices.Contains(names, name) {
			return i
		}
	}
	return -1
}

// closeTo closes elements until depth are open. A paragraph that holds nothing
// was never there.
func (t *tidier) closeTo(depth int) {
	for i, name := range slices.Backward(t.open[depth:]) {
		t.open = t.open[:depth+i]
		t.due -= endTagLen(name)
		if before, empty := bytes.CutSuffix(t.out, []byte("<p>")); empty && name == "p" {
			t.out = before
			continue
		}
		t.out = append(t.out, "</"+name+">"...)
	}
}
