package text

import (
	"strings"
	"testing"
	"unicode/utf8"

	"ensemble/models"
)

func TestReadPage(t *testing.T) {
	const base = "https://far.example/a/b?c"
	for _, c := range []struct {
		name, html string
		want       models.Card
	}{
		{"old pages", `<title>A &amp; B</title><meta name="description" content="d">`, models.Card{Title: "A & B", Description: "d"}},
		{"Open Graph first", `<title>t</title><meta property="og:title" content="o">`, models.Card{Title: "o"}},
		{"the first word holds", `<meta property="og:title" content="1"><meta property="og:title" content="2">`, models.Card{Title: "1"}},
		{"nothing of the body", `<body><title>t</title>`, models.Card{}},
		{"a relative image", `<title>t</title><meta property="og:image" content="x.png">`, models.Card{Title: "t", Image: "https://far.example/a/x.png"}},
		{"an image that is none", `<title>t</title><meta property="og:image" content="javascript:alert(1)">`, models.Card{Title: "t"}},
		{"an image with a password", `<title>t</title><meta property="og:image" content="https://u:p@far.example/x">`, models.Card{Title: "t"}},
		{"an address for an author", `<title>t</title><meta property="article:author" content="https://far.example/ann">`, models.Card{Title: "t"}},
		{"a language", `<html lang="de_AT"><title>t</title>`, models.Card{Title: "t", Language: "de-AT"}},
		{"no language", `<html lang="&quot;><script>"><title>t</title>`, models.Card{Title: "t"}},
		{"turned around", "<title>\u202etxt.exe</title>", models.Card{Title: "txt.exe"}},
		{"absurd sizes", `<title>t</title><meta property="og:image" content="x"><meta property="og:image:width" content="99999999999">`,
			models.Card{Title: "t", Image: "https://far.example/a/x"}},
	} {
		if got := ReadPage([]byte(c.html), base); got.Card != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got.Card, c.want)
		}
	}
	p := ReadPage([]byte(`<meta name="ROBOTS" content="NoIndex, NoSnippet"><link rel="alternate" type="application/json+oembed" href="/o?x">`), base)
	if p.OEmbed != "https://far.example/o?x" || !p.Forbids("", "nosnippet") || p.Forbids("", "noimageindex") || !p.Forbids("noimageindex", "noimageindex") {
		t.Errorf("got %+v", p)
	}
}

func TestLinks(t *testing.T) {
	got := Links(`<p><a href="https://a.example/">a</a> <a href="https://b.example/" class="mention">b</a> <a href="https://c.example/">#c</a>
		<a href="https://d.example/"><span>@d</span></a> <a href="https://u:p@e.example/">e</a> <a href="gemini://f.example/">f</a> <a>g</a>
		<a href="https://h.example/?x=1&amp;y=2"><span class="invisible">https://</span>h</a></p>`)
	if len(got) != 2 || got[0] != "https://a.example/" || got[1] != "https://h.example/?x=1&y=2" {
		t.Errorf("got %q", got)
	}
}

// FuzzReadPage looks for a page of which something is taken that may not be shown.
func FuzzReadPage(f *testing.F) {
	for _, s := range []string{
		`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title><meta property="og:image" content="/x.png"></head>`,
		`<base href="//evil.example/"><link rel="alternate" type="application/json+oembed" href="o">`,
		"<title>\x00\xff</title><meta name=description content=\u202e>", `<meta name="robots" content="none">`, "<", `<title><title>`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		p := ReadPage(raw, "https://far.example/a")
		for _, s := range []string{p.Title, p.Description, p.ProviderName, p.AuthorName, p.ImageAlt} {
			if !utf8.ValidString(s) || utf8.RuneCountInString(s) > 1000 || strings.ContainsAny(s, "\x00\r\n\u202e") {
				t.Errorf("shown: %q", s)
			}
		}
		for _, at := range []models.IRI{p.Image, p.OEmbed} {
			if at != "" && (at.Origin() == "" || len(at) > maxPageAddress) {
				t.Errorf("an address: %q", at)
			}
		}
		if strings.ContainsAny(p.Language, "\"<> ") || p.Width < 0 || p.Width > maxImageEdge {
			t.Errorf("got %+v", p)
		}
		for _, at := range Links(Sanitize(string(raw))) {
			if models.IRI(at).Host() == "" && strings.Contains(at, "@") {
				t.Errorf("a link: %q", at)
			}
		}
	})
}
