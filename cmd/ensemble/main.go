// Command ensemble is a server of the fediverse on which a post can have several
// authors, each of whom agreed to it. It is one binary: 'ensemble serve' is the
// server, 'ensemble demo' shows three of them talking, and the others look after
// one: accounts, settings, migrations, a doctor, and 'ensemble verify', which
// checks anybody's post and needs no server at all.
//
// This package introduces the others to each other. It reads the configuration,
// once, and hands on values: nothing below it looks at the environment, and the
// clock that they are given is wound here.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands is the command line.
type commands struct {
	Loose bool `help:"Let servers talk over http and on this machine: for demos and tests, never on the open network."`

	Setup    setupCmd    `cmd:"" help:"Ask what a server has to know, and write its configuration, database and owner."`
	Serve    serveCmd    `cmd:"" help:"Run the server. Without any configuration it is one for this machine."`
	Demo     demoCmd     `cmd:"" help:"Show three servers on this machine writing posts together."`
	Verify   verifyCmd   `cmd:"" help:"Check who stands by a post, from anywhere, without a database."`
	Account  accountCmd  `cmd:"" help:"Create accounts, and change what they may do."`
	Invite   inviteCmd   `cmd:"" help:"Codes that let people sign up."`
	Bar      barCmd      `cmd:"" help:"Say from where, and with which e-mail addresses, nobody signs up."`
	Mail     mailCmd     `cmd:"" help:"See whether this server can send mail, and what became of it."`
	Domain   domainCmd   `cmd:"" help:"Block, limit and let in other servers."`
	Relay    relayCmd    `cmd:"" help:"Ask relays to pass public posts on, and leave them."`
	Report   reportCmd   `cmd:"" help:"See what was reported, and close it."`
	Emoji    emojiCmd    `cmd:"" help:"Pictures that people here write as :shortcode:."`
	Media    mediaCmd    `cmd:"" help:"How much room files take, and less of it."`
	Announce announceCmd `cmd:"" help:"Say something to all who live here."`
	Setting  settingCmd  `cmd:"" help:"Read and change settings."`
	Limits   limitsCmd   `cmd:"" help:"List the limits on what others can ask of this server."`
	Rollout  rolloutCmd  `cmd:"" help:"Say who may start posts of several authors, or switch them off."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the database up to date with this program."`
	Backup   backupCmd   `cmd:"" help:"Write database and uploads into one file, and read it again. The server may run."`
	Restore  restoreCmd  `cmd:"" help:"Put a backup where there is nothing yet."`
	Doctor   doctorCmd   `cmd:"" help:"Look for what is wrong with this server."`
	Audit    auditCmd    `cmd:"" help:"Check the audit trails of posts that were written together."`
	Health   healthCmd   `cmd:"" help:"Ask the running server whether it lives."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

// A world is what a command sees of the machine it runs on.
type world struct {
	context.Context
	in     io.Reader
	out    io.Writer
	err    io.Writer
	getenv func(string) string
	loose  bool
}

// say prints a line.
func (w *world) say(format string, args ...any) {
	fmt.Fprintf(w.out, format+"\n", args...) // whoever closed the pipe does not want it
}

// config reads the configuration of the server that the command is about.
func (w *world) config() (config, error) { return readConfig(w.getenv, w.loose) }

// An exit ends the program with a code, and without another word.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	w := &world{Context: ctx, in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv}
	code := run(w, os.Args[1:])
	stop()
	os.Exit(code)
}

// run does what the command line says, and returns the exit code.
func run(w *world, args []string) int {
	var c commands
	p, err := kong.New(&c, kong.Name("ensemble"), kong.Writers(w.out, w.err),
		kong.Description("A server of the fediverse on which posts have several authors."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}), kong.Bind(w))
	if err != nil {
		return w.fail(err)
	}
	chosen, err := p.Parse(oldStyle(args))
	if err != nil {
		return w.fail(err)
	}
	w.loose = c.Loose
	return w.fail(chosen.Run())
}

// fail says what went wrong, and returns the exit code for it.
func (w *world) fail(err error) int {
	var code exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintf(w.err, "ensemble: %s\n", sentence(err)) // there is nobody else to tell
	return 1
}

// sentence ends what an error says with a full stop.
func sentence(err error) string {
	s := err.Error()
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") || strings.HasSuffix(s, "!") {
		return s
	}
	return s + "."
}

// oldStyle lets a long flag be written with one dash, as Go programs have it.
func oldStyle(args []string) []string {
	out := make([]string, len(args))
	for i, a := range args {
		if len(a) > 2 && a[0] == '-' && a[1] != '-' && a[1] >= 'a' && a[1] <= 'z' {
			a = "-" + a
		}
		out[i] = a
	}
	return out
}

type versionCmd struct{}

// Run prints what this program is.
func (versionCmd) Run(w *world) error {
	revision := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " (" + s.Value[:min(len(s.Value), 12)] + ")"
			}
		}
	}
	w.say("ensemble %s%s, %s, %s/%s", version, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}
