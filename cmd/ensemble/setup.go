package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ensemble/activities/account"
	"ensemble/activities/mail"
	"ensemble/activities/setup"
	"ensemble/models"
	"ensemble/models/store"
)

// usualConfig is the file that is read where ENSEMBLE_CONFIG names none, if it is there.
const usualConfig = "ensemble.env"

type setupCmd struct {
	Config    string `help:"The file to write; ensemble.env, which the other commands read where they are run, unless ENSEMBLE_CONFIG names another."`
	Yes       bool   `help:"Ask nothing: what no flag says is as usual. Without -owner, the account is made in a browser later."`
	Overwrite bool   `help:"With -yes, replace a file that is there; it is kept as FILE.old."`

	Domain    string `help:"The name after the @; empty for a server for this machine alone. It can never change."`
	Listen    string `help:"Address and port to answer at."`
	Data      string `help:"Folder of the database and of uploads."`
	Database  string `help:"postgres://…; empty for an SQLite file in the data folder."`
	SMTP      string `name:"smtp" help:"The server that takes its mail: smtp://user:password@host:587; empty for none."`
	MailFrom  string `help:"The address its mail comes from."`
	S3        string `name:"s3" help:"Address of what speaks S3, to keep uploads there; empty for the data folder."`
	Bucket    string `help:"Name of the bucket."`
	Key       string `help:"The access key that opens it."`
	Secret    string `help:"The secret of that key."`
	Title     string `help:"What the server calls itself."`
	Languages string `help:"Languages of who runs it, as in fr,en."`
	SignUp    string `help:"Who may sign up: open, approval, invite or closed."`
	Owner     string `help:"The name of the account that owns it."`
	Email     string `help:"The address to sign in with."`
	Password  string `help:"The password; without it one is made and printed."`
	Locale    string `help:"The language of pages and mails for the owner: en or fr."`
}

// A plan is what is to be done: nothing of it is, before all is known.
type plan struct {
	*world
	cmd     setupCmd
	in      *bufio.Reader
	values  values
	answers map[string]string // what is no option of the configuration
	owned   bool              // the server has an owner, who settles the rest on pages
}

// A question is one thing that is asked. Its name is an option, or a key of answers.
type question struct {
	name, ask, flag, usual string
	check                  func(*plan, string) error
	when                   func(*plan) bool
}

// errEnded is said where the answers end before the questions.
var errEnded = errors.New("the answers ended before the questions did, so nothing was changed")

// Run asks what a server has to know, and writes it down.
func (s setupCmd) Run(w *world) error {
	p := &plan{world: w, cmd: s, in: bufio.NewReader(w.in), values: values{}, answers: map[string]string{}}
	p.cmd.Config = cmp.Or(s.Config, w.getenv("ENSEMBLE_CONFIG"), usualConfig)
	if err := p.begin(); err != nil {
		return err
	}
	for _, q := range s.questions() {
		if q.name == "title" {
			if err := p.visit(); err != nil {
				return err
			}
		}
		if q.when != nil && !q.when(p) || p.owned && !strings.HasPrefix(q.name, "ENSEMBLE_") && q.flag == "" {
			continue
		}
		if err := p.answer(q); err != nil {
			return err
		}
	}
	if _, err := p.config(); err != nil {
		return err
	}
	if !s.Yes {
		p.say("")
		if ok, err := p.confirm(fmt.Sprintf("Write %s and make the database ready?", p.cmd.Config)); err != nil || !ok {
			return cmp.Or(err, errors.New("nothing was changed"))
		}
	}
	return p.carryOut()
}

// begin reads what is configured already, and sees to it that nothing is lost.
func (p *plan) begin() error {
	_, err := os.Stat(p.cmd.Config)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if !p.cmd.Yes {
			p.say("This writes %s, makes the database ready, and the account that owns the server.", p.cmd.Config)
			p.say("An empty answer takes what stands in [ ]; - leaves a thing empty. Nothing is changed before the last question.\n")
		}
		return nil
	case err != nil:
		return fmt.Errorf("%s cannot be looked at: %w", p.cmd.Config, err)
	case p.cmd.Yes && !p.cmd.Overwrite:
		return fmt.Errorf("%s is there already, and is not replaced: -overwrite does, and keeps it as %s.old", p.cmd.Config, p.cmd.Config)
	}
	if err := p.values.readFile(p.cmd.Config); err != nil || p.cmd.Yes {
		return err
	}
	p.say("%s is there already: what it says stands in [ ].", p.cmd.Config)
	ok, err := p.confirm("Write it anew? The old one is kept as " + p.cmd.Config + ".old.")
	if err == nil && !ok {
		err = errors.New("nothing was changed")
	}
	return err
}

