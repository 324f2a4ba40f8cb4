package mail

import (
	"fmt"
	"html/template"
	"strings"

	"ensemble/models"
)

// A Kind says what a letter is about.
type Kind string

// The kinds.
const (
	Confirm         Kind = "confirm"          // an address that somebody signed up with
	Taken           Kind = "taken"            // somebody signed up with an address that has an account
	NewAddress      Kind = "new_address"      // an address that somebody wants to change to
	AddressChanged  Kind = "address_changed"  // to the old one
	Reset           Kind = "reset"            // a way to a new password
	PasswordChanged Kind = "password_changed" //
	FactorChanged   Kind = "factor_changed"   // a second factor was added or taken away
	BackupFailed    Kind = "backup_failed"    // to owners: there is no good backup
	SignedIn        Kind = "signed_in"        // with a browser that was not here before
	Approved        Kind = "approved"         // a sign-up
	Rejected        Kind = "rejected"         // a sign-up
	Digest          Kind = "digest"           // invitations that wait
	Struck          Kind = "struck"           // what moderators did to somebody
	Reported        Kind = "reported"         // to moderators: somebody was reported
	Appealed        Kind = "appealed"         // to moderators: somebody appeals
	Asked           Kind = "asked"            // to moderators: somebody asks for an account
	Test            Kind = "test"             //
)

// words are what a kind says in one language: {name} stands for a fact.
type words struct {
	subject string
	before  []string // paragraphs
	button  string   // of the link
	after   []string
}

// written is a letter as it is sent.
type written struct{ subject, plain, html string }

// page is a letter as HTML: no pictures, no script, nothing from elsewhere.
var page = template.Must(template.New("mail").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><title>{{.Subject}}</title></head>
<body style="font-family:sans-serif;line-height:1.5;max-width:36em;margin:0 auto;padding:1em">
{{range .Before}}<p>{{.}}</p>
{{end}}{{if .Lines}}<ul>{{range .Lines}}<li>{{.}}</li>{{end}}</ul>
{{end}}{{if .Link}}<p><a href="{{.Link}}">{{.Button}}</a><br><small>{{.Link}}</small></p>
{{end}}{{range .After}}<p>{{.}}</p>
{{end}}<hr><p><small>{{.Foot}}</small></p>
{{if .Unsubscribe}}<p><small><a href="{{.Unsubscribe}}">{{.End}}</a></small></p>
{{end}}</body></html>
`))

type pageView struct {
	Lang, Subject, Link, Button, Foot, Unsubscribe, End string
	Before, Lines, After                                []string
}

func (l Letter) write(site models.Site) (written, error) {
	lang := language(l.Locale)
	w, ok := catalogues[lang][l.Kind]
	if !ok {
		return written{}, fmt.Errorf("mail: there are no words for %q", l.Kind)
	}
	title := site.Title
	if title == "" {
		title = site.Domain
	}
	fill := filler(l.Facts, "site", title, "domain", site.Domain)
	v := pageView{
		Lang: lang, Subject: line(fill(w.subject)), Link: l.Link, Button: fill(w.button), Unsubscribe: l.Unsubscribe,
		Foot: fill(feet[lang]), End: ends[lang], Before: all(w.before, fill), After: all(w.after, fill),
	}
	for _, one := range l.Lines {
		v.Lines = append(v.Lines, line(one))
	}
	var b strings.Builder
	if err := page.Execute(&b, v); err != nil {
		return written{}, fmt.Errorf("mail: %w", err)
	}
	return written{v.Subject, v.plain(), b.String()}, nil
}

func (v pageView) plain() string {
	parts := append([]string(nil), v.Before...)
	if len(v.Lines) > 0 {
		parts = append(parts, "- "+strings.Join(v.Lines, "\n- "))
	}
	if v.Link != "" {
		parts = append(parts, v.Button+":\n"+v.Link)
	}
	parts = append(parts, v.After...)
	parts = append(parts, "-- \n"+v.Foot)
	if v.Unsubscribe != "" {
		parts = append(parts, v.End+":\n"+v.Unsubscribe)
	}
	return strings.Join(parts, "\n\n") + "\n"
}

// filler returns what puts facts in the place of their names. A fact is one line.
func filler(facts map[string]string, more ...string) func(string) string {
	for name, value := range facts {
		more = append(more, name, value)
	}
	for i := 0; i+1 < len(more); i += 2 {
		more[i], more[i+1] = "{"+more[i]+"}", line(more[i+1])
	}
	return strings.NewReplacer(more...).Replace
}

func all(texts []string, fill func(string) string) (out []string) {
	for _, t := range texts {
		out = append(out, fill(t))
	}
	return out
}

// line takes out what would begin another one.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }

func language(locale string) string {
	base, _, _ := strings.Cut(strings.ToLower(locale), "-")
	if _, ok := catalogues[base]; ok {
		return base
	}
	return "en"
}
