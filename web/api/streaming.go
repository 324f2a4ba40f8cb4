package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
	"ensemble/web/stream"
)

// streamRoutes are Mastodon's streaming API. A collab stream beside its own tells what
// becomes of the reader's collabs.
func (a *API) streamRoutes() []call.Route {
	const v1 = "/api/v1/streaming"
	routes := []call.Route{{Method: "GET", Path: v1 + "/health", Who: call.Nobody, Mode: call.Free, Unmetered: true, Handler: streamHealth}}
	for _, path := range []string{v1, v1 + "/"} {
		routes = append(routes, call.Route{Method: "GET", Path: path, Who: call.App, Mode: call.Free, QueryToken: true, Handler: a.Socket})
	}
	for path, name := range map[string]string{
		"/user": "user", "/user/notification": "user:notification", "/direct": "direct", "/collab": "collab", "/list": "list",
		"/public": "public", "/public/local": "public:local", "/public/remote": "public:remote",
		"/hashtag": "hashtag", "/hashtag/local": "hashtag:local",
	} {
		routes = append(routes, call.Route{
			Method: "GET", Path: v1 + path, Who: call.App, Mode: call.Free, QueryToken: true,
			Handler: func(c *call.Call) (any, error) { return a.events(c, name) },
		})
	}
	return routes
}

func streamHealth(*call.Call) (any, error) {
	return call.Raw("text/plain; charset=utf-8", []byte("OK")), nil
}

// A listener is a connection as this package knows it.
type listener struct {
	call   *call.Call // kept
	me     models.ID  // 0 for an app alone
	token  string     // its hash, or the bearer of a session
	scopes string
	looks  string // what its views depend on beside who reads
}

func (l *listener) may(scopes string) bool { return call.Grants(l.scopes, scopes) }

func listen(c *call.Call) *listener {
	headers, params := []string{"Accept-Language", "X-Ensemble-Byline"}, []string{"byline", "supported_types"}
	l := &listener{call: c.Keep(headers, params), me: c.MyID(), token: c.Token.Hash, scopes: c.Token.Scopes}
	l.looks = language(c) + "\n" + c.GetHeader("X-Ensemble-Byline") + "\n" + c.Str("byline")
	return l
}

// reader is the connection of l, which is counted with the others of its account, or of
// its token.
func (l *listener) reader() *stream.Reader {
	r := &stream.Reader{About: l, Owner: l.token}
	if l.me != 0 {
		r.Owner = l.me.String()
	}
	return r
}

// A wanted stream is one that a client names.
type wanted struct {
	Type   string          `json:"type"`
	Stream json.RawMessage `json:"stream"`
	Tag    string          `json:"tag"`
	List   json.RawMessage `json:"list"`
	name   string
	list   string
}

// publicStreams are those that every token may read.
var publicStreams = []string{
	"public", "public:media", "public:local", "public:local:media", "public:remote", "public:remote:media", "hashtag", "hashtag:local",
}

// channel is what l listens to by the name of a stream, and the label of what it is told.
// The kind of a channel is the name of the stream, but for its medium's sake "user".
func (l *listener) channel(w wanted) (ch stream.Channel, label string, err error) {
	ch, names := stream.Channel{Kind: w.name, Of: l.me.String()}, []string{w.name}
	switch {
	case strings.HasPrefix(w.name, "hashtag") && slices.Contains(publicStreams, w.name):
		if ch.Of = tagName(w.Tag); ch.Of == "" || len(w.Tag) > maxTag || !utf8.ValidString(w.Tag) {
			return ch, "", call.Fail(http.StatusBadRequest, "no_tag", "the stream of a hashtag needs a tag")
		}
		names = append(names, w.Tag)
	case slices.Contains(publicStreams, w.name):
		ch.Of = ""
	case !slices.Contains([]string{"user", "user:notification", "direct", "list", "collab"}, w.name):
		return ch, "", call.Fail(http.StatusBadRequest, "no_stream", "there is no such stream")
	case !l.may(scopeOf(w.name)):
		return ch, "", models.Errorf(models.Unauthed, "the app was not given leave to do that; it takes the scope %s", scopeOf(w.name))
	case l.me == 0:
		return ch, "", models.Errorf(models.Unauthed, "this needs somebody who is signed in, not just an app")
	case w.name == "list":
		if err := l.owns(w.list); err != nil {
			return ch, "", err
		}
		ch.Of = w.list
		names = append(names, w.list)
	}
	b, err := json.Marshal(names)
	return ch, string(b), err
}

