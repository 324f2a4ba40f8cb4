// Package page is what all pages for people have in common: the frame with its
// navigation, the words in each language, how numbers and dates are written, and the
// policy that keeps everything foreign out. What a page shows is its room's affair.
package page

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

//go:embed layout.html words.json
var frame embed.FS

// policy lets a page show pictures and media, in our own style; scripts lets those that
// need some run our own, which may talk to us. Nothing else may be had from anywhere.
const policy = "default-src 'none'; style-src 'self'; img-src 'self' https: data: blob:; " +
	"media-src 'self' https: blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

const scripts = "; script-src 'self'; connect-src 'self'; worker-src 'self'"

// A Set is the templates and the words of a room.
type Set struct {
	templates map[string]*template.Template // by language: see settled
	words     catalogue
	texts     []string // of the templates, to find what they say
}

// New returns the pages of a room: its folder pages/ holds templates (*.html), and
// words/ its catalogues (*.json). Every template may use "head" and "foot", what
// layout.html defines beside them, and the methods of Page. It panics if a file does
// not parse: the files are a part of the program.
func New(files fs.FS) *Set {
	s := &Set{words: catalogue{}, templates: map[string]*template.Template{}}
	s.words.read(frame, "words.json")
	names, err := fs.Glob(files, "words/*.json")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		s.words.read(files, name)
	}
	for _, lang := range Languages {
		s.templates[lang] = template.Must(template.New("icon").Parse(icon("{{.}}")))
	}
	s.add(frame, "layout.html")
	s.add(files, "pages/*.html")
	return s
}

func (s *Set) add(files fs.FS, pattern string) {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			panic(err)
		}
		for lang, t := range s.templates {
			template.Must(t.New(path.Base(name)).Parse(s.settled(string(b), lang)))
		}
		s.texts = append(s.texts, string(b))
	}
}

// A Page is one page. Its methods are for templates.
type Page struct {
	Title   string
	Tell    string     // a sentence for search engines and previews
	Self    models.IRI // the page's own address
	URI     models.IRI // what peers call the thing on it; "" if they do not know it
	Image   models.IRI // for previews
	Kind    string     // og:type
	Embed   models.IRI // how other sites may show it (oEmbed)
	Feeds   []Feed
	Index   bool     // search engines may list it
	Section string   // the entry of the navigation that it belongs to
	Tabs    []Entry  // of the room's own navigation
	Scripts []string // files of web/static, each a module
	Shape   string   // a class of main: "narrow", "wide" or ""
	Bare    bool     // without navigation: a step of signing in
	Done    string   // the key of what is to be said first; from ?done= if ""
	Wrong   string   // a sentence on what was refused
	View    any

	Lang  string
	Site  string
	Me    *Person // nil if nobody is signed in
	Away  string  // where to go back to after signing in
	local locale
	set   *Set
	root  *Page
}

// A Feed is what programs read of a page that grows.
type Feed struct {
	Kind string // atom or rss
	URL  models.IRI
}

// A Person is who is signed in, as the frame shows them.
type Person struct {
	Name, Handle, Avatar string
	URL                  models.IRI
	Role                 models.Role
	Notifications        int // unread
	Requests             int // that wait for an answer
}

// With returns the page with another view, for a part of it.
func (p *Page) With(view any) *Page {
	part := *p
	part.View = view
	if part.root == nil {
		part.root = p
	}
	return &part
}

// Root returns the view of the whole page.
func (p *Page) Root() any {
	if p.root != nil {
		return p.root.View
	}
	return p.View
}

// Show answers with a page: the template name of the set, in the language of c.
func (s *Set) Show(c *call.Call, status int, name string, p Page) (call.Answer, error) {
	p.Lang = c.Language(Languages...)
	p.local, p.set, p.Site = localesOf[p.Lang], s, Title(c)
	if p.Done == "" && s.words.has("done."+c.Query("done")) {
		p.Done = "done." + c.Query("done")
	}
	p.Me, p.Away = person(c, !p.Bare), c.Request.URL.RequestURI()
	var b bytes.Buffer
	if err := s.templates[p.Lang].ExecuteTemplate(&b, name, &p); err != nil {
		return call.Answer{}, fmt.Errorf("page %s: %w", name, err)
	}
	a := call.HTML(status, b.Bytes())
	a.Header = http.Header{
		"Content-Security-Policy": {policy},
		"Vary":                    {"Accept, Accept-Language, Cookie"},
		"Cache-Control":           {"private, max-age=0, must-revalidate"},
	}
	if p.Me != nil || len(p.Scripts) > 0 {
		a.Header.Set("Content-Security-Policy", policy+scripts)
	}
	if p.URI != "" {
		a.Header.Set("Link", "<"+Escape(p.URI)+`>; rel="alternate"; type="application/activity+json"`)
	}
	return a, nil
}

