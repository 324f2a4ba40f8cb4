package text

import "testing"

func TestStripQuoted(t *testing.T) {
	for in, want := range map[string]string{
		Quoted("https://a.example/@alice/1", nil) + "<p>words</p>":                                                                       "<p>words</p>",
		Quoted("https://a.example/@alice/1", &Name{URL: "https://a.example/@alice", Username: "alice"}) + "<p>w</p>":                     "<p>w</p>",
		`<p>see<span class="quote-inline"><br>RE: <a href="https://a.example/1"><span class="invisible">https://</span>a</a></span></p>`: "<p>see</p>",
		`<p><span class="x quote-inline">RE: a</span></p><p>b</p>`:                                                                       "<p>b</p>",
		`<p class="quote-inline">RE: a`: `<p class="quote-inline">RE: a`,
		`<p>quote-inline</p>`:           `<p>quote-inline</p>`,
	} {
		if got := StripQuoted(in); got != want {
			t.Errorf("%s:\n got  %s\n want %s", in, got, want)
		}
	}
	if q := Quoted("javascript:alert(1)", nil); q != "" {
		t.Errorf("a quote of no page: %s", q)
	}
	if q := Quoted("https://a.example/@alice/1", nil); Sanitize(q) == "" || StripQuoted(Sanitize(q)) != "" {
		t.Errorf("our own paragraph: %s", Sanitize(q))
	}
}
