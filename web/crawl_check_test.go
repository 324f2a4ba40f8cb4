package web_test

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"
)

// TestEveryScreen looks at every page of the table of routes in English and in French,
// over a server on which everything happened: each is whole, in one language, and leads
// nowhere that is not there. A new page needs an example in crawl_table_test.go.
func TestEveryScreen(t *testing.T) {
	t.Parallel()
	l := newLively(t)
	l.everyRouteHasAnExample()
	said := map[string]map[string]bool{} // texts of the English page, by who and path
	c := &crawl{lively: l, followed: map[string]int{}}
	for _, lang := range []string{"en", "fr"} {
		l.speak(lang)
		for _, e := range l.visits() {
			texts := c.look(e.who, e.path, lang)
			if lang == "en" {
				said[e.who+e.path] = texts
				continue
			}
			for text := range texts {
				if said[e.who+e.path][text] && !sameInBoth(text) {
					c.bad(e.path, "says in French what it says in English: %q", text)
				}
			}
		}
	}
	t.Logf("%d screens, %d links", c.seen, len(c.followed))
}

func (l *lively) everyRouteHasAnExample() {
	l.Helper()
	known := map[string]bool{}
	for _, r := range l.table {
		if r.Page && r.Method == "GET" {
			known[r.Path] = true
			if examples[r.Path] == nil && !notShown[r.Path] {
				l.Errorf("GET %s has no example in crawl_table_test.go", r.Path)
			}
		}
	}
	for path := range examples {
		if !known[path] {
			l.Errorf("there is no page %s any more: it has an example", path)
		}
	}
}

// visits are all examples, each for one who looks.
func (l *lively) visits() (out []example) {
	for _, of := range examples {
		for _, e := range of {
			for _, who := range strings.Fields(e.who) {
				out = append(out, example{who, l.filled(e.path)})
			}
		}
	}
	slices.SortFunc(out, func(a, b example) int { return strings.Compare(a.path+a.who, b.path+b.who) })
	return out
}

// A crawl remembers what was seen.
type crawl struct {
	*lively
	who, lang    string
	followed     map[string]int // status by who and link
	seen, failed int
	told         map[string]bool
}

// bad is Errorf, once for each thing, and until it is enough.
func (c *crawl) bad(path, format string, args ...any) {
	c.Helper()
	what := fmt.Sprintf(format, args...)
	if c.told == nil {
		c.told = map[string]bool{}
	}
	if c.told[what] {
		return
	}
	c.told[what] = true
	if c.failed++; c.failed < 120 {
		c.Errorf("%s for %s in %s %s", path, c.who, c.lang, what)
	}
}

func (c *crawl) get(path string) *httptest.ResponseRecorder {
	return c.ask("GET", path, "Cookie", c.cookies[c.who], "Accept", "text/html", "Accept-Language", c.lang)
}

// look judges one screen, and returns the texts on it.
func (c *crawl) look(who, path, lang string) map[string]bool {
	c.Helper()
	c.who, c.lang = who, lang
	path, leads := strings.CutSuffix(path, " →")
	path, file := strings.CutSuffix(path, " ⇩")
	path, other, _ := strings.Cut(path, " =")
	w := c.get(path)
	switch {
	case leads && (w.Code < 300 || w.Code > 399), !leads && w.Code != 200 && other != strconv.Itoa(w.Code):
		c.bad(path, "answers %d %.300s", w.Code, w.Body)
		return nil
	case leads, file:
		return nil
	}
	c.seen++
	doc, err := html.Parse(strings.NewReader(w.Body.String()))
	if err != nil {
		c.bad(path, "does not parse: %v", err)
		return nil
	}
	s := &screen{crawl: c, path: path, labels: map[string]bool{}, ids: map[string]bool{}, texts: map[string]bool{}, h1: 0, weight: w.Body.Len()}
	s.first(doc)
	s.walk(doc, false)
	s.whole()
	return s.texts
}

