package text

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ensemble/models"
)

var here = models.Site{Domain: "a.example", Origin: "https://a.example", Title: "A"}

// known resolves the handles that the tests name.
func known(acct string) (*models.Mention, bool) {
	m, ok := map[string]models.Mention{
		"bob":           {URI: "https://a.example/users/bob", URL: "https://a.example/@bob", Acct: "bob@a.example"},
		"bob@a.example": {URI: "https://a.example/users/bob", URL: "https://a.example/@bob", Acct: "bob@a.example"},
		"carol@b.example": {URI: "https://b.example/users/carol", URL: "https://b.example/@carol",
			Acct: "carol@b.example"},
		"dave@c.example:8080": {URI: "https://c.example:8080/dave", Acct: "dave@c.example:8080"},
		"eve@xn--bcher-kva.example": {URI: "https://xn--bcher-kva.example/eve",
			Acct: "eve@xn--bcher-kva.example"},
		"mallory": {URI: "javascript:alert(1)", Acct: "mallory@a.example"},
	}[acct]
	return &m, ok
}

const (
	bobCard   = `<span class="h-card"><a href="https://a.example/@bob" class="u-url mention">@<span>bob</span></a></span>`
	carolCard = `<span class="h-card"><a href="https://b.example/@carol" class="u-url mention">@<span>carol</span></a></span>`
)

// webLink is how a short address is shown.
func webLink(href, shown string) string {
	prefix := href[:strings.Index(href, "//")+2]
	return `<a href="` + href + `" rel="nofollow noopener noreferrer" target="_blank">` +
		`<span class="invisible">` + prefix + `</span><span>` + shown + `</span><span class="invisible"></span></a>`
}

func tagLink(path, shown string) string {
	return `<a href="https://a.example/tags/` + path + `" class="mention hashtag" rel="tag">#<span>` + shown + `</span></a>`
}

