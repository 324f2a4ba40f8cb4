package web_test

import (
	"compress/gzip"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	cssComment  = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssRule     = regexp.MustCompile(`([^{}]+)\{`)
	cssClass    = regexp.MustCompile(`\.([a-zA-Z][\w-]*)`)
	cssSubject  = regexp.MustCompile(`^[a-z]*((?:\.[a-zA-Z][\w-]*)+)`)
	markup      = regexp.MustCompile(`class=\\?"([^"]*)\\?"`)
	aWord       = regexp.MustCompile(`[a-z][\w-]*`)
	templateTag = regexp.MustCompile(`\{\{[^}]*\}\}`)
)

// sheets are the parts of the style sheet by name, as the selectors of their rules.
func sheets(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for name, css := range texts(t, "static/css/*.css") {
		for _, m := range cssRule.FindAllStringSubmatch(cssComment.ReplaceAllString(css, ""), -1) {
			if rule := strings.TrimSpace(m[1]); !strings.HasPrefix(rule, "@") {
				out[filepath.Base(name)] = append(out[filepath.Base(name)], strings.Split(rule, ",")...)
			}
		}
	}
	return out
}

func texts(t *testing.T, patterns ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, p := range patterns {
		names, err := filepath.Glob(p)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v %v", p, names, err)
		}
		for _, name := range names {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			out[name] = string(raw)
		}
	}
	return out
}

// base is for all: other parts may add to what it says. And what is printed is said in one
// place.
const base, printed = "0-base.css", "9-print.css"

// The parts of the style sheet are written beside each other: a class belongs to one of
// them, and another part speaks of it only together with a class of its own.
func TestEachClassIsStyledInOnePlace(t *testing.T) {
	t.Parallel()
	owners := map[string][]string{}
	for name, selectors := range sheets(t) {
		for _, s := range selectors {
			m := cssSubject.FindStringSubmatch(strings.TrimSpace(s))
			if m == nil || strings.TrimSpace(s) != m[0] {
				continue // it stands within something, or in a state
			}
			if strings.Count(m[0], ".") == 1 && name != base && name != printed && !slices.Contains(owners[m[0]], name) {
				owners[m[0]] = append(owners[m[0]], name)
			}
		}
	}
	for class, names := range owners {
		if len(names) > 1 {
			slices.Sort(names)
			t.Errorf("%s is styled in %s", class, strings.Join(names, " and "))
		}
	}
}

// hooks are classes without a style that scripts look for, and the beginning of one that
// is put together.
var hooks = strings.Fields(`up down leave drop tell d`)

// made are classes that come from elsewhere than a template: from the content of posts,
// and put together of parts.
var made = regexp.MustCompile(`^(p-collab-byline|invisible|ellipsis|quote-inline|emoji|f[xy]\d+|d\d|n\d)$`)

// Every class of a template has a style, and every style a use.
func TestStylesAndTemplatesMeet(t *testing.T) {
	t.Parallel()
	styled, used := map[string]string{}, map[string]string{}
	for name, selectors := range sheets(t) {
		for _, s := range selectors {
			for _, m := range cssClass.FindAllStringSubmatch(s, -1) {
				styled[m[1]] = name
			}
		}
	}
	written := map[string]bool{} // words in quotes, of scripts and of Go
	for name, text := range texts(t, "page/*.html", "app/pages/*.html", "admin/pages/*.html", "oauth/pages/*.html") {
		for _, m := range markup.FindAllStringSubmatch(templateTag.ReplaceAllString(text, " {{}} "), -1) {
			for _, class := range strings.Fields(m[1]) {
				used[class] = name
			}
		}
		for _, m := range aWord.FindAllString(text, -1) {
			written[m] = true
		}
	}
	for _, text := range texts(t, "static/*.js", "app/*.go", "admin/*.go", "oauth/*.go", "page/*.go") {
		for _, m := range aWord.FindAllString(text, -1) {
			written[m] = true
		}
	}
	for class, name := range used {
		if styled[class] == "" && class != "{{}}" && !slices.Contains(hooks, class) {
			t.Errorf("%s uses .%s, which has no style", name, class)
		}
	}
	for class, name := range styled {
		if used[class] == "" && !written[class] && !made.MatchString(class) {
			t.Errorf("%s styles .%s, which nothing uses", name, class)
		}
	}
}

// Styles and scripts are compressed for who takes that, and are sent once.
func TestStaticFilesAreLight(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", nil)
	for _, path := range []string{"/static/ensemble.css", "/static/app.js", "/static/icons.svg"} {
		whole, small := s.ask("GET", path), s.ask("GET", path, "Accept-Encoding", "gzip, br")
		r, err := gzip.NewReader(small.Body)
		if err != nil {
			t.Fatalf("%s: %v %v", path, err, small.Header())
		}
		body, err := io.ReadAll(r)
		if err != nil || string(body) != whole.Body.String() || small.Header().Get("Content-Encoding") != "gzip" || whole.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: %v %v", path, err, small.Header())
		}
		if small.Header().Get("Vary") != "Accept-Encoding" || small.Header().Get("ETag") == whole.Header().Get("ETag") {
			t.Errorf("%s: a cache takes one for the other: %v %v", path, small.Header(), whole.Header())
		}
		for _, w := range []*httptest.ResponseRecorder{whole, small} {
			again := s.ask("GET", path, "Accept-Encoding", w.Header().Get("Content-Encoding"), "If-None-Match", w.Header().Get("ETag"))
			if again.Code != 304 || again.Body.Len() != 0 || again.Header().Get("Content-Encoding") != "" {
				t.Errorf("%s again: %d %v", path, again.Code, again.Header())
			}
		}
	}
}
