package text

import "testing"

const longLink = `<a href="https://www.x.example/a/b"><span class="invisible">https://www.</span><span class="ellipsis">x.example/a</span><span class="invisible">/b</span></a>`

func TestPlain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"nothing is nothing", "", ""},
		{"paragraphs are parted", "<p>a</p><p>b<br>c</p>", "a\n\nb\nc"},
		{"many breaks are a paragraph", "a<br><br><br>b", "a\n\nb"},
		{"a list has a line for each", "<p>a</p><ul><li>b</li><li>c</li></ul>d", "a\n\nb\nc\n\nd"},
		{"entities are decoded", "<p>&lt;b&gt; &amp; &quot;c&quot;</p>", `<b> & "c"`},
		{"a line end in the source is a space", "<p>a\nb</p>\n<p>c</p>", "a b\n\nc"},
		{"a line end in code is kept", "<pre>a\n  b</pre>c\nd", "a\n  b\n\nc d"},
		{"a shortened link is whole", longLink, "https://www.x.example/a/b"},
		{"invisible words outside a link are not said", `a<span class="invisible">b<span>c</span></span>d`, "ad"},
		{"a mention is as it looks", withBob, "With @bob"},
		{"a script is no words", "a<script>b</script><style>c</style>d", "ad"},
		{"headings are parted", "<h1>a</h1>b<div>c</div>", "a\n\nb\n\nc"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := Plain(c.in); got != c.want {
				t.Errorf("Plain(%q): got %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestWhatIsTypedIsReadAgain(t *testing.T) {
	t.Parallel()
	if got := Plain(Render(typed, here, known).HTML); got !=
		"Our first ceramics drop, with @carol and @bob! (See https://shop.example/mugs/first_(drop)?ref=fedi.)\n\n"+
			"Fired at 1,280 °C & glazed by hand.\n#Ceramics #陶芸 #slowcraft\n\nMail mugs@shop.example for the rest." {
		t.Errorf("got %q", got)
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		runes    int
		want     string
	}{
		{"what is short is whole", "<p>a</p><p>b</p>", 3, "a b"},
		{"what is long ends at a word", "<p>hello wide world</p>", 13, "hello wide…"},
		{"a word that just fits is kept", "<p>hello wide world</p>", 11, "hello wide…"},
		{"a word too long is cut", "<p>陶芸の作品集</p>", 4, "陶芸の…"},
		{"a link is as short as it looks", "see " + longLink, 50, "see x.example/a…"},
		{"no room is no words", "<p>hello</p>", 0, ""},
		{"room for one is a sign", "<p>hello</p>", 1, "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := Excerpt(c.in, c.runes); got != c.want {
				t.Errorf("Excerpt(%q, %d): got %q, want %q", c.in, c.runes, got, c.want)
			}
		})
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		max      int
		want     string
	}{
		{"a line is itself", "Alice", 30, "Alice"},
		{"white space is one space", " a\n\tb\u00a0\u2028c ", 30, "a b c"},
		{"control characters go", "a\x00\x1b[1mb\x7f", 30, "a[1mb"},
		{"direction overrides go", "a\u202eb\u2066c\u2069", 30, "abc"},
		{"direction marks stay", "\u200fشلوم", 30, "\u200fشلوم"},
		{"what nobody sees goes", "a\u200b\ufeff\u2060b", 30, "ab"},
		{"joined emoji stay", "👩‍🎨", 30, "👩‍🎨"},
		{"broken UTF-8 goes", "a\xffb", 30, "ab"},
		{"letters are counted, not bytes", "ééé", 2, "éé"},
		{"no space is left at the end", "a b", 2, "a"},
		{"no room is no words", "abc", 0, ""},
		{"markup is words", "<b>", 30, "<b>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := Line(c.in, c.max); got != c.want {
				t.Errorf("Line(%q, %d): got %q, want %q", c.in, c.max, got, c.want)
			}
		})
	}
}