// LeadOn lets forms of the page lead on to another origin: Chromium holds redirects
// after a form to the policy as well.
func LeadOn(a call.Answer, origin string) {
	if !strings.ContainsAny(origin, " ;,'\"*") {
		p := a.Header.Get("Content-Security-Policy")
		a.Header.Set("Content-Security-Policy", strings.Replace(p, "form-action 'self'", "form-action 'self' "+origin, 1))
	}
}

// ShowRefused is Show of a page on which wrong was refused, nil for nothing: it says so in
// the reader's words, and under its status. An error that is nobody's doing stays one.
func (s *Set) ShowRefused(c *call.Call, wrong error, name string, p Page) (any, error) {
	if wrong == nil {
		return s.Show(c, http.StatusOK, name, p)
	}
	status := call.StatusOf(wrong)
	if status >= http.StatusInternalServerError {
		return nil, wrong
	}
	p.Wrong = s.Refusal(c, wrong)
	return s.Show(c, status, name, p)
}

// Say returns what the key says in the language of c.
func (s *Set) Say(c *call.Call, key string, args ...any) string { return s.For(c).T(key, args...) }

// For returns an empty page in the language of c, for its words.
func (s *Set) For(c *call.Call) *Page { return s.In(c.Language(Languages...)) }

// In returns an empty page in a language, for its words.
func (s *Set) In(lang string) *Page { return &Page{Lang: lang, set: s, local: localesOf[lang]} }

// Refusal returns err in words of the language of c: see Sentence.
func (s *Set) Refusal(c *call.Call, err error) string {
	return s.Sentence(c, call.StatusOf(err), call.CodeOf(err), call.Sentence(err))
}

// Status says in a few words what an HTTP status means to people.
func (s *Set) Status(c *call.Call, status int) string {
	if key := "status." + strconv.Itoa(status); s.words.has(key) {
		return s.Say(c, key)
	}
	return s.Say(c, "status.500")
}

// Sentence is what to say of a refusal with a code ("" for none): the words of that code
// where there are any. What has none is told in the language it came in, if that is the
// reader's, and otherwise by what its status means.
func (s *Set) Sentence(c *call.Call, status int, code, sentence string) string {
	switch {
	case code != "" && s.words.has("error."+code):
		return s.Say(c, "error."+code)
	case c.Language(Languages...) == Languages[0]:
		return sentence
	}
	if key := "status.text." + strconv.Itoa(status); s.words.has(key) {
		return s.Say(c, key)
	}
	return s.Say(c, "status.text.500")
}

// Words is what a code of an error means, for answers that are no pages, in the language of
// c: "" where that is the language of the sentences themselves, or there are no words.
func (s *Set) Words(c *call.Call, code string) string {
	if c.Language(Languages...) == Languages[0] || !s.words.has("error."+code) {
		return ""
	}
	return s.Say(c, "error."+code)
}

// Escape keeps an address from ending the <…> it stands in.
func Escape(i models.IRI) string {
	return strings.NewReplacer("<", "%3C", ">", "%3E", "\r", "", "\n", "").Replace(string(i))
}

// Title is what the site is called. A page is shown whatever becomes of the database.
func Title(c *call.Call) string {
	title := c.Site.Title
	read := func(tx *store.Tx) error {
		t, err := store.Title(tx)
		if err == nil {
			title = t
		}
		return err
	}
	if c.Tx != nil {
		_ = read(c.Tx) // it fails with whatever comes next
	} else {
		_ = c.InRead(read)
	}
	return cmp.Or(title, c.Site.Domain)
}

// person returns who is signed in and, where counts are shown, what waits for them.
// Within a transaction nothing can be asked, and nothing is said of that.
func person(c *call.Call, counts bool) *Person {
	if c.Me == nil {
		return nil
	}
	p := &Person{Name: c.Me.Name(), Handle: c.Me.Handle(c.Site), Avatar: c.Me.AvatarURL, URL: c.Me.URL}
	if p.Avatar == "" {
		p.Avatar = string(c.Site.Blank(c.Me))
	}
	if c.User != nil {
		p.Role = c.User.Role
	}
	if counts && c.Tx == nil {
		p.Notifications = count(c, "/api/v2/notifications/unread_count", url.Values{"supported_types[]": {string(models.NoteCollabInvite)}}) // those of ours, too
		p.Requests = count(c, "/api/ensemble/v1/requests/count", url.Values{})
	}
	return p
}

// count asks for a number. A page is shown without it, if need be.
func count(c *call.Call, path string, q url.Values) int {
	r, err := c.Ask(http.MethodGet, path, q)
	if err != nil {
		return 0
	}
	var got struct{ Count int }
	if json.Unmarshal(r.Body, &got) != nil {
		return 0
	}
	return got.Count
}