func TestRender(t *testing.T) {
	t.Parallel()
	x := webLink("https://x.example/a", "x.example/a")
	wiki := webLink("https://w.example/A_(b)", "w.example/A_(b)")
	for _, c := range []struct{ name, source, want string }{
		{"nothing is nothing", " \n\n ", ""},
		{"a line is a paragraph", "hello", "<p>hello</p>"},
		{"a line end is a break", "a\r\nb\rc", "<p>a<br>b<br>c</p>"},
		{"blank lines part paragraphs, however many", "a\n\n\n \nb\n\nc", "<p>a</p><p>b</p><p>c</p>"},
		{"markup is words", `<b>"x" & y</b>`, `<p>&lt;b&gt;"x" &amp; y&lt;/b&gt;</p>`},
		{"control characters are dropped", "a\x00b\x1bc", "<p>abc</p>"},
		{"broken UTF-8 is replaced", "a\xffb", "<p>a\uFFFDb</p>"},

		{"a web address is a link", "see https://x.example/a now", "<p>see " + x + " now</p>"},
		{"a full stop ends the sentence, not the address", "https://x.example/a.", "<p>" + x + ".</p>"},
		{"an ellipsis and quotes stay outside", "“https://x.example/a”…", "<p>“" + x + "”…</p>"},
		{"brackets around an address stay outside", "(https://x.example/a)", "<p>(" + x + ")</p>"},
		{"brackets within an address stay inside", "(https://w.example/A_(b)).", "<p>(" + wiki + ").</p>"},
		{"a host alone is enough", "https://x.example.", "<p>" + webLink("https://x.example", "x.example") + ".</p>"},
		{"an address may have a port", "http://localhost:8080/q?a=1", "<p>" + webLink("http://localhost:8080/q?a=1", "localhost:8080/q?a=1") + "</p>"},
		{"an address may follow Japanese", "見てhttps://x.example/a。次", "<p>見て" + x + "。次</p>"},
		{"an address inside a word is no link", "xhttps://x.example/a", "<p>xhttps://x.example/a</p>"},
		{"a bare word is no host", "http://foo https:// http://.", "<p>http://foo https:// http://.</p>"},
		{"a name before the host is no link", "https://good.example@evil.example/", "<p>https://good.example@evil.example/</p>"},
		{"a broken escape is no link", "https://x.example/%zz", "<p>https://x.example/%zz</p>"},
		{"other schemes are no links", "javascript:alert(1) data:text/html,x", "<p>javascript:alert(1) data:text/html,x</p>"},
		{"quotes cannot leave an address", `https://x.example/a"onclick="b`, `<p>` + x + `"onclick="b</p>`},
		{"a direction override ends an address", "https://x.example/a\u202eb", "<p>" + x + "\u202eb</p>"},
		{"an ampersand in an address is escaped", "https://x.example/?a=1&b=2",
			`<p><a href="https://x.example/?a=1&amp;b=2" rel="nofollow noopener noreferrer" target="_blank"><span class="invisible">https://</span><span>x.example/?a=1&amp;b=2</span><span class="invisible"></span></a></p>`},
		{"a long address is shortened for the eye", "https://www.x.example/0123456789012345678901234567890",
			`<p><a href="https://www.x.example/0123456789012345678901234567890" rel="nofollow noopener noreferrer" target="_blank"><span class="invisible">https://www.</span><span class="ellipsis">x.example/01234567890123456789</span><span class="invisible">01234567890</span></a></p>`},
		{"an international host is spelled in ASCII", "https://bücher.example/ä",
			`<p><a href="https://xn--bcher-kva.example/%C3%A4" rel="nofollow noopener noreferrer" target="_blank"><span class="invisible">https://</span><span>bücher.example/ä</span><span class="invisible"></span></a></p>`},

		{"a neighbour is mentioned", "hi @bob!", "<p>hi " + bobCard + "!</p>"},
		{"a stranger elsewhere is mentioned by domain", "@carol@B.example.", "<p>" + carolCard + ".</p>"},
		{"a full handle of ours is ours", "@bob@a.example", "<p>" + bobCard + "</p>"},
		{"nobody is not linked", "@nobody @nobody@x.example", "<p>@nobody @nobody@x.example</p>"},
		{"a dot before a mention is a habit", ".@bob", "<p>." + bobCard + "</p>"},
		{"letters after a handle are not of it", "@bobさん", "<p>" + bobCard + "さん</p>"},
		{"a mention may be in brackets", "(@bob)", "<p>(" + bobCard + ")</p>"},
		{"an e-mail address is no mention", "mail alice@bob.example or x+y@bob", "<p>mail alice@bob.example or x+y@bob</p>"},
		{"a path is no mention", "b.example/@bob", "<p>b.example/@bob</p>"},
		{"a mention in an address is the address", "https://x.example/@bob",
			"<p>" + webLink("https://x.example/@bob", "x.example/@bob") + "</p>"},
		{"an @ alone is an @", "@ @@bob me @ home", "<p>@ @@bob me @ home</p>"},
		{"an unfinished domain is not waited for", "@bob@", "<p>" + bobCard + "@</p>"},
		{"a page that is not on the web is not linked", "@mallory", `<p><span class="h-card">@<span>mallory</span></span></p>`},

		{"a hashtag leads to its page", "#Ceramics!", "<p>" + tagLink("ceramics", "Ceramics") + "!</p>"},
		{"a hashtag may be of any script", "#陶芸 #Café_1", "<p>" + tagLink("%E9%99%B6%E8%8A%B8", "陶芸") + " " + tagLink("caf%C3%A9_1", "Café_1") + "</p>"},
		{"a wide hash is a hash", "＃陶芸", "<p>" + tagLink("%E9%99%B6%E8%8A%B8", "陶芸") + "</p>"},
		{"a number is no hashtag", "#1 #2024_", "<p>#1 #2024_</p>"},
		{"a hash inside a word is no hashtag", "C#major a/#b x=#y &#x27;", "<p>C#major a/#b x=#y &amp;#x27;</p>"},
		{"a hyphen ends a hashtag", "#a-b", "<p>" + tagLink("a", "a") + "-b</p>"},
		{"a fragment is of the address", "https://x.example/#top",
			"<p>" + webLink("https://x.example/#top", "x.example/#top") + "</p>"},
		{"a rant is no hashtag", "#" + strings.Repeat("a", 101), "<p>#" + strings.Repeat("a", 101) + "</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := Render(c.source, here, known).HTML; got != c.want {
				t.Errorf("Render(%q)\n got %s\nwant %s", c.source, got, c.want)
			}
		})
	}
}