// line reads one answer.
func (p *plan) line() (string, error) {
	s, err := p.in.ReadString('\n')
	if s = strings.TrimSpace(s); err != nil && (s == "" || !errors.Is(err, io.EOF)) {
		return "", errEnded
	}
	return s, nil
}

func (p *plan) confirm(what string) (bool, error) {
	for {
		fmt.Fprintf(p.out, "%s [yes] ", what)
		s, err := p.line()
		if err != nil {
			return false, err
		}
		switch strings.ToLower(s) {
		case "", "y", "yes", "o", "oui":
			return true, nil
		case "n", "no", "non":
			return false, nil
		}
		p.say("  yes or no.")
	}
}

// answer settles one question: by its flag, by the environment, or by asking until the
// answer makes sense.
func (p *plan) answer(q question) error {
	given := strings.TrimSpace(p.getenv(q.name))
	switch {
	case q.flag != "":
		return p.take(q, q.flag)
	case given != "" && strings.HasPrefix(q.name, "ENSEMBLE_"):
		if !p.cmd.Yes {
			p.say("%s: the environment says it (%s), and goes before the file.", q.ask, q.name)
		}
		delete(p.values, q.name)
		return nil
	case p.cmd.Yes:
		return p.take(q, cmp.Or(p.values[q.name], q.usual))
	}
	usual := cmp.Or(p.values[q.name], q.usual)
	for {
		fmt.Fprintf(p.out, "%s [%s] ", q.ask, usual)
		s, err := p.line()
		if err != nil {
			return err
		}
		if s == "" {
			s = usual
		}
		if s == "-" {
			s = ""
		}
		if err = p.take(q, s); err == nil {
			return nil
		}
		p.say("  %s", sentence(err))
	}
}

// take keeps an answer, unless it makes no sense.
func (p *plan) take(q question, s string) error {
	if strings.ContainsAny(s, "\r\n\x00") {
		return fmt.Errorf("an answer is one line")
	}
	if !strings.HasPrefix(q.name, "ENSEMBLE_") {
		if q.check != nil {
			if err := q.check(p, s); err != nil {
				return err
			}
		}
		p.answers[q.name] = s
		return nil
	}
	was := p.values[q.name]
	p.values[q.name] = s
	err := error(nil)
	if q.check != nil {
		err = q.check(p, s)
	} else {
		_, err = p.config()
	}
	if err != nil {
		p.values[q.name] = was
	}
	return err
}

// config is what the answers so far come to, as 'ensemble serve' will read them.
func (p *plan) config() (config, error) {
	return readConfig(func(name string) string {
		if name == "ENSEMBLE_CONFIG" {
			return os.DevNull
		}
		return cmp.Or(strings.TrimSpace(p.getenv(name)), p.values[name])
	}, p.loose)
}

// visit looks whether there is a server already, whose owner has settled the rest.
func (p *plan) visit() error {
	c, err := p.config()
	if err != nil {
		return err
	}
	if _, err := os.Stat(c.Database); c.onDisk() && err != nil {
		return nil // there is nothing yet
	}
	db, err := store.Open(p, store.Config{URL: c.Database, Site: c.Site, Log: c.log(p.world)})
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // nothing was written
	if n, err := db.SchemaVersion(p); err != nil || n == 0 {
		return err
	}
	if err := sameSite(p, db); err != nil {
		return err
	}
	err = db.Read(p, func(tx *store.Tx) (err error) {
		p.owned, err = setup.HasOwner(tx)
		return err
	})
	if err == nil && p.owned && !p.cmd.Yes {
		p.say("The server has an owner already; the rest is settled at %s.", c.Site.IRI("/admin/settings"))
	}
	return err
}

