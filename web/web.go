// Package web is everything we answer by HTTP: the table of all routes, and what
// holds for every one of them (limits, headers, the log). Which router it uses
// and how a request travels through it is its own affair.
package web

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/singleflight"

	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/limit"
	"ensemble/models/store"
	"ensemble/web/admin"
	"ensemble/web/app"
	"ensemble/web/call"
	"ensemble/web/oauth"
)

// A Shelf gives back uploaded bytes.
type Shelf interface {
	Open(key string) (io.ReadSeekCloser, files.Info, error)
	// Public returns where everybody can read the file, "" if that is nowhere but here.
	Public(key string) string
}

// Config is what Handler puts together.
type Config struct {
	DB         *store.DB
	OAuth      *oauth.Server
	API        []call.Route // of web/api
	Federation http.Handler // for peers; nil: nobody
	Files      Shelf        // nil: no media
	Remote     Remote       // files of others, for the proxy; nil: none
	Cache      *files.Cache // of those; nil: none
	Witness    app.Witness  // has people sign in elsewhere; nil: nobody
	Door       app.Door     // to people's own servers; nil: none
	// Secret signs the addresses of pending media. Every process of a server has
	// the same.
	Secret []byte
	// Proxies are the addresses or networks whose X-Forwarded-For is believed.
	Proxies []string
	// Limit is how often a token, or an address without one, may call in five
	// minutes: 0 means the limits of the site, and a negative number that there is
	// no limit on what clients ask and peers read.
	Limit int
	// OpenMetrics shows /metrics to everybody, and not only to this machine.
	OpenMetrics bool
	Metrics     *prometheus.Registry // nil means a new one
	Log         *slog.Logger         // nil means the default one
}

// Routes returns the table of all routes but those of peers.
func Routes(c Config) []call.Route { return newSite(c).routes() }

func newSite(c Config) *site { return &site{Config: c, fetching: make(chan struct{}, atOnce)} }

func (s *site) routes() []call.Route {
	return slices.Concat([]call.Route{
		{Method: "GET", Path: "/healthz", Who: call.Nobody, Mode: call.Free, Unmetered: true, Handler: s.healthy},
		{Method: "GET", Path: "/readyz", Who: call.Nobody, Mode: call.Free, Unmetered: true, Handler: s.ready},
		{Method: "GET", Path: "/health", Who: call.Nobody, Mode: call.Free, Unmetered: true, Handler: s.healthy},
		{Method: "GET", Path: "/metrics", Who: call.Nobody, Mode: call.Free, Unmetered: true, Handler: s.metrics},
		{Method: "GET", Path: "/robots.txt", Who: call.Nobody, Mode: call.Free, Unmetered: true, Handler: robots},
		{Method: "GET", Path: "/static/:file", Who: call.Nobody, Mode: call.Free, Unmetered: true, Handler: static},
		{Method: "GET", Path: "/avatars/original/missing.png", Who: call.Nobody, Mode: call.Free, Unmetered: true, Handler: app.Portrait},
		{Method: "GET", Path: "/headers/original/missing.png", Who: call.Nobody, Mode: call.Free, Unmetered: true, Handler: noHeader},
		{Method: "GET", Path: "/media/:id/:secret/:file", Who: call.Nobody, Mode: call.Free, Unmetered: true, Handler: s.media},
		{Method: "GET", Path: "/media/proxy/:kind/:id/:slot/:seal", Who: call.Nobody, Mode: call.Free, Unmetered: true, Handler: s.proxy},
		{Method: "GET", Path: "/media/preview/:id/:size", Who: call.Nobody, Mode: call.Free, Unmetered: true, Handler: s.preview},
	}, app.Routes(), app.ConfirmRoutes(s.Witness), app.DoorRoutes(s.Door), app.ShareRoutes(s.Files), app.MailRoutes(), app.ReferenceRoutes(s.DB.Site, s.API), admin.Routes(), s.OAuth.Routes(), s.API)
}

// peers are the paths that the federation answers, and with which methods.
var peers = []struct{ Methods, Path string }{
	{"POST", "/inbox"},
	{"GET POST", "/users/:name"},
	{"GET POST", "/users/:name/*rest"},
	{"GET POST", "/actor"},
	{"GET POST", "/actor/*rest"},
	{"GET", "/.well-known/webfinger"},
	{"GET", "/.well-known/host-meta"},
	{"GET", "/.well-known/host-meta.json"},
	{"GET", "/.well-known/nodeinfo"},
	{"GET", "/nodeinfo/*rest"},
	{"GET", "/collaborations/*rest"},
	{"GET", "/activities/*rest"},
	{"GET", "/drafts/*rest"},
	{"GET", "/likes/*rest"},
	{"GET", "/emojis/*rest"},
	{"GET", "/boosts/*rest"},
	{"GET", "/ns/ensemble/v1"},
}

// Handler returns all of Ensemble as one handler.
func Handler(c Config) (http.Handler, error) {
	s := newSite(c)
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.RedirectTrailingSlash = false
	r.MaxMultipartMemory = 1 << 20
	if err := r.SetTrustedProxies(c.Proxies); err != nil {
		return nil, fmt.Errorf("trusted proxies: %w", err)
	}
	if s.Metrics == nil {
		s.Metrics = prometheus.NewRegistry()
	}
	counted, err := newCounts(s.Metrics)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	r.Use(s.number, s.log(counted), s.recover, s.headers, cors, s.bar)
	calls := s.calls()
	calls.Inner = r
	r.Any("/session/*path", s.fromBrowser(r))
	for _, route := range s.routes() {
		h := calls.Handle(route)
		r.Handle(route.Method, route.Path, h)
		if route.Method == http.MethodGet {
			r.HEAD(route.Path, h)
		}
	}
	for _, p := range peers {
		for _, method := range strings.Fields(p.Methods) {
			r.Handle(method, p.Path, s.peer)
		}
	}
	r.NoRoute(nothingHere(calls))
	r.NoMethod(calls.Handle(call.Route{Who: call.Nobody, Mode: call.Free, Handler: wrongMethod}))
	return r, nil
}

