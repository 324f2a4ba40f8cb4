package main

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// resident returns how much memory a process takes, in bytes, 0 where the system does
// not tell.
func (p *process) resident() (n int64) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kB int64
		if found, _ := fmt.Sscanf(line, "VmRSS: %d kB", &kB); found == 1 {
			n = kB << 10
		}
	}
	return n
}

// A bomb is what one caller throws at a server, again and again.
type bomb struct {
	name string
	at   func(p *process, token string) (status int, err error)
}

// hurl sends a request and reads a little of the answer.
func (p *process) hurl(method, path, token string, body io.Reader, head ...string) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, p.origin+path, body)
	if err != nil {
		return 0, err
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	resp, err := p.net.RoundTrip(r)
	if err != nil {
		return 0, nil // it may hang up on us
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, 4096)
	return resp.StatusCode, nil
}

// spaces is a body without an end that can be reached.
type spaces struct{ left int64 }

func (s *spaces) Read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), s.left)
	for i := range p[:n] {
		p[i] = ' '
	}
	s.left -= n
	return int(n), nil
}

// squeezed is so many MiB of nothing, compressed.
func squeezed(mebibytes int) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for range mebibytes {
		_, _ = z.Write(make([]byte, 1<<20))
	}
	_ = z.Close()
	return b.Bytes()
}

// pixelBomb is a PNG of that many pixels a side, in some kB: all of its lines are black.
func pixelBomb(side uint32) []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		_ = binary.Write(&b, binary.BigEndian, uint32(len(data)))
		b.WriteString(kind)
		b.Write(data)
		_ = binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(append([]byte(kind), data...)))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, side), side)
	chunk("IHDR", append(head, 8, 6, 0, 0, 0))
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	for range 16 {
		_, _ = w.Write(make([]byte, 1<<20))
	}
	_ = w.Close()
	chunk("IDAT", z.Bytes())
	chunk("IEND", nil)
	return b.Bytes()
}

// parts is a form of so many parts.
func parts(n int, file []byte) (body []byte, kind string) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	if file != nil {
		f, _ := m.CreateFormFile("file", "bomb.png")
		_, _ = f.Write(file)
	}
	for i := range n {
		_ = m.WriteField(fmt.Sprint("p", i), "x")
	}
	_ = m.Close()
	return b.Bytes(), m.FormDataContentType()
}

func bombs() []bomb {
	deep := []byte(strings.Repeat(`{"a":`, 150_000) + "1" + strings.Repeat("}", 150_000))
	lists := []byte(`{"id":"https://e.example/1","x":` + strings.Repeat("[", 400_000) + strings.Repeat("]", 400_000) + "}")
	wide := []byte(`{"id":"https://e.example/1","x":[` + strings.Repeat("{},", 300_000) + "1]}")
	zipped, pixels := squeezed(200), pixelBomb(30_000)
	many, manyKind := parts(5000, nil)
	params := strings.Repeat("a=1&", 200_000)
	post := func(path, kind string, body []byte, head ...string) func(*process, string) (int, error) {
		return func(p *process, token string) (int, error) {
			return p.hurl("POST", path, token, bytes.NewReader(body), append([]string{"Content-Type", kind}, head...)...)
		}
	}
	return []bomb{
		{"an endless activity", func(p *process, _ string) (int, error) {
			return p.hurl("POST", "/inbox", "", &spaces{64 << 20}, "Content-Type", activityKind)
		}},
		{"an endless form", func(p *process, token string) (int, error) {
			return p.hurl("POST", "/api/v1/statuses", token, &spaces{64 << 20}, "Content-Type", "application/x-www-form-urlencoded")
		}},
		{"deep JSON in the inbox", post("/inbox", activityKind, deep)},
		{"deep lists in the inbox", post("/inbox", activityKind, lists)},
		{"wide JSON in the inbox", post("/inbox", activityKind, wide)},
		{"deep JSON in the API", post("/api/v1/statuses", "application/json", deep)},
		{"a compressed activity", post("/inbox", activityKind, zipped, "Content-Encoding", "gzip")},
		{"a compressed call", post("/api/v1/statuses", "application/json", zipped, "Content-Encoding", "gzip")},
		{"thousands of parameters", post("/api/v1/apps", "application/x-www-form-urlencoded", []byte(params))},
		{"thousands in the address", func(p *process, token string) (int, error) {
			return p.hurl("GET", "/api/v1/timelines/public?"+params[:50_000], token, nil)
		}},
		{"thousands of parts", post("/api/v1/apps", manyKind, many)},
		{"a pixel bomb", func(p *process, token string) (int, error) {
			body, kind := parts(1, pixels)
			return p.hurl("POST", "/api/v2/media", token, bytes.NewReader(body), "Content-Type", kind)
		}},
		{"an endless upload", func(p *process, token string) (int, error) {
			head := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.png\"\r\n\r\n"
			return p.hurl("POST", "/api/v2/media", token, io.MultiReader(strings.NewReader(head), &spaces{200 << 20}), "Content-Type", "multipart/form-data; boundary=b")
		}},
		{"large headers", func(p *process, _ string) (int, error) {
			return p.hurl("GET", "/users/x", "", nil, "Signature", strings.Repeat(`keyId="a",`, 50_000))
		}},
	}
}