func (s setupCmd) questions() []question {
	bucket := func(p *plan) bool {
		return cmp.Or(p.getenv("ENSEMBLE_S3_ENDPOINT"), p.values["ENSEMBLE_S3_ENDPOINT"]) != ""
	}
	mails := func(p *plan) bool { return cmp.Or(p.getenv("ENSEMBLE_SMTP"), p.values["ENSEMBLE_SMTP"]) != "" }
	owner := func(p *plan) bool { return p.answers["owner"] != "" }
	some := func(_ *plan, s string) error { // all is looked at with the last of them
		if s == "" {
			return errors.New("the bucket needs one")
		}
		return nil
	}
	return []question{
		{name: "ENSEMBLE_DOMAIN", ask: "Domain, as in ensemble.example: it can never change. Empty for this machine alone", flag: s.Domain},
		{name: "ENSEMBLE_LISTEN", ask: "Address and port to answer at, behind a proxy with TLS", flag: s.Listen, usual: "127.0.0.1:8080"},
		{name: "ENSEMBLE_DATA", ask: "Folder of the database and of uploads", flag: s.Data, usual: "data"},
		{name: "ENSEMBLE_DATABASE_URL", ask: "PostgreSQL, as in postgres://user:password@host/name. Empty for SQLite", flag: s.Database, check: reaches},
		{name: "ENSEMBLE_SMTP", ask: "Mail server, as in smtp://user:password@host:587. Without one nobody signs up by themselves", flag: s.SMTP, check: aPost},
		{name: "ENSEMBLE_MAIL_FROM", ask: "Address its mail comes from. Empty for no-reply@ and the domain", flag: s.MailFrom, when: mails},
		{name: "ENSEMBLE_S3_ENDPOINT", ask: "S3, as in https://s3.example. Empty to keep uploads in the folder", flag: s.S3, check: anEndpoint},
		{name: "ENSEMBLE_S3_BUCKET", ask: "Name of the bucket", flag: s.Bucket, check: some, when: bucket},
		{name: "ENSEMBLE_S3_KEY", ask: "Access key", flag: s.Key, check: some, when: bucket},
		{name: "ENSEMBLE_S3_SECRET", ask: "Secret of that key", flag: s.Secret, when: bucket},
		{name: "title", ask: "Name of the server. Empty for its domain", flag: s.Title, check: settles("title")},
		{name: "languages", ask: "Languages of who runs it", flag: s.Languages, usual: "en,fr", check: settles("languages")},
		{name: "sign_up", ask: "Who may sign up: open, approval, invite or closed", flag: s.SignUp, usual: "closed", check: settles("sign_up")},
		{name: "owner", ask: "Name of the account that owns it. Empty to make it in a browser", flag: s.Owner, check: founder("username")},
		{name: "email", ask: "The owner's address of e-mail", flag: s.Email, check: founder("email"), when: owner},
		{name: "password", ask: "The owner's password (it is shown as you type). Empty for one that is made up", flag: s.Password, check: founder("password"), when: owner},
		{name: "locale", ask: "The owner's language, en or fr", flag: s.Locale, usual: "en", check: aLocale, when: owner},
	}
}

// reaches looks whether a PostgreSQL answers. A file is not touched yet.
func reaches(p *plan, _ string) error {
	c, err := p.config()
	if err != nil || c.onDisk() {
		return err
	}
	ctx, cancel := context.WithTimeout(p, 15*time.Second)
	defer cancel()
	db, err := store.Open(ctx, store.Config{URL: c.Database, Site: c.Site, Log: c.log(p.world)})
	if err != nil {
		return fmt.Errorf("the database does not answer: %w", err)
	}
	return db.Close()
}

// aPost looks whether mail could be sent.
func aPost(p *plan, s string) error {
	if s == "" {
		delete(p.values, "ENSEMBLE_MAIL_FROM")
	}
	c, err := p.config()
	if err != nil || c.Mail == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(p, 20*time.Second)
	defer cancel()
	if err := c.Mail.Check(ctx, c.Site); err != nil {
		return fmt.Errorf("the mail server does not let us in: %w", err)
	}
	return nil
}

func anEndpoint(_ *plan, s string) error {
	if u, err := url.Parse(s); s != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		return fmt.Errorf("it is an address such as https://s3.example, not %q", s)
	}
	return nil
}

// founder looks at one thing about the account of the owner.
func founder(field string) func(*plan, string) error {
	return func(_ *plan, s string) error {
		switch {
		case s == "" && field != "email":
			return nil
		case field == "email" && !mail.Valid(s):
			return fmt.Errorf("%q is no e-mail address", s)
		case field == "password":
			return account.Fits(s)
		case field == "username":
			return account.Called(s)
		}
		return nil
	}
}

func aLocale(_ *plan, s string) error {
	if s != "en" && s != "fr" {
		return models.Errorf(models.Invalid, "it is en or fr, not %q", s)
	}
	return nil
}

// text is the file that is written.
func (p *plan) text() string {
	var b strings.Builder
	b.WriteString("# Written by 'ensemble setup'. 'ensemble serve --help' says what else can stand here.\n")
	for _, o := range options() {
		v := p.values[o.name]
		if v == "" || strings.TrimSpace(p.getenv(o.name)) != "" {
			continue
		}
		fmt.Fprintf(&b, "\n# %s.\n%s=\"%s\"\n", o.help, o.name, v)
	}
	return b.String()
}

// stage writes the file beside its place, for its owner's eyes alone.
func (p *plan) stage() (name string, err error) {
	if err := os.MkdirAll(filepath.Dir(p.cmd.Config), 0o700); err != nil {
		return "", fmt.Errorf("the folder of %s cannot be made: %w", p.cmd.Config, err)
	}
	name = p.cmd.Config + ".new"
	if err := os.WriteFile(name, []byte(p.text()), 0o600); err != nil {
		return "", fmt.Errorf("the configuration cannot be written: %w", err)
	}
	return name, nil
}
