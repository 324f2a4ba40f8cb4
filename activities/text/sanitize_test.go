package text

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

const asLink = ` rel="nofollow noopener noreferrer" target="_blank"`

func TestSanitize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"words pass", "hello", "hello"},
		{"a paragraph passes", "<p>a<br>b</p>", "<p>a<br>b</p>"},
		{"XML's breaks are breaks", "a<br/>b<br />c", "a<br>b<br>c"},
		{"emphasis passes", "<del>a</del><b>b</b><strong>c</strong><u>d</u><i>e</i><em>f</em><code>g</code><s>h</s>",
			"<del>a</del><b>b</b><strong>c</strong><u>d</u><i>e</i><em>f</em><code>g</code><s>h</s>"},
		{"a quotation and code pass", "<blockquote><p>a</p></blockquote><pre><code>b\n  c</code></pre>",
			"<blockquote><p>a</p></blockquote><pre><code>b\n  c</code></pre>"},
		{"lists pass with their numbers", `<ol start="3" reversed><li value="7">a</li></ol><ul><li>b</li></ul>`,
			`<ol start="3" reversed=""><li value="7">a</li></ol><ul><li>b</li></ul>`},
		{"ruby passes", "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>"},
		{"entities are spelled one way", "&quot;&#39;&amp;&nbsp;&lt;b&gt;", "\"'&amp;\u00a0&lt;b&gt;"},

		{"a link is made harmless", `<a href="https://x.example/" rel="me opener" target="_top" title="t">x</a>`,
			`<a href="https://x.example/"` + asLink + `>x</a>`},
		{"a mention keeps its classes", `<span class="h-card"><a href="https://x.example/@b" class="u-url mention">@<span>b</span></a></span>`,
			`<span class="h-card"><a href="https://x.example/@b" class="u-url mention"` + asLink + `>@<span>b</span></a></span>`},
		{"classes of ours and of frameworks go", `<span class="h-full invisible p-4 modal h-card">a</span><p class="P-x fixed">b</p>`,
			`<span class="invisible h-card">a</span><p>b</p>`},
		{"the byline keeps its class", `<p class="p-collab-byline">With b</p>`, `<p class="p-collab-byline">With b</p>`},
		{"other schemes of the web pass", `<a href="gemini://x.example/">x</a><a href="magnet:?xt=1">y</a>`,
			`<a href="gemini://x.example/"` + asLink + `>x</a><a href="magnet:?xt=1"` + asLink + `>y</a>`},
		{"a link within this page goes", `<a href="/x">a</a><a href="#y">b</a><a href="">c</a><a>d</a>`, "abcd"},
		{"an international host is spelled in ASCII", `<a href="https://bücher.example/">x</a>`,
			`<a href="https://xn--bcher-kva.example/"` + asLink + `>x</a>`},

		{"a heading is a paragraph in bold", "<h1>a</h1>b<h6 class=x>c</h6>", "<p><strong>a</strong></p>b<p><strong>c</strong></p>"},
		{"containers are paragraphs", "<div>a</div><div><p>b</p></div>", "<p>a</p><p>b</p>"},
		{"unknown elements leave their words", "<font color=red>a</font><table><tr><td>b</td></tr></table>", "a<p>b</p>"},
		{"pictures go", `a<img src="https://x.example/a.png" alt="b">c`, "ac"},
		{"comments go", "a<!-- b --><!--[if IE]>c<![endif]-->d", "ad"},

		{"what is open is closed", "<p><b>a", "<p><b>a</b></p>"},
		{"what was not opened is not closed", "a</p></b></div>b", "ab"},
		{"crossed elements are untangled", "<b><i>a</b>b</i>", "<b><i>a</i></b>b"},
		{"a paragraph ends where the next begins", "<p>a<p>b<ul><li>c<li>d</ul>e", "<p>a</p><p>b</p><ul><li>c</li><li>d</li></ul>e"},
		{"a link ends where the next begins", `<a href="https://x.example">a<a href="https://y.example">b</a>`,
			`<a href="https://x.example"` + asLink + `>a</a><a href="https://y.example"` + asLink + `>b</a>`},
		{"an item outside a list is words", "<li>a</li><rt>b</rt>", "ab"},
		{"an empty paragraph was never there", "<p></p><p>a</p><p></p>", "<p>a</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := Sanitize(c.in)
			if got != c.want {
				t.Errorf("Sanitize(%q)\n got %s\nwant %s", c.in, got, c.want)
			}
			if again := Sanitize(got); again != got {
				t.Errorf("twice: got %s, want %s", again, got)
			}
		})
	}
}

