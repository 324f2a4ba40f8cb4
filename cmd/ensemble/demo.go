package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"ensemble/federation/fetch"
)

type demoCmd struct {
	Once bool   `help:"Stop after the last step; the exit code says whether every check held."`
	Data string `type:"path" help:"Folder for the servers, which is kept; without it they get one that is removed in the end."`
	Port int    `default:"4001" help:"Port of the first server; the others take the next ones, or any that are free."`
}

// Help says what there is to see.
func (demoCmd) Help() string {
	return "Three servers start on this machine, each a process of its own, and three people write posts together over the same client API and the same " +
		"signed requests that the world would use. Each step is checked, and says where it can be seen. In the end the servers stay until you press Ctrl-C."
}

// A stage is the three servers and what is between them.
type stage struct {
	*world
	program string // this one
	folder  string
	net     http.RoundTripper
	houses  [3]*house // one, two, three
}

// Run plays the demo.
func (d demoCmd) Run(w *world) error {
	s, remove, err := d.build(w)
	if err != nil {
		return err
	}
	defer remove()
	defer s.strike()
	p := newPlay(s)
	failed, err := p.run()
	if err != nil {
		return err
	}
	if failed > 0 {
		s.logs()
	}
	if !d.Once && w.Err() == nil {
		p.farewell()
		<-w.Done()
		s.say("\nStopping the three servers.")
	}
	if failed > 0 {
		return exit(1)
	}
	return nil
}

// build prepares a stage, and returns what takes its folder away.
func (d demoCmd) build(w *world) (*stage, func(), error) {
	program, err := os.Executable()
	if err != nil {
		return nil, nil, fmt.Errorf("the demo does not find itself: %w", err)
	}
	s := &stage{world: w, program: program, folder: d.Data, net: fetch.Guarded(true)}
	remove := func() {}
	if s.folder == "" {
		if s.folder, err = os.MkdirTemp("", "ensemble-demo-*"); err != nil {
			return nil, nil, err
		}
		remove = func() {
			if err := os.RemoveAll(s.folder); err != nil {
				s.say("The folder %s could not be removed: %s", s.folder, sentence(err))
			}
		}
	} else if _, err := os.Stat(filepath.Join(s.folder, "one")); err == nil {
		return nil, nil, fmt.Errorf("there is a demo in %s already: each needs a folder of its own", s.folder)
	}
	for i, name := range []string{"one", "two", "three"} {
		if s.houses[i], err = newHouse(name, filepath.Join(s.folder, name), d.Port+i); err != nil {
			remove()
			return nil, nil, err
		}
	}
	return s, remove, nil
}

// strike ends all servers, at the same time.
func (s *stage) strike() {
	var ends []<-chan struct{}
	for _, h := range s.houses {
		ends = append(ends, h.close())
	}
	late := time.After(requestsEnd + tasksEnd + 10*time.Second)
	for i, end := range ends {
		select {
		case <-end:
		case <-late:
			s.houses[i].kill()
			late = time.After(0) // and so for the others
		}
	}
	if t, ok := s.net.(*http.Transport); ok {
		t.CloseIdleConnections()
	}
}

// logs shows what the servers have to say when something went wrong.
func (s *stage) logs() {
	for _, h := range s.houses {
		lines := h.complaints(12)
		if len(lines) == 0 {
			continue
		}
		s.say("\nFrom the log of %s:", h.name)
		for _, l := range lines {
			s.say("  %s", l)
		}
	}
}

// stepPatience is how long a step may wait for what it expects.
const stepPatience = 30 * time.Second

// until asks again and again until check is content, and no longer than a step may
// take; its error is what check said last.
func (s *stage) until(check func() error) error {
	ctx, cancel := context.WithTimeout(s, stepPatience)
	defer cancel()
	t := time.NewTicker(150 * time.Millisecond)
	defer t.Stop()
	for {
		err := check()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			if errors.Is(s.Err(), context.Canceled) {
				return s.Err()
			}
			return fmt.Errorf("%w (after %s)", err, stepPatience)
		case <-t.C:
		}
	}
}
