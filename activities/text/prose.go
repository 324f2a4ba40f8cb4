package text

import (
	"html"
	"regexp"
	"strings"
)

// maxProse is how much of a text Prose reads, in bytes.
const maxProse = 200_000

var (
	heading  = regexp.MustCompile(`^(#{1,3})[ \t]+(.+?)[ \t#]*$`)
	bullet   = regexp.MustCompile(`^[-*][ \t]+(.+)$`)
	numbered = regexp.MustCompile(`^[0-9]{1,3}[.)][ \t]+(.+)$`)
	inline   = regexp.MustCompile(`\*\*([^*\n]+)\*\*|\[\[[^\[\]\n]+\]\]|\[([^\[\]\n]+)\]\(((?:https?://|mailto:|/)[^\s()<>"]*)\)|https?://[^\s<>"()]*[^\s<>"().,;:!?'’»]`)
)

// Prose turns a text that is written at length into HTML: paragraphs, headings (# to
// ###, which become h2 to h4, for a page has its own h1), lists (- or 1.), **strong**
// words, [links](https://…), and blanks ([[…]]), which are marked. It is a small part of
// CommonMark; everything else is text, HTML as well.
func Prose(source string) string {
	p := prose{}
	for line := range strings.SplitSeq(tidySource(cut(source, maxProse)), "\n") {
		p.line(strings.TrimSpace(line))
	}
	p.end()
	return p.out.String()
}

type prose struct {
	out  strings.Builder
	list string   // ul or ol, "" outside
	text []string // lines of a paragraph, or of an item
}

func (p *prose) line(s string) {
	if m := heading.FindStringSubmatch(s); m != nil {
		p.end()
		level := string(rune('1' + len(m[1])))
		p.out.WriteString("<h" + level + ">" + marked(m[2]) + "</h" + level + ">\n")
		return
	}
	for list, shape := range map[string]*regexp.Regexp{"ul": bullet, "ol": numbered} {
		if m := shape.FindStringSubmatch(s); m != nil {
			p.item(list, m[1])
			return
		}
	}
	if s == "" {
		p.end()
		return
	}
	p.text = append(p.text, s)
}

func (p *prose) item(list, s string) {
	if p.list == list {
		p.flush()
	} else {
		p.end()
		p.list = list
		p.out.WriteString("<" + list + ">\n")
	}
	p.text = []string{s}
}

// flush writes the paragraph or the item that was gathered.
func (p *prose) flush() {
	tag := "p"
	if p.list != "" {
		tag = "li"
	}
	if len(p.text) > 0 {
		p.out.WriteString("<" + tag + ">" + marked(strings.Join(p.text, "\n")) + "</" + tag + ">\n")
	}
	p.text = nil
}

func (p *prose) end() {
	p.flush()
	if p.list != "" {
		p.out.WriteString("</" + p.list + ">\n")
	}
	p.list = ""
}

// marked writes what stands within a paragraph.
func marked(s string) string {
	var b strings.Builder
	at := 0
	for _, m := range inline.FindAllStringSubmatchIndex(s, -1) {
		b.WriteString(html.EscapeString(s[at:m[0]]))
		whole := s[m[0]:m[1]]
		at = m[1]
		switch {
		case m[2] >= 0:
			b.WriteString("<strong>" + html.EscapeString(s[m[2]:m[3]]) + "</strong>")
		case m[4] >= 0:
			b.WriteString(anchor(s[m[6]:m[7]], s[m[4]:m[5]]))
		case strings.HasPrefix(whole, "[["):
			b.WriteString("<mark>" + html.EscapeString(whole) + "</mark>")
		default:
			b.WriteString(anchor(whole, whole))
		}
	}
	b.WriteString(html.EscapeString(s[at:]))
	return strings.ReplaceAll(b.String(), "\n", "<br>")
}

func anchor(to, words string) string {
	return `<a href="` + html.EscapeString(to) + `" rel="nofollow noopener">` + html.EscapeString(words) + "</a>"
}
