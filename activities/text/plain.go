package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// Plain returns the words of html, for search and for mail: entities are
// decoded, line breaks and paragraphs are kept, and a link that Mastodon
// shortens for the eye is whole. Words that are invisible and in no link are
// left out.
func Plain(html string) string { return words(html, false) }

// Excerpt returns the beginning of html on one line of at most so many letters,
// for notifications, titles and link previews. Links are as short as they are
// shown, and "…" says that there is more.
func Excerpt(html string, runes int) string {
	line := Line(words(html, true), maxBytes)
	if utf8.RuneCountInString(line) <= runes {
		return line
	}
	if runes < 1 {
		return ""
	}
	short := firstRunes(line, runes-1)
	next, _ := utf8.DecodeRuneInString(line[len(short):])
	if space := strings.LastIndexByte(short, ' '); next != ' ' && space > len(short)/2 {
		short = short[:space]
	}
	return strings.TrimRight(short, " \u200d") + "…"
}

// Line returns s as one line of plain text of at most max letters, fit for a
// name, a title or a content warning: white space is a single space, and what
// controls the display is gone, with the characters that turn the direction of
// writing or that nobody can see. s is no HTML; see Plain for that.
func Line(s string, max int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), bidi(r), unseen(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	return strings.TrimRight(firstRunes(s, max), " ")
}

// unseen reports whether r has no shape and no use in a name. The joiners have:
// Persian and emoji are written with them.
func unseen(r rune) bool {
	return r == '\u200b' || r == '\ufeff' || r == '\u180e' ||
		'\u2060' <= r && r <= '\u2064' || '\ufff9' <= r && r <= '\ufffb'
}

// Lines is Line of each line of s, of which there are no two empty ones together.
func Lines(s string, max int) string {
	var out []string
	for _, l := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		if l = Line(l, max); l != "" || len(out) > 0 && out[len(out)-1] != "" {
			out = append(out, l)
		}
	}
	return strings.TrimSpace(firstRunes(strings.Join(out, "\n"), max))
}

func firstRunes(s string, max int) string {
	for i := range s {
		if max <= 0 {
			return s[:i]
		}
		max--
	}
	return s
}

// A reader gathers the words of HTML. The depths count from the element that
// began the state, and are 0 outside of one.
type reader struct {
	out     []byte
	brief   bool // links as they are seen
	inLink  bool
	pre     bool // line ends are the author's
	hidden  int  // depth of spans within an invisible one
	dots    int  // depth of spans within an ellipsis
	newline int  // line ends that the next word waits for
	silent  string
}

// silent elements hold what is no word for a reader.
var silent = []string{"script", "style", "template", "noscript", "iframe", "noembed", "noframes",
	"object", "head"}

func words(s string, brief bool) string {
	r := reader{brief: brief}
	z := html.NewTokenizer(strings.NewReader(cut(s, maxBytes)))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.TrimSpace(string(r.out))
		case html.TextToken:
			r.text(z.Token().Data)
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			r.start(token.Data, token.Attr)
		case html.EndTagToken:
			name, _ := z.TagName()
			r.end(string(name))
		}
	}
}

func (r *reader) text(s string) {
	if r.silent != "" || r.hidden > 0 && (r.brief || !r.inLink) {
		return
	}
	s = legible(s)
	if !r.pre {
		s = strings.ReplaceAll(s, "\n", " ")
	}
	if s == "" || r.newline > 0 && strings.TrimSpace(s) == "" {
		return
	}
	if len(r.out) > 0 {
		r.out = append(r.out, "\n\n"[:min(r.newline, 2)]...)
	}
	r.newline = 0
	r.out = append(r.out, s...)
}

func (r *reader) start(name string, attrs []html.Attribute) {
	switch {
	case r.silent != "":
	case name == "span":
		val, _ := attr(attrs, "class")
		names := strings.Fields(val)
		r.hidden = deeper(r.hidden, slices.Contains(names, "invisible"))
		r.dots = deeper(r.dots, slices.Contains(names, "ellipsis"))
	case name == "a":
		r.inLink = true
	case name == "br":
		r.newline++
	case name == "li":
		r.newline = max(r.newline, 1)
	case slices.Contains(silent, name):
		r.silent = name
	default:
		r.pre = r.pre || name == "pre"
		r.edge(name)
	}
}

func deeper(depth int, begins bool) int {
	if depth > 0 || begins {
		return depth + 1
	}
	return 0
}

func (r *reader) end(name string) {
	switch {
	case r.silent != "":
		if name == r.silent {
			r.silent = ""
		}
	case name == "span":
		r.hidden = max(r.hidden-1, 0)
		if r.dots == 1 && r.brief && r.inLink {
			r.text("…")
		}
		r.dots = max(r.dots-1, 0)
	case name == "a":
		r.inLink = false
	default:
		r.pre = r.pre && name != "pre"
		r.edge(name)
	}
}

// edge parts the words before a block from those after.
func (r *reader) edge(name string) {
	if name != "li" && (slices.Contains(blocks, name) || slices.Contains(headings, name) ||
		slices.Contains(containers, name)) {
		r.newline = max(r.newline, 2)
	}
}
