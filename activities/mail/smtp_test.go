package mail_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// A box is an SMTP server on this machine that keeps what it takes (RFC 5321), with
// STARTTLS (RFC 3207) and AUTH PLAIN (RFC 4954) where it has a certificate.
type box struct {
	net.Listener
	config *tls.Config
	roots  *x509.CertPool

	mu      sync.Mutex
	refuse  string // what it answers RCPT with
	taken   []string
	from    []string
	to      []string
	secured int // mails that came over TLS
	signed  int // mails that came after AUTH
}

// newBox listens until the test ends. how is plain, starttls or tls.
func newBox(t *testing.T, how string) *box {
	t.Helper()
	b := &box{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if how != "plain" {
		b.certify(t)
	}
	if how == "tls" {
		l = tls.NewListener(l, b.config)
	}
	b.Listener = l
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go b.talk(c, how)
		}
	}()
	return b
}

func (b *box) certify(t *testing.T) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	b.roots = x509.NewCertPool()
	b.roots.AddCert(leaf)
	b.config = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}}
}

func (b *box) port() int { return b.Addr().(*net.TCPAddr).Port }

func (b *box) mails() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.taken...)
}

func (b *box) answer(rcpt string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refuse = rcpt
}

func (b *box) talk(c net.Conn, how string) {
	defer c.Close()
	secure, signed := how == "tls", false
	r := bufio.NewReader(c)
	say := func(format string, args ...any) { fmt.Fprintf(c, format+"\r\n", args...) }
	say("220 box")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		verb, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			say("250-box")
			if b.config != nil && !secure {
				say("250-STARTTLS")
			}
			if secure {
				say("250-AUTH PLAIN")
			}
			say("250 8BITMIME")
		case "STARTTLS":
			say("220 go on")
			secured := tls.Server(c, b.config)
			c, r, secure = secured, bufio.NewReader(secured), true
		case "AUTH":
			_, token, _ := strings.Cut(rest, " ")
			raw, _ := base64.StdEncoding.DecodeString(token)
			if string(raw) != "\x00ensemble\x00p@ss" {
				say("535 5.7.8 no")
				continue
			}
			signed = true
			say("235 welcome")
		case "MAIL":
			b.mu.Lock()
			b.from = append(b.from, rest)
			b.mu.Unlock()
			say("250 ok")
		case "RCPT":
			b.mu.Lock()
			no := b.refuse
			b.to = append(b.to, rest)
			b.mu.Unlock()
			if no != "" {
				say("%s", no)
				continue
			}
			say("250 ok")
		case "DATA":
			say("354 go on")
			var body strings.Builder
			for {
				l, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if l == ".\r\n" {
					break
				}
				body.WriteString(l)
			}
			b.mu.Lock()
			b.taken = append(b.taken, body.String())
			if secure {
				b.secured++
			}
			if signed {
				b.signed++
			}
			b.mu.Unlock()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}
