package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A house is one server of the demo: a process of its own, with a folder, a
// database, keys and a port of its own.
type house struct {
	name   string // one
	domain string // one.localhost:4001
	origin string // http://one.localhost:4001
	listen string
	folder string

	mu    sync.Mutex
	cmd   *exec.Cmd
	hold  io.Closer     // its standard input: when it ends, so does the server
	ended chan struct{} // closed when the process has ended
}

// newHouse chooses where a server is to be: at the port, or at any that is free.
func newHouse(name, folder string, port int) (*house, error) {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return nil, fmt.Errorf("there is no free port: %w", err)
		}
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	_, p, err := net.SplitHostPort(address)
	domain := name + ".localhost:" + p
	return &house{name: name, domain: domain, origin: "http://" + domain, listen: address, folder: folder}, err
}

// command is a run of this program that is about the house.
func (s *stage) command(h *house, args ...string) *exec.Cmd {
	cmd := exec.Command(s.program, append(args, "--loose")...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "ENSEMBLE_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "ENSEMBLE_DOMAIN="+h.domain, "ENSEMBLE_ORIGIN="+h.origin, "ENSEMBLE_LISTEN="+h.listen,
		"ENSEMBLE_DATA="+h.folder, "ENSEMBLE_TITLE="+strings.ToUpper(h.name[:1])+h.name[1:], "ENSEMBLE_RATE_LIMIT=-1")
	return cmd
}

// open starts the server.
func (s *stage) open(h *house) error {
	if err := os.MkdirAll(h.folder, 0o700); err != nil {
		return err
	}
	log, err := os.Create(h.log())
	if err != nil {
		return err
	}
	defer log.Close() //nolint:errcheck // the server has it too
	cmd := s.command(h, "serve", "--until-eof")
	cmd.Stdout, cmd.Stderr = log, log
	hold, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s does not start: %w", h.name, err)
	}
	ended := make(chan struct{})
	h.mu.Lock()
	h.cmd, h.hold, h.ended = cmd, hold, ended
	h.mu.Unlock()
	go func() {
		_ = cmd.Wait() // how it ended is in its log
		close(ended)
	}()
	return nil
}

func (h *house) log() string { return filepath.Join(h.folder, "log") }

// close asks the server to stop, and returns what is closed once it has.
func (h *house) close() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cmd == nil {
		never := make(chan struct{})
		close(never)
		return never
	}
	_ = h.hold.Close() // it may have ended by itself
	return h.ended
}

// kill ends the server at once.
func (h *house) kill() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cmd != nil {
		_ = h.cmd.Process.Kill() // it may have ended by now
		<-h.ended
	}
}

// ready waits until the server answers.
func (s *stage) ready(h *house) error {
	return s.until(func() error {
		select {
		case <-h.ended:
			return fmt.Errorf("%s has stopped: %s", h.name, strings.Join(h.complaints(3), " / "))
		default:
		}
		status, _, err := s.look(h.origin+"/readyz", "")
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("%s answers %d", h.name, status)
		}
		return err
	})
}

// complaints returns the last lines of the log that are no good news.
func (h *house) complaints(most int) []string {
	b, err := os.ReadFile(h.log())
	if err != nil {
		return nil
	}
	var out []string
	for _, l := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		if strings.Contains(l, "level=WARN") || strings.Contains(l, "level=ERROR") || strings.HasPrefix(l, "ensemble:") || strings.HasPrefix(l, "panic") {
			out = append(out, l)
		}
	}
	return out[max(0, len(out)-most):]
}

// do runs this program for a house, as an operator would, and returns what it says
// and its exit code.
func (s *stage) do(h *house, input string, args ...string) (string, int, error) {
	cmd := s.command(h, args...)
	cmd.Stdin = strings.NewReader(input)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		return "", 0, err
	}
	stop := context.AfterFunc(s, func() { _ = cmd.Process.Kill() }) // it may have ended by now
	defer stop()
	err := cmd.Wait()
	var code *exec.ExitError
	if errors.As(err, &code) {
		return out.String(), code.ExitCode(), nil
	}
	return out.String(), 0, err
}

// look reads an address as a stranger does, and follows no redirect.
func (s *stage) look(address, accept string) (status int, body []byte, err error) {
	ctx, cancel := context.WithTimeout(s, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, nil, err
	}
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	resp, err := s.net.RoundTrip(r)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // nothing was written
	body, err = io.ReadAll(io.LimitReader(resp.Body, 32<<20))
	return resp.StatusCode, body, err
}
