package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"ensemble/activities"
	"ensemble/activities/account"
	"ensemble/activities/backup"
	"ensemble/activities/confirm"
	"ensemble/activities/mail"
	"ensemble/activities/media"
	"ensemble/activities/post"
	"ensemble/activities/trend"
	"ensemble/federation"
	"ensemble/federation/sign"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
	"ensemble/web"
	"ensemble/web/api"
	"ensemble/web/call"
	"ensemble/web/oauth"
	"ensemble/web/stream"
)

// version is what this program calls itself. The release sets it.
var version = "0.1.0"

// A node is one server: its database, its files, its two mouths and its workers.
type node struct {
	db      *store.DB
	files   files.Store
	cache   *files.Cache // nil: files of others are linked where they are
	fed     *federation.Server
	mail    *mail.Office
	handler http.Handler
	api     *api.API
	log     *slog.Logger

	stopSweeps context.CancelFunc
	sweeps     sync.WaitGroup
	desk       *media.Desk
	backups    *keeper
	room       int64 // bytes of files of others, as configured; 0: the usual
}

// A nodeConfig is what a node is made of. Tests give a clock and a network of their
// own.
type nodeConfig struct {
	Site      models.Site
	Database  string // postgres://… or the path of an SQLite file
	Data      string // folder of uploads
	Secret    []byte // signs the addresses of pending media; nil: the one in the database
	Proxies   []string
	Direct    bool               // link files of others where they are, in place of serving them
	Mail      *mail.Server       // nil: no mail is sent
	Cache     int64              // bytes of files of others that are kept on disk; 0: 1 GiB
	Limit     int                // client calls in five minutes: see web.Config
	Bucket    files.BucketConfig // of uploads, if it has an Endpoint
	Metrics   bool
	NoMigrate bool // refuse an older schema instead of bringing it up to date
	Now       func() time.Time
	Transport http.RoundTripper
	Log       *slog.Logger
	Keys      func() (models.KeyPair, error)                                  // makes what the instance actor signs with; nil: sign.NewPair
	Doubt     func(kept, fresh []byte)                                        // see api.API
	Calls     func(ctx context.Context, what string, call func() error) error // see store.Config
}

// open puts a node together. Its schema is brought up to date, and the instance
// actor made, but nothing is worked until start.
func open(ctx context.Context, c nodeConfig) (*node, error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	db, err := store.Open(ctx, store.Config{URL: c.Database, Site: c.Site, Now: c.Now, Log: c.Log, Calls: c.Calls})
	if err != nil {
		return nil, err
	}
	n, err := assemble(ctx, db, c)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return n, nil
}

func assemble(ctx context.Context, db *store.DB, c nodeConfig) (*node, error) {
	schema := db.Migrate
	if c.NoMigrate {
		schema = db.Current
	}
	if err := schema(ctx); err != nil {
		return nil, err
	}
	if err := systemActor(ctx, db, c.Keys); err != nil {
		return nil, err
	}
	if err := sameSite(ctx, db); err != nil {
		return nil, err
	}
	if len(c.Secret) == 0 {
		var err error
		if c.Secret, err = previewSecret(ctx, db); err != nil {
			return nil, err
		}
	}
	if err := db.Tx(ctx, func(tx *store.Tx) error { _, err := activities.PushKey(tx); return err }); err != nil {
		return nil, err
	}
	disk, err := openFiles(c.Data, c.Bucket)
	if err != nil {
		return nil, err
	}
	cache, err := proxyCache(db, c)
	if err != nil {
		return nil, errors.Join(err, disk.Close())
	}
	fed := federation.New(federation.Config{DB: db, Files: disk, Transport: c.Transport, Log: c.Log, Version: version})
	auth := oauth.New(oauth.Config{DB: db, Authenticate: account.Authenticate})
	clients := &api.API{Finder: &finder{db, fed.Peers}, Files: disk, Writer: writer{}, Limits: files.Of(c.Site.Limits), Hub: stream.New(), Remote: fed.Peers, Doubt: c.Doubt}
	clients.Machine = &machine{db: db, cache: cache, conf: c, started: db.Now()}
	if cache != nil {
		clients.Copies = cache
	}
	handler, err := web.Handler(web.Config{
		DB: db, OAuth: auth, API: clients.Routes(),
		Remote: fed.Peers, Cache: cache, Witness: fed.Peers, Door: fed.Peers,
		Federation: fed, Files: disk, Secret: c.Secret, Proxies: c.Proxies, Limit: c.Limit, OpenMetrics: c.Metrics, Log: c.Log,
	})
	if err != nil {
		return nil, err
	}
	return &node{
		db: db, files: disk, fed: fed, cache: cache, handler: handler, api: clients, log: c.Log,
		desk: &media.Desk{DB: db, Files: disk, Limits: files.Of(c.Site.Limits), Log: c.Log},
		mail: &mail.Office{DB: db, Server: c.Mail, Log: c.Log}, backups: newKeeper(db, c), room: c.Cache,
	}, nil
}

