package text

import (
	"testing"

	"ensemble/models"
)

const withBob = `<p class="p-collab-byline">With <span class="h-card"><a href="https://b.example/@bob" class="u-url mention">@<span>bob</span></a></span></p>`

func TestByline(t *testing.T) {
	t.Parallel()
	bob := Name{"https://b.example/@bob", "bob"}
	carol := Name{"https://c.example/@carol", "carol"}
	dave := Name{"https://d.example/@dave", "dave"}
	carolHere := `<span class="h-card"><a href="https://c.example/@carol" class="u-url mention">@<span>carol</span></a></span>`
	daveHere := `<span class="h-card"><a href="https://d.example/@dave" class="u-url mention">@<span>dave</span></a></span>`
	bobHere := withBob[len(bylineOpen+"With ") : len(withBob)-len(bylineClose)]
	for _, c := range []struct {
		name  string
		names []Name
		want  string
	}{
		{"nobody has no byline", nil, ""},
		{"one is named", []Name{bob}, withBob},
		{"two are joined", []Name{bob, carol}, bylineOpen + "With " + bobHere + " and " + carolHere + bylineClose},
		{"three are listed", []Name{bob, carol, dave}, bylineOpen + "With " + bobHere + ", " + carolHere + " and " + daveHere + bylineClose},
		{"a name is escaped", []Name{{`https://b.example/?a=1&b="2"`, "<b>"}},
			bylineOpen + `With <span class="h-card"><a href="https://b.example/?a=1&amp;b=&quot;2&quot;" class="u-url mention">@<span>&lt;b&gt;</span></a></span></p>`},
		{"a page that is not on the web is not linked", []Name{{"javascript:alert(1)", "bob"}},
			bylineOpen + `With <span class="h-card">@<span>bob</span></span></p>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := Byline(c.names, "en")
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if body, byline := SplitByline("<p>a</p>" + got); body != "<p>a</p>" || byline != got {
				t.Errorf("it splits into %q and %q", body, byline)
			}
		})
	}
}

func TestWithByline(t *testing.T) {
	t.Parallel()
	bob, carol := []Name{{"https://b.example/@bob", "bob"}}, []Name{{"https://c.example/@carol", "carol"}}
	for _, c := range []struct {
		name, html string
		names      []Name
		want       string
	}{
		{"a byline is added", "<p>a</p>", bob, "<p>a</p>" + withBob},
		{"a byline takes the place of another", "<p>a</p>" + withBob, carol, "<p>a</p>" + Byline(carol, "en")},
		{"the same byline changes nothing", "<p>a</p>" + withBob, bob, "<p>a</p>" + withBob},
		{"without names a byline goes", "<p>a</p>" + withBob + withBob, nil, "<p>a</p>"},
		{"without words a byline is all", "", bob, withBob},
		{"a byline in the middle stays", withBob + "<p>a</p>", nil, withBob + "<p>a</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := WithByline(c.html, c.names, "en"); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestSplitByline(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, html, body, byline string }{
		{"nothing has no byline", "", "", ""},
		{"words have no byline", "<p>a</p>", "<p>a</p>", ""},
		{"the last paragraph is a byline", "<p>a</p>" + withBob, "<p>a</p>", withBob},
		{"a byline in the middle is none", withBob + "<p>a</p>", withBob + "<p>a</p>", ""},
		{"a byline before a word is none", withBob + "a", withBob + "a", ""},
		{"a byline in a quotation is none", "<blockquote>" + withBob + "</blockquote>", "<blockquote>" + withBob + "</blockquote>", ""},
		{"an unfinished byline is none", bylineOpen + "With", bylineOpen + "With", ""},
		{"a paragraph in a byline makes it none", bylineOpen + "a<p>b</p>", bylineOpen + "a<p>b</p>", ""},
		{"another class makes it none", `<p class="p-collab-byline x">a</p>`, `<p class="p-collab-byline x">a</p>`, ""},
		{"escaped markup is none", "<p>&lt;p class=\"p-collab-byline\"&gt;a</p>", "<p>&lt;p class=\"p-collab-byline\"&gt;a</p>", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			body, byline := SplitByline(c.html)
			if body != c.body || byline != c.byline {
				t.Errorf("got %q and %q, want %q and %q", body, byline, c.body, c.byline)
			}
		})
	}
}

func TestABylineSurvivesSanitize(t *testing.T) {
	t.Parallel()
	body, byline := SplitByline(Sanitize("<p>a</p>" + withBob))
	if body != "<p>a</p>" || Plain(byline) != "With @bob" {
		t.Errorf("got %q and %q", body, byline)
	}
}

// The label of a paid partnership comes first, in the language of the text, and is
// not among the credits a second time.
func TestPartnershipInByline(t *testing.T) {
	bob := Credit{Name{"https://b.example/@bob", "bob"}, models.CreditSponsor}
	eve := Credit{Name{"", "eve"}, models.CreditSponsor}
	dan := Credit{Name{"", "dan"}, models.CreditPhoto}
	bobHere, eveHere, danHere := card(bob.Name), card(eve.Name), card(dan.Name)
	for language, want := range map[string]string{
		"fr":    "Partenariat rémunéré avec " + bobHere + " et " + eveHere + "<br>With " + danHere + "<br>Photo: " + danHere,
		"fr-CA": "Partenariat rémunéré avec " + bobHere + " et " + eveHere + "<br>With " + danHere + "<br>Photo: " + danHere,
		"de":    "Paid partnership with " + bobHere + " and " + eveHere + "<br>With " + danHere + "<br>Photo: " + danHere,
	} {
		if got := Byline([]Name{dan.Name}, language, bob, dan, eve); got != bylineOpen+want+bylineClose {
			t.Errorf("%s: got %s, want %s", language, got, want)
		}
	}
	if got := Partnership("fr"); got != "" {
		t.Errorf("with nobody: %q", got)
	}
}
