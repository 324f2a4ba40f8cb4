package main

import (
	"context"
	"time"

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

// State returns how the machine does. What cannot be told is left out.
func (m *machine) State(ctx context.Context) api.MachineState {
	s := api.MachineState{Version: version, StartedAt: m.started, MediaAt: mediaAt(m.conf), CacheMost: m.conf.Cache}
	if n, err := m.db.SchemaVersion(ctx); err == nil {
		s.Schema = n
	}
	if m.cache != nil {
		s.CacheSize = m.cache.Size()
		if s.CacheMost == 0 {
			s.CacheMost = usualCache
		}
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

// Check looks at everything, as 'ensemble doctor' does, and says it in en or fr.
func (m *machine) Check(ctx context.Context, lang string) []api.Check {
	c := m.conf
	d := &doctor{
		world: &world{Context: ctx}, db: m.db,
		config: config{Site: c.Site, Database: c.Database, Data: c.Data, Bucket: c.Bucket, Mail: c.Mail},
	}
	all := []finding{ok("The database answers (%s).", m.db.Dialect())}
	for _, look := range d.looks() {
		all = append(all, look()...)
	}
	out := make([]api.Check, len(all))
	for i, f := range all {
		out[i] = api.Check{State: f.mark, Text: f.text(lang), Hint: inLanguage(lang, f.hint)}
	}
	return out
}
