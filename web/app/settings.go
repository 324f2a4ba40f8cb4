package app

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

// Settings are forms: each asks the API for what is set, and sends it what was changed.

func settingsRoutes() []call.Route {
	const path = "/settings/:page"
	return []call.Route{
		{Method: "GET", Path: "/settings", Page: true, Mode: call.Free, Handler: func(*call.Call) (any, error) { return call.Redirect("/settings/profile"), nil }},
		{Method: "GET", Path: path, Page: true, Mode: call.Free, Handler: showSettings},
		{Method: "POST", Path: path, Page: true, Mode: call.Free, MaxBody: maxSettings, Handler: changeSettings},
	}
}

// maxSettings is how large a form may be, in bytes: with an archive of posts, which the
// API takes up to a GiB.
const maxSettings = 1<<30 + 1<<20

// A field is a question of a form.
type field struct {
	Kind     string // text, email, password, area, check, choice, file or passkey
	Name     string
	Value    string
	On       bool
	Options  []string // of a choice: each is said by the key of the field and it
	Required bool
	Max      int
	Auto     string // autocomplete
	Accept   string // of files
	Picture  string // that is there now
}

// A form is what one sends at once. Its words are settings.NAME.title, .text, .button.
type form struct {
	Name   string
	Fields []field
	Danger bool
	// send asks the API; its answer may have something to be shown once.
	send func(c *call.Call) (*shown, error)
}

// quiet forms are sent by the buttons of a list alone.
var quiet = map[string]bool{"unfilter": true, "undomain": true, "unmute": true, "unblock": true, "archive_drop": true, "import_stop": true}

// Shown reports whether the form stands on the page by itself.
func (f form) Shown() bool { return !quiet[f.Name] }

// A question is a field within its form.
type question struct {
	field
	Form   string
	Label  string // the end of its keys
	Number string // of several that are asked alike
	Hint   string // a key; "" for none
}

var numbered = regexp.MustCompile(`^(.*)_(\d)$`)

// Questions are the fields as they are asked.
func (f form) Questions() (all []question) {
	words := set.In(page.Languages[0])
	for _, one := range f.Fields {
		q := question{field: one, Form: f.Name, Label: one.Name}
		if m := numbered.FindStringSubmatch(one.Name); m != nil {
			n, _ := strconv.Atoi(m[2]) // it is a digit
			q.Label, q.Number = m[1], strconv.Itoa(n+1)
		}
		if f.Name == "totp_confirm" {
			q.Label = "new_code"
		}
		if key := "settings.hint." + q.Label; words.Can(key) {
			q.Hint = key
		}
		all = append(all, q)
	}
	return all
}

// Picture is the QR code, which we drew.
func (s shown) Picture() template.URL { return template.URL(s.QR) } //nolint:gosec // of our own making

// shown is what is said once, after something was done: recovery codes, a secret.
type shown struct {
	Codes  []string
	Secret string
	QR     string // a picture, as a data: address
}

// A settingsPage returns what is on a page of the settings.
type settingsPage func(c *call.Call) (*settingsView, error)

type settingsView struct {
	Page  string
	Pages []string
	Forms []form
	Rows  []settingsRow // of a list, each with a button
	Shown *shown
	Facts []fact
	Empty bool // there could be rows
}

// A fact is a line of what is so: Key and Words are said, Text is shown as it is.
type fact struct {
	Key  string
	Text string
	Link string
}

// A settingsRow is an entry of a list that can be taken away.
type settingsRow struct {
	Text, Link string
	Note       string // a key of words
	Form       string // which form the button sends; "" without one
	Button     string // a key of words
	Name       string
	ID         string
	More       string   // what the row opens to
	Lines      []string // what is there then
}

// settingsOrder is that of the navigation; security is of another room.
var settingsOrder = []string{"profile", "privacy", "language", "notifications", "filters", "blocks", "security", "factors", "data", "move", "delete"}

