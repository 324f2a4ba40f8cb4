// Package federation is how servers talk to each other. To the rest of the program
// it is one handler that peers call, the tasks that it has done, and a sweep that
// catches what a queue could lose.
package federation

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"ensemble/activities/collab"
	"ensemble/activities/graph"
	"ensemble/activities/interaction"
	"ensemble/activities/poll"
	"ensemble/activities/post"
	"ensemble/federation/delivery"
	"ensemble/federation/fetch"
	"ensemble/federation/inbox"
	"ensemble/federation/sign"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/limit"
	"ensemble/models/store"
)

// Config is what a Server needs.
type Config struct {
	DB        *store.DB
	Files     files.Store
	Transport http.RoundTripper // nil: the guarded one
	Log       *slog.Logger
	Version   string
}

// A Server speaks ActivityPub.
type Server struct {
	Peers *fetch.Client

	db     *store.DB
	files  files.Store
	inbox  *inbox.Inbox
	office *delivery.Office
	log    *slog.Logger
	keys   sign.Keyring
	conf   Config
	mux    *http.ServeMux

	strangers *limit.Limiter // requests whose signature does not hold, by address
}

// New returns a server. It works nothing until Work's workers start.
func New(c Config) *Server {
	peers := fetch.New(fetch.Config{DB: c.DB, Transport: c.Transport, Log: c.Log, UserAgent: "Ensemble/" + c.Version})
	s := &Server{
		Peers: peers, db: c.DB, files: c.Files, log: c.Log, conf: c,
		inbox:     &inbox.Inbox{DB: c.DB, Peers: peers, Files: c.Files, Log: c.Log},
		strangers: limit.New(c.DB.Site.Most().AddressStrangers, models.RateWindow, c.DB.Now),
		office:    &delivery.Office{DB: c.DB, Peers: peers, Log: c.Log},
	}
	s.inbox.Back = func(tx *store.Tx, host string) error {
		if _, err := store.Set[models.Peer](tx, map[string]any{"failures": 0, "next_try": nil}, "host = ?", host); err != nil {
			return err
		}
		return store.Hurry(tx, delivery.Deliver{Host: host})
	}
	s.inbox.Servers = limit.New(c.DB.Site.Most().ServerActivities, models.RateWindow, c.DB.Now)
	s.inbox.Strangers = s.strangers
	s.office.Gone = s.inbox.Vanish
	s.mux = s.routes()
	return s
}

// Work has the server's tasks done by w.
func (s *Server) Work(w *store.Workers) {
	s.inbox.Work(w)
	s.office.Work(w)
	store.Work(w, s.card)
	store.Work(w, s.push)
	store.Work(w, s.askPoll)
	store.Work(w, s.sync)
	store.Work(w, s.publish)
	s.workPeople(w)
}

// Sweep does what is due and wakes what was forgotten. It is called every few
// seconds, by every process; doing it twice does it once.
func (s *Server) Sweep(ctx context.Context) error {
	return errors.Join(s.db.Rescue(ctx), s.inbox.Sweep(ctx), s.office.Sweep(ctx), s.collabs(ctx), s.claims(ctx), s.stamps(ctx), s.db.Tx(ctx, post.CardsDue), s.sunset(ctx), s.polls(ctx), s.db.Tx(ctx, interaction.Sweep), s.lists(ctx), s.scheduled(ctx))
}

// Clean forgets what is past keeping. It is called a few times a day.
func (s *Server) Clean(ctx context.Context) error {
	return errors.Join(s.inbox.Clean(ctx), s.office.Clean(ctx), s.db.Tx(ctx, post.Sweep), s.db.Tx(ctx, post.ForgetCards), s.db.Tx(ctx, graph.Forget))
}

func (s *Server) collabs(ctx context.Context) error {
	var due []models.ID
	err := s.db.Read(ctx, func(tx *store.Tx) (err error) {
		due, err = store.CollabsDue(tx, 100)
		return err
	})
	for _, id := range due {
		err = errors.Join(err, s.db.Tx(ctx, func(tx *store.Tx) error { return collab.Look(tx, id) }))
	}
	return err
}

// polls ends those whose time is over, and says how the others stand.
func (s *Server) polls(ctx context.Context) error {
	var due []models.ID
	err := s.db.Read(ctx, func(tx *store.Tx) (err error) {
		due, err = store.PollsDue(tx, 100)
		return err
	})
	for _, id := range due {
		err = errors.Join(err, s.db.Tx(ctx, func(tx *store.Tx) error { return poll.Look(tx, id) }))
	}
	return err
}

// stamps lets superseded stamps go, and has those looked at whose time has come.
func (s *Server) stamps(ctx context.Context) error {
	return s.db.Tx(ctx, func(tx *store.Tx) error {
		if _, err := store.Set[models.Stamp](tx, map[string]any{"revoked_at": tx.Now}, "retire_at <= ? AND revoked_at IS NULL", tx.Now); err != nil {
			return err
		}
		posts, err := store.PostsToCheck(tx, 100)
		if err != nil {
			return err
		}
		for _, id := range posts {
			if err := store.Wake(tx, collab.Verify{Post: id}); err != nil {
				return err
			}
		}
		return nil
	})
}

