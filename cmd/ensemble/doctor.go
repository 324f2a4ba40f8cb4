package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

type doctorCmd struct{}

// A finding is what the doctor says of one thing.
type finding struct {
	mark   string // ok, warn or fail
	format string // a sentence, in English
	hint   string // what to do about it, "" if nothing
	args   []any
}

// text is the sentence in en or fr.
func (f finding) text(lang string) string {
	args := make([]any, len(f.args))
	for i, a := range f.args {
		if p, ok := a.(spot); ok {
			a = p[lang]
		} else if lang == "fr" {
			a = inTongue(a)
		}
		args[i] = a
	}
	return fmt.Sprintf(inLanguage(lang, f.format), args...)
}

// A spot is what a finding is about, in each language.
type spot map[string]string

func ok(format string, args ...any) finding { return finding{"ok", format, "", args} }

func warn(hint, format string, args ...any) finding { return finding{"warn", format, hint, args} }

func fail(hint, format string, args ...any) finding { return finding{"fail", format, hint, args} }

// A doctor looks at one server.
type doctor struct {
	*world
	config config
	db     *store.DB
	failed bool
}

// Run looks at everything, and fails if something is wrong.
func (doctorCmd) Run(w *world) error {
	d := &doctor{world: w}
	d.examine()
	if d.failed {
		return exit(1)
	}
	return nil
}

func (d *doctor) examine() {
	var err error
	if d.config, err = d.world.config(); err != nil {
		d.report(fail("", "The configuration does not make sense: %s", sentence(err)))
		return
	}
	d.report(ok("The configuration makes sense: this is %s, at %s.", d.config.Site.Domain, d.config.Site.Origin))
	if !d.connect() {
		return
	}
	defer d.db.Close() //nolint:errcheck // nothing was written
	for _, look := range d.looks() {
		d.report(look()...)
	}
}

// looks are what can be looked at while the server runs.
func (d *doctor) looks() []func() []finding {
	return []func() []finding{d.clock, d.keys, d.network, d.reachable, d.queue, d.deliveries, d.mail, d.signUps, d.media, d.ffmpeg, d.space, d.backups}
}

// report prints findings, a line each and another for what to do, in the language of the
// locale.
func (d *doctor) report(all ...finding) {
	lang := tongue(d.getenv)
	for _, f := range all {
		d.failed = d.failed || f.mark == "fail"
		d.say("%-5s %s", f.mark, f.text(lang))
		if f.hint != "" {
			d.say("      → %s", inLanguage(lang, f.hint))
		}
	}
}

// connect looks at the database, without which there is nothing more to see.
func (d *doctor) connect() bool {
	c := d.config
	if c.onDisk() {
		if _, err := os.Stat(c.Database); errors.Is(err, os.ErrNotExist) {
			d.report(fail("Start the server once, or set ENSEMBLE_DATA to where it is.", "There is no database at %s.", c.Database))
			return false
		}
	}
	ctx, cancel := context.WithTimeout(d, 15*time.Second)
	defer cancel()
	db, err := store.Open(ctx, store.Config{URL: c.Database, Site: c.Site, Log: c.log(d.world)})
	if err != nil {
		d.report(fail("Is it running, and are the name and the password in ENSEMBLE_DATABASE_URL right?", "The database cannot be opened: %s", sentence(err)))
		return false
	}
	d.db = db
	d.report(ok("The database answers (%s).", db.Dialect()))
	n, err := db.SchemaVersion(ctx)
	if err == nil {
		err = db.Current(ctx)
	}
	if err == nil {
		err = sameSite(ctx, db)
	}
	if err != nil {
		d.report(fail("", "%s", sentence(err)))
		_ = db.Close() // nothing was written
		return false
	}
	d.report(ok("Its schema is that of this program (%d).", n))
	return true
}

// clock looks whether the machine knows what time it is: signatures carry it.
func (d *doctor) clock() []finding {
	now := time.Now()
	if y := now.UTC().Year(); y < 2025 || y > 2100 {
		return []finding{fail("Set the clock, and keep it right with NTP.", "The clock of this machine says that it is the year %d.", y)}
	}
	theirs, err := d.db.Clock(d)
	if err != nil {
		return []finding{fail("", "The database does not say what time it is: %s", sentence(err))}
	}
	if off := now.Sub(theirs).Abs(); off > time.Minute {
		return []finding{fail("Keep both right with NTP.", "The clock of the database and that of this machine are %s apart.", off.Round(time.Second))}
	}
	return []finding{ok("The clock is set: %s.", now.UTC().Format(time.RFC3339))}
}

// queue looks whether tasks are worked.
func (d *doctor) queue() []finding {
	age, err := d.db.QueueAge(d)
	switch {
	case err != nil:
		return []finding{fail("", "The queue of tasks cannot be read: %s", sentence(err))}
	case age > 5*time.Minute:
		return []finding{warn("Does the server run? Its log says what fails.", "The oldest task has waited for %s.", age.Round(time.Second))}
	}
	return []finding{ok("Tasks do not wait (the oldest for %s).", age.Round(time.Second))}
}

// deliveries lists the servers that do not take what they are sent.
func (d *doctor) deliveries() []finding {
	var late []store.Backlog
	err := d.db.Read(d, func(tx *store.Tx) (err error) {
		late, err = store.Backlogs(tx, 20)
		return err
	})
	if err != nil {
		return []finding{fail("", "The deliveries cannot be read: %s", sentence(err))}
	}
	var out []finding
	for _, b := range late {
		switch {
		case b.Paused:
			out = append(out, warn("", "%d letters wait for %s: an admin holds them back.", b.Letters, b.Host))
		case b.LastError != "":
			out = append(out, warn("", "%d letters wait for %s: %s", b.Letters, b.Host, sentence(errors.New(b.LastError))))
		default:
			out = append(out, ok("%d letters wait for %s.", b.Letters, b.Host))
		}
	}
	if len(out) == 0 {
		out = append(out, ok("No letter waits for another server."))
	}
	return out
}

func (d *doctor) ffmpeg() []finding {
	for _, program := range []string{"ffmpeg", "ffprobe"} {
		if _, err := exec.LookPath(program); err != nil {
			return []finding{warn("Install ffmpeg.", "There is no %s, so video and sound are refused; pictures work.", program)}
		}
	}
	return []finding{ok("ffmpeg is there, for video and sound.")}
}

func (d *doctor) space() []finding {
	free, total, err := freeSpace(d.config.Data)
	if err != nil {
		return []finding{warn("", "How much room there is on the disk cannot be told: %s", sentence(err))}
	}
	const giga = 1 << 30
	const text = "%.1f of %.1f GB are free on the disk."
	size := []any{float64(free) / giga, float64(total) / giga}
	switch {
	case free < giga/4:
		return []finding{fail("Make room: without it nothing can be written.", text, size...)}
	case free < 2*giga || free < total/20:
		return []finding{warn("Make room before long.", text, size...)}
	}
	return []finding{ok(text, size...)}
}

// people returns the accounts that live here, the server itself among them.
func (d *doctor) people(after models.ID) (all []*models.Account, err error) {
	err = d.db.Read(d, func(tx *store.Tx) error {
		all, err = store.Find[models.Account](tx, "domain = '' AND state = 'active' AND id > ? ORDER BY id LIMIT 200", after)
		return err
	})
	return all, err
}