func TestSanitizeLetsNoCodePass(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"a script goes with its words", "a<script>alert(1)</script>b", "ab"},
		{"a script in capitals goes", "a<SCRIPT SRC=//x.example/x.js></SCRIPT>b", "ab"},
		{"a script in a script leaves no script", "<scr<script>ipt>alert(1)</scr</script>ipt>", "ipt&gt;alert(1)ipt&gt;"},
		{"an unfinished script takes the rest", "a<script>alert(1)", "a"},
		{"a handler goes", `<p onclick="alert(1)" ONLOAD=x>a</p>`, "<p>a</p>"},
		{"a handler behind a slash goes", `<b/onmouseover=alert(1)>a</b>`, "<b>a</b>"},
		{"javascript: goes", `<a href="javascript:alert(1)">a</a>`, "a"},
		{"JaVaScRiPt: goes", `<a href="JaVaScRiPt:alert(1)">a</a>`, "a"},
		{"javascript: in entities goes", `<a href="&#106;avascript&colon;alert(1)">a</a>`, "a"},
		{"javascript: with a tab in it goes", "<a href=\"java&#9;script:alert(1)\">a</a>", "a"},
		{"javascript: behind a control character goes", "<a href=\"\x01javascript:alert(1)\">a</a>", "a"},
		{"data: goes", `<a href="data:text/html,<script>alert(1)</script>">a</a>`, "a"},
		{"vbscript: goes", `<a href="vbscript:x">a</a>`, "a"},
		{"a web address without a host goes", `<a href="https:alert(1)">a</a>`, "a"},
		{"a style goes", `<p style="position:fixed">a</p><style>p{}</style>b`, "<p>a</p>b"},
		{"a frame goes", `a<iframe src="https://x.example/" srcdoc="<script>1</script>">x</iframe>b`, "ab"},
		{"an object goes", `a<object data="x"><embed src="y"></object>b`, "ab"},
		{"svg goes", `a<svg/onload=alert(1)><a xlink:href="javascript:1">b</a></svg>`, "ab"},
		{"svg cannot hide markup", `<svg><style><img src=x onerror=alert(1)></style></svg>`, ""},
		{"math cannot hide markup", `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`, ""},
		{"noscript cannot hide markup", `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `"&gt;`},
		{"a form goes", `<form action="https://x.example/"><input name=a><button>b</button></form>`, "b"},
		{"a base and a meta go", `<base href="//x.example/"><meta http-equiv=refresh content="0;url=x">a`, "a"},
		{"a broken tag is no tag", `<p <b>a</p>`, "<p>a</p>"},
		{"an open quote takes the rest", `a<a href="https://x.example/ onclick=alert(1)>b</a>`, "a"},
		{"wide brackets are words", "＜script＞alert(1)＜/script＞", "＜script＞alert(1)＜/script＞"},
		{"a null in a tag makes no tag", "<scr\x00ipt>alert(1)</scr\x00ipt>", ""},
		{"overlong UTF-8 makes no tag", "\xc0\xbcscript\xc0\xbe", "\uFFFDscript\uFFFD"},
		{"escaped markup stays escaped", "&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;script&gt;alert(1)&lt;/script&gt;"},
		{"markup in a text area is words", "<textarea><b onclick=x></textarea>", "&lt;b onclick=x&gt;"},
		{"a quote cannot leave a class", `<span class='h-card" onclick="x'>a</span>`, "<span>a</span>"},
		{"a quote cannot leave an address", `<a href='https://x.example/"onclick="y'>a</a>`,
			`<a href="https://x.example/%22onclick=%22y"` + asLink + `>a</a>`},
		{"the first of two addresses counts", `<a href="javascript:x" href="https://x.example/">a</a>`, "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := Sanitize(c.in)
			if got != c.want {
				t.Errorf("Sanitize(%q)\n got %s\nwant %s", c.in, got, c.want)
			}
			mustBeSafe(t, got)
		})
	}
}

func TestSanitizeIsBounded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in string }{
		{"a flood of words", strings.Repeat("é", maxBytes)},
		{"a flood of entities", strings.Repeat("&", maxBytes)},
		{"a flood of links", strings.Repeat(`<a href="https://x.example">`, maxBytes)},
		{"a flood of breaks", strings.Repeat("<br>", maxBytes)},
		{"a tower of quotations", strings.Repeat("<blockquote>", maxBytes) + "a"},
		{"a tower of emphasis", strings.Repeat("<b>", maxBytes) + "a"},
		{"a tower of paragraphs", strings.Repeat("<i><p>x", maxBytes)},
		{"a tower of lists", strings.Repeat("<ul><li>x", maxBytes)},
		{"a tag full of attributes", "<a " + strings.Repeat(`a=b href="https://x.example" `, maxBytes) + ">x</a>"},
		{"a link to an endless host", `<a href="https://` + strings.Repeat("ü", maxBytes/3) + `.example/">a</a>`},
		{"a tag without end", strings.Repeat("<p ", maxBytes)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			got := Sanitize(c.in)
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
			if len(got) > maxBytes || !utf8.ValidString(got) {
				t.Errorf("got %d bytes, valid: %v", len(got), utf8.ValidString(got))
			}
			if again := Sanitize(got); again != got {
				t.Errorf("twice: got %d bytes, want %d", len(again), len(got))
			}
			mustBeSafe(t, got)
		})
	}
}

var relOrTarget = regexp.MustCompile(` (?:rel|target)="[^"]*"`)

func TestWhatWeRenderPasses(t *testing.T) {
	t.Parallel()
	html := WithByline(Render(typed, here, known).HTML, []Name{{"https://b.example/@bob", "bob"}}, "en")
	got, want := relOrTarget.ReplaceAllString(Sanitize(html), ""), relOrTarget.ReplaceAllString(html, "")
	if got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func BenchmarkSanitize(b *testing.B) {
	html := Render(typed, here, known).HTML
	b.ReportAllocs()
	b.SetBytes(int64(len(html)))
	for b.Loop() {
		Sanitize(html)
	}
}
