package text

import (
	"strings"
	"testing"
)

func TestProse(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"nothing", " \n ", ""},
		{"paragraphs", "One\ntwo.\r\n\r\nThree.", "<p>One<br>two.</p>\n<p>Three.</p>\n"},
		{"headings", "# A\n## B #\n### C\n#d", "<h2>A</h2>\n<h3>B</h3>\n<h4>C</h4>\n<p>#d</p>\n"},
		{"lists", "Before:\n- one\n- two\n  more\n1. three\n\nafter", "<p>Before:</p>\n<ul>\n<li>one</li>\n<li>two<br>more</li>\n</ul>\n<ol>\n<li>three</li>\n</ol>\n<p>after</p>\n"},
		{"strong", "a **b & c** d", "<p>a <strong>b &amp; c</strong> d</p>\n"},
		{"links", "[us](https://one.example/a?b=c&d) or https://one.example/x.", `<p><a href="https://one.example/a?b=c&amp;d" rel="nofollow noopener">us</a> or <a href="https://one.example/x" rel="nofollow noopener">https://one.example/x</a>.</p>` + "\n"},
		{"a blank", "by [[your name]].", "<p>by <mark>[[your name]]</mark>.</p>\n"},
		{"no link", "[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"},
		{"HTML", `<script>"x"</script>`, "<p>&lt;script&gt;&#34;x&#34;&lt;/script&gt;</p>\n"},
		{"quotes in a link", `[a](https://x.example/"onclick=")`, "<p>[a](<a href=\"https://x.example/\" rel=\"nofollow noopener\">https://x.example/</a>&#34;onclick=&#34;)</p>\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Prose(c.source); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got := Prose(strings.Repeat("[[", 500_000)); len(got) > 300_000 {
		t.Errorf("a text without an end became %d bytes", len(got))
	}
}
