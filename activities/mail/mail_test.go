package mail_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"ensemble/activities/mail"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

var here = models.Site{Domain: "one.example", Origin: "https://one.example", Title: "Un «site»", MailFrom: "no-reply@one.example"}

func (b *box) server(how mail.Security) *mail.Server {
	s := &mail.Server{Host: "127.0.0.1", Port: b.port(), Secure: how}
	if how != mail.Open {
		s.User, s.Password, s.TLS = "ensemble", "p@ss", &tls.Config{RootCAs: b.roots}
	}
	return s
}

func letter(to string) mail.Letter {
	return mail.Letter{
		Kind: mail.Confirm, To: to, Locale: "fr-CA", Facts: map[string]string{"handle": "@zoé@one.example\r\nBcc: evil@two.example"},
		Link: "https://one.example/confirm?a=1&b=2",
	}
}

// A mail follows the commit of what it is about, in the reader's language, as text and
// as HTML; what it said is then forgotten here.
func TestMailIsSent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		for how, secure := range map[string]mail.Security{"plain": mail.Open, "starttls": mail.StartTLS, "tls": mail.Wrapped} {
			t.Run(how, func(t *testing.T) {
				b, w := newBox(t, how), newWorld(t, dialect)
				w.start(b.server(secure))
				w.tx(func(tx *store.Tx) error { return mail.Send(tx, letter("zoe@two.example")) })
				m := w.settled(1)[0]
				if m.State != models.MailSent || m.Plain != "" || m.HTML != "" || m.DoneAt == nil || m.Attempts != 1 {
					t.Errorf("the row is %+v", m)
				}
				got := b.mails()
				if len(got) != 1 || len(b.to) != 1 || b.to[0] != "TO:<zoe@two.example>" || !strings.HasPrefix(b.from[0], "FROM:<no-reply@one.example>") {
					t.Fatalf("taken: %q from %q to %q", got, b.from, b.to)
				}
				if how != "plain" && (b.secured != 1 || b.signed != 1) {
					t.Errorf("%d mails over TLS, %d after AUTH", b.secured, b.signed)
				}
				head, plain, html := read(t, got[0])
				if s := decoded(t, head.Get("Subject")); s != "Un «site» : confirmez votre adresse électronique" {
					t.Errorf("subject: %s", s)
				}
				if head.Get("Bcc") != "" || head.Get("Auto-Submitted") != "auto-generated" || head.Get("Message-ID") != "<"+m.ID.String()+"@one.example>" {
					t.Errorf("headers: %v", head)
				}
				if !strings.Contains(plain, "\nhttps://one.example/confirm?a=1&b=2\n") || !strings.Contains(plain, "@zoé@one.example Bcc: evil") {
					t.Errorf("plain: %s", plain)
				}
				if !strings.Contains(html, `href="https://one.example/confirm?a=1&amp;b=2"`) || !strings.Contains(html, `lang="fr"`) {
					t.Errorf("html: %s", html)
				}
			})
		}
	})
}

// What does not commit is not sent.
func TestMailFollowsTheCommit(t *testing.T) {
	t.Parallel()
	b, w := newBox(t, "plain"), newWorld(t, "sqlite")
	w.start(b.server(mail.Open))
	err := w.db.Tx(context.Background(), func(tx *store.Tx) error {
		if err := mail.Send(tx, letter("zoe@two.example")); err != nil {
			return err
		}
		return models.Errorf(models.Conflict, "no")
	})
	if models.KindOf(err) != models.Conflict || len(w.rows()) != 0 || len(b.mails()) != 0 {
		t.Errorf("%v, and %d mails", err, len(w.rows()))
	}
}

// A server that is not there, or says later, is tried for two days; one that says no
// is not asked twice.
func TestMailIsTriedWithPatience(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		b, w := newBox(t, "plain"), newWorld(t, dialect)
		b.answer("451 4.7.1 greylisted")
		w.start(b.server(mail.Open))
		w.tx(func(tx *store.Tx) error { return mail.Send(tx, letter("zoe@two.example")) })
		m := w.until(func(m *models.Mail) bool { return m.Attempts == 1 })
		if m.State != models.MailQueued || !strings.Contains(m.LastError, "greylisted") || m.Plain == "" || m.DueAt.Sub(m.CreatedAt) < time.Minute {
			t.Errorf("after one try: %+v", m)
		}
		b.answer("550 5.1.1 nobody of that name")
		w.pass(2 * time.Minute)
		m = w.until(func(m *models.Mail) bool { return m.State == models.MailFailed })
		if m.Attempts != 2 || !strings.Contains(m.LastError, "nobody of that name") || m.Plain != "" {
			t.Errorf("after a no: %+v", m)
		}
		b.answer("451 4.7.1 greylisted")
		w.tx(func(tx *store.Tx) error { return mail.Send(tx, letter("yan@two.example")) })
		w.until(func(m *models.Mail) bool { return m.Recipient == "yan@two.example" && m.Attempts == 1 })
		w.pass(49 * time.Hour)
		w.until(func(m *models.Mail) bool { return m.Recipient == "yan@two.example" && m.State == models.MailFailed })
	})
}

func TestMailServerHasToBeSafe(t *testing.T) {
	t.Parallel()
	b := newBox(t, "plain") // it has no TLS
	s := b.server(mail.Open)
	s.Secure = mail.StartTLS
	if err := s.Check(context.Background(), here); err == nil {
		t.Error("a server without STARTTLS is talked to in the open")
	}
	b = newBox(t, "starttls")
	s = b.server(mail.StartTLS)
	if err := s.Check(context.Background(), here); err != nil {
		t.Errorf("a good one: %v", err)
	}
	s.TLS = nil
	if err := s.Check(context.Background(), here); err == nil {
		t.Error("a certificate that nobody vouches for is believed")
	}
	s = b.server(mail.StartTLS)
	s.Password = "wrong"
	if err := s.Check(context.Background(), here); err == nil || strings.Contains(err.Error(), "wrong") {
		t.Errorf("a wrong password: %v", err)
	}
}

