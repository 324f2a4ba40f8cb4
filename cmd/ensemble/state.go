package main

import (
	"context"
	"time"

	"ensemble/activities/mail"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
	"ensemble/web/api"
)

// A machine is where a node runs, for those who look after it.
type machine struct {
	db      *store.DB
	cache   *files.Cache
	conf    nodeConfig
	started time.Time
}

// Place returns where things go.
func (m *machine) Place() api.Place {
	p := api.Place{MediaAt: mediaAt(m.conf), Bucket: m.conf.Bucket.Endpoint != ""}
	if m.conf.Mail != nil {
		p.Mail = m.conf.Mail.String()
	}
	return p
}

// State returns how the machine does. What cannot be told is left out.
func (m *machine) State(ctx context.Context) api.MachineState {
	s := api.MachineState{Version: version, StartedAt: m.started, MediaAt: mediaAt(m.conf), CacheMost: m.conf.Cache}
	if n, err := m.db.SchemaVersion(ctx); err == nil {
		s.Schema = n
	}
	if m.cache != nil {
		s.CacheSize, s.CacheMost = m.cache.Size(), m.cache.Most()
	}
	if free, total, err := freeSpace(m.conf.Data); err == nil {
		s.DiskFree, s.DiskSize = int64(min(free, 1<<62)), int64(min(total, 1<<62)) //nolint:gosec // they are bounded
	}
	return s
}

func mediaAt(c nodeConfig) string {
	if c.Bucket.Endpoint != "" {
		return c.Bucket.Endpoint + "/" + c.Bucket.Bucket
	}
	return c.Data + "/media"
}

// TestMail sends a test now, without the queue.
func (m *machine) TestMail(ctx context.Context, to, lang string) error {
	if m.conf.Mail == nil {
		return mail.Ready(models.Site{})
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	now := m.db.Now()
	l, err := mail.Compose(m.conf.Site, models.NewID(now), now, mail.Letter{Kind: mail.Test, To: to, Locale: lang})
	if err != nil {
		return err
	}
	if err := m.conf.Mail.Deliver(ctx, m.conf.Site, l); err != nil {
		return models.Refuse(models.Unreachable, "mail_not_taken", "%s did not take it: %s", m.conf.Mail, reason(err))
	}
	return nil
}

// Check looks at everything, as 'ensemble doctor' does, or at mail or media alone, and
// says it in en or fr.
func (m *machine) Check(ctx context.Context, lang, only string) []api.Check {
	c := m.conf
	d := &doctor{
		world: &world{Context: ctx}, db: m.db,
		config: config{Site: c.Site, Database: c.Database, Data: c.Data, Bucket: c.Bucket, Mail: c.Mail},
	}
	all, looks := []finding{ok("The database answers (%s).", m.db.Dialect())}, d.looks()
	if one := map[string]func() []finding{"mail": d.mail, "media": d.media}[only]; one != nil {
		all, looks = nil, []func() []finding{one}
	}
	for _, look := range looks {
		all = append(all, look()...)
	}
	out := make([]api.Check, len(all))
	for i, f := range all {
		out[i] = api.Check{State: f.mark, Text: f.text(lang), Hint: inLanguage(lang, f.hint)}
	}
	return out
}