// ServeHTTP answers peers.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Server) routes() *http.ServeMux {
	m := http.NewServeMux()
	m.HandleFunc("POST /inbox", s.take)
	m.HandleFunc("POST /actor/inbox", s.take)
	m.HandleFunc("POST /users/{name}/inbox", s.take)
	for g, all := range map[gate]map[string]handler{
		public: {
			"GET /.well-known/webfinger": s.webfinger,
			"GET /.well-known/host-meta": s.hostMeta,
			"GET /.well-known/nodeinfo":  s.nodeInfoLinks,
			"GET /nodeinfo/{version}":    s.nodeInfo,
			"GET /ns/ensemble/v1":        s.context,
			"GET /actor":                 s.systemActor,
			"GET /actor/{collection}":    s.systemCollection,
		},
		actors: {"GET /users/{name}": s.actor},
		shared: {
			"GET /users/{name}/outbox":        s.outbox,
			"GET /users/{name}/followers":     s.followers,
			"GET /users/{name}/following":     s.following,
			"GET /users/{name}/featured":      s.featured,
			"GET /users/{name}/featured_tags": s.featuredTags,
			"GET /activities/{id}":            s.activity,
			"GET /boosts/{id}":                s.activity,
			"GET /likes/{id}":                 s.activity,
			"GET /emojis/{id}":                s.emoji,
		},
		personal: {
			"GET /users/{name}/followers_synchronization": s.partialFollowers,
			"GET /users/{name}/notes/{id}":                s.note,
			"GET /users/{name}/notes/{id}/{of}":           s.noteCollection,
			"GET /collaborations/{id}":                    s.collaboration,
			"GET /drafts/{collab}/{media}":                s.draft,
		},
		evidence: {
			"GET /users/{name}/stamps/{id}":         s.stamp,
			"GET /users/{name}/authorizations/{id}": s.approval,
		},
	} {
		for pattern, h := range all {
			m.HandleFunc(pattern, s.answer(h, g))
		}
	}
	return m
}

// A document is an answer to a GET.
type document struct {
	body    []byte
	kind    string // content type; "" means an ActivityStreams document
	cache   string // Cache-Control
	send    func(http.ResponseWriter, *http.Request)
	another string // an address to go to instead
	gone    bool
	of      []store.Thing // what it is made of; nil: more than can be told
}

type handler func(tx *store.Tx, r *http.Request) (*document, error)

// answer writes what h says to whom g lets through.
func (s *Server) answer(h handler, g gate) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		in, only, err := s.admit(r, g)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		r = in
		d, err := s.find(h, r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if only {
			d.cache = "private, no-store"
		}
		s.write(w, r, &d)
	}
}

const activityJSON = `application/activity+json; charset=utf-8`

func (s *Server) write(w http.ResponseWriter, r *http.Request, d *document) {
	h := w.Header()
	h.Set("Vary", "Accept, Signature, Signature-Input")
	h.Set("X-Content-Type-Options", "nosniff")
	if d.cache != "" {
		h.Set("Cache-Control", d.cache)
	}
	switch {
	case d.another != "":
		http.Redirect(w, r, d.another, http.StatusFound)
		return
	case d.send != nil:
		d.send(w, r)
		return
	}
	if d.kind == "" {
		d.kind = activityJSON
	}
	h.Set("Content-Type", d.kind)
	if d.gone {
		w.WriteHeader(http.StatusGone)
	}
	_, _ = w.Write(d.body) // whoever hung up does not want it
}

// take is every inbox. What is answered 202 is on disk.
func (s *Server) take(w http.ResponseWriter, r *http.Request) {
	if err := s.inbox.Keep(w.Header(), r); err != nil {
		s.fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

var statuses = map[models.Kind]int{
	models.Invalid: http.StatusBadRequest, models.Unauthed: http.StatusUnauthorized, models.Forbidden: http.StatusForbidden,
	models.NotFound: http.StatusNotFound, models.Gone: http.StatusGone, models.Conflict: http.StatusConflict,
	models.TooMany: http.StatusTooManyRequests, models.Unreachable: http.StatusServiceUnavailable,
}

func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, ok := statuses[models.KindOf(err)]
	text := err.Error()
	if !ok {
		s.log.Error("federation: request failed", "path", r.URL.Path, "err", err)
		status, text = http.StatusServiceUnavailable, "something went wrong here: try again later"
	}
	if errors.Is(err, models.ErrFull) {
		status, text = http.StatusInsufficientStorage, models.ErrFull.Error()
	}
	switch models.CodeOf(err) {
	case "too_large":
		status = http.StatusRequestEntityTooLarge
	case "encoded":
		status = http.StatusUnsupportedMediaType
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Vary", "Accept, Signature, Signature-Input")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": text, "code": models.CodeOf(err)})
}
