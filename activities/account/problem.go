package account

import "strings"

// A Problem is why one thing that somebody typed will not do.
type Problem struct {
	Field string
	Code  string // as Mastodon names it: ERR_BLANK, ERR_TAKEN…
	Text  string // goes on after the name of the field
}

// Problems are why a sign-up will not do. It is an error that nothing was changed for.
type Problems []Problem

func (p *Problems) add(field, code, text string) { *p = append(*p, Problem{field, code, text}) }

// Error says all of it in one sentence.
func (p Problems) Error() string {
	var all []string
	for _, one := range p {
		name := strings.ReplaceAll(one.Field, "_", " ")
		all = append(all, strings.ToUpper(name[:1])+name[1:]+" "+one.Text)
	}
	return "Validation failed: " + strings.Join(all, ", ")
}