// systemActor makes the instance actor, once. It signs with what keys makes, or, if that
// is nil, with new ones.
func systemActor(ctx context.Context, db *store.DB, keys func() (models.KeyPair, error)) error {
	has := false
	err := db.Read(ctx, func(tx *store.Tx) (err error) {
		has, err = store.Any[models.Account](tx, "system AND domain = ''")
		return err
	})
	if err != nil || has {
		return err
	}
	if keys == nil {
		keys = sign.NewPair
	}
	k, err := keys()
	if err != nil {
		return err
	}
	return db.Tx(ctx, func(tx *store.Tx) error {
		_, err := account.System(tx, k)
		return err
	})
}

// start begins to work tasks, and to sweep every few seconds.
func (n *node) start(ctx context.Context) error {
	w := store.NewWorkers(n.db)
	n.fed.Work(w)
	n.transfers(w)
	n.desk.Work(w)
	n.mail.Work(w)
	n.backups.work(w)
	store.Work(w, func(ctx context.Context, t post.MakeSearchable) error {
		return n.db.Tx(ctx, func(tx *store.Tx) error { return post.GoOnSearchable(tx, t) })
	})
	store.Work(w, func(ctx context.Context, t post.SortConversations) error {
		return n.db.Tx(ctx, func(tx *store.Tx) error { return post.GoOnSorting(tx, t) })
	})
	if err := n.db.Start(ctx, w); err != nil {
		return err
	}
	ctx, n.stopSweeps = context.WithCancel(ctx)
	n.sweeps.Go(func() { every(ctx, 5*time.Second, n.log, "sweep", n.fed.Sweep) })
	n.sweeps.Go(func() {
		every(ctx, trend.Every, n.log, "trends", func(ctx context.Context) error { return n.db.Tx(ctx, trend.Count) })
	})
	n.sweeps.Go(func() { every(ctx, time.Minute, n.log, "uploads", n.desk.Sweep) })
	n.sweeps.Go(func() { every(ctx, time.Minute, n.log, "people", n.people) })
	n.sweeps.Go(func() { n.api.Stream(ctx, n.db, n.log) })
	n.sweeps.Go(func() { every(ctx, time.Minute, n.log, "imports", n.bring) })
	n.sweeps.Go(func() { every(ctx, 6*time.Hour, n.log, "clean", n.clean) })
	return nil
}

// people does what is due about those who live here, and their mail.
func (n *node) people(ctx context.Context) error {
	return errors.Join(n.mail.Sweep(ctx), n.db.Tx(ctx, account.Digests), n.db.Tx(ctx, account.Forget), n.sample(ctx), n.fit(ctx), n.db.Tx(ctx, backup.Due))
}

// clean forgets what is past keeping.
func (n *node) clean(ctx context.Context) error {
	return errors.Join(n.db.Tx(ctx, post.Backfill), n.fed.Clean(ctx), n.db.Tx(ctx, oauth.Forget), n.db.Tx(ctx, confirm.Forget), n.db.Tx(ctx, mail.Forget), n.db.Tx(ctx, call.ForgetReplays), n.db.Analyze(ctx))
}

// every does fn now and at every interval until ctx is done.
func every(ctx context.Context, interval time.Duration, log *slog.Logger, what string, fn func(context.Context) error) {
	t := time.NewTicker(interval)
	defer t.Stop()
	for {
		if err := fn(ctx); err != nil && ctx.Err() == nil {
			log.Error("a periodic task failed", "task", what, "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// stop lets running tasks end, or hands them back, and closes everything.
func (n *node) stop(ctx context.Context) error {
	n.api.Hub.Close()
	if n.stopSweeps != nil {
		n.stopSweeps()
		n.sweeps.Wait()
	}
	err := errors.Join(n.db.Stop(ctx), n.db.Close(), n.files.Close())
	if n.cache != nil {
		err = errors.Join(err, n.cache.Close())
	}
	return err
}
