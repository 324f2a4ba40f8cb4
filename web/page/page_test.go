package page_test

import (
	"testing"
	"testing/fstest"
	"time"

	"ensemble/web/page"
)

func TestWordsOfTheFrameAreComplete(t *testing.T) {
	for _, gap := range page.New(fstest.MapFS{}).Gaps() {
		t.Error(gap)
	}
}

func TestGapsAreFound(t *testing.T) {
	files := fstest.MapFS{
		"pages/a.html": {Data: []byte(`{{define "a"}}{{.T "no.word"}} {{.N "no.count" 2}} {{.T (print "no.kind." .View)}} {{.T "x.good"}}{{end}}`)},
		"words/a.json": {Data: []byte(`{
			"x.good": {"en": "Good", "fr": "Bon"},
			"x.half": {"en": "Half"},
			"x.plural": {"en": {"one": "%s thing", "other": "%s things"}, "fr": "%s choses"},
			"x.args": {"en": "%s and %s", "fr": "%s et"}
		}`)},
	}
	want := map[string]bool{
		"nothing is said for no.word": true, "nothing is said for no.count": true, "nothing is said for no.kind.": true,
		"x.half is not said in fr": true, "x.plural has a plural in one language alone": true, "x.args takes other arguments in fr": true,
	}
	for _, gap := range page.New(files).Gaps() {
		if !want[gap] {
			t.Errorf("unexpected: %s", gap)
		}
		delete(want, gap)
	}
	for gap := range want {
		t.Errorf("not found: %s", gap)
	}
}

func TestNumbersAndDates(t *testing.T) {
	set := page.New(fstest.MapFS{"words/a.json": {Data: []byte(`{"n": {"en": {"one": "%s post", "other": "%s posts"}, "fr": {"one": "%s message", "other": "%s messages"}}}`)}})
	en, fr := set.In("en"), set.In("fr")
	at := time.Date(2026, 2, 1, 15, 4, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{en.N("n", 0), "0 posts"}, {en.N("n", 1), "1 post"}, {en.N("n", 1234), "1,234 posts"},
		{fr.N("n", 0), "0 message"}, {fr.N("n", 1), "1 message"}, {fr.N("n", 2), "2 messages"}, {fr.N("n", 1234), "1\u202f234 messages"},
		{en.Day(at), "February 1, 2026"}, {fr.Day(at), "1 février 2026"},
		{string(fr.Moment(at)), `<time datetime="2026-02-01T15:04:00Z">1 févr. 2026, 15:04 UTC</time>`},
		{en.Size(999), "999\u00a0bytes"}, {en.Size(1_500_000), "1.5\u00a0MB"}, {fr.Size(1_500_000), "1,5\u00a0Mo"}, {fr.Size(25_000_000), "25\u00a0Mo"},
		{en.Lasting(36 * time.Hour), "1 day"}, {fr.Lasting(2 * time.Hour), "2 heures"}, {fr.Lasting(0), "0 seconde"},
		{en.T("nothing"), "[nothing]"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// What a template says the same way each time is what it would say if it were asked.
func TestSettledTemplatesSayTheSame(t *testing.T) {
	files := fstest.MapFS{
		"pages/a.html": {Data: []byte(`{{define "a"}}{{.T "x.quote"}}|<a title="{{$.T "x.quote"}}" data-n="{{.T "x.args" "1"}}">{{or "" (.T "x.quote")}}</a>|{{.T "x.none"}}|{{.T "x.braces"}}|{{template "icon" "home"}}{{template "icon" .View}}{{end}}`)},
		"words/a.json": {Data: []byte(`{
			"x.quote": {"en": "<b> & \"it’s\"", "fr": "« é » : 'oui'"},
			"x.args": {"en": "%s \"thing\"", "fr": "%s chose"},
			"x.braces": {"en": "{{.Lang}}", "fr": "{{.Lang}}"}
		}`)},
	}
	set := page.New(files)
	icon := func(name string) string {
		return `<svg class="icon" aria-hidden="true" focusable="false" width="24" height="24"><use href="/static/icons.svg#` + name + `"/></svg>`
	}
	for lang, want := range map[string]string{
		"en": `&lt;b&gt; &amp; &#34;it’s&#34;|<a title="&lt;b&gt; &amp; &#34;it’s&#34;" data-n="1 &#34;thing&#34;">&lt;b&gt; &amp; &#34;it’s&#34;</a>|[x.none]|{{.Lang}}|`,
		"fr": `« é » : &#39;oui&#39;|<a title="« é » : &#39;oui&#39;" data-n="1 chose">« é » : &#39;oui&#39;</a>|[x.none]|{{.Lang}}|`,
	} {
		if got := set.Part(lang, "a", "bell"); got != want+icon("home")+icon("bell") {
			t.Errorf("%s:\n%s\nwant\n%s", lang, got, want)
		}
	}
}
