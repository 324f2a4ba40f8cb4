package main

import (
	"bufio"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"
)

// A postbox is an SMTP server on this machine that keeps what it takes (RFC 5321), so
// that somebody who walks through the pages can read their mail.
type postbox struct {
	net.Listener
	mu    sync.Mutex
	mails []postcard
}

type postcard struct{ to, raw string }

// newPostbox listens until the test ends.
func newPostbox(t *testing.T) *postbox {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &postbox{Listener: l}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go b.talk(c)
		}
	}()
	return b
}

// url is what ENSEMBLE_SMTP is for mail to come here.
func (b *postbox) url() string { return "smtp://" + b.Addr().String() + "?tls=none" }

func (b *postbox) talk(c net.Conn) {
	defer c.Close()
	lines, to := bufio.NewScanner(c), ""
	fmt.Fprint(c, "220 postbox\r\n")
	for lines.Scan() {
		verb, rest, _ := strings.Cut(lines.Text(), " ")
		said := "250 fine"
		switch strings.ToUpper(verb) {
		case "RCPT":
			_, to, _ = strings.Cut(rest, "<")
			to, _, _ = strings.Cut(to, ">")
		case "DATA":
			fmt.Fprint(c, "354 go on\r\n")
			b.keep(to, lines)
		case "QUIT":
			fmt.Fprint(c, "221 bye\r\n")
			return
		}
		fmt.Fprint(c, said+"\r\n")
	}
}

func (b *postbox) keep(to string, lines *bufio.Scanner) {
	var raw strings.Builder
	for lines.Scan() && lines.Text() != "." {
		raw.WriteString(strings.TrimPrefix(lines.Text(), ".") + "\r\n")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mails = append(b.mails, postcard{to, raw.String()})
}

// last waits for a letter to an address whose subject holds a word, and returns what it
// says.
func (b *postbox) last(to, about string) (object, error) {
	for range 150 {
		b.mu.Lock()
		mails := append([]postcard(nil), b.mails...)
		b.mu.Unlock()
		for i := len(mails) - 1; i >= 0; i-- {
			if mails[i].to != to {
				continue
			}
			subject, text, err := mails[i].read()
			if err != nil || strings.Contains(subject, about) {
				return object{"subject": subject, "text": text}, err
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
	return nil, fmt.Errorf("no mail about %q came to %s", about, to)
}

// read returns the subject, and the part that is plain text.
func (p postcard) read() (subject, text string, err error) {
	m, err := mail.ReadMessage(strings.NewReader(p.raw))
	if err != nil {
		return "", "", err
	}
	if subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return "", "", err
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return "", "", err
	}
	part, err := multipart.NewReader(m.Body, params["boundary"]).NextRawPart()
	if err != nil {
		return "", "", err
	}
	body, err := io.ReadAll(quotedprintable.NewReader(part))
	return subject, string(body), err
}