func TestRenderNamesEachOnce(t *testing.T) {
	t.Parallel()
	got := Render("@carol@b.example @bob #Mugs @bob@a.example #mugs\n\n#MUGS #kiln", here, known)
	var accts []string
	for _, m := range got.Mentions {
		accts = append(accts, m.Acct)
	}
	if want := []string{"carol@b.example", "bob@a.example"}; !slices.Equal(accts, want) {
		t.Errorf("mentions: got %v, want %v", accts, want)
	}
	if want := []string{"Mugs", "kiln"}; !slices.Equal(got.Tags, want) {
		t.Errorf("tags: got %v, want %v", got.Tags, want)
	}
}

func TestRenderWithoutResolverLinksNobody(t *testing.T) {
	t.Parallel()
	if got := Render("@bob", here, nil); got.HTML != "<p>@bob</p>" || got.Mentions != nil {
		t.Errorf("got %+v", got)
	}
}

func TestFindMentions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, source string
		want         []string
	}{
		{"each is named once, in order", "@b @a @b", []string{"b", "a"}},
		{"a domain is in lower case, a name as typed", "@Bob@B.Example", []string{"Bob@b.example"}},
		{"a domain is in ASCII", "@eve@Bücher.example", []string{"eve@xn--bcher-kva.example"}},
		{"a domain may have a port", "@dave@c.example:8080: hi", []string{"dave@c.example:8080"}},
		{"a name may have dots and hyphens within", "@a.b-c. @-x", []string{"a.b-c"}},
		{"an e-mail address names nobody", "a@b.example", nil},
		{"an address names nobody", "https://b.example/@bob?x=@carol", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := FindMentions(c.source); !slices.Equal(got, c.want) {
				t.Errorf("FindMentions(%q): got %q, want %q", c.source, got, c.want)
			}
		})
	}
}

func TestRenderTakesLittleTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, source string }{
		{"an endless host", "https://" + strings.Repeat("ü", maxBytes) + ".example"},
		{"an endless domain", "@bob@" + strings.Repeat("ü", maxBytes) + ".example"},
		{"endless brackets", "https://x.example/" + strings.Repeat(")", maxBytes)},
		{"many addresses", strings.Repeat("https://x.example/?https://", maxBytes/20)},
		{"many handles", strings.Repeat("@a.@b@c-@", maxBytes/8)},
		{"many hashes", strings.Repeat("#", maxBytes)},
		{"many joiners", strings.Repeat("#a·", maxBytes/4)},
		{"a long tag of digits", strings.Repeat("#1", maxBytes/2)},
		{"many schemes", strings.Repeat("http://", maxBytes/7)},
		{"many lines", strings.Repeat("\n ", maxBytes)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			Render(c.source, here, known)
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// typed is a post as long and as full as people write them.
const typed = "Our first ceramics drop, with @carol@b.example and @bob! (See https://shop.example/mugs/first_(drop)?ref=fedi.)\n\n" +
	"Fired at 1,280 °C & glazed by hand.\n#Ceramics #陶芸 #slowcraft\n\nMail mugs@shop.example for the rest."

func BenchmarkRender(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Render(typed, here, known)
	}
}
