package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// idleStreams is how many connections are open while nothing happens.
const idleStreams = 10_000

// streams measures what the program keeps in memory for clients that wait for news: each
// of another account, by its own stream. All of them then hear of something.
func (s *sheet) streams() {
	var most syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &most); err != nil || most.Max < idleStreams+500 {
		s.row("10,000 idle streams", "300 MB", "not measured: %d files may be open here (%v)", most.Max, err)
		return
	}
	most.Cur = most.Max
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &most); err != nil { // the server inherits it
		s.b.Fatal(err)
	}
	p := newProcess(s.b, "one", s.dialect)
	p.program = released(s.b)
	p.start()
	p.ready()
	p.inhabit(idleStreams)
	for _, kind := range []string{"WebSockets", "server-sent events"} {
		p.kill()
		p.start()
		p.ready()
		before := p.resident()
		conns := p.connect(kind, idleStreams)
		time.Sleep(5 * time.Second) // what the handshakes took is given back
		idle := p.resident()
		took := p.announce(conns)
		s.row(fmt.Sprintf("%d idle streams, %s", idleStreams, kind), "300 MB", "%d MB (%d without; %d after all heard news, in %.1f s)", idle>>20, before>>20, p.resident()>>20, took.Seconds())
		for _, c := range conns {
			c.Close()
		}
	}
	p.kill()
}

// inhabit gives the server so many people, each with a token that is their name.
func (p *process) inhabit(many int) {
	p.t.Helper()
	db := p.open()
	for from := 0; from < many; from += 1000 {
		err := db.Tx(p.t.Context(), func(tx *store.Tx) error {
			for i := from; i < min(from+1000, many); i++ {
				if err := inhabitant(tx, fmt.Sprint("local", i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			p.t.Fatal(err)
		}
	}
}

func inhabitant(tx *store.Tx, name string) error {
	uri, id, sum := tx.Site.IRI("/users/"+name), models.NewID(tx.Now), sha256.Sum256([]byte(name))
	u := &models.User{AccountID: id, Role: models.RoleUser, Email: name + "@one.test.example", Locale: "en", Language: "en", CreatedAt: tx.Now}
	if name == "local0" {
		u.Role = models.RoleAdmin
	}
	return errors.Join(store.Put(tx, &models.Account{
		ID: id, URI: uri, Username: name, Type: "Person", State: models.AccountActive, Inbox: uri + "/inbox", CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}), store.Put(tx, u), store.Put(tx, &models.Token{
		ID: models.NewID(tx.Now), Hash: hex.EncodeToString(sum[:]), AccountID: id, Scopes: "read admin:write", CreatedAt: tx.Now,
	}))
}

// connect opens streams, each of another person.
func (p *process) connect(kind string, many int) []net.Conn {
	p.t.Helper()
	conns, failed := make([]net.Conn, many), make(chan error, many)
	var work sync.WaitGroup
	for part := range 8 {
		work.Go(func() {
			for i := part; i < many; i += 8 {
				var err error
				if conns[i], err = streamOf(p.listen, p.domain, kind, fmt.Sprint("local", i)); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	work.Wait()
	select {
	case err := <-failed:
		p.t.Fatal(err)
	default:
	}
	return conns
}

func streamOf(at, host, kind, who string) (net.Conn, error) {
	c, err := net.Dial("tcp", at)
	if err != nil {
		return nil, err
	}
	path, want, more := "/api/v1/streaming/user", 200, ""
	if kind == "WebSockets" {
		path, want = "/api/v1/streaming?stream=user", 101
		more = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	}
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) Bench\r\n%s\r\n", path, host, who, more)
	resp, err := http.ReadResponse(bufio.NewReaderSize(c, 1), nil)
	if err == nil && resp.StatusCode != want {
		err = fmt.Errorf("a stream answers %d", resp.StatusCode)
	}
	return c, err
}

// announce says something that all hear, and returns how long that took.
func (p *process) announce(conns []net.Conn) time.Duration {
	p.t.Helper()
	begun := time.Now()
	status, raw, err := p.ask("POST", "/api/ensemble/v1/admin/announcements", "local0", []byte(`{"text": "There is news"}`), "")
	if err != nil || status != 200 {
		p.t.Fatal(status, string(raw), err)
	}
	for i, c := range conns {
		if err := c.SetReadDeadline(begun.Add(time.Minute)); err != nil {
			p.t.Fatal(err)
		}
		b, heard := make([]byte, 16<<10), ""
		for !strings.Contains(heard, "news") {
			n, err := c.Read(b)
			if heard += string(b[:n]); err != nil && err != io.EOF {
				p.t.Fatalf("%d heard nothing: %v", i, err)
			}
		}
	}
	return time.Since(begun)
}

// BenchmarkStreams is the row of the table about clients that wait for news.
func BenchmarkStreams(b *testing.B) {
	for range b.N {
		onEach(b, func(b *testing.B, dialect string) { (&sheet{b: b, dialect: dialect}).streams() })
	}
}
