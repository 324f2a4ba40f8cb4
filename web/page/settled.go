package page

import (
	"html/template"
	"regexp"
	"strconv"
	"strings"
)

// What a template says the same way each time is settled when it is parsed, once in each
// language: most of what a page costs is looking such things up by reflection.

var (
	saidAlone = regexp.MustCompile(`\{\{\$?\.T "([^"]+)"\}\}`)
	saidAmong = regexp.MustCompile(`\(\$?\.T "([^"]+)"\)`)
	drawnIcon = regexp.MustCompile(`\{\{template "icon" "([a-z0-9-]+)"\}\}`)
)

// settled returns the text of a template as it is in a language: with the words of what
// takes no arguments, and with icons. Words stand between tags and in quoted attributes
// alone, where the same escaping holds.
func (s *Set) settled(text, lang string) string {
	text = s.replace(text, lang, saidAlone, template.HTMLEscapeString)
	text = s.replace(text, lang, saidAmong, func(said string) string { return "(" + strconv.Quote(said) + ")" })
	return drawnIcon.ReplaceAllStringFunc(text, func(found string) string {
		return icon(drawnIcon.FindStringSubmatch(found)[1])
	})
}

// replace puts what is said for keys in the place of what pattern finds. A key that
// nothing is said for stays, and so does a text that a template would not take as one.
func (s *Set) replace(text, lang string, pattern *regexp.Regexp, as func(string) string) string {
	return pattern.ReplaceAllStringFunc(text, func(found string) string {
		f, ok := s.words[pattern.FindStringSubmatch(found)[1]][lang]
		if !ok || strings.Contains(f.Other, "{{") {
			return found
		}
		return as(f.Other)
	})
}

// icon is a symbol of web/static/icons.svg.
func icon(name string) string {
	return `<svg class="icon" aria-hidden="true" focusable="false" width="24" height="24"><use href="/static/icons.svg#` + name + `"/></svg>`
}
