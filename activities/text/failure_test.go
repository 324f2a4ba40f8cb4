package text

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Whatever federation/fetch says of another server is said in French, too.
func TestFailuresAreSaidInFrench(t *testing.T) {
	source, err := os.ReadFile("../../federation/fetch/failure.go")
	if err != nil {
		t.Fatal(err)
	}
	formats := regexp.MustCompile(`(?:code[A-Z]\w+, |unreachable\(|wait\(resp, now, )"([^"]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(formats) < 20 {
		t.Fatalf("found %d sentences", len(formats))
	}
	for _, f := range formats {
		said, rest := strings.CutSuffix(f[1], "%s")
		if f[1] == "the request to %s" || !strings.HasSuffix(f[1], ")%s") && !strings.HasSuffix(f[1], "that%s") && !strings.HasSuffix(f[1], "good%s") {
			said, rest = f[1], false
		}
		said = strings.ReplaceAll(strings.ReplaceAll(said, "%s", "two.example"), "%d", "503")
		if rest {
			said += ": try later"
		}
		for _, s := range []string{said, "given up: " + said} {
			fr := Failure("fr", s)
			if fr == s || strings.Contains(fr, "%") || !strings.Contains(fr, "two.example") {
				t.Errorf("%q is %q in French", s, fr)
			}
			if rest && !strings.Contains(fr, "« try later »") {
				t.Errorf("%q is %q in French", s, fr)
			}
		}
	}
	if got := Failure("fr", "something nobody knew"); got != "something nobody knew" {
		t.Error(got)
	}
	if got, want := Failure("fr", "two.example did not answer within 10 s"), "two.example n’a pas répondu en 10 s"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
