package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	smtp "github.com/wneessen/go-mail"

	"ensemble/models"
)

// patience is how long one conversation with the server may take.
const patience = 30 * time.Second

// A Server is the SMTP server that takes our mail (RFC 5321).
type Server struct {
	Host     string
	Port     int
	User     string // "" for no authentication
	Password string
	Secure   Security
	TLS      *tls.Config // nil: the machine's roots
}

// Security is how the conversation is kept from others.
type Security string

// The kinds of security.
const (
	StartTLS Security = "starttls" // TLS is begun within, and demanded
	Wrapped  Security = "tls"      // TLS from the first byte
	Open     Security = "none"     // none: on this machine alone
)

// ParseServer reads smtp://user:password@host:587, which demands STARTTLS, or
// smtps://user:password@host:465. A server on this machine may go without:
// smtp://127.0.0.1:25?tls=none. Its errors are sentences for who wrote it, and hold no
// password.
func ParseServer(address string) (*Server, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Path != "" && u.Path != "/" {
		return nil, errors.New("it is an address such as smtp://user:password@mail.example:587 or smtps://…:465, with special letters of the password written as %XX")
	}
	s := &Server{Host: u.Hostname(), User: u.User.Username(), Secure: StartTLS, Port: 587}
	s.Password, _ = u.User.Password()
	switch u.Scheme {
	case "smtp":
	case "smtps":
		s.Secure, s.Port = Wrapped, 465
	default:
		return nil, fmt.Errorf("it begins with smtp:// or smtps://, not with %s://", u.Scheme)
	}
	if p := u.Port(); p != "" {
		if s.Port, err = strconv.Atoi(p); err != nil || s.Port < 1 || s.Port > 65535 {
			return nil, fmt.Errorf("a port is a number up to 65535, not %q", p)
		}
	}
	switch how := u.Query().Get("tls"); {
	case how == "":
	case how != "none":
		return nil, fmt.Errorf("tls is none or left out, not %q", how)
	case !loopback(s.Host):
		return nil, fmt.Errorf("tls=none is for a server on this machine alone: whoever stands between could read the mail for %s", s.Host)
	default:
		s.Secure = Open
	}
	return s, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// String names the server, without its password.
func (s *Server) String() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

func (s *Server) client(site models.Site) (*smtp.Client, error) {
	opts := []smtp.Option{smtp.WithPort(s.Port), smtp.WithTimeout(patience), smtp.WithoutNoop(), smtp.WithHELO(Host(site.Domain))}
	switch s.Secure {
	case StartTLS:
		opts = append(opts, smtp.WithTLSPolicy(smtp.TLSMandatory))
	case Wrapped:
		opts = append(opts, smtp.WithSSL())
	case Open:
		opts = append(opts, smtp.WithTLSPolicy(smtp.NoTLS))
	}
	if s.TLS != nil {
		t := s.TLS.Clone()
		t.ServerName = s.Host
		opts = append(opts, smtp.WithTLSConfig(t))
	}
	if s.User != "" {
		auth := smtp.SMTPAuthAutoDiscover
		if s.Secure == Open {
			auth = smtp.SMTPAuthPlainNoEnc // it does not leave this machine
		}
		opts = append(opts, smtp.WithSMTPAuth(auth), smtp.WithUsername(s.User), smtp.WithPassword(s.Password))
	}
	return smtp.NewClient(s.Host, opts...)
}

// Host returns a domain without its port: what we call ourselves among mail servers.
func Host(domain string) string {
	if host, _, err := net.SplitHostPort(domain); err == nil {
		return host
	}
	return domain
}

// Check reports whether the server is there, and lets us in.
func (s *Server) Check(ctx context.Context, site models.Site) error {
	c, err := s.client(site)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := c.DialWithContext(ctx); err != nil {
		return fmt.Errorf("%s: %w", s, err)
	}
	return c.Close()
}

// A refusal is what the server will say again, however often it is asked.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

// Deliver hands m over.
func (s *Server) Deliver(ctx context.Context, site models.Site, m *models.Mail) error {
	letter, err := compose(site, m)
	if err != nil {
		return refusal{err}
	}
	c, err := s.client(site)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = c.DialAndSendWithContext(ctx, letter)
	var e *smtp.SendError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e) && letter.IsDelivered():
		return nil // it was taken, and only the farewell went wrong
	case errors.As(err, &e) && !e.IsTemp() && e.ErrorCode() >= 500:
		return refusal{fmt.Errorf("%s: %w", s, err)}
	}
	return fmt.Errorf("%s: %w", s, err)
}

func compose(site models.Site, m *models.Mail) (*smtp.Msg, error) {
	letter := smtp.NewMsg(smtp.WithNoDefaultUserAgent())
	name := site.Title
	if name == "" {
		name = site.Domain
	}
	if err := letter.FromFormat(name, site.MailFrom); err != nil {
		return nil, err
	}
	if err := letter.To(m.Recipient); err != nil {
		return nil, err
	}
	letter.Subject(m.Subject)
	letter.SetDateWithValue(m.CreatedAt)
	letter.SetMessageIDWithValue(m.ID.String() + "@" + Host(site.Domain)) // the same at every try
	letter.SetGenHeader("Auto-Submitted", "auto-generated")               // RFC 3834 §5
	if m.Unsubscribe != "" {
		letter.SetGenHeader("List-Unsubscribe", "<"+m.Unsubscribe+">")
		letter.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	letter.SetBodyString(smtp.TypeTextPlain, m.Plain)
	letter.AddAlternativeString(smtp.TypeTextHTML, m.HTML)
	return letter, nil
}
