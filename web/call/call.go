// Package call is the one way from an HTTP request to a feature: who asks, what
// they ask, in which transaction, and how the answer or the error goes back. It
// keeps HTTP to itself: a handler reads its Call, calls a feature and returns a
// view, and nothing on the floors below knows of statuses or headers.
package call

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"ensemble/models"
	"ensemble/models/limit"
	"ensemble/models/store"
)

// A Call is one request by somebody.
type Call struct {
	*gin.Context
	Tx    *store.Tx       // nil outside a transaction: in a Prepare, and in a Free handler
	Me    *models.Account // nil if nobody is signed in
	User  *models.User    // the private side of Me
	Token *models.Token   // nil if the request carried none
	Site  models.Site

	server *Server
	route  *Route
	asked  params
	bad    error // the first parameter that made no sense
	met    bool  // who asks was counted
	writes bool  // Tx may write
}

// A Handler answers a call. What it changed is kept, and then what it returned is
// written as JSON: nil as {}, an Answer as it says. If it returns an error nothing
// is kept. It runs in a transaction (but see Free), so it never waits for the network.
type Handler func(*Call) (any, error)

// A Prepare runs before the transaction, and may ask other servers. The Handler
// it returns then runs in the transaction with what was found:
//
//	func Search(find Finder) call.Prepare {
//		return func(c *call.Call) (call.Handler, error) {
//			found, err := find(c.Ctx(), c.Str("q")) // the network: no transaction yet
//			if err != nil {
//				return nil, err
//			}
//			return func(c *call.Call) (any, error) { return view(c.Tx, found) }, nil
//		}
//	}
type Prepare func(*Call) (Handler, error)

// A Mode says what kind of transaction a handler runs in.
type Mode int

// The modes. Auto is Read for GET and Write for every other method. A Free handler
// runs outside any transaction and opens what it needs by c.InTx and c.InRead: it
// is for uploads, streams, and work in several steps.
const (
	Auto Mode = iota
	Read
	Write
	Free
)

// Who says who may call a route.
type Who int

// Person, the default, is an account that is signed in. Anyone includes those who
// are not, but a token that is sent must be good. App is any token, also one that
// acts for no account. Nobody means that the route does not ask who it is.
const (
	Person Who = iota
	Anyone
	App
	Nobody
)

// A Route is a line in the table of all endpoints.
type Route struct {
	Method string
	Path   string // as gin writes it: /api/v1/statuses/:id
	// Scope is what a token must allow. Of several, separated by spaces, one is
	// enough; "" asks for none. A parent grants its children: "read" is enough for
	// "read:statuses".
	Scope   string
	Who     Who
	Mode    Mode
	Handler Handler
	Prepare Prepare // instead of Handler, if the network is needed first
	MaxBody int64   // in bytes; 0 means 1 MiB
	// Page marks a page for people: they are known by the session cookie instead
	// of a token, and errors are shown as a page.
	Page bool
	// Unmetered calls count against no limit: pictures come by the dozen.
	Unmetered bool
	// Rare calls count by themselves, against a smaller limit, too: each leaves
	// something behind for good.
	Rare Rarity
	// Waiting lets those in, too, who signed up and wait to be let in elsewhere.
	Waiting bool
	// QueryToken lets the token come as ?access_token= or Sec-WebSocket-Protocol:
	// for streams, which browsers open without headers.
	QueryToken bool
}

// A Rarity says which of the smaller limits a call counts against, beside that on all
// calls.
type Rarity int

// The rarities, as Mastodon has them: apps that are registered, files, what is taken
// back, and accounts that are asked for.
const (
	Common Rarity = iota
	Apps
	Uploads
	Deletions
	Signups
)

func (r *Route) mode() Mode {
	switch {
	case r.Mode != Auto:
		return r.Mode
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		return Read
	default:
		return Write
	}
}