// A screen is a page that is judged.
type screen struct {
	*crawl
	path        string
	labels, ids map[string]bool
	refs        []string // to IDs
	texts       map[string]bool
	title       string
	theirs      bool // what is walked over is not ours to say
	h1, weight  int
}

func (s *screen) bad(format string, args ...any) { s.Helper(); s.crawl.bad(s.path, format, args...) }

var (
	keyOfWords = regexp.MustCompile(`\[[a-z_]+(\.[\w.-]*)+\]`)
	formatting = regexp.MustCompile(`%!|%[sd]`)
)

// first notes which fields have labels, and what IDs there are.
func (s *screen) first(n *html.Node) {
	if n.Type == html.ElementNode {
		if id := attr(n, "id"); id != "" {
			if s.ids[id] {
				s.bad("has two elements with the ID %q", id)
			}
			s.ids[id] = true
		}
		if n.Data == "label" {
			s.labels[attr(n, "for")] = true
		}
		for _, name := range []string{"for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form"} {
			if n.Data != "form" || name != "form" {
				s.refs = append(s.refs, strings.Fields(attr(n, name))...)
			}
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		s.first(c)
	}
}

// walk judges each element; within a label, fields need none. Words of people's own, and
// what says that it is in another language, are theirs.
func (s *screen) walk(n *html.Node, labelled bool) {
	switch n.Type {
	case html.TextNode:
		if n.Parent == nil || n.Parent.Data != "title" {
			s.says(n.Data)
		}
	case html.ElementNode:
		if theirs(n) {
			defer func(was bool) { s.theirs = was }(s.theirs)
			s.theirs = true
		}
		s.element(n, labelled)
		labelled = labelled || n.Data == "label"
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		s.walk(c, labelled)
	}
}

// theirs reports whether what is in an element is not ours to say.
func theirs(n *html.Node) bool {
	switch n.Data {
	case "code", "pre", "time":
		return true
	case "option": // languages are called what they call themselves
		return strings.HasPrefix(attr(n.Parent, "name"), "language")
	case "html":
		return false
	}
	return attr(n, "lang") != "" || slices.Contains(strings.Fields(attr(n, "class")), "content")
}

func (s *screen) element(n *html.Node, labelled bool) {
	for _, a := range n.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			s.bad("has an inline %s=%q", a.Key, a.Val)
		}
	}
	switch n.Data {
	case "html":
		if attr(n, "lang") != s.lang {
			s.bad("is in the language %q", attr(n, "lang"))
		}
	case "title":
		s.title = strings.TrimSpace(inner(n))
	case "h1":
		s.h1++
	case "style":
		s.bad("has inline styles")
	case "script":
		if attr(n, "src") == "" {
			s.bad("has an inline script")
		}
		s.loads(n, "src")
	case "link":
		if rel := attr(n, "rel"); rel == "stylesheet" || rel == "icon" {
			s.loads(n, "href")
		}
	case "img", "video", "audio", "source", "iframe", "embed", "object":
		s.loads(n, "src")
		s.loads(n, "poster")
		if !has(n, "alt") && n.Data == "img" {
			s.bad("has a picture without alt: %s", attr(n, "src"))
		}
	case "input", "select", "textarea":
		s.field(n, labelled)
	case "a":
		s.follows(attr(n, "href"))
		if calledIn(n) == "" {
			s.bad("has a link without words to %s", attr(n, "href"))
		}
	case "button":
		if calledIn(n) == "" {
			s.bad("has a button without words: %s", attr(n.Parent, "action"))
		}
	}
	for _, name := range []string{"alt", "title", "placeholder", "aria-label"} {
		s.says(attr(n, name))
	}
}

