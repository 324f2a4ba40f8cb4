package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"ensemble/activities/account"
	"ensemble/activities/setup"
	"ensemble/models"
	"ensemble/models/store"
)

// How long a connection may be idle, and how long the server takes to stop. How long
// a request may take is among the limits.
const (
	idlePatience = 2 * time.Minute
	requestsEnd  = 10 * time.Second
	tasksEnd     = 20 * time.Second
)

type serveCmd struct {
	NoMigrate bool `help:"Refuse to start on an older database in place of bringing it up to date."`
	UntilEOF  bool `hidden:"" help:"Stop when the standard input ends, as it does with the program that holds it."`
}

// Help lists the options, which are no flags.
func (serveCmd) Help() string {
	var b strings.Builder
	b.WriteString("Configuration is read from the environment:\n\n")
	for _, o := range options() {
		fmt.Fprintf(&b, "  %s\n      %s.\n", o.name, o.help)
	}
	return b.String()
}

// Run is the server, until it is told to stop.
func (s serveCmd) Run(w *world) error {
	c, err := w.config()
	if err != nil {
		return err
	}
	limitMemory()
	log := c.log(w)
	slog.SetDefault(log)
	if c.onDisk() {
		unlock, err := lockFolder(filepath.Dir(c.Database))
		if err != nil {
			return err
		}
		defer unlock()
	}
	l, err := (&net.ListenConfig{}).Listen(w, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("%s cannot be listened at, perhaps because something else does; ENSEMBLE_LISTEN chooses another: %w", c.Listen, err)
	}
	defer l.Close() //nolint:errcheck // the server has closed it
	ctx, stop := context.WithCancel(w)
	defer stop()
	if s.UntilEOF {
		go func() { // ends with the input, at the latest with the process
			_, _ = io.Copy(io.Discard, w.in)
			stop()
		}()
	}
	conf := c.node(log)
	conf.NoMigrate = s.NoMigrate
	n, err := open(ctx, conf)
	if err != nil {
		return err
	}
	return n.serve(ctx, w, c, l)
}

// serve answers at l until ctx ends, and then stops in good order: no new requests,
// then an end to those that run, then to tasks.
func (n *node) serve(ctx context.Context, w *world, c config, l net.Listener) error {
	err := n.welcome(ctx, w, c)
	if err == nil {
		err = n.start(context.WithoutCancel(ctx))
	}
	if err == nil {
		err = n.answer(ctx, w, c, l)
	}
	end, cancel := context.WithTimeout(context.Background(), tasksEnd)
	defer cancel()
	if stopErr := n.stop(end); stopErr != nil {
		err = errors.Join(err, fmt.Errorf("the server did not stop cleanly: %w", stopErr))
	}
	return err
}

func (n *node) answer(ctx context.Context, w *world, c config, l net.Listener) error {
	most := c.Site.Most()
	srv := &http.Server{
		Handler: patient(n.handler, most), ReadHeaderTimeout: time.Duration(most.HeaderSeconds) * time.Second, IdleTimeout: idlePatience, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(n.log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	w.say("Ensemble %s is ready at %s (listening at %s, %s).", version, c.Site.Origin, l.Addr(), n.db.Dialect())
	n.log.Info("ready", "origin", c.Site.Origin, "listen", l.Addr().String(), "database", n.db.Dialect())
	select {
	case err := <-failed:
		return fmt.Errorf("the server stopped listening: %w", err)
	case <-ctx.Done():
	}
	n.log.Info("stopping")
	n.api.Hub.Close() // streams would go on for ever
	end, cancel := context.WithTimeout(context.Background(), requestsEnd)
	defer cancel()
	if err := srv.Shutdown(end); err != nil {
		n.log.Warn("requests were cut off", "err", err)
		_ = srv.Close() // they have had their time
	}
	return nil
}

// patient gives uploads and files more time than other requests.
func patient(h http.Handler, most models.Limits) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		wait := time.Duration(most.BodySeconds) * time.Second
		if isLong(r) {
			wait = time.Duration(most.TransferSeconds) * time.Second
		}
		until, rc := time.Now().Add(wait), http.NewResponseController(rw)
		if err := cmp.Or(rc.SetReadDeadline(until), rc.SetWriteDeadline(until)); err != nil {
			slog.Warn("a request has no time limit", "err", err)
		}
		h.ServeHTTP(rw, r)
	})
}

func isLong(r *http.Request) bool {
	switch p := r.URL.Path; {
	case p == "/api/v1/media", p == "/api/v2/media", p == "/api/v1/accounts/update_credentials":
		return true
	default:
		return strings.HasPrefix(p, "/media/") || strings.HasPrefix(p, "/drafts/")
	}
}

// welcome makes the first account of a server for this machine, and says of another one
// without an owner where it is set up.
func (n *node) welcome(ctx context.Context, w *world, c config) error {
	has := false
	err := n.db.Read(ctx, func(tx *store.Tx) (err error) {
		has, err = store.Any[models.User](tx, "true")
		return err
	})
	switch {
	case err != nil:
		return err
	case has || !c.Local:
		return n.invite(ctx, w)
	}
	password := newPassword()
	spec := account.Spec{Username: "owner", Email: "owner@localhost", Role: models.RoleOwner}
	if _, err := createAccount(ctx, n.db, spec, password); err != nil {
		return err
	}
	w.say("This server is new, so it made a first account. Sign in as owner with the password %s", password)
	w.say("It is not shown again. For another one: ensemble account password owner")
	w.say("To set the server up, sign in and open %s", n.db.Site.IRI("/admin/setup"))
	return nil
}

// invite says where a server without an owner gets one.
func (n *node) invite(ctx context.Context, w *world) error {
	word := ""
	err := n.db.Tx(ctx, func(tx *store.Tx) (err error) {
		word, err = setup.Begin(tx)
		return err
	})
	if err == nil && word != "" {
		w.say("This server has no owner yet. To set it up, open %s", n.db.Site.IRI("/setup?token="+word))
		w.say("The address is shown once, and works until there is an owner. Each start shows a new one.")
	}
	return err
}

type healthCmd struct{}

// Run asks the server that listens where this configuration says.
func (healthCmd) Run(w *world) error {
	c, err := w.config()
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	at := "http://" + net.JoinHostPort(host, port) + "/healthz"
	ctx, cancel := context.WithTimeout(w, 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	defer resp.Body.Close() //nolint:errcheck // it is not read
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", at, resp.Status)
	}
	w.say("%s answers.", at)
	return nil
}