// A Server turns routes into handlers for gin.
type Server struct {
	DB  *store.DB
	Log *slog.Logger // nil means the default one
	// Who tells whose token this is; its error is Unauthed for a token that is not
	// good, and Forbidden for an account that may not act.
	Who func(tx *store.Tx, bearer string) (*models.Token, *models.Account, *models.User, error)
	// Browser tells who is signed in, for routes that are pages; all nil for nobody.
	Browser func(tx *store.Tx, r *http.Request) (*models.Session, *models.Account, *models.User, error)
	// ErrorPage shows an error on a route that is a page. nil means plain text.
	ErrorPage func(c *Call, status int, code, sentence string) Answer
	// Words says what a code of an error means in the language of who calls, if that is
	// another than the sentence's; "" where there are none. nil means that there never are.
	Words func(c *Call, code string) string
	// People and Addresses limit how often somebody may call: those with a token
	// by their token, the others by their address. nil means no limit.
	People, Addresses *limit.Limiter
	// Rare limits what is asked for once in a long time: by account, or by address
	// where nobody is signed in.
	Rare map[Rarity]*limit.Limiter
	// Secret signs the addresses of pending media: see PreviewURL.
	Secret []byte
	// Inner answers what pages ask of the API: see Ask.
	Inner http.Handler
	// Heard is told of each parameter that a handler looks for. It is for tests: nil, as
	// in the program, tells nobody.
	Heard func(r *Route, name string)
}

// Handle returns what gin needs to serve the route.
func (s *Server) Handle(r Route) gin.HandlerFunc {
	return func(g *gin.Context) {
		c := &Call{Context: g, Site: s.DB.Site, server: s, route: &r}
		defer c.forget()
		a, err := s.serve(c)
		s.write(c, a, err)
	}
}

func (s *Server) serve(c *Call) (*Answer, error) {
	if err := first(c.count(""), c.sameSite()); err != nil {
		return nil, err
	}
	if c.route.mode() != Free && c.route.Prepare == nil {
		if err := c.parse(); err != nil {
			return nil, first(c.unread(), err)
		}
		return s.within(c, c.route.Handler)
	}
	// Strangers' uploads are not even read; and what asks nobody who they are may
	// live without a database.
	if c.route.Who != Nobody {
		if err := c.InRead(func(*store.Tx) error { return c.identify() }); err != nil {
			return nil, err
		}
	}
	if err := c.parse(); err != nil {
		return nil, err
	}
	if c.route.Prepare == nil {
		return c.run(c.route.Handler)
	}
	h, err := c.route.Prepare(c)
	if c.bad != nil || err != nil {
		return nil, first(c.bad, err)
	}
	return s.within(c, h)
}

// within runs h in the one transaction of the call.
func (s *Server) within(c *Call, h Handler) (a *Answer, err error) {
	open := c.InTx
	if c.route.mode() == Read {
		open = c.InRead
	}
	err = open(func(*store.Tx) error {
		if err := c.identify(); err != nil {
			return err
		}
		if key := c.replayKey(); key != "" {
			a, err = c.once(key, h)
		} else {
			a, err = c.run(h)
		}
		return err
	})
	return a, err
}

// run calls h and writes its answer down, so that a view that cannot be written
// undoes what h did.
func (c *Call) run(h Handler) (*Answer, error) {
	view, err := h(c)
	if c.bad != nil || err != nil {
		return nil, first(c.bad, err)
	}
	return encode(view)
}

// InTx runs fn in a transaction that may write; c.Tx is the same as tx meanwhile.
// Only Free handlers call it. It must not be called within itself.
func (c *Call) InTx(fn func(tx *store.Tx) error) error {
	return c.server.DB.Tx(c.Ctx(), c.with(true, fn))
}

// InRead is InTx for reading alone.
func (c *Call) InRead(fn func(tx *store.Tx) error) error {
	return c.server.DB.Read(c.Ctx(), c.with(false, fn))
}

func (c *Call) with(writes bool, fn func(*store.Tx) error) func(*store.Tx) error {
	return func(tx *store.Tx) error {
		c.Tx, c.writes = tx, writes
		defer func() { c.Tx = nil }()
		if err := fn(tx); err != nil {
			return err
		}
		return c.bad // a request that made no sense leaves nothing behind
	}
}

// Ctx returns the context of the request.
func (c *Call) Ctx() context.Context { return c.Request.Context() }

// Now returns the time, within a transaction and outside.
func (c *Call) Now() time.Time {
	if c.Tx != nil {
		return c.Tx.Now
	}
	return c.server.DB.Now()
}

// MyID returns the ID of who is signed in, 0 for nobody.
func (c *Call) MyID() models.ID {
	if c.Me == nil {
		return 0
	}
	return c.Me.ID
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