func (s *screen) field(n *html.Node, labelled bool) {
	kind := attr(n, "type")
	switch kind {
	case "hidden":
		return
	case "submit", "button":
		s.says(attr(n, "value"))
		return
	}
	if !labelled && !s.labels[attr(n, "id")] && attr(n, "aria-label") == "" && attr(n, "aria-labelledby") == "" || attr(n, "id") == "" && !labelled && attr(n, "aria-label") == "" && attr(n, "aria-labelledby") == "" {
		s.bad("has a field without a label: %s %s", n.Data, attr(n, "name"))
	}
}

// loads checks that what the page shows at once is from here, and weighs styles and
// scripts.
func (s *screen) loads(n *html.Node, name string) {
	at := attr(n, name)
	if at == "" {
		return
	}
	u, err := url.Parse(at)
	switch {
	case err != nil, u.Host != "" && u.Host != here.Domain:
		s.bad("loads %s from elsewhere", at)
	case n.Data == "script" || n.Data == "link":
		s.weight += s.size(u.RequestURI())
	}
}

func (c *crawl) size(path string) int { return c.get(path).Body.Len() }

// follows checks that a link of ours leads somewhere.
func (s *screen) follows(href string) {
	u, err := url.Parse(href)
	if err != nil || href == "" {
		s.bad("has a link to %q", href)
		return
	}
	if u.Scheme != "" && u.Scheme != "https" || u.Host != "" && u.Host != here.Domain || u.Path == "" {
		if u.Path == "" && u.Host == "" && u.Fragment != "" {
			s.refs = append(s.refs, u.Fragment)
		}
		return
	}
	u.Host, u.Scheme, u.Fragment = "", "", ""
	if strings.HasPrefix(u.Path, "/media/") || strings.HasPrefix(u.Path, "/collaborations/") || strings.HasPrefix(u.Path, "/users/") {
		return // files that nobody uploaded, and documents of peers
	}
	at := s.who + " " + u.String()
	if _, known := s.followed[at]; !known && len(s.followed) < 2500 {
		s.followed[at] = s.get(u.String()).Code
		if s.followed[at] >= 400 {
			s.bad("leads to %s, which answers %d", u, s.followed[at])
		}
	}
}

// says notes a text, which may hold no key in place of words.
func (s *screen) says(text string) {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return
	}
	if keyOfWords.MatchString(text) || formatting.MatchString(text) {
		s.bad("says %q", text)
	}
	if !s.theirs {
		s.texts[text] = true
	}
}

// whole judges what can be said of the screen as a whole.
func (s *screen) whole() {
	if s.title == "" || strings.HasPrefix(s.title, "·") || keyOfWords.MatchString(s.title) {
		s.bad("has the title %q", s.title)
	}
	if s.h1 != 1 {
		s.bad("has %d h1", s.h1)
	}
	if s.weight > 150_000 {
		s.bad("weighs %d bytes", s.weight)
	}
	for _, id := range s.refs {
		if !s.ids[id] {
			s.bad("speaks of an element %q, which is not there", id)
		}
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// inner is the text within an element.
func inner(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(inner(c))
	}
	return b.String()
}

// calledIn is what a link or a button is called.
func calledIn(n *html.Node) string {
	name := attr(n, "aria-label") + strings.TrimSpace(inner(n))
	for c := range n.Descendants() {
		name += attr(c, "alt")
	}
	return name
}

// sameInBoth reports whether a text may be the same in both languages: what somebody
// made up for this test, addresses, numbers, and the few words that are.
func sameInBoth(text string) bool {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !strings.ContainsRune("@./-:_’'#", r) && !unicode.IsDigit(r)
	}) {
		word = strings.Trim(word, "./-:_’'")
		letters := strings.IndexFunc(word, unicode.IsLetter) >= 0
		if letters && len(word) > 1 && !strings.Contains(strings.ToLower(word), "qz") && !strings.ContainsAny(word, "@/#") && !strings.Contains(word, ".") && !slices.Contains(alike, word) {
			return false
		}
	}
	return true
}