// site answers what belongs to no feature.
type site struct {
	Config
	reads    *limit.Limiter // of peers, by address
	bars     bars
	copying  singleflight.Group
	fetching chan struct{}
}

// words says what a code of an error means in the language of who calls: see page.Set.
func words(c *call.Call, code string) string {
	return cmp.Or(app.Words(c, code), admin.Words(c, code), oauth.Words(c, code))
}

func (s *site) calls() *call.Server {
	most := s.DB.Site.Most()
	c := &call.Server{
		DB: s.DB, Log: s.Log, Secret: s.Secret,
		Who: s.OAuth.Who, Browser: s.OAuth.Browser, ErrorPage: app.Error, Words: words,
	}
	if s.Limit != 0 {
		most.AccountCalls, most.AddressCalls = s.Limit, s.Limit
	}
	if s.Limit < 0 {
		most.AddressReads, most.AddressApps = -1, -1
		most.AccountUploads, most.AccountDeletions, most.AddressSignups = -1, -1, -1
	}
	c.People = limit.New(most.AccountCalls, models.RateWindow, s.DB.Now)
	c.Addresses = limit.New(most.AddressCalls, models.RateWindow, s.DB.Now)
	c.Rare = map[call.Rarity]*limit.Limiter{
		call.Apps:      limit.New(most.AddressApps, models.RateWindow, s.DB.Now),
		call.Uploads:   limit.New(most.AccountUploads, models.SlowWindow, s.DB.Now),
		call.Deletions: limit.New(most.AccountDeletions, models.SlowWindow, s.DB.Now),
		call.Signups:   limit.New(most.AddressSignups, models.SlowWindow, s.DB.Now),
	}
	s.reads = limit.New(most.AddressReads, models.RateWindow, s.DB.Now)
	return c
}

// fromBrowser is the API for what runs in our pages: /session/api/v1/… is /api/v1/… as
// whoever is signed in.
func (s *site) fromBrowser(all http.Handler) gin.HandlerFunc {
	return func(g *gin.Context) {
		path := g.Param("path")
		r, err := call.FromBrowser(s.DB.Site, g.Request, path)
		switch {
		case !strings.HasPrefix(path, "/api/"):
			g.JSON(http.StatusNotFound, gin.H{"error": "there is no such page here"})
		case err != nil:
			g.JSON(call.StatusOf(err), gin.H{"error": call.Sentence(err)})
		default:
			all.ServeHTTP(g.Writer, r)
		}
	}
}

// peer hands a request to the federation, unless it is somebody with a browser
// who would rather see the page.
func (s *site) peer(g *gin.Context) {
	if page := pageFor(g.Request); page != "" {
		g.Header("Vary", "Accept")
		g.Redirect(http.StatusFound, page)
		return
	}
	if s.Federation == nil {
		g.JSON(http.StatusNotFound, gin.H{"error": "there is no such page here"})
		return
	}
	address := call.Address(g.ClientIP())
	if g.Request.Method == http.MethodGet && !s.reads.Count(g.Writer.Header(), address) {
		g.JSON(http.StatusTooManyRequests, gin.H{"error": "that was too often; try again later"})
		return
	}
	g.Request.RemoteAddr = net.JoinHostPort(address, "0") // as trusted proxies tell it
	s.Federation.ServeHTTP(g.Writer, g.Request)
}

// pageFor returns the path of the page about a thing that peers know by another
// address; "" if there is none, or a peer asks.
func pageFor(r *http.Request) string {
	accept := strings.ToLower(r.Header.Get("Accept"))
	if r.Method != http.MethodGet || !strings.Contains(accept, "text/html") || strings.Contains(accept, "application/activity+json") {
		return ""
	}
	switch p := strings.Split(strings.Trim(r.URL.Path, "/"), "/"); {
	case len(p) == 2 && p[0] == "users":
		return "/@" + url.PathEscape(p[1])
	case len(p) == 4 && p[0] == "users" && p[2] == "notes":
		return "/@" + url.PathEscape(p[1]) + "/" + url.PathEscape(p[3])
	case len(p) == 1 && p[0] == "actor":
		return "/about"
	}
	return ""
}

// nothingHere answers what has no route: people with a page, programs with JSON.
func nothingHere(calls *call.Server) gin.HandlerFunc {
	people := calls.Handle(call.Route{Who: call.Anyone, Page: true, Mode: call.Free, Handler: notFound})
	programs := calls.Handle(call.Route{Who: call.Nobody, Mode: call.Free, Handler: notFound})
	return func(g *gin.Context) {
		if strings.Contains(g.GetHeader("Accept"), "text/html") && !strings.HasPrefix(g.Request.URL.Path, "/api/") {
			people(g)
		} else {
			programs(g)
		}
	}
}

func notFound(*call.Call) (any, error) {
	return nil, models.Errorf(models.NotFound, "there is no such page here")
}

// wrongMethod answers for an address of the API as for one that is not there: Mastodon
// knows a route by both, and clients take a 404 for what a server does not have.
func wrongMethod(c *call.Call) (any, error) {
	if strings.HasPrefix(c.Request.URL.Path, "/api/") {
		return notFound(c)
	}
	return nil, call.Fail(http.StatusMethodNotAllowed, "", "that cannot be done to this address")
}
