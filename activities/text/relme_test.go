package text

import "testing"

func TestLinksBack(t *testing.T) {
	const me = "https://one.test/@ada"
	for page, want := range map[string]bool{
		`<a rel="me" href="https://one.test/@ada">me</a>`:              true,
		`<link href="https://one.test/@ada/" rel="nofollow ME">`:       true,
		`<a href="https://one.test/@ada">me</a>`:                       false,
		`<a rel="metoo" href="https://one.test/@ada">me</a>`:           false,
		`<!-- <a rel="me" href="https://one.test/@ada"> -->`:           false,
		`<script>"<a rel='me' href='https://one.test/@ada'>"</script>`: false,
		`<a rel="me" href="https://one.test/@bo">`:                     false,
		`<a rel="me" href="https://evil.test/?https://one.test/@ada">`: false,
	} {
		if got := LinksBack([]byte(page), me, ""); got != want {
			t.Errorf("%s: got %v, want %v", page, got, want)
		}
	}
	if got := FirstLink(`see <b>x</b> <a href="https://a.test/x?y=1&amp;z=2">a</a>`); got != "https://a.test/x?y=1&z=2" {
		t.Errorf("the first link is %q", got)
	}
}