func settingsPages() map[string]settingsPage {
	return map[string]settingsPage{
		"profile": profileSettings, "privacy": privacySettings, "language": languageSettings, "notifications": notificationSettings,
		"filters": filterSettings, "blocks": blockSettings, "factors": factorSettings, "data": dataSettings, "move": moveSettings,
		"delete": deleteSettings,
	}
}

func showSettings(c *call.Call) (any, error) { return settingsAnswer(c, http.StatusOK, nil, nil) }

// settingsAnswer shows a page, after refused with what had been typed.
func settingsAnswer(c *call.Call, status int, once *shown, refused error) (any, error) {
	name := c.Param("page")
	build := settingsPages()[name]
	if build == nil {
		return nil, models.Errorf(models.NotFound, "there is no such page here")
	}
	v, err := build(c)
	if err != nil {
		return nil, err
	}
	v.Page, v.Pages, v.Shown = name, settingsOrder, once
	if c.Str("form") != "totp_confirm" && (once == nil || once.Secret == "") {
		v.Forms = slices.DeleteFunc(v.Forms, func(f form) bool { return f.Name == "totp_confirm" }) // nothing was begun
	}
	p := page.Page{Title: set.Say(c, "settings.page."+name), Section: "settings", Shape: "wide", Scripts: settingsScripts[name], View: v}
	if refused != nil {
		p.Wrong = set.Refusal(c, refused)
		v.keep(c)
	}
	a, err := set.Show(c, status, "settings.html", p)
	if err == nil && once != nil {
		a.Header.Set("Cache-Control", "private, no-store")
	}
	return a, err
}

var settingsScripts = map[string][]string{"factors": {"passkeys.js"}}

// keep puts what was typed into the form that it was typed into.
func (v *settingsView) keep(c *call.Call) {
	for i := range v.Forms {
		if v.Forms[i].Name != c.Str("form") {
			continue
		}
		for j, f := range v.Forms[i].Fields {
			switch f.Kind {
			case "password", "file":
			case "check":
				v.Forms[i].Fields[j].On = c.Bool(f.Name)
			default:
				v.Forms[i].Fields[j].Value = c.Str(f.Name)
			}
		}
	}
}

// changeSettings is POST /settings/:page: form names which of its forms it is.
func changeSettings(c *call.Call) (any, error) {
	build := settingsPages()[c.Param("page")]
	if build == nil {
		return nil, models.Errorf(models.NotFound, "there is no such page here")
	}
	v, err := build(c)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(v.Forms, func(f form) bool { return f.Name == c.Str("form") })
	if at < 0 {
		return nil, models.Errorf(models.Invalid, "there is nothing like that to do here")
	}
	once, err := v.Forms[at].send(c)
	var refused *call.Failure
	switch {
	case errors.As(err, &refused):
		return settingsAnswer(c, refused.Status, nil, refused)
	case err != nil:
		return nil, err
	case once != nil:
		return settingsAnswer(c, http.StatusOK, once, nil)
	case c.Str("form") == "delete":
		return call.Redirect("/?done=settings.deleted"), nil
	}
	return call.Redirect("/settings/" + c.Param("page") + "?done=settings"), nil
}

// asks sends params of the form by the names they have, to the API. Checks that are not
// ticked are sent as false.
func asks(method, path string, names ...string) func(c *call.Call) (*shown, error) {
	return func(c *call.Call) (*shown, error) {
		params := url.Values{}
		for _, name := range names {
			params.Set(name, c.Str(name))
		}
		_, err := c.Ask(method, path, params)
		return nil, err
	}
}

// filled are those of the files that came with something in them, to be sent on under
// the names they have.
func filled(c *call.Call, names ...string) map[string]string {
	files := map[string]string{}
	for _, name := range names {
		if f := c.File(name); f != nil && f.Size > 0 {
			files[name] = name
		}
	}
	return files
}
