package text

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var passing = append([]string{"br", "span", "a", "del", "s", "code", "b", "strong", "u", "i", "em",
	"ruby", "rt", "rp"}, blocks...)

// mustBeSafe reads s as a browser does and fails if anything is there that
// Sanitize must not let pass, or that the browser put elsewhere than was written.
func mustBeSafe(t *testing.T, s string) {
	t.Helper()
	mustBeBalanced(t, s)
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(s), body)
	if err != nil {
		t.Fatalf("it cannot be parsed: %v", err)
	}
	var read strings.Builder
	for _, n := range nodes {
		for d := range n.Descendants() {
			checkNode(t, d)
		}
		checkNode(t, n)
		if err := html.Render(&read, n); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := tags(read.String()), tags(s); !slices.Equal(got, want) {
		t.Errorf("a browser reads %s\nof what was written %s", read.String(), s)
	}
}

func checkNode(t *testing.T, n *html.Node) {
	t.Helper()
	if n.Type == html.TextNode {
		return
	}
	if n.Type != html.ElementNode || n.Namespace != "" || !slices.Contains(passing, n.Data) {
		t.Errorf("there is a %q", n.Data)
	}
	for _, a := range n.Attr {
		if !slices.Contains([]string{"href", "class", "rel", "target", "start", "reversed", "value"}, a.Key) {
			t.Errorf("there is a %s on a %s", a.Key, n.Data)
		}
		if scheme, _, _ := strings.Cut(strings.ToLower(a.Val), ":"); a.Key == "href" &&
			(strings.TrimSpace(scheme) == "javascript" || scheme == "data") {
			t.Errorf("there is a link to %q", a.Val)
		}
	}
}

// tags returns the names of the tags of s, in order.
func tags(s string) []string {
	var names []string
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return names
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			names = append(names, string(name))
		case html.EndTagToken:
			name, _ := z.TagName()
			names = append(names, "/"+string(name))
		}
	}
}

func mustBeBalanced(t *testing.T, s string) {
	t.Helper()
	var open []string
	for _, name := range tags(s) {
		switch {
		case name == "br":
		case name[0] != '/':
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name[1:]:
			t.Fatalf("<%s> closes nothing in %s", name, s)
		default:
			open = open[:len(open)-1]
		}
		if len(open) > maxDepth {
			t.Fatalf("%d elements deep", len(open))
		}
	}
	if len(open) > 0 {
		t.Fatalf("%v are not closed in %s", open, s)
	}
}

func FuzzSanitize(f *testing.F) {
	for _, seed := range []string{"", "<p>a<b>b</p>", `<a href="https://x.example/">x</a>`, withBob, longLink,
		"<scr<script>ipt>", `<svg/onload=alert(1)>`, "<ul><b><li><blockquote><li><a href=gemini:x><p><a href=//y>",
		"<ruby><rt><p><rt><rp>", "<math><annotation-xml encoding=text/html><p>", "<h1><div><pre>\n\n<tr>&#13;&#0;",
		`<ol start=-1 reversed><li value=2></ol>`, "<textarea><plaintext>", "\xff<p\x00>&#x110000;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Sanitize(s)
		if strings.Contains(strings.ToLower(got), "<script") || !utf8.ValidString(got) || len(got) > maxBytes {
			t.Fatalf("got %q", got)
		}
		mustBeSafe(t, got)
		if again := Sanitize(got); again != got {
			t.Errorf("twice:\n got %q\nwant %q", again, got)
		}
		if body, byline := SplitByline(got); body+byline != got {
			t.Errorf("%q and %q are not %q", body, byline, got)
		}
		if n := utf8.RuneCountInString(Excerpt(s, 20)); n > 20 {
			t.Errorf("an excerpt of %d letters", n)
		}
	})
}

func FuzzRender(f *testing.F) {
	for _, seed := range []string{"", typed, "@bob@a.example #tag\n\nhttps://x.example/(a)", "https://bücher.example:80/?ä#ö%41",
		"http://localhost", "#a·b ＃c\u200cd", ".@bob@carol@b.example", "https://x.example/\u202e\xff", "\r\n\u2028a\u2029b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 2000 { // longer ones may be cut by Sanitize
			return
		}
		got := Render(s, here, known)
		mustBeSafe(t, got.HTML)
		clean, want := relOrTarget.ReplaceAllString(Sanitize(got.HTML), ""), relOrTarget.ReplaceAllString(got.HTML, "")
		if clean != want {
			t.Errorf("sanitised:\n got %q\nwant %q", clean, want)
		}
		found := FindMentions(s)
		for _, m := range got.Mentions {
			if !slices.ContainsFunc(found, func(acct string) bool { a, ok := known(acct); return ok && a.URI == m.URI }) {
				t.Errorf("%v is mentioned, and found only %q", m, found)
			}
		}
	})
}