// maxTag is how long the name of a hashtag may be that is listened to, in bytes.
const maxTag = 400

func scopeOf(name string) string {
	if name == "user:notification" {
		return "read:notifications"
	}
	return "read:statuses"
}

// owns refuses a list that is not l's own.
func (l *listener) owns(list string) error {
	id, err := models.ParseID(list)
	if err != nil {
		return err
	}
	return l.call.Reading(context.Background(), func(tx *store.Tx) error {
		_, err := store.One[models.List](tx, "id = ? AND account_id = ?", id, l.me)
		return err
	})
}

// events is GET /api/v1/streaming/…: server-sent events of one stream.
func (a *API) events(c *call.Call, name string) (any, error) {
	if c.BoolOr("only_media", false) && strings.HasPrefix(name, "public") {
		name += ":media"
	}
	l := listen(c)
	ch, label, err := l.channel(wanted{name: name, Tag: c.Str("tag"), list: c.Str("list")})
	if err != nil {
		return nil, err
	}
	if c.Request.Method == http.MethodHead {
		return call.Raw("text/event-stream", nil), nil
	}
	if a.Hub == nil {
		return nil, errNoHub
	}
	r := l.reader()
	if err := a.Hub.Events(c.Writer, c.Request, r, func() { r.Listen(ch, label) }); err != nil {
		return nil, errFullHub
	}
	return call.Written, nil
}

var (
	errNoHub   = call.Fail(http.StatusServiceUnavailable, "no_streams", "there are no streams here now")
	errFullHub = models.Errorf(models.TooMany, "you have too many streams open")
)

// Socket is GET /api/v1/streaming: any number of streams by one WebSocket, which may be
// named in ?stream=, and by messages later.
func (a *API) Socket(c *call.Call) (any, error) {
	if !stream.Upgrades(c.Request) {
		return nil, call.Fail(http.StatusBadRequest, "no_websocket", "this is for WebSockets; there are server-sent events at the addresses below it")
	}
	if a.Hub == nil {
		return nil, errNoHub
	}
	l := listen(c)
	s := &session{listener: l, reader: l.reader()}
	first := wanted{name: c.Query("stream"), Tag: c.Query("tag"), list: c.Query("list")}
	if c.Query("stream") == "" {
		first.name = c.Query("stream[]")
	}
	err := a.Hub.Socket(c.Writer, c.Request, s.reader, func() {
		if first.name != "" {
			s.subscribe(first)
		}
	}, s.heard)
	if errors.Is(err, stream.ErrFull) {
		return nil, errFullHub
	}
	return call.Written, nil
}

// A session is a WebSocket of a client.
type session struct {
	*listener
	reader *stream.Reader
	asked  int // messages
}

// maxAsked is how often a client may say what it wants by one connection.
const maxAsked = 10_000

// heard takes in {"type": "subscribe", "stream": "hashtag", "tag": "cats"}, or its end.
func (s *session) heard(message []byte) {
	if s.asked++; s.asked > maxAsked {
		s.reader.End("that was too often")
		return
	}
	var w wanted
	if json.Unmarshal(message, &w) != nil {
		return
	}
	w.name, w.list = firstOf(w.Stream), firstOf(w.List)
	switch w.Type {
	case "subscribe":
		s.subscribe(w)
	case "unsubscribe":
		if ch, _, err := s.channel(w); err != nil {
			s.refuse(err)
		} else {
			s.reader.Unlisten(ch)
		}
	}
}

// firstOf reads a string, a number, or the first of a list of them.
func firstOf(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	var l []json.RawMessage
	if json.Unmarshal(raw, &l) == nil && len(l) > 0 && len(l[0]) > 0 && l[0][0] != '[' {
		return firstOf(l[0])
	}
	return ""
}

func (s *session) subscribe(w wanted) {
	ch, label, err := s.channel(w)
	if err == nil && !s.reader.Listen(ch, label) {
		err = models.Errorf(models.TooMany, "one connection has no more than %d streams", stream.MaxStreams)
	}
	if err != nil {
		s.refuse(err)
	}
}

func (s *session) refuse(err error) {
	status, text := call.StatusOf(err), call.Sentence(err)
	b, err := json.Marshal(map[string]any{"error": text, "status": status})
	if err == nil {
		s.reader.Say(string(b))
	}
}