// halfOpen opens connections that never say all that they began to say.
func (p *process) halfOpen(n int) (close func()) {
	var all []net.Conn
	for i := range n {
		c, err := net.Dial("tcp", p.listen)
		if err != nil {
			continue
		}
		switch i % 3 {
		case 0:
			_, _ = io.WriteString(c, "GET /api/v2/instance HTTP/1.1\r\nHost: "+p.domain+"\r\nX-Slow: ")
		case 1:
			_, _ = io.WriteString(c, "POST /inbox HTTP/1.1\r\nHost: "+p.domain+"\r\nContent-Type: application/activity+json\r\nContent-Length: 1000000\r\n\r\n{")
		}
		all = append(all, c)
	}
	return func() {
		for _, c := range all {
			_ = c.Close()
		}
	}
}

// All of it at once costs a server no more than 256 MiB, and honest calls are answered
// meanwhile.
func TestNoBombTakesTheMemory(t *testing.T) {
	p := newProcess(t, "target", "sqlite")
	p.start()
	p.ready()
	who := p.person("honest")
	idle := p.resident()
	if idle == 0 {
		t.Skip("this system does not tell how much memory a process takes")
	}
	var peak atomic.Int64
	var slowest atomic.Int64
	stop := make(chan struct{})
	var watchers, throwers sync.WaitGroup
	watchers.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				peak.Store(max(peak.Load(), p.resident()))
			}
		}
	})
	answered := 0
	watchers.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond):
			}
			begun := time.Now()
			status, _, err := p.ask("GET", "/api/v1/timelines/home", who.token, nil, "")
			if err != nil || status != 200 {
				t.Errorf("an honest call, %v after it was made: %d, %v", time.Since(begun), status, err)
				return
			}
			answered++
			slowest.Store(max(slowest.Load(), int64(time.Since(begun))))
		}
	})
	hang := p.halfOpen(600)
	for _, b := range bombs() {
		for range 4 {
			throwers.Go(func() {
				for range 3 {
					status, err := b.at(p, who.token)
					if err != nil || status/100 == 2 && b.name != "thousands in the address" {
						t.Errorf("%s: %d, %v", b.name, status, err)
					}
				}
			})
		}
	}
	throwers.Wait()
	close(stop)
	watchers.Wait()
	hang()
	grown := (peak.Load() - idle) >> 20
	t.Logf("idle %d MiB, at most %d MiB more; %d honest calls, the slowest took %v", idle>>20, grown, answered, time.Duration(slowest.Load()))
	if grown > 256 {
		t.Errorf("it took %d MiB above the %d MiB of an idle server", grown, idle>>20)
	}
	if answered < 5 {
		t.Errorf("only %d honest calls were answered", answered)
	}
}

// A connection that does not get on is ended, and the place is free again.
func TestSlowConnectionsAreEnded(t *testing.T) {
	t.Parallel()
	env := atHomeEnv(t)
	env["ENSEMBLE_LIMITS"] = "header_seconds=1,body_seconds=2"
	_, stop := serving(t, env)
	defer stop()
	for name, said := range map[string]string{
		"half of the headers": "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"half of a body":      "POST /inbox HTTP/1.1\r\nHost: x\r\nContent-Type: application/activity+json\r\nContent-Length: 1000\r\n\r\n{",
	} {
		c, err := net.Dial("tcp", env["ENSEMBLE_LISTEN"])
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, said)
		if err := c.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(c)
		if err != nil {
			t.Errorf("%s: not ended: %v", name, err)
		}
		if strings.Contains(string(got), " 2") && strings.HasPrefix(string(got), "HTTP/1.1 2") {
			t.Errorf("%s: answered %q", name, got)
		}
		_ = c.Close()
	}
}