func TestParseServer(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"smtp://u:p%40ss@mail.example":     "{mail.example 587 u p@ss starttls <nil>}",
		"smtps://mail.example":             "{mail.example 465   tls <nil>}",
		"smtp://127.0.0.1:25?tls=none":     "{127.0.0.1 25   none <nil>}",
		"smtp://mail.example:25?tls=none":  "",
		"smtp://mail.example:25?tls=maybe": "",
		"http://mail.example":              "",
		"mail.example:25":                  "",
		"smtp://mail.example:70000":        "",
		"smtp://u:secret@mail example":     "",
	} {
		s, err := mail.ParseServer(address)
		got := ""
		if s != nil {
			got = fmt.Sprintf("%v", *s)
		}
		if got != want || (err == nil) != (want != "") || err != nil && strings.Contains(err.Error(), "secret@") {
			t.Errorf("%s: got %s %v, want %s", address, got, err, want)
		}
	}
}

func TestValidAddresses(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"a@b.example": true, "a+b@b.example": true, "owner@localhost": true, "a@b": false, "?17": false, "": false, "a b@c.example": false,
		"A <a@b.example>": false, "a@b.example, c@d.example": false, "a@[127.0.0.1]": false, "a@b.example\r\nBcc: c@d.example": false,
		strings.Repeat("a", 65) + "@b.example": false,
	} {
		if got := mail.Valid(s); got != want {
			t.Errorf("%q: got %v", s, got)
		}
	}
}

// Every kind has words in each language, and no {name} stays in them.
func TestEveryKindHasWords(t *testing.T) {
	t.Parallel()
	facts := map[string]string{}
	for _, name := range strings.Fields("handle name when what address agent count why") {
		facts[name] = "x"
	}
	for _, k := range []mail.Kind{
		mail.Confirm, mail.Taken, mail.NewAddress, mail.AddressChanged, mail.Reset, mail.PasswordChanged, mail.FactorChanged,
		mail.SignedIn, mail.BackupFailed, mail.Approved, mail.Rejected, mail.Digest, mail.Test,
	} {
		subjects := map[string]bool{}
		for _, locale := range []string{"en", "fr", "de"} {
			m, err := mail.Compose(here, 1, time.Time{}, mail.Letter{Kind: k, To: "a@b.example", Locale: locale, Facts: facts, Link: "https://x.example"})
			if err != nil {
				t.Fatal(err)
			}
			subjects[m.Subject] = true
			if strings.ContainsAny(m.Subject+m.Plain, "{}") {
				t.Errorf("%s in %s: %s %s", k, locale, m.Subject, m.Plain)
			}
		}
		if len(subjects) != 2 {
			t.Errorf("%s has %d subjects in two languages", k, len(subjects))
		}
	}
}

// A world is a database with workers, and a clock that can be moved.
type world struct {
	*testing.T
	db     *store.DB
	mu     sync.Mutex
	offset time.Duration
	office *mail.Office
}

func newWorld(t *testing.T, dialect string) *world {
	w := &world{T: t}
	w.db = storetest.New(t, dialect, here, func() time.Time {
		w.mu.Lock()
		defer w.mu.Unlock()
		return time.Now().Add(w.offset)
	})
	return w
}

func (w *world) start(s *mail.Server) {
	w.office = &mail.Office{DB: w.db, Server: s, Log: slog.New(slog.DiscardHandler)}
	all := store.NewWorkers(w.db)
	w.office.Work(all)
	if err := w.db.Start(context.Background(), all); err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() {
		if err := w.db.Stop(context.Background()); err != nil {
			w.Error(err)
		}
	})
}

func (w *world) tx(fn func(*store.Tx) error) {
	w.Helper()
	if err := w.db.Tx(context.Background(), fn); err != nil {
		w.Fatal(err)
	}
}

// pass moves the clock; what rests in the queue is taken up by hand, for it goes by
// the machine's.
func (w *world) pass(d time.Duration) {
	w.Helper()
	w.mu.Lock()
	w.offset += d
	w.mu.Unlock()
	w.tx(func(tx *store.Tx) error {
		rows, err := store.Find[models.Mail](tx, "state = ?", models.MailQueued)
		for _, m := range rows {
			if err == nil {
				err = store.Enqueue(tx, mail.Post{Mail: m.ID})
			}
		}
		return err
	})
}

func (w *world) rows() (rows []*models.Mail) {
	w.tx(func(tx *store.Tx) (err error) {
		rows, err = store.Find[models.Mail](tx, "true ORDER BY id")
		return err
	})
	return rows
}

func (w *world) until(ok func(*models.Mail) bool) *models.Mail {
	w.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		for _, m := range w.rows() {
			if ok(m) {
				return m
			}
		}
	}
	w.Fatalf("it never came to that: %+v", w.rows())
	return nil
}

func (w *world) settled(n int) []*models.Mail {
	w.Helper()
	w.until(func(m *models.Mail) bool { return m.State != models.MailQueued })
	rows := w.rows()
	if len(rows) != n {
		w.Fatalf("%d mails, want %d", len(rows), n)
	}
	return rows
}

func decoded(t *testing.T, s string) string {
	t.Helper()
	out, err := new(mime.WordDecoder).DecodeHeader(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func read(t *testing.T, raw string) (head netmail.Header, plain, html string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return m.Header, plain, html
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		body := strings.ReplaceAll(string(text), "\r\n", "\n")
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/plain") {
			plain = body
		} else {
			html = body
		}
	}
}
