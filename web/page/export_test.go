package page

import "strings"

// Part returns a template of the set by itself.
func (s *Set) Part(lang, name string, view any) string {
	p := s.In(lang)
	p.View = view
	var b strings.Builder
	if err := s.templates[lang].ExecuteTemplate(&b, name, p); err != nil {
		return err.Error()
	}
	return b.String()
}
